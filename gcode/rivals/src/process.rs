//! Whole programs: started, timed, their peak of memory read.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

/// Reads a file with Printrun's analyser and asks for its duration, as its window does.
pub(crate) const GCODER: &str = "import sys
from printrun import gcoder
print(gcoder.GCode(open(sys.argv[1])).duration)";

/// Builds the program as it is shipped and returns its path.
pub(crate) fn ours() -> anyhow::Result<String> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--release", "-p", "visorfarm-gcode"])
        .current_dir(root)
        .status()?;
    ensure!(built.success(), "cargo cannot build visorfarm-gcode");
    let program = root.join("target/release/visorfarm-gcode").canonicalize()?;
    Ok(program.to_string_lossy().into_owned())
}

/// Prints how far times and lengths of the project's slices are from the slicer's own.
pub(crate) fn accuracy() -> anyhow::Result<()> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let bench = ["bench", "--quiet", "-p", "visorfarm-gcode", "--bench", "accuracy"];
    run(Command::new("cargo").args(bench).current_dir(root))
}

/// Returns the Python that has the rivals; installs them once, from the package index.
pub(crate) fn venv(folder: &Path) -> anyhow::Result<String> {
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !venv.join("ready").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        let install = ["-m", "pip", "install", "--quiet"];
        run(Command::new(&python).args(install).arg("OctoPrint==1.11.8"))?;
        // Its window, and what that needs of the desktop, is not measured.
        run(Command::new(&python).args(install).args(["--no-deps", "Printrun==2.2.0"]))?;
        std::fs::write(venv.join("ready"), "")?;
    }
    Ok(python.to_string_lossy().into_owned())
}

/// Runs `command` on `file`, best of three, and writes its row.
pub(crate) fn row(
    out: &mut impl Write,
    name: &str,
    command: &[&str],
    file: &Path,
) -> anyhow::Result<()> {
    let bytes = file.metadata().with_context(|| format!("cannot see {}", file.display()))?.len();
    let mut best: Option<Spent> = None;
    for _ in 0..3 {
        let mut started = timed(command).arg(file).stdin(Stdio::null()).spawn()?;
        let spent = spent(&mut started).with_context(|| format!("{name} was not timed"))?;
        if best.as_ref().is_none_or(|best| spent.seconds < best.seconds) {
            best = Some(spent);
        }
    }
    best.context("it ran three times")?.write(out, name, bytes)
}

/// Runs `command` on a line of `bytes` bytes without an end, and writes its row.
pub(crate) fn endless_line(
    out: &mut impl Write,
    name: &str,
    command: &[&str],
    bytes: u64,
) -> anyhow::Result<()> {
    let part = vec![b'x'; 1 << 20];
    let mut started = timed(command).arg("-").stdin(Stdio::piped()).spawn()?;
    let mut line = started.stdin.take().context("it was given a pipe")?;
    let mut left = bytes;
    while 0 < left {
        let length = left.min(part.len() as u64);
        line.write_all(&part[..usize::try_from(length)?])?;
        left -= length;
    }
    drop(line);
    spent(&mut started).with_context(|| format!("{name} was not timed"))?.write(out, name, bytes)
}

/// What a program took from its start to its end.
struct Spent {
    seconds: f64,
    processor_seconds: f64,
    peak_bytes: f64,
}

impl Spent {
    fn write(&self, out: &mut impl Write, name: &str, bytes: u64) -> anyhow::Result<()> {
        let Self { seconds, processor_seconds, peak_bytes } = self;
        let rate = crate::rate(bytes, Duration::from_secs_f64(seconds.max(0.01)));
        let peak = peak_bytes / 1e6;
        writeln!(
            out,
            "| {name} | {bytes} | {seconds:.2} | {processor_seconds:.2} | {rate:.1} | {peak:.1} |"
        )?;
        Ok(out.flush()?)
    }
}

/// Returns what runs `command` under GNU time, which is small: a peak of memory begins with that of who starts it.
fn timed(command: &[&str]) -> Command {
    let mut timed = Command::new("time");
    timed.args(["--quiet", "--format", "%e %U %S %M"]).args(command);
    timed.stdout(Stdio::null()).stderr(Stdio::piped());
    timed
}

/// Waits for the end, and reads the last line that GNU time wrote.
fn spent(started: &mut Child) -> anyhow::Result<Spent> {
    let mut told = String::new();
    started.stderr.take().context("it was given a pipe")?.read_to_string(&mut told)?;
    started.wait()?;
    let last = told.lines().last().unwrap_or_default();
    let numbers: Vec<f64> = last.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [seconds, user, system, kilobytes] = numbers[..] else { bail!("{told}") };
    Ok(Spent { seconds, processor_seconds: user + system, peak_bytes: kilobytes * 1024.0 })
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
