//! Measures `visorfarm-gcode` side by side with other readers of G-code, and with what the machine can do at best; how its cost
//! grows with the file; and how far its times and lengths are from the slicer's.
//!
//!     cargo bench-gcode [--quick] [FILE]
//!
//! Without a file it makes a large one of the project's own slice. Within the process it counts processor time, best of
//! many runs, so that a busy machine changes little; whole processes are timed by the clock and by the processor, which
//! takes GNU time (`apt install time`). `OctoPrint` and Printrun are installed into a folder below `target/`; `--quick`
//! leaves them out, and the largest file and line. `klipper_estimator`, the only other one that reckons times by a look-ahead, is in no
//! registry: it would have to be built from its repository.

mod inputs;
mod process;
mod readers;

use std::hint::black_box;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

/// Below the package, never committed.
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/measured");

/// The size of a stack of eight headbands at 0.12 mm.
const STACK_BYTES: u64 = 91_000_000;

/// What grows, and how far.
const SIZES: [u64; 4] = [1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// A line that never ends: what is kept of it must not grow.
const LINE_BYTES: u64 = 10_000_000_000;

/// Readers that build trees need gigabytes for a large file.
const SMALL_BYTES: u64 = 10_000_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let named = arguments.iter().find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    let target = Path::new(TARGET);
    std::fs::create_dir_all(target).with_context(|| format!("cannot make {TARGET}"))?;
    let large = named.map_or_else(|| inputs::stack(target, STACK_BYTES), Ok)?;
    let mut out = io::stdout().lock();
    within(&mut out, &large)?;
    let small = inputs::stack(target, SMALL_BYTES)?;
    whole(&mut out, &large, &small, quick)?;
    growth(&mut out, target, quick)?;
    writeln!(out, "\nagainst the slicer's own figures:\n")?;
    out.flush()?;
    process::accuracy()
}

/// Each reader in this process, on bytes in memory.
fn within(out: &mut impl Write, file: &Path) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    writeln!(out, "| in the process, {} bytes | MB/s |\n|---|--:|", bytes.len())?;
    for reader in readers::ALL {
        let runs = if reader.fast { 25 } else { 1 };
        let best = (0..runs)
            .map(|_| {
                readers::processor_time(|| {
                    black_box((reader.read)(black_box(&bytes)));
                })
            })
            .min()
            .unwrap_or(Duration::MAX);
        writeln!(out, "| {} | {:.0} |", reader.name, rate(bytes.len() as u64, best))?;
        out.flush()?;
    }
    Ok(())
}

/// Each program from its start to its answer.
fn whole(out: &mut impl Write, large: &Path, small: &Path, quick: bool) -> anyhow::Result<()> {
    let ours = process::ours()?;
    heading(out, "whole process")?;
    let verify = [&ours, "verify", "--profile", "ender3"];
    process::row(out, "visorfarm-gcode verify", &verify, large)?;
    process::row(out, "visorfarm-gcode verify", &verify, small)?;
    if !quick {
        let python = process::venv(Path::new(TARGET))?;
        let octoprint = [&python, "-m", "octoprint", "analysis", "gcode"];
        process::row(out, "OctoPrint's analysis", &octoprint, small)?;
        process::row(out, "Printrun's gcoder", &[&python, "-c", process::GCODER], small)?;
    }
    Ok(())
}

/// How the cost grows with the size of the file.
fn growth(out: &mut impl Write, target: &Path, quick: bool) -> anyhow::Result<()> {
    let ours = process::ours()?;
    heading(out, "growing")?;
    for size in SIZES.into_iter().take(if quick { 3 } else { 4 }) {
        let file = inputs::stack(target, size)?;
        process::row(out, "visorfarm-gcode inspect", &[&ours, "inspect"], &file)?;
    }
    if quick {
        return Ok(());
    }
    let verify = [&ours, "verify", "--profile", "ender3"];
    process::endless_line(out, "visorfarm-gcode verify, one line", &verify, LINE_BYTES)
}

fn heading(out: &mut impl Write, what: &str) -> io::Result<()> {
    writeln!(out, "\n| {what} | bytes | s | processor s | MB/s | peak MB |")?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|")
}

/// Megabytes a second.
pub(crate) fn rate(bytes: u64, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}
