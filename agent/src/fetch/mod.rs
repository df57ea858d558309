//! Gets the G-code of a lease onto this machine: whole, unchanged, and read.
//!
//! A file is known by its digest, so it is fetched once, resumed where a network broke, and checked
//! each time it is used: cards forget bits. [`Fetched`] is the only way to a file, and holds it in
//! the cache for as long as it lives.

mod cache;
mod download;

use std::io;
use std::path::{Path, PathBuf};

use tokio::time::sleep;
use tracing::info;
use visorfarm_gcode::{Options, Report, Scanner};
use visorfarm_protocol::digest::Digest;

use crate::album::Album;
use crate::backoff::Backoff;
use crate::enrol::Membership;
use crate::trust;
use cache::{Hold, Part};

pub use cache::Cache;

/// How often a coordinator may say no. It gives a lease and its file in two steps, so that the
/// first no may be too early.
const REFUSALS_MAX: u32 = 4;

/// Fetches files with an agent's credentials.
#[derive(Clone, Debug)]
pub struct Fetcher {
    cache: Cache,
    client: reqwest::Client,
    membership: Membership,
    backoff: Backoff,
}

/// A file that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its SHA-256.
    pub digest: Digest,
    /// Its size.
    pub bytes: u64,
}

/// A file that is there, whole and unchanged. It stays until this is dropped.
#[derive(Debug)]
pub struct Fetched {
    /// What it does.
    pub report: Report,
    hold: Hold,
}

impl Fetched {
    /// Returns where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.hold.path
    }
}

/// Why a file is not there.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It will never fit the cache.
    #[error("the file has {bytes} bytes, and the cache is for {bytes_max}")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The cache's.
        bytes_max: u64,
    },
    /// It does not fit the disk now.
    #[error(
        "the disk of {folder} has {bytes_free} bytes free, and {bytes_needed} are needed: make \
         room there"
    )]
    NoRoom {
        /// Where.
        folder: PathBuf,
        /// What is free.
        bytes_free: u64,
        /// What should be: it is copied once more for OctoPrint.
        bytes_needed: u64,
    },
    /// A file of the cache cannot be read or written.
    #[error("cannot {doing} {path}")]
    File {
        /// What was tried.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Another printer of this agent fetches the same file.
    #[error("{digest} is being fetched for another printer")]
    Busy {
        /// Which one.
        digest: Digest,
    },
    /// The network or the coordinator failed.
    #[error("the connection to {origin} broke")]
    Network {
        /// To where.
        origin: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The coordinator said no.
    #[error("{origin} gives no file for {digest}: status {status}")]
    Refused {
        /// Which coordinator.
        origin: String,
        /// Which file.
        digest: Digest,
        /// The HTTP status.
        status: u16,
    },
    /// The file ended before its size.
    #[error("{origin} sent {got} of {bytes} bytes")]
    CutShort {
        /// Which coordinator.
        origin: String,
        /// How many came.
        got: u64,
        /// How many should have.
        bytes: u64,
    },
    /// The file has other bytes than its digest says, all of them fresh from the coordinator.
    #[error("{origin} sent another file than {digest}")]
    WrongBytes {
        /// Which coordinator.
        origin: String,
        /// What was wanted.
        digest: Digest,
    },
    /// What was kept here had changed, and is removed.
    #[error("what was kept of {digest} had changed on this machine's disk")]
    Decayed {
        /// Which file.
        digest: Digest,
    },
}

/// Whether another attempt may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Yes,
    FewTimes,
    No,
}

impl FetchError {
    fn again(&self) -> Again {
        match self {
            Self::Busy { .. }
            | Self::Network { .. }
            | Self::CutShort { .. }
            | Self::Decayed { .. } => Again::Yes,
            Self::Refused { status, .. } if 500 <= *status => Again::Yes,
            Self::Refused { .. } => Again::FewTimes,
            Self::TooLarge { .. }
            | Self::NoRoom { .. }
            | Self::File { .. }
            | Self::WrongBytes { .. } => Again::No,
        }
    }
}

impl Fetcher {
    /// Returns what fetches into `cache`.
    pub fn new(cache: Cache, membership: Membership) -> Result<Self, reqwest::Error> {
        let client = trust::http_client(&membership.origin, membership.pin)?;
        Ok(Self { cache, client, membership, backoff: Backoff::default() })
    }

    /// Returns the way by which pictures go where files come from, over the same connections.
    pub(crate) fn album(&self) -> Album {
        Album::new(self.client.clone(), self.membership.clone())
    }

    /// Returns the file `wanted`, read with `options`. Tries until it has it or more attempts would
    /// not help; whoever has no more time drops the future, and loses nothing that was fetched.
    pub async fn fetch(&self, wanted: Wanted, options: &Options) -> Result<Fetched, FetchError> {
        let mut backoff = self.backoff.clone();
        let mut refusals = 0;
        loop {
            let error = match self.attempt(wanted, options).await {
                Ok(fetched) => return Ok(fetched),
                Err(error) => error,
            };
            refusals += u32::from(error.again() == Again::FewTimes);
            if error.again() == Again::No || REFUSALS_MAX <= refusals {
                return Err(error);
            }
            let wait = backoff.next();
            info!("Fetching {} again in {wait:?}: {error}", wanted.digest);
            drop(error);
            // A network that is away does not say when it is back.
            sleep(wait).await;
        }
    }

    async fn attempt(&self, wanted: Wanted, options: &Options) -> Result<Fetched, FetchError> {
        let Wanted { digest, bytes } = wanted;
        if self.cache.bytes_max() < bytes {
            return Err(FetchError::TooLarge { bytes, bytes_max: self.cache.bytes_max() });
        }
        let mut scanner = Scanner::new(options);
        if let Some(mut hold) = self.cache.hold(digest)? {
            hold.feed(&mut scanner).await?;
            let report = scanner.finish();
            if is_wanted(&report, wanted) {
                return Ok(Fetched { report, hold });
            }
            hold.remove()?;
            return Err(FetchError::Decayed { digest });
        }
        let mut part = self.cache.part(digest)?.ok_or(FetchError::Busy { digest })?;
        let kept = part.feed(&mut scanner, bytes).await?;
        if kept < bytes {
            self.cache.make_room(bytes, kept)?;
            self.download(wanted, &mut part, &mut scanner, options).await?;
        }
        let report = scanner.finish();
        if is_wanted(&report, wanted) {
            let hold = part.seal().await?.ok_or(FetchError::Busy { digest })?;
            return Ok(Fetched { report, hold });
        }
        let fresh = part.is_fresh();
        part.remove()?;
        Err(if fresh {
            FetchError::WrongBytes { origin: self.membership.origin.clone(), digest }
        } else {
            FetchError::Decayed { digest }
        })
    }
}

fn is_wanted(report: &Report, wanted: Wanted) -> bool {
    report.sha256.0 == wanted.digest.0 && report.bytes == wanted.bytes
}

#[cfg(test)]
mod tests;
