//! A printer's profile out of what `OctoPrint` and `PrusaSlicer` know, and what its owner must still look at.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use visorfarm_gcode::{Derived, Macro, MacroEffect, Profile, Sentence};

use super::read;

/// Makes a profile, writes it and returns it.
pub(super) fn profile(
    octoprint: &Path,
    slicer: &Path,
    name: Option<String>,
    out: &mut impl Write,
) -> anyhow::Result<Derived> {
    let text = |path: &Path| fs::read_to_string(path).with_context(|| read::cannot_read(path));
    let mut made = Profile::derive(&text(octoprint)?, &text(slicer)?)
        .with_context(|| read::cannot_read(octoprint))?;
    if let Some(name) = name {
        made.profile.name = name;
    }
    writeln!(out, "# Made from {} and {}.", octoprint.display(), slicer.display())?;
    writeln!(out, "# Neither says how hot the printer may become: look at its papers.")?;
    for advice in advice(&made) {
        writeln!(out, "# Here {}.", advice.english)?;
    }
    write!(out, "{}", made.profile.to_toml())?;
    for macros in &made.left_out {
        writeln!(out)?;
        for line in macros.to_toml().lines() {
            writeln!(out, "# {line}")?;
        }
    }
    Ok(made)
}

/// Returns what was taken over from the slicer's own code, and what its owner must decide.
pub(super) fn advice(made: &Derived) -> Vec<Sentence> {
    let profile = &made.profile;
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
        let macros = named(&profile.macros);
        told.push(Sentence {
            english: format!(
                "macros that the slicer's code calls are allowed: {macros}; read each in the printer's configuration, and let `does` say what it does: home, heat, modes, keep-modes, cool"
            ),
            french: format!(
                "les macros que le code du trancheur appelle sont permises : {macros} ; lisez chacune dans la configuration de l'imprimante, et que `does` dise ce qu'elle fait : home, heat, modes, keep-modes, cool"
            ),
        });
    }
    if !made.left_out.is_empty() {
        let names: Vec<_> = made.left_out.iter().map(|known| known.name.as_str()).collect();
        let names = names.join(", ");
        told.push(Sentence {
            english: format!(
                "no macro is allowed, though the slicer's code calls {names}: only Klipper has such; if the printer runs Klipper, choose it as the G-code flavor and make the profile again; if something else obeys them, take the # from the last lines, and let `does` say what each does"
            ),
            french: format!(
                "aucune macro n'est permise, bien que le code du trancheur appelle {names} : Klipper seul en a ; si l'imprimante tourne sous Klipper, choisissez-le comme type de G-code et refaites le profil ; si autre chose leur obéit, ôtez les # des dernières lignes, et que `does` dise ce que chacune fait"
            ),
        });
    }
    told
}

/// Returns the names of macros and what each does.
fn named(macros: &[Macro]) -> String {
    let named = macros.iter().map(|known| {
        let does = known.does.iter().map(|effect| effect_name(*effect)).collect::<Vec<_>>();
        format!("{} does [{}]", known.name, does.join(", "))
    });
    named.collect::<Vec<_>>().join(", ")
}

/// Returns the word that stands for it in a profile.
fn effect_name(effect: MacroEffect) -> &'static str {
    match effect {
        MacroEffect::Home => "home",
        MacroEffect::Heat => "heat",
        MacroEffect::Modes => "modes",
        MacroEffect::KeepModes => "keep-modes",
        MacroEffect::Cool => "cool",
    }
}
