//! What goes wrong, told in the language of who asked.

use std::fmt;
use std::io::{self, ErrorKind, Write};

use visorfarm_gcode::{Language, Sentence, Unpackable};

/// What could not be done: an error's context, or all of it.
#[derive(Debug)]
pub(super) struct Complaint(Sentence);

impl Complaint {
    pub(super) fn new(english: impl Into<String>, french: impl Into<String>) -> Self {
        Self(Sentence { english: english.into(), french: french.into() })
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.english)
    }
}

/// Says on the standard error what went wrong, with its causes.
pub(super) fn complain(error: &anyhow::Error, language: Language) {
    let told = match language {
        Language::English => format!("{error:#}"),
        Language::French => french(error),
    };
    // Nobody is left to tell when the standard error is closed.
    drop(writeln!(io::stderr(), "visorfarm-gcode: {told}"));
}

/// Says on the standard error what a person should know of what went well.
pub(super) fn advise(advice: &Sentence, language: Language) {
    drop(writeln!(io::stderr(), "visorfarm-gcode: {}", advice.tell(language)));
}

/// What comes from the system or from a library, and has no name here, stays as it is.
fn french(error: &anyhow::Error) -> String {
    let Some(Complaint(sentence)) = error.downcast_ref() else { return format!("{error:#}") };
    let cause = match (error.downcast_ref::<Unpackable>(), error.downcast_ref::<io::Error>()) {
        (Some(unpackable), _) => Some(unpackable.tell().french),
        (None, Some(io)) => Some(french_io(io)),
        (None, None) => error.source().map(ToString::to_string),
    };
    match cause {
        Some(cause) => format!("{} : {cause}", sentence.french),
        None => sentence.french.clone(),
    }
}

fn french_io(error: &io::Error) -> String {
    let kind = error.kind();
    if kind == ErrorKind::NotFound {
        "il n'existe pas".to_owned()
    } else if kind == ErrorKind::PermissionDenied {
        "vous n'en avez pas le droit".to_owned()
    } else if kind == ErrorKind::IsADirectory {
        "c'est un dossier".to_owned()
    } else {
        error.to_string()
    }
}
