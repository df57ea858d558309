//! What macros are told to heat, by the names of their parameters.

use crate::census::Use;
use crate::finding::Severity;
use crate::profile::Profile;
use crate::rule::Rule;
use crate::say::{commands as say, limits::BELOW_ZERO};

use super::Verdict;
use super::limits::{OfMaterial, strictest};
use super::macros::{check_plain, whole};

/// A macro is the owner's word, but the temperatures it is given are the file's.
pub(super) fn check_heat(verdict: &mut Verdict<'_>, used: &Use) {
    let profile = verdict.profile;
    check_plain(verdict, used, |name| heater(profile, name).is_some());
    for (name, range) in &used.numbers {
        let Some((printer_max, rule, of)) = heater(profile, name) else { continue };
        let materials = &verdict.report.slicer.materials;
        let (max, material) = strictest(profile, materials, printer_max, of);
        if max < range.max {
            let reason = say::hotter(name, max, material, &profile.name);
            verdict.object_at(Severity::Forbid, rule, &range.max_at, reason);
        }
        if range.min < 0.0 {
            verdict.object_at(Severity::Forbid, Rule::Syntax, &range.min_at, BELOW_ZERO);
        }
    }
}

/// Returns whether the macro is told to heat the chamber.
pub(super) fn heats_chamber(profile: &Profile, used: &Use) -> bool {
    used.numbers.iter().any(|(name, range)| {
        let chamber = heater(profile, name).is_some_and(|(_, rule, _)| rule == Rule::ChamberTooHot);
        chamber && 0.0 < range.max
    })
}

/// What is said of tools and beds besides how hot they are: `TOTAL_TOOLCHANGES`, `TOOL_COLORS`, `BED_SIZE`.
const NOT_HEAT: [&str; 7] = ["TOOLCHANGE", "COLOR", "COLOUR", "SIZE", "TYPE", "COUNT", "TOTAL"];

/// Returns the printer's limit of the heater that a macro's parameter names, if it names one, and a material's for it.
fn heater(profile: &Profile, name: &str) -> Option<(f64, Rule, OfMaterial)> {
    let name = whole(name);
    let named = |part: &str| name.contains(part);
    if NOT_HEAT.into_iter().any(named) && !named("TEMP") {
        None
    } else if named("BED") || name == "B" {
        Some((profile.bed_celsius_max, Rule::BedTooHot, |m| m.bed_celsius_max))
    } else if named("CHAMBER") {
        Some((profile.chamber_celsius_max, Rule::ChamberTooHot, |_| f64::INFINITY))
    } else if ["EXTRUDER", "NOZZLE", "HOT", "TEMP", "TOOL"].into_iter().any(named)
        || ["T", "E", "H"].contains(&name)
    {
        Some((profile.nozzle_celsius_max, Rule::NozzleTooHot, |m| m.nozzle_celsius_max))
    } else {
        None
    }
}
