//! What a printer is doing, in one word, and what that means to who looks.

use serde::Serialize;
use visorfarm_protocol::status::{Activity, Bed, Cause, WaitsFor};

use crate::dispatch::LeaseState;
use crate::dispatch::board::{Link, PrinterRow};

/// What a printer's state means to who looks: a colour and a shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum Kind {
    Working,
    Ready,
    Person,
    #[default]
    Away,
}

/// What a printer is doing, in one word. Silence comes first: what a silent printer said last is
/// not what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum Doing {
    /// First: what overheats cannot wait.
    Faulted,
    Copied,
    ReadOnly,
    Forgotten,
    Look,
    Silent,
    /// Off, or its OctoPrint is, with a plate on it that it was printing.
    Cut,
    BedClear,
    Key,
    Disk,
    Filament,
    Resume,
    Paused,
    Printing,
    Finishing,
    Starting,
    Preparing,
    Ready,
    Hours,
    Heated,
    Foreign,
    Offline,
    #[default]
    Unheard,
    Other,
}

impl Doing {
    pub(super) fn of(row: &PrinterRow, grace: bool) -> Self {
        if row.waits_for == Some(WaitsFor::Copied) {
            return Self::Copied;
        }
        // An agent that can remember nothing ends with its print, and is silent: it is the last that it says.
        if cause(row) == Some(Cause::ReadOnly) {
            return Self::ReadOnly;
        }
        match row.link {
            Link::Unheard if grace => return Self::Unheard,
            Link::Silent | Link::Unheard => return Self::Silent,
            Link::Live => {}
        }
        match &row.plate {
            // Its agent no longer knows the print: nobody can tell what became of it.
            Some(plate) if plate.forgotten => return Self::Forgotten,
            Some(plate) if plate.state == LeaseState::Unknown => return Self::Look,
            Some(_) | None => {}
        }
        match row.activity {
            None => Self::Unheard,
            Some(Activity::Offline) => Self::of_offline(row),
            Some(Activity::Idle) => Self::of_idle(row),
            Some(Activity::Preparing) => Self::Preparing,
            Some(Activity::Starting) => Self::Starting,
            Some(Activity::Printing) => Self::Printing,
            Some(Activity::Paused) => Self::Paused,
            Some(Activity::Finishing) => Self::Finishing,
            Some(Activity::Foreign) => Self::Foreign,
            Some(Activity::Faulted) => Self::Faulted,
            Some(Activity::Unknown) => Self::Look,
            Some(Activity::Other) => Self::Other,
        }
    }

    /// A bed that waits for its maker waits whether or not OctoPrint answers.
    fn of_offline(row: &PrinterRow) -> Self {
        match row.waits_for {
            Some(WaitsFor::BedClear) => Self::BedClear,
            Some(WaitsFor::Look) => Self::Look,
            Some(WaitsFor::Key) => Self::Key,
            Some(
                WaitsFor::Resume
                | WaitsFor::Hours
                | WaitsFor::ForeignPrint
                | WaitsFor::Disk
                | WaitsFor::Filament
                | WaitsFor::Printer
                | WaitsFor::Copied
                | WaitsFor::Other,
            )
            | None => match &row.plate {
                // Before it has asked, an agent that was just started knows of no answer either.
                Some(plate)
                    if plate.state == LeaseState::Printing
                        && cause(row) == Some(Cause::NoAnswer) =>
                {
                    Self::Cut
                }
                Some(_) | None => Self::Offline,
            },
        }
    }

    fn of_idle(row: &PrinterRow) -> Self {
        match row.waits_for {
            Some(WaitsFor::BedClear) => Self::BedClear,
            Some(WaitsFor::Look) => Self::Look,
            Some(WaitsFor::Resume) => Self::Resume,
            Some(WaitsFor::Hours) => Self::Hours,
            // A foreign print has an activity of its own: this one only heats.
            Some(WaitsFor::ForeignPrint) => Self::Heated,
            Some(WaitsFor::Disk) => Self::Disk,
            Some(WaitsFor::Filament) => Self::Filament,
            Some(WaitsFor::Key) => Self::Key,
            Some(WaitsFor::Printer) => Self::Offline,
            Some(WaitsFor::Copied) => Self::Copied,
            Some(WaitsFor::Other) => Self::Other,
            None if row.bed == Some(Bed::Occupied) => Self::BedClear,
            None => Self::Ready,
        }
    }

    pub(in crate::web) fn kind(self) -> Kind {
        match self {
            Self::Printing | Self::Finishing | Self::Starting | Self::Preparing => Kind::Working,
            Self::Ready => Kind::Ready,
            Self::Faulted
            | Self::Copied
            | Self::ReadOnly
            | Self::Forgotten
            | Self::Look
            | Self::Silent
            | Self::Cut
            | Self::BedClear
            | Self::Key
            | Self::Disk
            | Self::Filament
            | Self::Paused => Kind::Person,
            Self::Resume
            | Self::Hours
            | Self::Heated
            | Self::Foreign
            | Self::Offline
            | Self::Unheard
            | Self::Other => Kind::Away,
        }
    }

    /// Returns the word it is sent by.
    pub(in crate::web) fn code(self) -> &'static str {
        match self {
            Self::Faulted => "faulted",
            Self::Copied => "copied",
            Self::ReadOnly => "read_only",
            Self::Forgotten => "forgotten",
            Self::Look => "look",
            Self::Silent => "silent",
            Self::Cut => "cut",
            Self::BedClear => "bed_clear",
            Self::Key => "key",
            Self::Disk => "disk",
            Self::Filament => "filament",
            Self::Resume => "resume",
            Self::Paused => "paused",
            Self::Printing => "printing",
            Self::Finishing => "finishing",
            Self::Starting => "starting",
            Self::Preparing => "preparing",
            Self::Ready => "ready",
            Self::Hours => "hours",
            Self::Heated => "heated",
            Self::Foreign => "foreign",
            Self::Offline => "offline",
            Self::Unheard => "unheard",
            Self::Other => "other",
        }
    }

    /// Returns all of them, for the list of words that a page carries.
    pub(in crate::web) const ALL: [Self; 24] = [
        Self::Faulted,
        Self::Copied,
        Self::ReadOnly,
        Self::Forgotten,
        Self::Look,
        Self::Silent,
        Self::Cut,
        Self::BedClear,
        Self::Key,
        Self::Disk,
        Self::Filament,
        Self::Resume,
        Self::Paused,
        Self::Printing,
        Self::Finishing,
        Self::Starting,
        Self::Preparing,
        Self::Ready,
        Self::Hours,
        Self::Heated,
        Self::Foreign,
        Self::Offline,
        Self::Unheard,
        Self::Other,
    ];
}

/// Returns what its agent itself says is wrong.
fn cause(row: &PrinterRow) -> Option<Cause> {
    row.fault.as_deref().and_then(Cause::read)
}

impl Kind {
    /// Returns the letter it is sent by in a strip of cells.
    pub(in crate::web) fn letter(self) -> &'static str {
        match self {
            Self::Working => "w",
            Self::Ready => "r",
            Self::Person => "p",
            Self::Away => "a",
        }
    }

    /// Returns the word it is sent by.
    pub(in crate::web) fn code(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Ready => "ready",
            Self::Person => "person",
            Self::Away => "away",
        }
    }
}
