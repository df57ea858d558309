//! Klipper's named commands: those of Klipper itself, and the macros that the printer's owner allows.

use crate::census::Use;
use crate::dialect::Dialect;
use crate::extent::Range;
use crate::finding::Severity;
use crate::klipper::Named;
use crate::mark::Spot;
use crate::profile::{Profile, Volume};
use crate::rule::Rule;
use crate::say::commands as say;

use super::commands::SLOWEST;
use super::{Verdict, commands, told};

/// Less than any probe needs to clear the bed.
const PROBING_MM_MIN: f64 = 1.0;

/// A gantry or a bed that is not straight yet may be so much higher elsewhere: what Klipper goes by, where nobody says
/// otherwise. Klipper, `[quad_gantry_level]`, `[z_tilt]`.
const LEVELLING_MM_MIN: f64 = 5.0;

/// Returns whether `name` is a word, not a letter with a number.
pub(super) fn is_macro(name: &str) -> bool {
    let digits = name.get(1..).unwrap_or_default();
    !digits.starts_with(|c: char| c.is_ascii_digit())
}

/// Returns what `name` does by itself on this printer: what Klipper knows other firmwares do not.
pub(super) fn built_in(profile: &Profile, name: &str) -> Option<Named> {
    Named::of(name.as_bytes()).filter(|_| profile.dialect == Dialect::Klipper)
}

pub(super) fn check(verdict: &mut Verdict<'_>, name: &str, used: &Use) {
    let profile = verdict.profile;
    let built_in = built_in(profile, name);
    if built_in.is_none() && profile.macro_named(name).is_none() {
        return commands::refuse(verdict, name, used);
    }
    commands::suspect(verdict, name, used);
    match built_in {
        Some(Named::MeshProfile) => check_mesh(verdict, used),
        Some(Named::VelocityLimit) => check_velocity(verdict, used),
        Some(Named::Mesh) => {
            check_probing(verdict, used, PROBING_MM_MIN);
            check_meshed(verdict, used);
            check_patience(verdict, used);
        }
        Some(Named::Level) => {
            check_probing(verdict, used, LEVELLING_MM_MIN);
            check_patience(verdict, used);
        }
        Some(Named::PressureAdvance) => {
            check_between(verdict, used, "ADVANCE", (0.0, 1.0));
            check_between(verdict, used, "SMOOTH_TIME", (0.0, 0.2));
        }
        Some(Named::PrintStats) => check_stats(verdict, used),
        Some(Named::Object | Named::NoMesh | Named::HeatersOff | Named::Other) | None => {
            // What Klipper's own commands are told is known.
            let known = profile.macro_named(name).filter(|_| built_in.is_none());
            told::check_heat(verdict, known, used);
        }
    }
}

/// Loading is harmless; whatever else it is told outlives the print. Klipper, `BED_MESH_PROFILE`.
fn check_mesh(verdict: &mut Verdict<'_>, used: &Use) {
    if let Some((_, at)) = parameters(used).find(|(name, _)| whole(name) != "LOAD") {
        verdict.object_at(Severity::Forbid, Rule::Settings, at, say::LASTING_SETTINGS);
    }
}

/// Returns the parameters that it is given, whatever their values.
fn parameters(used: &Use) -> impl Iterator<Item = (&str, &Spot)> {
    let numbers = used.numbers.iter().map(|(name, range)| (name.as_str(), &range.max_at));
    let others = used.bare.iter().chain(&used.odd);
    numbers.chain(others.map(|(name, at)| (name.as_str(), at)))
}

/// What a probing may be told: where, how often, and how well it must agree. How fast and how far the nozzle strikes, and
/// what is taken off its height, is the printer's own affair. Klipper, `BED_MESH_CALIBRATE`, `PROBE`.
const PROBING: [&str; 11] = [
    HEIGHT,
    "PROFILE",
    "METHOD",
    "ADAPTIVE",
    "ADAPTIVE_MARGIN",
    "MESH_MIN",
    "MESH_MAX",
    "PROBE_COUNT",
    "ALGORITHM",
    "RETRIES",
    "RETRY_TOLERANCE",
];

/// At this height the nozzle goes sideways between two probes. Klipper, `[bed_mesh]`.
const HEIGHT: &str = "HORIZONTAL_MOVE_Z";

fn check_probing(verdict: &mut Verdict<'_>, used: &Use, height_min_mm: f64) {
    if let Some((name, at)) = parameters(used).find(|(name, _)| !PROBING.contains(&whole(name))) {
        let reason = say::not_with_probing(name);
        verdict.object_at(Severity::Forbid, Rule::UnknownParameter, at, reason);
    }
    check_plain(verdict, used, |odd| odd == HEIGHT);
    if let Some(range) = used.numbers.get(HEIGHT)
        && range.min < height_min_mm
    {
        let reason = say::below(HEIGHT, height_min_mm, &verdict.profile.name);
        verdict.object_at(Severity::Forbid, Rule::BelowBed, &range.min_at, reason);
    }
    let top = verdict.profile.volume.top();
    if let Some(range) = used.numbers.get(HEIGHT).filter(|range| top < range.max) {
        let reason = say::beyond(HEIGHT, top, &verdict.profile.name);
        verdict.object_at(Severity::Forbid, Rule::OutsideTravel, &range.max_at, reason);
    }
}

