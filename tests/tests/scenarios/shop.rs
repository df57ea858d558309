//! One agent with its printers and a coordinator, and the questions every scenario ends with.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tempfile::TempDir;
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::End;
use visorfarm_protocol::status::{Activity, PrinterStatus, WaitsFor};
use visorfarm_tests::agent::{Agent, Bed, Machine};
use visorfarm_tests::binaries::Binaries;
use visorfarm_tests::coordinator::{Coordinator, Encryption};
use visorfarm_tests::octoprint::{DEFAULT, OctoPrint, Options, install};
use visorfarm_tests::page::PrinterPage;
use visorfarm_tests::rows::{EntryKind, LeaseRow};
use visorfarm_tests::wait::until;

use crate::door::Door;

/// For a machine that also compiles.
pub(crate) const SOON: Duration = Duration::from_mins(2);

/// What a plate gives.
pub(crate) const PIECES: i64 = 4;

/// What a scenario begins with.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) version: &'static str,
    /// Laid over OctoPrint's settings.
    pub(crate) config: Value,
    pub(crate) printers: usize,
}

impl Default for Opening {
    fn default() -> Self {
        Self { version: DEFAULT, config: json!({}), printers: 1 }
    }
}

/// A maker's place: one agent, and the coordinator it works for.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) coordinator: Coordinator,
    pub(crate) agent: Agent,
    pub(crate) stations: Vec<Station>,
    _folder: TempDir,
}

/// One printer with its OctoPrint.
#[derive(Debug)]
pub(crate) struct Station {
    pub(crate) name: String,
    pub(crate) octoprint: OctoPrint,
    /// Between agent and OctoPrint.
    pub(crate) door: Door,
}

/// What must be true of a lease once all is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict<'a> {
    /// How the coordinator ended it: state and detail.
    pub(crate) lease: (&'a str, &'a str),
    /// Every print under it, with its ordinal.
    pub(crate) prints: &'a [(u32, End)],
    /// What the ledger counts under it.
    pub(crate) counted: i64,
    /// Part of what the agent said of its end.
    pub(crate) note: &'a str,
}

/// A print that nobody can tell the end of, and nobody has looked at yet.
pub(crate) const UNKNOWN: Verdict<'static> =
    Verdict { lease: ("unknown", ""), prints: &[(0, End::Unknown)], counted: 0, note: "" };

impl Verdict<'static> {
    pub(crate) const COMPLETED: Self = Self {
        lease: ("ended", "completed"),
        prints: &[(0, End::Completed)],
        counted: PIECES,
        note: "",
    };

    pub(crate) const fn failed(note: &'static str) -> Self {
        Self { lease: ("ended", "failed"), prints: &[(0, End::Failed)], counted: 0, note }
    }

    pub(crate) const fn cancelled(note: &'static str) -> Self {
        Self { lease: ("ended", "cancelled"), prints: &[(0, End::Cancelled)], counted: 0, note }
    }

    /// Given back without a print.
    pub(crate) const fn returned(note: &'static str) -> Self {
        Self { lease: ("returned", "printer"), prints: &[], counted: 0, note }
    }
}

impl Shop {
    /// Starts all of it. Beds are confirmed clear, and nothing is asked for yet.
    pub(crate) async fn open(opening: Opening) -> Self {
        let shop = Self::closed(opening).await.unwrap();
        shop.started().await
    }

    /// Prepares all of it; the agent does not run yet.
    pub(crate) async fn closed(opening: Opening) -> Result<Self> {
        let binaries = Binaries::find()?;
        let folder = tempfile::tempdir()?;
        let (coordinator, stations) = tokio::try_join!(
            Coordinator::start(&binaries, folder.path(), Encryption::Own),
            try_join_all((1..=opening.printers).map(|number| Station::open(&opening, number))),
        )?;
        let machines = stations.iter().map(Station::machine).collect();
        let invite = coordinator.invite("a maker").await?;
        let agent =
            Agent::enrol(&binaries, &folder.path().join("agent"), &invite, machines).await?;
        Ok(Self { coordinator, agent, stations, _folder: folder })
    }

    /// Prepares a place whose maker has joined as the README says, with nothing but the invite and
    /// the address of OctoPrint, and calls the printer `model` there. Returns what the agent said.
    pub(crate) async fn joined(model: &str) -> Result<(Self, String)> {
        let binaries = Binaries::find()?;
        let folder = tempfile::tempdir()?;
        let opening = Opening::default();
        let (coordinator, mut station) = tokio::try_join!(
            Coordinator::start(&binaries, folder.path(), Encryption::Own),
            Station::open(&opening, 1),
        )?;
        "printer".clone_into(&mut station.name);
        station.calls_its_printer(model).await;
        let invite = coordinator.invite("a maker").await?;
        let place = folder.path().join("agent");
        let url = station.door.url();
        let joins = Agent::join(&binaries, &place, &invite, &url);
        let (joined, ()) = tokio::join!(joins, station.allows());
        let (agent, said) = joined?;
        Ok((Self { coordinator, agent, stations: vec![station], _folder: folder }, said))
    }

