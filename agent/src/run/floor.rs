//! The shop floor: every printer of this agent, what the coordinator and the maker say to them, and
//! what they say back. It knows no HTTP, no settings file and no process: a simulated world runs it
//! as it is.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tracing::{error, info, warn};
use visorfarm_protocol::id::{Epoch, Incarnation, PrinterId};
use visorfarm_protocol::letters::Wish;
use visorfarm_protocol::message::{Down, Hello, Up};

use super::hands::Hands;
use super::printer::{Printer, Stopped};
use crate::clock::Clock;
use crate::journal::{Disk, Files};
use crate::link::Incoming;
use crate::local::{self, LinkState};
use crate::supervise::{Event, LinkChange, Supervisor};

/// How often time alone is looked at.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// Where a printer's events go.
pub type Inbox = mpsc::Sender<(PrinterId, Event)>;

/// Who speaks: which life of the journals, and which process.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// The name of this life of the journals.
    pub incarnation: Incarnation,
    /// Drawn when the process starts.
    pub session: u64,
}

/// Every printer of an agent.
pub struct Floor<H: Hands, D: Disk = Files> {
    pub(super) clock: Clock,
    pub(super) printers: BTreeMap<PrinterId, Printer<H, D>>,
    pub(super) outgoing: mpsc::Sender<Up>,
    pub(super) link: LinkState,
    pub(super) heartbeat: Option<Instant>,
    greeting: Greeting,
    /// What the maker wants to be told by letter.
    pub(super) wish: Option<Wish>,
    speaker: Speaker,
}

/// Whether the coordinator was told who we are and what we hold, since that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Greeting {
    /// It was, or nobody listens.
    Said,
    /// There was no room among what waits for the network. Nobody says a hello again but we.
    Owed,
}

/// What reaches the shop floor.
#[derive(Debug)]
pub enum Arrival {
    /// Something happened at a printer, or an order was carried out.
    Printer(PrinterId, Event),
    /// The coordinator spoke, or the connection changed.
    Coordinator(Incoming),
    /// The maker asks.
    Maker(local::Asked),
    /// Time passed.
    Time,
}

/// What the shop floor waits for.
#[derive(Debug)]
pub struct Waits {
    /// From the printers.
    pub events: mpsc::Receiver<(PrinterId, Event)>,
    /// From the coordinator.
    pub incoming: mpsc::Receiver<Incoming>,
    /// From the maker.
    pub asked: mpsc::Receiver<local::Asked>,
    /// See [`Waits::ticks`].
    pub tick: Interval,
}

impl Waits {
    /// Returns how often time alone is looked at, from now on.
    #[must_use]
    pub fn ticks() -> Interval {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick
    }

    /// Waits for what comes next. Nothing is lost if it is not waited for to the end.
    pub async fn next(&mut self) -> Arrival {
        tokio::select! {
            // The rarest first, so that none keeps the others waiting.
            biased;
            _ = self.tick.tick() => Arrival::Time,
            Some(asked) = self.asked.recv() => Arrival::Maker(asked),
            Some((printer, event)) = self.events.recv() => Arrival::Printer(printer, event),
            Some(incoming) = self.incoming.recv() => Arrival::Coordinator(incoming),
        }
    }
}

impl<H: Hands, D: Disk> Floor<H, D> {
    /// Returns a shop floor without printers.
    #[must_use]
    pub fn new(clock: Clock, speaker: Speaker, outgoing: mpsc::Sender<Up>) -> Self {
        Self {
            clock,
            printers: BTreeMap::new(),
            outgoing,
            link: LinkState::Connecting,
            heartbeat: None,
            greeting: Greeting::Said,
            wish: None,
            speaker,
        }
    }

    /// Puts a printer on the floor, in the place of another of that name.
    pub fn put(&mut self, printer: Printer<H, D>) {
        self.printers.insert(printer.id().clone(), printer);
    }

    /// Returns the printers.
    pub fn printers(&self) -> impl Iterator<Item = &Printer<H, D>> {
        self.printers.values()
    }

    /// Returns a number that no printer of this process has asked from: far below 2^53, so that it
    /// stays exact in any JSON reader.
    pub(super) fn asks_from(&self) -> u64 {
        (self.speaker.session >> 16) + self.clock.now().0
    }

    /// Takes what arrived: decides, journals, and only then acts and speaks.
    pub fn take(&mut self, arrival: Arrival) -> Result<(), Stopped> {
        match arrival {
            Arrival::Printer(printer, event) => self.step(&printer, &event),
            Arrival::Coordinator(incoming) => self.hear(incoming),
            Arrival::Maker((request, answer)) => {
                // Whoever asked may have gone.
                answer.send(self.answer(&request)?).ok();
                Ok(())
            }
            Arrival::Time => {
                if self.greeting == Greeting::Owed {
                    self.say_hello();
                }
                self.step_all(&Event::Tick)
            }
        }
    }

