//! The machine that figures come from: without it they mean nothing.

use std::fmt;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Serialize;

/// What a reader must know to compare.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    command: String,
    date: String,
    cpu: String,
    cores: usize,
    memory_mib: u64,
    kernel: String,
    note: &'static str,
    quick: bool,
}

/// Returns how many processes wanted to run, averaged over the last minute.
pub(super) fn load() -> Result<f64> {
    let text = read("/proc/loadavg")?;
    let first = text.split_whitespace().next().context("/proc/loadavg is empty")?;
    first.parse().context("/proc/loadavg does not begin with a number")
}

pub(super) fn describe(quick: bool) -> Result<Machine> {
    let cpus = read("/proc/cpuinfo")?;
    let cpu = value_of(&cpus, "model name").unwrap_or("unknown").to_owned();
    let memory = read("/proc/meminfo")?;
    let kib = value_of(&memory, "MemTotal").and_then(|text| text.split(' ').next()?.parse().ok());
    let date = Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"]).output();
    let date = date.context("there is no `date`")?.stdout;
    let words: Vec<_> = std::env::args().skip(1).collect();
    Ok(Machine {
        command: format!("cargo bench-farm {}", words.join(" ")).trim_end().to_owned(),
        date: String::from_utf8_lossy(&date).trim().to_owned(),
        cpu,
        cores: std::thread::available_parallelism().context("no core can be counted")?.get(),
        memory_mib: kib.unwrap_or(0_u64) / 1024,
        kernel: read("/proc/sys/kernel/osrelease")?.trim().to_owned(),
        note: "single run on loopback, TLS on; simulated agents, viewers and OctoPrint share the \
               cores with what is measured; CPU in percent of one core, MB are 10^6 bytes",
        quick,
    })
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {path}"))
}

/// Returns what stands behind `name` and a colon.
fn value_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (before, after) = line.split_once(':')?;
        (before.trim() == name).then(|| after.trim())
    })
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "`{}`, {}", self.command, self.date)?;
        writeln!(
            f,
            "{}, {} cores, {} MiB, Linux {}",
            self.cpu, self.cores, self.memory_mib, self.kernel
        )?;
        writeln!(f, "{}", self.note)?;
        if self.quick {
            writeln!(f, "--quick: not to be quoted")?;
        }
        writeln!(f)
    }
}
