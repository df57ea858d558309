//! Puts the agent together, and follows its settings.

use std::path::Path;

use tokio::sync::mpsc;
use tracing::{error, info, warn};
use visorfarm_protocol::id::PrinterId;

use super::Agent;
use super::floor::{Floor, Speaker, Waits};
use super::printer::{Equipment, Printer, Stopped};
use super::work::{Tools, Workshop};
use crate::clock::Clock;
use crate::config::notices::Notices;
use crate::config::{self, Config, ConfigError, PrinterConfig};
use crate::fetch::{Cache, Fetcher};
use crate::journal::{Journal, JournalError};
use crate::link::{Link, NoBroker};
use crate::local::render::Language;
use crate::local::{Door, DoorError};
use crate::memos::Mailbox;
use crate::octoprint::rest::{Rest, UrlRefused};
use crate::page::{Page, Surroundings};
use crate::state_dir::{StateDir, StateError};

/// The most that fetched files may take on the disk. A day's plates; an SD card has 16 GB.
const CACHE_BYTES_MAX: u64 = 1 << 30;

/// Events that wait. A full queue holds up the watchers of OctoPrint.
const EVENTS_MAX: usize = 256;

/// Messages of the coordinator's that wait. A full queue holds up the connection.
const INCOMING_MAX: usize = 64;

/// Messages that wait for the network. What does not fit is said again.
const OUTGOING_MAX: usize = 256;

