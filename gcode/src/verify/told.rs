//! What macros are told to heat, by the names of their parameters.

use crate::census::Use;
use crate::extent::Range;
use crate::finding::Severity;
use crate::profile::{CELSIUS_MAX, Macro, MacroEffect, Meaning, Profile};
use crate::rule::Rule;
use crate::say::{commands as say, limits::BELOW_ZERO};

use super::Verdict;
use super::limits::{OfMaterial, strictest};
use super::macros::whole;

/// What a parameter tells.
enum Told {
    /// How hot: up to what the printer allows, and a material of its own.
    Heat(f64, Rule, OfMaterial),
    NoHeat,
    /// Neither its name says it nor the printer's owner.
    Unsaid,
}

/// A macro is the owner's word, but the temperatures it is given are the file's. `known` is what the owner says of it.
pub(super) fn check_heat(verdict: &mut Verdict<'_>, known: Option<&Macro>, used: &Use) {
    let profile = verdict.profile;
    for (name, at) in &used.odd {
        match told(profile, known, name) {
            Told::Heat(..) => {
                let reason = say::no_plain_number(name);
                verdict.object_at(Severity::Forbid, Rule::UnknownParameter, at, reason);
            }
            Told::Unsaid if may_heat(known) => {
                let reason = say::may_be_heat(name, least_max(profile), &profile.name);
                verdict.object_at(Severity::Ask, Rule::HeaterSideDoor, at, reason);
            }
            Told::Unsaid | Told::NoHeat => {}
        }
    }
    for (name, range) in &used.numbers {
        match told(profile, known, name) {
            Told::Heat(printer_max, rule, of) => {
                check_heater(verdict, name, range, (printer_max, rule, of));
            }
            Told::Unsaid if may_heat(known) => check_unsaid(verdict, name, range),
            Told::Unsaid | Told::NoHeat => {}
        }
    }
}

fn check_heater(
    verdict: &mut Verdict<'_>,
    name: &str,
    range: &Range,
    (printer_max, rule, of): (f64, Rule, OfMaterial),
) {
    let profile = verdict.profile;
    let (max, material) = strictest(profile, &verdict.report.slicer.materials, printer_max, of);
    if max < range.max {
        let reason = say::hotter(name, max, material, &profile.name);
        verdict.object_at(Severity::Forbid, rule, &range.max_at, reason);
    }
    if range.min < 0.0 {
        verdict.object_at(Severity::Forbid, Rule::Syntax, &range.min_at, BELOW_ZERO);
    }
}

/// Asks about what would be too hot for one of the heaters, if it were a temperature. What no heater reaches Klipper refuses,
/// and two numbers with a comma between them. Klipper, `heaters.py`, "Requested temperature"; `gcode.py`, `get_float`.
fn check_unsaid(verdict: &mut Verdict<'_>, name: &str, range: &Range) {
    let profile = verdict.profile;
    let max = least_max(profile);
    let of_pair = matches!(name.rsplit_once('.'), Some((_, "X" | "Y")));
    if !of_pair && max < range.max && range.min <= CELSIUS_MAX {
        let reason = say::may_be_heat(whole(name), max, &profile.name);
        verdict.object_at(Severity::Ask, Rule::HeaterSideDoor, &range.max_at, reason);
    }
}

/// A macro that its owner does not say to heat takes no temperatures.
fn may_heat(known: Option<&Macro>) -> bool {
    known.is_some_and(|known| known.does.contains(&MacroEffect::Heat))
}

/// Returns how hot the heater that stands least may become: a bed, where there is one.
fn least_max(profile: &Profile) -> f64 {
    let (bed, nozzle) = (profile.bed_celsius_max, profile.nozzle_celsius_max);
    if 0.0 < bed { bed.min(nozzle) } else { nozzle }
}

/// Returns whether an allowed macro heats: as its owner says, or by what it is told.
pub(super) fn heats(profile: &Profile, name: &str, used: &Use) -> bool {
    let known = profile.macro_named(name);
    let asked = |(name, range): (&String, &Range)| {
        0.0 < range.max && matches!(told(profile, known, name), Told::Heat(..))
    };
    known.is_some() && (may_heat(known) || used.numbers.iter().any(asked))
}

