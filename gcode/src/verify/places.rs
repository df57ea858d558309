//! Where the nozzle goes, from where it is known to be, against the printer's volume.

use crate::census::Use;
use crate::dialect::Dialect;
use crate::finding::Severity;
use crate::klipper::Named;
use crate::mark::Spot;
use crate::profile::{MacroEffect, Volume};
use crate::report::Peak;
use crate::rule::Rule;
use crate::say::{commands, limits as say};

use super::{Verdict, macros};

/// Rounding in slicers and arcs; no printer notices a hundredth.
const TOLERANCE_MM: f64 = 0.01;

const AXES: [&str; 3] = ["X", "Y", "Z"];

pub(super) fn check(verdict: &mut Verdict<'_>) {
    check_homing(verdict);
    check_onto_print(verdict);
    check_mesh(verdict);
    check_travel(verdict);
    check_roaming(verdict);
    check_print(verdict);
}

fn check_homing(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    if let Some(at) = &evidence.move_unhomed
        && !verdict.macro_before(MacroEffect::Home, at.line)
    {
        verdict.object_at(Severity::Forbid, Rule::Unhomed, at, say::UNHOMED);
    }
    if let Some(at) = &evidence.probed_unhomed
        && verdict.profile.dialect == Dialect::Klipper
        && !verdict.macro_before(MacroEffect::Home, at.line)
    {
        verdict.object_at(Severity::Forbid, Rule::Unhomed, at, say::PROBED_UNHOMED);
    }
    let after = evidence.move_after_motors_off.as_ref();
    // Stock end codes of some makers present the print after M84: the nozzle is cold by then.
    verdict.object_if(Severity::Ask, Rule::Unhomed, after, say::MOTORS_OFF);
    let unknown = evidence.relative_from_unknown.as_ref();
    verdict.object_if(Severity::Ask, Rule::RelativeFromUnknown, unknown, say::FROM_UNKNOWN);
    if let Some(at) = &evidence.relative_from_home
        && !same_place(evidence.home_mm, verdict.profile.home_mm)
    {
        verdict.object_at(Severity::Forbid, Rule::RelativeFromUnknown, at, say::FROM_OTHER_HOME);
    }
}

/// What comes down to the bed where a print stands: G28 and G29, and what does so by its name.
fn check_onto_print(verdict: &mut Verdict<'_>) {
    let (evidence, profile) = (&verdict.report.evidence, verdict.profile);
    let onto = evidence.onto_print.as_ref();
    verdict.object_if(Severity::Ask, Rule::OntoPrint, onto, say::ONTO_PRINT);
    // What goes deeper is refused.
    let deep = evidence.travel[2].as_ref().is_some_and(|range| range.min < lowest(&profile.volume));
    let down = evidence.down_to_bed.as_ref().filter(|_| !deep);
    verdict.object_if(Severity::Ask, Rule::OntoPrint, down, say::DOWN_TO_BED);
    let at_the_top = matches!(profile.volume, Volume::Cylinder { .. });
    let Some(stands_from) = evidence.stands_from.filter(|_| !at_the_top) else { return };
    let comes_down = |name: &str| {
        let homes = profile.macro_named(name).is_some_and(|m| m.does.contains(&MacroEffect::Home));
        homes || matches!(macros::built_in(profile, name), Some(Named::Mesh | Named::Level))
    };
    let onto =
        evidence.uses.iter().find(|(name, used)| stands_from < used.last_line && comes_down(name));
    let told =
        |used: &&Use| evidence.onto_print.as_ref().is_some_and(|at| at.line == used.last_line);
    if let Some((name, used)) = onto.filter(|(_, used)| !told(used)) {
        let at = Spot { line: used.last_line, text: name.clone() };
        verdict.object_at(Severity::Ask, Rule::OntoPrint, &at, say::ONTO_PRINT);
    }
}

fn lowest(volume: &Volume) -> f64 {
    match volume {
        Volume::Box { travel_min_mm: [_, _, low], .. }
        | Volume::Cylinder { travel_z_min_mm: low, .. } => *low,
    }
}

/// A mesh that is taken away and neither probed nor loaded again, be it by a macro, before something is printed; and one
/// that a person should probe. Klipper, `BED_MESH_CLEAR`, `BED_MESH_CALIBRATE`. `RepRapFirmware`, G29.
fn check_mesh(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    let dialect = verdict.profile.dialect;
    if matches!(dialect, Dialect::Klipper | Dialect::RepRapFirmware) {
        let flat = evidence.printed_without_mesh.as_ref();
        verdict.object_if(Severity::Ask, Rule::OriginShift, flat, say::NO_MESH);
    }
    if dialect == Dialect::Klipper {
        let by_hand = evidence.probed_by_hand.as_ref();
        verdict.object_if(Severity::Forbid, Rule::WaitsForPerson, by_hand, say::BY_HAND);
        // One that was never stored is an error, for which nothing cools. Klipper, `bed_mesh.py`, "Unknown profile".
        let by_name = evidence.mesh_by_name.as_ref();
        verdict.object_if(Severity::Ask, Rule::OriginShift, by_name, say::MESH_BY_NAME);
    }
    let panel = evidence.probed_at_panel.as_ref();
    verdict.object_if(Severity::Ask, Rule::WaitsForPerson, panel, commands::WAITS);
}

fn same_place(one: Option<[f64; 3]>, other: Option<[f64; 3]>) -> bool {
    one.zip(other).is_some_and(|(one, other)| {
        one.iter().zip(other).all(|(one, other)| (one - other).abs() < TOLERANCE_MM)
    })
}