/// Fifty by fifty probes take two hours.
const PROBES_MAX: f64 = 2_500.0;

/// Whoever asks for more does not expect it to succeed.
const RETRIES_MAX: f64 = 100.0;

/// A probing that lasts as good as for ever, with a hot nozzle over the bed. Klipper, `BED_MESH_CALIBRATE`, `QUAD_GANTRY_LEVEL`.
fn check_patience(verdict: &mut Verdict<'_>, used: &Use) {
    const COUNT: &str = "PROBE_COUNT";
    for name in [COUNT, "RETRIES"] {
        check_plain(verdict, used, |odd| odd == name);
    }
    let number = |name: &str| used.numbers.get(name);
    let pair = ["PROBE_COUNT.X", "PROBE_COUNT.Y"].map(number);
    let probes = match (number(COUNT), pair) {
        (Some(side), _) => Some((side.max * side.max, &side.max_at)),
        (None, [Some(x), Some(y)]) => Some((x.max * y.max, &x.max_at)),
        (None, _) => None,
    };
    let retries = number("RETRIES").map(|range| (range.max, &range.max_at));
    for (name, asked, max) in [(COUNT, probes, PROBES_MAX), ("RETRIES", retries, RETRIES_MAX)] {
        if let Some((_, at)) = asked.filter(|(asked, _)| max < *asked) {
            verdict.object_at(Severity::Ask, Rule::LongDwell, at, say::too_many_probes(name));
        }
    }
}

/// What is probed must be bed: a nozzle or a probe beside it goes down until something stops it. Klipper, `bed_mesh.py`,
/// `parse_gcmd_coord`.
fn check_meshed(verdict: &mut Verdict<'_>, used: &Use) {
    for corner in ["MESH_MIN", "MESH_MAX"] {
        if let Some((_, at)) = parameters(used).find(|(name, _)| *name == corner) {
            let reason = say::no_pair(corner);
            verdict.object_at(Severity::Forbid, Rule::UnknownParameter, at, reason);
        }
        let axis = |axis| used.numbers.get(&format!("{corner}.{axis}"));
        let [Some(x), Some(y)] = ["X", "Y"].map(axis) else { continue };
        let off = match &verdict.profile.volume {
            Volume::Box { print_min_mm: min, print_max_mm: max, .. } => {
                let off =
                    |range: &Range, axis: usize| range.min < min[axis] || max[axis] < range.max;
                off(x, 0) || off(y, 1)
            }
            Volume::Cylinder { print_radius_mm: radius, .. } => {
                let furthest = |range: &Range| range.max.abs().max(range.min.abs());
                *radius < furthest(x).hypot(furthest(y))
            }
        };
        if off {
            let reason = say::off_the_bed(corner, &verdict.profile.name);
            verdict.object_at(Severity::Forbid, Rule::OutsideTravel, &x.max_at, reason);
        }
    }
}

/// Returns the name of the parameter of which `MESH_MIN.X` is a part.
pub(super) fn whole(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn check_velocity(verdict: &mut Verdict<'_>, used: &Use) {
    let profile = verdict.profile;
    check_between(verdict, used, "VELOCITY", (SLOWEST, profile.feed_mm_s_max));
    check_between(verdict, used, "ACCEL", (SLOWEST, profile.acceleration_mm_s2_max));
    check_between(verdict, used, "ACCEL_TO_DECEL", (SLOWEST, profile.acceleration_mm_s2_max));
    check_between(verdict, used, "SQUARE_CORNER_VELOCITY", (0.0, 30.0));
    check_between(verdict, used, "MINIMUM_CRUISE_RATIO", (0.0, 0.999));
}

/// Klipper, `print_stats.py`, `cmd_SET_PRINT_STATS_INFO`.
fn check_stats(verdict: &mut Verdict<'_>, used: &Use) {
    for name in ["TOTAL_LAYER", "CURRENT_LAYER"] {
        check_between(verdict, used, name, (0.0, f64::INFINITY));
    }
}

/// Refuses a parameter that counts and whose value is no plain number: to Klipper that is an error, for which nothing cools.
/// Klipper, `gcode.py`, `get_float`.
fn check_plain(verdict: &mut Verdict<'_>, used: &Use, counts: impl Fn(&str) -> bool) {
    for (name, at) in used.odd.iter().chain(&used.bare).filter(|(name, _)| counts(name)) {
        let reason = say::no_plain_number(name);
        verdict.object_at(Severity::Forbid, Rule::UnknownParameter, at, reason);
    }
}

fn check_between(verdict: &mut Verdict<'_>, used: &Use, name: &str, (min, max): (f64, f64)) {
    check_plain(verdict, used, |odd| odd == name);
    let Some(range) = used.numbers.get(name) else { return };
    if max < range.max {
        let reason = say::beyond(name, max, &verdict.profile.name);
        verdict.object_at(Severity::Forbid, Rule::MotionLimits, &range.max_at, reason);
    }
    if range.min < min {
        let reason = say::below(name, min, &verdict.profile.name);
        verdict.object_at(Severity::Forbid, Rule::MotionLimits, &range.min_at, reason);
    }
}
