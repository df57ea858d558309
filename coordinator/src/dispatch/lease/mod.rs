//! A lease: the right of one printer to start one job once.
//!
//! ```text
//! Offered -> Accepted -> Printing -> Ended          the usual way
//!    |          |           \-> Unknown -> Ended    a person looks at the bed
//!    \-> Recalled -> Returned                       no longer needed, and not started
//!           \-> Unknown                             it was taken, and its agent has forgotten it
//! ```
//!
//! A live lease whose agent stays silent lapses, and so does one that its agent never answers, so that
//! its job can be given to another printer. The lease's print, if there was one, still counts whenever it
//! is heard of.

mod books;
mod course;

use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::{AgentId, JobId, LeaseId, RequestId};
use visorfarm_protocol::message::{Down, End, Grant, Plate, Return};

use super::{Change, Heard, PrinterKey};
use crate::clock::Timestamp;

/// How long a printer has to start, counted from its ask. Long enough to fetch and upload a
/// hundred megabytes over a slow line, short enough that a job is not held for an evening.
pub(super) const START_WITHIN_SECONDS: u32 = 30 * 60;

/// How long what an agent has to tell may take on a slow line that carries its heartbeat.
const TELLS_WITHIN_MILLIS: u64 = 5 * 60 * 1000;

/// A print's length in seconds where the slicer did not tell: a night.
const EXPECTED_SECONDS_DEFAULT: u32 = 12 * 3600;

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its fencing token.
    pub id: LeaseId,
    /// The job it starts; none if it was given before this database was restored.
    pub job: Option<JobId>,
    /// The request the job belongs to; none if that is not known any more.
    pub request: Option<RequestId>,
    /// Who holds it.
    pub holder: PrinterKey,
    /// The ask it answers.
    pub ask: u64,
    /// What is printed.
    pub plate: Plate,
    /// Size of the G-code in bytes.
    pub bytes: u64,
    /// What it is for.
    pub purpose: String,
    /// When it was granted.
    pub at: Timestamp,
    /// The slicer's estimate of the print.
    pub expected_seconds: Option<u32>,
    /// Where it is.
    pub state: LeaseState,
}

/// Where a lease is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseState {
    /// Sent, not yet answered.
    Offered,
    /// In the agent's journal, not yet started.
    Accepted,
    /// Asked back; it may still turn out to have been started.
    Recalled(Answered),
    /// Started.
    Printing,
    /// The agent cannot tell how it ended; a person must look at the bed.
    Unknown,
    /// Given up: after a long silence, unanswered, or by a person. Its job is offered again; its print still counts.
    Lapsed,
    /// Never started. Terminal.
    Returned(Return),
    /// Ended. Terminal.
    Ended(End),
}

/// What an agent had said to an offer by the time it is asked back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Nothing that we heard.
    NotYet,
    /// It took it.
    Taken,
}

impl LeaseState {
    /// Says whether the printer still holds it.
    #[must_use]
    pub fn is_live(self) -> bool {
        match self {
            Self::Offered | Self::Accepted | Self::Recalled(_) | Self::Printing | Self::Unknown => {
                true
            }
            Self::Lapsed | Self::Returned(_) | Self::Ended(_) => false,
        }
    }

    /// Says whether it is in its agent's journal, unless that was lost.
    pub(super) fn is_taken(self) -> bool {
        match self {
            Self::Accepted | Self::Recalled(Answered::Taken) | Self::Printing | Self::Unknown => {
                true
            }
            Self::Offered
            | Self::Recalled(Answered::NotYet)
            | Self::Lapsed
            | Self::Returned(_)
            | Self::Ended(_) => false,
        }
    }

    /// Says whether it is offered, or was and is asked back, and its agent has not answered yet.
    pub(super) fn is_unanswered(self) -> bool {
        matches!(self, Self::Offered | Self::Recalled(Answered::NotYet))
    }

    /// Says whether it may be asked back.
    pub(super) fn is_unstarted(self) -> bool {
        matches!(self, Self::Offered | Self::Accepted)
    }

    /// Says whether nothing can change it any more.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Returned(_) | Self::Ended(_))
    }
}

impl Lease {
    /// Returns how long a silent agent keeps it, in milliseconds: it may have started at the last
    /// moment and take twice as long as its slicer thought.
    #[must_use]
    pub fn abandon_after_millis(&self) -> u64 {
        let expected = self.expected_seconds.unwrap_or(EXPECTED_SECONDS_DEFAULT);
        (u64::from(START_WITHIN_SECONDS) + 2 * u64::from(expected)) * 1000
    }

    /// Says whether its agent, as it was `heard`, has long told all else, and may not start it any more.
    pub(super) fn is_passed_over(&self, heard: Heard) -> bool {
        let startable_until = self.at.0 + u64::from(START_WITHIN_SECONDS) * 1000;
        let told_by = startable_until.max(heard.since.0) + TELLS_WITHIN_MILLIS;
        self.state.is_unanswered() && told_by < heard.at.0
    }

    fn grant(&self) -> Box<Grant> {
        Box::new(Grant {
            lease: self.id,
            printer: self.holder.printer.clone(),
            ask: self.ask,
            plate: self.plate.clone(),
            bytes: self.bytes,
            purpose: self.purpose.clone(),
            start_within_seconds: START_WITHIN_SECONDS,
            expected_seconds: self.expected_seconds,
        })
    }

    /// Returns the message by which an agent that has forgotten this lease looks for its print.
    pub(super) fn trace(&self) -> (AgentId, Down) {
        (self.holder.agent.clone(), Down::Trace(self.grant()))
    }
}

pub(super) fn moved(at: Timestamp, lease: LeaseId, state: LeaseState, note: &str) -> Change {
    Change::LeaseMoved { lease, state, note: note.to_owned(), at }
}
