//! The maker's hours and pause, as stories.

use visorfarm_protocol::message::{End, Fact, Return};
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Bench, PATH, by_day, setup};
use super::{Event, FetchFailed, Setup};
use crate::config::BedCare;
use crate::config::hours::MinuteOfDay;
use crate::octoprint::model::PrinterCondition;
use crate::octoprint::push::PushEvent;

impl Bench {
    /// A printer whose maker lets prints begin from 8 to 22 h, at noon.
    fn of_the_day() -> Self {
        let mut bench = Self::ready();
        bench.put(Event::Setup(Box::new(by_day())));
        bench
    }

    fn clock(&mut self, hour: u32, minute: u32) {
        self.now.minute = MinuteOfDay::new(hour, minute).unwrap();
        self.pass(1);
    }

    fn waits(&mut self) -> Option<WaitsFor> {
        self.idle();
        self.supervisor.status(self.now).waits_for
    }
}

#[test]
fn work_is_asked_for_only_inside_the_hours() {
    for ((hour, minute), waits) in [
        ((7, 59), Some(WaitsFor::Hours)),
        ((8, 0), None),
        ((21, 59), None),
        ((22, 0), Some(WaitsFor::Hours)),
    ] {
        let mut bench = Bench::of_the_day();
        bench.actions.clear();
        bench.clock(hour, minute);
        assert_eq!((bench.waits(), bench.ask().is_none()), (waits, waits.is_some()));
    }
}

#[test]
fn an_ask_is_over_when_the_hours_end() {
    let mut bench = Bench::of_the_day();
    let before = bench.ask().unwrap();
    bench.clock(22, 0);
    bench.clock(8, 0);
    assert_ne!(bench.ask(), Some(before), "a grant for it would be of yesterday");
}

#[test]
fn a_lease_in_preparation_when_the_hours_end_is_given_back() {
    let mut bench = Bench::of_the_day();
    bench.grant();
    bench.fetched(Ok(()));
    bench.clock(22, 0);
    bench.uploaded();
    assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Maker]));
}

#[test]
fn a_print_that_runs_when_the_hours_end_goes_on_to_its_end() {
    let mut bench = Bench::of_the_day();
    bench.printing();
    bench.clock(22, 0);
    bench.seen(PrinterCondition::Printing, Some(PATH));
    assert_eq!(bench.ends(), []);
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    assert_eq!((bench.ends(), bench.returns()), (vec![(0, End::Completed)], vec![]));
    bench.put(Event::BedClear { good: None });
    assert_eq!(bench.waits(), Some(WaitsFor::Hours));
}

#[test]
fn a_print_that_is_expected_to_take_longer_than_the_maker_agrees_to_is_not_taken() {
    for (expected, returns) in
        [(None, vec![]), (Some(3_600), vec![]), (Some(3_601), vec![Return::Maker])]
    {
        let mut bench = Bench::ready();
        let limited = Setup { seconds_max: Some(3_600), ..setup(BedCare::Ask) };
        bench.put(Event::Setup(Box::new(limited)));
        bench.actions.clear();
        bench.grant_of(expected);
        assert_eq!(bench.returns(), returns, "{expected:?}");
        assert_eq!(bench.supervisor.run().is_some(), returns.is_empty());
        if let Some(Fact::Returned { note, .. }) = bench.facts().last() {
            assert!(note.contains("the maker agrees to 60"), "{note}");
            bench.actions.clear();
            assert_eq!(bench.ask(), None, "it would be given the same again at once");
        }
    }
}

#[test]
fn a_file_that_prints_too_long_is_given_back_and_not_asked_for_at_once() {
    let mut bench = Bench::ready();
    bench.grant();
    bench.fetched(Err(FetchFailed { why: Return::Maker, note: "it prints for 61 min".into() }));
    bench.actions.clear();
    assert_eq!((bench.returns(), bench.ask()), (vec![Return::Maker], None));
    bench.pass(5);
    assert!(bench.ask().is_some());
}
