//! Real printers under measurement: `OctoPrint` servers and one agent that drives them.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{Duration, Instant, sleep};

use super::farm::Farm;
use super::plate::Plate;
use super::process::Process;
use super::programs::{Program, Programs};
use crate::octoprint::{DEFAULT, OctoPrint, Options, install};

/// Fetching, checking, uploading and heating included.
const STATE_WITHIN: Duration = Duration::from_mins(2);

/// A maker's machine.
#[derive(Debug)]
pub(super) struct Workshop {
    pub(super) octoprints: Vec<OctoPrint>,
    pub(super) agent: Process,
    program: PathBuf,
    folder: TempDir,
}

impl Workshop {
    /// Starts as many servers and an agent that has joined `farm` and drives them all.
    pub(super) async fn start(programs: &Programs, farm: &Farm, printers: usize) -> Result<Self> {
        let venv = install(DEFAULT).await?;
        let mut octoprints = Vec::new();
        for _ in 0..printers {
            octoprints.push(OctoPrint::start(&venv, Options::default()).await?);
        }
        let folder = programs.scratch()?;
        let program = programs.path(Program::Agent);
        let place = Place { program: &program, folder: &folder };
        let invite = farm.invite("workshop").await?.to_string();
        place.say(&["enrol", &invite]).await?;
        for (number, octoprint) in octoprints.iter().enumerate() {
            let (name, url) = (name(number), octoprint.url());
            let profile = Plate::quick().profile;
            let words = ["add-printer", "--name", &name, "--profile", profile, "--octoprint", &url];
            place.say(&[&words[..], &["--octoprint-key", octoprint.api_key()]].concat()).await?;
        }
        place.let_beds_clear_themselves()?;
        let log = folder.path().join("agent.log");
        let agent = Process::start(place.command().arg("run"), &log)?;
        let workshop = Self { octoprints, agent, program, folder };
        for number in 0..printers {
            workshop.clear_bed(&name(number)).await?;
        }
        Ok(workshop)
    }

    /// Says that nothing stands on the bed yet; the agent may still be starting.
    async fn clear_bed(&self, printer: &str) -> Result<()> {
        let place = Place { program: &self.program, folder: &self.folder };
        let began = Instant::now();
        loop {
            match place.say(&["bed-clear", printer]).await {
                Ok(()) => return Ok(()),
                Err(error) if STATE_WITHIN < began.elapsed() => return Err(error),
                Err(_) => sleep(Duration::from_millis(200)).await,
            }
        }
    }
}

/// Returns what the agent calls its printer.
pub(super) fn name(number: usize) -> String {
    format!("printer-{number}")
}

/// Returns once every printer of the farm is in `activity`.
pub(super) async fn all_are(farm: &Farm, count: usize, activity: &str) -> Result<Vec<Value>> {
    let began = Instant::now();
    loop {
        let page = farm.get("/api/v1/printers").await?;
        let printers = page["items"].as_array().context("there is no list of printers")?;
        if printers.len() == count && printers.iter().all(|row| row["activity"] == activity) {
            return Ok(printers.clone());
        }
        ensure!(began.elapsed() < STATE_WITHIN, "not {activity}: {page}");
        sleep(Duration::from_millis(100)).await;
    }
}

/// Where an agent keeps its files.
struct Place<'a> {
    program: &'a PathBuf,
    folder: &'a TempDir,
}

impl Place<'_> {
    fn config(&self) -> PathBuf {
        self.folder.path().join("agent.toml")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.arg("--config").arg(self.config());
        command.arg("--state").arg(self.folder.path().join("state"));
        command
    }

    async fn say(&self, words: &[&str]) -> Result<()> {
        let mut command = self.command();
        let output = command.args(words).output().await.context("cannot run the agent")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{words:?} failed: {}", said.trim());
        Ok(())
    }

    fn let_beds_clear_themselves(&self) -> Result<()> {
        let path = self.config();
        let text = std::fs::read_to_string(&path).context("the agent wrote no settings")?;
        let text = text.replace("[[printer]]", "[[printer]]\nbed = \"clears-itself\"");
        std::fs::write(&path, text).context("cannot write the agent's settings")
    }
}
