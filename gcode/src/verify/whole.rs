//! The file as a whole: is it G-code, is it all there, is it for this printer?

use crate::finding::Severity;
use crate::profile::MacroEffect;
use crate::report::{Content, Fault};
use crate::rule::Rule;
use crate::words::Shape;

use super::Verdict;

/// A slicer's filament figure leaves out the start code's purge, 20 to 30 mm (measured), and rounds.
const PURGE_MM: f64 = 150.0;

/// Beyond this share the comment belongs to another file.
const CLAIM_SHARE: f64 = 0.02;

/// Nozzles are sold in tenths.
const NOZZLE_TOLERANCE_MM: f64 = 0.01;

pub(super) fn check_content(verdict: &mut Verdict<'_>) {
    let (rule, reason) = match verdict.report.evidence.content {
        Content::Gcode => return,
        Content::Nothing => (Rule::Empty, "the file holds no command"),
        Content::Zip => (Rule::NotGcode, "the file is a ZIP archive, not G-code: unpack it first"),
        Content::Gzip => (Rule::NotGcode, "the file is compressed by gzip: unpack it first"),
        Content::BinaryGcode => {
            (Rule::NotGcode, "the file is binary G-code: export it as plain G-code from the slicer")
        }
        Content::Stl => (Rule::NotGcode, "the file is an STL model: slice it first"),
        Content::Html => {
            (Rule::NotGcode, "the file is a web page: the download link led elsewhere")
        }
        Content::Image => (Rule::NotGcode, "the file is an image"),
        Content::Utf16 => (Rule::NotGcode, "the file is UTF-16 text: save it as plain text"),
        Content::Other => (Rule::NotGcode, "the file is not G-code: not one line is a command"),
    };
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
    let (rule, reason) = match fault.shape {
        Shape::Character => (Rule::Syntax, "holds a character that no command has"),
        Shape::Number => (Rule::Syntax, "holds a number that firmwares do not read"),
        Shape::Exponent => {
            (Rule::Syntax, "holds an exponent, which firmwares read in different ways")
        }
        Shape::Twice => {
            (Rule::Syntax, "holds a letter twice, which firmwares read in different ways")
        }
        Shape::Bare => (Rule::Syntax, "holds a letter without its number"),
        Shape::TooLong => (Rule::LineTooLong, "is longer than firmwares read"),
        Shape::Checksum => (Rule::Checksum, "has a wrong checksum: the file was altered"),
        Shape::Hidden => (Rule::Syntax, "hides a second line behind a carriage return"),
        Shape::Placeholder => {
            (Rule::Placeholder, "holds a placeholder that the slicer should have filled in")
        }
        Shape::Host => (Rule::HostCommand, "commands the print server, not the printer"),
        Shape::NoCommand => (Rule::Syntax, "starts with no command"),
        Shape::TooMany => {
            (Rule::TooManyCommands, "is one command too many: no slicer writes so many kinds")
        }
    };
    let more = match fault.count {
        0 | 1 => String::new(),
        count => format!(" (and {} more such lines)", count - 1),
    };
    verdict.object_at(Severity::Forbid, rule, &fault.first, format!("{reason}{more}"));
}

fn check_complete(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let slicer = &report.slicer;
    let layers_missing = slicer.layers.is_some_and(|claimed| {
        0 < report.evidence.layer_marks && report.evidence.layer_marks < claimed
    });
    if layers_missing {
        let reason = "the file marks fewer layers than its head announces: it may be cut off";
        verdict.object(Severity::Warn, Rule::Truncated, reason);
    }
    let tailed =
        matches!(slicer.name.as_deref(), Some("PrusaSlicer" | "SuperSlicer" | "OrcaSlicer"));
    if tailed && slicer.time_s.is_none() {
        let reason = "the slicer's closing lines are missing: the file may be cut off";
        verdict.object(Severity::Warn, Rule::Truncated, reason);
    }
    if report.evidence.ends_mid_line && !report.evidence.still_hot.is_empty() {
        let reason = "the last line has no end and a heater is on: the file is probably cut off";
        verdict.object(Severity::Warn, Rule::Truncated, reason);
    }
}

