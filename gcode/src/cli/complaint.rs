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
    let told = told(error, language);
    // Nobody is left to tell when the standard error is closed.
    drop(writeln!(io::stderr(), "visorfarm-gcode: {told}"));
}

/// Says on the standard error what a person should know of what went well.
pub(super) fn advise(advice: &Sentence, language: Language) {
    drop(writeln!(io::stderr(), "visorfarm-gcode: {}", advice.tell(language)));
}

/// What comes from a library, and has no name here, stays as it is.
fn told(error: &anyhow::Error, language: Language) -> String {
    let Some(Complaint(sentence)) = error.downcast_ref() else { return format!("{error:#}") };
    let cause = match (error.downcast_ref::<Unpackable>(), error.downcast_ref::<io::Error>()) {
        (Some(unpackable), _) => Some(unpackable.tell().tell(language).to_owned()),
        (None, Some(io)) => Some(of_system(io, language)),
        (None, None) => {
            let causes: Vec<_> = error.chain().skip(1).map(ToString::to_string).collect();
            (!causes.is_empty()).then(|| causes.join(": "))
        }
    };
    let colon = match language {
        Language::English => ": ",
        Language::French => " : ",
    };
    let sentence = sentence.tell(language);
    cause.map_or_else(|| sentence.to_owned(), |cause| format!("{sentence}{colon}{cause}"))
}

/// Says what the system would not do, and what then to do.
fn of_system(error: &io::Error, language: Language) -> String {
    let kind = error.kind();
    let (english, french) = if kind == ErrorKind::NotFound {
        ("it does not exist: look at the name", "il n'existe pas : vérifiez le nom")
    } else if kind == ErrorKind::PermissionDenied {
        (
            "you have no permission: ask its owner, or change it",
            "vous n'en avez pas le droit : demandez-le à son propriétaire, ou changez ce droit",
        )
    } else if kind == ErrorKind::IsADirectory {
        (
            "it is a folder: name the files in it",
            "c'est un dossier : nommez les fichiers qu'il contient",
        )
    } else {
        return error.to_string();
    };
    match language {
        Language::English => english.to_owned(),
        Language::French => french.to_owned(),
    }
}
