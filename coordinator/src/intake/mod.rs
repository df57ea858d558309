//! The way in for designs: a drop folder, and uploads. Whatever comes is read once, checked, kept
//! under its digest and told to the [`Brain`]; whatever is wrong with it is kept by name until it
//! is mended.
//!
//! ```text
//! designs/<design>/<revision>/<profile>.gcode     the G-code; packed as .gcode.gz, .bgcode, .gcode.3mf
//! designs/<design>/<revision>/<profile>.toml      what the file cannot say: pieces, material, ...
//! ```

mod folder;
mod keep;
mod label;
mod read;
mod say;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;
use visorfarm_gcode::{Profile, Sentence};
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{DesignId, ProfileId, RevisionId};

pub use self::keep::Arriving;
pub use self::label::{Label, NotALabel};
pub use self::read::Unfit;
use crate::brain::{Brain, Stopping};
use crate::clock::{Clock, Timestamp};
use crate::dispatch::{Answer, Event, Publication, Refused, Slice};

/// The largest G-code file unless told otherwise: ten times the largest plate we have seen.
pub const BYTES_MAX: u64 = 512 * 1024 * 1024;

/// The most problems kept: beyond that, the first ones are enough to begin with.
const PROBLEMS_MAX: usize = 500;

/// The way in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    brain: Brain,
    clock: Arc<Clock>,
    places: Places,
    /// By path below the drop folder. No code that can panic runs while it is held.
    problems: Mutex<BTreeMap<String, Problem>>,
}

/// Where things are.
#[derive(Clone, Debug)]
pub struct Places {
    /// The drop folder.
    pub designs: PathBuf,
    /// Where G-code is kept, each file named by its digest.
    pub gcode: PathBuf,
    /// The largest G-code file that is taken.
    pub bytes_max: u64,
}

/// What a file is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The object.
    pub design: DesignId,
    /// Its version.
    pub revision: RevisionId,
    /// What the G-code is sliced for.
    pub profile: ProfileId,
}

/// Something in the drop folder that cannot be taken as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The file, below the drop folder.
    pub path: String,
    /// What is wrong with it and what to do.
    pub problem: String,
    /// The same in French.
    #[serde(skip)]
    pub french: String,
    /// Since when, in milliseconds since 1970.
    #[schema(value_type = u64)]
    pub since: Timestamp,
}

/// The folders cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the folder {path}")]
pub struct NoFolder {
    /// Which one.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// What stands in it.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// What the dispatcher thinks of it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A disk.
    #[error("cannot read or write {place}: {source}; look for a full disk or missing rights")]
    Disk {
        /// Where.
        place: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The coordinator ends.
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

impl Intake {
    /// Makes the folders that are missing, and forgets what an earlier process left half done.
    pub fn open(brain: Brain, clock: Arc<Clock>, places: Places) -> Result<Self, NoFolder> {
        for path in [&places.designs, &places.gcode] {
            std::fs::create_dir_all(path)
                .map_err(|source| NoFolder { path: path.clone(), source })?;
        }
        keep::sweep(&places.gcode)
            .map_err(|source| NoFolder { path: places.gcode.clone(), source })?;
        let problems = Mutex::default();
        Ok(Self { shared: Arc::new(Shared { brain, clock, places, problems }) })
    }

    /// Watches the drop folder for ever.
    pub async fn run(self) {
        watch::watch(&self).await;
    }

    /// Returns what is wrong in the drop folder now, by path.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.problem_map().values().cloned().collect()
    }

    /// Begins an upload: the bytes go to a file beside those that are kept.
    pub async fn arriving(&self, profile: ProfileId) -> Result<Arriving, NotTaken> {
        let Places { gcode, bytes_max, .. } = self.places().clone();
        keep::blocking(move || Arriving::begin(&gcode, profile, bytes_max)).await
    }

    /// Publishes an upload whose bytes have all arrived.
    pub async fn take(
        &self,
        address: &Address,
        label: &Label,
        arriving: Arriving,
    ) -> Result<Slice, NotTaken> {
        let made_of = label.clone();
        let kept = keep::blocking(move || {
            let arrived = arriving.complete()?;
            let slice = arrived.slice(&made_of);
            arrived.keep(&slice).map(|()| slice)
        });
        let slice = kept.await?;
        self.publish(address, label, slice.clone()).await?;
        Ok(slice)
    }

    async fn publish(
        &self,
        address: &Address,
        label: &Label,
        slice: Slice,
    ) -> Result<(), NotTaken> {
        let Address { design, revision, profile } = address.clone();
        if Profile::shipped(profile.as_str()).is_none() {
            tracing::warn!(%profile,
                "No printer profile {profile} is known here: only the agents that have one of that \
                 name ask for this file, and only they hold it against a printer's limits");
        }
        let slices = Publication {
            channel: label.channel,
            at: self.shared.clock.now(),
            slices: vec![(profile, slice)],
        };
        match self.shared.brain.put(Event::Published { design, revision, slices }).await? {
            Answer::Done | Answer::Opened(_) | Answer::Later => Ok(()),
            Answer::Refused(refused) => Err(refused.into()),
        }
    }

    /// Says whether the farm knows this very file at `address`.
    fn has(&self, address: &Address, digest: Digest) -> bool {
        let board = self.shared.brain.board();
        let mut named = board
            .revisions
            .iter()
            .filter(|row| row.design == address.design && row.revision == address.revision);
        named.any(|row| {
            let mut slices = row.slices.iter();
            slices.any(|s| s.profile == address.profile && s.slice.digest == digest)
        })
    }

    /// Replaces the problems by those found now; logs each new one once.
    fn now_wrong(&self, found: BTreeMap<String, Sentence>) {
        let now = self.shared.clock.now();
        let mut problems = self.problem_map();
        let mut next = BTreeMap::new();
        for (path, Sentence { english: problem, french }) in found.into_iter().take(PROBLEMS_MAX) {
            let before = problems.remove(&path).filter(|before| before.problem == problem);
            if before.is_none() {
                tracing::warn!(%path, "Not taken from the drop folder: {path}: {problem}");
            }
            let since = before.map_or(now, |before| before.since);
            next.insert(path.clone(), Problem { path, problem, french, since });
        }
        *problems = next;
    }

    fn problem_map(&self) -> MutexGuard<'_, BTreeMap<String, Problem>> {
        self.shared.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn places(&self) -> &Places {
        &self.shared.places
    }
}

/// Returns `path` as it is shown: below `folder`, whatever its bytes are.
fn shown(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below.to_string_lossy().chars().filter(|c| !c.is_control()).take(300).collect()
}