    /// Starts the agent and confirms that the beds are clear.
    pub(crate) async fn started(mut self) -> Self {
        self.agent.start().await.unwrap();
        for station in &self.stations {
            self.agent.bed_clear(&station.name, None).await.unwrap();
        }
        self
    }

    /// Publishes `gcode` as a design and asks for `plates` of it.
    pub(crate) async fn wants(&self, plates: i64, gcode: &str) {
        let folder = self.coordinator.designs().join("band").join("r1");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("ender3.toml"), format!("pieces = {PIECES}\n")).unwrap();
        fs::write(folder.join("ender3.gcode"), gcode).unwrap();
        self.until("the design is published", async || {
            let designs = self.coordinator.published().await?;
            Ok(designs.items.iter().any(|row| row.design == "band").then_some(()))
        })
        .await;
        self.coordinator.request("band", plates * PIECES).await.unwrap();
    }

    /// The only printer.
    pub(crate) fn station(&self) -> &Station {
        &self.stations[0]
    }

    /// Waits for the lease that was given as number `count`.
    pub(crate) async fn lease(&self, count: usize) -> LeaseId {
        self.until(&format!("lease {count} is given"), async || {
            Ok(self.coordinator.leases().await?.get(count - 1).map(|row| row.id))
        })
        .await
    }

    /// Waits until the first printer prints the lease given as number `count`.
    pub(crate) async fn printing(&self, count: usize) -> LeaseId {
        let lease = self.lease(count).await;
        let holds = |status: &PrinterStatus| {
            status.activity == Activity::Printing && status.lease == Some(lease)
        };
        self.tells("that it prints", holds).await;
        // Until then OctoPrint takes a pause or a fault for something else.
        self.until("OctoPrint sends the file", async || {
            Ok((self.station().state().await == "Printing").then_some(()))
        })
        .await;
        lease
    }

    /// Waits until the first printer prints, and returns under which lease.
    pub(crate) async fn prints_now(&self) -> LeaseId {
        let printing = |status: &PrinterStatus| status.activity == Activity::Printing;
        let status = self.tells("that it prints", printing).await;
        status.lease.expect("what the farm has printed is under a lease")
    }

    /// Waits until the agent tells of its first printer what `looks` accepts.
    pub(crate) async fn tells(
        &self,
        what: &str,
        looks: impl Fn(&PrinterStatus) -> bool,
    ) -> PrinterStatus {
        self.until(&format!("the agent tells {what}"), async || {
            let status = self.agent.report(&self.station().name).await?.status;
            Ok(looks(&status).then_some(status))
        })
        .await
    }

    /// Waits until agent and coordinator both say this of a printer.
    pub(crate) async fn shows(
        &self,
        station: &Station,
        activity: Activity,
        waits_for: Option<WaitsFor>,
    ) {
        let what = format!("{} is {activity:?} and waits for {waits_for:?}", station.name);
        self.until(&format!("its maker sees that {what}"), async || {
            let status = self.agent.report(&station.name).await?.status;
            Ok(((status.activity, status.waits_for) == (activity, waits_for)).then_some(()))
        })
        .await;
        self.until(&format!("the farm sees that {what}"), async || {
            let rows = self.coordinator.printers().await?;
            let row = rows.iter().find(|row| row.printer.as_str() == station.name);
            let row = row.context("the coordinator knows no such printer")?;
            Ok(((row.activity, row.waits_for) == (Some(activity), waits_for)).then_some(()))
        })
        .await;
    }

    /// Waits until the farm's page on a printer says what it does, and what a person should do.
    pub(crate) async fn reads(&self, station: &Station, (doing, advice): (&str, &str)) {
        let expected = PrinterPage { doing: doing.to_owned(), advice: Some(advice.to_owned()) };
        self.until(&format!("the page on {} says {expected:?}", station.name), async || {
            let rows = self.coordinator.printers().await?;
            let row = rows.iter().find(|row| row.printer.as_str() == station.name);
            let row = row.context("the coordinator knows no such printer")?;
            Ok((self.coordinator.printer_page(row).await? == expected).then_some(()))
        })
        .await;
    }

    /// Waits until a lease is over, and asks everyone how it went.
    pub(crate) async fn check(&self, lease: LeaseId, verdict: Verdict<'_>) {
        let row = self
            .until(&format!("{lease} is {:?}", verdict.lease), async || {
                let row = self.row(lease).await?;
                let state = (row.state.as_str(), row.detail.as_deref().unwrap_or_default());
                Ok((state == verdict.lease).then_some(row))
            })
            .await;
        assert!(row.note.contains(verdict.note), "{lease} ended with {:?}", row.note);
        self.until(&format!("every fact on {lease} is told"), async || {
            Ok((self.agent.status().await?.facts_untold == 0).then_some(()))
        })
        .await;
        let outcomes = self.coordinator.outcomes().await.unwrap();
        let of_it = outcomes.iter().filter(|outcome| outcome.lease == lease);
        let prints: Vec<_> = of_it.map(|outcome| (outcome.ordinal, outcome.end)).collect();
        assert_eq!(prints, verdict.prints, "{lease}");
        let ledger = self.coordinator.ledger().await.unwrap();
        let entries = ledger
            .iter()
            .filter(|entry| entry.lease == Some(lease) && entry.kind == EntryKind::Printed);
        assert_eq!(entries.map(|entry| entry.pieces).sum::<i64>(), verdict.counted, "{lease}");
        let path = path_of(lease);
        let orders: usize =
            self.stations.iter().map(|station| station.door.orders_for(&path)).sum();
        let ordered = usize::from(!verdict.prints.is_empty());
        assert!(ordered <= orders && orders <= 1, "{lease} was ordered {orders} times");
        self.coordinator.check().await.unwrap();
    }

    /// Ends a scenario: so much is counted, nothing is untold or odd, and nothing is stuck.
    pub(crate) async fn counted(&self, pieces: i64) {
        self.until(&format!("{pieces} pieces are counted"), async || {
            let totals = self.coordinator.farm().await?.totals;
            Ok((totals.printed == pieces && totals.in_flight == 0).then_some(()))
        })
        .await;
        let farm = self.coordinator.farm().await.unwrap();
        assert_eq!(farm.totals.printed, pieces);
        assert_eq!(self.coordinator.ledger_sum(EntryKind::Printed).await.unwrap(), pieces);
        let anomalies = self.coordinator.anomalies().await.unwrap();
        assert!(anomalies.is_empty(), "{anomalies:?}");
        self.coordinator.check().await.unwrap();
    }

    /// Clears the bed, lets the next lease (number `count`) be printed to its end, and checks it.
    pub(crate) async fn prints_again(&self, count: usize) {
        self.clears_bed(None).await;
        let lease = self.lease(count).await;
        self.check(lease, Verdict::COMPLETED).await;
    }

    /// The maker clears the first printer's bed once that is asked for.
    pub(crate) async fn clears_bed(&self, good: Option<u32>) {
        let asked = |status: &PrinterStatus| {
            matches!(status.waits_for, Some(WaitsFor::BedClear | WaitsFor::Look))
        };
        self.tells("that it waits for its bed", asked).await;
        self.agent.bed_clear(&self.station().name, good).await.unwrap();
    }

    /// The maker looks after the first printer until so much is counted.
    pub(crate) async fn tended(&self, pieces: i64) {
        self.until(&format!("{pieces} pieces are counted"), async || {
            self.tends().await;
            let totals = self.coordinator.farm().await?.totals;
            Ok((totals.printed == pieces && totals.in_flight == 0).then_some(()))
        })
        .await;
        self.counted(pieces).await;
    }

    /// The maker clears the first printer's bed if that is asked for. Nothing of ours is on a bed
    /// that must be looked at.
    pub(crate) async fn tends(&self) {
        let name = &self.station().name;
        let good = match self.agent.report(name).await.unwrap().status.waits_for {
            Some(WaitsFor::BedClear) => None,
            Some(WaitsFor::Look) => Some(0),
            _ => return,
        };
        self.agent.bed_clear(name, good).await.unwrap();
    }

    /// What the agent has written into its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.agent.folder().join("agent.log")).unwrap_or_default()
    }

    /// The maker's settings file.
    pub(crate) fn settings(&self) -> PathBuf {
        self.agent.folder().join("agent.toml")
    }

    /// Waits for what `look` finds. If it takes too long, tells how everything is.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        look: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> T {
        match until(what, SOON, look).await {
            Ok(found) => found,
            Err(error) => panic!("{error:#}\n{}", self.dump().await),
        }
    }

    async fn row(&self, lease: LeaseId) -> Result<LeaseRow> {
        let rows = self.coordinator.leases().await?;
        rows.into_iter().find(|row| row.id == lease).context("there is no such lease")
    }

    async fn dump(&self) -> String {
        let mut lines = vec![
            format!("{:?}", self.coordinator.farm().await),
            format!("{:?}", self.coordinator.leases().await),
            format!("{:?}", self.coordinator.outcomes().await),
            format!("{:?}", self.agent.status().await),
        ];
        for station in &self.stations {
            lines.push(format!("{:?}", station.octoprint.get("/api/job").await));
        }
        lines.join("\n")
    }
}

