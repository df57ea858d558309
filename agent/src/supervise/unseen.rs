//! What happened at the printer while nobody watched, as stories.

use visorfarm_protocol::message::{End, Return};
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Bench, CLEAR, PATH, record, setup, snapshot};
use super::{Answer, Blind, Event, Memory};
use crate::config::BedCare;
use crate::octoprint::model::{Heat, Marking, MarkingKind, Markings, PrinterCondition};
use crate::octoprint::push::{FailReason, Lost, PushEvent};

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
        bench.push(PushEvent::Connected { markings: Markings::default() });
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
        bench.push(PushEvent::Connected { markings: Markings::default() });
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

#[test]
fn a_bed_that_clears_itself_is_not_trusted_after_its_owners_print_that_nobody_watched() {
    let print = |at_ms| Marking { kind: MarkingKind::Print, at_ms };
    let marked = |marks: &[Marking]| PushEvent::Marked(Markings(marks.to_vec()));
    let itself = || Event::Setup(Box::new(setup(BedCare::ClearsItself)));
    for (after, waits) in
        [(vec![print(5)], None), (vec![print(5), print(9)], Some(WaitsFor::BedClear))]
    {
        let mut bench = Bench::ready();
        bench.put(itself());
        bench.printing();
        bench.push(marked(&[print(5)]));
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
        let mut bench = bench.restart();
        bench.push(PushEvent::Connected { markings: Markings(after) });
        bench.idle();
        assert_eq!(bench.waits_for(), waits);
    }
    // Its marks are not heard of at all.
    let mut bench = Bench::ready();
    bench.put(itself());
    bench.completed();
    let mut bench = bench.restart();
    bench.idle();
    bench.pass(60);
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn a_bed_that_clears_itself_is_not_trusted_after_an_end_that_nobody_watched() {
    let print = |at_ms| Marking { kind: MarkingKind::Print, at_ms };
    let mut bench = Bench::ready();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.printing();
    // It ends, and its owner's print after it, while the machine sleeps.
    bench.lost();
    bench.push(PushEvent::Connected { markings: Markings(vec![print(5), print(9)]) });
    bench.idle();
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(1, 0)));
    bench.idle();
    assert_eq!(bench.ends(), [(0, End::Completed)]);
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

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
        bench.push(PushEvent::Connected { markings: Markings::default() });
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
    bench.push(PushEvent::Connected { markings: Markings::default() });
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.witness(&printing, Some(&record(1, 0)));
    bench.push(cancelled());
    assert_eq!(bench.ends(), [(0, End::Completed)]);
    // It is cancelled before OctoPrint has answered.
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.push(PushEvent::Connected { markings: Markings::default() });
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
    bench.push(PushEvent::Connected { markings: Markings::default() });
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
        bench.push(PushEvent::Connected { markings: Markings::default() });
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
    bench.push(PushEvent::Connected { markings: Markings::default() });
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
    bench.push(PushEvent::Connected { markings: Markings::default() });
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
fn a_bed_that_clears_itself_is_doubted_after_a_repetition_that_only_looks_saw() {
    let mut bench = Bench::ready();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.completed();
    bench.lost();
    bench.seen(PrinterCondition::Printing, Some(PATH));
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

#[test]
fn a_print_that_still_runs_when_octoprint_is_heard_again_is_followed_to_its_end() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.push(PushEvent::Connected { markings: Markings::default() });
    bench.witness(&snapshot(PrinterCondition::Printing, Some(PATH)), Some(&record(0, 0)));
    bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) });
    assert_eq!(bench.ends(), [(0, End::Cancelled)]);
}

#[test]
fn a_bed_that_clears_itself_is_doubted_if_its_last_moves_may_have_been_broken_off() {
    type Ends = fn(&mut Bench);
    let itself = || Event::Setup(Box::new(setup(BedCare::ClearsItself)));
    let told =
        |bench: &mut Bench| bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    let lost_and_told = |bench: &mut Bench| {
        bench.lost();
        bench.push(PushEvent::Connected { markings: Markings::default() });
        bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
        bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(1, 0)));
    };
    let lost_and_seen = |bench: &mut Bench| {
        bench.lost();
        bench.idle();
    };
    let seen_for_long = |bench: &mut Bench| bench.stands_still();
    let gone = |bench: &mut Bench| {
        let off = PrinterCondition::Offline { error: Some("M112".into()) };
        // The look is quicker than the event.
        bench.seen(off.clone(), None);
        bench.push(PushEvent::StateChanged(off.clone()));
        bench.witnesses(&snapshot(off, None), Some(&record(1, 0)));
        bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
        bench.idle();
    };
    let broken_off = |bench: &mut Bench| {
        // The look is quicker than the event.
        bench.idle();
        bench.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("ana".into()) });
    };
    let ends: [(Ends, End, Option<WaitsFor>); 6] = [
        (told, End::Completed, None),
        (lost_and_told, End::Completed, Some(WaitsFor::BedClear)),
        (lost_and_seen, End::Completed, Some(WaitsFor::BedClear)),
        (seen_for_long, End::Completed, None),
        (gone, End::Completed, Some(WaitsFor::BedClear)),
        (broken_off, End::Cancelled, Some(WaitsFor::BedClear)),
    ];
    for (place, (ends, end, waits)) in ends.into_iter().enumerate() {
        let mut bench = Bench::ready();
        bench.put(itself());
        bench.printing();
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.seen(PrinterCondition::Finishing, Some(PATH));
        ends(&mut bench);
        assert_eq!((bench.ends(), bench.waits_for()), (vec![(0, end)], waits), "way {place}");
    }
}

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
fn a_plate_that_stands_there_when_a_bed_begins_to_clear_itself_is_not_taken_for_cleared() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.actions.clear();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    assert_eq!((bench.ask(), bench.waits_for()), (None, Some(WaitsFor::BedClear)));
    // What is good of it can be told.
    assert_eq!(bench.put(Event::BedClear { good: Some(3) }), Some(Answer::Done));
    assert_eq!(bench.waits_for(), None);
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
    bench.idle();
    assert_eq!(bench.waits_for(), None);
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
