//! What an agent tells the coordinator.

use serde::{Deserialize, Serialize};

use super::fact::Numbered;
use super::wire::{self, Unreadable, counter};
use crate::id::{Epoch, Incarnation, LeaseId, MemoId, PrinterId, ProfileId};
use crate::letters::Wish;
use crate::status::{PrinterCard, PrinterStatus};

/// What an agent tells the coordinator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Up {
    /// Said first on every connection.
    Hello(Hello),
    /// A printer wants work. Asked again while it waits.
    Ask(Ask),
    /// How printers are doing; also the heartbeat.
    Status {
        /// Those that changed, or all of them for a heartbeat.
        printers: Vec<PrinterStatus>,
    },
    /// What happened, repeated until the coordinator's [`Receipt`](super::Receipt).
    Facts {
        /// The printer whose journal remembers them.
        printer: PrinterId,
        /// In the order they happened.
        facts: Vec<Numbered>,
        /// Who tells: a number that each process draws at its start. Two copies of one agent number
        /// different facts alike; the receipt says whose they were.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        teller: Option<u64>,
    },
    /// The maker has read memos. Said once more whenever one of them is told again.
    Read {
        /// Which.
        memos: Vec<MemoId>,
    },
}

/// The first message on a connection, said again when a printer's card changed, and when the welcome
/// was to another epoch than it named and all is told to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The life of the journals behind this agent.
    pub incarnation: Incarnation,
    /// Drawn at random when the process started.
    pub session: u64,
    /// Program and version: `visorfarm-agent 0.1.0`.
    pub software: String,
    /// The last epoch it was welcomed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// Its printers.
    pub printers: Vec<PrinterCard>,
    /// The leases that the coordinator may think it holds, rightly: what it has at hand, and what it tells an end of that is
    /// not receipted in that epoch, the latest [`HOLDS_PER_PRINTER_MAX`](super::HOLDS_PER_PRINTER_MAX) of each printer.
    pub holds: Vec<LeaseId>,
    /// The farthest [mark](super::Receipt::mark) that it was told in that epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<u64>,
    /// What its maker wants to be told by letter; nothing if the maker does not want it, or no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letters: Option<Wish>,
}

/// A printer wants work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Which one.
    pub printer: PrinterId,
    /// Counts up; a grant names the ask it answers, and the time to start runs from that ask.
    #[serde(deserialize_with = "counter")]
    pub ask: u64,
    /// What G-code must be sliced for.
    pub profile: ProfileId,
    /// Kinds of filament that are loaded; empty if the maker did not say.
    #[serde(default)]
    pub materials: Vec<String>,
    /// The longest print its maker agrees to, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_max: Option<u32>,
    /// The most filament that its spool can give to a print, in grams; nothing if its maker did not
    /// say what is on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grams_max: Option<u32>,
}

impl Up {
    /// Parses a payload.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        wire::read(bytes)
    }

    /// Returns the payload.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        wire::write(self)
    }

    /// Returns the last level of the topic it is published under.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Ask(_) => "ask",
            Self::Status { .. } => "status",
            Self::Facts { .. } => "facts",
            Self::Read { .. } => "read",
        }
    }
}
