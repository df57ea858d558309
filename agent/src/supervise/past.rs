//! The plates of the past, and what they were for.

use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::{Epoch, LeaseId, RequestId};
use visorfarm_protocol::message::{End, Fact, Plate};

use super::print_id::PrintId;
use super::spool::Milligrams;

/// A plate that was printed, or may have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PastPlate {
    /// Under which lease.
    pub(super) lease: LeaseId,
    /// Where OctoPrint keeps the file.
    pub(super) path: String,
    /// What was printed.
    pub(super) plate: Plate,
    /// How the lease's own print ended.
    pub(super) end: End,
    /// Completed prints of the file that were told.
    pub(super) completed: u32,
    /// The successes in OctoPrint's history of the file when it was read first after the lease's own
    /// print had ended other than completed: whatever they are of, they are no repetitions to come.
    #[serde(default)]
    pub(super) read: Option<u32>,
    /// The filament that each of them needs, if that is known.
    #[serde(default)]
    pub(super) weight: Option<Milligrams>,
}

/// What a request is for, in the coordinator's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Purpose {
    /// The life of the coordinator's database: another one numbers its requests anew.
    pub(super) epoch: Epoch,
    pub(super) request: RequestId,
    pub(super) text: String,
}

/// A print that a person can judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Printed {
    pub(super) print: PrintId,
    pub(super) end: End,
    pub(super) pieces: u32,
}

impl PastPlate {
    /// Returns how many successes in the file's history are told, or are not to be; nothing if nobody
    /// can tell yet. A print that was cancelled in its last moves is a success and a failure in one, so
    /// only of one that completed is it known what it left there.
    pub(super) fn accounted(&self) -> Option<u32> {
        let own = if self.end == End::Completed { Some(0) } else { self.read };
        own.map(|own| own.saturating_add(self.completed))
    }
}

impl Printed {
    /// Returns the print whose end a fact tells; nothing of any other fact.
    pub(super) fn told_by(fact: &Fact) -> Option<Self> {
        match fact {
            Fact::Ended { lease, ordinal, end, plate, .. } => {
                let print = PrintId { lease: *lease, ordinal: *ordinal };
                Some(Self { print, end: *end, pieces: plate.pieces })
            }
            Fact::Accepted { .. }
            | Fact::Started { .. }
            | Fact::Returned { .. }
            | Fact::Judged { .. } => None,
        }
    }

    /// Returns the lease's own print.
    pub(super) fn of_lease(past: &PastPlate) -> Self {
        let print = PrintId { lease: past.lease, ordinal: 0 };
        Self { print, end: past.end, pieces: past.plate.pieces }
    }
}
