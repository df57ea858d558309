//! Words for codes; numbers, lengths of time and clock times, as the script in the page says them.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]

use chrono::{DateTime, Datelike, Local, NaiveDate};
use visorfarm_protocol::status::Cause;

use crate::clock::Timestamp;
use crate::dispatch::{Day, Priority};
use crate::web::text::Language;
use crate::web::view::{Doing, Finish, Kind, Stage, Trouble};

/// How long something heard counts as just now: three heartbeats.
const JUST_NOW_SECONDS: u64 = 30;

/// A whole number of any width, or a reference to one: templates pass references.
pub(in crate::web) trait Whole {
    /// Returns it; what is beyond stays at the end.
    fn whole(&self) -> i64;
}

impl Whole for i64 {
    fn whole(&self) -> i64 {
        *self
    }
}

impl Whole for u64 {
    fn whole(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl Whole for usize {
    fn whole(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl Whole for u32 {
    fn whole(&self) -> i64 {
        i64::from(*self)
    }
}

impl Whole for u8 {
    fn whole(&self) -> i64 {
        i64::from(*self)
    }
}

impl<T: Whole> Whole for &T {
    fn whole(&self) -> i64 {
        T::whole(self)
    }
}

impl Language {
    /// Returns a number with its thousands apart: `12,345` or `12 345`.
    pub(in crate::web) fn number(self, number: impl Whole) -> String {
        let number = number.whole();
        let mark = match self {
            Self::English => ',',
            Self::French => '\u{202f}',
        };
        let digits = number.unsigned_abs().to_string();
        let mut text = String::from(if number < 0 { "-" } else { "" });
        for (place, digit) in digits.chars().enumerate() {
            if 0 < place && (digits.len() - place).is_multiple_of(3) {
                text.push(mark);
            }
            text.push(digit);
        }
        text
    }

    /// Returns a share of a hundred.
    pub(super) fn percent(self, percent: impl Whole) -> String {
        let number = self.number(percent);
        match self {
            Self::English => format!("{number}%"),
            Self::French => format!("{number}\u{202f}%"),
        }
    }

    /// Returns a weight: `38 g`, `1.2 kg`.
    pub(super) fn grams(self, grams: impl Whole) -> String {
        let grams = grams.whole();
        if grams < 1000 {
            return format!("{grams} g");
        }
        let mark = match self {
            Self::English => '.',
            Self::French => ',',
        };
        format!("{}{mark}{} kg", self.number(grams / 1000), grams % 1000 / 100)
    }

    /// Returns a length of time: `40 s`, `5 min`, `1 h 05`, `3 d`.
    pub(super) fn span(self, seconds: impl Whole) -> String {
        let seconds = seconds.whole();
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        match seconds {
            ..60 => format!("{seconds} s"),
            60..3600 => format!("{minutes} min"),
            3600..172_800 => format!("{hours} h {:02}", minutes % 60),
            172_800.. => format!("{} {}", self.number(hours / 24), self.text("span-day")),
        }
    }

    /// Returns a length of time in hours, however many, so that lengths can be compared and summed:
    /// `0.4 h`, `1,012 h`.
    pub(super) fn hours(self, seconds: impl Whole) -> String {
        // Tenths of an hour, the half rounded up.
        let tenths = (seconds.whole().max(0) / 6 + 30) / 60;
        if 100 <= tenths {
            return format!("{} h", self.number((tenths + 5) / 10));
        }
        let mark = match self {
            Self::English => '.',
            Self::French => ',',
        };
        format!("{}{mark}{} h", tenths / 10, tenths % 10)
    }

    /// Returns how long ago `at` was.
    pub(super) fn since(self, at: Timestamp, now: Timestamp) -> String {
        self.span(now.since(at).as_secs())
    }

    /// Returns how much of a print is left.
    pub(super) fn left(self, ends: &Timestamp, now: &Timestamp) -> String {
        self.with("printer-left", &self.span(ends.since(*now).as_secs()))
    }

    /// Returns when a printer was heard of.
    pub(super) fn heard(self, heard: &Timestamp, now: &Timestamp) -> String {
        if now.since(*heard).as_secs() < JUST_NOW_SECONDS {
            return self.text("heard-now");
        }
        self.with("heard-ago", &self.since(*heard, *now))
    }

    /// Returns a clock time, with the day unless it is today. In the coordinator's own time zone:
    /// only the script in the page knows the reader's.
    pub(super) fn clock(self, at: &Timestamp, now: &Timestamp) -> String {
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
    pub(super) fn range(self, finish: &Finish, now: &Timestamp) -> String {
        let Some(early) = finish.early else { return String::new() };
        let from = self.expected(&early, now);
        let Some(late) = finish.late else { return self.with("finish-from", &from) };
        let to = self.expected(&late, now);
        if finish.is_range() && from != to { format!("{from} – {to}") } else { from }
    }

    /// Returns a time that is only expected: its clock time within a week, the day alone beyond.
    fn expected(self, at: &Timestamp, now: &Timestamp) -> String {
        let (Some(when), Some(today)) = (local(*at), local(*now)) else { return String::new() };
        let days = when.date_naive().signed_duration_since(today.date_naive()).num_days();
        match days {
            -6..=6 => self.clock(at, now),
            _ => self.day_of(when.date_naive(), *now),
        }
    }

    /// Returns the last day on which something is of use.
    pub(super) fn due(self, day: &Day, now: &Timestamp) -> String {
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
    pub(super) fn whole_date(self, at: &Timestamp) -> String {
        let Some(when) = local(*at) else { return String::new() };
        let month = self.word_of("month", when.format("%-m"));
        format!("{} {month} {}", when.day(), when.year())
    }

    fn word_of(self, kind: &str, number: impl std::fmt::Display) -> String {
        self.text(&format!("{kind}-{number}"))
    }

    /// Returns the other language, for the switch.
    pub(super) fn other(self) -> Self {
        match self {
            Self::English => Self::French,
            Self::French => Self::English,
        }
    }

    /// Returns its own name for itself.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }
}

fn local(at: Timestamp) -> Option<DateTime<Local>> {
    let utc = DateTime::from_timestamp_millis(i64::try_from(at.0).ok()?)?;
    Some(utc.with_timezone(&Local))
}

impl Doing {
    pub(super) fn word(self, t: &Language) -> String {
        t.text(&format!("doing-{}", self.code()))
    }
}

impl Trouble {
    pub(in crate::web) fn word(self, t: &Language) -> String {
        match self {
            Self::Printer(doing) => doing.word(t),
            Self::Failed | Self::Unwilling | Self::Late => {
                t.text(&format!("trouble-{}", self.code()))
            }
        }
    }

    /// Returns what settles it.
    pub(in crate::web) fn advice(self, t: &Language) -> String {
        match self {
            Self::Printer(doing) if doing.kind() != Kind::Person => String::new(),
            Self::Printer(_) | Self::Failed | Self::Unwilling | Self::Late => {
                t.text(&format!("advice-{}", self.code()))
            }
        }
    }
}

impl Trouble {
    /// Tells the maker of the printer called `name` what settles it.
    pub(in crate::web) fn advice_to_maker(self, t: Language, name: &str) -> String {
        match self {
            Self::Printer(doing) if doing.kind() == Kind::Person => {
                t.with(&format!("maker-advice-{}", self.code()), name)
            }
            Self::Failed => t.with("maker-advice-failed", name),
            // These are no maker's to settle.
            Self::Printer(_) | Self::Unwilling | Self::Late => String::new(),
        }
    }
}

impl Priority {
    pub(super) fn word(self, t: &Language) -> String {
        t.word("priority", self.code())
    }
}

impl Stage {
    pub(super) fn word(self, t: &Language) -> String {
        t.text(&format!("stage-{}", self.code()))
    }
}

impl Language {
    /// Returns what is wrong with a printer. What an agent tells of it by itself is said in the reader's language;
    /// all else stays in the words of the printer, of OctoPrint or of its maker.
    pub(in crate::web) fn cause(self, told: &str) -> String {
        match Cause::read(told) {
            Some(Cause::KeptHot) => self.text("cause-kept-hot"),
            Some(Cause::KeyRefused) => self.text("cause-key-refused"),
            Some(Cause::NoAnswer) => self.text("cause-no-answer"),
            Some(Cause::ReadOnly) => self.text("cause-read-only"),
            None => told.to_owned(),
        }
    }
}

/// Returns the words for every code of the live stream, for the script in the page.
pub(super) fn all(t: Language) -> Vec<(String, String)> {
    let doing = Doing::ALL.into_iter().map(|doing| (doing.code().to_owned(), doing.word(&t)));
    let trouble = Trouble::all().flat_map(|trouble| {
        let code = trouble.code();
        [(code.to_owned(), trouble.word(&t)), (format!("advice-{code}"), trouble.advice(&t))]
    });
    // `printed` is a stage and no activity, so the codes do not meet.
    let stages = Stage::ALL.into_iter().map(|stage| (stage.code().to_owned(), stage.word(&t)));
    let priorities = Priority::ALL.into_iter().map(|one| (one.code().to_owned(), one.word(&t)));
    let causes = Cause::ALL.map(|cause| {
        let sentence = cause.sentence();
        (format!("cause-{sentence}"), t.cause(sentence))
    });
    doing.chain(trouble).chain(stages).chain(priorities).chain(causes).collect()
}

/// Returns which kind of thing each activity is.
pub(super) fn kinds() -> Vec<(&'static str, &'static str)> {
    Doing::ALL.into_iter().map(|doing| (doing.code(), doing.kind().code())).collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;
    use serde::Deserialize;

    use super::*;

    /// What both the server and the script in the page say of moments, each in the zone of who reads.
    const MOMENTS: &str = include_str!("../../../tests/words/moments.json");

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
    fn hours_can_be_summed_and_compared() {
        for (seconds, english, french) in [
            (0_u64, "0.0 h", "0,0 h"),
            (179, "0.0 h", "0,0 h"),
            (180, "0.1 h", "0,1 h"),
            (35_999, "10 h", "10 h"),
            (3_556_800, "988 h", "988 h"),
            (36_000_000, "10,000 h", "10\u{202f}000 h"),
        ] {
            assert_eq!(Language::English.hours(seconds), english);
            assert_eq!(Language::French.hours(seconds), french);
        }
    }

    #[test]
    fn thousands_stand_apart_as_each_language_does_it() {
        for (number, english, french) in [
            (0_i64, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1\u{202f}000"),
            (-1_234_567, "-1,234,567", "-1\u{202f}234\u{202f}567"),
        ] {
            assert_eq!(Language::English.number(number), english);
            assert_eq!(Language::French.number(number), french);
        }
        assert_eq!(Language::English.number(u64::MAX), Language::English.number(i64::MAX));
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
