//! A maker's own page, with a printer in each state that a page can be in at once: the agent's real page,
//! and behind it nobody but a list. For pictures, and for tests in a browser.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use visorfarm_agent::clock::{self, Clock};
use visorfarm_agent::config::page::Listen;
use visorfarm_agent::local::{
    Answer, Asked, Happened, LinkState, PageState, PlateReport, PrinterReport, Refusal, Request,
    Status, Tally,
};
use visorfarm_agent::memos::Memo;
use visorfarm_agent::page::{Page, Surroundings};
use visorfarm_agent::state_dir::StateDir;
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{Epoch, JobId, LeaseId, MemoId, RequestId};
use visorfarm_protocol::message::{End, Fact, Plate};
use visorfarm_protocol::status::{
    Activity, Bed, Cause, Consent, PrinterCard, PrinterStatus, WaitsFor,
};

/// A name as long as names may be.
const LONG: &str =
    "Imprimante de la salle polyvalente Simone‑Veil, à côté de la machine à café du deuxième étage";

/// A page of many printers. Dropping it ends it.
pub struct Maker {
    url: String,
    _page: Page,
    _agent: JoinSet<()>,
    _folder: TempDir,
}

impl Maker {
    /// Opens the page on this machine.
    pub async fn open() -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder")?;
        let config = folder.path().join("agent.toml");
        let printers = printers();
        std::fs::write(&config, settings(&printers)).context("cannot write settings")?;
        let (asks, requests) = mpsc::channel(1);
        let mut agent = JoinSet::new();
        agent.spawn(tell(requests, status(printers)));
        let state = StateDir::open(&folder.path().join("state"))?;
        let surroundings = Surroundings { asks, state, config, clock: Clock::start() };
        let page = Page::open(Listen::At(([127, 0, 0, 1], 0).into()), surroundings);
        let url = loop {
            match page.state() {
                PageState::Open { url, .. } => break url,
                PageState::Starting => tokio::task::yield_now().await,
                other @ (PageState::Off | PageState::Failed { .. }) => bail!("{other:?}"),
            }
        };
        Ok(Self { url, _page: page, _agent: agent, _folder: folder })
    }

    /// Returns where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Tells how everything is, and does nothing.
async fn tell(mut requests: mpsc::Receiver<Asked>, status: Status) {
    while let Some((request, reply)) = requests.recv().await {
        let answer = match request {
            Request::Status => Answer::Status(status.clone()),
            Request::BedClear { .. }
            | Request::Recount { .. }
            | Request::Spool { .. }
            | Request::Read { .. }
            | Request::Pause { .. }
            | Request::Resume { .. } => Answer::Refused(Refusal::NotNow),
        };
        // Whoever asked may have gone.
        reply.send(answer).ok();
    }
}

fn settings(printers: &[PrinterReport]) -> String {
    let mut settings = String::new();
    for printer in printers {
        let name = &printer.status.printer;
        write!(settings, "[[printer]]\nname = \"{name}\"\noctoprint = \"http://localhost:1\"\nprofile = \"ender3\"\n")
            .expect("writing to a string cannot fail");
    }
    settings
}

fn status(printers: Vec<PrinterReport>) -> Status {
    let text = "Merci ! Pourriez-vous garder les pièces de cette semaine à part ?".to_owned();
    Status {
        software: "visorfarm-agent 0.1.0".to_owned(),
        link: LinkState::Offline { why: "the connection was refused (os error 111)".to_owned() },
        facts_untold: 1,
        config_error: Some("agent.toml, line 14: unknown field `hour`".to_owned()),
        page: None,
        letters: None,
        memos: vec![Memo { memo: MemoId(1), text, at: clock::unix_seconds() - 600 }],
        printers,
    }
}

