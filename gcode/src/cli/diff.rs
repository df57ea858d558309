//! What changed between two revisions of a file.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use visorfarm_gcode::{Interval, Report};

use super::output::span;

/// One figure that is not the same.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Row {
    what: String,
    before: String,
    after: String,
}

/// Returns what differs, in the order in which a report shows it.
pub(super) fn rows(before: &Report, after: &Report) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |what: &str, figure: &dyn Fn(&Report) -> String| {
        let (before, after) = (figure(before), figure(after));
        if before != after {
            rows.push(Row { what: what.to_owned(), before, after });
        }
    };
    row("lines", &|report| report.lines.to_string());
    row("slicer", &|report| named([&report.slicer.name, &report.slicer.version]));
    row("printer", &|report| named([&report.slicer.printer_model, &None]));
    row("materials", &|report| report.slicer.materials.join(", "));
    row("time", &|report| span(report.time_s));
    row("layers", &|report| report.layers.to_string());
    row("filament", &filament);
    row("print X", &|report| box_of(report.envelope.print, 0));
    row("print Y", &|report| box_of(report.envelope.print, 1));
    row("print Z", &|report| box_of(report.envelope.print, 2));
    row("travel X", &|report| box_of(report.envelope.travel, 0));
    row("travel Y", &|report| box_of(report.envelope.travel, 1));
    row("travel Z", &|report| box_of(report.envelope.travel, 2));
    row("nozzle", &|report| format!("{} °C", report.nozzle_c_max));
    row("bed", &|report| format!("{} °C", report.bed_c_max));
    row("fan", &|report| format!("{:.0} %", report.fan_percent_max));
    row("speed", &|report| format!("{:.0} mm/s", report.feed_mm_s_max));
    row("flow", &|report| format!("{:.1} mm3/s", report.flow_mm3_s_max));
    row("objects", &|report| report.objects.join(", "));
    let names: BTreeSet<_> = before.commands.keys().chain(after.commands.keys()).collect();
    for name in names {
        row(name, &|report| report.commands.get(name).unwrap_or(&0).to_string());
    }
    rows
}

/// A table, its columns as wide as they must be.
pub(super) fn text(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "nothing differs");
    }
    let wide = |cell: fn(&Row) -> &String| {
        rows.iter().map(|row| cell(row).chars().count()).max().unwrap_or(0).min(40)
    };
    let (what, before) = (wide(|row| &row.what), wide(|row| &row.before));
    for row in rows {
        writeln!(out, "{:what$}  {:before$}  ->  {}", row.what, row.before, row.after)?;
    }
    Ok(())
}

/// One line of JSON: a list of what differs.
pub(super) fn json(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, rows)?;
    writeln!(out)
}

fn named(parts: [&Option<String>; 2]) -> String {
    let known: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
    known.join(" ")
}

fn filament(report: &Report) -> String {
    let each = report.filament.iter().map(|filament| {
        let grams = filament.g.map_or_else(String::new, |grams| format!(" ({grams:.1} g)"));
        format!("T{} {:.0} mm{grams}", filament.tool, filament.mm)
    });
    each.collect::<Vec<_>>().join(", ")
}

fn box_of(bounds: Option<Interval<[f64; 3]>>, axis: usize) -> String {
    bounds.map_or_else(String::new, |Interval { min, max }| {
        format!("{:.2} to {:.2} mm", min[axis], max[axis])
    })
}
