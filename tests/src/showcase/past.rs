//! What happened before anybody looks: weeks of prints, decided by the real dispatcher at times that
//! are long over, and committed by the real store.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chrono::DateTime;
use sha2::{Digest as _, Sha256};
use visorfarm_coordinator::accounts::{Accounts, INVITE_VALID_FOR};
use visorfarm_coordinator::clock::Timestamp;
use visorfarm_coordinator::dispatch::{
    Answer, Change, Channel, Day, Dispatcher, Event, NewRequest, Priority, Publication, Rank, Slice,
};
use visorfarm_coordinator::store::{FILE_NAME, Store};
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::enrol::Credentials;
use visorfarm_protocol::id::{FarmId, PrinterId};
use visorfarm_protocol::message::{Ask, Down, End, Fact, Grant, Hello, Numbered, Up};
use visorfarm_protocol::status::PrinterCard;

use super::Showcase;
use super::cast::{self, Machine, Maker, Plight};

const FARM: &str = "visors";
const HOUR: u64 = 3600;

/// A household as the past leaves it.
#[derive(Clone)]
pub(super) struct Household {
    pub(super) credentials: Credentials,
    pub(super) printers: Vec<Printer>,
}

/// A printer as the past leaves it.
#[derive(Clone, Debug)]
pub(super) struct Printer {
    pub(super) card: PrinterCard,
    pub(super) machine: Machine,
    pub(super) at: Phase,
    pub(super) seq: u64,
    pub(super) asks: u64,
}

/// What a printer is at.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    Idle,
    Prints {
        grant: Box<Grant>,
        from: Timestamp,
        to: Timestamp,
    },
    /// The plate is on the bed.
    Done {
        grant: Box<Grant>,
    },
}

/// The farm while its past is made.
pub(super) struct Past {
    store: Store,
    farm: Dispatcher,
    now: Timestamp,
    random: u64,
    households: Vec<Household>,
    grants: Vec<(usize, Box<Grant>)>,
    /// What is to be committed.
    changes: Vec<Change>,
}

/// Returns a farm that fits on one screen, after two weeks of work.
pub(super) fn workshop(data: &Path, now: Timestamp) -> Result<Vec<Household>> {
    let mut past = Past::open(data, now - days(15))?;
    past.join(data, cast::workshop())?;
    past.publish(data, "visor-band", "r1", Channel::Clinical, days(14))?;
    past.publish(data, "ear-saver", "r1", Channel::Validated, days(14))?;
    let asked = [
        (14, "visor-band", 120, "CHU Grenoble-Alpes, urgences"),
        (13, "ear-saver", 300, "EHPAD Les Tilleuls, Voiron"),
        (9, "visor-band", 240, "Hôpital de la Croix-Rousse"),
        (3, "ear-saver", 64, "Infirmières libérales, Chambéry"),
    ];
    let mut asked = asked.into_iter().peekable();
    for day in (0..15).rev() {
        while let Some((_, design, pieces, title)) = asked.next_if(|(at, ..)| *at == day) {
            past.ask(design, pieces, title)?;
        }
        if day == 6 {
            past.publish(data, "visor-band", "r2", Channel::Validated, Duration::ZERO)?;
            past.withdraw("visor-band", "r1", "the band breaks at the clip")?;
            past.publish(data, "visor-band", "r3", Channel::Prototype, Duration::ZERO)?;
        }
        if day == 1 {
            past.ask_for_more()?;
        }
        past.run_until(now - days(day))?;
    }
    Ok(past.households)
}
/// Returns a farm of many printers, most of which just began to print.
pub(super) fn crowd(data: &Path, now: Timestamp, printers: usize) -> Result<Vec<Household>> {
    let mut past = Past::open(data, now - Duration::from_hours(7))?;
    past.join(data, cast::crowd(printers))?;
    past.publish(data, "visor-band", "r1", Channel::Validated, Duration::ZERO)?;
    for number in 1..=(printers / 250).max(1) {
        past.ask("visor-band", 8_000, &format!("Hospital {number}"))?;
    }
    past.run_until(now)?;
    Ok(past.households)
}

fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

impl Past {
    pub(super) fn open(data: &Path, now: Timestamp) -> Result<Self> {
        let farm: FarmId = FARM.parse()?;
        let (store, farm) = Store::open(data, &farm, now)?;
        let (households, grants, changes) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { store, farm, now, random: 1, households, grants, changes })
    }

    fn join(&mut self, data: &Path, makers: Vec<Maker>) -> Result<()> {
        let accounts = Accounts::open(&data.join(FILE_NAME))?;
        for Maker { name, place, printers } in makers {
            let invite = accounts.make_invite(&name, INVITE_VALID_FOR, self.now)?;
            let (agent, secret) = accounts.enrol(&invite, &name, self.now)?;
            let (farm, brokers) = (FARM.parse()?, Vec::new());
            let credentials = Credentials { farm, agent, secret, brokers };
            let printers = printers.into_iter().enumerate().map(|(number, machine)| {
                let card = PrinterCard {
                    printer: format!("printer-{}", number + 1).parse()?,
                    title: machine.title.clone(),
                    profile: machine.profile.parse()?,
                    octoprint: Some("OctoPrint 1.11.8".to_owned()),
                    place: place.clone(),
                    consent: Some(machine.consent.clone()),
                };
                Ok(Printer { card, machine, at: Phase::Idle, seq: 0, asks: 0 })
            });
            let household = Household { credentials, printers: printers.collect::<Result<_>>()? };
            let message = Up::Hello(household.hello()?);
            let agent = household.credentials.agent.clone();
            self.households.push(household);
            self.tell(&Event::Said { agent, message })?;
        }
        Ok(())
    }

    fn publish(
        &mut self,
        data: &Path,
        design: &str,
        revision: &str,
        channel: Channel,
        ago: Duration,
    ) -> Result<()> {
        let gcode = data.join("gcode");
        std::fs::create_dir_all(&gcode).context("cannot make a folder")?;
        let mut slices = Vec::new();
        for (profile, hours) in [("ender3", 4), ("mk3s", 3)] {
            let shipped =
                Showcase::designs().join("visor-band/r1").join(format!("{profile}.gcode"));
            let bytes = std::fs::read(&shipped).context("cannot read a shipped design")?;
            let digest = Digest(Sha256::digest(&bytes).into());
            std::fs::write(gcode.join(digest.to_string()), &bytes).context("cannot write")?;
            let slice = Slice {
                digest,
                bytes: bytes.len() as u64,
                pieces: if design == "visor-band" { 4 } else { 16 },
                material: Some(if design == "visor-band" { "PETG" } else { "PLA" }.to_owned()),
                expected_seconds: Some(hours * 3600 + 1140),
                filament_grams: Some(38),
                notes: "A stack of four: part the bands with a thin blade.".to_owned(),
            };
            slices.push((profile.parse()?, slice));
        }
        let slices = Publication { channel, at: self.now - ago, slices };
        let (design, revision) = (design.parse()?, revision.parse()?);
        self.tell(&Event::Published { design, revision, slices })
    }

    fn withdraw(&mut self, design: &str, revision: &str, why: &str) -> Result<()> {
        let (design, revision, why) = (design.parse()?, revision.parse()?, why.to_owned());
        self.tell(&Event::RevisionWithdrawn { design, revision, why })
    }

    fn ask(&mut self, design: &str, pieces: i64, title: &str) -> Result<()> {
        self.ask_by(design, pieces, title, Rank::default())
    }

    fn ask_by(&mut self, design: &str, pieces: i64, title: &str, rank: Rank) -> Result<()> {
        let Rank { priority, due } = rank;
        let new = NewRequest::new(design.parse()?, pieces, title);
        self.tell(&Event::Requested(NewRequest { priority, due, ..new }))
    }

    /// Asks for what is being printed now.
    fn ask_for_more(&mut self) -> Result<()> {
        let whom = "Clinique des Cèdres, bloc opératoire et réanimation, à l’attention de \
                    Mme Lefèvre-Montgolfier";
        let due = Rank { due: self.day_after(12), ..Rank::default() };
        self.ask_by("visor-band", 640, whom, due)?;
        let low = Rank { priority: Priority::Low, due: None };
        self.ask_by("ear-saver", 400, "Cabinet dentaire", low)?;
        let high = Rank { priority: Priority::High, due: self.day_after(0) };
        self.ask_by("visor-band", 480, "SAMU 38", high)
    }

    fn day_after(&self, days: u64) -> Option<Day> {
        let at = i64::try_from((self.now + Duration::from_secs(days * 24 * HOUR)).0).ok()?;
        DateTime::from_timestamp_millis(at)?.date_naive().to_string().parse().ok()
    }

    /// Lets every printer print, plate after plate, until `end`.
    fn run_until(&mut self, end: Timestamp) -> Result<()> {
        let mut due = BinaryHeap::new();
        for (house, household) in self.households.iter().enumerate() {
            for (number, printer) in household.printers.iter().enumerate() {
                let at = match &printer.at {
                    Phase::Prints { to, .. } => *to,
                    Phase::Idle | Phase::Done { .. } => {
                        self.now
                            + Duration::from_secs((house * 7 + number) as u64 * 61 % (2 * HOUR))
                    }
                };
                due.push(Reverse((at, house, number)));
            }
        }
        while let Some(Reverse((at, house, number))) = due.pop() {
            if end < at {
                continue;
            }
            self.now = self.now.max(at);
            let pause = self.step(house, number)?;
            due.push(Reverse((self.now + pause, house, number)));
        }
        self.now = end;
        self.store.commit(&std::mem::take(&mut self.changes))?;
        Ok(())
    }

    /// Lets one printer go on; returns when it does so next.
    fn step(&mut self, house: usize, number: usize) -> Result<Duration> {
        match self.households[house].printers[number].at.clone() {
            Phase::Idle if self.machine(house, number).plight == Plight::Heated => {
                Ok(Duration::from_secs(24 * HOUR))
            }
            Phase::Idle => self.start(house, number),
            Phase::Prints { grant, from, to } => {
                let fails = self.draw(100) < u64::from(self.machine(house, number).fails_percent);
                let (end, note) = if fails { self.failure() } else { (End::Completed, "") };
                let ended = Fact::Ended {
                    lease: grant.lease,
                    ordinal: 0,
                    end,
                    plate: grant.plate.clone(),
                    seconds: u32::try_from(to.since(from).as_secs()).ok(),
                    note: note.to_owned(),
                };
                self.fact(house, number, ended)?;
                let at = if fails { Phase::Idle } else { Phase::Done { grant } };
                self.machine_at(house, number, at);
                Ok(Duration::from_secs(HOUR / 4 + self.draw(3 * HOUR)))
            }
            Phase::Done { grant } => {
                let bad = u32::from(self.draw(8) == 0);
                let good = grant.plate.pieces - bad;
                let judged = Fact::Judged { lease: grant.lease, ordinal: 0, good, bad };
                self.fact(house, number, judged)?;
                self.machine_at(house, number, Phase::Idle);
                Ok(Duration::from_mins(1))
            }
        }
    }

    /// Returns a way to fail.
    fn failure(&mut self) -> (End, &'static str) {
        let note = match self.draw(3) {
            0 => "filament ran out",
            1 => "Error: Thermal Runaway, system stopped! Heater_ID: 0",
            _ => "the layers shifted",
        };
        (End::Failed, note)
    }

    fn start(&mut self, house: usize, number: usize) -> Result<Duration> {
        let household = &mut self.households[house];
        let agent = household.credentials.agent.clone();
        let printer = &mut household.printers[number];
        printer.asks += 1;
        let ask = Ask {
            printer: printer.card.printer.clone(),
            ask: printer.asks,
            profile: printer.card.profile.clone(),
            materials: printer.machine.consent.materials.clone(),
            seconds_max: printer.machine.consent.seconds_max,
            grams_max: printer.machine.spool_grams,
        };
        self.tell(&Event::Said { agent, message: Up::Ask(ask) })?;
        let Some(place) = self.grants.iter().position(|(of, grant)| {
            *of == house && grant.printer == self.households[house].printers[number].card.printer
        }) else {
            return Ok(Duration::from_hours(2));
        };
        let (_, grant) = self.grants.swap_remove(place);
        let lease = grant.lease;
        self.fact(house, number, Fact::Accepted { lease })?;
        self.fact(house, number, grant.started())?;
        let expected = u64::from(grant.expected_seconds.unwrap_or(3600));
        let takes = Duration::from_secs(expected * (95 + self.draw(12)) / 100);
        self.machine_at(
            house,
            number,
            Phase::Prints { grant, from: self.now, to: self.now + takes },
        );
        Ok(takes)
    }

    fn fact(&mut self, house: usize, number: usize, fact: Fact) -> Result<()> {
        let household = &mut self.households[house];
        let agent = household.credentials.agent.clone();
        let printer = &mut household.printers[number];
        printer.seq += 1;
        let numbered = Numbered { seq: printer.seq, fact };
        let printer: PrinterId = printer.card.printer.clone();
        self.tell(&Event::Told { agent, printer, numbered })
    }

    fn machine(&self, house: usize, number: usize) -> &Machine {
        &self.households[house].printers[number].machine
    }

    fn machine_at(&mut self, house: usize, number: usize, at: Phase) {
        self.households[house].printers[number].at = at;
    }

    /// Decides an event and all that follows, as the coordinator does.
    fn tell(&mut self, event: &Event) -> Result<()> {
        self.farm.listen(self.now);
        let answer = self.decide(event);
        ensure!(!matches!(answer, Answer::Refused(_)), "{event:?} was refused: {answer:?}");
        loop {
            let (before, settled) = (self.changes.len(), self.farm.is_settled());
            self.decide(&Event::Settle);
            if self.changes.len() == before && settled {
                return Ok(());
            }
        }
    }

    fn decide(&mut self, event: &Event) -> Answer {
        let decision = self.farm.decide(self.now, event);
        for change in &decision.changes {
            self.farm.apply(change);
        }
        for sighting in &decision.sightings {
            self.farm.sight(sighting);
        }
        for (agent, message) in decision.messages {
            let Down::Grant(grant) = message else { continue };
            let house = self.households.iter().position(|house| house.credentials.agent == agent);
            self.grants.extend(house.map(|house| (house, grant)));
        }
        self.changes.extend(decision.changes);
        decision.answer
    }

    /// Returns a number below `below`, always the same ones in turn (xorshift, by Marsaglia).
    fn draw(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % below
    }
}

impl Household {
    pub(super) fn hello(&self) -> Result<Hello> {
        let held = |printer: &Printer| match &printer.at {
            Phase::Prints { grant, .. } => Some(grant.lease),
            Phase::Idle | Phase::Done { .. } => None,
        };
        Ok(Hello {
            incarnation: "0123456789abcdef".parse()?,
            session: 1,
            software: "visorfarm-showcase".to_owned(),
            epoch: None,
            printers: self.printers.iter().map(|printer| printer.card.clone()).collect(),
            holds: self.printers.iter().filter_map(held).collect(),
            mark: None,
            letters: None,
        })
    }

    /// Says whether nobody hears of it.
    pub(super) fn is_silent(&self) -> bool {
        self.printers.iter().all(|printer| printer.machine.plight == Plight::Silent)
    }
}
