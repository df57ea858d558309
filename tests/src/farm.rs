//! A whole farm on this machine: a coordinator, agents, and a real OctoPrint for each printer.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use tempfile::TempDir;
use visorfarm_protocol::status::WaitsFor;

use crate::agent::{Agent, Bed, Machine};
use crate::binaries::Binaries;
use crate::coordinator::{Coordinator, Encryption, Ports};
use crate::octoprint::{self, OctoPrint};
use crate::proxy::{Proxy, Weather};
use crate::rows::EntryKind;
use crate::wait::until;

/// The coordinator takes a dropped file once it stays the same for a while.
const PUBLISHED_WITHIN: Duration = Duration::from_secs(30);

/// What a farm is made of.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many printers each agent serves.
    pub agents: Vec<usize>,
    /// Who makes sure that their beds are clear.
    pub bed: Bed,
    /// Whether connections are encrypted.
    pub encryption: Encryption,
    /// What lies between agents and coordinator.
    pub network: Network,
    /// How many percent of its programmed speed a virtual printer moves at; all of it if not said.
    pub speed: Option<u32>,
    /// What G-code the printers take.
    pub profile: String,
    /// Where everything is kept. Without one it is gone with the farm.
    pub folder: Option<PathBuf>,
}

/// What lies between agents and coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Nothing.
    Direct,
    /// Proxies that can be told to cut, stall and slow down.
    Proxied,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            agents: vec![1],
            bed: Bed::Ask,
            encryption: Encryption::Own,
            network: Network::Direct,
            speed: None,
            profile: "ender3".to_owned(),
            folder: None,
        }
    }
}

/// A running farm. Dropping it ends everything in it.
#[derive(Debug)]
pub struct Farm {
    /// In the order of the plan.
    pub agents: Vec<Agent>,
    /// Who decides and counts.
    pub coordinator: Coordinator,
    /// One for each printer: those of the first agent first.
    pub octoprints: Vec<OctoPrint>,
    /// What lies between agents and coordinator, if something does.
    pub proxies: Vec<Proxy>,
    binaries: Binaries,
    folder: Folder,
}

/// What was asked for, and what came of it according to everyone who counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Pieces asked for.
    pub asked: i64,
    /// Pieces that the pages show as printed.
    pub shown: i64,
    /// The sum over the ledger's lines.
    pub ledger: i64,
    /// Plates that the OctoPrint servers say they finished.
    pub plates: u64,
}

/// Where everything is kept.
#[derive(Debug)]
enum Folder {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Farm {
    /// Starts all of it. Beds are not confirmed clear yet, nothing is published.
    pub async fn start(plan: Plan) -> Result<Self> {
        let binaries = Binaries::find()?;
        let folder = match &plan.folder {
            Some(path) => Folder::Kept(path.clone()),
            None => Folder::Temporary(tempfile::tempdir().context("cannot make a folder")?),
        };
        let printers = plan.agents.iter().sum();
        let (coordinator, octoprints) = tokio::try_join!(
            Coordinator::start(&binaries, folder.path(), plan.encryption),
            start_octoprints(&folder, printers, plan.speed),
        )?;
        let Ports { http, mqtt } = coordinator.ports();
        let proxies = match plan.network {
            Network::Direct => Vec::new(),
            Network::Proxied => vec![Proxy::to(http).await?, Proxy::to(mqtt).await?],
        };
        let agents = Vec::new();
        let mut farm = Self { agents, coordinator, octoprints, proxies, binaries, folder };
        farm.enrol(&plan).await?;
        try_join_all(farm.agents.iter_mut().map(Agent::start)).await?;
        Ok(farm)
    }

    /// Publishes a design through the drop folder, and waits until it can be asked for.
    pub async fn publish(&self, design: &str, gcode: &str, pieces: u32) -> Result<()> {
        for profile in ["ender3", "generic"] {
            self.drop_in(design, &format!("{profile}.toml"), format!("pieces = {pieces}\n"))?;
            self.drop_in(design, &format!("{profile}.gcode"), gcode)?;
        }
        self.published(design).await
    }

    /// Writes a file into the first revision of `design` in the drop folder.
    pub fn drop_in(&self, design: &str, name: &str, content: impl AsRef<[u8]>) -> Result<()> {
        let folder = self.coordinator.designs().join(design).join("r1");
        let file = folder.join(name);
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&file, content))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    /// Waits until `design` can be asked for.
    pub async fn published(&self, design: &str) -> Result<()> {
        self.until(&format!("{design} is published"), PUBLISHED_WITHIN, async || {
            let designs = self.coordinator.published().await?;
            Ok(designs.items.iter().any(|row| row.design == design).then_some(()))
        })
        .await
    }

    /// Says for every printer that its bed is clear, as its maker does before the first print.
    pub async fn clear_beds(&self) -> Result<()> {
        try_join_all(self.agents.iter().map(|agent| async move {
            for machine in agent.machines() {
                let clear = async || Ok(Some(agent.bed_clear(&machine.name, None).await?));
                until("the bed is confirmed clear", PUBLISHED_WITHIN, clear).await?;
            }
            Ok(())
        }))
        .await
        .map(drop)
    }

