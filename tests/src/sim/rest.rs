//! How long worlds took to come to rest once their faults were over: until everything was told and done.

use std::fmt;

/// The times of some worlds, in milliseconds of their own.
#[derive(Clone, Debug, Default)]
pub struct Rests(Vec<u64>);

impl Rests {
    /// Adds a world.
    pub(super) fn add(&mut self, millis: u64) {
        self.0.push(millis);
    }

    /// Adds the worlds of another thread.
    pub(super) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl fmt::Display for Rests {
    /// Writes how many worlds there were, and within how many minutes half of them, 99 of 100 and all were at rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let within = |percent: usize| {
            let last = sorted.len().saturating_sub(1);
            sorted.get(last * percent / 100).map_or(0, |millis| millis.div_ceil(60_000))
        };
        let (half, most, all) = (within(50), within(99), within(100));
        write!(
            f,
            "{} worlds at rest: half within {half} min, 99 of 100 within {most} min, all within {all} min",
            sorted.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_whole_minutes_rounded_up() {
        let mut rests = Rests::default();
        (1..=200).for_each(|minute| rests.add(minute * 60_000 - 1));
        assert_eq!(
            rests.to_string(),
            "200 worlds at rest: half within 100 min, 99 of 100 within 198 min, all within 200 min"
        );
        assert!(Rests::default().to_string().starts_with("0 worlds"));
    }
}
