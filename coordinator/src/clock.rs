//! The time: the only place that asks for it. Everything else gets a [`Timestamp`] as an argument.

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since the Unix epoch.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Returns the time that passed since `earlier`, and nothing if that lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Returns the whole seconds since the Unix epoch.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0 / 1000
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    /// Saturates: "for ever" is a duration too.
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    /// Stops at the epoch.
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// Measures how long something takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "this is the place that may")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// The wall clock, made so that it never goes backwards and never stands still.
///
/// It follows the machine's clock forwards. When that is set back, time goes on from where it was: no
/// lease or session is ever older than it was, and pages do not freeze until the old time comes again.
#[derive(Debug)]
pub struct Clock {
    began: Instant,
    /// How far, in milliseconds, the wall clock was ahead of the time since `began` at the most.
    ahead: AtomicU64,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock {
    /// Returns a clock that has not been asked yet.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks for the time")]
    pub fn new() -> Self {
        Self { began: Instant::now(), ahead: AtomicU64::new(0) }
    }

    /// Returns the time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at(wall(), self.began.elapsed())
    }

    fn at(&self, wall: Timestamp, elapsed: Duration) -> Timestamp {
        let elapsed = millis(elapsed);
        let ahead = wall.0.saturating_sub(elapsed);
        Timestamp(self.ahead.fetch_max(ahead, Ordering::Relaxed).max(ahead).saturating_add(elapsed))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that asks for the time")]
fn wall() -> Timestamp {
    // A machine that starts in 1969 has no battery in its clock; it is corrected soon.
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(millis(since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_machine_forwards_and_goes_on_when_that_is_set_back() {
        let clock = Clock::new();
        // The machine's clock, and the time that truly passed, in milliseconds.
        let moments = [(100, 0), (110, 10), (500, 20), (300, 30), (310, 40), (600, 50)];
        let told = moments.map(|(wall, ms)| clock.at(Timestamp(wall), Duration::from_millis(ms)).0);
        assert_eq!(told, [100, 110, 500, 510, 520, 600]);
    }

    #[test]
    fn it_tells_a_time_after_this_was_written() {
        assert!(Timestamp(1_760_000_000_000) < Clock::new().now());
    }

    #[test]
    fn spans_saturate_at_both_ends() {
        assert_eq!(Timestamp(5) - Duration::from_secs(1), Timestamp(0));
        assert_eq!(Timestamp(5) + Duration::MAX, Timestamp(u64::MAX));
        assert_eq!(Timestamp(5).since(Timestamp(9)), Duration::ZERO);
    }
}
