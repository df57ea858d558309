//! What the owner prints of our files again: one more plate each, counted once, from the event that told
//! of its end or from OctoPrint's history of the file.

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact};
use visorfarm_protocol::text::quote;

use super::Supervisor;
use super::event::{Action, Decision, Witnesses};
use super::memory::PastPlate;
use super::watch::Note;

/// The most repetitions that are counted from one look at a history: a month away from the agent, by
/// an owner who likes our file. Each is a fact in the journal, and histories come from outside.
const REPETITIONS_MAX: u32 = 32;

impl Supervisor {
    /// The owner printed a file of ours again, and we heard it end.
    pub(super) fn repetition_done(&self, path: &str) -> Decision {
        let noted = self.watch.repeated.as_deref() == Some(path);
        let past = self.memory.past.iter().find(|past| past.path == path);
        match past {
            Some(past) if noted => self.count_repetitions(past, 1).and_note(Note::Repeated(None)),
            _ => Decision::default(),
        }
    }

    /// The owner's repetition seems over; if its end was not heard, its history tells.
    pub(super) fn repetition_over(&self) -> Decision {
        let Some(path) = &self.watch.repeated else { return Decision::default() };
        let past = self.memory.past.iter().find(|past| past.path == *path);
        let ask = past.map(|past| Action::Ask { lease: past.lease, path: path.clone() });
        let mut decision = Decision::note(Note::Repeated(None));
        decision.actions.extend(ask);
        decision
    }

    pub(super) fn hear_of_repetition(&self, witnesses: &Witnesses) -> Decision {
        let told = witnesses.record.as_ref().map_or(0, |record| record.successes);
        match self.past_completed(witnesses.lease) {
            Some(past) => {
                let more = told.saturating_sub(past.completed).min(REPETITIONS_MAX);
                self.count_repetitions(past, more)
            }
            None => Decision::default(),
        }
    }

    /// Only where the lease's own print completed does a success more mean a repetition.
    fn past_completed(&self, lease: LeaseId) -> Option<&PastPlate> {
        self.memory.past(lease).filter(|past| past.end == End::Completed)
    }

    fn count_repetitions(&self, past: &PastPlate, more: u32) -> Decision {
        // The lease's own print is ordinal 0, and among the completed only if it did complete.
        let first = past.completed.saturating_add(u32::from(past.end != End::Completed));
        let facts = (first..first.saturating_add(more)).map(|ordinal| Fact::Ended {
            lease: past.lease,
            ordinal,
            end: End::Completed,
            plate: past.plate.clone(),
            seconds: None,
            note: quote("printed again by its owner"),
        });
        Decision::changes(self.facts(facts))
    }
}
