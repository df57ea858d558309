//! How a maker counts the pieces of a plate, and counts them again, as stories.

use visorfarm_protocol::message::{End, Fact};
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Bench, CLEAR, PATH, record, snapshot};
use super::{Answer, Event, MakerRefused, PrintId};
use crate::octoprint::model::PrinterCondition;
use crate::octoprint::push::{FailReason, PushEvent};

impl Bench {
    /// Says that the bed is clear with `good` pieces; returns why not.
    fn count(&mut self, good: u32) -> Option<MakerRefused> {
        match self.put(Event::BedClear { good: Some(good) }) {
            Some(Answer::Done) => None,
            Some(Answer::Refused(refused)) => Some(refused),
            None => panic!("the maker got no answer"),
        }
    }

    /// Counts the plate before again; returns why not.
    fn recount(&mut self, good: u32) -> Option<MakerRefused> {
        self.recounts(None, good)
    }

    /// Counts a plate again; returns why not.
    fn recounts(&mut self, plate: Option<PrintId>, good: u32) -> Option<MakerRefused> {
        match self.put(Event::Recount { plate, good }) {
            Some(Answer::Done) => None,
            Some(Answer::Refused(refused)) => Some(refused),
            None => panic!("the maker got no answer"),
        }
    }

    /// What was told of good and bad pieces: the ordinal of the print, good, bad.
    fn counts(&self) -> Vec<(u32, u32, u32)> {
        let judged = self.facts().into_iter().filter_map(|fact| match fact {
            Fact::Judged { ordinal, good, bad, .. } => Some((*ordinal, *good, *bad)),
            Fact::Accepted { .. }
            | Fact::Started { .. }
            | Fact::Returned { .. }
            | Fact::Ended { .. } => None,
        });
        judged.collect()
    }
}

#[test]
fn the_maker_counts_the_good_pieces() {
    let mut bench = Bench::ready();
    bench.completed();
    assert_eq!(bench.count(5), Some(MakerRefused::TooMany { seen: 5, pieces: 4 }));
    assert_eq!(bench.count(3), None);
    assert_eq!(bench.counts(), [(0, 3, 1)]);
}

#[test]
fn a_number_that_is_said_of_a_clear_bed_corrects_the_last_plate() {
    let mut bench = Bench::ready();
    let lease = bench.completed();
    bench.put(CLEAR);
    assert_eq!(bench.count(99), Some(MakerRefused::TooMany { seen: 99, pieces: 4 }));
    assert_eq!(bench.count(1), None);
    assert_eq!(bench.counts(), [(0, 4, 0), (0, 1, 3)]);
    assert!(bench.facts().iter().all(|fact| fact.lease() == lease));
    let mut bench = bench.restart();
    assert_eq!(bench.count(2), None);
    assert_eq!(bench.counts().last(), Some(&(0, 2, 2)));
}

#[test]
fn a_bed_that_is_cleared_without_a_number_corrects_nothing() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.count(1);
    bench.put(CLEAR);
    assert_eq!(bench.counts(), [(0, 1, 3)]);
}

#[test]
fn a_correction_is_of_the_owners_repetition_if_that_was_printed_last() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.put(CLEAR);
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.histories(&record(2, 0));
    bench.put(CLEAR);
    assert_eq!(bench.count(2), None);
    assert_eq!(bench.counts(), [(0, 4, 0), (1, 2, 2)]);
}

#[test]
fn a_print_that_did_not_complete_has_no_good_pieces_before_or_after_its_bed_is_clear() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.failed(FailReason::Error("jam".into()));
    assert_eq!(bench.count(3), Some(MakerRefused::NotCompleted));
    bench.put(CLEAR);
    assert_eq!(bench.count(3), Some(MakerRefused::NotCompleted));
    assert_eq!(bench.count(0), None);
    assert_eq!(bench.counts(), []);
}

#[test]
fn what_a_look_found_can_be_corrected() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.lost();
    bench.idle();
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(0, 0)));
    assert_eq!(bench.ends(), [(0, End::Unknown)]);
    assert_eq!(bench.count(0), None);
    assert_eq!(bench.count(3), None);
    assert_eq!(bench.counts(), [(0, 0, 0), (0, 3, 1)]);
}

