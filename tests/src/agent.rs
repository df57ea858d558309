//! One agent beside its printers: enrolled, started, frozen, killed, and started again.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use visorfarm_agent::cli::Exit;
use visorfarm_agent::enrol::Membership;
use visorfarm_agent::local::{Answer, LinkState, PageState, PrinterReport, Status};

use crate::binaries::Binaries;
use crate::process::{self, Process};
use crate::trouble::Trouble;
use crate::wait::until;

/// An agent that starts reads a short journal.
const RUNS_WITHIN: Duration = Duration::from_secs(30);

/// A printer as its maker describes it.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its name in topics and files.
    pub name: String,
    /// Where its OctoPrint is.
    pub octoprint: String,
    /// The key to it.
    pub key: String,
    /// What G-code it takes.
    pub profile: String,
    /// Who makes sure that its bed is clear.
    pub bed: Bed,
}

/// Who makes sure that a bed is clear before the next print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bed {
    /// The maker says so after each print.
    #[default]
    Ask,
    /// The printer ejects what it printed.
    ClearsItself,
}

/// An agent with its settings and its state. Dropping it kills it.
#[derive(Debug)]
pub struct Agent {
    program: PathBuf,
    folder: PathBuf,
    machines: Vec<Machine>,
    process: Option<Process>,
    trouble: Trouble,
}

impl Agent {
    /// Joins a farm with `machines`; what the agent keeps lies in `folder`. It does not run yet.
    pub async fn enrol(
        binaries: &Binaries,
        folder: &Path,
        invite: &str,
        machines: Vec<Machine>,
    ) -> Result<Self> {
        let agent = Self::enrol_keyless(binaries, folder, invite, machines).await?;
        for machine in &agent.machines {
            agent.ask(&["octoprint-key", &machine.name, &machine.key]).await?;
        }
        Ok(agent)
    }

    /// The same without any key: its printers have names, and print nothing.
    pub async fn enrol_keyless(
        binaries: &Binaries,
        folder: &Path,
        invite: &str,
        machines: Vec<Machine>,
    ) -> Result<Self> {
        let cannot = || format!("cannot prepare {}", folder.display());
        fs::create_dir_all(folder).with_context(cannot)?;
        fs::write(folder.join("agent.toml"), settings(&machines)).with_context(cannot)?;
        let (program, folder) = (binaries.agent.clone(), folder.to_owned());
        let agent = Self { program, folder, machines, process: None, trouble: Trouble::default() };
        agent.ask(&["enrol", invite, "--title", "a maker"]).await?;
        Ok(agent)
    }

