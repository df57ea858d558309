//! Listens to what OctoPrint pushes, for as long as anybody listens to us.
//!
//! Events are never replayed and a quiet printer pushes nothing: an event is a reason to look, its
//! absence is no reason for anything. [`PushEvent::Connected`] says when to look because of what may
//! have been missed.

mod message;
mod socket;

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;
use tracing::debug;

use super::model::{Markings, PrinterCondition, Snapshot};
use super::rest::{Rest, RestError};

/// A server that restarts is back after about five seconds.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_secs(30);

/// What was heard, or that nothing is heard any more.
#[derive(Clone, Debug, PartialEq)]
pub enum PushEvent {
    /// Listening from here on. What happened before must be asked for.
    Connected {
        markings: Markings,
    },
    /// Told once, until connected again; the reason may be told anew when it changes.
    Lost(Lost),
    /// Sent when something changes, about once a second while printing; dropped if nobody takes it.
    Current(Snapshot),
    /// The marks changed since they were last told.
    Marked(Markings),
    PrintStarted {
        path: String,
    },
    /// Everything was sent. The printer may still move: wait for it to leave `Finishing`.
    PrintDone {
        path: String,
    },
    PrintFailed {
        path: String,
        reason: FailReason,
    },
    /// Always followed by a [`PushEvent::PrintFailed`] of the same print.
    PrintCancelled {
        path: String,
        by_user: Option<String>,
    },
    PrintPaused {
        path: String,
        by_user: Option<String>,
    },
    /// The firmware restarted by itself.
    PrinterReset,
    StateChanged(PrinterCondition),
    Error {
        text: String,
    },
}

/// Why a print failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailReason {
    /// Without a user it was the firmware: by a reset or by its own wish.
    Cancelled {
        by_user: bool,
    },
    Error(String),
    Unknown,
}

/// Why nothing is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    KeyRefused,
    /// No connection, or no answer to the login.
    Unreachable,
    /// The connection stands, and nobody answers on it.
    Silent,
    /// It is from before this machine slept: what still comes on it is late.
    Slept,
    Closed,
    /// What came was no push message of OctoPrint's, or too large for one.
    Garbled,
}

/// How one connection ended.
enum Ended {
    /// Nobody listens to us any more.
    Unwatched,
    Lost {
        why: Lost,
        was_connected: bool,
    },
}

/// Tells `sink` what OctoPrint pushes, connecting again whenever the socket goes; returns when the
/// receiver is dropped.
pub async fn watch(rest: Rest, sink: mpsc::Sender<PushEvent>) {
    let mut failures = 0;
    let mut told = None;
    loop {
        let (why, was_connected) = match socket::listen(&rest, &sink).await {
            Ended::Unwatched => return,
            Ended::Lost { why, was_connected } => (why, was_connected),
        };
        if was_connected {
            failures = 0;
            told = None;
        }
        if told != Some(why) {
            told = Some(why);
            if sink.send(PushEvent::Lost(why)).await.is_err() {
                return;
            }
        }
        let pause = pause_after(failures, getrandom::u32().unwrap_or(u32::MAX));
        failures += 1;
        let unwatched = tokio::select! {
            // The back-off: a server that is away does not say when it is back.
            () = sleep(pause) => false,
            () = sink.closed() => true,
        };
        if unwatched {
            return;
        }
    }
}

/// Returns a pause that doubles with each failure, between half of it and all of it by chance: many
/// agents on one server must not come back together.
fn pause_after(failures: u32, chance: u32) -> Duration {
    let whole = RETRY_FIRST.saturating_mul(1 << failures.min(5)).min(RETRY_MAX);
    whole / 2 + (whole / 2).mul_f64(f64::from(chance) / f64::from(u32::MAX))
}

impl Lost {
    fn from_login(error: &RestError) -> Self {
        debug!(%error, "cannot open OctoPrint's push socket");
        match error {
            RestError::KeyRefused => Self::KeyRefused,
            RestError::Unreadable { .. } | RestError::TooLarge => Self::Garbled,
            RestError::Unreachable { .. }
            | RestError::NotHttp { .. }
            | RestError::Busy { .. }
            | RestError::NotFound
            | RestError::Refused { .. }
            | RestError::File { .. } => Self::Unreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_differ_by_chance() {
        assert_eq!(pause_after(0, 0), Duration::from_millis(500));
        assert_eq!(pause_after(0, u32::MAX), Duration::from_secs(1));
        assert_eq!(pause_after(3, u32::MAX), Duration::from_secs(8));
        assert_eq!(pause_after(1_000_000, u32::MAX), RETRY_MAX);
        assert_eq!(pause_after(1_000_000, 0), RETRY_MAX / 2);
    }
}
