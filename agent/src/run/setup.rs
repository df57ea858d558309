//! Puts the agent together, and follows its settings.

use std::path::Path;

use tokio::sync::mpsc;
use tracing::{error, info, warn};
use visorfarm_protocol::id::PrinterId;

use super::printer::{Printer, Shared};
use super::work::Tools;
use super::{Agent, Waits};
use crate::clock::Clock;
use crate::config::{self, Config, ConfigError, PrinterConfig};
use crate::fetch::{Cache, Fetcher};
use crate::journal::JournalError;
use crate::link::{Link, NoBroker};
use crate::local::{Door, DoorError, LinkState};
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
    let tools = Tools { fetcher, profiles, cache: state.cache() };
    let clock = Clock::start();
    let (page_state, page_config) = (state.clone(), config_path.to_owned());
    let surroundings = Surroundings { asks, state: page_state, config: page_config, clock };
    let mut agent = Agent {
        clock,
        state,
        tools,
        printers: std::collections::BTreeMap::new(),
        inbox,
        outgoing,
        link: LinkState::Connecting,
        session: getrandom::u64().map_err(RunError::Random)?,
        config_error: None,
        page: Page::open(config.page, surroundings),
        heartbeat: None,
    };
    for printer in config.printers {
        let id = printer.name.clone();
        agent.open(printer).map_err(|source| RunError::Printer { printer: id, source })?;
    }
    if agent.printers.is_empty() {
        warn!("There is no printer in {}: add a [[printer]]", config_path.display());
    }
    agent.serve(Waits { events, incoming, asked, config: changes }).await;
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
        let shared = Shared {
            clock: self.clock,
            inbox: &self.inbox,
            tools: self.tools.clone(),
            // Above the asks of a printer that was opened before, and far below 2^53, so that it
            // stays exact in any JSON reader.
            asks_from: (self.session >> 16) + self.clock.now().0,
        };
        let printer = Printer::open(config, &self.state.journal(&id), rest, shared)?;
        info!(printer = %id, "Serving {id} at {}", printer.config().octoprint);
        self.printers.insert(id, printer);
        Ok(())
    }

    /// Takes changed settings. A wrong file keeps the old ones, and says which line is wrong.
    pub(super) fn configure(&mut self, config: Result<Config, ConfigError>) {
        let config = match config {
            Ok(config) => config,
            Err(error) => {
                error!("The settings stay as they were: {error}");
                self.config_error = Some(error.to_string());
                return;
            }
        };
        self.config_error = None;
        info!("Read changed settings");
        self.page.listen(config.page);
        let gone = |id: &PrinterId| !config.printers.iter().any(|kept| kept.name == *id);
        let removed: Vec<_> = self.printers.keys().filter(|id| gone(id)).cloned().collect();
        for id in removed {
            self.remove(&id);
        }
        for printer in config.printers {
            self.configure_printer(printer);
        }
        self.say_hello();
    }

    fn configure_printer(&mut self, config: PrinterConfig) {
        let id = config.name.clone();
        match self.printers.get_mut(&id) {
            Some(known) if known.config().octoprint == config.octoprint => {
                known.configure(config, &self.outgoing);
            }
            // The journal belongs to the printer: it is closed before it is opened again.
            Some(_) => {
                self.printers.remove(&id);
                self.open_or_tell(config);
            }
            None => self.open_or_tell(config),
        }
    }

    /// Looks whether the maker has got a new key for a printer whose OctoPrint refuses the one in use.
    pub(super) fn look_for_key(&mut self, id: &PrinterId) {
        let keys = match self.state.octoprint_keys() {
            Ok(keys) => keys,
            Err(error) => return error!(printer = %id, "Cannot look for a new key: {error}"),
        };
        let (Some(printer), Some(key)) = (self.printers.get(id), keys.get(id)) else { return };
        if printer.has_key(key) {
            return;
        }
        info!(printer = %id, "{id} has a new key to its OctoPrint");
        let config = printer.config().clone();
        // The journal belongs to the printer: it is closed before it is opened again.
        let watched = self.printers.remove(id).map(|printer| printer.supervisor().watched());
        self.open_or_tell(config);
        if let (Some(printer), Some(watched)) = (self.printers.get_mut(id), watched) {
            printer.goes_on(watched);
        }
        self.say_hello();
    }

    fn open_or_tell(&mut self, config: PrinterConfig) {
        let id = config.name.clone();
        if let Err(error) = self.open(config) {
            error!(printer = %id, "Not serving {id}: {error}");
            self.config_error = Some(format!("printer {id}: {error}"));
        }
    }

    /// A print under way goes on in OctoPrint; its journal waits for the printer to come back.
    fn remove(&mut self, id: &PrinterId) {
        info!(printer = %id, "No longer serving {id}");
        self.printers.remove(id);
    }
}

/// Returns when the process is told to stop.
pub(super) async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened for");
    let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be listened for");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
