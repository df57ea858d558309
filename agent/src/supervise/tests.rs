//! What a supervisor does, as stories.

use visorfarm_protocol::message::{Down, End, Fact, Return, Up};
use visorfarm_protocol::status::{Activity, WaitsFor};

use super::testing::{Bench, EPOCH, PATH, record, setup, snapshot, withdraw};
use super::{Action, Answer, Event, FetchFailed, LinkChange, MakerRefused, StartAnswer};
use crate::config::BedCare;
use crate::octoprint::model::{Marking, MarkingKind, Markings, PrinterCondition};
use crate::octoprint::push::{FailReason, PushEvent};

const CLEAR: Event = Event::BedClear { good: None };

fn waits_for(bench: &Bench) -> Option<WaitsFor> {
    bench.supervisor.status(bench.now).waits_for
}

#[test]
fn the_usual_way_counts_one_plate_and_waits_for_the_bed() {
    let mut bench = Bench::ready();
    let lease = bench.completed();
    let [accepted, started] = bench.facts()[..2] else { panic!("{:?}", bench.facts()) };
    assert_eq!(*accepted, Fact::Accepted { lease });
    assert!(matches!(started, Fact::Started { lease: of, plate: Some(_) } if *of == lease));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
    assert_eq!(waits_for(&bench), Some(WaitsFor::BedClear));
    assert_eq!(bench.put(CLEAR), Some(Answer::Done));
    let judged = Fact::Judged { lease, ordinal: 0, good: 4, bad: 0 };
    assert_eq!(bench.facts().last(), Some(&&judged));
    bench.idle();
    assert_eq!(waits_for(&bench), None);
}

#[test]
fn the_start_is_journaled_in_the_same_step_that_orders_it() {
    let mut bench = Bench::ready();
    let lease = bench.grant();
    bench.fetched(Ok(()));
    let uploaded = Event::Uploaded { lease, result: Ok(PATH.into()) };
    let decision = bench.supervisor.decide(bench.now, &uploaded);
    assert!(matches!(decision.changes[..], [super::Change::Starting { .. }]));
    assert!(matches!(decision.actions[..], [Action::Start { .. }]));
}

#[test]
fn a_grant_that_nobody_asked_for_is_returned() {
    let mut bench = Bench::ready();
    bench.grant();
    let grant = bench.supervisor.run().unwrap().grant.clone();
    let mut late = grant.clone();
    late.lease.number = 77;
    bench.down(Down::Grant(Box::new(late)));
    bench.witness(&snapshot(PrinterCondition::Operational, None), None);
    assert_eq!(bench.returns(), [Return::Stale]);
    assert_eq!(bench.supervisor.run().unwrap().grant, grant);
}

#[test]
fn a_grant_that_comes_twice_is_taken_once() {
    let mut bench = Bench::ready();
    bench.grant();
    let grant = bench.supervisor.run().unwrap().grant.clone();
    bench.down(Down::Grant(Box::new(grant)));
    let accepted = bench.facts().iter().filter(|f| matches!(f, Fact::Accepted { .. })).count();
    assert_eq!(accepted, 1);
}

#[test]
fn the_time_to_start_runs_from_the_ask() {
    let mut bench = Bench::ready();
    bench.grant();
    bench.pass(1_800);
    assert_eq!(bench.returns(), [Return::Late]);
    bench.fetched(Ok(()));
    bench.uploaded();
    assert_eq!(bench.starts(), 0);
}

#[test]
fn what_may_not_be_fetched_is_returned() {
    let mut bench = Bench::ready();
    bench.grant();
    let failed = FetchFailed { why: Return::Unsafe, note: "line 4: M104 S310".into() };
    bench.fetched(Err(failed));
    assert_eq!(bench.returns(), [Return::Unsafe]);
}

#[test]
fn a_maker_who_pauses_while_the_file_is_fetched_gets_no_print() {
    let mut bench = Bench::ready();
    bench.grant();
    bench.put(Event::Pause);
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Maker]));
    assert_eq!(waits_for(&bench), Some(WaitsFor::Resume));
    bench.put(Event::Resume);
    assert_eq!(waits_for(&bench), None);
}

#[test]
fn a_key_that_is_refused_in_mid_print_is_asked_for_at_once() {
    let mut bench = Bench::ready();
    bench.printing();
    assert_eq!(waits_for(&bench), None);
    bench.put(Event::Blind(super::Blind::KeyRefused));
    assert_eq!(waits_for(&bench), Some(WaitsFor::Key));
    bench.seen(PrinterCondition::Printing, Some(PATH));
    assert_eq!(waits_for(&bench), None);
}

