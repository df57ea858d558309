//! How hot, how fast, how much and how long, against the printer's limits.

use crate::census::Use;
use crate::dialect::Dialect;
use crate::finding::Severity;
use crate::profile::{MacroEffect, Material, Profile};
use crate::report::Peak;
use crate::rule::Rule;
use crate::say::{commands, limits as say};

use super::{Verdict, macros, told};

/// More than any purge in one place: multi-material changes push 80 mm (measured), anything beyond is a runaway.
const PUSH_MM_MAX: f64 = 100.0;

/// More than any slicer pulls back to change a filament: 101 mm (measured).
const PULL_MM_MAX: f64 = 150.0;

/// One of a material's limits.
pub(super) type OfMaterial = fn(&Material) -> f64;

pub(super) fn check(verdict: &mut Verdict<'_>) {
    check_heat(verdict);
    check_asked(verdict);
    check_heated(verdict);
    check_left_hot(verdict);
    check_feed(verdict);
    check_flow(verdict);
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
        let (max, material) = strictest(profile, materials, printer_max, of);
        if max < peak.value {
            let reason = say::too_hot(max, material, &profile.name);
            verdict.object_at(Severity::Forbid, rule, &peak.at, reason);
        }
    }
}

/// Returns the least limit of the printer and of the materials that the file names, and which material's it is.
pub(super) fn strictest<'a>(
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

/// A tool that is not there is turned off at most.
fn check_heated(verdict: &mut Verdict<'_>) {
    let profile = verdict.profile;
    let Some(heated) = &verdict.report.evidence.heated else { return };
    let beyond = |tool: f64| !(0.0..f64::from(profile.extruders)).contains(&tool);
    let reason = || commands::no_such_tool(profile.extruders, &profile.name);
    if beyond(heated.min) {
        verdict.object_at(Severity::Forbid, Rule::Tool, &heated.min_at, reason());
    } else if beyond(heated.max) {
        verdict.object_at(Severity::Forbid, Rule::Tool, &heated.max_at, reason());
    }
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
    let profile = verdict.profile;
    let hot = report.evidence.uses.iter().find(|(name, used)| {
        macros::is_macro(name)
            && told::heats(profile, name, used)
            && !all_off_after(verdict, name, used)
            && !verdict.macro_after(MacroEffect::Cool, used.last_line)
    });
    if let Some(at) = hot.map(|(_, used)| used.first.clone()) {
        verdict.object_at(Severity::Forbid, Rule::LeftHot, &at, say::NEVER_COOLED);
    }
}

/// Returns whether every heater that the macro may have heated is turned off after it. M104 is of one nozzle, and of none where
/// the printer lacks the one that it names. Klipper, `extruder.py`, `cmd_M104`.
fn all_off_after(verdict: &Verdict<'_>, name: &str, used: &Use) -> bool {
    let profile = verdict.profile;
    let off = &verdict.report.evidence.turned_off;
    let after = |line: Option<u64>| line.is_some_and(|line| used.last_line < line);
    let nozzle = |tool: usize| after(off.nozzles.get(tool).copied().flatten());
    (0..usize::from(profile.extruders)).all(nozzle)
        && after(off.bed)
        && (after(off.chamber) || !told::heats_chamber(profile, profile.macro_named(name), used))
}

fn check_feed(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    if verdict.profile.dialect == Dialect::Klipper {
        let nothing = report.evidence.feed_of_nothing.as_ref();
        verdict.object_if(Severity::Forbid, Rule::Syntax, nothing, say::FEED_OF_NOTHING);
    }
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
    check_pulls(verdict);
    check_bead(verdict);
    check_melts(verdict);
    let unguarded = report.evidence.cold_unguarded.as_ref();
    verdict.object_if(Severity::Forbid, Rule::ColdExtrusion, unguarded, commands::COLD_UNGUARDED);
    if let Some(at) = &report.evidence.extrusion_before_mode
        && !verdict.macro_before(MacroEffect::Modes, at.line)
    {
        verdict.object_at(Severity::Ask, Rule::ExtrusionModeUnknown, at, say::MODE_NOT_SAID);
    }
}

/// What is pulled out of the gears no later push brings back; and what Klipper's own limit refuses is an error, for which nothing
/// cools: its owner may have set it higher. Klipper, `extruder.py`, "Extrude only move too long".
fn check_pulls(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    if let Some(pulled) = &report.evidence.pulled
        && PULL_MM_MAX < pulled.value
    {
        let reason = say::long_pull(pulled.value, PULL_MM_MAX);
        verdict.object_at(Severity::Ask, Rule::LongExtrusion, &pulled.at, reason);
    }
    if let Some(alone) = &report.evidence.push_alone
        && verdict.profile.dialect == Dialect::Klipper
        && alone.value <= PUSH_MM_MAX
    {
        let reason = say::long_alone(alone.value);
        verdict.object_at(Severity::Ask, Rule::LongExtrusion, &alone.at, reason);
    }
}

/// What is laid thicker than Klipper lets through the nozzle is an error, too: its owner may have allowed more.
fn check_bead(verdict: &mut Verdict<'_>) {
    let profile = verdict.profile;
    if let Some(bead) = &verdict.report.evidence.bead
        && profile.dialect == Dialect::Klipper
        && profile.nozzle_mm < bead.value
    {
        let reason = say::thick_bead(profile.nozzle_mm);
        verdict.object_at(Severity::Ask, Rule::LongExtrusion, &bead.at, reason);
    }
}

fn check_melts(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    let unsaid = evidence.extrusion_cold.as_ref();
    // Who reads without the profile knows no macro that heats.
    let cold = unsaid.filter(|at| !verdict.macro_before(MacroEffect::Heat, at.line));
    verdict.object_if(Severity::Ask, Rule::ExtrudesCold, cold, say::COLD);
    let cooled = evidence.extrusion_cooled.as_ref();
    verdict.object_if(Severity::Ask, Rule::ExtrudesCold, cooled, say::COLD);
    let warming = evidence.extrusion_unawaited.as_ref();
    verdict.object_if(Severity::Ask, Rule::ExtrudesCold, warming, say::NOT_AWAITED);
}
