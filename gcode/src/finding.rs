//! What the verdict objects to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::rule::Rule;

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
    pub reason: String,
}

impl Finding {
    /// Returns the sentence a maker reads: "line 412: M104 S310 exceeds 285 °C allowed for PETG on mk3-07".
    #[must_use]
    pub fn message(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.text.is_empty() {
            write!(f, "{} ", self.text)?;
        }
        f.write_str(&self.reason)
    }
}