#[test]
fn the_owners_own_print_comes_first_and_takes_the_bed() {
    let mut bench = Bench::ready();
    bench.grant();
    bench.seen(PrinterCondition::Printing, Some("vase.gcode"));
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Printer]));
    bench.idle();
    assert_eq!(waits_for(&bench), Some(WaitsFor::BedClear));
}

#[test]
fn a_refused_start_gives_the_lease_back_and_leaves_the_bed_clear() {
    let mut bench = Bench::ready();
    bench.order();
    bench.answered(StartAnswer::Refused("busy".into()));
    assert_eq!(bench.returns(), [Return::Printer]);
    bench.idle();
    assert_eq!(waits_for(&bench), None);
}

#[test]
fn an_order_that_starts_nothing_is_given_back_when_every_event_was_heard() {
    let mut bench = Bench::ready();
    bench.order();
    bench.answered(StartAnswer::Taken);
    bench.pass(20);
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(0, 0)));
    assert_eq!((bench.returns(), bench.starts()), (vec![Return::Printer], 1));
}

#[test]
fn an_order_that_starts_nothing_is_unknown_when_events_were_missed() {
    let mut bench = Bench::ready();
    bench.order();
    bench.lost();
    bench.answered(StartAnswer::Unsure("time-out".into()));
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(0, 0)));
    assert_eq!((bench.ends(), bench.starts()), (vec![(0, End::Unknown)], 1));
    assert_eq!(waits_for(&bench), Some(WaitsFor::Look));
}

#[test]
fn a_print_of_a_few_milliseconds_is_counted_from_its_history() {
    let mut bench = Bench::ready();
    bench.lost();
    bench.order();
    bench.answered(StartAnswer::Taken);
    bench.pass(20);
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn a_done_print_counts_only_when_its_last_moves_are_made() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.seen(PrinterCondition::Finishing, Some(PATH));
    assert_eq!(bench.ends(), []);
    assert_eq!(bench.supervisor.status(bench.now).activity, Activity::Finishing);
    bench.seen(PrinterCondition::Operational, Some(PATH));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn an_answer_from_before_the_last_line_does_not_end_the_print() {
    let mut bench = Bench::ready();
    bench.printing();
    let asked = bench.now.moment;
    bench.pass(1);
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    let idle = snapshot(PrinterCondition::Operational, None);
    bench.put(Event::Seen { asked, snapshot: idle });
    assert_eq!(bench.ends(), []);
    bench.idle();
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn an_answer_from_before_the_grant_is_not_taken_for_somebody_elses_print() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.put(CLEAR);
    let asked = bench.now.moment;
    bench.pass(1);
    bench.grant();
    let last = snapshot(PrinterCondition::Finishing, Some(PATH));
    bench.put(Event::Seen { asked, snapshot: last });
    assert_eq!(bench.returns(), []);
}

#[test]
fn what_is_pushed_late_concludes_nothing() {
    let mut bench = Bench::ready();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.completed();
    bench.idle();
    let last = snapshot(PrinterCondition::Printing, Some(PATH));
    bench.push(PushEvent::Current(last.clone()));
    bench.grant();
    bench.push(PushEvent::Current(last));
    assert_eq!(bench.returns(), []);
    assert_eq!(bench.supervisor.status(bench.now).bed, visorfarm_protocol::status::Bed::Clear);
}

#[test]
fn a_print_cancelled_in_its_last_moves_is_not_counted() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("anne".into()) });
    bench.failed(FailReason::Cancelled { by_user: true });
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    assert_eq!(bench.ends(), [(0, End::Cancelled)]);
}

#[test]
fn a_cancel_that_is_told_twice_ends_the_print_once() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("anne".into()) });
    bench.failed(FailReason::Cancelled { by_user: true });
    assert_eq!(bench.ends(), [(0, End::Cancelled)]);
}

#[test]
fn a_firmware_reset_is_a_fault_and_no_wish_whenever_it_is_told() {
    let failed = |bench: &mut Bench| bench.failed(FailReason::Cancelled { by_user: false });
    let reset = |bench: &mut Bench| bench.push(PushEvent::PrinterReset);
    let orders: [[fn(&mut Bench); 2]; 2] = [[failed, reset], [reset, failed]];
    for order in orders {
        let mut bench = Bench::ready();
        bench.printing();
        bench.cancelled_without_user();
        for tell in order {
            tell(&mut bench);
        }
        bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
        assert_eq!(bench.ends(), [(0, End::Failed)]);
    }
}

