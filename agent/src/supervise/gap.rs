//! A time in which nobody watched OctoPrint: its owner may have printed in it, so a bed that was clear
//! before need not be.

use std::time::Duration;

use visorfarm_protocol::message::Return;

use super::Supervisor;
use super::event::{Decision, Now};
use super::memory::{Bed, Change};
use crate::clock::Moment;
use crate::octoprint::model::{Marking, MarkingKind, Markings, SincePrint};

/// How long an OctoPrint that restarts may not answer: a Pi Zero needs two minutes (a guess). No plate
/// worth the name is printed meanwhile.
const RESTARTS_WITHIN: Duration = Duration::from_mins(3);

/// How long an OctoPrint that answers may keep its events to itself before its maker is asked
/// instead. Its socket opens within seconds, and is tried again until it does.
const MARKS_WITHIN: Duration = Duration::from_mins(1);

/// Whether OctoPrint was watched for as long as the bed is said to be clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// It was, or its marks or the maker said since how it is.
    Closed,
    /// It was not, and nothing is known yet of the time before `since`.
    Open {
        /// When it was watched again.
        since: Moment,
    },
}

impl Gap {
    /// Returns the gap after OctoPrint answered at `now`, and before that at `answered`.
    pub(super) fn after_answer(self, now: Moment, answered: Option<Moment>) -> Self {
        match answered {
            Some(answered) if RESTARTS_WITHIN < now.since(answered) => Self::Open { since: now },
            Some(_) | None => self,
        }
    }
}

impl Supervisor {
    /// Decides what OctoPrint's marks tell when it is heard again. A start that it has marked since
    /// the bed was cleared takes the bed; marks that prove nothing leave it in doubt, unless the
    /// restart that lost them was watched: what came before it was seen, and what came after it
    /// would be marked.
    pub(super) fn printed_unseen(&self, now: Now, marks: &Markings) -> Decision {
        if self.memory.bed != Bed::Clear {
            return Decision::default();
        }
        let before = self.memory.cleared_at.as_ref();
        let unseen = |mark: &Marking| {
            let known = |before: &Markings| before.0.contains(mark);
            mark.kind == MarkingKind::Print && before.is_some_and(|before| !known(before))
        };
        if marks.0.iter().any(unseen) {
            return self.bed_lost(Change::BedTaken);
        }
        let proved = before.is_some_and(|before| marks.since(before) == SincePrint::NoneStarted);
        match self.watch.gap.after_answer(now.moment, self.watch.answered_at) {
            Gap::Open { .. } if !proved => self.bed_lost(Change::BedDoubted),
            Gap::Open { .. } | Gap::Closed => Decision::default(),
        }
    }

    /// Decides that OctoPrint answers and still does not let its marks be heard.
    pub(super) fn decide_gap(&self, now: Now) -> Decision {
        match self.watch.gap {
            Gap::Open { since }
                if self.memory.bed == Bed::Clear
                    && self.watch.seen.is_some()
                    && MARKS_WITHIN <= now.moment.since(since) =>
            {
                self.bed_lost(Change::BedDoubted)
            }
            Gap::Open { .. } | Gap::Closed => Decision::default(),
        }
    }

    /// The bed is not known to be clear any more: nothing starts on it.
    fn bed_lost(&self, how: Change) -> Decision {
        let mut decision = self.give_back(Return::Printer, "the bed is not known to be clear");
        decision.changes.push(how);
        decision
    }
}
