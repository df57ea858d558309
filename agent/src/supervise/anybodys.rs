//! A print that runs when OctoPrint is heard again: the lease's own, or a repetition by its owner. As stories.

use visorfarm_protocol::message::End;
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Bench, PATH, record, snapshot};
use super::{Blind, Event};
use crate::octoprint::model::PrinterCondition;
use crate::octoprint::push::{FailReason, Lost, PushEvent};

#[test]
fn a_repetition_that_runs_when_the_agent_is_back_is_not_taken_for_the_leases_own_print() {
    let mut bench = Bench::ready();
    bench.printing();
    let mut bench = bench.restart();
    bench.witnesses(&snapshot(PrinterCondition::Printing, Some(PATH)), Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
    bench.seen(PrinterCondition::Printing, Some(PATH));
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("admin".into()) });
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn a_repetition_that_runs_when_octoprint_is_heard_again_is_not_taken_for_the_leases_own_print() {
    let printing = snapshot(PrinterCondition::Printing, Some(PATH));
    let cancelled = || PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) };
    let told_first: [fn(&mut Bench); 3] = [
        |_| (),
        |bench| bench.seen(PrinterCondition::Printing, Some(PATH)),
        |bench| bench.push(PushEvent::StateChanged(PrinterCondition::Printing)),
    ];
    for told_first in told_first {
        let mut bench = Bench::ready();
        bench.printing();
        bench.lost();
        bench.put(Event::Blind(Blind::Unreachable));
        bench.pass(3_600);
        bench.heard_again();
        told_first(&mut bench);
        bench.witness(&printing, Some(&record(1, 0)));
        assert_eq!(bench.ends(), [(0, End::Completed)]);
        bench.push(cancelled());
        assert_eq!(bench.ends(), [(0, End::Completed)]);
    }
    // It is told to begin before OctoPrint has answered.
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.heard_again();
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.witness(&printing, Some(&record(1, 0)));
    bench.push(cancelled());
    assert_eq!(bench.ends(), [(0, End::Completed)]);
    // It is cancelled before OctoPrint has answered.
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.heard_again();
    bench.push(cancelled());
    bench.failed(FailReason::Cancelled { by_user: true });
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(1, 1)));
    assert_eq!(bench.ends(), [(0, End::Unknown)], "only a look can tell which of them is meant");
}

#[test]
fn a_repetition_after_last_moves_that_nobody_watched_is_not_the_leases_own_print() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::Lost(Lost::Slept));
    bench.pass(3_600);
    bench.heard_again();
    bench.seen(PrinterCondition::Printing, Some(PATH));
    bench.witnesses(&snapshot(PrinterCondition::Printing, Some(PATH)), Some(&record(1, 0)));
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) });
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn last_moves_that_run_when_octoprint_is_heard_again_are_anybodys() {
    let last_moves = snapshot(PrinterCondition::Finishing, Some(PATH));
    let idle = snapshot(PrinterCondition::Operational, None);
    let again = || {
        let mut bench = Bench::ready();
        bench.printing();
        bench.lost();
        bench.heard_again();
        bench.seen(PrinterCondition::Finishing, Some(PATH));
        bench.witness(&last_moves, Some(&record(1, 0)));
        bench
    };
    // They are a repetition's, and are cancelled.
    let mut bench = again();
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) });
    bench.failed(FailReason::Cancelled { by_user: true });
    bench.witnesses(&idle, Some(&record(2, 1)));
    assert_eq!(bench.ends(), [(0, End::Unknown)], "only a look can tell which of them is meant");
    // The same, and their last line is heard of before OctoPrint has answered.
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.heard_again();
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) });
    bench.witnesses(&idle, Some(&record(2, 1)));
    assert_eq!(bench.ends(), [(0, End::Unknown)]);
    // They are the lease's own.
    let mut bench = again();
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    bench.pass(2);
    bench.witnesses(&idle, Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn an_octoprint_that_shows_no_files_has_time_from_when_the_printer_stands_still() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.heard_again();
    for _ in 0..20 {
        bench.pass(60);
        bench.seen(PrinterCondition::Printing, Some(PATH));
    }
    bench.idle();
    bench.pass(60);
    assert_eq!(bench.ends(), []);
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn an_octoprint_that_shows_no_files_does_not_hold_a_print_for_ever() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.heard_again();
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) });
    for _ in 0..5 {
        assert_eq!(bench.ends(), []);
        bench.pass(120);
        bench.idle();
    }
    bench.pass(2);
    assert_eq!((bench.ends(), bench.waits_for()), (vec![(0, End::Unknown)], Some(WaitsFor::Look)));
}

#[test]
fn a_print_that_still_runs_when_octoprint_is_heard_again_is_followed_to_its_end() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.heard_again();
    bench.witness(&snapshot(PrinterCondition::Printing, Some(PATH)), Some(&record(0, 0)));
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) });
    assert_eq!(bench.ends(), [(0, End::Cancelled)]);
}
