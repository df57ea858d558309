//! The messages, as JSON with a version: `{"v":1,"kind":"hello",...}`.

use serde::{Deserialize, Deserializer, Serialize};

use crate::digest::Digest;
use crate::id::{
    COUNTER_MAX, DesignId, Epoch, FarmId, Incarnation, JobId, LeaseId, MemoId, PrinterId,
    ProfileId, RequestId, RevisionId,
};
use crate::letters::{Letters, Wish};
use crate::memo::memoed;
use crate::status::{PrinterCard, PrinterStatus};
use crate::text::quoted;

/// The version of the messages that this program writes.
pub const VERSION: u16 = 1;

/// The largest message in bytes, both ways. A packet over a client's limit ends its connection at
/// every attempt, so both ends refuse to send one.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// The most leases of one printer that a hello names: a printer holds one at a time, and those of 64 printers fit into half a
/// message.
pub const HOLDS_PER_PRINTER_MAX: usize = 16;

/// The most facts in one message: a fact is under 1 KiB, so they fit [`MESSAGE_BYTES_MAX`].
pub const FACTS_PER_MESSAGE_MAX: usize = 32;

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
    /// What happened, repeated until the coordinator's [`Receipt`].
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

/// What the coordinator tells an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Down {
    /// The answer to [`Up::Hello`].
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
    /// A text to the maker, repeated until the maker has [read](Up::Read) it.
    Memo {
        /// Which one.
        memo: MemoId,
        /// What it says.
        #[serde(deserialize_with = "memoed")]
        text: String,
        /// When it was written, in Unix seconds: for people to read.
        at: u64,
    },
    /// What the farm says to the letters that the maker [wishes](Hello::letters): answered to a hello
    /// that has a wish, and said again when it changes.
    Letters {
        /// How that stands.
        state: Letters,
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
    /// not receipted in that epoch, the latest [`HOLDS_PER_PRINTER_MAX`] of each printer.
    pub holds: Vec<LeaseId>,
    /// The farthest [mark](Receipt::mark) that it was told in that epoch.
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

/// The right to start one plate once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its fencing token and idempotency key.
    pub lease: LeaseId,
    /// To which printer.
    pub printer: PrinterId,
    /// The [`Ask::ask`] it answers.
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

/// Which facts of a printer are committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Whose.
    pub printer: PrinterId,
    /// By [`Numbered::seq`], in any order.
    pub seqs: Vec<u64>,
    /// Who told them; nothing if that was not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teller: Option<u64>,
    /// How much the coordinator has committed of what this agent told: it only grows, unless the database is set back behind
    /// the coordinator's back, as by a snapshot of its machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<u64>,
}

/// Why bytes are no message.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// More than [`MESSAGE_BYTES_MAX`].
    #[error("message of {bytes} bytes is over the limit of {MESSAGE_BYTES_MAX}")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Another version than this program knows.
    #[error("message of version {version}, this program reads version {VERSION}")]
    Version {
        /// Which.
        version: u64,
    },
    /// Not JSON, or JSON of another shape.
    #[error("message is not readable")]
    Shape(#[source] serde_json::Error),
}

/// Reads a number that something counts up to.
fn counter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = u64::deserialize(deserializer)?;
    if number <= COUNTER_MAX {
        return Ok(number);
    }
    Err(serde::de::Error::custom(format_args!("{number} is over the limit of {COUNTER_MAX}")))
}

#[derive(Deserialize)]
struct AnyVersion {
    v: u64,
}

#[derive(Serialize)]
struct Versioned<'a, M> {
    v: u16,
    #[serde(flatten)]
    message: &'a M,
}

fn read<'a, M: Deserialize<'a>>(bytes: &'a [u8]) -> Result<M, Unreadable> {
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(Unreadable::TooLarge { bytes: bytes.len() });
    }
    let AnyVersion { v } = serde_json::from_slice(bytes).map_err(Unreadable::Shape)?;
    if v != u64::from(VERSION) {
        return Err(Unreadable::Version { version: v });
    }
    serde_json::from_slice(bytes).map_err(Unreadable::Shape)
}

fn write<M: Serialize>(message: &M) -> Vec<u8> {
    serde_json::to_vec(&Versioned { v: VERSION, message })
        .expect("our messages have string keys and finite numbers")
}

impl Up {
    /// Parses a payload.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        read(bytes)
    }

    /// Returns the payload.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        write(self)
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

impl Down {
    /// Parses a payload.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        read(bytes)
    }

    /// Returns the payload.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        write(self)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_no_database_holds_is_no_counter() {
        for (number, reads) in [(COUNTER_MAX, true), (COUNTER_MAX + 1, false), (u64::MAX, false)] {
            let ask =
                format!(r#"{{"v":1,"kind":"ask","printer":"p","ask":{number},"profile":"x"}}"#);
            assert_eq!(Up::read(ask.as_bytes()).is_ok(), reads, "{ask}");
            let facts = format!(
                r#"{{"v":1,"kind":"facts","printer":"p","facts":
                   [{{"seq":{number},"fact":{{"fact":"started","lease":"1-1"}}}}]}}"#
            );
            assert_eq!(Up::read(facts.as_bytes()).is_ok(), reads, "{facts}");
        }
    }
}
