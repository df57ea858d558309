//! Beds that clear themselves, as stories.

use visorfarm_protocol::message::End;
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Bench, PATH, record, setup, snapshot};
use super::{Answer, Event};
use crate::config::BedCare;
use crate::octoprint::model::{Marking, MarkingKind, Markings, PrinterCondition};
use crate::octoprint::push::PushEvent;

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
fn a_bed_that_clears_itself_is_doubted_if_its_last_moves_may_have_been_broken_off() {
    type Ends = fn(&mut Bench);
    let itself = || Event::Setup(Box::new(setup(BedCare::ClearsItself)));
    let told =
        |bench: &mut Bench| bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    let lost_and_told = |bench: &mut Bench| {
        bench.lost();
        bench.heard_again();
        bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
        bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(1, 0)));
    };
    let lost_and_seen = |bench: &mut Bench| {
        bench.lost();
        bench.idle();
        bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(1, 0)));
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
        bench.idle();
        assert_eq!((bench.ends(), bench.waits_for()), (vec![(0, end)], waits), "way {place}");
    }
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
