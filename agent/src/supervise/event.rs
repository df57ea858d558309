//! What comes in and what goes out of a [`Supervisor`](super::Supervisor).

use visorfarm_protocol::id::{LeaseId, ProfileId};
use visorfarm_protocol::message::{Down, Grant, Return, Up};

use super::change::Change;
use super::note::Note;
use super::print_id::PrintId;
use super::senses::{Blind, Disk, Server};
use super::spool::Milligrams;
use crate::clock::Moment;
use crate::config::BedCare;
use crate::config::agreed::Agreed;
use crate::config::hours::{Hours, MinuteOfDay};
use crate::octoprint::model::{FileRecord, Snapshot};
use crate::octoprint::push::PushEvent;

/// The time: for spans, and for the maker's hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// For spans.
    pub moment: Moment,
    /// For the maker's hours, in local time.
    pub minute: MinuteOfDay,
}

/// What the maker agreed to, from the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// What G-code must be sliced for.
    pub profile: ProfileId,
    /// Kinds of filament that are loaded; empty if the maker did not say.
    pub materials: Vec<String>,
    /// When prints may begin.
    pub hours: Hours,
    /// The longest print in seconds.
    pub seconds_max: Option<u32>,
    /// Which findings that ask for the owner's word are agreed to.
    pub agrees_to: Agreed,
    /// Who clears the bed.
    pub bed: BedCare,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The process started and the journal was replayed.
    Restarted,
    /// OctoPrint was asked how the printer is.
    Seen {
        /// When the question was asked: an answer may be older than what was heard meanwhile.
        asked: Moment,
        /// The answer.
        snapshot: Snapshot,
    },
    /// OctoPrint could not be asked.
    Blind(Blind),
    /// OctoPrint told something by itself: a hint.
    Push(PushEvent),
    /// The connection to the coordinator came or went.
    Link(LinkChange),
    /// The coordinator said something.
    Down(Down),
    /// The file that [`Action::Fetch`] brought was weighed, before that ends.
    Weighed {
        /// For which lease.
        lease: LeaseId,
        /// The filament that it needs.
        weight: Milligrams,
    },
    /// [`Action::Fetch`] ended.
    Fetched {
        /// For which lease.
        lease: LeaseId,
        /// How.
        result: Result<(), FetchFailed>,
    },
    /// [`Action::Upload`] ended, with the path that OctoPrint gave the file.
    Uploaded {
        /// For which lease.
        lease: LeaseId,
        /// How.
        result: Result<String, FetchFailed>,
    },
    /// [`Action::Start`] was answered.
    StartAnswered {
        /// For which lease.
        lease: LeaseId,
        /// How.
        answer: StartAnswer,
    },
    /// [`Action::Ask`] ended.
    Witnesses(Witnesses),
    /// [`Action::Delete`] succeeded: OctoPrint has no such file.
    Deleted {
        /// Where it was.
        path: String,
        /// When it was asked for.
        asked: Moment,
    },
    /// The maker says that the bed is clear.
    BedClear {
        /// Pieces of the last plate to be used; all of them if the maker does not say.
        good: Option<u32>,
    },
    /// The maker counted the pieces of a plate again.
    Recount {
        /// Of which print; of the last that ended if the maker does not say.
        plate: Option<PrintId>,
        /// Pieces to be used.
        good: u32,
    },
    /// The maker says what is on the spool.
    Spool {
        /// In grams; nothing if nobody knows.
        grams: Option<u32>,
    },
    /// The maker wants no more prints for now.
    Pause,
    /// The maker wants prints again.
    Resume,
    /// The configuration changed.
    Setup(Box<Setup>),
    /// The disks were looked at.
    Disk(Disk),
    /// What answers at OctoPrint's address said what it is.
    Server(Server),
    /// Time passed.
    Tick,
}

/// How the connection to the coordinator changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkChange {
    /// It stands, and hello is said.
    Up,
    /// It is gone.
    Down,
}

/// Why a file cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchFailed {
    /// For the coordinator.
    pub why: Return,
    /// For people.
    pub note: String,
}

