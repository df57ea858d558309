//! The agent at work: one task owns every printer's supervisor and journal, takes whatever event
//! arrives, and does what follows in order: journal, then act.
//!
//! Everything that waits (OctoPrint, the network, the disk cache) runs beside it and answers with
//! an event.

mod look;
mod printer;
mod report;
mod setup;
mod tally;
mod terms;
mod work;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::{error, info, warn};
use visorfarm_protocol::id::PrinterId;
use visorfarm_protocol::message::{Down, Hello, Up};

use self::printer::Printer;
pub use self::setup::{PrinterError, RunError, run};
use self::work::Tools;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::link::Incoming;
use crate::local::{self, LinkState, Refusal, Request};
use crate::page::Page;
use crate::state_dir::StateDir;
use crate::supervise::{self, Blind, Event, LinkChange, MakerRefused};

/// How often time alone is looked at.
const TICK: Duration = Duration::from_secs(1);

/// How often every printer's status is told when nothing changes: the heartbeat that keeps leases.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Where a printer's events go.
type Inbox = mpsc::Sender<(PrinterId, Event)>;

/// Everything the agent owns.
struct Agent {
    clock: Clock,
    state: StateDir,
    tools: Tools,
    printers: BTreeMap<PrinterId, Printer>,
    inbox: Inbox,
    outgoing: mpsc::Sender<Up>,
    link: LinkState,
    session: u64,
    config_error: Option<String>,
    page: Page,
    heartbeat: Option<Instant>,
}

/// What the agent waits for.
struct Waits {
    events: mpsc::Receiver<(PrinterId, Event)>,
    incoming: mpsc::Receiver<Incoming>,
    asked: mpsc::Receiver<local::Asked>,
    config: mpsc::Receiver<Result<Config, ConfigError>>,
}

