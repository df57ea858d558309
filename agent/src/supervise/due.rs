//! What a supervisor does again when its time has come: ask for work, tell facts, read histories.

use std::time::Duration;

use crate::clock::Moment;

/// How long a printer that could not start a lease asks for no other: two looks at OctoPrint, so that
/// what was in the way is seen. It doubles each time.
const REST: Duration = Duration::from_secs(5);

/// The longest rest: what is in the way by then is for a person to clear.
const REST_MAX: Duration = Duration::from_mins(10);

/// How long OctoPrint may take to write a print into its file's history: it does so a moment after the
/// event, on another thread.
const HISTORY_WITHIN: Duration = Duration::from_secs(10);

/// How long OctoPrint may take to show all histories before it is asked again.
pub(super) const ANSWERS_WITHIN: Duration = Duration::from_mins(1);

/// How soon facts without a receipt are told again on a standing connection. It doubles each time:
/// what is still not receipted then is for later, or finds nobody who listens.
const TELL_AFTER: Duration = Duration::from_secs(15);

/// The longest that such facts wait: short beside the hour after which the coordinator takes what was
/// too much before.
const TELL_AFTER_MAX: Duration = Duration::from_mins(4);

/// An ask that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) ask: u64,
    pub(super) since: Moment,
    /// Nothing if it must be said again at once.
    pub(super) repeated: Option<Moment>,
}

/// A printer asks for nothing until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) until: Moment,
    length: Duration,
}

impl Rest {
    /// Returns the rest after a lease was given back at `now`, when `before` was the last one.
    pub(super) fn after(before: Option<Self>, now: Moment) -> Self {
        let lately = before.filter(|before| now < before.until + REST_MAX);
        let length = lately.map_or(REST, |before| (before.length * 2).min(REST_MAX));
        Self { until: now + length, length }
    }
}

/// All facts are told again when that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Telling {
    pub(super) due: Moment,
    /// How long they wait after that.
    then: Duration,
}

impl Telling {
    /// Returns when facts are told again that were told at `now`, when `before` was due.
    pub(super) fn after(before: Option<Self>, now: Moment) -> Self {
        let wait = before.map_or(TELL_AFTER, |before| before.then);
        Self { due: now + wait, then: (2 * wait).min(TELL_AFTER_MAX) }
    }

    pub(super) fn sooner(self, now: Moment) -> Self {
        Self { due: self.due.min(now + TELL_AFTER), then: 2 * TELL_AFTER }
    }
}

/// Whether OctoPrint's histories of the past plates' files are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Histories {
    /// They are to be asked for; from then on they are complete.
    Due {
        /// When.
        from: Moment,
    },
    /// They were asked for, then.
    Asked {
        /// When.
        at: Moment,
        /// How many have not answered.
        open: usize,
    },
}

impl Histories {
    /// One of them answered.
    pub(super) fn answered(&mut self) {
        if let Self::Asked { open, .. } = self {
            *open = open.saturating_sub(1);
        }
    }

    /// Something ended at `now`, or may have.
    pub(super) fn due(now: Moment) -> Self {
        Self::Due { from: now + HISTORY_WITHIN }
    }
}