/// Is the file for this printer, this nozzle, this material?
fn check_machine(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let profile = verdict.profile;
    if let Some(check) = report.evidence.uses.get("M862.3")
        && let Some(model) = check.first.text.split('"').nth(1)
        && !profile.models.is_empty()
        && !profile.models.contains(model)
    {
        let reason = format!("is for a {model}, not for {}", profile.name);
        verdict.object_at(Severity::Forbid, Rule::OtherPrinter, &check.first, reason);
    } else if let Some(model) = &report.slicer.printer_model
        && !profile.models.is_empty()
        && !profile.models.contains(model)
    {
        let reason = format!("the file was sliced for {model}, not for {}", profile.name);
        verdict.object(Severity::Ask, Rule::OtherPrinter, reason);
    }
    if let Some(nozzle) = report.slicer.nozzle_mm
        && NOZZLE_TOLERANCE_MM < (nozzle - profile.nozzle_mm).abs()
    {
        let reason = format!(
            "the file was sliced for a {nozzle} mm nozzle; {} has {}",
            profile.name, profile.nozzle_mm
        );
        verdict.object(Severity::Ask, Rule::OtherNozzle, reason);
    }
    let unknown =
        report.slicer.materials.iter().find(|name| !profile.materials.contains_key(*name));
    if let Some(material) = unknown
        && !profile.materials.is_empty()
    {
        let reason = format!("{} is not set up for {material}", profile.name);
        verdict.object(Severity::Ask, Rule::OtherMaterial, reason);
    }
}

fn check_claims(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let pushed = report.filament.iter().fold(0.0, |sum, filament| sum + filament.mm);
    let Some(claimed) = report.slicer.filament_mm.filter(|claimed| 0.0 < *claimed) else { return };
    // A macro may have said that E is relative: then the sum is not ours to judge.
    let sure = !verdict.macro_before(MacroEffect::Modes, u64::MAX);
    if sure && pushed < claimed / 2.0 {
        let reason = format!(
            "the file pushes {pushed:.0} mm of the {claimed:.0} mm that its slicer announced: it may be cut off"
        );
        verdict.object(Severity::Ask, Rule::Truncated, reason);
    } else if claimed * CLAIM_SHARE + PURGE_MM < (pushed - claimed).abs() {
        let reason = format!(
            "the file pushes {pushed:.0} mm of filament; its slicer announced {claimed:.0} mm"
        );
        verdict.object(Severity::Warn, Rule::ClaimsDiffer, reason);
    }
}

fn check_modes(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    let evidence = &report.evidence;
    let shift = evidence.origin_shift.as_ref();
    let reason = "shifts the coordinates: no bound would hold any more";
    verdict.object_if(Severity::Forbid, Rule::OriginShift, shift, reason);
    let arc = evidence.arc_malformed.as_ref();
    let reason = "is no arc that firmwares agree on";
    verdict.object_if(Severity::Forbid, Rule::Arc, arc, reason);
    verdict.object_if(Severity::Warn, Rule::Inches, evidence.inches.as_ref(), "switches to inches");
    let action = evidence.host_action.as_ref();
    let reason = "speaks to the print server through the printer";
    verdict.object_if(Severity::Forbid, Rule::HostAction, action, reason);
    let numbered = evidence.numbered.as_ref();
    let reason = "carries a line number, which is the sender's affair";
    verdict.object_if(Severity::Ask, Rule::LineNumbers, numbered, reason);
    if let Some(at) = &evidence.extrusion_ambiguous {
        // With the printer's own dialect the answer is known; with another the figures are wrong.
        let severity = if report.dialect == verdict.profile.dialect {
            Severity::Note
        } else {
            Severity::Forbid
        };
        let reason = "moves E where firmwares differ in how they read it";
        verdict.object_at(severity, Rule::ExtrusionModeAmbiguous, at, reason);
    }
}
