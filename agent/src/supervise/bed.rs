//! Whether the bed is known to be clear, and what takes that knowledge away. Who clears it is the maker's setting; that
//! it is clear is never guessed.

use std::time::Duration;

use visorfarm_protocol::message::Return;
use visorfarm_protocol::status::WaitsFor;

use super::Supervisor;
use super::change::Change;
use super::event::{Decision, Now};
use super::gap::{Gap, Presence};
use super::memory::{Bed, Run};
use super::note::Note;
use super::senses::KeptHot;
use crate::config::BedCare;
use crate::octoprint::model::{Marking, MarkingKind, Markings, PrinterCondition, Snapshot};

/// How long an idle printer may be kept hot, to change filament for instance, without a plate that is worth the
/// name: as long as an OctoPrint may take to restart.
const HOT_FOR: Duration = Duration::from_mins(3);

impl Supervisor {
    /// Says whether the bed is confirmed clear: by the maker, or because it cleared itself.
    pub(super) fn bed_clear(&self) -> Result<(), WaitsFor> {
        match self.memory.bed {
            Bed::Clear => Ok(()),
            Bed::Plate(_) | Bed::Unconfirmed => Err(WaitsFor::BedClear),
        }
    }

    /// The bed is not known to be clear any more: nothing starts on it.
    pub(super) fn bed_lost(&self, how: Change) -> Decision {
        let mut decision = self.give_back(Return::Printer, "the bed is not known to be clear");
        decision.changes.push(how);
        decision
    }

    /// Decides that an idle printer has been kept hot for so long that its owner may have printed from the printer's own
    /// card. A word of the maker's stands beside a hot printer.
    pub(super) fn decide_heated(&self, now: Now) -> Decision {
        match self.watch.watched.kept_hot {
            KeptHot::Before => self.doubted(),
            KeptHot::Since(since) if HOT_FOR <= now.moment.since(since) => self.doubted(),
            KeptHot::No | KeptHot::Since(_) | KeptHot::Seen(_) => Decision::default(),
        }
    }

    /// Says whether the printer is seen cold after it was hot, or not looked at, for so long since the maker's last word that
    /// something may have been printed after that.
    pub(super) fn cooled(&self, now: Now, snapshot: &Snapshot) -> bool {
        let cold = snapshot.printer == PrinterCondition::Operational && !snapshot.is_heated_idle();
        let long = match self.watch.watched.kept_hot {
            KeptHot::No => false,
            KeptHot::Before => true,
            KeptHot::Since(since) | KeptHot::Seen(since) => HOT_FOR <= now.moment.since(since),
        };
        cold && long
    }

    /// A bed that is said to be clear is doubted.
    pub(super) fn doubted(&self) -> Decision {
        match self.bed_clear() {
            Ok(()) => self.bed_lost(Change::BedDoubted),
            Err(_) => Decision::default(),
        }
    }

    /// Adds to the watched end of `run`'s completed print that its plate was pushed off, if its maker's printer does that. After
    /// an end of which any part may have been missed the plate stays on the bed, as far as anybody knows.
    pub(super) fn clearing_itself(&self, run: &Run, mut ended: Decision) -> Decision {
        let stands = self.memory.bed == Bed::Plate(run.grant.lease);
        if self.setup.bed == BedCare::ClearsItself && stands {
            ended.changes.push(Change::BedCleared { marks: self.watch.marks.clone() });
        }
        ended
    }

    /// Decides that OctoPrint told of new marks: what a later process needs to know of a bed that is clear.
    pub(super) fn decide_marked(&self, marks: &Markings) -> Decision {
        let stays = self.bed_clear().is_ok() && self.none_marked_since_cleared(marks);
        let news = self.memory.cleared_at.as_ref() != Some(marks);
        let decision = Decision::note(Note::Marks(marks.clone()));
        let watched = self.watch.watched;
        if stays && news && (watched.gap, watched.presence) == (Gap::Closed, Presence::Here) {
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
