//! What a maker asks the running agent, and what it answers: one JSON line each way over a socket
//! that only its owner can open.
//!
//! Whoever can open it may say that a bed is clear, and that lets a heater start: the socket is in
//! the state folder, which nobody else can enter. Answers are facts, not sentences: the agent runs
//! in another language than its maker perhaps speaks, so [`render`] makes the sentences.

pub(crate) mod around;
mod client;
mod door;
pub(crate) mod needs;
pub(crate) mod plates;
pub(crate) mod refusals;
pub mod render;
pub(crate) mod words;

use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::{DesignId, LeaseId, MemoId, PrinterId, RequestId};
use visorfarm_protocol::letters::{Letters, Wish};
use visorfarm_protocol::message::{End, Fact, Plate};
use visorfarm_protocol::status::{PrinterCard, PrinterStatus};

use crate::memos::Memo;
use crate::supervise::PrintId;
pub use client::{AskError, ask};
pub use door::{Asked, Door, DoorError};

/// What a maker wants. Without a printer it is for the only one, or for all where that is safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// To know how everything is.
    Status,
    /// To say that a bed is clear, and what came off it.
    BedClear {
        /// Whose; the one that waits for it if not said.
        printer: Option<PrinterId>,
        /// How many pieces are good; all if not said.
        good: Option<u32>,
    },
    /// To say again how many pieces of a plate are good.
    Recount {
        /// Whose; the only one if not said.
        printer: Option<PrinterId>,
        /// Which plate; the last whose print ended if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plate: Option<PrintId>,
        /// How many pieces are good.
        good: u32,
    },
    /// To say what is on the spool.
    Spool {
        /// Whose; the only one if not said.
        printer: Option<PrinterId>,
        /// How much is on it, in grams; nothing if nobody knows.
        grams: Option<u32>,
    },
    /// To say that what the farm's people wrote is read.
    Read {
        /// Which memo; all if not said.
        memo: Option<MemoId>,
    },
    /// To take no more work.
    Pause {
        /// Which; all if not said.
        printer: Option<PrinterId>,
    },
    /// To take work again.
    Resume {
        /// Which; all if not said.
        printer: Option<PrinterId>,
    },
}

/// What the agent answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// How everything is.
    Status(Status),
    /// It is done, and will be after a restart.
    Done {
        /// For which printers.
        printers: Vec<PrinterId>,
    },
    /// It is done, and of this plate.
    Counted {
        /// Of which printer.
        printer: PrinterId,
        /// How it is counted now.
        plate: Box<PlateReport>,
    },
    /// It is not done.
    Refused(Refusal),
}

/// Why something is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// There is no printer of that name.
    NoSuchPrinter {
        /// Those that are.
        known: Vec<PrinterId>,
    },
    /// Several could be meant.
    WhichPrinter {
        /// Those.
        among: Vec<PrinterId>,
    },
    /// It prints: its bed is clear only after that.
    Printing {
        /// Which.
        printer: PrinterId,
    },
    /// The plate is still on the bed: it is counted when that is cleared.
    OnBed {
        /// On which printer.
        printer: PrinterId,
    },
    /// Its bed is not waited for: it is clear, or in use.
    NothingToClear {
        /// Whose.
        printer: PrinterId,
    },
    /// More good pieces than were printed.
    TooManyPieces {
        /// How many were printed.
        pieces: u32,
    },
    /// It is unknown what became of the print, so that the number of good pieces must be said.
    SayHowMany {
        /// On whose bed.
        printer: PrinterId,
        /// How many there would be at most.
        pieces: u32,
    },
    /// The last print failed or was cancelled, so that it has no good pieces.
    NotCompleted {
        /// On which printer.
        printer: PrinterId,
    },
    /// No plate of the farm's was printed yet, so that there are no pieces to count.
    NoPlate {
        /// On which printer.
        printer: PrinterId,
    },
    /// No such plate is remembered, so that there is nothing to count.
    UnknownPlate {
        /// On which printer.
        printer: PrinterId,
        /// As it was named.
        plate: PrintId,
    },
    /// No spool holds so much.
    SpoolTooHeavy {
        /// The most that can be said, in grams.
        grams_max: u32,
    },
    /// Nothing can be kept: the disk with the agent's memory can only be read.
    ReadOnly,
    /// The agent starts or stops just now.
    NotNow,
    /// This agent does not know the request: it is older than the command.
    NotUnderstood,
}

