//! What a maker allows of what a file does, beyond what is allowed of any.

use std::collections::BTreeSet;

use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Deserializer};
use visorfarm_gcode::Rule;

/// The rules of the verdict whose findings do not keep a file from being printed, where they ask for
/// the owner's word. What a rule forbids stays forbidden.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Agreed(BTreeSet<Named>);

impl Agreed {
    /// Says whether the maker agreed to this rule's findings.
    #[must_use]
    pub fn covers(&self, rule: Rule) -> bool {
        self.0.contains(&Named(rule))
    }
}

impl FromIterator<Rule> for Agreed {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self(rules.into_iter().map(Named).collect())
    }
}

/// A rule, by the name that `visorfarm-gcode verify --json` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named(Rule);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let read: StrDeserializer<'_, Error> = name.as_str().into_deserializer();
        Rule::deserialize(read).map(Self).map_err(|_| {
            let name: String = name.chars().take(40).collect();
            serde::de::Error::custom(format!(
                "{name:?} is no rule: `visorfarm-gcode verify --json FILE` prints their names, \
                 like \"waits-for-person\""
            ))
        })
    }
}

/// Returns the line that a maker writes to agree to `rules`.
#[must_use]
pub fn line(rules: &BTreeSet<Rule>) -> String {
    let names = serde_json::to_string(rules).expect("rules are written as their names");
    format!("agrees_to = {}", names.replace(',', ", "))
}
