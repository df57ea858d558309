//! What the verdict objects to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::rule::Rule;
use crate::say::{Language, Sentence};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Never printed on this printer.
    Forbid,
    /// Printed only after the printer's owner has said so.
    Ask,
    /// Printed; worth a look.
    Warn,
    /// Good to know.
    Note,
}

/// An objection: which rule, where, and in which words. Sorted, the gravest comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    pub severity: Severity,
    pub rule: Rule,
    /// The first line concerned; none when the whole file is.
    pub line: Option<u64>,
    /// That line as it stands in the file: short and printable.
    pub text: String,
    /// What is wrong with it, and what would be allowed.
    pub reason: Sentence,
}

impl Finding {
    /// Returns the sentence a maker reads: "line 412: M104 S310 exceeds 285 °C allowed for PETG on mk3-07".
    #[must_use]
    pub fn message(&self) -> String {
        self.tell(Language::English)
    }

    /// Returns that sentence in `language`, and why it matters.
    #[must_use]
    pub fn explain(&self, language: Language) -> String {
        format!("{}. {}", self.tell(language), self.rule.why(language))
    }

    /// Returns that sentence in `language`.
    #[must_use]
    pub fn tell(&self, language: Language) -> String {
        let place = match (self.line, language) {
            (None, _) => String::new(),
            (Some(line), Language::English) => format!("line {line}: "),
            (Some(line), Language::French) => format!("ligne {line} : "),
        };
        let text = if self.text.is_empty() { String::new() } else { format!("{} ", self.text) };
        format!("{place}{text}{}", self.reason.tell(language))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}
