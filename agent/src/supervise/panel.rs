//! What an owner prints at the printer's own panel, from its own card, as stories: OctoPrint knows nothing of it but the heat,
//! or that the printer was away.

use visorfarm_protocol::message::Return;
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Bench, CLEAR, snapshot};
use super::{Answer, Blind, Event, Memory};
use crate::octoprint::model::{Heat, Marking, MarkingKind, Markings, PrinterCondition};
use crate::octoprint::push::PushEvent;

/// A look at a printer that does nothing, and whose nozzle is to be hot.
fn heated(bench: &mut Bench) {
    let mut hot = snapshot(PrinterCondition::Operational, None);
    hot.temperatures.nozzle = Some(Heat { actual: 205.0, target: 210.0 });
    bench.put(Event::Seen { asked: bench.now.moment, snapshot: hot });
}

#[test]
fn a_print_from_the_printers_own_card_is_noticed_by_its_heat() {
    for (minutes, waits) in [(1, None), (4, Some(WaitsFor::BedClear))] {
        let mut bench = Bench::ready();
        for _ in 0..=6 * minutes {
            heated(&mut bench);
            assert_eq!((bench.starts(), bench.waits_for().is_some()), (0, true));
            bench.pass(10);
        }
        bench.idle();
        assert_eq!(bench.waits_for(), waits, "hot for {minutes} min");
    }
    let mut bench = Bench::ready();
    bench.grant();
    bench.fetched(Ok(()));
    heated(&mut bench);
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Printer]));
}

#[test]
fn a_word_that_the_bed_is_clear_stands_beside_a_hot_nozzle() {
    let mut bench = Bench::ready();
    bench.completed();
    for _ in 0..24 {
        heated(&mut bench);
        bench.pass(10);
    }
    assert_eq!(bench.put(CLEAR), Some(Answer::Done));
    for _ in 0..24 {
        heated(&mut bench);
        bench.pass(10);
    }
    assert_eq!((bench.starts(), bench.supervisor.status(bench.now).fault.is_some()), (1, true));
    let bed = bench.supervisor.status(bench.now).bed;
    assert_eq!(bed, visorfarm_protocol::status::Bed::Clear);
}

#[test]
fn what_was_printed_from_the_card_after_a_word_beside_a_hot_nozzle_is_noticed_when_it_cools() {
    for (minutes, waits) in [(1, None), (4, Some(WaitsFor::BedClear))] {
        let mut bench = Bench::ready();
        bench.completed();
        heated(&mut bench);
        assert_eq!(bench.put(CLEAR), Some(Answer::Done));
        for _ in 0..6 * minutes {
            bench.pass(10);
            heated(&mut bench);
        }
        bench.pass(10);
        bench.idle();
        assert_eq!(bench.waits_for(), waits, "hot for {minutes} min");
    }
}

