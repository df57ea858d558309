//! What happened to a lease, as a journal remembers it and the ledger counts it.

use serde::{Deserialize, Serialize};

use super::wire::counter;
use crate::digest::Digest;
use crate::id::{DesignId, JobId, LeaseId, ProfileId, RequestId, RevisionId};

/// What is to be printed, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plate {
    /// Who needs it.
    pub request: RequestId,
    /// Which plate of the request.
    pub job: JobId,
    /// The object.
    pub design: DesignId,
    /// Its version.
    pub revision: RevisionId,
    /// What the G-code is sliced for.
    pub profile: ProfileId,
    /// SHA-256 of the G-code.
    pub digest: Digest,
    /// Pieces that the plate gives.
    pub pieces: u32,
}

/// A fact and its place in the journal of its printer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// Counts up by one from 1 in one incarnation.
    #[serde(deserialize_with = "counter")]
    pub seq: u64,
    /// What happened.
    pub fact: Fact,
}

/// What happened. Facts do not expire: they are counted whenever they are heard of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The lease is in the journal; the printer prepares it.
    Accepted {
        /// Which one.
        lease: LeaseId,
    },
    /// The lease was not started and never will be.
    Returned {
        /// Which one.
        lease: LeaseId,
        /// Why.
        why: Return,
        /// Details, for a person.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// The print began. It names the plate, so that a coordinator restored from an old backup knows
    /// that it is being printed.
    Started {
        /// Under which lease.
        lease: LeaseId,
        /// What is printed; journals of the first agents do not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plate: Option<Plate>,
    },
    /// A print under the lease ended. It names the plate, so that a coordinator restored from an
    /// old backup can count a lease it no longer knows.
    Ended {
        /// Under which lease.
        lease: LeaseId,
        /// 0 for the lease's own print; higher when the owner printed our file again.
        #[serde(default)]
        ordinal: u32,
        /// How.
        end: End,
        /// What was printed.
        plate: Plate,
        /// How long it took, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
        /// Details, for a person.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// A person looked at the plate. After an unknown end this also says that it was printed.
    Judged {
        /// Under which lease.
        lease: LeaseId,
        /// Which print under it.
        #[serde(default)]
        ordinal: u32,
        /// Pieces to be used.
        good: u32,
        /// Pieces to be thrown away.
        bad: u32,
    },
}

/// How a print ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// To its last line.
    Completed,
    /// By a fault.
    Failed,
    /// By a person.
    Cancelled,
    /// It cannot be known: a person must look at the bed, and then it is [`Fact::Judged`].
    Unknown,
}

/// Why a lease was given back unstarted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Return {
    /// It answered an old ask, or came for a printer that no longer waits.
    Stale,
    /// The time to start passed.
    Late,
    /// The coordinator withdrew it.
    Withdrawn,
    /// The maker paused, changed hours, or refused it.
    Maker,
    /// The printer is busy, offline or in a fault.
    Printer,
    /// The G-code could not be fetched, or is not what its digest says.
    Fetch,
    /// The G-code would do what this printer must not do.
    Unsafe,
    /// No room on a disk.
    Disk,
    /// It needs more filament than is left on the spool.
    Filament,
    /// The agent restarted before the print was started.
    Restarted,
    /// A word of a newer agent.
    #[serde(other)]
    Other,
}

impl Fact {
    /// Returns the lease it is about.
    #[must_use]
    pub fn lease(&self) -> LeaseId {
        match self {
            Self::Accepted { lease }
            | Self::Returned { lease, .. }
            | Self::Started { lease, .. }
            | Self::Ended { lease, .. }
            | Self::Judged { lease, .. } => *lease,
        }
    }
}
