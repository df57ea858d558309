//! How often strangers may try something, by address. In memory: a restart forgets it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

/// The time over which tries are counted.
const WINDOW: Duration = Duration::from_mins(1);

/// The most tries from one address in a [`WINDOW`]: a workshop that enrols its printers in a row.
const TRIES_MAX: usize = 30;

/// The most addresses remembered; under a flood the oldest window is dropped.
const ADDRESSES_MAX: usize = 10_000;

/// The tries of late.
#[derive(Debug, Default)]
pub(super) struct Pace {
    tries: Mutex<BTreeMap<IpAddr, Window>>,
}

#[derive(Debug)]
struct Window {
    since: Timestamp,
    tries: usize,
}

impl Pace {
    /// Notes a try from `address`; says whether it may go on.
    pub(super) fn allows(&self, address: IpAddr, now: Timestamp) -> bool {
        // No code that can panic runs while it is held.
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if ADDRESSES_MAX <= tries.len() {
            tries.retain(|_, window| now.since(window.since) < WINDOW);
            if ADDRESSES_MAX <= tries.len() {
                tries.pop_first();
            }
        }
        let window = tries.entry(network(address)).or_insert(Window { since: now, tries: 0 });
        if WINDOW <= now.since(window.since) {
            *window = Window { since: now, tries: 0 };
        }
        window.tries += 1;
        window.tries <= TRIES_MAX
    }
}

/// A household has a /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_slowed_and_the_next_is_not() {
        let pace = Pace::default();
        let [here, there] = ["2001:db8::1", "192.0.2.1"].map(|text| text.parse().unwrap());
        let now = Timestamp(1_000_000);
        for _ in 0..TRIES_MAX {
            assert!(pace.allows(here, now));
        }
        assert!(!pace.allows(here, now));
        assert!(!pace.allows("2001:db8::2".parse().unwrap(), now), "the same household");
        assert!(pace.allows(there, now));
        assert!(pace.allows(here, now + WINDOW));
    }
}