    fn step(&mut self, id: &PrinterId, event: &Event) -> Result<(), Stopped> {
        // A printer that the maker took out of the settings may still have work under way.
        let Some(printer) = self.printers.get_mut(id) else { return Ok(()) };
        printer.step(event, &self.outgoing)?;
        printer.step(&Event::Tick, &self.outgoing)?;
        if printer.card_changed() {
            self.say_hello();
        }
        Ok(())
    }

    fn step_all(&mut self, event: &Event) -> Result<(), Stopped> {
        for printer in self.printers.values_mut() {
            printer.step(event, &self.outgoing)?;
        }
        Ok(())
    }

    fn hear(&mut self, incoming: Incoming) -> Result<(), Stopped> {
        match incoming {
            Incoming::Online => {
                info!("Connected to the coordinator");
                self.link = LinkState::Online;
                self.step_all(&Event::Link(LinkChange::Up))?;
                self.say_hello();
                Ok(())
            }
            Incoming::Offline { why } => {
                self.link = LinkState::Offline { why };
                self.step_all(&Event::Link(LinkChange::Down))
            }
            Incoming::Refused => {
                error!(
                    "The coordinator no longer accepts this agent: ask for a new invite, and enrol with \
                     another --state folder"
                );
                self.link = LinkState::Refused;
                self.step_all(&Event::Link(LinkChange::Down))
            }
            Incoming::Down(down) => self.hear_down(down),
        }
    }

    fn hear_down(&mut self, down: Down) -> Result<(), Stopped> {
        let printer = match &down {
            Down::Welcome { .. } => return self.hear_welcome(&down),
            // These are the agent's, not a printer's.
            Down::Memo { .. } | Down::Letters { .. } => return Ok(()),
            Down::Frozen => return self.step_all(&Event::Down(down)),
            Down::Grant(grant) | Down::Trace(grant) => grant.printer.clone(),
            Down::Receipt(receipt) => receipt.printer.clone(),
            Down::Withdraw { printer, .. } => printer.clone(),
        };
        self.step(&printer, &Event::Down(down))
    }

    /// In another life of its database the coordinator waits for all that is told again, and cannot
    /// tell what is yet to come from what a lost journal has forgotten. Once all is told, it is said
    /// anew what is held.
    fn hear_welcome(&mut self, welcome: &Down) -> Result<(), Stopped> {
        let before = self.epoch();
        let outlived = matches!(welcome, Down::Welcome { epoch, .. } if Some(*epoch) < before);
        self.step_all(&Event::Down(welcome.clone()))?;
        self.link = if outlived { LinkState::Outlived } else { LinkState::Online };
        self.step_all(&Event::Tick)?;
        if before.is_some() && self.epoch() != before {
            self.say_hello();
        }
        Ok(())
    }

    /// Returns the life of the coordinator's database that this agent was welcomed to last.
    fn epoch(&self) -> Option<Epoch> {
        self.printers.values().filter_map(|printer| printer.supervisor().epoch()).max()
    }

    /// Returns how much the coordinator has committed in that life, as far as it told any of the printers.
    fn mark(&self) -> Option<u64> {
        let epoch = self.epoch();
        let welcomed = self.printers.values().map(Printer::supervisor);
        welcomed.filter(|supervisor| supervisor.epoch() == epoch).filter_map(Supervisor::mark).max()
    }

    pub(super) fn say_hello(&mut self) {
        if self.link != LinkState::Online {
            self.greeting = Greeting::Said;
            return;
        }
        let hello = Hello {
            incarnation: self.speaker.incarnation.clone(),
            session: self.speaker.session,
            software: crate::SOFTWARE.to_owned(),
            epoch: self.epoch(),
            printers: self.printers.values().map(Printer::card).collect(),
            holds: self.printers.values().flat_map(|p| p.supervisor().holds()).collect(),
            mark: self.mark(),
            letters: self.wish.clone(),
        };
        self.greeting = match self.outgoing.try_send(Up::Hello(hello)) {
            Ok(()) => Greeting::Said,
            Err(_) => Greeting::Owed,
        };
        self.heartbeat = None;
    }

    /// Says something that is said again if it gets lost.
    pub(super) fn say(&self, message: Up) {
        if self.outgoing.try_send(message).is_err() {
            warn!("The network is slow: a message waits to be said again");
        }
    }
}

#[cfg(test)]
mod tests;
