//! The messages, as JSON with a version: `{"v":1,"kind":"hello",...}`.

mod down;
mod fact;
mod up;
mod wire;

pub use self::down::{Down, Grant, Receipt};
pub use self::fact::{End, Fact, Numbered, Plate, Return};
pub use self::up::{Ask, Hello, Up};
pub use self::wire::Unreadable;

/// The version of the messages that this program writes.
pub const VERSION: u16 = 1;

/// The largest message in bytes, both ways. A packet over a client's limit ends its connection at
/// every attempt, so both ends refuse to send one.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// The most leases of one printer that a hello names: a printer holds one at a time, and those of 64 printers fit into half a
/// message.
pub const HOLDS_PER_PRINTER_MAX: usize = 16;

/// The most facts in one message: a fact is under 1 KiB, so they fit [`MESSAGE_BYTES_MAX`].
pub const FACTS_PER_MESSAGE_MAX: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::COUNTER_MAX;

    #[test]
    fn a_number_that_no_database_holds_is_no_counter() {
        for (number, reads) in [(COUNTER_MAX, true), (COUNTER_MAX + 1, false), (u64::MAX, false)] {
            let ask =
                format!(r#"{{"v":1,"kind":"ask","printer":"p","ask":{number},"profile":"x"}}"#);
            assert_eq!(Up::read(ask.as_bytes()).is_ok(), reads, "{ask}");
            let facts = format!(
                r#"{{"v":1,"kind":"facts","printer":"p","facts":
                   [{{"seq":{number},"fact":{{"fact":"started","lease":"1-1"}}}}]}}"#
            );
            assert_eq!(Up::read(facts.as_bytes()).is_ok(), reads, "{facts}");
        }
    }
}
