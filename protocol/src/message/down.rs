//! What the coordinator tells an agent.

use serde::{Deserialize, Serialize};

use super::fact::{Fact, Plate};
use super::wire::{self, Unreadable};
use crate::id::{Epoch, FarmId, LeaseId, MemoId, PrinterId};
use crate::letters::Letters;
use crate::memo::memoed;
use crate::text::quoted;

/// What the coordinator tells an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Down {
    /// The answer to [`Up::Hello`](super::Up::Hello).
    Welcome {
        /// Which life of the coordinator's database this is.
        epoch: Epoch,
        /// The farm's name in topics.
        farm: FarmId,
    },
    /// A lease.
    Grant(Box<Grant>),
    /// By the coordinator's books the printer has taken this lease, and its agent no longer knows it:
    /// its journal was lost. What OctoPrint can prove of the print is told; nothing is started.
    Trace(Box<Grant>),
    /// A lease is no longer wanted: give it back if it has not been started.
    Withdraw {
        /// Which one.
        lease: LeaseId,
        /// Whose.
        printer: PrinterId,
        /// Why, for the maker.
        #[serde(deserialize_with = "quoted")]
        why: String,
        /// What was leased: an agent that does not know the lease, because its grant got lost or its
        /// journal, looks for its print first. Left out if its print is known, and by the first coordinators.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grant: Option<Box<Grant>>,
    },
    /// Facts are committed: the agent need not tell them again.
    Receipt(Receipt),
    /// Two machines speak as this agent: finish what prints, start nothing. Repeated as long as it
    /// stands.
    Frozen,
    /// A text to the maker, repeated until the maker has [read](super::Up::Read) it.
    Memo {
        /// Which one.
        memo: MemoId,
        /// What it says.
        #[serde(deserialize_with = "memoed")]
        text: String,
        /// When it was written, in Unix seconds: for people to read.
        at: u64,
    },
    /// What the farm says to the letters that the maker [wishes](super::Hello::letters): answered to a hello
    /// that has a wish, and said again when it changes.
    Letters {
        /// How that stands.
        state: Letters,
    },
}

/// The right to start one plate once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its fencing token and idempotency key.
    pub lease: LeaseId,
    /// To which printer.
    pub printer: PrinterId,
    /// The [`Ask::ask`](super::Ask::ask) it answers.
    pub ask: u64,
    /// What to print.
    pub plate: Plate,
    /// Size of the G-code in bytes.
    pub bytes: u64,
    /// What it is for, in the coordinator's words.
    #[serde(deserialize_with = "quoted")]
    pub purpose: String,
    /// The start must be ordered within so many seconds of the ask. A duration: the two machines'
    /// clocks are never compared.
    pub start_within_seconds: u32,
    /// The slicer's estimate of the print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_seconds: Option<u32>,
}

/// Which facts of a printer are committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Whose.
    pub printer: PrinterId,
    /// By [`Numbered::seq`](super::Numbered::seq), in any order.
    pub seqs: Vec<u64>,
    /// Who told them; nothing if that was not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teller: Option<u64>,
    /// How much the coordinator has committed of what this agent told: it only grows, unless the database is set back behind
    /// the coordinator's back, as by a snapshot of its machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<u64>,
}

impl Down {
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
            Self::Welcome { .. } => "welcome",
            Self::Grant(_) => "grant",
            Self::Trace(_) => "trace",
            Self::Withdraw { .. } => "withdraw",
            Self::Receipt(_) => "receipt",
            Self::Frozen => "frozen",
            Self::Memo { .. } => "memo",
            Self::Letters { .. } => "letters",
        }
    }
}

impl Grant {
    /// Returns the fact that the print under it began.
    #[must_use]
    pub fn started(&self) -> Fact {
        Fact::Started { lease: self.lease, plate: Some(self.plate.clone()) }
    }
}
