//! The time: the only place that asks for it. Everything else gets it as an argument.

use std::fmt;
use std::ops::Add;
use std::time::{Duration, SystemTime};

use chrono::Timelike;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use crate::config::hours::MinuteOfDay;

/// A moment of one life of the process, in milliseconds since its start. It runs on when the wall
/// clock is set, which on a Raspberry Pi happens some time after each power cut, and while the machine
/// sleeps: its printer does not.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(pub u64);

impl Moment {
    /// Returns the time that passed since `earlier`, and nothing if that lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    /// Saturates: "for ever" is a duration too.
    fn add(self, span: Duration) -> Self {
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// How often the clock looks whether it stood still.
const STIRS_EVERY: Duration = Duration::from_secs(1);

/// How late that look comes after a sleep: a loaded Raspberry Pi is late by seconds without one.
const ASLEEP_AFTER: Duration = Duration::from_secs(15);

/// The clocks of this machine. In tests with paused time [`Clock::now`] follows that.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Instant,
    /// How long the machine had slept by then.
    slept: Duration,
}

impl Clock {
    /// Returns the clock of a process that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self { began: Instant::now(), slept: slept() }
    }

    /// Returns the moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        moment(self.began.elapsed(), self.slept, slept())
    }

    /// Returns what feels whether this machine sleeps from now on.
    pub(crate) fn pulse(&self) -> Pulse {
        let mut stirs = interval(STIRS_EVERY);
        stirs.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Pulse { clock: *self, felt: self.now(), stirs }
    }
}

/// Feels whether this machine was asleep, or this process stopped, and goes on. Nothing tells a process that its machine
/// slept: only its own timer, by coming late, and its clock.
#[derive(Debug)]
pub(crate) struct Pulse {
    clock: Clock,
    /// When it was felt last.
    felt: Moment,
    stirs: Interval,
}

/// Whether this machine was awake since its pulse was felt last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    Awake,
    /// It was asleep: connections from before may be dead, and what still comes on them is late.
    Asleep,
}

impl Pulse {
    /// Waits until it is time to feel it again.
    pub(crate) async fn stirs(&mut self) {
        self.stirs.tick().await;
    }

    /// Feels it.
    pub(crate) fn feel(&mut self) -> Since {
        let now = self.clock.now();
        let since = if ASLEEP_AFTER <= now.since(self.felt) { Since::Asleep } else { Since::Awake };
        self.felt = now;
        since
    }
}

/// Returns the moment after so long `awake`, on a machine that had slept for so long before and has by now.
fn moment(awake: Duration, before: Duration, by_now: Duration) -> Moment {
    Moment::default() + awake + by_now.saturating_sub(before)
}

/// Returns how long the machine has slept since it started, in whole seconds: what its clock of all time shows
/// beyond its clock of time awake (`clock_gettime(2)`, `CLOCK_BOOTTIME` and `CLOCK_MONOTONIC`).
#[cfg(target_os = "linux")]
fn slept() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let since_start = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    let awake = since_start(ClockId::Monotonic);
    let all = since_start(ClockId::Boottime);
    Duration::from_secs(all.saturating_sub(awake).as_secs())
}

/// Elsewhere nothing is known of it.
#[cfg(not(target_os = "linux"))]
fn slept() -> Duration {
    Duration::ZERO
}

/// Returns the wall clock. For people to read, for the age of files, and for what must be told
/// after a restart; no print is decided by it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that asks for the time")]
pub fn wall() -> SystemTime {
    SystemTime::now()
}

/// Returns the wall clock in whole seconds since the Unix epoch.
#[must_use]
pub fn unix_seconds() -> u64 {
    // A machine that starts in 1969 has no battery in its clock; it is corrected soon.
    wall().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// What the clock on the wall shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallClock {
    /// Seconds since the Unix epoch.
    pub unix_seconds: u64,
    /// How many seconds the local time is ahead of that.
    pub ahead: i64,
}

/// Returns what the clock on the wall shows where this machine stands.
#[must_use]
pub fn wall_clock() -> WallClock {
    let ahead = chrono::Local::now().offset().local_minus_utc();
    WallClock { unix_seconds: unix_seconds(), ahead: ahead.into() }
}

/// Returns the time of day where this machine stands.
#[must_use]
pub fn minute_of_day() -> MinuteOfDay {
    let now = chrono::Local::now();
    MinuteOfDay::new(now.hour(), now.minute()).expect("a clock shows an hour and a minute of a day")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_follows_paused_time_and_back() {
        let clock = Clock::start();
        tokio::time::advance(Duration::from_secs(90)).await;
        assert_eq!(clock.now(), Moment(90_000));
    }

    #[test]
    fn it_runs_on_while_the_machine_sleeps() {
        let span = Duration::from_secs;
        assert_eq!(moment(span(90), span(700), span(700)), Moment(90_000));
        assert_eq!(moment(span(90), span(700), span(3_700)), Moment(3_090_000));
        // Two clocks that are read one after the other never quite agree.
        assert_eq!(moment(span(90), span(700), span(699)), Moment(90_000));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pulse_tells_of_a_sleep_once_and_of_nothing_else() {
        let mut pulse = Clock::start().pulse();
        for _ in 0..3_600 {
            pulse.stirs().await;
            assert_eq!(pulse.feel(), Since::Awake);
        }
        tokio::time::advance(ASLEEP_AFTER).await;
        assert_eq!([pulse.feel(), pulse.feel()], [Since::Asleep, Since::Awake]);
    }

    #[test]
    fn spans_saturate_at_both_ends() {
        assert_eq!(Moment(5) + Duration::MAX, Moment(u64::MAX));
        assert_eq!(Moment(5).since(Moment(9)), Duration::ZERO);
    }
}
