//! What a supervisor takes note of: it need not survive a restart.

use visorfarm_protocol::id::LeaseId;

use super::event::{LinkChange, Setup};
use super::senses::{Blind, Disk, Server, Socket};
use super::trace::Trace;
use super::work::Work;
use crate::clock::Moment;
use crate::octoprint::model::{Markings, PrinterCondition, Snapshot};

/// Something to be taken note of.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// What OctoPrint said.
    Seen(Box<Snapshot>),
    /// OctoPrint told what the printer does now.
    Condition(PrinterCondition),
    /// The printer or OctoPrint told of a fault.
    Fault(String),
    /// What OctoPrint told of progress and temperatures.
    Current(Box<Snapshot>),
    /// OctoPrint cannot be asked.
    Blind(Blind),
    /// OctoPrint's events are heard from now on, or no more.
    Socket(Socket),
    /// This machine slept.
    Slept,
    /// The marks that OctoPrint's process has set.
    Marks(Markings),
    /// The maker looked at the bed.
    BedSeen,
    /// How the connection to the coordinator changed.
    Link(LinkChange),
    /// The coordinator answered hello.
    Welcomed,
    /// This ask was said.
    Asked(u64),
    /// The ask was answered, or the printer is no longer willing.
    AskOver,
    /// The coordinator may not have listened to the ask: it thought that the printer held a lease.
    AskUnheard,
    /// The maker said what is on the spool: what was asked for before may be too much now, or too little.
    SpoolSaid,
    /// A lease could not be started and was given back.
    GaveBack,
    /// All facts were told.
    Told,
    /// Something new was told, or something was receipted: what may have got lost is told again soon.
    TellSoon,
    /// What is at hand with the run.
    Work(Work),
    /// OctoPrint told that the run's print began.
    Begun,
    /// The configuration changed.
    Setup(Box<Setup>),
    /// The disks were looked at.
    Disk(Disk),
    /// What answers at OctoPrint's address said what it is.
    Server(Server),
    /// Another machine has our identity.
    Frozen,
    /// A past print of ours is printed again, or no longer.
    Repeated(Option<String>),
    /// A past print of ours may have been printed again unnoticed.
    HistoriesDue,
    /// The histories of so many past plates are asked for.
    HistoriesAsked(usize),
    /// One of them was read.
    HistoryHeard,
    /// OctoPrint is asked for the print of a lease that a lost journal knew.
    Traced(Trace),
    /// It is asked no longer.
    TraceOver(LeaseId),
    /// OctoPrint is told to delete a file.
    Deleting {
        /// Where.
        path: String,
        /// When.
        asked: Moment,
    },
    /// What OctoPrint was told of the file at this path is settled: if it is there again, it is to be
    /// deleted anew.
    DeletedAnew(String),
}