#[test]
fn a_cancel_at_the_printer_is_a_wish() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.cancelled_without_user();
    bench.seen(PrinterCondition::Operational, Some(PATH));
    bench.pass(5);
    assert_eq!(bench.ends(), [(0, End::Cancelled)]);
}

#[test]
fn a_fault_keeps_its_words() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.failed(FailReason::Error("Thermal Runaway".into()));
    let Some(Fact::Ended { end, note, .. }) = bench.facts().last() else { panic!() };
    assert_eq!((*end, note.as_str()), (End::Failed, "Thermal Runaway"));
}

#[test]
fn a_fault_that_is_told_before_or_after_lends_its_words() {
    let error = |bench: &mut Bench| {
        bench.push(PushEvent::Error { text: "MAXTEMP triggered".into() });
    };
    let failed = |bench: &mut Bench| bench.failed(FailReason::Error("unknown".into()));
    let silence = |bench: &mut Bench| bench.pass(5);
    let orders: [[fn(&mut Bench); 2]; 3] = [[error, failed], [failed, error], [failed, silence]];
    let words = ["MAXTEMP triggered", "MAXTEMP triggered", "OctoPrint gave no reason"];
    for (tells, words) in orders.into_iter().zip(words) {
        let mut bench = Bench::ready();
        bench.printing();
        for tell in tells {
            tell(&mut bench);
        }
        let Some(Fact::Ended { end, note, .. }) = bench.facts().last() else { panic!() };
        assert_eq!((*end, note.as_str()), (End::Failed, words));
    }
}

#[test]
fn a_paused_print_that_is_disconnected_failed() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.seen(PrinterCondition::Paused, Some(PATH));
    let offline = snapshot(PrinterCondition::Offline { error: None }, None);
    bench.put(Event::Seen { asked: bench.now.moment, snapshot: offline.clone() });
    bench.witnesses(&offline, Some(&record(0, 0)));
    assert_eq!(bench.ends(), [(0, End::Failed)]);
}

#[test]
fn an_octoprint_that_restarted_leaves_the_end_unknown() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.put(Event::Blind(super::Blind::Unreachable));
    bench.idle();
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(0, 0)));
    assert_eq!((bench.ends(), bench.starts()), (vec![(0, End::Unknown)], 1));
    assert_eq!(bench.supervisor.status(bench.now).activity, Activity::Unknown);
    let refused = bench.put(CLEAR);
    assert_eq!(refused, Some(Answer::Refused(MakerRefused::Look { pieces: 4 })));
    bench.put(Event::BedClear { good: Some(0) });
    bench.idle();
    assert_eq!(waits_for(&bench), None);
}

#[test]
fn an_agent_that_restarts_in_mid_print_takes_it_up_again() {
    let mut bench = Bench::ready();
    bench.printing();
    let mut bench = bench.restart();
    bench.witnesses(&snapshot(PrinterCondition::Printing, Some(PATH)), Some(&record(0, 0)));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.seen(PrinterCondition::Operational, Some(PATH));
    assert_eq!((bench.ends(), bench.starts()), (vec![(0, End::Completed)], 0));
}

#[test]
fn a_print_that_ended_while_the_agent_was_down_is_read_from_its_history() {
    for (history, end) in [(record(1, 0), End::Completed), (record(0, 1), End::Failed)] {
        let mut bench = Bench::ready();
        bench.printing();
        let mut bench = bench.restart();
        bench.witnesses(&snapshot(PrinterCondition::Operational, Some(PATH)), Some(&history));
        assert_eq!(bench.ends(), [(0, end)]);
    }
}

#[test]
fn an_agent_that_dies_between_journal_and_order_starts_nothing_again() {
    let mut bench = Bench::ready();
    bench.order();
    let mut bench = bench.restart();
    bench.join();
    bench.idle();
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(0, 0)));
    assert_eq!((bench.ends(), bench.starts()), (vec![(0, End::Unknown)], 0));
}

#[test]
fn an_octoprint_that_marked_no_print_since_the_order_started_nothing() {
    let mark = |kind, at_ms| Marking { kind, at_ms };
    let before = Markings(vec![mark(MarkingKind::Connected, 5)]);
    let after = Markings(vec![mark(MarkingKind::Connected, 5), mark(MarkingKind::Print, 9)]);
    for (marks, returned, ended) in [
        (before.clone(), vec![Return::Printer], vec![]),
        (after, vec![], vec![(0, End::Unknown)]),
        (Markings::default(), vec![], vec![(0, End::Unknown)]),
    ] {
        let mut bench = Bench::ready();
        bench.push(PushEvent::Marked(before.clone()));
        bench.order();
        let mut bench = bench.restart();
        bench.push(PushEvent::Connected { markings: marks });
        bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(0, 0)));
        assert_eq!((bench.returns(), bench.ends()), (returned, ended));
    }
}

