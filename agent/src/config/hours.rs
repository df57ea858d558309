//! The hours at which a maker lets prints start, in local time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

const MINUTES_A_DAY: u16 = 24 * 60;

/// More spans than anybody's day has.
const SPANS_MAX: usize = 24;

/// A minute of a day, from 0 to 1439.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// Returns the minute `hour:minute`; nothing if no clock shows that.
    #[must_use]
    pub fn new(hour: u32, minute: u32) -> Option<Self> {
        let whole = (hour < 24 && minute < 60).then_some(hour * 60 + minute)?;
        u16::try_from(whole).ok().map(Self)
    }
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// When prints may start; by default always. Only a start needs an open hour: a print that runs is
/// never stopped by the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// None: always.
    spans: Vec<Span>,
}

impl Hours {
    /// Says whether a print may start at `minute`.
    #[must_use]
    pub fn open_at(&self, minute: MinuteOfDay) -> bool {
        self.minutes_until_open(minute) == 0
    }

    /// Returns the spans as a maker writes them; nothing for always.
    #[must_use]
    pub fn written(&self) -> Vec<String> {
        self.spans.iter().map(ToString::to_string).collect()
    }

    /// Returns how many minutes after `minute` the next start is allowed; 0 if it is now.
    #[must_use]
    pub fn minutes_until_open(&self, minute: MinuteOfDay) -> u16 {
        self.spans.iter().map(|span| span.minutes_until_open(minute.0)).min().unwrap_or(0)
    }
}

/// Says whether `text` is a span of hours.
pub(super) fn is_span(text: &str) -> bool {
    text.parse::<Span>().is_ok()
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        if texts.is_empty() || SPANS_MAX < texts.len() {
            return Err(serde::de::Error::custom(
                "hours needs at least one span like \"08:00-22:00\"; leave it out for always, or \
                 use `visorfarm-agent pause`",
            ));
        }
        let spans = texts.iter().map(|text| text.parse()).collect::<Result<_, NotASpan>>();
        Ok(Self { spans: spans.map_err(serde::de::Error::custom)? })
    }
}

/// From a minute to the one before another, over midnight if it is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: u16,
    minutes: u16,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = (self.from + self.minutes) % MINUTES_A_DAY;
        write!(f, "{}-{}", MinuteOfDay(self.from), MinuteOfDay(to))
    }
}

impl Span {
    fn minutes_until_open(self, minute: u16) -> u16 {
        let since_open = (minute + MINUTES_A_DAY - self.from) % MINUTES_A_DAY;
        if since_open < self.minutes { 0 } else { MINUTES_A_DAY - since_open }
    }
}

/// A text that is no span of hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no span of hours: write it like \"08:00-22:00\", or \"20:00-07:30\" over midnight"
)]
struct NotASpan {
    text: String,
}

impl FromStr for Span {
    type Err = NotASpan;

    fn from_str(text: &str) -> Result<Self, NotASpan> {
        let span = || {
            let (from, to) = text.split_once('-')?;
            let (from, to) = (minutes(from.trim())?, minutes(to.trim())?);
            let minutes = if from < to { to - from } else { to + MINUTES_A_DAY - from };
            (from < MINUTES_A_DAY && from != to).then_some(Self { from, minutes })
        };
        span().ok_or_else(|| NotASpan { text: text.chars().take(40).collect() })
    }
}

/// Reads `08:00`, from `00:00` to `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| {
        !part.is_empty() && part.len() <= 2 && part.bytes().all(|c| c.is_ascii_digit())
    };
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let whole = hour * 60 + minute;
    (minute < 60 && whole <= MINUTES_A_DAY).then_some(whole)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn hours(spans: &[&str]) -> Hours {
        Hours { spans: spans.iter().map(|text| text.parse().unwrap()).collect() }
    }

    #[track_caller]
    fn check(spans: &[&str], at: &str, minutes_until_open: u16) {
        let minute = MinuteOfDay(minutes(at).unwrap());
        assert_eq!(
            hours(spans).minutes_until_open(minute),
            minutes_until_open,
            "{spans:?} at {at}"
        );
        assert_eq!(hours(spans).open_at(minute), minutes_until_open == 0);
    }

    #[test]
    fn a_span_is_open_from_its_first_minute_to_before_its_last() {
        check(&["08:00-22:00"], "07:59", 1);
        check(&["08:00-22:00"], "08:00", 0);
        check(&["08:00-22:00"], "21:59", 0);
        check(&["08:00-22:00"], "22:00", 600);
    }

    #[test]
    fn a_span_may_pass_midnight() {
        check(&["20:00-07:30"], "23:59", 0);
        check(&["20:00-07:30"], "00:00", 0);
        check(&["20:00-07:30"], "07:30", 750);
        check(&["20:00-24:00"], "23:59", 0);
        check(&["20:00-24:00"], "00:00", 1200);
    }

    #[test]
    fn the_nearest_of_several_spans_counts() {
        check(&["06:00-09:00", "18:00-23:00"], "12:00", 360);
        check(&["06:00-09:00", "18:00-23:00"], "23:30", 390);
        check(&[], "12:00", 0);
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in [
            "",
            "8-22",
            "08:00",
            "08:00-08:00",
            "24:00-08:00",
            "08:60-09:00",
            "25:00-26:00",
            "+8:00-9:00",
            "8:0-9:00",
        ] {
            assert!(bad.parse::<Span>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn waiting_as_told_is_just_enough(
            spans in vec((0..MINUTES_A_DAY, 1..MINUTES_A_DAY), 0..4),
            minute in 0..MINUTES_A_DAY,
        ) {
            let spans = spans.into_iter().map(|(from, minutes)| Span { from, minutes }).collect();
            let hours = Hours { spans };
            let wait = hours.minutes_until_open(MinuteOfDay(minute));
            let at = |after: u16| MinuteOfDay((minute + after) % MINUTES_A_DAY);
            prop_assert!(wait < MINUTES_A_DAY);
            prop_assert!(hours.open_at(at(wait)));
            prop_assert!((0..wait).all(|after| !hours.open_at(at(after))));
        }

        #[test]
        fn a_span_is_open_for_its_length(from in 0..MINUTES_A_DAY, to in 0..MINUTES_A_DAY) {
            prop_assume!(from != to);
            let text = format!("{}-{}", MinuteOfDay(from), MinuteOfDay(to));
            let hours = hours(&[&text]);
            let open = (0..MINUTES_A_DAY).filter(|minute| hours.open_at(MinuteOfDay(*minute)));
            prop_assert_eq!(open.count(), usize::from((to + MINUTES_A_DAY - from) % MINUTES_A_DAY));
        }
    }
}