    /// Does what makers do: takes finished plates off the beds and says so. Plates that nobody knows
    /// the end of are left alone.
    pub async fn tend(&self) -> Result<()> {
        for row in self.coordinator.printers().await? {
            if row.waits_for == Some(WaitsFor::BedClear) {
                let name = row.printer.as_str();
                let of_it = |agent: &&Agent| agent.machines().iter().any(|m| m.name == name);
                let agent = self.agents.iter().find(of_it).context("a printer without an agent")?;
                agent.tap(name).await?;
            }
        }
        Ok(())
    }

    /// Waits until `pieces` are counted and no printer holds a plate; tends the beds meanwhile.
    pub async fn until_counted(&self, pieces: i64, within: Duration) -> Result<()> {
        self.until(&format!("{pieces} pieces are counted"), within, async || {
            self.tend().await?;
            let totals = self.coordinator.farm().await?.totals;
            Ok((pieces <= totals.printed && totals.in_flight == 0).then_some(()))
        })
        .await
    }

    /// Returns what everyone who counts says.
    pub async fn audit(&self) -> Result<Audit> {
        let totals = self.coordinator.farm().await?.totals;
        let ledger = self.coordinator.ledger_sum(EntryKind::Printed).await?;
        let plates = self.octoprints.iter().map(OctoPrint::finished).sum::<Result<u64>>()?;
        Ok(Audit { asked: totals.wanted, shown: totals.printed, ledger, plates })
    }

    /// Waits for what `look` finds. If it takes too long, the error tells how everything is.
    pub async fn until<T>(
        &self,
        what: &str,
        within: Duration,
        look: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        match until(what, within, look).await {
            Ok(found) => Ok(found),
            Err(error) => Err(error.context(self.dump().await)),
        }
    }

    /// Lets another agent join, which is not started and not tended.
    pub async fn join(&self, name: &str, machines: Vec<Machine>) -> Result<Agent> {
        let invite = self.coordinator.invite(name).await?;
        let folder = self.folder.path().join(name);
        Agent::enrol(&self.binaries, &folder, &invite, machines).await
    }

    /// Changes the weather between agents and coordinator.
    pub fn weather(&self, weather: Weather) {
        assert!(!self.proxies.is_empty(), "there are no proxies in this farm");
        for proxy in &self.proxies {
            proxy.set(weather);
        }
    }

    async fn enrol(&mut self, plan: &Plan) -> Result<()> {
        let mut machines = self.octoprints.iter().enumerate().map(|(index, octoprint)| Machine {
            name: format!("printer-{}", index + 1),
            octoprint: octoprint.url(),
            key: octoprint.api_key().to_owned(),
            profile: plan.profile.clone(),
            bed: plan.bed,
        });
        let mut agents = Vec::new();
        for (index, printers) in plan.agents.iter().enumerate() {
            let machines = machines.by_ref().take(*printers).collect();
            let agent = self.join(&format!("agent-{}", index + 1), machines).await?;
            if let [http, mqtt] = &self.proxies[..] {
                let ports = self.coordinator.ports();
                agent.reach_by(&[(ports.http, http.port()), (ports.mqtt, mqtt.port())])?;
            }
            agents.push(agent);
        }
        drop(machines);
        self.agents = agents;
        Ok(())
    }

    /// Returns how everything is, for a person who wonders why a test failed.
    async fn dump(&self) -> String {
        let mut text = String::from("the farm stands like this:\n");
        let mut add = |what: String| writeln!(text, "  {what}").expect("text can be appended to");
        add(format!("{:?}", self.coordinator.farm().await));
        for row in self.coordinator.printers().await.unwrap_or_default() {
            add(format!("{row:?}"));
        }
        for row in self.coordinator.leases().await.unwrap_or_default() {
            add(format!("{row:?}"));
        }
        for row in self.coordinator.anomalies().await.unwrap_or_default() {
            add(format!("{row:?}"));
        }
        for agent in &self.agents {
            add(format!("{:?}", agent.status().await));
        }
        for octoprint in &self.octoprints {
            let job = octoprint.get("/api/job").await.map(|(_, job)| job.to_string());
            add(format!(
                "{} has finished {:?}, now {job:?}",
                octoprint.url(),
                octoprint.finished()
            ));
        }
        text
    }
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

async fn start_octoprints(
    folder: &Folder,
    printers: usize,
    speed: Option<u32>,
) -> Result<Vec<OctoPrint>> {
    let venv = octoprint::install(octoprint::DEFAULT).await?;
    let starts = (1..=printers).map(|number| {
        let basedir = Some(folder.path().join(format!("octoprint-{number}")));
        let options = octoprint::Options { speed, basedir, ..octoprint::Options::default() };
        OctoPrint::start(&venv, options)
    });
    try_join_all(starts).await
}
