//! What is looked for after a journal was lost, as stories.

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{Down, End, Fact, Return};
use visorfarm_protocol::status::WaitsFor;

use super::event::{Action, Event};
use super::memory::{Bed, Memory};
use super::testing::{Bench, EPOCH, PATH, grant, record, setup, snapshot, withdraw};
use crate::config::BedCare;
use crate::octoprint::model::{FileRecord, PrinterCondition};
use crate::octoprint::push::PushEvent;

const PRINTING: PrinterCondition = PrinterCondition::Printing;
const IDLE: PrinterCondition = PrinterCondition::Operational;

const LEASE: LeaseId = LeaseId { epoch: EPOCH, number: 1 };

/// A process without a journal, which knows nothing.
fn blank() -> Bench {
    let mut bench = Bench::cold(Memory::default());
    bench.heard_again();
    bench.idle();
    bench.join();
    bench
}

/// A process without a journal, which is told what it should know.
fn told() -> Bench {
    let mut bench = blank();
    bench.down(Down::Trace(Box::new(grant(LEASE))));
    bench
}

/// Checks what is told when OctoPrint says this; nothing is ever started.
#[track_caller]
fn check(at: (PrinterCondition, Option<&str>), shown: Option<&FileRecord>, ends: &[(u32, End)]) {
    let mut bench = told();
    bench.witnesses(&snapshot(at.0, at.1), shown);
    assert_eq!((bench.ends(), bench.starts()), (ends.to_vec(), 0));
    // What is told after a crash is the same.
    bench = bench.restart();
    bench.witnesses(&snapshot(IDLE, None), shown);
    assert_eq!((bench.ends(), bench.starts()), (ends.to_vec(), 0));
}

#[test]
fn what_octoprints_history_shows_is_told_once() {
    check((IDLE, None), Some(&record(1, 0)), &[(0, End::Completed)]);
    check((IDLE, None), Some(&record(0, 1)), &[(0, End::Failed)]);
    check((IDLE, None), Some(&record(1, 1)), &[(0, End::Unknown)]);
}

#[test]
fn what_octoprint_cannot_prove_is_told_by_nobody() {
    check((IDLE, None), None, &[]);
    check((IDLE, None), Some(&record(0, 0)), &[]);
    check((PRINTING, Some("a-vase.gcode")), None, &[]);
    check((PRINTING, Some("a-vase.gcode")), Some(&record(0, 0)), &[]);
}

#[test]
fn a_print_that_still_runs_is_followed_to_its_end() {
    let mut bench = told();
    bench.witnesses(&snapshot(PRINTING, Some(PATH)), Some(&record(0, 0)));
    assert!(matches!(bench.facts()[..], [Fact::Started { .. }]));
    bench.seen(PRINTING, Some(PATH));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::StateChanged(IDLE));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
    assert_eq!(bench.supervisor.memory().bed, Bed::Plate(LEASE));
}

#[test]
fn last_moves_are_waited_for_and_a_printer_that_is_away() {
    let mut bench = told();
    bench.witnesses(&snapshot(PrinterCondition::Finishing, Some(PATH)), Some(&record(1, 0)));
    assert_eq!(bench.ends(), []);
    bench.pass(30);
    bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn a_repetition_that_runs_is_one_plate_more() {
    let mut bench = told();
    bench.witnesses(&snapshot(PRINTING, Some(PATH)), Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
    bench.seen(PRINTING, Some(PATH));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    assert_eq!(bench.ends(), [(0, End::Completed)]);
    bench.histories(&record(2, 0));
    assert_eq!(bench.ends(), [(0, End::Completed), (1, End::Completed)]);
}

#[test]
fn a_bed_that_clears_itself_is_not_trusted_after_a_print_that_nobody_watched() {
    let mut bench = told();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
    assert_eq!(bench.supervisor.memory().bed, Bed::Plate(LEASE));
    assert_eq!(bench.ask(), None);
}

#[test]
fn what_the_journal_knows_is_not_looked_for() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.receipt_all();
    bench.actions.clear();
    bench.down(Down::Trace(Box::new(grant(LEASE))));
    assert!(!bench.actions.iter().any(|action| matches!(action, Action::Ask(_))));
}

#[test]
fn a_bed_that_clears_itself_is_not_trusted_after_a_print_that_was_found_running() {
    let mut bench = told();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.witnesses(&snapshot(PRINTING, Some(PATH)), Some(&record(0, 0)));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::StateChanged(IDLE));
    assert_eq!((bench.ends(), bench.ask()), (vec![(0, End::Completed)], None));
}

