//! How often a PIN may be tried.

use std::time::Duration;

use crate::clock::Moment;

/// A maker mistypes; nobody mistypes more often.
const TRIES: u32 = 5;

/// How long nobody may try after that. It doubles with each further wrong PIN.
const PAUSE: Duration = Duration::from_mins(1);

/// The longest pause. At a try an hour a million PINs take a century.
const PAUSE_MAX: Duration = Duration::from_hours(1);

/// The wrong PINs since the last right one, from everyone together: an attacker has many addresses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tries {
    wrong: u32,
    not_before: Moment,
}

impl Tries {
    /// Returns how long nobody may try yet; nothing if a PIN may be tried.
    pub(super) fn pause(&self, now: Moment) -> Option<Duration> {
        Some(self.not_before.since(now)).filter(|pause| !pause.is_zero())
    }

    /// Notes that a PIN was wrong.
    pub(super) fn missed(&mut self, now: Moment) {
        self.wrong = self.wrong.saturating_add(1);
        if TRIES <= self.wrong {
            let doublings = (self.wrong - TRIES).min(16);
            self.not_before = now + PAUSE_MAX.min(PAUSE * 2_u32.pow(doublings));
        }
    }

    /// Notes that a PIN was right.
    pub(super) fn hit(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guesser_is_slowed_down_and_a_maker_is_not() {
        let mut tries = Tries::default();
        let mut now = Moment(0);
        for _ in 1..TRIES {
            tries.missed(now);
            assert_eq!(tries.pause(now), None);
        }
        let mut pauses = Vec::new();
        for _ in 0..8 {
            tries.missed(now);
            let pause = tries.pause(now).unwrap();
            pauses.push(pause.as_secs() / 60);
            now = now + pause;
            assert_eq!(tries.pause(now), None);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        tries.hit();
        tries.missed(now);
        assert_eq!(tries.pause(now), None);
    }
}