#[test]
fn files_of_old_plates_are_deleted_once_they_are_told() {
    let mut bench = Bench::ready();
    for _ in 0..5 {
        bench.completed();
        bench.put(CLEAR);
        bench.receipt_all();
    }
    // All of them under one path, where each lease has its own.
    bench.grant();
    bench.pass(1);
    assert_eq!(bench.deletes(), [PATH]);
    assert_eq!(bench.supervisor.memory().past.len(), 3);
}

#[test]
fn an_agent_that_restarts_before_the_start_gives_the_lease_back() {
    let mut bench = Bench::ready();
    bench.grant();
    let bench = bench.restart();
    assert_eq!(bench.returns(), [Return::Restarted]);
}

#[test]
fn facts_are_told_until_they_are_receipted_and_again_to_another_life() {
    let mut bench = Bench::ready();
    bench.completed();
    let told = bench.supervisor.untold();
    assert_eq!(told, 3);
    bench.receipt_all();
    assert_eq!(bench.supervisor.untold(), 0);
    let epoch = visorfarm_protocol::id::Epoch(EPOCH.0 + 1);
    bench.down(Down::Welcome { epoch, farm: "lyon".parse().unwrap() });
    assert_eq!(bench.supervisor.untold(), 3);
    let old = visorfarm_protocol::id::Epoch(EPOCH.0 - 1);
    bench.put(Event::Link(LinkChange::Up));
    bench.down(Down::Welcome { epoch: old, farm: "lyon".parse().unwrap() });
    bench.receipt_all();
    assert_eq!(bench.supervisor.untold(), 3, "an old copy's receipt does not count");
}

#[test]
fn a_print_goes_on_while_nobody_listens_and_is_told_later() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.put(Event::Link(LinkChange::Down));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    bench.actions.clear();
    bench.join();
    bench.pass(1);
    let told = bench
        .actions
        .iter()
        .any(|action| matches!(action, Action::Say(Up::Facts { facts, .. }) if facts.len() == 3));
    assert!(told, "{:?}", bench.actions);
}

#[test]
fn a_withdrawn_lease_is_returned_unless_it_started() {
    let mut bench = Bench::ready();
    let lease = bench.grant();
    bench.down(withdraw(lease));
    assert_eq!(bench.returns(), [Return::Withdrawn]);
    let mut bench = Bench::ready();
    let lease = bench.printing();
    bench.down(withdraw(lease));
    assert_eq!(bench.returns(), []);
}

#[test]
fn who_asks_a_lease_back_between_order_and_start_is_not_told_that_it_was_taken() {
    let mut bench = Bench::ready();
    let lease = bench.order();
    bench.actions.clear();
    bench.down(withdraw(lease));
    assert_eq!(bench.actions, [], "the coordinator would ask it back at once, for ever");
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.actions.clear();
    bench.down(withdraw(lease));
    let [Action::Say(Up::Facts { facts, .. })] = &bench.actions[..] else {
        panic!("{:?}", bench.actions)
    };
    let [told] = &facts[..] else { panic!("{facts:?}") };
    assert!(matches!(&told.fact, Fact::Started { lease: of, .. } if *of == lease));
}

#[test]
fn the_owners_repetition_of_our_file_is_one_more_plate() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.seen(PrinterCondition::Printing, Some(PATH));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    assert_eq!(bench.ends(), [(0, End::Completed), (1, End::Completed)]);
    // The same, seen only afterwards.
    bench.lost();
    bench.seen(PrinterCondition::Printing, Some(PATH));
    bench.seen(PrinterCondition::Operational, Some(PATH));
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(3, 0)));
    let ordinals: Vec<_> = bench.ends().into_iter().map(|(ordinal, _)| ordinal).collect();
    assert_eq!(ordinals, [0, 1, 2]);
}

#[test]
fn a_bed_that_clears_itself_does_so_only_after_a_print_that_completed() {
    let mut bench = Bench::ready();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.completed();
    bench.idle();
    assert_eq!(waits_for(&bench), None);
    let mut bench = Bench::ready();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.printing();
    bench.failed(FailReason::Error("jam".into()));
    bench.idle();
    assert_eq!(waits_for(&bench), Some(WaitsFor::BedClear));
}

#[test]
fn the_bed_is_not_clear_while_something_prints() {
    let mut bench = Bench::ready();
    bench.printing();
    assert_eq!(bench.put(CLEAR), Some(Answer::Refused(MakerRefused::Printing)));
}
