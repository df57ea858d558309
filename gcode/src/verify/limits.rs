//! Where, how hot, how fast and how much, against the printer's limits.

use crate::finding::Severity;
use crate::profile::{MacroEffect, Material, Profile, Volume};
use crate::report::Peak;
use crate::rule::Rule;

use super::Verdict;

/// More than any purge in one go: multi-material changes push 80 mm (measured), anything beyond is a runaway.
const PUSH_MM_MAX: f64 = 100.0;

/// Rounding in slicers and arcs; no printer notices a hundredth.
const TOLERANCE_MM: f64 = 0.01;

/// One of a material's limits.
type OfMaterial = fn(&Material) -> f64;

pub(super) fn check(verdict: &mut Verdict<'_>) {
    check_heat(verdict);
    check_left_hot(verdict);
    check_homing(verdict);
    check_travel(verdict);
    check_print(verdict);
    check_feed(verdict);
    check_extrusion(verdict);
}

fn check_heat(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    let profile = verdict.profile;
    let materials = &verdict.report.slicer.materials;
    let heaters: [(&Option<Peak>, f64, Rule, OfMaterial); 3] = [
        (&evidence.nozzle, profile.nozzle_celsius_max, Rule::NozzleTooHot, |m| {
            m.nozzle_celsius_max
        }),
        (&evidence.bed, profile.bed_celsius_max, Rule::BedTooHot, |m| m.bed_celsius_max),
        (&evidence.chamber, profile.chamber_celsius_max, Rule::ChamberTooHot, |_| f64::INFINITY),
    ];
    for (peak, printer_max, rule, of) in heaters {
        let Some(peak) = peak else { continue };
        let (max, on) = strictest(profile, materials, printer_max, of);
        if max < peak.value {
            let reason = format!("exceeds {max} °C allowed {on}");
            verdict.object_at(Severity::Forbid, rule, &peak.at, reason);
        }
    }
}

/// Returns the least limit of the printer and of the materials that the file names, and whose it is.
fn strictest(
    profile: &Profile,
    materials: &[String],
    printer_max: f64,
    of: OfMaterial,
) -> (f64, String) {
    // With several materials the hottest sets the pace: which tool takes which is not told.
    let known = materials.iter().filter_map(|name| Some((name, of(profile.materials.get(name)?))));
    match known.max_by(|(_, one), (_, other)| one.total_cmp(other)) {
        Some((name, max)) if max < printer_max => (max, format!("for {name} on {}", profile.name)),
        Some(_) | None => (printer_max, format!("on {}", profile.name)),
    }
}

fn check_left_hot(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    for heater in &report.evidence.still_hot {
        if verdict.macro_after(MacroEffect::Cool, heater.at.line) {
            continue;
        }
        let reason =
            format!("is never turned off: the file ends with a heater at {} °C", heater.value);
        verdict.object_at(Severity::Forbid, Rule::LeftHot, &heater.at, reason);
    }
}

fn check_homing(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    if let Some(at) = &evidence.move_unhomed
        && !verdict.macro_before(MacroEffect::Home, at.line)
    {
        let reason = "moves before the printer is homed";
        verdict.object_at(Severity::Forbid, Rule::Unhomed, at, reason);
    }
    let after = evidence.move_after_motors_off.as_ref();
    // Stock end codes of some makers present the print after M84: the nozzle is cold by then.
    let reason = "moves after the motors were let go: the position is lost";
    verdict.object_if(Severity::Ask, Rule::Unhomed, after, reason);
    let unknown = evidence.relative_from_unknown.as_ref();
    let reason = "moves by a distance from a place that only the firmware knows";
    verdict.object_if(Severity::Ask, Rule::RelativeFromUnknown, unknown, reason);
    if let Some(at) = &evidence.relative_from_home
        && !same_place(evidence.home_mm, verdict.profile.home_mm)
    {
        let reason = "moves by a distance from home, and the file was read with another home";
        verdict.object_at(Severity::Forbid, Rule::RelativeFromUnknown, at, reason);
    }
}

fn same_place(one: [f64; 3], other: [f64; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| (one - other).abs() < TOLERANCE_MM)
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
                let reason = format!(
                    "goes {:.2} mm from the middle, beyond the {travel_radius_mm} mm of {}",
                    radius.value, profile.name
                );
                verdict.object_at(Severity::Forbid, Rule::OutsideTravel, &radius.at, reason);
            }
        }
    }
}

fn check_axis(verdict: &mut Verdict<'_>, axis: usize, min: f64, max: f64) {
    let report = verdict.report;
    let Some(range) = &report.evidence.travel[axis] else { return };
    let letter = ["X", "Y", "Z"][axis];
    let name = &verdict.profile.name;
    if range.min < min - TOLERANCE_MM {
        let rule = if axis == 2 { Rule::BelowBed } else { Rule::OutsideTravel };
        let reason = format!("goes to {letter} {:.2} mm, below the {min} mm of {name}", range.min);
        verdict.object_at(Severity::Forbid, rule, &range.min_at, reason);
    }
    if max + TOLERANCE_MM < range.max {
        let reason = format!("goes to {letter} {:.2} mm, beyond the {max} mm of {name}", range.max);
        verdict.object_at(Severity::Forbid, Rule::OutsideTravel, &range.max_at, reason);
    }
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
            let reach = [print.min[0], print.max[0], print.min[1], print.max[1]];
            reach.iter().any(|at| print_radius_mm + TOLERANCE_MM < at.abs())
                || height_mm + TOLERANCE_MM < print.max[2]
        }
    };
    if outside {
        let reason =
            format!("extrudes beside the bed of {}, as purge lines do", verdict.profile.name);
        verdict.object(Severity::Note, Rule::OutsidePrint, reason);
    }
}

fn check_feed(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let max = verdict.profile.feed_mm_s_max;
    if let Some(feed) = &report.evidence.feed
        && max < feed.value
    {
        let reason =
            format!("asks for {:.0} mm/s; {} does {max:.0}", feed.value, verdict.profile.name);
        verdict.object_at(Severity::Warn, Rule::Feed, &feed.at, reason);
    }
}

fn check_extrusion(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    if let Some(push) = &report.evidence.push
        && PUSH_MM_MAX < push.value
    {
        let reason =
            format!("moves {:.1} mm of filament at once; {PUSH_MM_MAX} mm are allowed", push.value);
        verdict.object_at(Severity::Forbid, Rule::LongExtrusion, &push.at, reason);
    }
    if let Some(at) = &report.evidence.extrusion_cold
        && !verdict.macro_before(MacroEffect::Heat, at.line)
    {
        let reason = "extrudes, and nothing has heated the nozzle";
        verdict.object_at(Severity::Ask, Rule::ExtrudesCold, at, reason);
    }
    if let Some(at) = &report.evidence.extrusion_before_mode
        && !verdict.macro_before(MacroEffect::Modes, at.line)
    {
        let reason =
            "extrudes before M82 or M83 says how E is read: the last print's mode would hold";
        verdict.object_at(Severity::Ask, Rule::ExtrusionModeUnknown, at, reason);
    }
}
