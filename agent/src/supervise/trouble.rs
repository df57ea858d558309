//! What a supervisor does in trouble, as stories.

use visorfarm_protocol::message::End;
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Bench, PATH, setup};
use super::{Change, Event};
use crate::config::BedCare;
use crate::octoprint::model::PrinterCondition;
use crate::octoprint::push::{FailReason, PushEvent};

const CLEAR: Event = Event::BedClear { good: None, bad: None };

fn waits_for(bench: &Bench) -> Option<WaitsFor> {
    bench.supervisor.status(bench.now).waits_for
}

#[test]
fn a_journal_that_was_made_short_is_read_again() {
    let mut bench = Bench::ready();
    bench.completed();
    let memory = Box::new(bench.supervisor.memory().clone());
    bench.journal = vec![Change::Remembered { memory }];
    bench.restart();
}

#[test]
fn a_file_of_ours_that_its_owner_prints_again_takes_a_bed_that_was_clear() {
    let started = |bench: &mut Bench| bench.push(PushEvent::PrintStarted { path: PATH.into() });
    let seen = |bench: &mut Bench| bench.seen(PrinterCondition::Printing, Some(PATH));
    for begun in [started, seen] {
        let mut bench = Bench::ready();
        bench.completed();
        bench.put(CLEAR);
        begun(&mut bench);
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.actions.clear();
        assert_eq!(bench.ask(), None, "a plate stands on the bed");
        assert_eq!(waits_for(&bench), Some(WaitsFor::BedClear));
        assert_eq!(bench.ends(), [(0, End::Completed), (1, End::Completed)]);
    }
}

#[test]
fn a_bed_that_clears_itself_is_not_trusted_after_its_owners_own_try() {
    let mut bench = Bench::ready();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.completed();
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.failed(FailReason::Error("jam".into()));
    bench.idle();
    assert_eq!(waits_for(&bench), Some(WaitsFor::BedClear));
}
