//! Which request goes before which.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The years in which something can be needed: others are typing errors.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// How pressing a request is. The more pressing is printed first; at one priority, what is needed on
/// an earlier day; without a difference, jobs are printed in the order in which they were queued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with priority and due")]
pub struct Rank {
    /// What people say of it.
    #[serde(default)]
    pub priority: Priority,
    /// The last day on which it is of use, like `2026-12-24`, as the calendar at the coordinator says.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2026-12-24")]
    pub due: Option<Day>,
}

/// What people say of how pressing a request is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Before all others.
    High,
    /// As most are.
    #[default]
    Normal,
    /// When nothing else is wanted.
    Low,
}

/// A day of the calendar, written `2026-12-24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(NaiveDate);

/// A text that names no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{shown:?} is no day: write one like 2026-12-24")]
pub struct NoDay {
    shown: String,
}

impl Priority {
    /// All of them, the most pressing first.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// Returns the word it is sent by.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

impl Rank {
    fn key(self) -> (Priority, bool, Option<Day>) {
        (self.priority, self.due.is_none(), self.due)
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Day {
    /// Returns it as a date.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        self.0
    }
}

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        // The parser takes signs and missing noughts; a day has one spelling here.
        date.filter(|date| YEARS.contains(&date.year()) && date.to_string() == text)
            .map(Self)
            .ok_or_else(|| NoDay { shown: text.chars().take(40).collect() })
    }
}

impl TryFrom<String> for Day {
    type Error = NoDay;

    fn try_from(text: String) -> Result<Self, NoDay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(priority: Priority, due: Option<&str>) -> Rank {
        Rank { priority, due: due.map(|day| day.parse().unwrap()) }
    }

    #[test]
    fn the_more_pressing_goes_first_then_the_earlier_day_then_those_without_one() {
        let ranks = [
            rank(Priority::High, Some("2026-12-24")),
            rank(Priority::High, None),
            rank(Priority::Normal, Some("2026-12-01")),
            rank(Priority::Normal, Some("2027-01-01")),
            rank(Priority::Normal, None),
            rank(Priority::Low, Some("2026-11-30")),
        ];
        assert!(ranks.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn a_day_has_one_spelling() {
        assert_eq!("2028-02-29".parse::<Day>().unwrap().to_string(), "2028-02-29");
        for text in ["2026-02-29", "2026-2-3", "+2026-02-03", "12026-01-01", "1999-12-31", "", " "]
        {
            assert!(text.parse::<Day>().is_err(), "{text:?}");
        }
    }
}
