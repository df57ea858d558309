//! How far the time and the filament are from the slicer's own figures.
//!
//!     cargo bench -p visorfarm-gcode --bench accuracy -- [FILE...]
//!
//! Without files it measures the slices that the project ships. Times are reckoned by the limits that the slicer wrote
//! into the file, since the slicer reckoned by them; for a printer's own limits see `visorfarm-gcode inspect --profile`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use visorfarm_gcode::{Dialect, Motion, Options, Report, Scanner};

/// The slices that the project ships.
const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../designs");

fn main() -> anyhow::Result<()> {
    // Cargo hands `--bench` on.
    let named: Vec<PathBuf> =
        std::env::args().skip(1).filter(|a| !a.starts_with("--")).map(Into::into).collect();
    let files = if named.is_empty() { gcode_below(Path::new(SHIPPED))? } else { named };
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "| file | slicer, s | here, s | and dwells, s | apart | layers' sum, s | filament apart, mm |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
    let mut apart = Vec::new();
    for file in &files {
        apart.extend(row(&mut out, file, &read(file)?)?);
    }
    apart.sort_by(f64::total_cmp);
    if let (Some(median), Some(worst)) = (apart.get(apart.len() / 2), apart.last()) {
        writeln!(out, "\n{} files: median {median:.2} %, worst {worst:.2} %", apart.len())?;
    }
    Ok(())
}

/// A file, read.
struct Read {
    report: Report,
    /// By G4, which the slicers' estimates leave out.
    dwells_s: f64,
}

/// Writes one row; returns how far the time is from the slicer's, in percent.
fn row(out: &mut impl Write, file: &Path, read: &Read) -> io::Result<Option<f64>> {
    let Read { report, dwells_s } = read;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    // What the slicer allows for changing filament is in its estimate.
    let moved = report.time_s - dwells_s + report.changes_s;
    let Some(claimed) = report.slicer.time_s.filter(|time| 0.0 < *time) else {
        writeln!(out, "| {name} | – | {moved:.0} | {dwells_s:.0} | – | – | – |")?;
        return Ok(None);
    };
    let apart = (moved / claimed - 1.0) * 100.0;
    let layers: f64 = report.time_per_layer_s.iter().sum();
    let pushed: f64 = report.filament.iter().map(|filament| filament.mm).sum();
    let filament =
        report.slicer.filament_mm.map_or_else(|| "–".into(), |mm| format!("{:+.2}", pushed - mm));
    writeln!(
        out,
        "| {name} | {claimed:.0} | {moved:.0} | {dwells_s:.0} | {apart:+.2} % | {layers:.0} | {filament} |"
    )?;
    Ok(Some(apart.abs()))
}

fn read(file: &Path) -> anyhow::Result<Read> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let claimed = Motion::claimed(&bytes);
    // Those who write limits into a file reckon as Prusa's slicer does: as its own firmware moves.
    let dialect = if claimed.is_some() { Dialect::Prusa } else { Dialect::Marlin };
    let motion = claimed.or_else(|| Some(Motion::of(dialect)));
    let report = scan(&bytes, &Options { dialect, motion, ..Options::default() });
    Ok(Read { report, dwells_s: dwells_s(&bytes) })
}

/// Returns how long all G4 of a file are.
fn dwells_s(bytes: &[u8]) -> f64 {
    let dwell = |line: &str| -> f64 {
        let code = line.split(';').next().unwrap_or_default();
        let number = |letter| {
            code.split(' ').find_map(|word| word.strip_prefix(letter)?.trim().parse::<f64>().ok())
        };
        number('S').or_else(|| Some(number('P')? / 1000.0)).unwrap_or(0.0)
    };
    let text = String::from_utf8_lossy(bytes);
    let dwells = text.lines().filter(|line| line.starts_with("G4 ")).map(dwell);
    dwells.fold(0.0, |sum, seconds| sum + seconds)
}

fn scan(bytes: &[u8], options: &Options) -> Report {
    let mut scanner = Scanner::new(options);
    scanner.feed(bytes);
    scanner.finish()
}

fn gcode_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(gcode_below(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "gcode") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
