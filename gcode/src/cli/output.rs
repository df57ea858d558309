//! Reports and findings, for a person.

use std::collections::BTreeSet;
use std::io::{self, Write};

use visorfarm_gcode::{Finding, Interval, Language, Report, Severity};

/// One file, read and judged.
pub(super) struct Judged {
    pub(super) file: String,
    pub(super) report: Report,
    pub(super) findings: Vec<Finding>,
    pub(super) language: Language,
}

/// The figures, then the findings.
pub(super) fn report(judged: &Judged, out: &mut impl Write) -> io::Result<()> {
    let report = &judged.report;
    let slicer = &report.slicer;
    writeln!(out, "{}", shown(&judged.file))?;
    writeln!(out, "  {} bytes, {} lines, sha256 {}", report.bytes, report.lines, report.sha256)?;
    if let Some(name) = &slicer.name {
        let version = slicer.version.as_deref().unwrap_or_default();
        let model = slicer.printer_model.as_deref().unwrap_or("a printer it does not name");
        writeln!(out, "  sliced by {name} {version} for {model}")?;
    }
    let changes = match report.changes_s {
        0.0 => String::new(),
        seconds => format!(" and {} to change filament", span(seconds)),
    };
    let claimed = slicer.time_s.filter(|s| 0.0 < *s).map_or_else(String::new, |s| {
        let apart = ((report.time_s + report.changes_s) / s - 1.0) * 100.0;
        format!(" (its slicer says {}: {apart:+.1} %)", span(s))
    });
    let time = span(report.time_s);
    writeln!(out, "  {time} in motion{changes}{claimed}, {} layers", report.layers)?;
    for filament in &report.filament {
        let grams = filament.g.map_or_else(String::new, |g| format!(", {g:.1} g"));
        writeln!(
            out,
            "  T{}: {:.1} mm of filament, {:.2} cm3{grams}",
            filament.tool, filament.mm, filament.cm3
        )?;
    }
    if let Some(claimed) = slicer.filament_mm.filter(|mm| 0.0 < *mm) {
        let mm = report.filament.iter().fold(0.0, |sum, filament| sum + filament.mm);
        let apart = (mm / claimed - 1.0) * 100.0;
        writeln!(out, "  {mm:.1} mm in all (its slicer says {claimed:.1} mm: {apart:+.1} %)")?;
    }
    bounds("prints", report.envelope.print.as_ref(), out)?;
    bounds("travels", report.envelope.travel.as_ref(), out)?;
    writeln!(
        out,
        "  nozzle {} °C, bed {} °C, fan {:.0} %, {:.0} mm/s",
        report.nozzle_c_max, report.bed_c_max, report.fan_percent_max, report.feed_mm_s_max
    )?;
    for thumbnail in &report.thumbnails {
        let (width, height) = (thumbnail.width, thumbnail.height);
        writeln!(out, "  a picture of {width} by {height} pixels, {} bytes", thumbnail.bytes)?;
    }
    if !report.objects.is_empty() {
        writeln!(out, "  objects: {}", report.objects.join(", "))?;
    }
    list(judged, out)
}

/// One line a file, then the findings.
pub(super) fn verdict(judged: &Judged, out: &mut impl Write) -> io::Result<()> {
    let worst = judged.findings.first().map(|finding| finding.severity);
    let verdict = match (worst, judged.language) {
        (Some(Severity::Forbid), Language::English) => "refused",
        (Some(Severity::Forbid), Language::French) => "refusé",
        (Some(Severity::Ask), Language::English) => "allowed once the printer's owner agrees",
        (Some(Severity::Ask), Language::French) => "permis si le propriétaire est d'accord",
        (Some(Severity::Warn | Severity::Note) | None, Language::English) => "allowed",
        (Some(Severity::Warn | Severity::Note) | None, Language::French) => "permis",
    };
    writeln!(out, "{}: {verdict}", shown(&judged.file))?;
    list(judged, out)
}

/// Each finding on a line; below the first of a rule that stops the print, why the rule exists.
fn list(judged: &Judged, out: &mut impl Write) -> io::Result<()> {
    let mut told = BTreeSet::new();
    for finding in &judged.findings {
        let weight = weight(finding.severity, judged.language);
        writeln!(out, "  {weight:<6} {}", finding.tell(judged.language))?;
        if finding.severity <= Severity::Ask && told.insert(finding.rule) {
            writeln!(out, "         {}", finding.rule.why(judged.language))?;
        }
    }
    Ok(())
}

fn weight(severity: Severity, language: Language) -> &'static str {
    match (severity, language) {
        (Severity::Forbid, Language::English) => "forbid",
        (Severity::Forbid, Language::French) => "refus",
        (Severity::Ask, Language::English) => "ask",
        (Severity::Ask, Language::French) => "accord",
        (Severity::Warn, Language::English) => "warn",
        (Severity::Warn, Language::French) => "alerte",
        (Severity::Note, _) => "note",
    }
}

/// Returns a file's name as it may be shown: what would steer a terminal becomes `?`.
pub(super) fn shown(name: &str) -> String {
    // What is not seen and turns the way of reading: Unicode, "Bidirectional formatting characters".
    let turns = |c| matches!(c, '\u{061C}' | '\u{200E}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    name.chars().map(|c| if c.is_control() || turns(c) { '?' } else { c }).collect()
}

fn bounds(what: &str, bounds: Option<&Interval<[f64; 3]>>, out: &mut impl Write) -> io::Result<()> {
    let Some(Interval { min, max }) = bounds else { return Ok(()) };
    writeln!(
        out,
        "  {what} X {:.1} to {:.1}, Y {:.1} to {:.1}, Z {:.2} to {:.2} mm",
        min[0], max[0], min[1], max[1], min[2], max[2]
    )
}

/// Returns a time as people say it: `3 h 41 min`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(super) fn span(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
