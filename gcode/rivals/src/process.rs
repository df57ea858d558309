//! Whole programs: started, timed, their peak of memory read.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};

/// Reads a file with Printrun's analyser and asks for its duration, as its window does.
pub(crate) const GCODER: &str = "import sys
from printrun import gcoder
print(gcoder.GCode(open(sys.argv[1])).duration)";

/// Starts the command after its first argument and writes its seconds and its peak of memory in bytes.
const TIMED: &str = "import os, subprocess, sys, time
start = time.monotonic()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(time.monotonic() - start, used.ru_maxrss * 1024)";

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

/// Returns the Python that has the rivals; installs them once, from the package index.
pub(crate) fn venv(folder: &Path) -> anyhow::Result<String> {
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !venv.join("ready").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        let packages = ["OctoPrint==1.11.8", "Printrun==2.2.0"];
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))?;
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
    let mut best = (f64::MAX, 0.0);
    for _ in 0..3 {
        let timed = Command::new("python3")
            .args(["-c", TIMED])
            .args(command)
            .arg(PathBuf::from(file))
            .stderr(Stdio::null())
            .output()?;
        let text = String::from_utf8_lossy(&timed.stdout).into_owned();
        let mut numbers = text.split_whitespace().filter_map(|number| number.parse::<f64>().ok());
        let (Some(seconds), Some(memory)) = (numbers.next(), numbers.next()) else {
            anyhow::bail!("{name} was not timed");
        };
        if seconds < best.0 {
            best = (seconds, memory);
        }
    }
    let (seconds, memory) = best;
    let rate = crate::rate(bytes, Duration::from_secs_f64(seconds));
    writeln!(out, "| {name} | {bytes} | {seconds:.2} | {rate:.1} | {:.1} |", memory / 1e6)?;
    Ok(out.flush()?)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
