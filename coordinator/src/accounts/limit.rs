//! How often a password may be tried, in memory: counted strictly for an account from one address, and
//! more loosely for an account from anywhere and for an address, so that nobody far away can keep the
//! person out whose name he knows.
//!
//! A restart forgets the counts, which costs an attacker a restart he cannot cause.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::clock::Timestamp;

/// The time over which wrong passwords are counted.
const WINDOW: Duration = Duration::from_mins(15);

/// The most wrong passwords for one account from one address in a [`WINDOW`]: a person who forgot gives
/// up earlier.
const PER_PERSON: usize = 10;

/// The most wrong passwords for one account from all addresses in a [`WINDOW`]: ten thousand a day get
/// nowhere with a password that was made here, and it takes several addresses to shut a person out.
const PER_ACCOUNT: usize = 100;

/// The most wrong passwords from one address in a [`WINDOW`]: a hub's people share one.
const PER_ADDRESS: usize = 40;

/// The most names and the most addresses that are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// The wrong passwords of late.
#[derive(Default)]
pub(super) struct Attempts {
    persons: BTreeMap<(String, IpAddr), Vec<Timestamp>>,
    accounts: BTreeMap<String, Vec<Timestamp>>,
    addresses: BTreeMap<IpAddr, Vec<Timestamp>>,
}

impl Attempts {
    /// Notes an attempt before it is judged, so that many at once count as many; returns how long
    /// to wait if there were too many.
    pub(super) fn note(
        &mut self,
        account: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(), Duration> {
        if let Some(wait) = self.wait(account, address, now) {
            return Err(wait);
        }
        let (account, address) = (account.to_lowercase(), network(address));
        remember(&mut self.persons, (account.clone(), address), now);
        remember(&mut self.accounts, account, now);
        remember(&mut self.addresses, address, now);
        Ok(())
    }

    /// Returns how long to wait before another attempt; nothing if one may be made now.
    pub(super) fn wait(&self, account: &str, address: IpAddr, now: Timestamp) -> Option<Duration> {
        let (account, address) = (account.to_lowercase(), network(address));
        let waits = [
            wait(self.persons.get(&(account.clone(), address)), PER_PERSON, now),
            wait(self.accounts.get(&account), PER_ACCOUNT, now),
            wait(self.addresses.get(&address), PER_ADDRESS, now),
        ];
        waits.into_iter().flatten().max()
    }

    /// Forgets the attempts of a person whose password was given.
    pub(super) fn forgive(&mut self, account: &str, address: IpAddr) {
        let (account, address) = (account.to_lowercase(), network(address));
        self.persons.remove(&(account.clone(), address));
        let right = [self.accounts.get_mut(&account), self.addresses.get_mut(&address)];
        for times in right.into_iter().flatten() {
            times.pop();
        }
    }
}

/// One household has a whole /64 of IPv6 addresses to try from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
    }
}

fn wait(times: Option<&Vec<Timestamp>>, most: usize, now: Timestamp) -> Option<Duration> {
    let recent: Vec<_> = times?.iter().filter(|time| now.since(**time) < WINDOW).collect();
    let oldest = recent.len().checked_sub(most)?;
    Some((*recent[oldest] + WINDOW).since(now))
}

fn remember<K: Ord + Clone>(map: &mut BTreeMap<K, Vec<Timestamp>>, key: K, now: Timestamp) {
    if REMEMBERED_MAX <= map.len() && !map.contains_key(&key) {
        map.retain(|_, times| times.last().is_some_and(|last| now.since(*last) < WINDOW));
        if REMEMBERED_MAX <= map.len() {
            // Under such a flood the other count, and argon2's price, must do.
            map.pop_first();
        }
    }
    let times = map.entry(key).or_default();
    times.retain(|time| now.since(*time) < WINDOW);
    times.push(now);
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const NOW: Timestamp = Timestamp(1_774_310_400_000);

    #[test]
    fn an_account_is_closed_for_a_while_to_an_address_and_to_no_other() {
        let mut attempts = Attempts::default();
        for _ in 0..PER_PERSON {
            attempts.note("anna", HERE, NOW).unwrap();
        }
        assert_eq!(attempts.note("Anna", HERE, NOW), Err(WINDOW));
        assert_eq!(attempts.note("anna", "192.0.2.2".parse().unwrap(), NOW), Ok(()));
        assert_eq!(attempts.note("anna", HERE, NOW + WINDOW), Ok(()));
    }

    #[test]
    fn an_account_that_many_addresses_try_is_closed_to_all() {
        let mut attempts = Attempts::default();
        for n in 0..u32::try_from(PER_ACCOUNT).unwrap() {
            attempts.note("anna", IpAddr::V4(n.into()), NOW).unwrap();
        }
        assert_eq!(attempts.note("anna", HERE, NOW), Err(WINDOW));
    }

    #[test]
    fn a_right_password_is_forgiven() {
        let mut attempts = Attempts::default();
        for _ in 0..10 * PER_ACCOUNT {
            attempts.note("anna", HERE, NOW).unwrap();
            attempts.forgive("Anna", HERE);
        }
    }

    #[test]
    fn an_address_that_tries_many_accounts_is_closed_too() {
        let mut attempts = Attempts::default();
        for n in 0..PER_ADDRESS {
            attempts.note(&n.to_string(), HERE, NOW).unwrap();
        }
        assert!(attempts.note("anna", HERE, NOW).is_err());
        assert_eq!(attempts.note("anna", "192.0.2.2".parse().unwrap(), NOW), Ok(()));
    }

    #[test]
    fn one_household_of_ipv6_is_one_address() {
        assert_eq!(
            network("2001:db8::1".parse().unwrap()),
            network("2001:db8::ffff".parse().unwrap())
        );
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), HERE);
    }

    #[test]
    fn a_flood_of_names_is_not_remembered_for_ever() {
        let mut attempts = Attempts::default();
        for n in 0..REMEMBERED_MAX + 10 {
            remember(&mut attempts.accounts, n.to_string(), NOW);
        }
        assert_eq!(attempts.accounts.len(), REMEMBERED_MAX);
    }
}
