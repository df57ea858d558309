use super::super::event::Event;
use super::super::testing::{Bench, CLEAR, PATH, record, snapshot};
use super::*;
use crate::octoprint::model::{FileRecord, PrinterCondition};
use crate::octoprint::push::{FailReason, Lost, PushEvent};

impl Bench {
    /// OctoPrint is heard and stands still; its history of the file shows `shown`.
    fn reads(&mut self, shown: &FileRecord) {
        self.heard_again();
        self.histories(shown);
        self.pass(130);
        self.histories(shown);
    }

    /// Looks find our file printed for an hour, and its history as shown.
    fn prints_on(&mut self, shown: &FileRecord) {
        let printing = snapshot(PrinterCondition::Printing, Some(PATH));
        for _ in 0..1_800 {
            self.seen(PrinterCondition::Printing, Some(PATH));
            self.pass(2);
            self.witness(&printing, Some(shown));
        }
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
    let (asked, shown) = (bench.now.moment, Some(record(2, 0)));
    bench.put(Event::Witnesses(Witnesses { lease, asked, snapshot, record: shown }));
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
    bench.heard_again();
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
    let (asked, shown) = (bench.now.moment, Some(record(2, 0)));
    bench.put(Event::Witnesses(Witnesses { lease, asked, snapshot, record: shown }));
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
    assert!(!bench.actions.iter().any(|action| matches!(action, Action::Ask(_))));
}

#[test]
fn no_history_is_asked_for_that_could_not_be_remembered() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.put(Event::Disk(Disk::ReadOnly));
    bench.actions.clear();
    for _ in 0..60 {
        bench.idle();
        bench.pass(2);
    }
    assert!(!bench.actions.iter().any(|action| matches!(action, Action::Ask(_))));
}

#[test]
fn a_history_that_is_written_late_is_of_the_leases_own_print() {
    let mut bench = Bench::ready();
    bench.order();
    bench = bench.restart();
    bench.heard_again();
    bench.histories(&record(0, 0));
    assert_eq!(bench.ends(), [(0, End::Unknown)]);
    bench.put(Event::BedClear { good: Some(4) });
    // OctoPrint's machine is busy.
    bench.pass(30);
    bench.reads(&record(1, 0));
    check(&bench, &[]);
    bench.again();
    bench.reads(&record(2, 0));
    check(&bench, &[1]);
}

#[test]
fn a_repetition_that_begins_soon_after_an_unknown_end_is_counted() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.heard_again();
    bench.histories(&record(0, 0));
    assert_eq!(bench.ends(), [(0, End::Unknown)]);
    bench.put(Event::BedClear { good: Some(0) });
    bench.again();
    bench.prints_on(&record(0, 0));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.histories(&record(1, 0));
    check(&bench, &[1]);
}

#[test]
fn a_repetition_after_a_cancel_is_counted_though_events_were_missed_before() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.heard_again();
    bench.witness(&snapshot(PrinterCondition::Printing, Some(PATH)), Some(&record(0, 0)));
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) });
    bench.put(CLEAR);
    bench.again();
    bench.prints_on(&record(0, 1));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.histories(&record(1, 1));
    check(&bench, &[1]);
}

#[test]
fn a_print_cancelled_in_its_last_moves_after_a_gap_is_no_repetition() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.heard_again();
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.witness(&snapshot(PrinterCondition::Finishing, Some(PATH)), Some(&record(0, 0)));
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) });
    bench.failed(FailReason::Cancelled { by_user: true });
    bench.reads(&record(1, 1));
    check(&bench, &[]);
}

#[test]
fn a_start_that_is_carried_out_after_its_end_was_told_as_unknown_is_no_repetition() {
    let mut bench = Bench::ready();
    bench.order();
    bench = bench.restart();
    bench.heard_again();
    bench.histories(&record(0, 0));
    assert_eq!(bench.ends(), [(0, End::Unknown)]);
    bench.again();
    bench.prints_on(&record(0, 0));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.put(Event::BedClear { good: Some(4) });
    bench.histories(&record(1, 0));
    check(&bench, &[]);
}

#[test]
fn a_success_that_is_written_late_beside_a_repetition_is_none_of_it() {
    let mut bench = Bench::ready();
    bench.order();
    bench = bench.restart();
    bench.heard_again();
    bench.histories(&record(0, 0));
    assert_eq!(bench.ends(), [(0, End::Unknown)]);
    bench.put(Event::BedClear { good: Some(4) });
    bench.again();
    bench.prints_on(&record(1, 0));
    bench.push(PushEvent::PrintFailed {
        path: PATH.into(),
        reason: FailReason::Cancelled { by_user: true },
    });
    bench.histories(&record(1, 1));
    check(&bench, &[]);
}
