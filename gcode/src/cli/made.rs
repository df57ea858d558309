//! A printer's profile out of what `OctoPrint` and `PrusaSlicer` know, and what its owner must still look at.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use visorfarm_gcode::{MacroEffect, Profile, Sentence};

use super::read;

/// Makes a profile, writes it and returns it.
pub(super) fn profile(
    octoprint: &Path,
    slicer: &Path,
    name: Option<String>,
    out: &mut impl Write,
) -> anyhow::Result<Profile> {
    let text = |path: &Path| fs::read_to_string(path).with_context(|| read::cannot_read(path));
    let made = Profile::derive(&text(octoprint)?, &text(slicer)?)
        .with_context(|| read::cannot_read(octoprint))?;
    let profile = Profile { name: name.unwrap_or(made.name), ..made };
    writeln!(out, "# Made from {} and {}.", octoprint.display(), slicer.display())?;
    writeln!(out, "# Neither says how hot the printer may become: look at its papers.")?;
    for advice in advice(&profile) {
        writeln!(out, "# Here {}.", advice.english)?;
    }
    write!(out, "{}", profile.to_toml())?;
    Ok(profile)
}

/// Returns what was taken over from the slicer's own code, and what its owner must decide.
pub(super) fn advice(profile: &Profile) -> Vec<Sentence> {
    let mut told = Vec::new();
    if !profile.motor_current_max.is_empty() {
        let currents = profile.motor_current_max.iter().map(|(axis, max)| format!("{axis} {max}"));
        let currents = currents.collect::<Vec<_>>().join(", ");
        told.push(Sentence {
            english: format!(
                "motor currents are allowed as the slicer's code sets them: {currents}; hold them against the motors' papers, or take them out of motor_current_max"
            ),
            french: format!(
                "les courants des moteurs sont permis tels que le code du trancheur les règle : {currents} ; comparez-les aux notices des moteurs, ou ôtez-les de motor_current_max"
            ),
        });
    }
    if !profile.macros.is_empty() {
        let macros = profile.macros.iter().map(|known| {
            let does = known.does.iter().map(|effect| effect_name(*effect)).collect::<Vec<_>>();
            format!("{} does [{}]", known.name, does.join(", "))
        });
        let macros = macros.collect::<Vec<_>>().join(", ");
        told.push(Sentence {
            english: format!(
                "macros that the slicer's code calls are allowed: {macros}; read each in the printer's configuration, and let `does` say what it does: home, heat, modes, cool"
            ),
            french: format!(
                "les macros que le code du trancheur appelle sont permises : {macros} ; lisez chacune dans la configuration de l'imprimante, et que `does` dise ce qu'elle fait : home, heat, modes, cool"
            ),
        });
    }
    told
}

/// Returns the word that stands for it in a profile.
fn effect_name(effect: MacroEffect) -> &'static str {
    match effect {
        MacroEffect::Home => "home",
        MacroEffect::Heat => "heat",
        MacroEffect::Modes => "modes",
        MacroEffect::Cool => "cool",
    }
}
