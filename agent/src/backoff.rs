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
    use super::*;

    #[test]
    fn waits_are_below_a_bound_that_grows_to_a_minute() {
        let mut backoff = Backoff::default();
        for bound in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert!(backoff.next() <= Duration::from_secs(bound));
        }
    }
}
