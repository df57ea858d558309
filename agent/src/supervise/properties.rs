//! What no order of events may break.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::large_enum_variant,
    reason = "a property picks the few things it is about"
)]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};
use visorfarm_protocol::message::{End, Fact};

use super::testing::{Bench, PATH, record, snapshot};
use super::{Action, Answer, Event, LinkChange, StartAnswer};
use crate::clock::Moment;
use crate::octoprint::model::{PrinterCondition, Snapshot};
use crate::octoprint::push::{FailReason, Lost, PushEvent};

/// Anything that may happen, in any order.
fn event() -> impl Strategy<Value = Event> {
    let conditions = prop_oneof![
        Just(PrinterCondition::Operational),
        Just(PrinterCondition::Printing),
        Just(PrinterCondition::Finishing),
        Just(PrinterCondition::Cancelling),
        Just(PrinterCondition::Offline { error: None }),
        Just(PrinterCondition::Connecting),
    ];
    let path = prop_oneof![Just(PATH), Just("vase.gcode")];
    prop_oneof![
        4 => (conditions, proptest::option::of(path.clone()))
            .prop_map(|(condition, path)| Event::Seen {
                asked: Moment(u64::MAX),
                snapshot: snapshot(condition, path),
            }),
        2 => path.clone().prop_map(|path| Event::Push(PushEvent::PrintStarted { path: path.into() })),
        2 => path.clone().prop_map(|path| Event::Push(PushEvent::PrintDone { path: path.into() })),
        1 => path.clone().prop_map(|path| Event::Push(PushEvent::PrintFailed {
            path: path.into(),
            reason: FailReason::Unknown,
        })),
        1 => path.prop_map(|path| Event::Push(PushEvent::PrintCancelled {
            path: path.into(),
            by_user: None,
        })),
        1 => Just(Event::Push(PushEvent::PrinterReset)),
        1 => Just(Event::Push(PushEvent::Lost(Lost::Closed))),
        1 => Just(Event::Push(PushEvent::StateChanged(PrinterCondition::Operational))),
        4 => proptest::option::of(0..5_u32)
            .prop_map(|good| Event::BedClear { good }),
        1 => Just(Event::Pause),
        1 => Just(Event::Resume),
        1 => Just(Event::Link(LinkChange::Down)),
    ]
}

/// What a test does next.
#[derive(Clone, Debug)]
enum Step {
    Event(Event),
    Grant,
    /// All the way from the grant to the order to start.
    Order,
    Join,
    Fetched,
    Uploaded,
    Answered(StartAnswer),
    Pass(u64),
    Witnesses(u32, u32),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        16 => event().prop_map(Step::Event),
        3 => Just(Step::Grant),
        6 => Just(Step::Order),
        2 => Just(Step::Join),
        3 => Just(Step::Fetched),
        3 => Just(Step::Uploaded),
        1 => Just(Step::Answered(StartAnswer::Taken)),
        1 => Just(Step::Answered(StartAnswer::Unsure(String::new()))),
        1 => Just(Step::Answered(StartAnswer::Refused(String::new()))),
        2 => (1..40_u64).prop_map(Step::Pass),
        2 => (0..2_u32, 0..2_u32).prop_map(|(done, failed)| Step::Witnesses(done, failed)),
        1 => Just(Step::Restart),
    ]
}

/// What stands on the bed, as far as anyone could have seen.
#[derive(Default)]
struct RealBed {
    /// Something was printed since the maker looked.
    taken: bool,
    /// A start was ordered, and nobody said that nothing came of it.
    ordered: bool,
}

impl RealBed {
    fn before(&mut self, event: &Event) {
        match event {
            Event::Seen { snapshot: Snapshot { printer, job: Some(_), .. }, .. } => {
                use PrinterCondition::{Cancelling, Finishing, Printing};
                self.taken |= matches!(printer, Printing | Finishing | Cancelling);
            }
            Event::Push(PushEvent::PrintStarted { .. }) => self.taken = true,
            _ => {}
        }
    }

    fn after(&mut self, bench: &Bench, told: usize) {
        for fact in &bench.facts()[told..] {
            self.ordered &= !matches!(fact, Fact::Returned { .. });
        }
    }
}

