//! What the agents of a showcase go on telling: once a second, how each printer is.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Result;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval};
use visorfarm_coordinator::clock::{Clock, Timestamp};
use visorfarm_protocol::message::{Down, End, Fact, Numbered, Up};
use visorfarm_protocol::status::{Activity, Bed, Cause, PrinterStatus, WaitsFor};

use super::cast::Plight;
use super::past::{Household, Phase, Printer};
use crate::coordinator::Coordinator;
use crate::simulated::connection::{Broker, Connection};

const STATUS_EVERY: Duration = Duration::from_secs(1);

/// Agents that connect at a time.
const CONNECTING_AT_ONCE: usize = 20;

/// Agents that tell. Dropping it silences them.
#[derive(Debug)]
pub(super) struct Present {
    telling: Vec<AbortHandle>,
}

impl Drop for Present {
    fn drop(&mut self) {
        for task in &self.telling {
            task.abort();
        }
    }
}

impl Present {
    /// Connects the agents; returns once each has said how its printers are.
    pub(super) async fn start(
        coordinator: &Coordinator,
        households: Vec<Household>,
    ) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, coordinator.ports().mqtt));
        let broker = Broker { address, trusts: None };
        let telling = stream::iter(households).map(|household| connect(&broker, household));
        let telling = telling.buffer_unordered(CONNECTING_AT_ONCE).try_collect().await?;
        Ok(Self { telling })
    }
}

async fn connect(broker: &Broker, household: Household) -> Result<AbortHandle> {
    let mut connection = Connection::open(broker, &household.credentials).await?;
    connection.say(&Up::Hello(household.hello()?)).await?;
    let welcomed = |down: Down| matches!(down, Down::Welcome { .. }).then_some(());
    connection.hear_one(welcomed).await?;
    for printer in &household.printers {
        if let Some(facts) = last_words(printer) {
            connection.say(&facts).await?;
        }
    }
    let clock = Clock::new();
    connection.say(&household.status(clock.now())).await?;
    let silent = household.is_silent();
    let telling = tokio::spawn(async move {
        let mut every = interval(STATUS_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // A silent one keeps what it said last, and closes its connection.
        loop {
            if silent {
                return;
            }
            every.tick().await;
            if connection.say(&household.status(clock.now())).await.is_err() {
                return;
            }
        }
    });
    Ok(telling.abort_handle())
}

/// Returns what a printer tells whose print's end nobody knows.
fn last_words(printer: &Printer) -> Option<Up> {
    let Phase::Prints { grant, .. } = &printer.at else { return None };
    if printer.machine.plight != Plight::Unknown {
        return None;
    }
    let fact = Fact::Ended {
        lease: grant.lease,
        ordinal: 0,
        end: End::Unknown,
        plate: grant.plate.clone(),
        seconds: None,
        note: "the power was cut".to_owned(),
    };
    let facts = vec![Numbered { seq: printer.seq + 1, fact }];
    Some(Up::Facts { printer: printer.card.printer.clone(), facts, teller: None })
}

impl Household {
    fn status(&self, now: Timestamp) -> Up {
        Up::Status { printers: self.printers.iter().map(|printer| printer.status(now)).collect() }
    }
}

impl Printer {
    fn status(&self, now: Timestamp) -> PrinterStatus {
        // No sensor stands still: a degree or two, each second.
        let second = u8::try_from(now.seconds() % 5).unwrap_or(0);
        let mut status = PrinterStatus {
            printer: self.card.printer.clone(),
            activity: Activity::Idle,
            bed: Bed::Clear,
            waits_for: None,
            lease: None,
            fraction: None,
            seconds_left: None,
            nozzle_celsius: Some(23.0 + f32::from(second % 2)),
            bed_celsius: Some(22.1),
            filament_left_grams: self.machine.spool_grams,
            fault: None,
        };
        match &self.at {
            Phase::Idle => {}
            Phase::Done { .. } => {
                (status.bed, status.waits_for) = (Bed::Occupied, Some(WaitsFor::BedClear));
            }
            Phase::Prints { grant, from, to } => {
                let (done, all) = (now.since(*from).as_secs_f32(), to.since(*from).as_secs_f32());
                status.activity = Activity::Printing;
                status.bed = Bed::Occupied;
                status.lease = Some(grant.lease);
                status.fraction = Some((done / all).min(0.999));
                status.seconds_left = u32::try_from(to.since(now).as_secs()).ok();
                let (nozzle, bed) = self.machine.celsius();
                status.nozzle_celsius = Some(nozzle + f32::from(second));
                status.bed_celsius = Some(bed);
            }
        }
        self.suffer(now, &mut status);
        status
    }

    fn suffer(&self, now: Timestamp, status: &mut PrinterStatus) {
        let second = u8::try_from(now.seconds() % 5).unwrap_or(0);
        match self.machine.plight {
            Plight::Faulted => {
                status.activity = Activity::Faulted;
                status.fault =
                    Some("Error: Thermal Runaway, system stopped! Heater_ID: 0".to_owned());
            }
            Plight::Probe => {
                let tenths = u16::try_from(now.0 / 100 % 600).unwrap_or(0);
                let hundredths = u8::try_from(now.0 / 10 % 10).unwrap_or(0);
                status.nozzle_celsius = Some(f32::from(100 + tenths));
                status.bed_celsius = Some(f32::from(20 + hundredths));
            }
            Plight::Unknown => status.activity = Activity::Unknown,
            Plight::Paused if status.lease.is_some() => status.activity = Activity::Paused,
            Plight::Heated => {
                (status.waits_for, status.bed) = (Some(WaitsFor::ForeignPrint), Bed::Clear);
                status.nozzle_celsius = Some(209.0 + f32::from(second));
                status.fault = Some(Cause::KeptHot.sentence().to_owned());
            }
            Plight::Foreign => status.activity = Activity::Foreign,
            Plight::Offline => {
                status.activity = Activity::Offline;
                status.waits_for = Some(WaitsFor::Printer);
                status.fault = Some(Cause::NoAnswer.sentence().to_owned());
            }
            Plight::KeyRefused => {
                status.activity = Activity::Offline;
                status.waits_for = Some(WaitsFor::Key);
                status.fault = Some(Cause::KeyRefused.sentence().to_owned());
            }
            Plight::OutsideHours if status.lease.is_none() => {
                (status.waits_for, status.bed) = (Some(WaitsFor::Hours), Bed::Clear);
            }
            Plight::MakerPaused if status.lease.is_none() => {
                (status.waits_for, status.bed) = (Some(WaitsFor::Resume), Bed::Clear);
            }
            Plight::Well
            | Plight::Silent
            | Plight::Paused
            | Plight::OutsideHours
            | Plight::MakerPaused => {}
        }
    }
}
