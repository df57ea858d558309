//! What a supervisor does, as stories.

use visorfarm_protocol::message::{Down, End, Fact, Return, Up};
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Bench, CLEAR, EPOCH, PATH, record, setup, snapshot, withdraw};
use super::{Action, Answer, Event, FetchFailed, LinkChange, MakerRefused, StartAnswer};
use crate::config::BedCare;
use crate::octoprint::model::PrinterCondition;
use crate::octoprint::push::{FailReason, PushEvent};

#[test]
fn the_usual_way_counts_one_plate_and_waits_for_the_bed() {
    let mut bench = Bench::ready();
    let lease = bench.completed();
    let [accepted, started] = bench.facts()[..2] else { panic!("{:?}", bench.facts()) };
    assert_eq!(*accepted, Fact::Accepted { lease });
    assert!(matches!(started, Fact::Started { lease: of, plate: Some(_) } if *of == lease));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
    assert_eq!(bench.put(CLEAR), Some(Answer::Done));
    let judged = Fact::Judged { lease, ordinal: 0, good: 4, bad: 0 };
    assert_eq!(bench.facts().last(), Some(&&judged));
    bench.idle();
    assert_eq!(bench.waits_for(), None);
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
    assert_eq!(bench.waits_for(), Some(WaitsFor::Resume));
    bench.put(Event::Resume);
    assert_eq!(bench.waits_for(), None);
}

#[test]
fn a_key_that_is_refused_in_mid_print_is_asked_for_at_once() {
    let mut bench = Bench::ready();
    bench.printing();
    assert_eq!(bench.waits_for(), None);
    bench.put(Event::Blind(super::Blind::KeyRefused));
    assert_eq!(bench.waits_for(), Some(WaitsFor::Key));
    bench.seen(PrinterCondition::Printing, Some(PATH));
    assert_eq!(bench.waits_for(), None);
}

#[test]
fn the_owners_own_print_comes_first_and_takes_the_bed() {
    let mut bench = Bench::ready();
    bench.grant();
    bench.seen(PrinterCondition::Printing, Some("vase.gcode"));
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Printer]));
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn a_refused_start_gives_the_lease_back_and_leaves_the_bed_clear() {
    let mut bench = Bench::ready();
    bench.order();
    bench.answered(StartAnswer::Refused("an unknown type of file".into()));
    assert_eq!(bench.returns(), [Return::Printer]);
    bench.idle();
    assert_eq!(bench.waits_for(), None);
}

#[test]
fn what_stood_in_the_way_of_a_start_and_was_never_seen_may_be_on_the_bed() {
    let mut bench = Bench::ready();
    bench.order();
    bench.answered(StartAnswer::Conflict("the printer is already printing".into()));
    assert_eq!(bench.returns(), [Return::Printer]);
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn files_of_old_plates_are_deleted_once_they_are_told() {
    let mut bench = Bench::ready();
    for _ in 0..4 {
        bench.completed();
        bench.put(CLEAR);
        bench.receipt_all();
    }
    // All of them under one path, where each lease has its own.
    bench.histories(&record(1, 0));
    assert_eq!(bench.deletes(), [PATH]);
    bench.deleted();
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
    bench.histories(&record(2, 0));
    assert_eq!(bench.ends(), [(0, End::Completed), (1, End::Completed)]);
    // The same, seen only afterwards.
    bench.lost();
    bench.seen(PrinterCondition::Printing, Some(PATH));
    bench.histories(&record(3, 0));
    let ordinals: Vec<_> = bench.ends().into_iter().map(|(ordinal, _)| ordinal).collect();
    assert_eq!(ordinals, [0, 1, 2]);
}

#[test]
fn a_bed_that_clears_itself_does_so_only_after_a_print_that_completed() {
    let mut bench = Bench::ready();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.completed();
    bench.idle();
    assert_eq!(bench.waits_for(), None);
    let mut bench = Bench::ready();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.printing();
    bench.failed(FailReason::Error("jam".into()));
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn the_bed_is_not_clear_while_something_prints() {
    let mut bench = Bench::ready();
    bench.printing();
    assert_eq!(bench.put(CLEAR), Some(Answer::Refused(MakerRefused::Printing)));
}
