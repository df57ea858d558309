//! What a slicer's own G-code asks of the printer beyond moves: motor currents, and the owner's macros by their names.
//!
//! It stands in the configuration as templates, each in one line, and in a sliced file once more as it came out.

use std::collections::{BTreeMap, BTreeSet};

use super::config::Config;
use super::own::is_klippers;
use super::part::Part;
use crate::klipper::Named;
use crate::profile::{Macro, MacroEffect, Profile};
use crate::verify::is_refused;

/// The axes whose motor currents a profile lists.
const MOTORS: &str = "XYZE";

/// The greatest current that is taken over, in milliamperes: no driver of a desktop printer gives more (TMC2209: 2 A). What asks
/// for more is for its owner to allow.
const CURRENT_MAX: f64 = 2_000.0;

/// The profile that knows the macros which Klipper's and Voron's samples have.
const SAMPLES: &str = "voron-2.4-300";

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// The greatest, by axis.
    pub(super) currents: BTreeMap<char, f64>,
    names: BTreeSet<String>,
    start: Part,
    end: Part,
}

impl Codes {
    /// Reads the templates of `config` and the lines of `text`, of which the configuration is a part or all.
    pub(super) fn read(config: &Config<'_>, text: &str) -> Self {
        let mut codes = Self::default();
        for template in config.codes() {
            for line in lines(template).lines() {
                codes.line(line);
            }
        }
        for (part, name) in [(&mut codes.start, "start_gcode"), (&mut codes.end, "end_gcode")] {
            *part = Part::read(&lines(config.text(name).unwrap_or_default()));
        }
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.contains(" = ")) {
            codes.line(line);
        }
        codes
    }

    /// Returns the macros with what may be believed of them: what samples have does what theirs does, as far as the slicer's
    /// code counts on it. Whoever printed with code that homes by a macro alone saw it home.
    pub(super) fn macros(&self) -> Vec<Macro> {
        let mut macros = self.as_samples();
        for known in &mut macros {
            let name = &known.name;
            known.does.retain(|effect| match effect {
                MacroEffect::Home | MacroEffect::Heat => self.start.leaves(*effect, name),
                MacroEffect::Cool => self.end.leaves(*effect, name),
                MacroEffect::Modes | MacroEffect::KeepModes => true,
            });
        }
        macros
    }

    /// Returns the macros as samples have them, whatever speaks for it; of others nothing is known.
    pub(super) fn as_samples(&self) -> Vec<Macro> {
        let samples = Profile::shipped(SAMPLES).map(|profile| profile.macros).unwrap_or_default();
        let known = |name: &String| samples.iter().find(|sample| sample.name == *name).cloned();
        let unknown = |name: &String| Macro {
            name: name.clone(),
            does: BTreeSet::new(),
            words: BTreeMap::new(),
        };
        self.names.iter().map(|name| known(name).unwrap_or_else(|| unknown(name))).collect()
    }

    fn line(&mut self, line: &str) {
        let mut words = words(line);
        let Some(name) = words.next() else { return };
        if matches!(name, "M906" | "M907") {
            words.for_each(|word| self.current(word));
        } else if is_macro(name) && Named::of(name.as_bytes()).is_none() {
            let name = name.to_ascii_uppercase();
            // Klipper's own commands are nobody's macros.
            if !is_refused(&name) && !is_klippers(&name) {
                self.names.insert(name);
            }
        }
    }

    fn current(&mut self, word: &str) {
        let mut letters = word.chars();
        let Some(motor) = letters.next().filter(|letter| MOTORS.contains(*letter)) else { return };
        let sane = |current: &f64| (0.0..=CURRENT_MAX).contains(current);
        let Some(current) = letters.as_str().parse().ok().filter(sane) else { return };
        let most = self.currents.entry(motor).or_insert(current);
        *most = most.max(current);
    }
}

/// Returns the command of a line and its parameters.
pub(super) fn words(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split(';').next().unwrap_or_default().trim_matches(['"', ' ', '\t', '\r']);
    code.split_whitespace()
}

/// A word of capitals, or of several parts: what stands in a text for people is neither.
fn is_macro(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let word = name.bytes().take(2).all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let shown = name.contains('_') || name.bytes().all(|byte| !byte.is_ascii_lowercase());
    plain && word && shown && 1 < name.len()
}

/// Returns the lines of a template, or of several in one.
fn lines(template: &str) -> String {
    filled(&template.replace("\";\"", "\n").replace("\\n", "\n"))
}

/// Returns a template without its placeholders. A condition ends one line and begins another: of its branches each is read.
/// `PrusaSlicer`, "Macros".
fn filled(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find(['{', '[']) {
        out.push_str(&rest[..start]);
        let end = if rest[start..].starts_with('{') { '}' } else { ']' };
        let inside = &rest[start + 1..];
        let length = inside.find(end).unwrap_or(inside.len());
        let word = inside[..length].trim_start();
        let branches = ["if ", "if(", "else", "elsif", "endif"];
        out.push_str(if branches.iter().any(|branch| word.starts_with(branch)) {
            "\n"
        } else {
            ""
        });
        rest = inside.get(length + 1..).unwrap_or_default();
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, currents: &[(char, f64)], names: &[&str]) {
        let codes = Codes::read(&Config::read(text), text);
        let found: Vec<_> = codes.currents.into_iter().collect();
        assert_eq!(format!("{found:?}"), format!("{currents:?}"), "{text}");
        assert_eq!(codes.names.iter().collect::<Vec<_>>(), names, "{text}");
    }

    #[test]
    fn each_branch_of_a_template_is_read() {
        let fine =
            "start_gcode = G28\\n{if fine[0]=~/x/}M907 E430 ; less{else}M907 E538{endif}\\nM107";
        check(fine, &[('E', 538.0)], &[]);
        check("end_gcode = M907 E99999 X-1", &[], &[]);
        check("end_gcode = M907 X{current} Y[current] Z480.5 P9\\nM107", &[('Z', 480.5)], &[]);
    }

    #[test]
    fn macros_are_told_from_commands_and_texts() {
        let start = "START_PRINT BED={bed} {if hot}TOOL=250{endif}\\nM117 Foo {if a}Bar{endif} baz";
        check(
            &format!(
                "start_gcode = {start}\\nG29\\nT0\\nBED_MESH_CALIBRATE\\nset_heater_temperature HEATER=x"
            ),
            &[],
            &["START_PRINT"],
        );
        check("start_gcode = SAVE_GCODE_STATE\\nSET_RETRACTION RETRACT_LENGTH=1", &[], &[]);
        let filaments = "\"; none\\nload_it A=1\";\"PURGE\\n\"";
        check(&format!("; start_filament_gcode = {filaments}"), &[], &["LOAD_IT", "PURGE"]);
    }

    #[test]
    fn a_sliced_files_lines_count_and_its_comments_do_not() {
        let sliced = "G28\nM907 E450 ; as filled\nM906 X800\nEND_PRINT\n; OLD_MACRO\n; M907 E900\n";
        check(sliced, &[('E', 450.0), ('X', 800.0)], &["END_PRINT"]);
        check("# generated\nnotes = SOME_TEXT\nprinter_model = MK3S\n", &[], &[]);
    }
}
