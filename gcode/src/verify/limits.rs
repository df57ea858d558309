//! Where, how hot, how fast and how much, against the printer's limits.

use crate::finding::Severity;
use crate::profile::{MacroEffect, Material, Profile, Volume};
use crate::report::Peak;
use crate::rule::Rule;
use crate::say::{commands, limits as say};

use super::Verdict;

/// More than any purge in one place: multi-material changes push 80 mm (measured), anything beyond is a runaway.
const PUSH_MM_MAX: f64 = 100.0;

/// A nozzle that cools, a bed that warms through: start codes wait up to a minute (measured).
const REST_S_MAX: f64 = 600.0;

/// All dwells of a print together: a thousand layers, and three seconds for the picture of each. A guess.
const RESTS_S_MAX: f64 = 3600.0;

/// Rounding in slicers and arcs; no printer notices a hundredth.
const TOLERANCE_MM: f64 = 0.01;

const AXES: [&str; 3] = ["X", "Y", "Z"];

/// One of a material's limits.
type OfMaterial = fn(&Material) -> f64;

pub(super) fn check(verdict: &mut Verdict<'_>) {
    check_heat(verdict);
    check_asked(verdict);
    check_left_hot(verdict);
    check_homing(verdict);
    check_travel(verdict);
    check_roaming(verdict);
    check_print(verdict);
    check_feed(verdict);
    check_flow(verdict);
    check_extrusion(verdict);
    check_rest(verdict);
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
        let (max, material) = strictest(profile, materials, printer_max, of);
        if max < peak.value {
            let reason = say::too_hot(max, material, &profile.name);
            verdict.object_at(Severity::Forbid, rule, &peak.at, reason);
        }
    }
}

/// Returns the least limit of the printer and of the materials that the file names, and which material's it is.
fn strictest<'a>(
    profile: &Profile,
    materials: &'a [String],
    printer_max: f64,
    of: OfMaterial,
) -> (f64, Option<&'a str>) {
    // With several materials the hottest sets the pace: which tool takes which is not told.
    let known = materials.iter().filter_map(|name| Some((name, of(profile.materials.get(name)?))));
    match known.max_by(|(_, one), (_, other)| one.total_cmp(other)) {
        Some((name, max)) if max < printer_max => (max, Some(name)),
        Some(_) | None => (printer_max, None),
    }
}

/// Temperatures that one firmware takes in another way than the next, or for which a printer waits for ever.
fn check_asked(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    let below = evidence.below_zero.as_ref();
    verdict.object_if(Severity::Forbid, Rule::Syntax, below, say::BELOW_ZERO);
    let endless = evidence.endless_wait.as_ref();
    verdict.object_if(Severity::Forbid, Rule::LongDwell, endless, say::NEVER_COOLS);
}

fn check_left_hot(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    for heater in &report.evidence.still_hot {
        if verdict.macro_after(MacroEffect::Cool, heater.at.line) {
            continue;
        }
        let reason = say::left_hot(heater.value);
        verdict.object_at(Severity::Forbid, Rule::LeftHot, &heater.at, reason);
    }
    let off = report.evidence.all_off.unwrap_or(0);
    let hot = verdict.macros(MacroEffect::Heat).find(|used| {
        off < used.last_line && !verdict.macro_after(MacroEffect::Cool, used.last_line)
    });
    if let Some(at) = hot.map(|used| used.first.clone()) {
        verdict.object_at(Severity::Forbid, Rule::LeftHot, &at, say::NEVER_COOLED);
    }
}