impl Agent {
    /// Serves until the process is told to stop.
    async fn serve(mut self, mut waits: Waits) {
        let stop = setup::stop_signal();
        tokio::pin!(stop);
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some((printer, event)) = waits.events.recv() => self.step(&printer, &event),
                Some(incoming) = waits.incoming.recv() => self.hear(incoming),
                Some((request, answer)) = waits.asked.recv() => {
                    // Whoever asked may have gone.
                    answer.send(self.answer(&request)).ok();
                }
                Some(config) = waits.config.recv() => self.configure(config),
                _ = tick.tick() => self.tick(),
                () = &mut stop => return,
            }
            self.report();
        }
    }

    fn step(&mut self, id: &PrinterId, event: &Event) {
        if let Event::Blind(Blind::KeyRefused) = event {
            self.look_for_key(id);
        }
        // A printer that the maker took out of the settings may still have work under way.
        let Some(printer) = self.printers.get_mut(id) else { return };
        printer.step(event, &self.outgoing);
        printer.step(&Event::Tick, &self.outgoing);
        if printer.card_changed() {
            self.say_hello();
        }
    }

    fn step_all(&mut self, event: &Event) {
        for printer in self.printers.values_mut() {
            printer.step(event, &self.outgoing);
        }
    }

    fn tick(&mut self) {
        self.step_all(&Event::Tick);
    }

    fn hear(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Online => {
                info!("Connected to the coordinator");
                self.link = LinkState::Online;
                self.step_all(&Event::Link(LinkChange::Up));
                self.say_hello();
            }
            Incoming::Offline { why } => {
                self.link = LinkState::Offline { why };
                self.step_all(&Event::Link(LinkChange::Down));
            }
            Incoming::Refused => {
                error!(
                    "The coordinator no longer accepts this agent: ask for a new invite, and enrol with \
                     another --state folder"
                );
                self.link = LinkState::Refused;
                self.step_all(&Event::Link(LinkChange::Down));
            }
            Incoming::Down(down) => self.hear_down(down),
        }
    }

    fn hear_down(&mut self, down: Down) {
        match &down {
            Down::Welcome { .. } => {
                self.step_all(&Event::Down(down));
                self.step_all(&Event::Tick);
            }
            Down::Frozen => self.step_all(&Event::Down(down)),
            Down::Grant(grant) => {
                let printer = grant.printer.clone();
                self.step(&printer, &Event::Down(down));
            }
            Down::Receipt(receipt) => {
                let printer = receipt.printer.clone();
                self.step(&printer, &Event::Down(down));
            }
            Down::Withdraw { printer, .. } => {
                let printer = printer.clone();
                self.step(&printer, &Event::Down(down));
            }
        }
    }

    fn say_hello(&mut self) {
        if self.link != LinkState::Online {
            return;
        }
        let incarnation = match self.state.incarnation() {
            Ok(incarnation) => incarnation,
            Err(error) => return error!("Cannot say hello: {error}"),
        };
        let hello = Hello {
            incarnation,
            session: self.session,
            software: concat!("visorfarm-agent ", env!("CARGO_PKG_VERSION")).to_owned(),
            epoch: self.printers.values().filter_map(|printer| printer.supervisor().epoch()).max(),
            printers: self.printers.values().map(Printer::card).collect(),
            holds: self.printers.values().flat_map(|p| p.supervisor().holds()).collect(),
        };
        self.say(Up::Hello(hello));
        self.heartbeat = None;
    }

    /// Says something that is said again if it gets lost.
    fn say(&self, message: Up) {
        if self.outgoing.try_send(message).is_err() {
            warn!("The network is slow: a message waits to be said again");
        }
    }

    fn answer(&mut self, request: &Request) -> local::Answer {
        let (named, event) = match request {
            Request::Status => return local::Answer::Status(self.status()),
            Request::BedClear { printer, good } => {
                // A number may also correct what was said of the last plate of a bed that is clear.
                let corrects = good.is_some() && self.printers.len() == 1;
                let waiting = |printer: &Printer| corrects || printer.supervisor().waits_for_bed();
                match self.choose(printer.as_ref(), waiting) {
                    Ok(printer) => (vec![printer], Event::BedClear { good: *good }),
                    Err(refusal) => return local::Answer::Refused(refusal),
                }
            }
            Request::Recount { printer, good } => match self.choose(printer.as_ref(), |_| true) {
                Ok(printer) => (vec![printer], Event::Recount { good: *good }),
                Err(refusal) => return local::Answer::Refused(refusal),
            },
            Request::Pause { printer } => (self.all_or(printer.as_ref()), Event::Pause),
            Request::Resume { printer } => (self.all_or(printer.as_ref()), Event::Resume),
        };
        for id in &named {
            let known = self.printers.keys().cloned().collect();
            let Some(printer) = self.printers.get_mut(id) else {
                return local::Answer::Refused(Refusal::NoSuchPrinter { known });
            };
            if let Some(supervise::Answer::Refused(refused)) = printer.step(&event, &self.outgoing)
            {
                return local::Answer::Refused(refusal(id, &refused));
            }
            printer.step(&Event::Tick, &self.outgoing);
        }
        local::Answer::Done { printers: named }
    }

    fn all_or(&self, printer: Option<&PrinterId>) -> Vec<PrinterId> {
        match printer {
            Some(printer) => vec![printer.clone()],
            None => self.printers.keys().cloned().collect(),
        }
    }

    /// Returns the printer that is meant: the one named, or the only one that `waits`.
    fn choose(
        &self,
        named: Option<&PrinterId>,
        waits: impl Fn(&Printer) -> bool,
    ) -> Result<PrinterId, Refusal> {
        if let Some(named) = named {
            return Ok(named.clone());
        }
        let waiting: Vec<_> = self.printers.iter().filter(|(_, printer)| waits(printer)).collect();
        match (waiting.as_slice(), self.printers.len()) {
            ([(only, _)], _) => Ok((*only).clone()),
            ([], 1) => {
                let printer = self.printers.keys().next().expect("there is one").clone();
                Err(Refusal::NothingToClear { printer })
            }
            _ => Err(Refusal::WhichPrinter { among: self.printers.keys().cloned().collect() }),
        }
    }
}

fn refusal(printer: &PrinterId, refused: &MakerRefused) -> Refusal {
    match refused {
        MakerRefused::Printing => Refusal::Printing { printer: printer.clone() },
        MakerRefused::OnBed => Refusal::OnBed { printer: printer.clone() },
        MakerRefused::NotCompleted => Refusal::NotCompleted { printer: printer.clone() },
        MakerRefused::NoPlate => Refusal::NoPlate { printer: printer.clone() },
        MakerRefused::TooMany { pieces, .. } => Refusal::TooManyPieces { pieces: *pieces },
        MakerRefused::Look { pieces } => {
            Refusal::SayHowMany { printer: printer.clone(), pieces: *pieces }
        }
    }
}
