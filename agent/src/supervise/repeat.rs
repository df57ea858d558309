//! What the owner prints of our files again: one more plate each, counted once, from OctoPrint's history of the file.
//!
//! The event that tells of its end may come while nobody listens, or be held up until the next repetition runs: it says only
//! that a history is to be read. So the histories of the plates whose files are kept are asked for whenever something ended or
//! may have been missed, and none of them is printed. What they show beyond what is told is one plate more each.

use visorfarm_protocol::message::{End, Fact};
use visorfarm_protocol::text::quote;

use super::Supervisor;
use super::change::Change;
use super::due::{ANSWERS_WITHIN, Histories};
use super::event::{Action, Decision, Now, Witnesses};
use super::memory::PAST_KEPT;
use super::note::Note;
use super::past::PastPlate;
use super::senses::Engine;
use crate::octoprint::model::Snapshot;

/// The most repetitions that are counted from one look at a history: a month away from the agent, by
/// an owner who likes our file. Each is a fact in the journal, and histories come from outside.
const REPETITIONS_MAX: u32 = 32;

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

    /// Asks for the histories of past plates, if that is due and none of them is printed.
    pub(super) fn decide_histories(&self, now: Now) -> Decision {
        let due = match self.watch.histories {
            Histories::Due { from } => from <= now.moment,
            Histories::Asked { at, open } => 0 < open && ANSWERS_WITHIN <= now.moment.since(at),
        };
        let settled =
            self.watch.seen.as_ref().is_some_and(|(_, seen)| {
                self.memory.past.iter().all(|past| is_settled(seen, past))
            });
        if !due || !settled || self.watch.repeated.is_some() || self.memory.past.is_empty() {
            return Decision::default();
        }
        let ask = |past: &PastPlate| Action::Ask { lease: past.lease, path: past.path.clone() };
        let actions: Vec<_> = self.memory.past.iter().map(ask).collect();
        Decision {
            notes: vec![Note::HistoriesAsked(actions.len())],
            actions,
            ..Decision::default()
        }
    }

    /// Decides what the history of a past plate's file shows.
    pub(super) fn hear_of_repetition(&self, now: Now, witnesses: &Witnesses) -> Decision {
        let Some(past) = self.memory.past(witnesses.lease) else { return Decision::default() };
        if !is_settled(&witnesses.snapshot, past) {
            return Decision::note(Note::HistoriesDue);
        }
        let successes = witnesses.record.as_ref().map_or(0, |record| record.successes);
        let decision = match past.accounted() {
            Some(accounted) => match successes.saturating_sub(accounted) {
                0 => self.let_go(now, past),
                more => self.count_repetitions(past, more.min(REPETITIONS_MAX)),
            },
            None => Decision::change(Change::HistoryRead { lease: past.lease, successes }),
        };
        decision.and_note(Note::HistoryHeard)
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
mod tests {
    use super::super::event::Event;
    use super::super::testing::{Bench, CLEAR, PATH, record, snapshot};
    use super::*;
    use crate::octoprint::model::{FileRecord, Markings, PrinterCondition};
    use crate::octoprint::push::{FailReason, Lost, PushEvent};

    impl Bench {
        /// OctoPrint is heard and stands still; its history of the file shows `shown`.
        fn reads(&mut self, shown: &FileRecord) {
            self.push(PushEvent::Connected { markings: Markings::default() });
            self.histories(shown);
        }

        /// The owner begins to print our file again.
        fn again(&mut self) {
            self.push(PushEvent::PrintStarted { path: PATH.into() });
            self.seen(PrinterCondition::Printing, Some(PATH));
        }
    }

    /// Checks which ordinals were told to be completed.
    #[track_caller]
    fn check(bench: &Bench, completed: &[u32]) {
        let ends = bench.ends().into_iter().filter(|(_, end)| *end == End::Completed);
        assert_eq!(ends.map(|(ordinal, _)| ordinal).collect::<Vec<_>>(), completed);
    }

    #[test]
    fn a_repetition_whose_end_was_lost_with_the_journals_last_line_is_counted_once() {
        let mut bench = Bench::ready();
        bench.completed();
        bench.again();
        for _ in 0..2 {
            bench = bench.restart();
            bench.reads(&record(2, 0));
            check(&bench, &[0, 1]);
        }
    }

    #[test]
    fn a_repetition_after_an_unknown_end_is_counted_if_the_history_was_empty_before() {
        let mut bench = Bench::ready();
        bench.order();
        bench = bench.restart();
        bench.reads(&record(0, 0));
        assert_eq!(bench.ends(), [(0, End::Unknown)]);
        bench.put(Event::BedClear { good: Some(0) });
        bench.again();
        bench = bench.restart();
        bench.reads(&record(1, 0));
        check(&bench, &[1]);
    }

    #[test]
    fn a_print_that_was_cancelled_in_its_last_moves_is_no_repetition_of_its_own() {
        let mut bench = Bench::ready();
        bench.printing();
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.failed(FailReason::Cancelled { by_user: true });
        bench.reads(&record(1, 1));
        check(&bench, &[]);
        bench = bench.restart();
        bench.reads(&record(2, 1));
        check(&bench, &[1]);
    }

    #[test]
    fn a_history_that_is_not_known_from_before_counts_nothing() {
        let mut bench = Bench::ready();
        bench.printing();
        // Its last line may have been sent in between.
        bench.push(PushEvent::Lost(Lost::Closed));
        bench.failed(FailReason::Error("jam".into()));
        bench = bench.restart();
        bench.reads(&record(1, 1));
        check(&bench, &[]);
    }

    #[test]
    fn a_repetition_after_a_print_that_was_heard_to_break_off_is_counted_whoever_saw_it() {
        let mut bench = Bench::ready();
        bench.printing();
        bench.failed(FailReason::Cancelled { by_user: true });
        bench = bench.restart();
        bench.reads(&record(1, 1));
        check(&bench, &[1]);
    }

    #[test]
    fn a_repetition_that_is_read_before_its_end_is_heard_is_counted_once() {
        let mut bench = Bench::ready();
        let lease = bench.completed();
        bench.again();
        let snapshot = snapshot(PrinterCondition::Operational, Some(PATH));
        bench.put(Event::Witnesses(Witnesses { lease, snapshot, record: Some(record(2, 0)) }));
        check(&bench, &[0, 1]);
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.histories(&record(2, 0));
        check(&bench, &[0, 1]);
    }

    #[test]
    fn a_repetition_whose_end_is_held_up_until_the_next_one_runs_is_counted_once() {
        let mut bench = Bench::ready();
        bench.completed();
        bench.again();
        bench.histories(&record(2, 0));
        bench.again();
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.failed(FailReason::Cancelled { by_user: true });
        bench.histories(&record(2, 1));
        check(&bench, &[0, 1]);
    }

    #[test]
    fn a_repetition_of_which_only_the_end_is_heard_is_read_from_its_history() {
        let mut bench = Bench::ready();
        bench.completed();
        bench.histories(&record(1, 0));
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.histories(&record(2, 0));
        check(&bench, &[0, 1]);
    }

    #[test]
    fn a_repetition_that_begins_before_anybody_read_the_history_of_a_failed_print_is_counted() {
        let mut bench = Bench::ready();
        bench.printing();
        bench = bench.restart();
        // Another print by its owner is under way already.
        bench.witness(&snapshot(PrinterCondition::Printing, Some(PATH)), Some(&record(0, 1)));
        check(&bench, &[]);
        bench.histories(&record(1, 1));
        check(&bench, &[1]);
    }

    #[test]
    fn an_old_file_is_kept_until_what_its_owner_printed_of_it_is_counted() {
        let mut bench = Bench::ready();
        for _ in 0..4 {
            bench.completed();
            bench.put(CLEAR);
            bench.receipt_all();
        }
        assert_eq!(bench.supervisor.memory().past.len(), 4);
        bench.histories(&record(2, 0));
        check(&bench, &[0, 0, 0, 0, 1, 1, 1, 1]);
        bench.receipt_all();
        bench.push(PushEvent::Connected { markings: Markings::default() });
        bench.histories(&record(2, 0));
        assert_eq!(bench.supervisor.memory().past.len(), 4, "OctoPrint has not deleted it yet");
        bench.deleted();
        assert_eq!(bench.supervisor.memory().past.len(), 3);
    }

    #[test]
    fn histories_that_octoprint_does_not_answer_are_asked_for_again() {
        let mut bench = Bench::ready();
        bench.completed();
        bench.again();
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        for _ in 0..20 {
            bench.idle();
            bench.pass(2);
        }
        // No answer.
        bench.actions.clear();
        for _ in 0..30 {
            bench.idle();
            bench.pass(2);
        }
        bench.histories(&record(2, 0));
        check(&bench, &[0, 1]);
    }

    #[test]
    fn a_repetition_is_counted_while_the_next_plate_prints() {
        let mut bench = Bench::ready();
        let lease = bench.completed();
        bench.again();
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.idle();
        bench.put(CLEAR);
        bench.grant();
        let snapshot = snapshot(PrinterCondition::Printing, Some("visorfarm/1000-2.gcode"));
        bench.put(Event::Witnesses(Witnesses { lease, snapshot, record: Some(record(2, 0)) }));
        check(&bench, &[0, 1]);
    }

    #[test]
    fn histories_are_asked_for_once_when_something_may_have_been_missed() {
        let mut bench = Bench::ready();
        bench.completed();
        bench.reads(&record(1, 0));
        for _ in 0..100 {
            bench.idle();
            bench.pass(60);
        }
        assert!(!bench.actions.iter().any(|action| matches!(action, Action::Ask { .. })));
    }
}
