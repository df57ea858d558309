//! What a supervisor orders and waits for: fetch, upload, start, ask. Each piece of work runs beside
//! the agent's task and answers with an event.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc};
use tokio::task::{AbortHandle, JoinSet};
use tracing::{info, warn};
use visorfarm_gcode::Options;
use visorfarm_protocol::id::{LeaseId, PrinterId};
use visorfarm_protocol::message::{Grant, Return};

use super::floor::Inbox;
use super::hands::Hands;
use super::look::{self, Version};
use super::photographer::photograph;
use super::terms::Terms;
use super::weigh;
use crate::clock::{Clock, Moment};
use crate::config::PrinterConfig;
use crate::fetch::{FetchError, Fetched, Fetcher, Wanted};
use crate::octoprint::rest::{Rest, RestError, StartError};
use crate::state_dir::StateDir;
use crate::supervise::{Event, FetchFailed, Question, StartAnswer, Witnesses, file_name};

/// What every workshop of an agent shares.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    pub(super) fetcher: Fetcher,
    /// Where the maker keeps printer profiles of their own: `<profile>.toml`.
    pub(super) profiles: PathBuf,
    /// Where the agent keeps what it must not forget.
    pub(super) state: StateDir,
}

/// Does the work of one printer.
#[derive(Debug)]
pub(super) struct Workshop {
    tools: Tools,
    version: Version,
    /// What looks and listens at OctoPrint; dropped with the printer.
    _watchers: JoinSet<()>,
    printer: PrinterId,
    rest: Rest,
    inbox: Inbox,
    /// Has a picture taken.
    camera: mpsc::Sender<()>,
    /// The preparation under way: a new one takes its place.
    preparing: Option<AbortHandle>,
    /// Held by the upload under way. It is never broken off: a file that may have arrived is told.
    uploading: Arc<Mutex<()>>,
}

impl Workshop {
    /// Begins to watch OctoPrint.
    pub(super) fn open(
        tools: Tools,
        printer: PrinterId,
        rest: Rest,
        (clock, inbox): (Clock, Inbox),
    ) -> Self {
        let version = Version::default();
        let state = tools.state.clone();
        let mut watchers = look::watch(&printer, clock, &rest, &version, &inbox, state);
        let (camera, orders) = mpsc::channel(1);
        let album = tools.fetcher.album();
        watchers.spawn(photograph(printer.clone(), rest.clone(), album, orders));
        Self {
            _watchers: watchers,
            camera,
            tools,
            version,
            printer,
            rest,
            inbox,
            preparing: None,
            uploading: Arc::default(),
        }
    }

    /// Says whether OctoPrint is asked with this key.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.rest.has_key(key)
    }

    fn prepare(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        let handle = tokio::spawn(work).abort_handle();
        if let Some(before) = self.preparing.replace(handle) {
            before.abort();
        }
    }

    fn answerer(&self) -> Answerer {
        Answerer { printer: self.printer.clone(), inbox: self.inbox.clone() }
    }
}

impl Hands for Workshop {
    fn picture(&self) {
        // If the one before is still on its way, this one is left out.
        self.camera.try_send(()).ok();
    }

    fn version(&self) -> Option<String> {
        self.version.told()
    }

    fn fetch(&mut self, grant: Grant, config: &PrinterConfig) {
        let (terms, tools, answerer) = (Terms::of(config), self.tools.clone(), self.answerer());
        self.prepare(async move {
            let (lease, result) = (grant.lease, prepare(&tools, &grant, &terms).await);
            if let Ok(file) = &result {
                let weight = weigh::weight(&file.report);
                answerer.answer(Event::Weighed { lease, weight }).await;
            }
            answerer.answer(Event::Fetched { lease, result: result.map(drop) }).await;
        });
    }

    fn upload(&mut self, grant: Grant, config: &PrinterConfig) {
        let terms = Terms::of(config);
        let (tools, rest, answerer) = (self.tools.clone(), self.rest.clone(), self.answerer());
        let uploading = Arc::clone(&self.uploading);
        self.prepare(async move {
            let turn = uploading.lock_owned().await;
            let lease = grant.lease;
            match prepare(&tools, &grant, &terms).await {
                Err(failed) => {
                    answerer.answer(Event::Uploaded { lease, result: Err(failed) }).await;
                }
                Ok(file) => drop(tokio::spawn(async move {
                    let result = upload(&rest, &grant, file.path()).await;
                    drop(turn);
                    answerer.answer(Event::Uploaded { lease, result }).await;
                })),
            }
        });
    }

