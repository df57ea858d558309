//! What a supervisor orders and waits for: fetch, upload, start, ask. Each piece of work runs beside
//! the agent's task and answers with an event.

use std::path::{Path, PathBuf};

use tokio::task::AbortHandle;
use tracing::{info, warn};
use visorfarm_gcode::{Options, Profile, Severity, verify};
use visorfarm_protocol::id::{LeaseId, PrinterId, ProfileId};
use visorfarm_protocol::message::{Grant, Return};

use super::Inbox;
use crate::fetch::{FetchError, Fetched, Fetcher, Wanted};
use crate::octoprint::rest::{Rest, RestError, StartError};
use crate::supervise::{Event, FetchFailed, StartAnswer, Witnesses};

/// What every workshop of an agent shares.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    pub(super) fetcher: Fetcher,
    /// Where the maker keeps printer profiles of their own: `<profile>.toml`.
    pub(super) profiles: PathBuf,
    /// Where fetched files lie.
    pub(super) cache: PathBuf,
}

/// Does the work of one printer.
#[derive(Debug)]
pub(super) struct Workshop {
    tools: Tools,
    printer: PrinterId,
    rest: Rest,
    inbox: Inbox,
    /// The preparation under way: a new one takes its place.
    preparing: Option<AbortHandle>,
}

impl Workshop {
    pub(super) fn new(tools: Tools, printer: PrinterId, rest: Rest, inbox: Inbox) -> Self {
        Self { tools, printer, rest, inbox, preparing: None }
    }

    /// Says whether OctoPrint is asked with this key.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.rest.has_key(key)
    }

    fn prepare(&mut self, work: impl Future<Output = Event> + Send + 'static) {
        let handle = self.spawn(work);
        if let Some(before) = self.preparing.replace(handle) {
            before.abort();
        }
    }

    fn spawn(&self, work: impl Future<Output = Event> + Send + 'static) -> AbortHandle {
        let (printer, inbox) = (self.printer.clone(), self.inbox.clone());
        let answer = async move {
            let event = work.await;
            // Nobody takes it when the agent stops; a restart asks OctoPrint.
            inbox.send((printer, event)).await.ok();
        };
        tokio::spawn(answer).abort_handle()
    }

    /// Fetches the grant's file, and holds it against this printer's own profile.
    pub(super) fn fetch(&mut self, grant: Grant, profile: &ProfileId) {
        let (tools, profile) = (self.tools.clone(), profile.clone());
        self.prepare(async move {
            let result = prepare(&tools, &grant, &profile).await.map(drop);
            Event::Fetched { lease: grant.lease, result }
        });
    }

    /// Uploads the fetched file, and reads it back.
    pub(super) fn upload(&mut self, grant: Grant) {
        let (tools, rest) = (self.tools.clone(), self.rest.clone());
        self.prepare(async move {
            let profile = grant.plate.profile.clone();
            let result = match prepare(&tools, &grant, &profile).await {
                Ok(file) => upload(&rest, &grant, file.path()).await,
                Err(failed) => Err(failed),
            };
            Event::Uploaded { lease: grant.lease, result }
        });
    }

    /// Orders the start. Never repeated, whatever the answer.
    pub(super) fn start(&self, lease: LeaseId, path: String) {
        let rest = self.rest.clone();
        self.spawn(async move {
            let answer = match rest.start(&path).await {
                Ok(()) => StartAnswer::Taken,
                Err(error @ StartError::Unsure { .. }) => StartAnswer::Unsure(error.to_string()),
                Err(
                    error @ (StartError::Refused { .. }
                    | StartError::NotAllowed
                    | StartError::Gone
                    | StartError::NotReached { .. }),
                ) => StartAnswer::Refused(error.to_string()),
            };
            info!("OctoPrint's answer to the start of {path}: {answer:?}");
            Event::StartAnswered { lease, answer }
        });
    }

    /// Asks what became of the file at `path`. The file's history is asked after the job, so that a
    /// print that ends in between shows in one of them.
    pub(super) fn ask(&self, lease: LeaseId, path: String) {
        let rest = self.rest.clone();
        let (printer, inbox) = (self.printer.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let Ok(snapshot) = rest.snapshot().await else { return };
            let Ok(record) = rest.file(&path).await else { return };
            let event = Event::Witnesses(Witnesses { lease, snapshot, record });
            inbox.send((printer, event)).await.ok();
        });
    }

    pub(super) fn delete(&self, path: String) {
        let rest = self.rest.clone();
        tokio::spawn(async move {
            if let Err(error) = rest.delete(&path).await {
                info!("Left {path} in OctoPrint: {error}");
            }
        });
    }
}

/// Returns the grant's file, whole and judged harmless on this printer.
async fn prepare(
    tools: &Tools,
    grant: &Grant,
    profile: &ProfileId,
) -> Result<Fetched, FetchFailed> {
    let rules = own_profile(&tools.profiles, profile)
        .map_err(|note| FetchFailed { why: Return::Unsafe, note })?;
    let wanted = Wanted { digest: grant.plate.digest, bytes: grant.bytes };
    let fetched = tools
        .fetcher
        .fetch(wanted, &Options::from(&rules))
        .await
        .map_err(|error| failed(&error))?;
    let findings = verify(&fetched.report, &rules);
    for finding in &findings {
        if finding.severity <= Severity::Warn {
            warn!("{} {}: {}", grant.plate.design, grant.plate.revision, finding.message());
        }
    }
    match findings.iter().find(|finding| finding.severity == Severity::Forbid) {
        Some(finding) => Err(FetchFailed { why: Return::Unsafe, note: finding.message() }),
        None => Ok(fetched),
    }
}

/// Returns the maker's own profile of that name, or else the one that is shipped.
fn own_profile(folder: &Path, name: &ProfileId) -> Result<Profile, String> {
    let path = folder.join(format!("{name}.toml"));
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            Profile::parse(&text).map_err(|error| format!("profile {}: {error}", path.display()))
        }
        Err(_) => Profile::shipped(name.as_str()).ok_or_else(|| {
            format!("there is no printer profile {name}: write one to {}", path.display())
        }),
    }
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
    let name = format!("{}.gcode", grant.lease);
    let path = rest.upload(&name, file, grant.bytes).await.map_err(|error| refused(&error))?;
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
