//! Macros of the printer, as far as its owner vouches for them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A macro of the printer, by its name in capitals; or with its `@` a command of the print server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Macro {
    pub name: String,
    /// What the owner vouches that it does.
    #[serde(default)]
    pub does: BTreeSet<MacroEffect>,
    /// What its parameters are, where their names do not say it: `words = { ET = "nozzle", SOAK = "no-heat" }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, Meaning>,
}

/// What a macro does to the printer's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MacroEffect {
    /// Homes all axes.
    Home,
    /// Heats the nozzle to print: the file must turn it and the bed off again.
    Heat,
    /// Says how coordinates and E are read (G90 or G91, M82 or M83).
    Modes,
    /// Leaves how they are read, and where E stands, as it found them: what is told after it needs no such word.
    KeepModes,
    /// Turns all heaters off.
    Cool,
}

/// What a parameter of a macro is: the temperature of a heater, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    Nozzle,
    Bed,
    Chamber,
    NoHeat,
}

impl Macro {
    /// Returns it as the lines that allow it, at the end of a profile.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let table = BTreeMap::from([("macros", [self])]);
        toml::to_string(&table).expect("a macro holds nothing that TOML does not")
    }

    /// Returns what the owner says that the parameter `name` is.
    pub(crate) fn meaning(&self, name: &str) -> Option<Meaning> {
        let mut words = self.words.iter();
        words.find(|(word, _)| word.eq_ignore_ascii_case(name)).map(|(_, meaning)| *meaning)
    }
}