fn check_travel(verdict: &mut Verdict<'_>) {
    let profile = verdict.profile;
    match &profile.volume {
        Volume::Box { travel_min_mm, travel_max_mm, .. } => {
            for axis in 0..3 {
                check_axis(verdict, axis, travel_min_mm[axis], travel_max_mm[axis]);
            }
        }
        Volume::Cylinder { travel_radius_mm, travel_z_min_mm, height_mm, .. } => {
            check_axis(verdict, 2, *travel_z_min_mm, *height_mm);
            let report = verdict.report;
            if let Some(radius) = &report.evidence.radius
                && travel_radius_mm + TOLERANCE_MM < radius.value
            {
                let reason = say::too_far_out(radius.value, *travel_radius_mm, &profile.name);
                verdict.object_at(Severity::Forbid, Rule::OutsideTravel, &radius.at, reason);
            }
            check_carriages(verdict, *height_mm);
        }
    }
}

/// A last way out to present the print may push the carriages against the top: `FLSun`'s own end code does, above 222 mm. Nothing is
/// printed after it, but the printer may be hurt: that is its owner's decision.
fn check_carriages(verdict: &mut Verdict<'_>, height_mm: f64) {
    let (evidence, profile) = (&verdict.report.evidence, verdict.profile);
    let top = profile.home_mm.map_or(height_mm, |[_, _, top]| top);
    let beyond = |peak: &Peak| top + TOLERANCE_MM < peak.value;
    let Some(carriages) = evidence.carriages.as_ref().filter(|peak| beyond(peak)) else { return };
    let severity = match &evidence.carriages_in_print {
        Some(in_print) if !beyond(in_print) => Severity::Ask,
        Some(_) | None => Severity::Forbid,
    };
    let reason = say::carriages_too_high(&profile.name);
    verdict.object_at(severity, Rule::OutsideTravel, &carriages.at, reason);
}

/// Steps from wherever the nozzle may be: those that lead out of the printer from all places in it are refused.
fn check_roaming(verdict: &mut Verdict<'_>) {
    let (report, profile) = (verdict.report, verdict.profile);
    let room = match &profile.volume {
        Volume::Box { travel_min_mm: min, travel_max_mm: max, .. } => {
            [0, 1, 2].map(|axis| max[axis] - min[axis])
        }
        Volume::Cylinder { travel_radius_mm: radius, travel_z_min_mm: low, height_mm, .. } => {
            [radius * 2.0, radius * 2.0, height_mm - low]
        }
    };
    for (axis, room) in room.into_iter().enumerate() {
        if let Some(roamed) = &report.evidence.roamed[axis]
            && room + TOLERANCE_MM < roamed.value
        {
            let reason = say::out_of_any_place(AXES[axis], roamed.value, room, &profile.name);
            verdict.object_at(Severity::Forbid, Rule::OutsideTravel, &roamed.at, reason);
        }
    }
}

fn check_axis(verdict: &mut Verdict<'_>, axis: usize, min: f64, max: f64) {
    let report = verdict.report;
    let Some(range) = &report.evidence.travel[axis] else { return };
    let letter = AXES[axis];
    let name = &verdict.profile.name;
    if range.min < min - TOLERANCE_MM {
        let rule = if axis == 2 { Rule::BelowBed } else { Rule::OutsideTravel };
        let reason = say::below_axis(letter, range.min, min, name);
        verdict.object_at(Severity::Forbid, rule, &range.min_at, reason);
    }
    if axis == 2 && is_cut_at_the_top(verdict, max) {
        let reason = say::cut_at_the_top(range.max, max, name);
        verdict.object_at(Severity::Warn, Rule::OutsideTravel, &range.max_at, reason);
    } else if max + TOLERANCE_MM < range.max {
        let reason = say::beyond_axis(letter, range.max, max, name);
        verdict.object_at(Severity::Forbid, Rule::OutsideTravel, &range.max_at, reason);
    }
}

/// Returns whether all that leaves the top is a last lift, and the firmware stops it there. Artillery's own end code lifts by
/// as much as the print is high, and 120 mm more. A delta's carriages meet the top before the nozzle does; Klipper raises an
/// error, and what should cool after it is not read. Marlin, `apply_motion_limits`; Prusa, `clamp_to_software_endstops`;
/// Klipper, "Move out of range".
fn is_cut_at_the_top(verdict: &Verdict<'_>, max: f64) -> bool {
    let profile = verdict.profile;
    let stops = match profile.dialect {
        Dialect::Marlin | Dialect::Prusa | Dialect::Buddy => true,
        Dialect::Klipper | Dialect::RepRapFirmware => false,
    };
    let evidence = &verdict.report.evidence;
    let beyond = |height: f64| max + TOLERANCE_MM < height;
    stops
        && 0 < evidence.printed_at
        && matches!(profile.volume, Volume::Box { .. })
        && evidence.travel[2].as_ref().is_some_and(|range| beyond(range.max))
        && evidence.reached.as_ref().is_some_and(|reached| !beyond(reached.value))
}

/// Extruding beside the bed is what purges do: worth a look, no danger within the travel volume.
fn check_print(verdict: &mut Verdict<'_>) {
    let Some(print) = verdict.report.envelope.print else { return };
    let outside = match &verdict.profile.volume {
        Volume::Box { print_min_mm, print_max_mm, .. } => (0..3).any(|axis| {
            print.min[axis] < print_min_mm[axis] - TOLERANCE_MM
                || print_max_mm[axis] + TOLERANCE_MM < print.max[axis]
        }),
        Volume::Cylinder { print_radius_mm, height_mm, .. } => {
            print_radius_mm + TOLERANCE_MM < verdict.report.evidence.print_radius_mm
                || height_mm + TOLERANCE_MM < print.max[2]
        }
    };
    if outside {
        let reason = say::beside_the_bed(&verdict.profile.name);
        verdict.object(Severity::Note, Rule::OutsidePrint, reason);
    }
}
