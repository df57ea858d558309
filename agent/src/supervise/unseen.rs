//! What happened at the printer while nobody watched, as stories.

use visorfarm_protocol::message::Return;
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Bench, CLEAR};
use super::{Blind, Event, Memory};
use crate::octoprint::model::{Marking, MarkingKind, Markings};
use crate::octoprint::push::{Lost, PushEvent};

#[test]
fn a_print_that_the_owner_made_while_the_agent_was_down_takes_the_bed() {
    let mark = |kind, at_ms| Marking { kind, at_ms };
    let before = Markings(vec![mark(MarkingKind::Connected, 5), mark(MarkingKind::Print, 6)]);
    let printed = Markings([before.0.clone(), vec![mark(MarkingKind::Print, 9)]].concat());
    let restarted = Markings(vec![mark(MarkingKind::Connected, 99)]);
    for (marks, waits) in [
        (before.clone(), None),
        (printed, Some(WaitsFor::BedClear)),
        (restarted, Some(WaitsFor::BedClear)),
    ] {
        let mut bench = Bench::ready();
        bench.push(PushEvent::Marked(before.clone()));
        bench.put(CLEAR);
        let mut bench = bench.restart();
        bench.push(PushEvent::Connected { markings: marks });
        bench.idle();
        assert_eq!(bench.waits_for(), waits);
    }
}

#[test]
fn a_restart_of_octoprint_leaves_the_bed_clear_only_if_it_was_watched() {
    let mark = |at_ms| Marking { kind: MarkingKind::Connected, at_ms };
    for (minutes, waits) in [(1, None), (10, Some(WaitsFor::BedClear))] {
        let mut bench = Bench::ready();
        bench.push(PushEvent::Marked(Markings(vec![mark(5)])));
        bench.put(CLEAR);
        bench.lost();
        bench.put(Event::Blind(Blind::Unreachable));
        bench.pass(minutes * 60);
        bench.push(PushEvent::Connected { markings: Markings(vec![mark(99)]) });
        bench.idle();
        assert_eq!(bench.waits_for(), waits, "away for {minutes} min");
    }
}

#[test]
fn a_bed_is_not_trusted_after_a_restart_before_octoprint_tells_its_marks() {
    let mut bench = Bench::ready().restart();
    bench.join();
    assert_eq!(bench.ask(), None, "something may have been printed meanwhile");
    assert_eq!(bench.waits_for(), Some(WaitsFor::Printer));
    bench.pass(60);
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear), "its marks are not heard of at all");
    bench.put(CLEAR);
    assert!(bench.ask().is_some());
}

#[test]
fn a_makers_word_counts_on_when_octoprint_gets_another_key() {
    for (minutes, waits) in [(1, None), (10, Some(WaitsFor::BedClear))] {
        let mut bench = Bench::ready();
        bench.lost();
        bench.put(Event::Blind(Blind::KeyRefused));
        let watched = bench.supervisor.watched();
        let now = bench.now;
        let mut bench = bench.restart();
        bench.now = now;
        bench.supervisor.goes_on(watched);
        bench.pass(minutes * 60);
        bench.heard_again();
        bench.idle();
        assert_eq!(bench.waits_for(), waits, "without a key for {minutes} min");
    }
}

#[test]
fn a_bed_that_was_cleared_before_octoprint_was_heard_is_trusted_after_a_restart() {
    let marks = Markings(vec![Marking { kind: MarkingKind::Connected, at_ms: 5 }]);
    let mut bench = Bench::cold(Memory::default());
    bench.put(CLEAR);
    bench.push(PushEvent::Connected { markings: marks.clone() });
    let mut bench = bench.restart();
    bench.push(PushEvent::Connected { markings: marks });
    bench.idle();
    assert_eq!(bench.waits_for(), None);
}

#[test]
fn a_bed_that_was_cleared_while_octoprint_was_away_is_trusted_for_as_long_as_it_may_restart() {
    for (minutes, waits) in [(1, None), (10, Some(WaitsFor::BedClear))] {
        let mut bench = Bench::cold(Memory::default());
        bench.put(Event::Blind(Blind::Unreachable));
        bench.put(CLEAR);
        bench.pass(minutes * 60);
        bench.heard_again();
        bench.idle();
        assert_eq!(bench.waits_for(), waits, "away for {minutes} min");
    }
}

#[test]
fn a_machine_that_slept_trusts_no_bed_before_octoprint_tells_its_marks() {
    let slept = |bench: &mut Bench| {
        // No connection is known to be dead, and no timer ran.
        bench.pass(200);
        bench.idle();
    };
    let mut bench = Bench::ready();
    slept(&mut bench);
    assert_eq!((bench.ask(), bench.waits_for()), (None, Some(WaitsFor::Printer)));
    let print = Marking { kind: MarkingKind::Print, at_ms: 5 };
    bench.push(PushEvent::Connected { markings: Markings(vec![print]) });
    assert_eq!((bench.ask(), bench.waits_for()), (None, Some(WaitsFor::BedClear)));

    // It slept for a shorter time than an OctoPrint takes to restart: its clock tells.
    let mut bench = Bench::ready();
    bench.pass(60);
    bench.push(PushEvent::Lost(Lost::Slept));
    bench.idle();
    assert_eq!((bench.ask(), bench.waits_for()), (None, Some(WaitsFor::Printer)));
    bench.push(PushEvent::Connected { markings: Markings(vec![print]) });
    assert_eq!((bench.ask(), bench.waits_for()), (None, Some(WaitsFor::BedClear)));

    let mut bench = Bench::ready();
    bench.grant();
    bench.fetched(Ok(()));
    slept(&mut bench);
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Printer]));

    let mut bench = Bench::ready();
    bench.grant();
    bench.fetched(Ok(()));
    bench.pass(7 * 3_600);
    bench.idle();
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Late]));
}
