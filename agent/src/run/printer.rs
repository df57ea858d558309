//! One printer's supervisor with its journal and its OctoPrint: decides, journals, then acts.

use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{error, info, warn};
use visorfarm_protocol::id::PrinterId;
use visorfarm_protocol::message::{End, Fact, Up};
use visorfarm_protocol::status::{PrinterCard, PrinterStatus};

use super::look::{self, Version};
use super::terms::Terms;
use super::work::{Tools, Workshop};
use super::{Inbox, report};
use crate::brain::{Brain, Step, Waking};
use crate::clock::{self, Clock};
use crate::config::PrinterConfig;
use crate::journal::{Journal, JournalError};
use crate::local::render::Language;
use crate::local::{Happened, words};
use crate::octoprint::rest::Rest;
use crate::supervise::{Action, Answer, Change, Event, Now, Setup, Supervisor, Watched};

/// What happened last, for the maker.
const HAPPENED_MAX: usize = 20;

pub(super) struct Printer {
    id: PrinterId,
    clock: Clock,
    config: PrinterConfig,
    brain: Brain,
    workshop: Workshop,
    /// What looks and listens at OctoPrint; dropped with the printer.
    _watchers: JoinSet<()>,
    version: Version,
    pub(super) happened: Vec<Happened>,
    pub(super) told: Option<report::Told>,
    pub(super) since: Option<(PrinterStatus, u64)>,
    card_told: Option<PrinterCard>,
}

/// What every printer of an agent shares.
pub(super) struct Shared<'a> {
    pub(super) clock: Clock,
    pub(super) inbox: &'a Inbox,
    pub(super) tools: Tools,
    pub(super) asks_from: u64,
}

impl Printer {
    /// Replays the journal and begins to watch OctoPrint.
    pub(super) fn open(
        config: PrinterConfig,
        journal: &Path,
        rest: Rest,
        shared: Shared<'_>,
    ) -> Result<Self, JournalError> {
        let id = config.name.clone();
        let (journal, replay) = Journal::open(journal)?;
        let waking =
            Waking { printer: id.clone(), setup: setup(&config), asks_from: shared.asks_from };
        let brain = Brain::wake(waking, journal, &replay);
        let version = Version::default();
        let cache = shared.tools.cache.clone();
        let watchers = look::watch(&id, shared.clock, &rest, &version, shared.inbox, cache);
        let workshop = Workshop::new(shared.tools, id.clone(), rest, shared.inbox.clone());
        let mut printer = Self {
            id,
            clock: shared.clock,
            config,
            brain,
            workshop,
            _watchers: watchers,
            version,
            happened: Vec::new(),
            told: None,
            since: None,
            card_told: None,
        };
        printer.step(&Event::Restarted, &mpsc::channel(1).0);
        Ok(printer)
    }

    /// Goes on from the printer that was driven with another key: the maker's word counts on.
    pub(super) fn goes_on(&mut self, watched: Watched) {
        self.brain.goes_on(watched);
    }

    /// Takes an event: decides, journals, and only then acts.
    pub(super) fn step(&mut self, event: &Event, outgoing: &mpsc::Sender<Up>) -> Option<Answer> {
        let now = self.now();
        let step = self.brain.step(now, event).unwrap_or_else(|error| {
            // What was decided and is not on the disk must not happen. A restart asks OctoPrint.
            error!(printer = %self.id, "Stopping: {error}: {}", cause(&error));
            std::process::exit(70);
        });
        let Step { changes, actions, answer } = step;
        for change in &changes {
            self.narrate(change);
        }
        for action in actions {
            self.act(action, outgoing);
        }
        answer
    }

    fn act(&mut self, action: Action, outgoing: &mpsc::Sender<Up>) {
        match action {
            Action::Say(message) => {
                // Facts and asks are said again.
                if outgoing.try_send(message).is_err() {
                    warn!(printer = %self.id, "The network is slow: a message waits to be said again");
                }
            }
            Action::Fetch(grant) => self.workshop.fetch(*grant, self.terms()),
            Action::Upload(grant) => self.workshop.upload(*grant, self.terms()),
            Action::Start { lease, path } => self.workshop.start(lease, path),
            Action::Ask { lease, path } => self.workshop.ask(lease, path),
            Action::Delete { path, asked } => self.workshop.delete(path, asked),
        }
    }

    fn terms(&self) -> Terms {
        Terms {
            profile: self.config.profile.clone(),
            agrees_to: self.config.agrees_to.clone(),
            seconds_max: self.config.print_seconds_max,
        }
    }

    pub(super) fn now(&self) -> Now {
        Now { moment: self.clock.now(), minute: clock::minute_of_day() }
    }

    pub(super) fn supervisor(&self) -> &Supervisor {
        self.brain.supervisor()
    }

    pub(super) fn config(&self) -> &PrinterConfig {
        &self.config
    }

    /// Says whether its OctoPrint is asked with this key.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.workshop.has_key(key)
    }

    /// Takes new settings that concern the same OctoPrint.
    pub(super) fn configure(&mut self, config: PrinterConfig, outgoing: &mpsc::Sender<Up>) {
        self.step(&Event::Setup(Box::new(setup(&config))), outgoing);
        self.config = config;
    }

    pub(super) fn card(&self) -> PrinterCard {
        PrinterCard {
            printer: self.id.clone(),
            title: self.config.title.clone(),
            profile: self.config.profile.clone(),
            octoprint: self.version.told(),
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
            Change::BedCleared { .. } => info!(printer = %id, "{printer}: the bed is clear"),
            Change::BedTaken => info!(printer = %id, "{printer}: prints something of your own"),
            Change::BedDoubted => info!(
                printer = %id,
                "{printer}: OctoPrint was restarted unseen, so look at the bed and say that it is clear"
            ),
            Change::Paused => info!(printer = %id, "{printer}: paused, no new prints"),
            Change::Resumed => info!(printer = %id, "{printer}: takes prints again"),
            Change::Fact { fact, .. } => {
                narrate_fact(id, printer, fact);
                self.happened.push(Happened { at: clock::unix_seconds(), fact: fact.clone() });
                let old = self.happened.len().saturating_sub(HAPPENED_MAX);
                self.happened.drain(..old);
            }
            Change::Remembered { .. }
            | Change::BedStillClear { .. }
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
            info!(printer = %id, "{printer}: {}", words::fact(fact, Language::English));
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

fn cause(error: &dyn std::error::Error) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}
