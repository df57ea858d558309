//! How files of ours leave OctoPrint, as stories.

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::Return;

use super::testing::{Bench, EPOCH, PATH};
use super::{Action, Answer, Blind, Event, FetchFailed, StartAnswer};
use crate::octoprint::model::PrinterCondition;

impl Bench {
    /// Answers the last order to delete.
    pub(super) fn deleted(&mut self) {
        let last = self.actions.iter().rev().find_map(|action| match action {
            Action::Delete { path, asked } => Some((path.clone(), *asked)),
            Action::Fetch(_)
            | Action::Upload(_)
            | Action::Start { .. }
            | Action::Ask(_)
            | Action::Say(_) => None,
        });
        let (path, asked) = last.expect("something is to be deleted");
        self.put(Event::Deleted { path, asked });
    }

    /// The upload for `lease` ends now, and ended well.
    fn arrived(&mut self, lease: LeaseId) {
        self.put(Event::Uploaded { lease, result: Ok(PATH.into()) });
    }

    fn left(&self) -> usize {
        self.supervisor.memory().leftovers.len()
    }
}

#[test]
fn the_file_of_a_lease_that_is_given_back_is_deleted_once() {
    let given_back: [fn(&mut Bench); 3] = [
        |bench| assert_eq!(bench.put(Event::Pause), Some(Answer::Done)),
        |bench| bench.pass(1_800),
        |bench| bench.seen(PrinterCondition::Printing, Some("vase.gcode")),
    ];
    for give_back in given_back {
        let mut bench = Bench::ready();
        bench.grant();
        bench.fetched(Ok(()));
        give_back(&mut bench);
        bench.idle();
        bench.pass(1);
        assert_eq!(bench.deletes(), [PATH]);
        bench.deleted();
        bench.pass(3_600);
        bench.idle();
        bench.pass(1);
        assert_eq!((bench.deletes().len(), bench.left()), (1, 0));
    }
}

#[test]
fn an_upload_that_failed_may_have_left_a_file() {
    let mut bench = Bench::ready();
    let lease = bench.grant();
    let failed = FetchFailed { why: Return::Printer, note: "other bytes".into() };
    bench.put(Event::Uploaded { lease, result: Err(failed) });
    bench.pass(1);
    assert_eq!(bench.deletes(), [PATH]);
}

#[test]
fn a_refused_start_leaves_no_file() {
    let mut bench = Bench::ready();
    bench.order();
    bench.answered(StartAnswer::Refused("busy".into()));
    bench.pass(1);
    assert_eq!(bench.deletes(), [PATH]);
}

#[test]
fn a_file_that_arrives_after_its_lease_was_given_back_is_deleted() {
    let mut bench = Bench::ready();
    let lease = bench.grant();
    bench.put(Event::Pause);
    bench.pass(1);
    bench.deleted();
    bench.arrived(lease);
    bench.pass(1);
    assert_eq!(bench.deletes(), [PATH, PATH]);
    bench.deleted();
    assert_eq!(bench.left(), 0);
}

#[test]
fn an_answer_from_before_a_file_arrived_does_not_settle_it() {
    let mut bench = Bench::ready();
    let lease = bench.grant();
    bench.put(Event::Pause);
    bench.pass(1);
    let Some(Action::Delete { path, asked }) = bench.actions.last().cloned() else { panic!() };
    bench.arrived(lease);
    bench.put(Event::Deleted { path, asked });
    assert_eq!(bench.left(), 1);
    bench.pass(1);
    bench.deleted();
    assert_eq!(bench.left(), 0);
}

#[test]
fn a_file_that_could_not_be_deleted_is_tried_again_later_and_after_a_restart() {
    let mut bench = Bench::ready();
    bench.grant();
    bench.put(Event::Pause);
    bench.pass(1);
    bench.pass(500);
    assert_eq!(bench.deletes().len(), 1);
    bench.pass(100);
    assert_eq!(bench.deletes().len(), 2);
    let mut bench = bench.restart();
    bench.put(Event::Blind(Blind::Unreachable));
    bench.pass(1);
    assert_eq!(bench.deletes().len(), 0, "OctoPrint is away");
    bench.idle();
    bench.pass(1);
    bench.deleted();
    assert_eq!(bench.left(), 0);
}

#[test]
fn a_file_that_is_printed_is_not_deleted() {
    let mut bench = Bench::ready();
    let lease = bench.printing();
    bench.arrived(lease);
    bench.pass(1);
    assert_eq!((bench.deletes().len(), bench.left()), (0, 0));
}

#[test]
fn an_octoprint_that_deletes_nothing_does_not_fill_the_memory() {
    let mut bench = Bench::ready();
    for number in 0..1_000 {
        let lease = LeaseId { epoch: EPOCH, number };
        let result = Ok(format!("visorfarm/{lease}.gcode"));
        bench.put(Event::Uploaded { lease, result });
    }
    assert_eq!(bench.left(), 64);
}
