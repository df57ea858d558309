//! What stands in a log, and where.

use std::fmt;
use std::str::FromStr;

use visorfarm_protocol::message::End;

use crate::dispatch::LeaseState;

/// Something that happened to a printer, or to the agent that drives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Its place in the log.
    pub mark: Mark,
    /// What.
    pub what: What,
    /// To which plate; none where it was not about one.
    pub plate: Option<LogPlate>,
    /// What was said about it.
    pub note: String,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A plate was given to it.
    Granted,
    /// The plate's lease went on, or ended without a print.
    Moved(LeaseState),
    /// A print ended.
    Ended {
        /// How.
        end: End,
        /// Whether its owner had printed the plate once more.
        again: bool,
        /// How long it took.
        seconds: Option<u32>,
    },
    /// A person looked at the plate.
    Judged {
        /// Pieces to be used.
        good: u32,
        /// Pieces to be thrown away.
        bad: u32,
        /// Whether that was said otherwise before.
        corrects: bool,
    },
    /// A person of the farm has seen how a print failed: the note says who.
    Seen,
    /// Its agent said something that cannot be.
    Anomaly,
    /// Its maker was written to.
    MemoWritten,
    /// Its maker has read what was written.
    MemoRead,
    /// Two machines spoke as its agent: it starts nothing.
    Frozen,
    /// A person said that one machine is left.
    Released,
}

/// A plate that an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPlate {
    /// For which request.
    pub request: Option<u64>,
    /// The object.
    pub design: String,
    /// Its version.
    pub revision: String,
    /// Pieces on it.
    pub pieces: u32,
}

/// A place in the log. Written `at-rank-id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// When it happened, in milliseconds since 1970.
    pub at: u64,
    /// Which comes first within a millisecond: a plate is given, goes on, ends, and is looked at.
    pub(super) rank: u8,
    /// Which row of its table.
    pub(super) id: i64,
}

/// A text that marks no place in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in a log: begin at its end")]
pub struct NoMark;

impl Mark {
    /// Returns the place after everything.
    #[must_use]
    pub fn end() -> Self {
        // SQLite's numbers end there.
        Self { at: i64::MAX.unsigned_abs(), rank: u8::MAX, id: i64::MAX }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.at, self.rank, self.id)
    }
}

impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(NoMark);
        let at = part()?.parse().map_err(|_| NoMark)?;
        let rank = part()?.parse().map_err(|_| NoMark)?;
        let id = part()?.parse().map_err(|_| NoMark)?;
        if Self::end().at < at {
            return Err(NoMark);
        }
        Ok(Self { at, rank, id })
    }
}