/// Checks what is told of a lease that is given back, as far as OctoPrint knows its file.
#[track_caller]
fn check_back(asked: &Down, shown: Option<&FileRecord>, returns: &[Return], ends: &[(u32, End)]) {
    // What is asked may well overtake the coordinator's word that the lease is to be looked for.
    for mut bench in [told(), blank()] {
        bench.down(asked.clone());
        bench.witnesses(&snapshot(IDLE, None), shown);
        assert_eq!((bench.returns(), bench.ends()), (returns.to_vec(), ends.to_vec()));
    }
}

#[test]
fn a_lease_that_is_looked_for_is_given_back_only_if_octoprint_never_had_its_file() {
    let withdraw = || withdraw(LEASE);
    let stale = || Down::Grant(Box::new(grant(LEASE)));
    check_back(&withdraw(), None, &[Return::Withdrawn], &[]);
    check_back(&withdraw(), Some(&record(0, 0)), &[], &[]);
    check_back(&withdraw(), Some(&record(1, 0)), &[], &[(0, End::Completed)]);
    check_back(&stale(), None, &[Return::Stale], &[]);
    check_back(&stale(), Some(&record(0, 0)), &[], &[]);
    check_back(&stale(), Some(&record(1, 0)), &[], &[(0, End::Completed)]);
}

#[test]
fn a_plate_of_the_past_is_found_once_the_print_at_hand_is_over() {
    let mut bench = Bench::ready();
    bench.printing();
    let lost = grant(LeaseId { epoch: EPOCH, number: 900 });
    bench.actions.clear();
    bench.down(Down::Trace(Box::new(lost)));
    bench.pass(40);
    assert!(!bench.actions.iter().any(|action| matches!(action, Action::Ask(_))));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::StateChanged(IDLE));
    bench.idle();
    bench.pass(40);
    bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed)], "the plate on the bed is judged first");
    bench.put(Event::BedClear { good: Some(0) });
    bench.pass(40);
    bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed), (0, End::Completed)]);
}

#[test]
fn what_is_asked_back_without_its_grant_is_what_was_named_before() {
    let other = LeaseId { number: 2, ..LEASE };
    for named in [None, Some(Box::new(grant(other)))] {
        let mut bench = told();
        let (printer, why) = ("p".parse().unwrap(), String::new());
        bench.down(Down::Withdraw { lease: LEASE, printer, why, grant: named });
        bench.witness(&snapshot(IDLE, None), Some(&record(1, 0)));
        assert_eq!((bench.returns(), bench.ends()), (vec![], vec![(0, End::Completed)]));
    }
}

#[test]
fn where_only_a_look_can_tell_what_is_asked_back_the_maker_is_asked_for_one() {
    let mut bench = told();
    bench.down(withdraw(LEASE));
    for printer in [IDLE, PrinterCondition::Connecting, IDLE] {
        bench.witness(&snapshot(printer, None), Some(&record(0, 0)));
        bench.pass(100);
        bench.down(withdraw(LEASE));
        assert_eq!(bench.ends(), [], "an order to start may be on its way");
    }
    bench.pass(30);
    bench.witness(&snapshot(IDLE, None), Some(&record(0, 0)));
    assert_eq!((bench.returns(), bench.ends()), (vec![], vec![(0, End::Unknown)]));
    let waits_for = bench.supervisor.status(bench.now).waits_for;
    assert_eq!(waits_for, Some(WaitsFor::Look));
}

#[test]
fn what_is_asked_back_while_another_print_runs_is_answered_if_it_never_was() {
    let mut bench = Bench::ready();
    bench.printing();
    let lost = LeaseId { epoch: EPOCH, number: 900 };
    for (shown, returns) in [(Some(record(1, 0)), vec![]), (None, vec![Return::Withdrawn])] {
        bench.down(withdraw(lost));
        bench.witness(&snapshot(PRINTING, Some(PATH)), shown.as_ref());
        assert_eq!((bench.returns(), bench.ends()), (returns, vec![]));
    }
}

#[test]
fn what_is_granted_while_it_is_looked_for_is_told_once() {
    let mut bench = told();
    bench.witness(&snapshot(IDLE, None), None);
    bench.put(Event::BedClear { good: None });
    assert_eq!(bench.completed(), LEASE);
    bench.put(Event::BedClear { good: Some(4) });
    bench.actions.clear();
    bench.pass(40);
    bench.witness(&snapshot(IDLE, None), Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn a_new_connection_ends_the_search_unless_the_coordinator_names_it_again() {
    let mut bench = told();
    bench.join();
    bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
    assert_eq!(bench.ends(), []);
}
