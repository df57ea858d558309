//! What is left on the spool, as stories.

use visorfarm_protocol::message::{End, Fact, Return, Up};
use visorfarm_protocol::status::WaitsFor;

use super::spool::{Milligrams, SPOOL_GRAMS_MAX};
use super::testing::{Bench, PATH, record, snapshot};
use super::{Action, Answer, Event, MakerRefused};
use crate::octoprint::model::PrinterCondition;
use crate::octoprint::push::PushEvent;

/// What a plate needs in these stories.
const PLATE: Milligrams = Milligrams(38_400);

impl Bench {
    /// An idle printer whose maker says that so many grams are on the spool.
    fn with_spool(grams: u32) -> Self {
        let mut bench = Self::ready();
        bench.load(grams);
        bench
    }

    fn load(&mut self, grams: u32) {
        assert_eq!(self.put(Event::Spool { grams: Some(grams) }), Some(Answer::Done));
    }

    fn weighed(&mut self, weight: Milligrams) {
        let lease = self.supervisor.run().unwrap().grant.lease;
        self.put(Event::Weighed { lease, weight });
    }

    /// Begins to print a plate.
    fn prints(&mut self) {
        self.grant();
        self.weighed(PLATE);
        self.fetched(Ok(()));
        self.uploaded();
        self.push(PushEvent::PrintStarted { path: PATH.into() });
        self.seen(PrinterCondition::Printing, Some(PATH));
    }

    fn ends_well(&mut self) {
        self.push(PushEvent::PrintDone { path: PATH.into() });
        self.push(PushEvent::StateChanged(PrinterCondition::Operational));
    }

    fn cancels(&mut self) {
        self.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: Some("anna".into()) });
    }

    /// So much of the file is sent.
    fn sent(&mut self, completion: f32) {
        let mut snapshot = snapshot(PrinterCondition::Printing, Some(PATH));
        snapshot.progress.completion = Some(completion);
        self.push(PushEvent::Current(snapshot));
    }

    fn filament_left(&self) -> Option<u32> {
        self.supervisor.status(self.now).filament_left_grams
    }

    /// Returns the most filament that the last ask asks for.
    fn asks_for(&mut self) -> Option<u32> {
        self.actions.clear();
        self.ask()?;
        self.actions.iter().rev().find_map(|action| match action {
            Action::Say(Up::Ask(ask)) => Some(ask.grams_max),
            Action::Say(_)
            | Action::Fetch(_)
            | Action::Upload(_)
            | Action::Start { .. }
            | Action::Ask(_)
            | Action::Delete { .. } => None,
        })?
    }
}

/// Checks what is left of 500 g after a print that `happens` so.
#[track_caller]
fn check(happens: impl Fn(&mut Bench), left: u32) {
    let mut bench = Bench::with_spool(500);
    bench.prints();
    happens(&mut bench);
    assert_eq!(bench.filament_left(), Some(left));
    assert_eq!(bench.restart().filament_left(), Some(left), "after a restart");
}

#[test]
fn a_print_takes_off_the_spool_what_it_used() {
    check(|_| {}, 500);
    check(Bench::ends_well, 461);
    check(
        |bench| {
            bench.sent(0.5);
            bench.cancels();
        },
        480,
    );
}

#[test]
fn a_print_of_which_nobody_saw_how_far_it_came_used_all_of_it() {
    check(Bench::cancels, 461);
    check(
        |bench| {
            bench.lost();
            bench.idle();
            let idle = snapshot(PrinterCondition::Operational, None);
            bench.witnesses(&idle, None);
            assert_eq!(bench.ends(), [(0, End::Unknown)]);
        },
        461,
    );
}

#[test]
fn how_far_the_print_before_came_says_nothing_of_this_one() {
    let mut bench = Bench::with_spool(500);
    bench.prints();
    bench.sent(0.25);
    bench.cancels();
    bench.put(Event::BedClear { good: None });
    bench.prints();
    bench.cancels();
    assert_eq!(bench.filament_left(), Some(452));
}

#[test]
fn a_repetition_uses_as_much_as_the_print_before_it() {
    check(
        |bench| {
            bench.ends_well();
            bench.seen(PrinterCondition::Printing, Some(PATH));
            bench.idle();
            let idle = snapshot(PrinterCondition::Operational, None);
            bench.witnesses(&idle, Some(&record(3, 0)));
            assert_eq!(bench.ends().len(), 3);
        },
        384,
    );
}

#[test]
fn a_lease_that_was_given_back_used_nothing() {
    let mut bench = Bench::with_spool(500);
    bench.grant();
    bench.weighed(PLATE);
    bench.put(Event::Pause);
    assert_eq!((bench.filament_left(), bench.returns()), (Some(500), vec![Return::Maker]));
}

#[test]
fn no_more_is_asked_for_than_is_left() {
    let mut bench = Bench::ready();
    assert_eq!((bench.filament_left(), bench.asks_for()), (None, None));
    bench.load(500);
    // A gram for what start codes purge.
    assert_eq!((bench.filament_left(), bench.asks_for()), (Some(500), Some(499)));
    bench.put(Event::Spool { grams: None });
    assert_eq!((bench.filament_left(), bench.asks_for()), (None, None));
}

#[test]
fn an_empty_spool_asks_for_nothing_and_a_new_one_at_once() {
    let mut bench = Bench::with_spool(1);
    bench.actions.clear();
    assert_eq!(bench.ask(), None);
    assert_eq!(bench.supervisor.status(bench.now).waits_for, Some(WaitsFor::Filament));
    bench.load(2);
    assert_eq!(bench.asks_for(), Some(1));
}

#[test]
fn a_plate_that_needs_more_than_is_left_is_given_back_with_the_reason() {
    let mut bench = Bench::with_spool(38);
    bench.grant();
    bench.weighed(PLATE);
    bench.fetched(Ok(()));
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Filament]));
    let Some(Fact::Returned { note, .. }) = bench.facts().last() else { panic!() };
    assert_eq!(note, "it needs 39 g of filament, and 38 g are left on the spool");
    assert_eq!(bench.supervisor.short_of_grams(), Some(39));
    bench.actions.clear();
    assert_eq!(bench.ask(), None, "it would be given the same again at once");
    bench.load(500);
    assert_eq!((bench.asks_for(), bench.supervisor.short_of_grams()), (Some(499), None));
}

#[test]
fn a_spool_that_turns_out_to_hold_less_begins_no_print() {
    let mut bench = Bench::with_spool(500);
    bench.grant();
    bench.weighed(PLATE);
    bench.fetched(Ok(()));
    bench.load(20);
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Filament]));
}

#[test]
fn no_spool_holds_more_than_the_largest() {
    let mut bench = Bench::with_spool(SPOOL_GRAMS_MAX);
    let too_heavy = MakerRefused::SpoolTooHeavy { grams_max: SPOOL_GRAMS_MAX };
    let answer = bench.put(Event::Spool { grams: Some(SPOOL_GRAMS_MAX + 1) });
    assert_eq!(answer, Some(Answer::Refused(too_heavy)));
    assert_eq!(bench.filament_left(), Some(SPOOL_GRAMS_MAX));
}
