//! The file as a whole: is it G-code, is it all there, is it for this printer?

use crate::dialect::Dialect;
use crate::finding::Severity;
use crate::profile::MacroEffect;
use crate::report::{Content, Fault};
use crate::rule::Rule;
use crate::say::{commands, whole as say};
use crate::words::Shape;

use super::Verdict;

/// A slicer's filament figure leaves out the start code's purge, 20 to 30 mm (measured), and rounds.
const PURGE_MM: f64 = 150.0;

/// Beyond this share the comment belongs to another file.
const CLAIM_SHARE: f64 = 0.02;

/// Nozzles are sold in tenths.
const NOZZLE_TOLERANCE_MM: f64 = 0.01;

pub(super) fn check_content(verdict: &mut Verdict<'_>) {
    let content = verdict.report.evidence.content;
    let Some(reason) = say::other_content(content) else { return };
    let rule = if content == Content::Nothing { Rule::Empty } else { Rule::NotGcode };
    verdict.object(Severity::Forbid, rule, reason);
}

pub(super) fn check(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    for fault in &report.evidence.faults {
        check_fault(verdict, fault);
    }
    check_complete(verdict);
    check_machine(verdict);
    check_claims(verdict);
    check_modes(verdict);
}

fn check_fault(verdict: &mut Verdict<'_>, fault: &Fault) {
    let rule = match fault.shape {
        Shape::Character
        | Shape::Behind
        | Shape::Number
        | Shape::Exponent
        | Shape::LowerCase
        | Shape::Name
        | Shape::Twice
        | Shape::Bare
        | Shape::Missing
        | Shape::Hidden
        | Shape::NoCommand => Rule::Syntax,
        Shape::TooLong | Shape::LongName => Rule::LineTooLong,
        Shape::Checksum => Rule::Checksum,
        Shape::Placeholder => Rule::Placeholder,
        Shape::Host => Rule::HostCommand,
        Shape::TooMany => Rule::TooManyCommands,
    };
    let reason = say::fault(fault.shape, fault.count);
    verdict.object_at(Severity::Forbid, rule, &fault.first, reason);
}

fn check_complete(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let slicer = &report.slicer;
    let layers_missing = slicer.layers.is_some_and(|claimed| {
        0 < report.evidence.layer_marks && report.evidence.layer_marks < claimed
    });
    if layers_missing {
        verdict.object(Severity::Warn, Rule::Truncated, say::LAYERS_MISSING);
    }
    let tailed =
        matches!(slicer.name.as_deref(), Some("PrusaSlicer" | "SuperSlicer" | "OrcaSlicer"));
    if tailed && slicer.time_s.is_none() {
        verdict.object(Severity::Warn, Rule::Truncated, say::TAIL_MISSING);
    }
    if report.evidence.ends_mid_line && !report.evidence.still_hot.is_empty() {
        verdict.object(Severity::Warn, Rule::Truncated, say::CUT_OFF);
    }
}

/// Is the file for this printer, this nozzle, this material?
fn check_machine(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let profile = verdict.profile;
    let other = report.evidence.models.iter().find(|(model, _)| !profile.is_for(model));
    if let Some((model, at)) = other {
        let reason = say::checks_for(model, &profile.name);
        verdict.object_at(Severity::Forbid, Rule::OtherPrinter, at, reason);
    } else if let Some(model) = &report.slicer.printer_model
        && !profile.is_for(model)
    {
        let reason = say::sliced_for(model, &profile.name);
        verdict.object(Severity::Ask, Rule::OtherPrinter, reason);
    }
    check_nozzle(verdict);
    let unknown =
        report.slicer.materials.iter().find(|name| !profile.materials.contains_key(*name));
    if let Some(material) = unknown
        && !profile.materials.is_empty()
    {
        let reason = say::other_material(material, &profile.name);
        verdict.object(Severity::Ask, Rule::OtherMaterial, reason);
    }
}

/// The file's own check, M862.1, counts more than the slicer's comment.
fn check_nozzle(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let profile = verdict.profile;
    let other = |nozzle: f64| NOZZLE_TOLERANCE_MM < (nozzle - profile.nozzle_mm).abs();
    let checked = report.evidence.uses.get("M862.1").and_then(|used| used.numbers.get("P"));
    if let Some(checked) = checked
        && (other(checked.min) || other(checked.max))
    {
        let (nozzle, at) = if other(checked.max) {
            (checked.max, &checked.max_at)
        } else {
            (checked.min, &checked.min_at)
        };
        let reason = say::checks_for_nozzle(nozzle, profile.nozzle_mm, &profile.name);
        verdict.object_at(Severity::Ask, Rule::OtherNozzle, at, reason);
    } else if let Some(nozzle) = report.slicer.nozzle_mm.filter(|nozzle| other(*nozzle)) {
        let reason = say::other_nozzle(nozzle, profile.nozzle_mm, &profile.name);
        verdict.object(Severity::Ask, Rule::OtherNozzle, reason);
    }
}

fn check_claims(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let pushed = report.filament.iter().fold(0.0, |sum, filament| sum + filament.mm);
    let Some(claimed) = report.slicer.filament_mm.filter(|claimed| 0.0 < *claimed) else { return };
    // A macro may have said that E is relative: then the sum is not ours to judge.
    let sure = !verdict.macro_before(MacroEffect::Modes, u64::MAX);
    if sure && pushed < claimed / 2.0 {
        let reason = say::less_than_announced(pushed, claimed);
        verdict.object(Severity::Ask, Rule::Truncated, reason);
    } else if claimed * CLAIM_SHARE + PURGE_MM < (pushed - claimed).abs() {
        let reason = say::other_than_announced(pushed, claimed);
        verdict.object(Severity::Warn, Rule::ClaimsDiffer, reason);
    }
}

fn check_modes(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let evidence = &report.evidence;
    let shift = evidence.origin_shift.as_ref();
    verdict.object_if(Severity::Forbid, Rule::OriginShift, shift, commands::ORIGIN);
    let arc = evidence.arc_malformed.as_ref();
    verdict.object_if(Severity::Forbid, Rule::Arc, arc, say::ARC);
    verdict.object_if(Severity::Forbid, Rule::Inches, evidence.inches.as_ref(), say::INCHES);
    let action = evidence.host_action.as_ref();
    verdict.object_if(Severity::Forbid, Rule::HostAction, action, say::HOST_ACTION);
    if verdict.profile.dialect == Dialect::Marlin {
        let skipped = evidence.object_skipped.as_ref();
        verdict.object_if(Severity::Warn, Rule::UnknownParameter, skipped, say::OBJECT_SKIPPED);
    }
    let numbered = evidence.numbered.as_ref();
    verdict.object_if(Severity::Ask, Rule::LineNumbers, numbered, say::LINE_NUMBER);
    let versions = evidence.extrusion_by_version.as_ref();
    let reason = say::EXTRUSION_BY_VERSION;
    verdict.object_if(Severity::Ask, Rule::ExtrusionModeAmbiguous, versions, reason);
    if let Some(at) = &evidence.extrusion_ambiguous {
        // With the printer's own dialect the answer is known; with another the figures are wrong.
        let severity = if report.dialect == verdict.profile.dialect {
            Severity::Note
        } else {
            Severity::Forbid
        };
        verdict.object_at(severity, Rule::ExtrusionModeAmbiguous, at, say::EXTRUSION_AMBIGUOUS);
    }
}
