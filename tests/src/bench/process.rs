//! A process under measurement: started with a log, watched through `/proc`, killed with us.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// Linux counts CPU time for its users in hundredths of a second, whatever it does inside.
const TICK: Duration = Duration::from_millis(10);

/// A running program of ours.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    id: u32,
}

/// What a process took while it was watched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    pub(super) window: Duration,
    pub(super) cpu: Duration,
    /// Resident memory in bytes, the mean of one look a second.
    pub(super) rss_mean: u64,
    /// The most resident memory since the process began.
    pub(super) rss_peak: u64,
}

impl Usage {
    /// Returns the CPU time in percent of one core.
    pub(super) fn cpu_percent(&self) -> f64 {
        100.0 * self.cpu.as_secs_f64() / self.window.as_secs_f64()
    }

    pub(super) fn rss_mean_mb(&self) -> f64 {
        megabytes(self.rss_mean)
    }

    pub(super) fn rss_peak_mb(&self) -> f64 {
        megabytes(self.rss_peak)
    }
}

/// Returns `bytes` in units of 10^6.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

impl Process {
    /// Starts `command`; what it says goes to `log`.
    pub(super) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::options().create(true).append(true).open(log);
        let file = file.with_context(|| format!("cannot open {}", log.display()))?;
        let errors = file.try_clone().context("cannot share a log")?;
        command.stdin(Stdio::null()).stdout(file).stderr(errors).kill_on_drop(true);
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let id = child.id().context("a process that was just started has ended")?;
        Ok(Self { child, id })
    }

    /// Kills it: no goodbye, nothing flushed.
    pub(super) async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("cannot kill a process")
    }

    /// Fails if it has ended.
    pub(super) fn check_running(&mut self) -> Result<()> {
        match self.child.try_wait().context("cannot watch a process")? {
            None => Ok(()),
            Some(status) => bail!("the process ended with {status}"),
        }
    }

    /// Watches it for `window`.
    pub(super) async fn watch(&self, window: Duration) -> Result<Usage> {
        let (began, cpu_before) = (Instant::now(), self.cpu()?);
        let (mut sum, mut looks) = (0, 0);
        loop {
            sum += self.memory("VmRSS")?;
            looks += 1;
            let left = window.saturating_sub(began.elapsed());
            if left.is_zero() {
                break;
            }
            sleep(left.min(Duration::from_secs(1))).await;
        }
        Ok(Usage {
            window: began.elapsed(),
            cpu: self.cpu()?.saturating_sub(cpu_before),
            rss_mean: sum / looks,
            rss_peak: self.memory("VmHWM")?,
        })
    }

    /// Returns the CPU time it has taken, in user and kernel mode.
    pub(super) fn cpu(&self) -> Result<Duration> {
        cpu_of(self.id)
    }

    /// Returns a line of its memory statistics, in bytes.
    pub(super) fn memory(&self, line: &str) -> Result<u64> {
        let path = format!("/proc/{}/status", self.id);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let kib = text.lines().find_map(|entry| {
            let value = entry.strip_prefix(line)?.strip_prefix(':')?;
            value.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        });
        kib.map(|kib| kib * 1024).with_context(|| format!("{path} has no {line}"))
    }
}

/// Returns the CPU time that process `id` has taken, in user and kernel mode.
pub(super) fn cpu_of(id: u32) -> Result<Duration> {
    let path = format!("/proc/{id}/stat");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    // The second field is the program's name, which may contain anything.
    let (_, fields) = text.rsplit_once(')').with_context(|| format!("{path} is odd"))?;
    let fields: Vec<_> = fields.split_whitespace().collect();
    ensure!(12 < fields.len(), "{path} is short");
    let (user, kernel): (u32, u32) = (fields[11].parse()?, fields[12].parse()?);
    Ok(TICK * (user + kernel))
}
