//! Whether the bed is known to be clear, and what takes that knowledge away. Who clears it is the maker's setting; that
//! it is clear is never guessed.

use visorfarm_protocol::message::{End, Fact, Return};
use visorfarm_protocol::status::WaitsFor;

use super::Supervisor;
use super::change::Change;
use super::event::Decision;
use super::gap::Gap;
use super::memory::Bed;
use super::note::Note;
use crate::config::BedCare;
use crate::octoprint::model::Markings;

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

    /// Decides that OctoPrint told of new marks. On a bed that clears itself a print mark that follows our own end is its
    /// own, told late: an owner's print is told before its mark, and takes the bed.
    pub(super) fn decide_marked(&self, marks: &Markings) -> Decision {
        let ours = matches!(self.memory.bed, Bed::Plate(_)) && self.bed_clear().is_ok();
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
}
