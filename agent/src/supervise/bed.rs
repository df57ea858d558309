//! Whether the bed is known to be clear, and what takes that knowledge away. Who clears it is the maker's setting; that
//! it is clear is never guessed.

use std::time::Duration;

use visorfarm_protocol::message::{End, Fact, Return};
use visorfarm_protocol::status::WaitsFor;

use super::Supervisor;
use super::change::Change;
use super::event::{Decision, Now};
use super::gap::Gap;
use super::memory::Bed;
use super::note::Note;
use super::senses::Heat;
use crate::clock::Moment;
use crate::config::BedCare;
use crate::octoprint::model::{Marking, MarkingKind, Markings};

/// How long an idle printer may be kept hot, to change filament for instance, without a plate that is worth the
/// name: as long as an OctoPrint may take to restart.
const HOT_FOR: Duration = Duration::from_mins(3);

impl Supervisor {
    /// Says whether the bed is confirmed clear, by the maker or by the maker's setting.
    pub(super) fn bed_clear(&self) -> Result<(), WaitsFor> {
        let end = self.memory.plate_on_bed().map(|past| past.end);
        match (&self.memory.bed, self.setup.bed, end) {
            (Bed::Clear, ..) | (Bed::Plate(_), BedCare::ClearsItself, Some(End::Completed)) => {
                Ok(())
            }
            _ => Err(WaitsFor::BedClear),
        }
    }

    /// The bed is not known to be clear any more: nothing starts on it.
    pub(super) fn bed_lost(&self, how: Change) -> Decision {
        let mut decision = self.give_back(Return::Printer, "the bed is not known to be clear");
        decision.changes.push(how);
        decision
    }

    /// Decides that an idle printer has been kept hot for so long that its owner may have printed from the printer's own
    /// card.
    pub(super) fn decide_heated(&self, now: Now) -> Decision {
        let long = |since: Moment| HOT_FOR <= now.moment.since(since);
        match self.watch.heat {
            Heat::Since(since) if long(since) && self.bed_clear().is_ok() => {
                self.bed_lost(Change::BedDoubted)
            }
            Heat::Cold | Heat::Since(_) | Heat::Seen => Decision::default(),
        }
    }

    /// Doubts a bed that clears itself, after an end that nobody watched: nobody knows what was printed since. Of an unknown
    /// end a person must tell in any case.
    pub(super) fn doubting_the_bed(&self, mut decision: Decision) -> Decision {
        let unknown = |change: &Change| {
            matches!(change, Change::Fact { fact: Fact::Ended { end: End::Unknown, .. }, .. })
        };
        let asked = self.memory.awaits_look() || decision.changes.iter().any(unknown);
        if self.setup.bed == BedCare::ClearsItself && !asked {
            decision.changes.push(Change::BedDoubted);
        }
        decision
    }

    /// Returns what a later process needs to know that nothing was printed on a bed which clears itself after `end`: by
    /// now its own print is marked.
    pub(super) fn clears_itself_after(&self, end: End) -> Option<Change> {
        let cleared = self.setup.bed == BedCare::ClearsItself && end == End::Completed;
        let marks = self.watch.marks.as_ref().filter(|_| cleared)?;
        Some(Change::BedStillClear { marks: marks.clone() })
    }

    /// Decides that OctoPrint told of new marks: what a later process needs to know of a bed that is clear. On one that
    /// clears itself a print mark that follows our own end is its own, told late: an owner's print is told before its mark,
    /// and takes the bed.
    pub(super) fn decide_marked(&self, marks: &Markings) -> Decision {
        let ours = self.bed_clear().is_ok()
            && match self.memory.bed {
                Bed::Plate(_) => true,
                Bed::Clear => self.none_marked_since_cleared(marks),
                Bed::Unconfirmed => false,
            };
        let news = self.memory.cleared_at.as_ref() != Some(marks);
        let decision = Decision::note(Note::Marks(marks.clone()));
        if ours && news && self.watch.watched.gap == Gap::Closed {
            return Decision {
                changes: vec![Change::BedStillClear { marks: marks.clone() }],
                ..decision
            };
        }
        decision
    }

    /// Says whether none of `marks` tells of a print that began since the bed was cleared.
    fn none_marked_since_cleared(&self, marks: &Markings) -> bool {
        let Some(before) = &self.memory.cleared_at else { return false };
        let print = |mark: &&Marking| mark.kind == MarkingKind::Print;
        marks.0.iter().filter(print).all(|mark| before.0.contains(mark))
    }
}