    /// Joins a farm with nothing but the invite and the address of an OctoPrint, whose owner has to
    /// allow it meanwhile. Returns what it said as well.
    pub async fn join(
        binaries: &Binaries,
        folder: &Path,
        invite: &str,
        octoprint: &str,
    ) -> Result<(Self, String)> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let (program, folder) = (binaries.agent.clone(), folder.to_owned());
        let agent = Self {
            program,
            folder,
            machines: Vec::new(),
            process: None,
            trouble: Trouble::default(),
        };
        let said = agent.ask(&["enrol", invite, "--octoprint", octoprint]).await?;
        Ok((agent, said))
    }

    /// Copies its memory card into `folder` for a machine beside other printers, as whoever wants a second
    /// one may do. The copy does not run yet.
    pub async fn copied(&self, folder: &Path, machines: Vec<Machine>) -> Result<Self> {
        copy(&self.folder.join("state"), &folder.join("state"))?;
        fs::write(folder.join("agent.toml"), settings(&machines)).context("no settings")?;
        let (program, folder) = (self.program.clone(), folder.to_owned());
        let agent = Self { program, folder, machines, process: None, trouble: Trouble::default() };
        for machine in &agent.machines {
            agent.ask(&["octoprint-key", &machine.name, &machine.key]).await?;
        }
        Ok(agent)
    }

    /// Starts it, and waits until it answers its maker.
    pub async fn start(&mut self) -> Result<()> {
        ensure!(self.process.is_none(), "the agent runs already");
        let log = self.folder.join("agent.log");
        let places = self.places();
        let args: Vec<_> = ["run"].into_iter().chain(places.iter().map(String::as_str)).collect();
        let mut process = Process::start(&self.program, &args, &log, &self.trouble.variables())?;
        until("the agent answers its maker", RUNS_WITHIN, async || {
            Ok(match self.status().await {
                Ok(_) => Some(Ok(())),
                Err(error) => process.must_run().err().map(|ended| Err(ended.context(error))),
            })
        })
        .await??;
        self.process = Some(process);
        Ok(())
    }

    /// Kills it as a power cut does.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.take().context("the agent does not run")?.kill().await
    }

    /// Waits until it has ended by itself, and returns what it logged last.
    pub async fn ended(&mut self) -> Result<String> {
        self.process.take().context("the agent does not run")?.ended().await
    }

    /// Takes its journals away, as a memory card that broke.
    pub fn lose_journals(&self) -> Result<()> {
        let journals = self.folder.join("state").join("journal");
        fs::remove_dir_all(&journals).with_context(|| format!("no {}", journals.display()))
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(&mut self) -> Result<()> {
        let ended = self.process.take().context("the agent does not run")?.stop().await?;
        ensure!(ended.success(), "the agent ended with {ended}");
        Ok(())
    }

    /// Says what befalls it once it is started again.
    pub fn trouble(&mut self) -> &mut Trouble {
        &mut self.trouble
    }

    /// Says whether it has died.
    pub fn has_died(&mut self) -> Result<bool> {
        self.process.as_mut().context("the agent does not run")?.has_ended()
    }

    /// Returns the number of its process.
    pub fn process(&self) -> Result<u32> {
        Ok(self.process.as_ref().context("the agent does not run")?.pid())
    }

    /// Freezes it: its connections stay open, and it says nothing.
    pub fn freeze(&self) -> Result<()> {
        self.process.as_ref().context("the agent does not run")?.freeze()
    }

    /// Lets it go on.
    pub fn thaw(&self) -> Result<()> {
        self.process.as_ref().context("the agent does not run")?.thaw()
    }

    /// Returns what it tells its maker, in words.
    pub async fn says(&self) -> Result<String> {
        self.ask(&["status"]).await
    }

    /// Returns what it tells its maker.
    pub async fn status(&self) -> Result<Status> {
        let answer = self.ask(&["status", "--json"]).await?;
        match serde_json::from_str(&answer).context("an odd status")? {
            Answer::Status(status) => Ok(status),
            other @ (Answer::Done { .. } | Answer::Counted { .. } | Answer::Refused(_)) => {
                bail!("no status but {other:?}")
            }
        }
    }

    /// Returns what it tells its maker of one printer.
    pub async fn report(&self, printer: &str) -> Result<PrinterReport> {
        let reports = self.status().await?.printers;
        let found = reports.into_iter().find(|report| report.status.printer.as_str() == printer);
        found.with_context(|| format!("the agent knows no printer {printer}"))
    }

    /// Returns the address of its maker's page.
    pub async fn page(&self) -> Result<String> {
        match self.status().await?.page {
            Some(PageState::Open { url, .. }) => Ok(url),
            other => bail!("the page is not open but {other:?}"),
        }
    }

    /// Says whether it has a connection to the coordinator.
    pub async fn is_online(&self) -> Result<bool> {
        Ok(self.status().await?.link == LinkState::Online)
    }

    /// Does what a maker does at the bed: takes the pieces off and says so. `good` is how many can
    /// be used, if not all.
    pub async fn bed_clear(&self, printer: &str, good: Option<u32>) -> Result<()> {
        let count = good.map(|good| good.to_string());
        let mut args = vec!["bed-clear", printer];
        if let Some(count) = &count {
            args.extend(["--good", count]);
        }
        self.ask(&args).await.map(drop)
    }

    /// Says how many grams are on the spool of the only printer.
    pub async fn spool(&self, grams: u32) -> Result<()> {
        self.ask(&["spool", &grams.to_string()]).await.map(drop)
    }

    /// Says that the maker has read what the farm wrote.
    pub async fn read(&self) -> Result<()> {
        self.ask(&["read"]).await.map(drop)
    }

    /// Counts the plate before again.
    pub async fn recount(&self, good: u32) -> Result<()> {
        self.ask(&["recount", &good.to_string()]).await.map(drop)
    }

    /// Says that a bed is clear if the agent still waits for that: the page that tells so is a
    /// moment older than the agent.
    pub async fn tap(&self, printer: &str) -> Result<()> {
        let output = self.command(&["bed-clear", printer]).await?;
        match output.status.code() {
            Some(code) if code == Exit::Done as i32 || code == Exit::Refused as i32 => Ok(()),
            Some(_) | None => bail!("bed-clear failed: {output:?}"),
        }
    }

    /// Lets it take no more work.
    pub async fn pause(&self) -> Result<()> {
        self.ask(&["pause"]).await.map(drop)
    }

    /// Lets it take work again.
    pub async fn resume(&self) -> Result<()> {
        self.ask(&["resume"]).await.map(drop)
    }

    /// Runs any command of the maker's and returns what came of it.
    pub async fn command(&self, words: &[&str]) -> Result<Output> {
        let places = self.places();
        let args = [words, &places.each_ref().map(String::as_str)].concat();
        process::run(&self.program, &args).await
    }

    /// Its printers.
    #[must_use]
    pub fn machines(&self) -> &[Machine] {
        &self.machines
    }

    /// The folder with its settings, state and log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns what it got when it joined.
    pub fn membership(&self) -> Result<Membership> {
        let bytes = fs::read(self.credentials_path()).context("the agent has no credentials")?;
        serde_json::from_slice(&bytes).context("odd credentials")
    }

    /// Makes it reach the coordinator by other ports of this machine: each pair is an old one and a
    /// new one.
    pub fn reach_by(&self, ports: &[(u16, u16)]) -> Result<()> {
        let mut membership = self.membership()?;
        let places = &mut membership.credentials.brokers;
        for url in places.iter_mut().chain([&mut membership.origin]) {
            *url = ports.iter().fold(url.clone(), |url, ports| moved_port(&url, *ports));
        }
        let text = serde_json::to_vec(&membership).context("odd credentials")?;
        fs::write(self.credentials_path(), text).context("cannot write the credentials")
    }

    fn credentials_path(&self) -> PathBuf {
        self.folder.join("state").join("credentials.json")
    }

    async fn ask(&self, words: &[&str]) -> Result<String> {
        let places = self.places();
        let args = [words, &places.each_ref().map(String::as_str)].concat();
        process::ask(&self.program, &args).await
    }

    fn places(&self) -> [String; 4] {
        let path = |name: &str| self.folder.join(name).to_string_lossy().into_owned();
        ["--config".to_owned(), path("agent.toml"), "--state".to_owned(), path("state")]
    }
}

/// Copies a folder with the files in it; sockets are none.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let cannot = || format!("cannot copy {}", from.display());
    fs::create_dir_all(to).with_context(cannot)?;
    for entry in fs::read_dir(from).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let (kind, to) = (entry.file_type().with_context(cannot)?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &to)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), to).with_context(cannot)?;
        }
    }
    Ok(())
}

fn moved_port(url: &str, (old, new): (u16, u16)) -> String {
    url.replace(&format!("localhost:{old}"), &format!("localhost:{new}"))
        .replace(&format!("127.0.0.1:{old}"), &format!("127.0.0.1:{new}"))
}

fn settings(machines: &[Machine]) -> String {
    let mut text = String::new();
    for Machine { name, octoprint, profile, bed, key: _ } in machines {
        let bed = match bed {
            Bed::Ask => "ask",
            Bed::ClearsItself => "clears-itself",
        };
        write!(
            text,
            "[[printer]]\nname = {name:?}\noctoprint = {octoprint:?}\nprofile = {profile:?}\nbed = {bed:?}\n\n"
        )
        .expect("text can be appended to");
    }
    text
}
