//! Words for codes.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]

mod moment;
mod number;

use visorfarm_protocol::status::Cause;

use crate::dispatch::Priority;
use crate::web::text::Language;
use crate::web::view::{Doing, Kind, Stage, Trouble};

impl Language {
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