#[test]
fn the_plate_before_is_counted_again_while_the_next_one_prints() {
    let mut bench = Bench::ready();
    let before = bench.completed();
    assert_eq!(bench.recount(3), Some(MakerRefused::OnBed));
    bench.put(CLEAR);
    let next = bench.printing();
    assert_ne!(before, next);
    assert_eq!(bench.count(3), Some(MakerRefused::Printing));
    assert_eq!(bench.recount(5), Some(MakerRefused::TooMany { seen: 5, pieces: 4 }));
    assert_eq!(bench.recount(3), None);
    assert_eq!(bench.counts(), [(0, 4, 0), (0, 3, 1)]);
    let told = bench.facts();
    assert!(matches!(told.last(), Some(Fact::Judged { lease, .. }) if *lease == before));
}

#[test]
fn a_plate_that_is_named_is_counted_and_none_that_ended_since() {
    let mut bench = Bench::ready();
    let first = PrintId { lease: bench.completed(), ordinal: 0 };
    bench.put(CLEAR);
    let second = PrintId { lease: bench.completed(), ordinal: 0 };
    assert_eq!(bench.recounts(Some(second), 3), Some(MakerRefused::OnBed));
    bench.put(CLEAR);
    assert_eq!(bench.recounts(Some(first), 3), None);
    let told = bench.facts();
    assert!(
        matches!(told.last(), Some(Fact::Judged { lease, good: 3, .. }) if *lease == first.lease),
        "{told:?}"
    );
    let unknown = PrintId { ordinal: 1, ..second };
    assert_eq!(
        bench.recounts(Some(unknown), 3),
        Some(MakerRefused::UnknownPlate { plate: unknown })
    );
    assert_eq!(bench.recounts(Some(second), 5), Some(MakerRefused::TooMany { seen: 5, pieces: 4 }));
    assert_eq!(bench.counts(), [(0, 4, 0), (0, 4, 0), (0, 3, 1)]);
}

#[test]
fn a_plate_and_its_owners_repetition_are_counted_apart() {
    let mut bench = Bench::ready();
    let lease = bench.completed();
    bench.put(CLEAR);
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.histories(&record(2, 0));
    bench.put(CLEAR);
    assert_eq!(bench.recounts(Some(PrintId { lease, ordinal: 0 }), 2), None);
    assert_eq!(bench.recounts(Some(PrintId { lease, ordinal: 1 }), 3), None);
    assert_eq!(bench.counts(), [(0, 4, 0), (0, 2, 2), (1, 3, 1)]);
}

#[test]
fn a_bed_is_not_clear_while_its_owner_prints_on_it() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.push(PushEvent::PrintStarted { path: "vase.gcode".into() });
    bench.seen(PrinterCondition::Printing, Some("vase.gcode"));
    assert_eq!(bench.put(CLEAR), Some(Answer::Refused(MakerRefused::Printing)));
    assert_eq!(bench.recount(3), None, "the farm's plate is off the bed, as the owner prints");
    bench.idle();
    assert_eq!(bench.put(CLEAR), Some(Answer::Done));
    assert_eq!(bench.counts(), [(0, 3, 1)]);
}

#[test]
fn a_number_without_a_plate_is_refused() {
    let mut bench = Bench::ready();
    assert_eq!(bench.count(0), Some(MakerRefused::NoPlate));
    assert_eq!(bench.count(4), Some(MakerRefused::NoPlate));
    assert_eq!(bench.recount(4), Some(MakerRefused::NoPlate));
    assert_eq!(bench.counts(), []);
}

#[test]
fn a_number_that_may_be_of_the_owners_own_print_counts_nothing_of_ours() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.put(CLEAR);
    bench.idle();
    bench.push(PushEvent::PrintStarted { path: "vase.gcode".into() });
    bench.seen(PrinterCondition::Printing, Some("vase.gcode"));
    bench.idle();
    assert_eq!(bench.count(1), Some(MakerRefused::NoPlate));
    assert_eq!(bench.put(CLEAR), Some(Answer::Done));
    assert_eq!(bench.counts(), [(0, 4, 0)]);
}

#[test]
fn a_bed_is_not_said_to_be_clear_while_its_owner_prints_our_file_again() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.seen(PrinterCondition::Printing, Some(PATH));
    assert_eq!(bench.put(CLEAR), Some(Answer::Refused(MakerRefused::Printing)));
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}
