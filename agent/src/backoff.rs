//! How long to wait before the next attempt, so that hundreds of agents do not come all at once
//! when a coordinator is back.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);

/// Full jitter: anything between nothing and a bound that doubles from one second to one minute.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    bound: Duration,
    longest: Duration,
    draw: fn() -> u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::drawn(system)
    }
}

impl Backoff {
    /// Returns one whose chance is `draw`: any number.
    pub(crate) fn drawn(draw: fn() -> u32) -> Self {
        Self { bound: FIRST, longest: LONGEST, draw }
    }

    /// Returns the next wait.
    pub(crate) fn next(&mut self) -> Duration {
        let wait = self.jitter(self.bound);
        self.bound = self.longest.min(self.bound * 2);
        wait
    }

    /// Returns any time up to `bound`.
    pub(crate) fn jitter(&self, bound: Duration) -> Duration {
        bound.mul_f64(f64::from((self.draw)()) / f64::from(u32::MAX))
    }
}

/// Draws from the system. Without randomness (a machine that has just booted) the middle does no harm.
fn system() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX / 2)
}

#[cfg(test)]
impl Backoff {
    /// Waits a millisecond at most, for tests against servers of their own.
    pub(crate) fn brief() -> Self {
        let bound = Duration::from_millis(1);
        Self { bound, longest: bound, draw: system }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// As many agents as a farm is built for.
    const AGENTS: u32 = 2_000;

    thread_local! {
        static CHANCE: Cell<u64> = const { Cell::new(1) };
    }

    /// Draws the same numbers in each run: `SplitMix64`, <https://prng.di.unimi.it/splitmix64.c>.
    fn drawn() -> u32 {
        let state = CHANCE.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        CHANCE.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) >> 32).expect("32 bits are left")
    }

    /// Returns how long after the end of an outage an agent is back that lost its connection at the beginning.
    fn late_by(outage: Duration) -> Duration {
        let mut backoff = Backoff::drawn(drawn);
        let mut at = Duration::ZERO;
        while at < outage {
            at += backoff.next();
        }
        at.checked_sub(outage).expect("it came back after the outage")
    }

    /// After a coordinator was away for so long, no second may bring more than so many of a hundred agents.
    #[track_caller]
    fn check_herd(away_seconds: u64, percent_max: u32) {
        let mut seconds = [0; 61];
        for _ in 0..AGENTS {
            let late = late_by(Duration::from_secs(away_seconds));
            seconds[usize::try_from(late.as_secs()).expect("a minute at most")] += 1;
        }
        let busiest = *seconds.iter().max().expect("a minute has seconds");
        assert!(
            busiest * 100 <= AGENTS * percent_max,
            "{busiest} of {AGENTS} at once: {seconds:?}"
        );
        assert_eq!(seconds.iter().sum::<u32>(), AGENTS, "each comes back within a minute");
    }

    #[test]
    fn agents_come_back_the_more_spread_the_longer_their_coordinator_was_away() {
        // About two in so many as the wait at hand has seconds: who draws a short one draws again.
        for (away_seconds, percent_max) in
            [(1, 60), (2, 50), (5, 25), (10, 17), (30, 5), (60, 4), (600, 4)]
        {
            check_herd(away_seconds, percent_max);
        }
    }

    #[test]
    fn waits_are_below_a_bound_that_grows_to_a_minute() {
        let mut backoff = Backoff::default();
        for bound in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert!(backoff.next() <= Duration::from_secs(bound));
        }
    }
}