/// How OctoPrint answered an order to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartAnswer {
    /// It took the order.
    Taken,
    /// It refused, because its printer prints something else or is not ready: nothing was started by
    /// us, and something may have been by another.
    Conflict(String),
    /// It refused for another reason: nothing was started.
    Refused(String),
    /// No answer, or none that tells.
    Unsure(String),
}

/// What OctoPrint is asked of a file of ours: its history, and the current job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Under which lease it was printed.
    pub lease: LeaseId,
    /// Where the file is.
    pub path: String,
    /// When it is asked.
    pub asked: Moment,
}

/// What OctoPrint's file history and current job say of our file.
#[derive(Clone, Debug)]
pub struct Witnesses {
    /// Under which lease it was printed.
    pub lease: LeaseId,
    /// When they were asked: an answer may be older than others that came before it.
    pub asked: Moment,
    /// What the printer does.
    pub snapshot: Snapshot,
    /// The file's history; nothing if the file is gone.
    pub record: Option<FileRecord>,
}

/// What the shell has to do, after the changes are journaled. It answers with an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Fetch, hash and verify the grant's file.
    Fetch(Box<Grant>),
    /// Upload the fetched file under a name of this lease.
    Upload(Box<Grant>),
    /// Order OctoPrint to print the file at this path. Ordered once for a lease, ever.
    Start {
        /// For the log.
        lease: LeaseId,
        /// Where the file is.
        path: String,
    },
    /// Ask OctoPrint.
    Ask(Question),
    /// Delete a file of ours that is no longer needed.
    Delete {
        /// Where the file is.
        path: String,
        /// When this was decided: the answer repeats it.
        asked: Moment,
    },
    /// Tell the coordinator. May be lost: facts are told again.
    Say(Up),
}

/// What follows from an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// To be journaled together, in order.
    pub changes: Vec<Change>,
    /// To be taken note of, in order.
    pub notes: Vec<Note>,
    /// To be done once they are.
    pub actions: Vec<Action>,
    /// What to answer the maker.
    pub answer: Option<Answer>,
}

/// What a maker's wish came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done.
    Done,
    /// Not done.
    Refused(MakerRefused),
}

/// Why a maker's wish cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MakerRefused {
    /// Something is printing.
    #[error("the printer is printing: the bed is clear only after it ends")]
    Printing,
    /// More pieces than the plate has.
    #[error("there are no {seen} good pieces: the plate has {pieces}")]
    TooMany {
        /// As said.
        seen: u32,
        /// As printed.
        pieces: u32,
    },
    /// What became of the print cannot be known without a look.
    #[error(
        "nobody knows how this print ended: look, then say how many pieces are good, from 0 to {pieces}"
    )]
    Look {
        /// As planned.
        pieces: u32,
    },
    /// Good pieces of a print that did not end well.
    #[error("this print failed or was cancelled: none of its pieces is counted")]
    NotCompleted,
    /// The plate is on the bed: it is counted when that is cleared.
    #[error("the plate is still on the bed: count its pieces when you clear it")]
    OnBed,
    /// Good pieces, and nothing of ours that they could be of.
    #[error("nothing of the farm's is on the bed: there are no pieces to count")]
    NoPlate,
    /// A plate that is named, and is none that the journal knows of.
    #[error("this printer knows of no such plate")]
    UnknownPlate {
        /// As it was named.
        plate: PrintId,
    },
    /// More than any spool holds.
    #[error("a spool holds at most {grams_max} g")]
    SpoolTooHeavy {
        /// That much.
        grams_max: u32,
    },
}

impl Decision {
    pub(super) fn change(change: Change) -> Self {
        Self { changes: vec![change], ..Self::default() }
    }

    pub(super) fn note(note: Note) -> Self {
        Self { notes: vec![note], ..Self::default() }
    }

    pub(super) fn and_act(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    pub(super) fn and_note(mut self, note: Note) -> Self {
        self.notes.push(note);
        self
    }

    pub(super) fn changes(changes: Vec<Change>) -> Self {
        Self { changes, ..Self::default() }
    }

    pub(super) fn refuse(refused: MakerRefused) -> Self {
        Self { answer: Some(Answer::Refused(refused)), ..Self::default() }
    }
}
