//! One printer's supervisor with its journal and its OctoPrint: decides, journals, then acts.

use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{info, warn};
use visorfarm_protocol::id::PrinterId;
use visorfarm_protocol::message::{End, Fact, Up};
use visorfarm_protocol::status::{PrinterCard, PrinterStatus};

use super::hands::Hands;
use super::report;
use crate::brain::{Brain, Step, Waking};
use crate::clock::{self, Clock};
use crate::config::PrinterConfig;
use crate::journal::{Disk, Files, Journal, JournalError, Replay};
use crate::local::render::Language;
use crate::local::{Happened, plates};
use crate::supervise::{Action, Answer, Change, Event, Now, Setup, Supervisor, Watched};

/// What happened last, for the maker.
const HAPPENED_MAX: usize = 20;

/// A journal refused a line. What was decided must not happen: only a restart knows what the disk
/// holds, and asks OctoPrint.
#[derive(Debug, thiserror::Error)]
#[error("{printer} cannot remember what was decided")]
pub struct Stopped {
    /// Whose journal.
    pub printer: PrinterId,
    /// Why.
    #[source]
    pub source: JournalError,
}

/// A printer on the shop floor.
pub struct Printer<H: Hands, D: Disk = Files> {
    id: PrinterId,
    clock: Clock,
    config: PrinterConfig,
    brain: Brain<D>,
    pub(super) hands: H,
    pub(super) happened: Vec<Happened>,
    pub(super) told: Option<report::Told>,
    pub(super) since: Option<(PrinterStatus, u64)>,
    /// When the camera was to take its last picture.
    pub(super) pictured: Option<Instant>,
    card_told: Option<PrinterCard>,
}

/// What a printer is driven with.
pub struct Equipment<H: Hands, D: Disk = Files> {
    /// Its settings.
    pub config: PrinterConfig,
    /// Its journal, and what that remembers.
    pub journal: (Journal<Change, D>, Replay<Change>),
    /// What does its work.
    pub hands: H,
    /// The number of its first ask: none is ever asked twice.
    pub asks_from: u64,
}

impl<H: Hands, D: Disk> Printer<H, D> {
    /// Goes on from what the journal remembers.
    pub fn wake(equipment: Equipment<H, D>, clock: Clock) -> Result<Self, Stopped> {
        let Equipment { config, journal: (journal, replay), hands, asks_from } = equipment;
        let id = config.name.clone();
        let waking = Waking { printer: id.clone(), setup: setup(&config), asks_from };
        let mut printer = Self {
            id,
            clock,
            brain: Brain::wake(waking, journal, &replay),
            config,
            hands,
            happened: Vec::new(),
            told: None,
            since: None,
            pictured: None,
            card_told: None,
        };
        printer.step(&Event::Restarted, &mpsc::channel(1).0)?;
        Ok(printer)
    }

    /// Goes on from the printer that was driven with another key: the maker's word counts on.
    pub(super) fn goes_on(&mut self, watched: Watched) {
        self.brain.goes_on(watched);
    }

    /// Takes an event: decides, journals, and only then acts.
    pub(super) fn step(
        &mut self,
        event: &Event,
        outgoing: &mpsc::Sender<Up>,
    ) -> Result<Option<Answer>, Stopped> {
        let step = self.brain.step(self.now(), event);
        let Step { changes, actions, answer } =
            step.map_err(|source| Stopped { printer: self.id.clone(), source })?;
        for change in &changes {
            self.narrate(change);
        }
        for action in actions {
            self.act(action, outgoing);
        }
        Ok(answer)
    }

    fn act(&mut self, action: Action, outgoing: &mpsc::Sender<Up>) {
        match action {
            Action::Say(message) => {
                // Facts and asks are said again.
                if outgoing.try_send(message).is_err() {
                    warn!(printer = %self.id, "The network is slow: a message waits to be said again");
                }
            }
            Action::Fetch(grant) => self.hands.fetch(*grant, &self.config),
            Action::Upload(grant) => self.hands.upload(*grant, &self.config),
            Action::Start { lease, path } => self.hands.start(lease, path),
            Action::Ask(question) => self.hands.ask(question),
            Action::Delete { path, asked } => self.hands.delete(path, asked),
        }
    }

    pub(super) fn now(&self) -> Now {
        Now { moment: self.clock.now(), minute: clock::minute_of_day() }
    }

    /// Returns its name.
    #[must_use]
    pub fn id(&self) -> &PrinterId {
        &self.id
    }

    /// Returns its supervisor, for looking at.
    #[must_use]
    pub fn supervisor(&self) -> &Supervisor {
        self.brain.supervisor()
    }

