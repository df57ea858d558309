//! When a printer asks for work, as stories.

use visorfarm_protocol::message::{Down, Return, Up};
use visorfarm_protocol::status::{Activity, Cause, WaitsFor};

use super::testing::{Bench, CLEAR, PATH, snapshot};
use super::{Action, Disk, Event, FetchFailed, LinkChange, Memory, Server, StartAnswer};
use crate::octoprint::model::PrinterCondition;
use crate::octoprint::push::PushEvent;

#[test]
fn an_ask_is_over_once_the_printer_is_not_willing() {
    let mut bench = Bench::ready();
    let before = bench.ask().unwrap();
    bench.seen(PrinterCondition::Printing, Some("own.gcode"));
    bench.pass(1);
    bench.idle();
    bench.put(CLEAR);
    assert_ne!(bench.ask(), Some(before), "the coordinator has forgotten that one");
}

#[test]
fn an_ask_is_said_again_after_a_grant_that_nobody_waits_for() {
    let mut bench = Bench::ready();
    bench.grant();
    let mut stale = bench.supervisor.run().unwrap().grant.clone();
    bench.fetched(Err(FetchFailed { why: Return::Fetch, note: String::new() }));
    bench.pass(5);
    let ask = bench.ask();
    bench.actions.clear();
    // The coordinator answered an ask from before a second hello, and heard none meanwhile.
    stale.lease.number = 77;
    bench.down(Down::Grant(Box::new(stale)));
    bench.witness(&snapshot(PrinterCondition::Operational, None), None);
    assert_eq!(bench.returns(), [Return::Fetch, Return::Stale]);
    bench.put(Event::Tick);
    let asks = bench.actions.iter().filter(|action| matches!(action, Action::Say(Up::Ask(_))));
    assert_eq!(asks.count(), 1);
    assert_eq!(bench.ask(), ask, "a grant for it may be on its way");
}

#[test]
fn a_grant_that_crosses_a_second_hello_is_taken() {
    let mut bench = Bench::ready();
    let ask = bench.ask();
    bench.actions.clear();
    bench.join();
    assert_eq!(bench.ask(), ask, "it is said again, and a grant for it may be on its way");
    bench.grant();
    assert!(bench.supervisor.run().is_some());
}

#[test]
fn nothing_is_asked_for_while_the_printer_still_cancels() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.idle();
    bench.push(PushEvent::StateChanged(PrinterCondition::Cancelling));
    let by_user = Some("admin".to_owned());
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user });
    bench.put(CLEAR);
    bench.actions.clear();
    bench.put(Event::Tick);
    assert_eq!(bench.waits_for(), Some(WaitsFor::ForeignPrint));
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    bench.put(Event::Tick);
    assert_eq!(bench.waits_for(), None);
}

#[test]
fn what_happened_meanwhile_is_told_before_work_is_asked_for() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.put(Event::Link(LinkChange::Down));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.stands_still();
    bench.put(CLEAR);
    bench.pass(60);
    bench.idle();
    bench.actions.clear();
    bench.join();
    bench.put(Event::Tick);
    let first = |what: fn(&Action) -> bool| bench.actions.iter().position(what);
    let told = first(|action| matches!(action, Action::Say(Up::Facts { .. })));
    let asked = first(|action| matches!(action, Action::Say(Up::Ask(_))));
    assert!(told.is_some() && told < asked, "{:?}", bench.actions);
}

#[test]
fn a_printer_that_gave_a_lease_back_rests_longer_each_time() {
    let mut bench = Bench::ready();
    for seconds in [5, 10, 20] {
        bench.order();
        bench.answered(StartAnswer::Refused("status 415".into()));
        bench.actions.clear();
        bench.pass(seconds - 1);
        assert_eq!(bench.ask(), None, "it asked before anything could have changed");
        bench.pass(1);
        assert!(bench.ask().is_some());
    }
    bench.completed();
    bench.put(CLEAR);
    bench.order();
    bench.answered(StartAnswer::Refused("status 415".into()));
    bench.pass(5);
    assert!(bench.ask().is_some(), "a print was done in between");
}

#[test]
fn nothing_is_asked_for_before_somebody_says_that_the_bed_is_clear() {
    let mut bench = Bench::cold(Memory::default());
    bench.join();
    assert_eq!(bench.ask(), None);
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn nothing_is_asked_for_while_there_may_be_no_room() {
    for disk in [Disk::Full, Disk::Unknown, Disk::ReadOnly] {
        let mut bench = Bench::ready();
        bench.put(Event::Disk(disk));
        bench.actions.clear();
        assert_eq!((bench.ask(), bench.waits_for()), (None, Some(WaitsFor::Disk)), "{disk:?}");
    }
}

#[test]
fn a_disk_that_can_only_be_read_is_told_in_mid_print_and_the_print_goes_on() {
    let mut bench = Bench::ready();
    let lease = bench.printing();
    bench.actions.clear();
    bench.put(Event::Disk(Disk::ReadOnly));
    let status = bench.supervisor.status(bench.now);
    assert_eq!((status.activity, status.lease), (Activity::Printing, Some(lease)));
    assert_eq!(status.waits_for, Some(WaitsFor::Disk));
    assert_eq!(status.fault.as_deref(), Some(Cause::ReadOnly.sentence()));
    assert_eq!(bench.actions, []);
}

#[test]
fn what_is_not_known_before_the_first_look_is_not_taken_for_granted() {
    let mut bench = Bench::unsurveyed(Memory::default());
    bench.heard_again();
    bench.put(CLEAR);
    bench.join();
    assert_eq!((bench.ask(), bench.waits_for()), (None, Some(WaitsFor::Printer)));
    bench.put(Event::Server(Server::OctoPrint));
    assert_eq!((bench.ask(), bench.waits_for()), (None, Some(WaitsFor::Disk)));
    bench.put(Event::Disk(Disk::Roomy));
    assert!(bench.ask().is_some());
}

#[test]
fn what_only_imitates_octoprint_gets_no_work_and_says_so() {
    let imitator = || Event::Server(Server::Imitator { name: "Moonraker".into() });
    let mut bench = Bench::ready();
    bench.put(imitator());
    bench.actions.clear();
    assert_eq!((bench.ask(), bench.waits_for()), (None, Some(WaitsFor::Other)));
    let fault = bench.supervisor.status(bench.now).fault.unwrap();
    assert!(fault.contains("Moonraker only imitates OctoPrint"), "{fault}");
    let mut bench = Bench::ready();
    bench.grant();
    bench.put(imitator());
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Printer]));
}
