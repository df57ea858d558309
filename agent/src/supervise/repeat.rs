//! What the owner prints of our files again: one more plate each, counted once, from OctoPrint's history of the file.
//!
//! The event that tells of its end may come while nobody listens, or be held up until the next repetition runs: it says only
//! that a history is to be read. So the histories of the plates whose files are kept are asked for whenever something ended or
//! may have been missed, and none of them is printed. What they show beyond what is told is one plate more each.

use std::time::Duration;

use visorfarm_protocol::message::{End, Fact};
use visorfarm_protocol::text::quote;

use super::Supervisor;
use super::change::Change;
use super::due::{ANSWERS_WITHIN, Histories};
use super::event::{Action, Decision, Now, Question, Witnesses};
use super::memory::{Bed, PAST_KEPT};
use super::note::Note;
use super::past::PastPlate;
use super::senses::{Disk, Engine};
use crate::octoprint::model::{PrinterCondition, Snapshot};

/// The most repetitions that are counted from one look at a history: a month away from the agent, by
/// an owner who likes our file. Each is a fact in the journal, and histories come from outside.
const REPETITIONS_MAX: u32 = 32;

/// How long OctoPrint may take to write how a print ended into its file's history, on a machine that is busy. What is written later
/// than the first reading would be taken for a repetition; and no plate worth the name is printed again meanwhile, though one may
/// be begun.
const WRITTEN_WITHIN: Duration = Duration::from_mins(2);

impl Supervisor {
    /// The owner printed a file of ours again, and we heard it end: its history tells how often.
    pub(super) fn repetition_done(&self, path: &str) -> Decision {
        if self.memory.past.iter().any(|past| past.path == path) {
            Decision::note(Note::HistoriesDue)
        } else {
            Decision::default()
        }
    }

    /// The owner's repetition seems over: its history tells.
    pub(super) fn repetition_over(&self) -> Decision {
        match self.watch.repeated {
            Some(_) => Decision::note(Note::Repeated(None)),
            None => Decision::default(),
        }
    }

    /// Asks for the histories of past plates, if that is due and none of them is printed. While one is, what its file's history
    /// shows is of before, and worth knowing if nobody does.
    pub(super) fn decide_histories(&self, now: Now) -> Decision {
        let due = match self.watch.histories {
            Histories::Due { from } => from <= now.moment,
            Histories::Asked { at, open } => 0 < open && ANSWERS_WITHIN <= now.moment.since(at),
        };
        // What could not be remembered would end the agent, which a print may still need.
        let due = due && self.watch.disk != Disk::ReadOnly;
        let Some((_, seen)) = self.watch.seen.as_ref().filter(|_| due) else {
            return Decision::default();
        };
        let past = &self.memory.past;
        let settled =
            self.watch.repeated.is_none() && past.iter().all(|past| is_settled(seen, past));
        let asked = past.iter().filter(|past| settled || self.begins_from(seen, past));
        let question = |past: &PastPlate| Question {
            lease: past.lease,
            path: past.path.clone(),
            asked: now.moment,
        };
        let actions: Vec<_> = asked.map(|past| Action::Ask(question(past))).collect();
        if actions.is_empty() {
            return Decision::default();
        }
        Decision {
            notes: vec![Note::HistoriesAsked(actions.len())],
            actions,
            ..Decision::default()
        }
    }

    /// Decides what the history of a past plate's file shows.
    pub(super) fn hear_of_repetition(&self, now: Now, witnesses: &Witnesses) -> Decision {
        let Some(past) = self.memory.past(witnesses.lease) else { return Decision::default() };
        let from_here = self.begins_from(&witnesses.snapshot, past);
        if !from_here && !is_settled(&witnesses.snapshot, past) {
            return Decision::note(Note::HistoriesDue);
        }
        let successes = witnesses.record.as_ref().map_or(0, |record| record.successes);
        let decision = match past.accounted() {
            Some(accounted) => match successes.saturating_sub(accounted) {
                0 => self.let_go(now, past),
                more => self.count_repetitions(past, more.min(REPETITIONS_MAX)),
            },
            // What it shows by now may still be written: it is asked for again.
            None if now.moment.since(self.watch.moved_at) < WRITTEN_WITHIN => {
                return Decision::default();
            }
            None => Decision::change(Change::HistoryRead { lease: past.lease, successes }),
        };
        decision.and_note(Note::HistoryHeard)
    }

    /// Says whether the past plate's file is printed again, and nobody knows what its history showed before. It shows that until the
    /// last line is sent. Before a person has told what became of the lease's own print, that may be what runs: a start that
    /// OctoPrint carried out late.
    fn begins_from(&self, snapshot: &Snapshot, past: &PastPlate) -> bool {
        let again = snapshot.job.as_ref().is_some_and(|job| job.path == past.path);
        let still = match snapshot.printer {
            PrinterCondition::Starting
            | PrinterCondition::Printing
            | PrinterCondition::Pausing
            | PrinterCondition::Paused
            | PrinterCondition::Resuming => true,
            PrinterCondition::Operational
            | PrinterCondition::Cancelling
            | PrinterCondition::Finishing
            | PrinterCondition::SendingToSd
            | PrinterCondition::Connecting
            | PrinterCondition::Offline { .. }
            | PrinterCondition::Error { .. }
            | PrinterCondition::Unreadable { .. } => false,
        };
        let told = past.end != End::Unknown || self.memory.bed != Bed::Plate(past.lease);
        again && still && told && past.accounted().is_none()
    }

    /// What its owner printed of an old file is counted: it may go. It is remembered until it is gone.
    fn let_go(&self, now: Now, past: &PastPlate) -> Decision {
        if !self.memory.forgettable(PAST_KEPT).any(|old| old.lease == past.lease) {
            return Decision::default();
        }
        let (path, asked) = (past.path.clone(), now.moment);
        Decision::note(Note::Deleting { path: path.clone(), asked })
            .and_act(Action::Delete { path, asked })
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
        let mut changes = self.facts(facts);
        changes.extend((0..more).filter_map(|_| self.used(past.weight, End::Completed)));
        Decision::changes(changes)
    }
}

/// Says whether a history of the past plate's file is not about to change: a success that is written while last moves run
/// may still be broken off.
fn is_settled(snapshot: &Snapshot, past: &PastPlate) -> bool {
    let other = snapshot.job.as_ref().is_some_and(|job| job.path != past.path);
    match Engine::of(&snapshot.printer) {
        Engine::Idle | Engine::Away => true,
        Engine::Busy => other,
        Engine::Unclear => false,
    }
}

#[cfg(test)]
mod tests;