/// Returns whether the macro is told to heat the chamber.
pub(super) fn heats_chamber(profile: &Profile, known: Option<&Macro>, used: &Use) -> bool {
    used.numbers.iter().any(|(name, range)| {
        let chamber =
            matches!(told(profile, known, name), Told::Heat(_, rule, _) if rule == Rule::ChamberTooHot);
        chamber && 0.0 < range.max
    })
}

fn told(profile: &Profile, known: Option<&Macro>, name: &str) -> Told {
    let name = whole(name);
    let by_owner = known.and_then(|known| known.meaning(name));
    match by_owner.or_else(|| by_name(name)) {
        Some(Meaning::Nozzle) => {
            Told::Heat(profile.nozzle_celsius_max, Rule::NozzleTooHot, |m| m.nozzle_celsius_max)
        }
        Some(Meaning::Bed) => {
            Told::Heat(profile.bed_celsius_max, Rule::BedTooHot, |m| m.bed_celsius_max)
        }
        Some(Meaning::Chamber) => {
            Told::Heat(profile.chamber_celsius_max, Rule::ChamberTooHot, |_| f64::INFINITY)
        }
        Some(Meaning::NoHeat) => Told::NoHeat,
        None => Told::Unsaid,
    }
}

/// What is said of tools and beds besides how hot they are: `TOTAL_TOOLCHANGES`, `TOOL_COLORS`, `BED_SIZE`.
const NOT_HEAT: [&str; 7] = ["TOOLCHANGE", "COLOR", "COLOUR", "SIZE", "TYPE", "COUNT", "TOTAL"];

/// Parts of names that stand for a bed, and for a chamber.
const BEDS: [&str; 7] = ["B", "BT", "BTEMP", "HB", "PLATE", "BUILDPLATE", "PLATFORM"];
const CHAMBERS: [&str; 4] = ["C", "CT", "CTEMP", "ENCLOSURE"];

/// Parts of names that have a unit of their own, or none: layers, lengths, places, times, texts. A layer may be meant by its
/// heat, if it is the first: `FIRST_LAYER`.
const OTHER: [&str; 48] = [
    "LAYER",
    "LAYERS",
    "NUM",
    "NUMBER",
    "PERCENT",
    "PROGRESS",
    "X",
    "Y",
    "Z",
    "MIN",
    "MAX",
    "AREA",
    "POS",
    "POSITION",
    "CENTER",
    "CENTRE",
    "POLYGON",
    "WIDTH",
    "HEIGHT",
    "LENGTH",
    "DEPTH",
    "OFFSET",
    "DIAMETER",
    "SPEED",
    "VELOCITY",
    "ACCEL",
    "ACCELERATION",
    "FEEDRATE",
    "TIME",
    "DURATION",
    "DATE",
    "WEIGHT",
    "DENSITY",
    "NAME",
    "FILE",
    "FILENAME",
    "FILAMENT",
    "MATERIAL",
    "BRAND",
    "VENDOR",
    "MODEL",
    "PRINTER",
    "PROFILE",
    "OBJECT",
    "OBJECTS",
    "TITLE",
    "ID",
    "VERSION",
];

/// Returns what a parameter's name says that it is.
fn by_name(name: &str) -> Option<Meaning> {
    let holds = |part: &&str| name.contains(*part);
    let is_part_of = |known: &[&str]| name.split('_').any(|part| known.contains(&unnumbered(part)));
    if NOT_HEAT.iter().any(holds) && !name.contains("TEMP") {
        Some(Meaning::NoHeat)
    } else if name.contains("BED") || is_part_of(&BEDS) {
        Some(Meaning::Bed)
    } else if name.contains("CHAMBER") || is_part_of(&CHAMBERS) {
        Some(Meaning::Chamber)
    } else if ["EXTRUDER", "NOZZLE", "HOT", "TEMP", "TOOL"].iter().any(holds)
        || ["T", "E", "H"].contains(&unnumbered(name))
    {
        Some(Meaning::Nozzle)
    } else if is_part_of(&OTHER) && !name.contains("FIRST") {
        Some(Meaning::NoHeat)
    } else {
        None
    }
}

/// Returns the name without the number of a tool or a corner: `T0`, `X1`.
fn unnumbered(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit())
}
