//! How a print ends, as stories: what is heard, seen and read of it.

use visorfarm_protocol::message::{End, Fact, Return};
use visorfarm_protocol::status::{Activity, WaitsFor};

use super::testing::{Bench, CLEAR, PATH, record, setup, snapshot};
use super::{Answer, Event, MakerRefused, StartAnswer};
use crate::config::BedCare;
use crate::octoprint::model::{Marking, MarkingKind, Markings, PrinterCondition};
use crate::octoprint::push::{FailReason, PushEvent};

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
    assert_eq!(bench.waits_for(), Some(WaitsFor::Look));
}

#[test]
fn what_a_stalled_octoprint_answers_all_at_once_is_one_answer() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    let idle = snapshot(PrinterCondition::Operational, Some(PATH));
    bench.idle();
    // Its disk is busy, with the very history that is asked for.
    for _ in 0..8 {
        bench.pass(2);
    }
    for _ in 0..9 {
        bench.witness(&idle, Some(&record(0, 0)));
    }
    assert_eq!(bench.ends(), []);
    bench.pass(2);
    bench.witness(&idle, Some(&record(1, 0)));
    assert_eq!(bench.ends(), [(0, End::Completed)]);
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
    assert_eq!(bench.ends(), [], "an event is about to tell how");
    bench.stands_still();
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
    bench.stands_still();
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
fn a_paused_print_that_is_disconnected_failed_even_if_the_printer_is_back_before_a_look() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.push(PushEvent::StateChanged(PrinterCondition::Paused));
    // A look may be quicker than the event.
    bench.seen(PrinterCondition::Offline { error: None }, None);
    bench.push(PushEvent::StateChanged(PrinterCondition::Offline { error: None }));
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    bench.idle();
    bench.pass(5);
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(0, 0)));
    assert_eq!(bench.ends(), [(0, End::Failed)]);
}

#[test]
fn an_absence_that_is_told_late_breaks_off_no_later_print() {
    let mut bench = Bench::ready();
    bench.order();
    bench.answered(StartAnswer::Taken);
    bench.seen(PrinterCondition::Printing, Some(PATH));
    // Of before its beginning.
    bench.push(PushEvent::StateChanged(PrinterCondition::Offline { error: None }));
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.pass(10);
    assert_eq!(bench.ends(), []);
}

#[test]
fn an_absence_that_is_told_late_breaks_off_no_print_that_was_only_seen_to_run() {
    let mut bench = Bench::ready();
    bench.order();
    bench.answered(StartAnswer::Unsure("time-out".into()));
    bench.witness(&snapshot(PrinterCondition::Printing, Some(PATH)), Some(&record(0, 0)));
    // Of before its beginning.
    bench.push(PushEvent::StateChanged(PrinterCondition::Offline { error: None }));
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.pass(10);
    assert_eq!(bench.ends(), []);
}

#[test]
fn a_paused_print_whose_printer_fails_keeps_its_fault() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.push(PushEvent::StateChanged(PrinterCondition::Paused));
    bench.push(PushEvent::Error { text: "MAXTEMP triggered".into() });
    bench.push(PushEvent::StateChanged(PrinterCondition::Offline { error: None }));
    bench.pass(5);
    let Some(Fact::Ended { end, note, .. }) = bench.facts().last() else { panic!() };
    assert_eq!((*end, note.as_str()), (End::Failed, "MAXTEMP triggered"));
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
    assert_eq!(bench.waits_for(), None);
}

#[test]
fn an_agent_that_restarts_in_mid_print_takes_it_up_again() {
    let mut bench = Bench::ready();
    bench.printing();
    let mut bench = bench.restart();
    bench.witnesses(&snapshot(PrinterCondition::Printing, Some(PATH)), Some(&record(0, 0)));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.stands_still();
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