/// How everything is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Program and version of the running agent.
    pub software: String,
    /// The connection to the coordinator.
    pub link: LinkState,
    /// Facts that the coordinator has not receipted yet.
    pub facts_untold: u64,
    /// What is wrong with the settings file, if the agent goes on with older ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_error: Option<String>,
    /// The maker's own page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageState>,
    /// The letters that the maker wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letters: Option<Box<LettersReport>>,
    /// What the farm's people wrote and the maker has not read, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memos: Vec<Memo>,
    /// Each printer.
    pub printers: Vec<PrinterReport>,
}

/// The letters that the maker wants from the farm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LettersReport {
    /// As the settings say it.
    pub wish: Wish,
    /// What the coordinator said to it last; nothing if it has not yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub farm: Option<Letters>,
}

/// Where the maker's own page is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PageState {
    /// The maker wants none.
    Off,
    /// It is being opened.
    #[default]
    Starting,
    /// It is served.
    Open {
        /// Its address, for a browser.
        url: String,
        /// From where.
        reach: Reach,
    },
    /// It cannot be served now; that is tried again.
    Failed {
        /// Where it should be.
        listen: String,
        /// Why it is not.
        why: String,
    },
}

/// From where the maker's own page can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// From this machine only, by whoever uses it.
    Machine,
    /// From the network that the maker chose, by whoever knows the PIN.
    Network,
}

/// The connection to the coordinator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LinkState {
    /// Being made for the first time.
    Connecting,
    /// There is one.
    Online,
    /// There is none.
    Offline {
        /// Why.
        why: String,
    },
    /// The coordinator knows less than it told this agent before, and is not listened to.
    Outlived,
    /// The coordinator does not accept this agent any more.
    Refused,
}

/// How a printer is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrinterReport {
    /// What its maker calls it.
    pub title: String,
    /// What the coordinator is told, too.
    #[serde(flatten)]
    pub status: PrinterStatus,
    /// What it prints or printed last for the farm, in the coordinator's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The plate at hand, from its preparation to the end of its print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<Plate>,
    /// Whether its maker paused it: a print that runs goes on, and no other begins.
    #[serde(default)]
    pub paused: bool,
    /// How many grams the plate needs that was looked at last, if that is more than is left on the
    /// spool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_of_grams: Option<u32>,
    /// Since when it does what it does, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// The plate on its bed, once its print has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_bed: Option<PlateReport>,
    /// The plate whose print ended last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<PlateReport>,
    /// What was printed for whom, as far as the journal knows, the latest request last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub printed: Vec<Tally>,
    /// What the coordinator is told besides the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<PrinterCard>,
    /// What happened last, newest last.
    #[serde(default)]
    pub happened: Vec<Happened>,
}

/// A plate whose print has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlateReport {
    /// Under which lease.
    pub lease: LeaseId,
    /// Which print under it: 0 is the lease's own, others are its owner's.
    #[serde(default)]
    pub ordinal: u32,
    /// What was printed.
    pub plate: Plate,
    /// How its print ended.
    pub end: End,
    /// How many pieces are good, once its maker has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<u32>,
    /// What it is for, in the coordinator's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

impl PlateReport {
    /// Says whether it has one piece only.
    #[must_use]
    pub(crate) fn is_of_one(&self) -> bool {
        self.plate.pieces == 1
    }

    /// Names it.
    #[must_use]
    pub fn print(&self) -> PrintId {
        PrintId { lease: self.lease, ordinal: self.ordinal }
    }
}

impl PrinterReport {
    /// Names what stands on the bed: the last print of the farm's file whose plate that is. Its owner may
    /// have printed it again since.
    #[must_use]
    pub fn print_on_bed(&self) -> Option<PrintId> {
        let on_bed = self.on_bed.as_ref()?;
        let again = self.last.as_ref().filter(|last| last.lease == on_bed.lease);
        Some(again.unwrap_or(on_bed).print())
    }
}

/// What was printed for one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Its number.
    pub request: RequestId,
    /// What it is for; nothing if that is too long ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What was printed.
    pub design: DesignId,
    /// Prints that came to their end.
    pub plates: u32,
    /// Pieces on them.
    pub pieces: u32,
    /// Those that are good.
    pub good: u32,
    /// Those that are not.
    pub bad: u32,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When, in Unix seconds, by this machine's clock.
    pub at: u64,
    /// What.
    pub fact: Fact,
}

#[cfg(test)]
pub(crate) mod tests;
