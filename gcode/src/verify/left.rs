//! What one print leaves to the next: two files that pass alone may do harm one after the other.
//!
//! A file that counts on what nobody said asks, where that is not what every slicer's start code says: how E is read, and from where it
//! counts. Stock start codes of Cura name no G90, so that one only warns where Z is nowhere told below nought: steps
//! then lead up. And whoever leaves G91 behind, or all moves faster than
//! they are asked for, asks instead.

use crate::finding::Severity;
use crate::mark::Spot;
use crate::profile::MacroEffect;
use crate::report::Peak;
use crate::rule::Rule;
use crate::say::left as say;

use super::Verdict;

/// In percent: as asked for.
const AS_ASKED: f64 = 100.0;

pub(super) fn check(verdict: &mut Verdict<'_>) {
    check_relied_on(verdict);
    check_doubtful(verdict);
    check_left(verdict);
}

fn check_relied_on(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    let by_macro = |line| verdict.macro_before(MacroEffect::Modes, line);
    let placed = evidence.place_before_mode.as_ref().filter(|at| !by_macro(at.line));
    let down = evidence.down_before_mode.as_ref().filter(|at| !by_macro(at.line));
    let placed = placed.filter(|_| down.is_none());
    let uncounted = evidence.extrusion_uncounted.as_ref().filter(|at| !by_macro(at.line));
    // Where it is not said either how E is read, that is asked about.
    let unsaid = evidence.extrusion_before_mode.as_ref();
    let uncounted = uncounted.filter(|at| unsaid.is_none_or(|unsaid| unsaid.line != at.line));
    verdict.object_if(Severity::Warn, Rule::PlaceModeUnknown, placed, say::PLACES_NOT_SAID);
    verdict.object_if(Severity::Ask, Rule::PlaceModeUnknown, down, say::DOWN_NOT_SAID);
    verdict.object_if(Severity::Ask, Rule::ExtrusionModeUnknown, uncounted, say::COUNT_NOT_SAID);
}

/// What is told after a macro whose owner does not vouch that it keeps the modes, and before the file says them again.
/// Klipper, `RESTORE_GCODE_STATE`.
fn check_doubtful(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    let [place, extrusion] = [&evidence.place_doubtful, &evidence.extrusion_doubtful];
    if let Some((at, name)) = place.as_ref().and_then(|at| careless_macro(verdict, at)) {
        let reason = say::places_by_macro(name);
        verdict.object_at(Severity::Ask, Rule::PlaceModeUnknown, at, reason);
    }
    if let Some((at, name)) = extrusion.as_ref().and_then(|at| careless_macro(verdict, at)) {
        let reason = say::extrusion_by_macro(name);
        verdict.object_at(Severity::Ask, Rule::ExtrusionModeUnknown, at, reason);
    }
}

/// Returns an allowed macro before `at` of which it is not said what becomes of the modes: none where the file was read without the
/// profile that says it.
fn careless_macro<'a>(verdict: &Verdict<'a>, at: &'a Spot) -> Option<(&'a Spot, &'a str)> {
    let cares =
        |effect: &MacroEffect| matches!(effect, MacroEffect::Modes | MacroEffect::KeepModes);
    let careless = verdict.report.evidence.uses.iter().filter(|(name, used)| {
        let known = verdict.profile.macro_named(name);
        used.first.line < at.line && known.is_some_and(|known| !known.does.iter().any(cares))
    });
    let last = careless.max_by_key(|(_, used)| used.first.line);
    last.map(|(name, _)| (at, name.as_str()))
}

fn check_left(verdict: &mut Verdict<'_>) {
    let left = &verdict.report.evidence.left;
    let steps = left.steps.as_ref().filter(|at| !verdict.macro_after(MacroEffect::Modes, at.line));
    verdict.object_if(Severity::Ask, Rule::LeavesBehind, steps, say::LEAVES_STEPS);
    verdict.object_if(Severity::Ask, Rule::LeavesBehind, left.slow.as_ref(), say::LEAVES_SLOW);
    // A stock file of the MINI leaves 95 % of flow: the next print lacks a little, and nothing breaks.
    let graver = |percent: &Peak| {
        if AS_ASKED < percent.value { Severity::Ask } else { Severity::Warn }
    };
    if let Some(speed) = &left.speed {
        let reason = say::leaves_speed(speed.value);
        verdict.object_at(graver(speed), Rule::LeavesBehind, &speed.at, reason);
    }
    if let Some(flow) = &left.flow {
        let reason = say::leaves_flow(flow.value);
        verdict.object_at(graver(flow), Rule::LeavesBehind, &flow.at, reason);
    }
    if let Some(extra) = &left.extra {
        let reason = say::leaves_extra(extra.value);
        verdict.object_at(Severity::Ask, Rule::LeavesBehind, &extra.at, reason);
    }
}