/// Returns a printer in each state.
fn printers() -> Vec<PrinterReport> {
    let ended = |name, title, end, waits_for| {
        let mut report = waits(name, title, waits_for);
        let activity = if end == End::Unknown { Activity::Unknown } else { Activity::Idle };
        (report.status.activity, report.status.bed) = (activity, Bed::Occupied);
        (report.on_bed, report.last) = (Some(plate(end)), Some(plate(end)));
        report
    };
    let mut empty = waits("empty", "Artillery", WaitsFor::Filament);
    empty.status.filament_left_grams = Some(0);
    let mut keyless = waits("keyless", "Kossel", WaitsFor::Key);
    keyless.status.fault = Some(Cause::KeyRefused.sentence().to_owned());
    let mut faulted = waits("faulted", "Voron", WaitsFor::Printer);
    faulted.status.activity = Activity::Faulted;
    faulted.status.fault = Some("Error:Heating failed, system stopped! Heater_ID: 0".to_owned());
    let mut new = waits("new", "Prusa XL", WaitsFor::BedClear);
    (new.status.bed, new.last) = (Bed::Occupied, None);
    let mut paused = waits("paused", "Anycubic", WaitsFor::Resume);
    paused.paused = true;
    vec![
        printing("printing", LONG),
        ended("done", "Ender 3 du grenier", End::Completed, WaitsFor::BedClear),
        ended("failed", "Prusa MK3S", End::Failed, WaitsFor::BedClear),
        ended("unknown", "Ender 3 S1", End::Unknown, WaitsFor::Look),
        empty,
        keyless,
        waits("copied", "Prusa MINI", WaitsFor::Copied),
        faulted,
        new,
        paused,
        waits("full", "CORE One", WaitsFor::Disk),
        ready("ready", "FLSun QQS"),
    ]
}

fn ready(name: &str, title: &str) -> PrinterReport {
    let status = PrinterStatus {
        printer: name.parse().expect("a name"),
        activity: Activity::Idle,
        bed: Bed::Clear,
        waits_for: None,
        lease: None,
        fraction: None,
        seconds_left: None,
        nozzle_celsius: Some(23.0),
        bed_celsius: Some(22.0),
        filament_left_grams: Some(640),
        fault: None,
    };
    let card = PrinterCard {
        printer: status.printer.clone(),
        title: title.to_owned(),
        profile: "ender3".parse().expect("a name"),
        octoprint: Some("OctoPrint 1.11.8".to_owned()),
        place: Some("Villeurbanne".to_owned()),
        consent: Some(Consent::default()),
    };
    let (good, purpose) = (Some(3), Some("CHU Lyon, réanimation".to_owned()));
    PrinterReport {
        title: title.to_owned(),
        status,
        purpose: None,
        plate: None,
        paused: false,
        short_of_grams: None,
        since: None,
        on_bed: None,
        last: Some(PlateReport { good, purpose, ..plate(End::Completed) }),
        printed: (1..8).map(tally).collect(),
        card: Some(card),
        happened: (0..8).map(happened).collect(),
    }
}

fn waits(name: &str, title: &str, waits_for: WaitsFor) -> PrinterReport {
    let mut report = ready(name, title);
    report.status.waits_for = Some(waits_for);
    report
}

fn printing(name: &str, title: &str) -> PrinterReport {
    let mut report = ready(name, title);
    let status = &mut report.status;
    (status.activity, status.bed) = (Activity::Printing, Bed::Occupied);
    (status.lease, status.fraction, status.seconds_left) =
        (Some(lease(8)), Some(0.42), Some(93_000));
    (status.nozzle_celsius, status.bed_celsius) = (Some(240.0), Some(80.0));
    report.plate = Some(plate_of(12));
    report.purpose = Some("Établissement d’hébergement pour personnes âgées dépendantes Les Tilleuls, Bourg-en-Bresse".to_owned());
    report
}

fn lease(number: u64) -> LeaseId {
    LeaseId { epoch: Epoch(1_774_310_400), number }
}

fn plate_of(pieces: u32) -> Plate {
    Plate {
        request: RequestId(12),
        job: JobId(2),
        design: "visor-band".parse().expect("a name"),
        revision: "r3".parse().expect("a name"),
        profile: "ender3".parse().expect("a name"),
        digest: Digest([0; 32]),
        pieces,
    }
}

fn plate(end: End) -> PlateReport {
    let purpose = Some("CHU Lyon, réanimation".to_owned());
    PlateReport { lease: lease(7), ordinal: 0, plate: plate_of(4), end, good: None, purpose }
}

fn tally(request: u64) -> Tally {
    let purpose = Some(format!("Centre hospitalier intercommunal {request}, service des urgences"));
    let design = "visor-band".parse().expect("a name");
    Tally { request: RequestId(request), purpose, design, plates: 9, pieces: 36, good: 31, bad: 1 }
}

fn happened(hours: u64) -> Happened {
    let at = clock::unix_seconds() - (8 - hours) * 3600;
    let fact = match hours % 3 {
        0 => Fact::Accepted { lease: lease(hours) },
        1 => Fact::Started { lease: lease(hours), plate: None },
        _ => Fact::Judged { lease: lease(hours), ordinal: 0, good: 3, bad: 1 },
    };
    Happened { at, fact }
}
