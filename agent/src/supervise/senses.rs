//! What a supervisor can tell of OctoPrint, of the printer and of the disks.

use crate::clock::Moment;
use crate::octoprint::model::PrinterCondition;

/// Why OctoPrint cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blind {
    /// It does not answer.
    Unreachable,
    /// It refuses the key.
    KeyRefused,
}

/// What answers at OctoPrint's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// It has not said yet.
    Unknown,
    /// OctoPrint.
    OctoPrint,
    /// Something else that imitates a part of its interface: what it says of prints cannot be
    /// relied on.
    Imitator {
        /// As it calls itself.
        name: String,
    },
}

/// Whether there is room for another file, here and at OctoPrint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// Nobody could measure it yet, or can any more.
    Unknown,
    /// There is.
    Roomy,
    /// There is not.
    Full,
    /// Ours can only be read: nothing can be remembered.
    ReadOnly,
}

/// Whether OctoPrint's events are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Socket {
    /// They are.
    Up,
    /// They are not.
    Down,
}

/// Whether OctoPrint's events since something were all heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Events {
    /// Some may have been missed.
    Missed,
    /// The socket stands, and has stood since then.
    Whole,
}

/// How far OctoPrint's events have told of the print that was started last. They come in their order: before its beginning
/// is told, all of them are of earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// Nothing, or not all.
    Unheard,
    /// It began.
    Begun,
    /// Its last line is sent, which makes it a success in its file's history.
    Done,
}

/// How the last look found the printer. What is pushed may come before its reason is known, and makes no printer ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Connected, idle and cold.
    Still,
    /// Otherwise, or nobody has looked.
    Otherwise,
}

/// Whether a printer that does nothing, as far as OctoPrint knows, keeps a heater hot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeptHot {
    No,
    /// So it was found when somebody looked first: nobody knows since when.
    Before,
    /// Since then: its owner may print from a card of its own.
    Since(Moment),
    /// So, too, when the maker looked at the bed, at this moment.
    Seen(Moment),
}

/// What a printer's condition means for a print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    /// Connected and idle.
    Idle,
    /// A file is being printed, or its last moves run.
    Busy,
    /// Not connected to OctoPrint.
    Away,
    /// Nothing may be concluded.
    Unclear,
}

impl Engine {
    pub(super) fn of(condition: &PrinterCondition) -> Self {
        match condition {
            PrinterCondition::Operational => Self::Idle,
            PrinterCondition::Starting
            | PrinterCondition::Printing
            | PrinterCondition::Pausing
            | PrinterCondition::Paused
            | PrinterCondition::Resuming
            | PrinterCondition::Cancelling
            | PrinterCondition::Finishing
            | PrinterCondition::SendingToSd => Self::Busy,
            PrinterCondition::Offline { .. } | PrinterCondition::Error { .. } => Self::Away,
            PrinterCondition::Connecting | PrinterCondition::Unreadable { .. } => Self::Unclear,
        }
    }
}
