//! What a start or an end code does itself, and what it leaves to the macros that it calls.

use std::collections::BTreeSet;

use super::codes::words;
use crate::profile::MacroEffect;

/// One of the slicer's codes.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The commands in it, in capitals.
    names: BTreeSet<String>,
    /// Those of them that ask a heater for something. `M109 S0` keeps `PrusaSlicer` from writing one with a temperature.
    heats: BTreeSet<String>,
}

impl Part {
    /// Reads the lines of a code, its placeholders left out.
    pub(super) fn read(code: &str) -> Self {
        let mut part = Self::default();
        for line in code.lines() {
            let mut words = words(line);
            let Some(name) = words.next().map(str::to_ascii_uppercase) else { continue };
            if !words.any(|word| word == "S0") {
                part.heats.insert(name.clone());
            }
            part.names.insert(name);
        }
        part
    }

    /// Says whether the code calls the macro `name` and does not itself do what `effect` says.
    pub(super) fn leaves(&self, effect: MacroEffect, name: &str) -> bool {
        let has = |name: &str| self.names.contains(name);
        let itself = match effect {
            MacroEffect::Home => has("G28"),
            MacroEffect::Heat => ["M104", "M109"].iter().any(|name| self.heats.contains(*name)),
            MacroEffect::Cool => has("TURN_OFF_HEATERS") || has("M104") && has("M140"),
            MacroEffect::Modes | MacroEffect::KeepModes => false,
        };
        has(name) && !itself
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_leaves_to_its_macro_what_it_does_not_do() {
        use MacroEffect::{Cool, Heat, Home};
        let leaves = |code: &str| {
            let part = Part::read(code);
            [Home, Heat, Cool].map(|effect| part.leaves(effect, "GO"))
        };
        assert_eq!(leaves("go A=1"), [true; 3]);
        assert_eq!(leaves("G28 ; home\nM109 S0\nGO"), [false, true, true]);
        assert_eq!(leaves("M109 S\nGO"), [true, false, true]);
        assert_eq!(leaves("M104 S0\nGO"), [true; 3]);
        assert_eq!(leaves("M104 S0\nM140 S0\nGO"), [true, true, false]);
        assert_eq!(leaves("TURN_OFF_HEATERS\nGO"), [true, true, false]);
        assert_eq!(leaves("; GO\nSTAY"), [false; 3]);
    }
}
