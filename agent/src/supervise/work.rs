//! What a supervisor has at hand with its run.

use super::senses::Events;
use crate::clock::Moment;

/// What is at hand with the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Nothing to wait for but the print itself.
    Watching,
    /// The file is fetched and uploaded; the start must be ordered by then.
    Preparing {
        /// Counted from the ask.
        start_by: Moment,
    },
    /// The start was ordered then; nothing is seen of it yet.
    Starting {
        /// When.
        since: Moment,
    },
    /// OctoPrint told that the print is done; its last moves may still run.
    Finishing {
        /// Whether everything was heard since: in its last moves a print can still be broken off.
        events: Events,
        /// Since when the printer is seen to stand still, without a word of how the moves ended.
        still: Option<Moment>,
    },
    /// The print was cancelled, not by OctoPrint's user; more may be told of why.
    Stopping {
        /// When.
        since: Moment,
        /// Whether the firmware restarted.
        reset: Reset,
    },
    /// The print failed, or its printer went away, and no fault was told of it yet.
    Failing {
        /// When.
        since: Moment,
        /// What is said of it if none is told.
        note: &'static str,
    },
    /// The witnesses are asked what became of the print.
    Asking {
        /// How often they had nothing to tell.
        silent: u32,
        /// When they were asked last.
        since: Moment,
        /// Since when they have answered nothing while the printer does nothing.
        began: Moment,
        /// When that they have nothing to tell was counted last: what was asked before says it no second time.
        counted: Moment,
    },
}

/// Whether the firmware restarted while a print was being cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// Not that we know.
    NotSeen,
    /// It did.
    Seen,
}