impl Station {
    async fn open(opening: &Opening, number: usize) -> Result<Self> {
        let venv = install(opening.version).await?;
        let config = Some(opening.config.clone());
        let octoprint = OctoPrint::start(&venv, Options { config, ..Options::default() }).await?;
        let door = Door::before(octoprint.port()).await?;
        Ok(Self { name: format!("printer-{number}"), octoprint, door })
    }

    fn machine(&self) -> Machine {
        Machine {
            name: self.name.clone(),
            octoprint: self.door.url(),
            key: self.octoprint.api_key().to_owned(),
            profile: "ender3".to_owned(),
            bed: Bed::Ask,
        }
    }

    /// The owner writes into OctoPrint which model the printer is.
    async fn calls_its_printer(&self, model: &str) {
        let answer = reqwest::Client::new()
            .patch(format!("{}/api/printerprofiles/_default", self.octoprint.url()))
            .header("X-Api-Key", self.octoprint.api_key())
            .json(&json!({ "profile": { "model": model } }))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200);
    }

    /// The owner clicks "Allow" once somebody asks for a key.
    async fn allows(&self) {
        let token = until("somebody asks for a key", SOON, async || {
            let (_, state) = self.octoprint.get("/api/plugin/appkeys").await?;
            let pending = &state["pending"];
            let asked = pending.as_object().and_then(|asked| asked.values().next());
            let asked = asked.or_else(|| pending.get(0));
            Ok(asked.and_then(|asked| asked["user_token"].as_str().map(str::to_owned)))
        })
        .await
        .unwrap();
        let decision = format!("/plugin/appkeys/decision/{token}");
        self.octoprint.command(&decision, &json!({ "decision": true })).await.unwrap();
    }

    /// A person presses a button on OctoPrint's page.
    pub(crate) async fn job(&self, command: &str) {
        self.octoprint.command("/api/job", &json!({ "command": command })).await.unwrap();
    }

    /// A person pauses the print, and waits until it is: until then OctoPrint would ignore a resume.
    pub(crate) async fn pauses(&self) {
        let pause = json!({ "command": "pause", "action": "pause" });
        self.octoprint.command("/api/job", &pause).await.unwrap();
        let paused = async || Ok((self.state().await == "Paused").then_some(()));
        until("the print is paused", SOON, paused).await.unwrap();
    }

    /// A person connects or disconnects the printer on OctoPrint's page.
    pub(crate) async fn connection(&self, command: &str) {
        self.octoprint.command("/api/connection", &json!({ "command": command })).await.unwrap();
    }

    /// Connects the printer again after a fault, and waits until it is.
    pub(crate) async fn reconnect(&self) {
        until("the printer is connected again", SOON, async || {
            let (_, connection) = self.octoprint.get("/api/connection").await?;
            if connection["current"]["state"] == "Operational" {
                return Ok(Some(()));
            }
            self.octoprint.command("/api/connection", &json!({ "command": "connect" })).await?;
            Ok(None)
        })
        .await
        .unwrap();
    }

    /// A slicer sends a file and has it printed at once. It is not told whether that was done.
    pub(crate) async fn uploads_and_prints(&self, name: String, gcode: String) {
        let form = Form::new().text("print", "true");
        assert_eq!(self.sends(form, name, gcode).await, 201);
    }

    /// The owner uploads a file over the one of a lease, and returns OctoPrint's status.
    pub(crate) async fn replaces(&self, lease: LeaseId, gcode: String) -> u16 {
        let form = Form::new().text("path", "visorfarm");
        self.sends(form, format!("{lease}.gcode"), gcode).await
    }

    async fn sends(&self, form: Form, name: String, gcode: String) -> u16 {
        let part = Part::bytes(gcode.into_bytes()).file_name(name);
        let answer = reqwest::Client::new()
            .post(format!("{}/api/files/local", self.octoprint.url()))
            .header("X-Api-Key", self.octoprint.api_key())
            .multipart(form.part("file", part))
            .send()
            .await
            .unwrap();
        answer.status().as_u16()
    }

    /// What OctoPrint's own page shows as the state.
    pub(crate) async fn state(&self) -> String {
        let (_, job) = self.octoprint.get("/api/job").await.unwrap();
        job["state"].as_str().unwrap_or_default().to_owned()
    }
}

/// Where the agent keeps a lease's file in OctoPrint.
pub(crate) fn path_of(lease: LeaseId) -> String {
    format!("visorfarm/{lease}.gcode")
}