    fn start(&self, lease: LeaseId, path: String) {
        let (rest, answerer) = (self.rest.clone(), self.answerer());
        tokio::spawn(async move {
            let answer = match rest.start(&path).await {
                Ok(()) => StartAnswer::Taken,
                Err(error) => not_taken(&error),
            };
            tell(&path, &answer);
            answerer.answer(Event::StartAnswered { lease, answer }).await;
        });
    }

    fn ask(&self, Question { lease, path, asked }: Question) {
        let (rest, answerer) = (self.rest.clone(), self.answerer());
        tokio::spawn(async move {
            // In this order: a print whose end is in its history does not run any more by the time of the second look.
            let Ok(record) = rest.file(&path).await else { return };
            let Ok(snapshot) = rest.snapshot().await else { return };
            answerer.answer(Event::Witnesses(Witnesses { lease, asked, snapshot, record })).await;
        });
    }

    fn delete(&self, path: String, asked: Moment) {
        let (rest, answerer) = (self.rest.clone(), self.answerer());
        tokio::spawn(async move {
            match rest.delete(&path).await {
                Ok(()) => answerer.answer(Event::Deleted { path, asked }).await,
                Err(error) => info!("Left {path} in OctoPrint for now: {error}"),
            }
        });
    }
}

/// Where the answer of a piece of work goes.
struct Answerer {
    printer: PrinterId,
    inbox: Inbox,
}

impl Answerer {
    async fn answer(&self, event: Event) {
        // Nobody takes it when the agent stops; a restart asks OctoPrint.
        self.inbox.send((self.printer.clone(), event)).await.ok();
    }
}

fn not_taken(error: &StartError) -> StartAnswer {
    let told = error.to_string();
    match error {
        StartError::Unsure { .. } => StartAnswer::Unsure(told),
        StartError::Conflict { .. } => StartAnswer::Conflict(told),
        StartError::Refused { .. }
        | StartError::NotAllowed
        | StartError::Gone
        | StartError::NotReached { .. } => StartAnswer::Refused(told),
    }
}

fn tell(path: &str, answer: &StartAnswer) {
    match answer {
        StartAnswer::Taken => info!("OctoPrint took the order to print {path}"),
        StartAnswer::Conflict(why) | StartAnswer::Refused(why) => {
            warn!("OctoPrint refused to print {path}: {why}");
        }
        StartAnswer::Unsure(why) => {
            warn!("OctoPrint did not say whether it prints {path} ({why}): looking");
        }
    }
}

/// Returns the grant's file, whole and allowed by the printer's terms.
async fn prepare(tools: &Tools, grant: &Grant, terms: &Terms) -> Result<Fetched, FetchFailed> {
    let profile = terms.profile(&tools.profiles)?;
    let wanted = Wanted { digest: grant.plate.digest, bytes: grant.bytes };
    let fetched = tools
        .fetcher
        .fetch(wanted, &Options::from(&profile))
        .await
        .map_err(|error| failed(&error))?;
    terms.allow(&fetched.report, &profile)?;
    Ok(fetched)
}

fn failed(error: &FetchError) -> FetchFailed {
    let why = match error {
        FetchError::TooLarge { .. } | FetchError::NoRoom { .. } | FetchError::File { .. } => {
            Return::Disk
        }
        FetchError::Busy { .. }
        | FetchError::Network { .. }
        | FetchError::Refused { .. }
        | FetchError::CutShort { .. }
        | FetchError::WrongBytes { .. }
        | FetchError::Decayed { .. } => Return::Fetch,
    };
    FetchFailed { why, note: error.to_string() }
}

/// Stores the file at OctoPrint under a name of this lease, and makes sure that it is the same.
async fn upload(rest: &Rest, grant: &Grant, file: &Path) -> Result<String, FetchFailed> {
    let refused = |error: &RestError| FetchFailed { why: Return::Printer, note: error.to_string() };
    let path = rest
        .upload(&file_name(grant.lease), file, grant.bytes)
        .await
        .map_err(|error| refused(&error))?;
    let same = rest
        .download_matches(&path, grant.plate.digest, grant.bytes)
        .await
        .map_err(|error| refused(&error))?;
    if same {
        return Ok(path);
    }
    let note = format!("OctoPrint keeps other bytes than were sent in {path}");
    Err(FetchFailed { why: Return::Printer, note })
}
