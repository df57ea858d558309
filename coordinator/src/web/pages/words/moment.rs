//! Days and clock times, as the script in the page says them.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]

use chrono::{DateTime, Datelike, Local, NaiveDate};

use crate::clock::Timestamp;
use crate::dispatch::Day;
use crate::web::text::Language;
use crate::web::view::Finish;

/// How long something heard counts as just now: three heartbeats.
const JUST_NOW_SECONDS: u64 = 30;

impl Language {
    /// Returns how long ago `at` was.
    pub(in crate::web::pages) fn since(self, at: Timestamp, now: Timestamp) -> String {
        self.span(now.since(at).as_secs())
    }

    /// Returns how much of a print is left.
    pub(in crate::web::pages) fn left(self, ends: &Timestamp, now: &Timestamp) -> String {
        self.with("printer-left", &self.span(ends.since(*now).as_secs()))
    }

    /// Returns when a printer was heard of.
    pub(in crate::web::pages) fn heard(self, heard: &Timestamp, now: &Timestamp) -> String {
        if now.since(*heard).as_secs() < JUST_NOW_SECONDS {
            return self.text("heard-now");
        }
        self.with("heard-ago", &self.since(*heard, *now))
    }

    /// Returns a clock time, with the day unless it is today. In the coordinator's own time zone:
    /// only the script in the page knows the reader's.
    pub(in crate::web::pages) fn clock(self, at: &Timestamp, now: &Timestamp) -> String {
        let (Some(when), Some(today)) = (local(*at), local(*now)) else { return String::new() };
        let time = when.format("%H:%M");
        let days = when.date_naive().signed_duration_since(today.date_naive()).num_days();
        match days {
            0 => time.to_string(),
            -6..=6 => format!("{} {time}", self.word_of("weekday", when.format("%u"))),
            _ => format!("{} {time}", self.date_of(when.date_naive(), *now)),
        }
    }

    /// Returns from when to when.
    pub(in crate::web::pages) fn range(self, finish: &Finish, now: &Timestamp) -> String {
        let Some(early) = finish.early else { return String::new() };
        let from = self.expected(&early, now);
        let Some(late) = finish.late else { return self.with("finish-from", &from) };
        let to = self.expected(&late, now);
        if !finish.is_range() || from == to {
            return from;
        }
        // The day of both is said once.
        let day = |at| local(at).map(|when| when.date_naive());
        match local(late).filter(|_| day(early) == day(late)) {
            Some(when) => format!("{from} – {}", when.format("%H:%M")),
            None => format!("{from} – {to}"),
        }
    }

    /// Returns a time that is only expected: its day and clock time within a week, the day alone beyond.
    fn expected(self, at: &Timestamp, now: &Timestamp) -> String {
        let (Some(when), Some(today)) = (local(*at), local(*now)) else { return String::new() };
        let days = when.date_naive().signed_duration_since(today.date_naive()).num_days();
        match days {
            0 => format!("{} {}", self.text("day-today"), when.format("%H:%M")),
            -6..=6 => self.clock(at, now),
            _ => self.day_of(when.date_naive(), *now),
        }
    }

    /// Returns the last day on which something is of use.
    pub(in crate::web::pages) fn due(self, day: &Day, now: &Timestamp) -> String {
        self.day_of(day.date(), *now)
    }

    /// Returns a day with its year, for what is read at any time.
    pub(in crate::web) fn whole_day(self, day: Day) -> String {
        let (date, weekday) = (day.date(), self.word_of("weekday", day.date().format("%u")));
        let month = self.word_of("month", date.format("%-m"));
        format!("{weekday} {} {month} {}", date.day(), date.year())
    }

    fn day_of(self, date: NaiveDate, now: Timestamp) -> String {
        format!("{} {}", self.word_of("weekday", date.format("%u")), self.date_of(date, now))
    }

    /// Returns the day and the month, with the year unless it is this one.
    fn date_of(self, date: NaiveDate, now: Timestamp) -> String {
        let this_year = local(now).is_some_and(|now| now.year() == date.year());
        let year = if this_year { String::new() } else { format!(" {}", date.year()) };
        format!("{} {}{year}", date.day(), self.word_of("month", date.format("%-m")))
    }

    /// Returns the day, the month and the year, for what is read long after.
    pub(in crate::web::pages) fn whole_date(self, at: &Timestamp) -> String {
        let Some(when) = local(*at) else { return String::new() };
        let month = self.word_of("month", when.format("%-m"));
        format!("{} {month} {}", when.day(), when.year())
    }

    fn word_of(self, kind: &str, number: impl std::fmt::Display) -> String {
        self.text(&format!("{kind}-{number}"))
    }
}

fn local(at: Timestamp) -> Option<DateTime<Local>> {
    let utc = DateTime::from_timestamp_millis(i64::try_from(at.0).ok()?)?;
    Some(utc.with_timezone(&Local))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;
    use serde::Deserialize;

    use super::*;

    /// What both the server and the script in the page say of moments, each in the zone of who reads.
    const MOMENTS: &str = include_str!("../../../../tests/words/moments.json");

    #[derive(Deserialize)]
    struct Moments {
        clock: Vec<Clock>,
        range: Vec<Range>,
    }

    #[derive(Deserialize)]
    struct Clock {
        now: String,
        at: String,
        en: String,
        fr: String,
    }

    #[derive(Deserialize)]
    struct Range {
        now: String,
        early: String,
        late: Option<String>,
        en: String,
        fr: String,
    }

    fn moment(at: &str) -> Timestamp {
        let at: NaiveDateTime = at.parse().unwrap();
        let here = at.and_local_timezone(Local).earliest().unwrap();
        Timestamp(here.timestamp_millis().try_into().unwrap())
    }

    #[test]
    fn moments_are_said_as_the_script_says_them() {
        let moments: Moments = serde_json::from_str(MOMENTS).unwrap();
        for told in moments.clock {
            let (at, now) = (moment(&told.at), moment(&told.now));
            assert_eq!(Language::English.clock(&at, &now), told.en);
            assert_eq!(Language::French.clock(&at, &now), told.fr);
        }
        for told in moments.range {
            let late = told.late.as_deref().map(moment);
            let finish = Finish { early: Some(moment(&told.early)), late };
            let now = moment(&told.now);
            assert_eq!(Language::English.range(&finish, &now), told.en);
            assert_eq!(Language::French.range(&finish, &now), told.fr);
        }
    }

    #[test]
    fn a_clock_says_the_day_unless_it_is_today() {
        let now = Timestamp(1_774_310_400_000);
        let at = |hours: u64| Timestamp(now.0 + hours * 3_600_000);
        assert_eq!(Language::English.clock(&now, &now).len(), "00:00".len());
        assert!(Language::French.clock(&at(72), &now).contains("ven."));
        assert!(Language::English.clock(&at(24 * 40), &now).contains("May"));
        assert_eq!(Language::English.clock(&Timestamp(u64::MAX), &now), "");
    }
}
