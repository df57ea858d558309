//! What the maker wants: the bed is clear, no more prints for now, prints again.

use visorfarm_protocol::message::{End, Fact, Return};

use super::Supervisor;
use super::change::Change;
use super::event::{Answer, Decision, MakerRefused, Now, Setup};
use super::memory::{Bed, Consent, Phase, Run};
use super::note::Note;
use super::past::Printed;
use super::print_id::PrintId;

impl Supervisor {
    /// The maker says that the bed is clear, and how many pieces of the plate are good. What the
    /// maker leaves out is filled in only where the print is known to have completed. A number that
    /// is said of a clear bed corrects what was said of the last plate; of a bed with something else
    /// on it, it may be meant for that.
    pub(super) fn decide_bed_clear(&self, now: Now, good: Option<u32>) -> Decision {
        if self.is_started() || self.owner_prints(now.moment) {
            return Decision::refuse(MakerRefused::Printing);
        }
        let plate = match (&self.memory.bed, good) {
            (Bed::Plate(_), _) => self.memory.plate_on_bed().map(Printed::of_lease),
            (Bed::Clear | Bed::Unconfirmed, None) => None,
            (Bed::Clear, Some(_)) => match self.memory.last_printed() {
                Some(last) => Some(last),
                None => return Decision::refuse(MakerRefused::NoPlate),
            },
            (Bed::Unconfirmed, Some(_)) => return Decision::refuse(MakerRefused::NoPlate),
        };
        let Some(plate) = plate else { return self.bed_cleared(Vec::new()) };
        match judge(&plate, good) {
            Err(refused) => Decision::refuse(refused),
            Ok(None) => self.bed_cleared(Vec::new()),
            Ok(Some((good, bad))) => {
                let PrintId { lease, ordinal } = plate.print;
                self.bed_cleared(self.facts([Fact::Judged { lease, ordinal, good, bad }]))
            }
        }
    }

    /// The maker counted the pieces of a plate again, whatever is on the bed by now: of the one that
    /// is `named`, also if others ended since, or else of the last.
    pub(super) fn decide_recount(&self, named: Option<PrintId>, good: u32) -> Decision {
        let found = match named {
            Some(plate) => self.memory.printed(plate).ok_or(MakerRefused::UnknownPlate { plate }),
            None => self.memory.last_printed().ok_or(MakerRefused::NoPlate),
        };
        let plate = match found {
            Ok(plate) => plate,
            Err(refused) => return Decision::refuse(refused),
        };
        if self.memory.bed == Bed::Plate(plate.print.lease) {
            return Decision::refuse(MakerRefused::OnBed);
        }
        match judge(&plate, Some(good)) {
            Err(refused) => Decision::refuse(refused),
            Ok(None) => done(Vec::new()),
            Ok(Some((good, bad))) => {
                let PrintId { lease, ordinal } = plate.print;
                done(self.facts([Fact::Judged { lease, ordinal, good, bad }]))
            }
        }
    }

    fn is_started(&self) -> bool {
        self.memory.run.as_ref().is_some_and(Run::is_started)
    }

    fn bed_cleared(&self, mut changes: Vec<Change>) -> Decision {
        changes.push(Change::BedCleared { marks: self.watch.marks.clone() });
        done(changes).and_note(Note::BedSeen)
    }

    pub(super) fn decide_pause(&self) -> Decision {
        let mut decision = self.give_back(Return::Maker, "the maker paused");
        if self.memory.consent == Consent::Given {
            decision.changes.push(Change::Paused);
        }
        Decision { answer: Some(Answer::Done), ..decision }
    }

    pub(super) fn decide_resume(&self) -> Decision {
        match self.memory.consent {
            Consent::Paused => done(vec![Change::Resumed]),
            Consent::Given => done(Vec::new()),
        }
    }

    /// The maker changed the settings: what was asked for under the old ones is not wanted now.
    pub(super) fn decide_setup(&self, setup: &Setup) -> Decision {
        let terms = |setup: &Setup| {
            let Setup { profile, materials, seconds_max, agrees_to, .. } = setup.clone();
            (profile, materials, seconds_max, agrees_to)
        };
        let decision = if terms(&self.setup) == terms(setup) {
            Decision::default()
        } else {
            self.give_back(Return::Maker, "the maker changed the settings").and_note(Note::AskOver)
        };
        decision.and_note(Note::Setup(Box::new(setup.clone())))
    }
}

impl Run {
    fn is_started(&self) -> bool {
        match self.phase {
            Phase::Preparing => false,
            Phase::Starting { .. } | Phase::Printing { .. } => true,
        }
    }
}

/// Returns the good and bad pieces of a plate; nothing if none of it is counted.
fn judge(plate: &Printed, good: Option<u32>) -> Result<Option<(u32, u32)>, MakerRefused> {
    let pieces = plate.pieces;
    match (plate.end, good) {
        (End::Failed | End::Cancelled, None | Some(0)) => Ok(None),
        (End::Failed | End::Cancelled, Some(_)) => Err(MakerRefused::NotCompleted),
        (End::Unknown, None) => Err(MakerRefused::Look { pieces }),
        (End::Unknown, Some(0)) => Ok(Some((0, 0))),
        (End::Completed, None) => Ok(Some((pieces, 0))),
        // Some good pieces: the print ran to its end, so the others are bad.
        (End::Completed | End::Unknown, Some(good)) => match pieces.checked_sub(good) {
            Some(bad) => Ok(Some((good, bad))),
            None => Err(MakerRefused::TooMany { seen: good, pieces }),
        },
    }
}

fn done(changes: Vec<Change>) -> Decision {
    Decision { changes, answer: Some(Answer::Done), ..Decision::default() }
}