#[test]
fn a_print_from_the_card_is_noticed_though_nobody_looked_at_its_end() {
    let mut bench = Bench::ready();
    heated(&mut bench);
    bench.put(Event::Blind(Blind::Unreachable));
    bench.pass(3_600);
    bench.heard_again();
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn a_printer_that_was_away_for_long_may_have_printed_from_its_own_card() {
    let mark = |kind, at_ms| Marking { kind, at_ms };
    let off = PrinterCondition::Offline { error: None };
    for (minutes, waits) in [(1, None), (15, Some(WaitsFor::BedClear))] {
        let before = Markings(vec![mark(MarkingKind::Connected, 5), mark(MarkingKind::Print, 6)]);
        let news = [
            mark(MarkingKind::Disconnected, 60_000),
            mark(MarkingKind::Connected, (minutes + 1) * 60_000),
        ];
        let after = Markings([before.0.clone(), news.to_vec()].concat());
        // It is seen to be away and back.
        let mut bench = Bench::ready();
        bench.push(PushEvent::Marked(before.clone()));
        bench.put(CLEAR);
        for _ in 0..minutes * 6 {
            bench.seen(off.clone(), None);
            bench.pass(10);
        }
        bench.idle();
        bench.push(PushEvent::Marked(after.clone()));
        bench.pass(1);
        bench.idle();
        assert_eq!(bench.waits_for(), waits, "away for {minutes} min");
        // Only its marks tell of it.
        let mut bench = Bench::ready();
        bench.push(PushEvent::Marked(before));
        bench.put(CLEAR);
        let mut bench = bench.restart();
        bench.push(PushEvent::Connected { markings: after });
        bench.idle();
        assert_eq!(bench.waits_for(), waits, "away for {minutes} min, and the agent, too");
    }
}

#[test]
fn a_printer_that_was_away_before_anybody_looked_may_have_printed_from_its_own_card() {
    let mark = |kind, at_ms| Marking { kind, at_ms };
    let before = Markings(vec![mark(MarkingKind::Connected, 5)]);
    let gone = [before.0.clone(), vec![mark(MarkingKind::Disconnected, 60_000)]].concat();
    let back = [gone.clone(), vec![mark(MarkingKind::Connected, 9_000_000)]].concat();
    for found in [PrinterCondition::Offline { error: None }, PrinterCondition::Connecting] {
        let mut bench = Bench::ready();
        bench.push(PushEvent::Marked(before.clone()));
        bench.put(CLEAR);
        let mut bench = bench.restart();
        bench.push(PushEvent::Connected { markings: Markings(gone.clone()) });
        bench.seen(found, None);
        bench.pass(60);
        bench.push(PushEvent::Marked(Markings(back.clone())));
        bench.idle();
        bench.pass(1);
        assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
    }
}

#[test]
fn another_key_forgets_no_heat() {
    let mut bench = Bench::ready();
    heated(&mut bench);
    let (watched, now) = (bench.supervisor.watched(), bench.now);
    let mut bench = bench.restart();
    bench.now = now;
    bench.supervisor.goes_on(watched);
    bench.pass(170);
    bench.heard_again();
    bench.pass(20);
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn what_is_pushed_makes_no_printer_ready_before_a_look() {
    let pushed_cold = |bench: &mut Bench| {
        let cold = snapshot(PrinterCondition::Operational, None);
        bench.push(PushEvent::Current(cold));
        bench.put(Event::Tick);
    };
    let mut bench = Bench::ready();
    bench.completed();
    heated(&mut bench);
    bench.put(CLEAR);
    for _ in 0..24 {
        bench.pass(10);
        heated(&mut bench);
    }
    bench.actions.clear();
    pushed_cold(&mut bench);
    assert!(bench.waits_for().is_some(), "it may have printed from its own card");
    assert_eq!(bench.actions, []);
    // It was asked for before the printer was hot.
    let mut bench = Bench::ready();
    bench.grant();
    heated(&mut bench);
    bench.pass(300);
    bench.fetched(Ok(()));
    pushed_cold(&mut bench);
    bench.idle();
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Printer]));
    // It comes back after a night, and is told to before anybody looks.
    let mut bench = Bench::ready();
    for _ in 0..24 {
        bench.seen(PrinterCondition::Offline { error: None }, None);
        bench.pass(10);
    }
    bench.actions.clear();
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    bench.put(Event::Tick);
    assert_eq!((bench.waits_for(), bench.actions.len()), (Some(WaitsFor::Printer), 0));
    bench.idle();
    bench.put(Event::Tick);
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn marks_of_a_printer_that_is_not_seen_back_prove_nothing_yet() {
    let mark = |kind, at_ms| Marking { kind, at_ms };
    let before = vec![mark(MarkingKind::Connected, 5)];
    let news = [mark(MarkingKind::Disconnected, 60_000), mark(MarkingKind::Connected, 9_000_000)];
    let back = Markings([before.clone(), news.to_vec()].concat());
    let mut bench = Bench::ready();
    bench.push(PushEvent::Marked(Markings(before)));
    bench.put(CLEAR);
    for _ in 0..24 {
        bench.seen(PrinterCondition::Offline { error: None }, None);
        bench.pass(10);
    }
    bench.push(PushEvent::Marked(back.clone()));
    let mut bench = bench.restart();
    bench.push(PushEvent::Connected { markings: back });
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn a_printer_that_was_hot_before_anybody_looked_may_have_printed_from_its_own_card() {
    let marks = Markings(vec![Marking { kind: MarkingKind::Connected, at_ms: 5 }]);
    let mut bench = Bench::ready();
    bench.push(PushEvent::Marked(marks.clone()));
    bench.put(CLEAR);
    let mut bench = bench.restart();
    bench.push(PushEvent::Connected { markings: marks });
    heated(&mut bench);
    bench.pass(60);
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn a_word_before_the_first_look_stands_if_the_printer_is_back_soon() {
    let mut bench = Bench::cold(Memory::default());
    bench.put(CLEAR);
    bench.seen(PrinterCondition::Offline { error: None }, None);
    bench.pass(20);
    bench.heard_again();
    bench.idle();
    bench.pass(1);
    bench.idle();
    assert_eq!(bench.waits_for(), None);
}
