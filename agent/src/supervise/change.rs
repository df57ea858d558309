//! The lines of a printer's journal.

use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{Fact, Grant};

use super::memory::Memory;
use super::spool::Milligrams;
use crate::octoprint::model::Markings;

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The whole memory: the first line of a compacted journal.
    Remembered {
        /// All of it.
        memory: Box<Memory>,
    },
    /// A grant was taken; a fact says so.
    Granted {
        /// All of it.
        grant: Box<Grant>,
    },
    /// A lease that a lost journal knew: OctoPrint proves that its print began.
    Found {
        /// What was granted.
        grant: Box<Grant>,
        /// Where OctoPrint keeps the file.
        path: String,
    },
    /// The file of the run was weighed.
    Weighed {
        /// The filament that it needs.
        weight: Milligrams,
    },
    /// The maker said what is on the spool.
    SpoolSaid {
        /// That much; nothing if nobody knows.
        left: Option<Milligrams>,
    },
    /// A print took filament off the spool.
    FilamentUsed {
        /// So much.
        used: Milligrams,
    },
    /// Something happened that the coordinator must hear.
    Fact {
        /// Its number.
        seq: u64,
        /// What.
        fact: Fact,
    },
    /// The start is about to be ordered.
    Starting {
        /// Where OctoPrint keeps the file.
        path: String,
        /// The marks that OctoPrint's process had set by then.
        #[serde(default)]
        marks: Markings,
    },
    /// OctoPrint's history of a past plate's file was read for the first time.
    HistoryRead {
        /// Under which lease it was printed.
        lease: LeaseId,
        /// How many prints of the file it shows that completed.
        successes: u32,
    },
    /// A past plate is told and judged; its file is to be deleted from OctoPrint.
    PlateForgotten {
        /// Under which lease it was printed.
        lease: LeaseId,
    },
    /// OctoPrint has a file of ours that nobody needs.
    FileLeft {
        /// Where.
        path: String,
    },
    /// OctoPrint has it no more.
    FileGone {
        /// Where it was.
        path: String,
    },
    /// Something that is not ours was printed, so that the bed is not known to be clear.
    BedTaken,
    /// Something may have been printed that nobody saw, so that the bed is not known to be clear.
    BedDoubted,
    /// The maker says that the bed is clear.
    BedCleared {
        /// The marks that OctoPrint's process had set by then, if they were heard.
        #[serde(default)]
        marks: Option<Markings>,
    },
    /// The bed is as clear as the maker said, and these are the marks that OctoPrint's process has set
    /// by now.
    BedStillClear {
        /// All of them.
        marks: Markings,
    },
    /// The maker wants no more prints for now.
    Paused,
    /// The maker wants prints again.
    Resumed,
    /// The coordinator has these facts.
    Receipted {
        /// Their numbers.
        seqs: Vec<u64>,
        /// In which life of its database.
        epoch: Epoch,
        /// How much that has committed by then, if it said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mark: Option<u64>,
    },
    /// The coordinator's database is in this life.
    Welcomed {
        /// Which.
        epoch: Epoch,
    },
}
