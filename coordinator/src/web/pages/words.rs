//! Words for codes, and lengths of time, as the script in the page says them.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]

use crate::clock::Timestamp;
use crate::web::text::Language;
use crate::web::view::{Doing, Kind, Stage};

/// How long something heard counts as just now: three heartbeats.
const JUST_NOW_SECONDS: u64 = 30;

impl Language {
    /// Returns a length of time: `40 s`, `5 min`, `1 h 05`, `3 d`.
    pub(super) fn span(self, seconds: u64) -> String {
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        match seconds {
            0..60 => format!("{seconds} s"),
            60..3600 => format!("{minutes} min"),
            3600..172_800 => format!("{hours} h {:02}", minutes % 60),
            172_800.. => format!("{} {}", hours / 24, self.text("span-day")),
        }
    }

    /// Returns how long ago `at` was.
    pub(super) fn since(self, at: Timestamp, now: Timestamp) -> String {
        self.span(now.since(at).as_secs())
    }

    /// Returns how much of a print is left.
    pub(super) fn left(self, seconds: &u32) -> String {
        self.with("printer-left", &self.span(u64::from(*seconds)))
    }

    /// Returns when a printer was heard of.
    pub(super) fn heard(self, heard: &Timestamp, now: &Timestamp) -> String {
        if now.since(*heard).as_secs() < JUST_NOW_SECONDS {
            return self.text("heard-now");
        }
        self.with("heard-ago", &self.since(*heard, *now))
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

impl Doing {
    pub(super) fn word(self, t: &Language) -> String {
        t.text(&format!("doing-{}", self.code()))
    }

    /// Returns what settles it; nothing where nobody need do anything.
    pub(super) fn advice(self, t: &Language) -> String {
        match self.kind() {
            Kind::Person => t.text(&format!("advice-{}", self.code())),
            Kind::Working | Kind::Ready | Kind::Away => String::new(),
        }
    }
}

impl Stage {
    pub(super) fn word(self, t: &Language) -> String {
        t.text(&format!("stage-{}", self.code()))
    }
}

/// Returns the words for every code of the live stream, for the script in the page.
pub(super) fn all(t: Language) -> Vec<(String, String)> {
    let mut words = Vec::new();
    for doing in Doing::ALL {
        words.push((doing.code().to_owned(), doing.word(&t)));
        words.push((format!("advice-{}", doing.code()), doing.advice(&t)));
    }
    for stage in Stage::ALL {
        // `printed` is a stage and no activity, so the codes do not meet.
        words.push((stage.code().to_owned(), stage.word(&t)));
    }
    words
}