fn check_homing(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    if let Some(at) = &evidence.move_unhomed
        && !verdict.macro_before(MacroEffect::Home, at.line)
    {
        verdict.object_at(Severity::Forbid, Rule::Unhomed, at, say::UNHOMED);
    }
    let after = evidence.move_after_motors_off.as_ref();
    // Stock end codes of some makers present the print after M84: the nozzle is cold by then.
    verdict.object_if(Severity::Ask, Rule::Unhomed, after, say::MOTORS_OFF);
    let onto = evidence.onto_print.as_ref();
    verdict.object_if(Severity::Ask, Rule::OntoPrint, onto, say::ONTO_PRINT);
    let unknown = evidence.relative_from_unknown.as_ref();
    verdict.object_if(Severity::Ask, Rule::RelativeFromUnknown, unknown, say::FROM_UNKNOWN);
    if let Some(at) = &evidence.relative_from_home
        && !same_place(evidence.home_mm, verdict.profile.home_mm)
    {
        verdict.object_at(Severity::Forbid, Rule::RelativeFromUnknown, at, say::FROM_OTHER_HOME);
    }
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
            if let Some(carriages) = &report.evidence.carriages
                && profile.home_mm.map_or(*height_mm, |[_, _, top]| top) + TOLERANCE_MM
                    < carriages.value
            {
                let reason = say::carriages_too_high(&profile.name);
                verdict.object_at(Severity::Forbid, Rule::OutsideTravel, &carriages.at, reason);
            }
        }
    }
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
    if max + TOLERANCE_MM < range.max {
        let reason = say::beyond_axis(letter, range.max, max, name);
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
        let reason = say::beside_the_bed(&verdict.profile.name);
        verdict.object(Severity::Note, Rule::OutsidePrint, reason);
    }
}

fn check_feed(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let max = verdict.profile.feed_mm_s_max;
    if let Some(feed) = &report.evidence.feed
        && max < feed.value
    {
        let reason = say::too_fast(feed.value, max, &verdict.profile.name);
        verdict.object_at(Severity::Warn, Rule::Feed, &feed.at, reason);
    }
}

fn check_flow(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    if let (Some(flow), Some(max)) = (&report.evidence.flow, verdict.profile.flow_mm3_s_max)
        && max < flow.value
    {
        let reason = say::too_much_flow(flow.value, max, &verdict.profile.name);
        verdict.object_at(Severity::Ask, Rule::Flow, &flow.at, reason);
    }
}

fn check_extrusion(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    if let Some(push) = &report.evidence.push
        && PUSH_MM_MAX < push.value
    {
        let reason = say::long_push(push.value, PUSH_MM_MAX);
        verdict.object_at(Severity::Forbid, Rule::LongExtrusion, &push.at, reason);
    }
    if let Some(push) = &report.evidence.push_unsaid
        && PUSH_MM_MAX < push.value
        && verdict.macro_before(MacroEffect::Modes, push.at.line)
    {
        // That it said how E is read is vouched for, not what.
        let reason = say::long_push_if_relative(push.value, PUSH_MM_MAX);
        verdict.object_at(Severity::Forbid, Rule::LongExtrusion, &push.at, reason);
    }
    let changed = report.evidence.retraction_changed.as_ref();
    verdict.object_if(Severity::Forbid, Rule::OriginShift, changed, say::RETRACTION_CHANGED);
    if let Some(at) = &report.evidence.extrusion_cold
        && !verdict.macro_before(MacroEffect::Heat, at.line)
    {
        verdict.object_at(Severity::Ask, Rule::ExtrudesCold, at, say::COLD);
    }
    let unguarded = report.evidence.cold_unguarded.as_ref();
    verdict.object_if(Severity::Forbid, Rule::ColdExtrusion, unguarded, commands::COLD_UNGUARDED);
    if let Some(at) = &report.evidence.extrusion_before_mode
        && !verdict.macro_before(MacroEffect::Modes, at.line)
    {
        verdict.object_at(Severity::Ask, Rule::ExtrusionModeUnknown, at, say::MODE_NOT_SAID);
    }
}

fn check_rest(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    if let Some(rest) = &evidence.rest
        && REST_S_MAX < rest.value
    {
        let reason = say::long_rest(rest.value, REST_S_MAX);
        verdict.object_at(Severity::Ask, Rule::LongDwell, &rest.at, reason);
    }
    if let Some(rests) = &evidence.rests
        && RESTS_S_MAX < rests.value
    {
        let reason = say::long_rests(rests.value, RESTS_S_MAX);
        verdict.object_at(Severity::Ask, Rule::LongDwell, &rests.at, reason);
    }
    verdict.object_if(Severity::Ask, Rule::LongDwell, evidence.crawl.as_ref(), say::CRAWLS);
}