/// How often a property was put to the test.
#[derive(Debug, Default)]
struct Reached {
    starts: usize,
    returns: usize,
    ends: BTreeMap<End, usize>,
    repetitions: usize,
    looks: usize,
}

impl Reached {
    fn count(&mut self, bench: &Bench, starts: usize) {
        self.starts += starts;
        for fact in bench.facts() {
            match fact {
                Fact::Returned { .. } => self.returns += 1,
                Fact::Ended { ordinal: 0, end, .. } => *self.ends.entry(*end).or_default() += 1,
                Fact::Ended { .. } => self.repetitions += 1,
                Fact::Judged { .. } => self.looks += 1,
                Fact::Accepted { .. } | Fact::Started { .. } => {}
            }
        }
    }

    fn assert_enough(&self) {
        let ends = self.ends.values().copied();
        let rarest = [self.starts, self.returns, self.repetitions, self.looks].into_iter();
        let rarest = rarest.chain(ends).min();
        assert!(self.ends.len() == 4 && Some(10) < rarest, "hardly anything happened: {self:?}");
    }
}

impl Bench {
    /// Returns the bench afterwards, which is another one if the process was killed.
    fn take(mut self, step: Step, bed: &mut RealBed) -> Self {
        match step {
            Step::Event(event) => {
                bed.before(&event);
                let looked = matches!(event, Event::BedClear { .. });
                if self.put(event) == Some(Answer::Done) && looked {
                    *bed = RealBed::default();
                }
            }
            Step::Grant => {
                if self.ask().is_some() {
                    self.grant();
                }
            }
            Step::Order => {
                if self.ask().is_some() {
                    self.order();
                }
            }
            Step::Join => self.join(),
            Step::Fetched => self.fetched(Ok(())),
            Step::Uploaded => self.uploaded(),
            Step::Answered(answer) => self.answered(answer),
            Step::Pass(seconds) => self.pass(seconds),
            Step::Witnesses(done, failed) => {
                let idle = snapshot(PrinterCondition::Operational, None);
                self.witnesses(&idle, Some(&record(done, failed)));
            }
            Step::Restart => return self.restart(),
        }
        self
    }
}

/// I4, I6, I7, and that no start is ordered on a bed that may hold something.
fn check(steps: Vec<Step>, reached: &mut Reached) -> TestCaseResult {
    let mut bench = Bench::ready();
    let mut bed = RealBed::default();
    let mut started = BTreeSet::new();
    for step in steps {
        bench.actions.clear();
        let told = bench.facts().len();
        bench = bench.take(step, &mut bed);
        for action in &bench.actions {
            if let Action::Start { lease, .. } = action {
                prop_assert!(!bed.taken && !bed.ordered, "{lease:?} on an uncleared bed");
                prop_assert!(started.insert(*lease), "{lease:?} was started twice");
                bed.ordered = true;
            }
        }
        bed.after(&bench, told);
        let unknown = bench.supervisor.memory.past.iter().filter(|past| past.end == End::Unknown);
        for past in unknown {
            let judged =
                |fact: &&Fact| matches!(fact, Fact::Judged { lease, .. } if *lease == past.lease);
            let waits = bench.supervisor.memory.bed == super::Bed::Plate(past.lease);
            prop_assert!(waits || bench.facts().iter().any(judged), "nobody asks: {past:?}");
        }
    }
    let mut over = BTreeSet::new();
    for fact in bench.facts() {
        match fact {
            Fact::Returned { lease, .. } => prop_assert!(over.insert((*lease, 0))),
            Fact::Ended { lease, ordinal, .. } => {
                prop_assert!(over.insert((*lease, *ordinal)), "{lease:?} #{ordinal} twice");
            }
            _ => {}
        }
    }
    reached.count(&bench, started.len());
    Ok(())
}

#[test]
fn whatever_happens_a_lease_is_started_once_and_ends_once() {
    let reached = RefCell::new(Reached::default());
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2_048)
    });
    let steps = proptest::collection::vec(step(), 1..80);
    let all = runner.run(&steps, |steps| check(steps, &mut reached.borrow_mut()));
    all.unwrap_or_else(|error| panic!("{error}"));
    reached.borrow().assert_enough();
}
