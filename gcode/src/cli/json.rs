//! What a program reads: one object a file, its keys stable and described by [`SCHEMA`].

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use visorfarm_gcode::{
    Claims, Dialect, Envelope, Filament, Rule, Severity, Sha256Digest, Thumbnail,
};

use super::output::Judged;

/// The JSON schema of what [`write`] writes.
pub(super) const SCHEMA: &str = include_str!("schema.json");

#[derive(Serialize)]
struct Shown<'a> {
    file: &'a str,
    sha256: Sha256Digest,
    bytes: u64,
    lines: u64,
    dialect: Dialect,
    slicer: &'a Claims,
    time_s: f64,
    time_per_layer_s: &'a [f64],
    layers: u64,
    changes_s: f64,
    filament: &'a [Filament],
    envelope: &'a Envelope,
    nozzle_c_max: f64,
    bed_c_max: f64,
    chamber_c_max: f64,
    fan_percent_max: f64,
    feed_mm_s_max: f64,
    flow_mm3_s_max: f64,
    tools: &'a [u8],
    thumbnails: &'a [Thumbnail],
    commands: &'a BTreeMap<String, u64>,
    objects: &'a [String],
    findings: Vec<Told<'a>>,
}

/// A finding with its sentence, for readers that do not make sentences.
#[derive(Serialize)]
struct Told<'a> {
    severity: Severity,
    rule: Rule,
    line: Option<u64>,
    text: &'a str,
    message: String,
}

/// Writes one line of JSON.
pub(super) fn write(judged: &Judged, out: &mut impl Write) -> io::Result<()> {
    let report = &judged.report;
    let findings = judged.findings.iter().map(|finding| Told {
        severity: finding.severity,
        rule: finding.rule,
        line: finding.line,
        text: &finding.text,
        message: finding.explain(judged.language),
    });
    let shown = Shown {
        file: &judged.file,
        sha256: report.sha256,
        bytes: report.bytes,
        lines: report.lines,
        dialect: report.dialect,
        slicer: &report.slicer,
        time_s: report.time_s,
        time_per_layer_s: &report.time_per_layer_s,
        layers: report.layers,
        changes_s: report.changes_s,
        filament: &report.filament,
        envelope: &report.envelope,
        nozzle_c_max: report.nozzle_c_max,
        bed_c_max: report.bed_c_max,
        chamber_c_max: report.chamber_c_max,
        fan_percent_max: report.fan_percent_max,
        feed_mm_s_max: report.feed_mm_s_max,
        flow_mm3_s_max: report.flow_mm3_s_max,
        tools: &report.tools,
        thumbnails: &report.thumbnails,
        commands: &report.commands,
        objects: &report.objects,
        findings: findings.collect(),
    };
    serde_json::to_writer(&mut *out, &shown)?;
    writeln!(out)
}