/// Why the agent cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// This machine belongs to no farm.
    #[error(
        "this machine has joined no farm yet: ask the dispatcher for an invite, then run `visorfarm-agent enrol INVITE`"
    )]
    NotEnrolled,
    /// The settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The state folder.
    #[error(transparent)]
    State(#[from] StateError),
    /// The command socket.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The coordinator's brokers.
    #[error(transparent)]
    Link(#[from] NoBroker),
    /// The HTTP client.
    #[error("cannot prepare to fetch files")]
    Fetch(#[source] reqwest::Error),
    /// The system gives no random numbers.
    #[error("this machine gives no random numbers")]
    Random(#[source] getrandom::Error),
    /// A printer.
    #[error("printer {printer}")]
    Printer {
        /// Which one.
        printer: PrinterId,
        /// Why.
        #[source]
        source: PrinterError,
    },
}

/// Why a printer cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PrinterError {
    /// There is no key to its OctoPrint.
    #[error(
        "there is no key to its OctoPrint: run `visorfarm-agent octoprint-key {printer}`, and click Allow in OctoPrint"
    )]
    NoKey {
        /// Which printer.
        printer: PrinterId,
    },
    /// The address of its OctoPrint.
    #[error(transparent)]
    Url(#[from] UrlRefused),
    /// Its journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Its journal refused the first line.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The keys cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Serves the printers of the settings at `config` until the process is told to stop.
pub async fn run(config_path: &Path, state: StateDir) -> Result<(), RunError> {
    let membership = state.membership()?.ok_or(RunError::NotEnrolled)?;
    let config = Config::load(config_path)?;
    let changes = config::watch(config_path);
    let cache = Cache::new(&state.cache(), CACHE_BYTES_MAX);
    let fetcher = Fetcher::new(cache, membership.clone()).map_err(RunError::Fetch)?;
    let link = Link::new(membership)?;
    let door = Door::bind(&state.socket()).await?;

    let (inbox, events) = mpsc::channel(EVENTS_MAX);
    let (outgoing, to_tell) = mpsc::channel(OUTGOING_MAX);
    let (told, incoming) = mpsc::channel(INCOMING_MAX);
    let (asks, asked) = mpsc::channel(1);
    tokio::spawn(link.run(to_tell, told));
    tokio::spawn(door.run(asks.clone()));

    let profiles = config_path.parent().unwrap_or_else(|| Path::new(".")).join("profiles");
    let tools = Tools { fetcher, profiles, state: state.clone() };
    let clock = Clock::start();
    let (page_state, page_config) = (state.clone(), config_path.to_owned());
    let surroundings = Surroundings { asks, state: page_state, config: page_config, clock };
    let session = getrandom::u64().map_err(RunError::Random)?;
    let speaker = Speaker { incarnation: state.incarnation()?, session };
    let mailbox = Mailbox::open(state.clone())?;
    let mut agent = Agent {
        mailbox,
        floor: Floor::new(clock, speaker, outgoing),
        state,
        tools,
        inbox,
        config_error: None,
        page: Page::open(config.page, surroundings),
        letters: None,
    };
    agent.wish(config.notices.as_ref());
    for printer in config.printers {
        let id = printer.name.clone();
        agent.open(printer).map_err(|source| RunError::Printer { printer: id, source })?;
    }
    if agent.floor.printers().next().is_none() {
        warn!("There is no printer in {}: add a [[printer]]", config_path.display());
    }
    agent.serve(Waits { events, incoming, asked, tick: Waits::ticks() }, changes).await;
    info!("Stopped");
    Ok(())
}

impl Agent {
    /// Begins to serve a printer.
    fn open(&mut self, config: PrinterConfig) -> Result<(), PrinterError> {
        let id = config.name.clone();
        let keys = self.state.octoprint_keys()?;
        let key = keys.get(&id).ok_or_else(|| PrinterError::NoKey { printer: id.clone() })?;
        let rest = Rest::new(&config.octoprint, key)?;
        let journal = Journal::open(&self.state.journal(&id))?;
        let inbox = (self.floor.clock, self.inbox.clone());
        let hands = Workshop::open(self.tools.clone(), id.clone(), rest, inbox);
        let asks_from = self.floor.asks_from();
        let printer =
            Printer::wake(Equipment { config, journal, hands, asks_from }, self.floor.clock)?;
        info!(printer = %id, "Serving {id} at {}", printer.config().octoprint);
        self.floor.put(printer);
        Ok(())
    }

    /// Takes changed settings. A wrong file keeps the old ones, and says which line is wrong.
    pub(super) fn configure(&mut self, config: Result<Config, ConfigError>) -> Result<(), Stopped> {
        let config = match config {
            Ok(config) => config,
            Err(error) => {
                error!("The settings stay as they were: {error}");
                self.config_error = Some(error.to_string());
                return Ok(());
            }
        };
        self.config_error = None;
        info!("Read changed settings");
        self.page.listen(config.page);
        self.wish(config.notices.as_ref());
        let gone = |id: &PrinterId| !config.printers.iter().any(|kept| kept.name == *id);
        let removed: Vec<_> = self.floor.printers.keys().filter(|id| gone(id)).cloned().collect();
        for id in removed {
            self.remove(&id);
        }
        for printer in config.printers {
            self.configure_printer(printer)?;
        }
        self.floor.say_hello();
        Ok(())
    }

    /// Notes what the maker wants to be told by letter. What the coordinator said to another wish is no
    /// answer to this one.
    fn wish(&mut self, notices: Option<&Notices>) {
        let wish = notices.map(|notices| notices.wish(Language::of_environment()));
        if self.floor.wish != wish {
            self.letters = None;
            self.floor.wish = wish;
        }
    }

    fn configure_printer(&mut self, config: PrinterConfig) -> Result<(), Stopped> {
        let id = config.name.clone();
        match self.floor.printers.get_mut(&id) {
            Some(known) if known.config().octoprint == config.octoprint => {
                known.configure(config, &self.floor.outgoing)
            }
            // The journal belongs to the printer: it is closed before it is opened again.
            Some(_) => {
                self.floor.printers.remove(&id);
                self.open_or_tell(config)
            }
            None => self.open_or_tell(config),
        }
    }

    /// Looks whether the maker has got a new key for a printer whose OctoPrint refuses the one in use.
    pub(super) fn look_for_key(&mut self, id: &PrinterId) -> Result<(), Stopped> {
        let keys = match self.state.octoprint_keys() {
            Ok(keys) => keys,
            Err(error) => {
                error!(printer = %id, "Cannot look for a new key: {error}");
                return Ok(());
            }
        };
        let (Some(printer), Some(key)) = (self.floor.printers.get(id), keys.get(id)) else {
            return Ok(());
        };
        if printer.hands.has_key(key) {
            return Ok(());
        }
        info!(printer = %id, "{id} has a new key to its OctoPrint");
        let config = printer.config().clone();
        // The journal belongs to the printer: it is closed before it is opened again.
        let watched = self.floor.printers.remove(id).map(|printer| printer.supervisor().watched());
        self.open_or_tell(config)?;
        if let (Some(printer), Some(watched)) = (self.floor.printers.get_mut(id), watched) {
            printer.goes_on(watched);
        }
        self.floor.say_hello();
        Ok(())
    }

    fn open_or_tell(&mut self, config: PrinterConfig) -> Result<(), Stopped> {
        let id = config.name.clone();
        match self.open(config) {
            Ok(()) => Ok(()),
            Err(PrinterError::Stopped(stopped)) => Err(stopped),
            Err(error) => {
                error!(printer = %id, "Not serving {id}: {error}");
                self.config_error = Some(format!("printer {id}: {error}"));
                Ok(())
            }
        }
    }

    /// A print under way goes on in OctoPrint; its journal waits for the printer to come back.
    fn remove(&mut self, id: &PrinterId) {
        info!(printer = %id, "No longer serving {id}");
        self.floor.printers.remove(id);
    }
}