    pub(super) fn config(&self) -> &PrinterConfig {
        &self.config
    }

    /// Takes new settings that concern the same OctoPrint.
    pub(super) fn configure(
        &mut self,
        config: PrinterConfig,
        outgoing: &mpsc::Sender<Up>,
    ) -> Result<(), Stopped> {
        self.step(&Event::Setup(Box::new(setup(&config))), outgoing)?;
        self.config = config;
        Ok(())
    }

    pub(super) fn card(&self) -> PrinterCard {
        PrinterCard {
            printer: self.id.clone(),
            title: self.config.title.clone(),
            profile: self.config.profile.clone(),
            octoprint: self.hands.version(),
            place: self.config.place.clone(),
            consent: Some(self.config.consent()),
        }
    }

    /// Says whether the card differs from what was said last, and takes it as said.
    pub(super) fn card_changed(&mut self) -> bool {
        let card = self.card();
        let changed = self.card_told.as_ref() != Some(&card);
        self.card_told = Some(card);
        changed
    }

    /// One line for each thing that happened, in words that a maker understands.
    fn narrate(&mut self, change: &Change) {
        let (id, printer) = (&self.id, &self.config.title);
        match change {
            Change::Granted { grant } => {
                let (pieces, design) = (grant.plate.pieces, &grant.plate.design);
                info!(printer = %id, "{printer}: taking {pieces} of {design} for \"{}\"", grant.purpose);
            }
            Change::Starting { path, .. } => info!(printer = %id, "{printer}: starting {path}"),
            Change::Found { path, .. } => {
                info!(printer = %id, "{printer}: found at OctoPrint what a lost journal knew: {path}");
            }
            Change::BedCleared { .. } => info!(printer = %id, "{printer}: the bed is clear"),
            Change::BedTaken => info!(printer = %id, "{printer}: prints something of your own"),
            Change::BedDoubted => info!(
                printer = %id,
                "{printer}: something may have been printed that nobody saw, so look at the bed and say that it is clear"
            ),
            Change::SpoolSaid { left: Some(left) } => {
                info!(printer = %id, "{printer}: {} g of filament are on the spool", left.grams());
            }
            Change::SpoolSaid { left: None } => {
                info!(printer = %id, "{printer}: nobody knows what is on the spool");
            }
            Change::Paused => info!(printer = %id, "{printer}: paused, no new prints"),
            Change::Resumed => info!(printer = %id, "{printer}: takes prints again"),
            Change::Fact { fact, .. } => {
                narrate_fact(id, printer, fact);
                self.happened.push(Happened { at: clock::unix_seconds(), fact: fact.clone() });
                let old = self.happened.len().saturating_sub(HAPPENED_MAX);
                self.happened.drain(..old);
            }
            Change::Remembered { .. }
            | Change::Weighed { .. }
            | Change::FilamentUsed { .. }
            | Change::BedStillClear { .. }
            | Change::HistoryRead { .. }
            | Change::PlateForgotten { .. }
            | Change::FileLeft { .. }
            | Change::FileGone { .. }
            | Change::Receipted { .. }
            | Change::Welcomed { .. } => {}
        }
    }
}

fn narrate_fact(id: &PrinterId, printer: &str, fact: &Fact) {
    match fact {
        Fact::Accepted { .. } => {}
        Fact::Returned { .. } => {
            info!(printer = %id, "{printer}: {}", plates::fact(fact, Language::English));
        }
        Fact::Started { .. } => info!(printer = %id, "{printer}: printing"),
        Fact::Ended { end, plate, note, .. } => match end {
            End::Completed => {
                info!(printer = %id, "{printer}: {} pieces are done: take them off, then say bed-clear", plate.pieces);
            }
            End::Failed => warn!(printer = %id, "{printer}: the print failed: {note}"),
            End::Cancelled => info!(printer = %id, "{printer}: the print was cancelled: {note}"),
            End::Unknown => {
                warn!(printer = %id, "{printer}: look at the bed: nobody knows how the print ended ({note}); then say bed-clear --good N");
            }
        },
        Fact::Judged { good, bad, .. } => {
            info!(printer = %id, "{printer}: {good} good, {bad} bad");
        }
    }
}

fn setup(config: &PrinterConfig) -> Setup {
    Setup {
        profile: config.profile.clone(),
        materials: config.materials.clone(),
        hours: config.hours.clone(),
        seconds_max: config.print_seconds_max,
        agrees_to: config.agrees_to.clone(),
        bed: config.bed,
    }
}
