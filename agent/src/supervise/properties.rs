//! What no order of events may break.

#![expect(clippy::wildcard_enum_match_arm, reason = "a property picks the few things it is about")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};
use visorfarm_protocol::message::{End, Fact};

use super::testing::{Bench, PATH, by_day, record, snapshot};
use super::{Action, Answer, Event, LinkChange, StartAnswer};
use crate::clock::Moment;
use crate::config::hours::MinuteOfDay;
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
    Turns(MinuteOfDay),
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
        2 => prop_oneof![Just((7, 59)), Just((12, 0)), Just((22, 0))]
            .prop_map(|(hour, minute)| Step::Turns(MinuteOfDay::new(hour, minute).unwrap())),
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

/// What the maker agreed to, as the maker knows it: prints may begin from 8 to 22 h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Prints,
    NoPrints,
}

impl Wish {
    fn after(self, event: &Event) -> Self {
        match event {
            Event::Pause => Self::NoPrints,
            Event::Resume => Self::Prints,
            _ => self,
        }
    }

    /// Says whether a print may begin now.
    fn allows(self, bench: &Bench) -> bool {
        self == Self::Prints && by_day().hours.open_at(bench.now.minute)
    }
}

/// How often a property was put to the test.
#[derive(Debug, Default)]
struct Reached {
    /// The maker said no between a grant and the start.
    refused: usize,
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
        let rarest = [self.starts, self.refused, self.returns, self.repetitions, self.looks];
        let rarest = rarest.into_iter().chain(ends).min();
        assert!(self.ends.len() == 4 && Some(10) < rarest, "hardly anything happened: {self:?}");
    }
}

impl Bench {
    fn by_day(mut self) -> Self {
        self.put(Event::Setup(Box::new(by_day())));
        self
    }

    /// Returns the bench afterwards, which is another one if the process was killed.
    fn take(mut self, step: Step, bed: &mut RealBed, wish: &mut Wish) -> Self {
        match step {
            Step::Event(event) => {
                bed.before(&event);
                *wish = wish.after(&event);
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
            Step::Turns(minute) => self.now.minute = minute,
            Step::Witnesses(done, failed) => {
                let idle = snapshot(PrinterCondition::Operational, None);
                self.witnesses(&idle, Some(&record(done, failed)));
            }
            Step::Restart => return self.restart().by_day(),
        }
        self
    }
}

/// I4, I6, I7, and that no start is ordered on a bed that may hold something or against the maker's
/// wish.
fn check(steps: Vec<Step>, reached: &mut Reached) -> TestCaseResult {
    let mut bench = Bench::ready().by_day();
    let mut wish = Wish::Prints;
    let mut bed = RealBed::default();
    let mut started = BTreeSet::new();
    for step in steps {
        bench.actions.clear();
        let told = bench.facts().len();
        let prepared = bench.supervisor.run_in_preparation().is_some();
        let uploaded = matches!(step, Step::Uploaded);
        bench = bench.take(step, &mut bed, &mut wish);
        reached.refused += usize::from(prepared && uploaded && !wish.allows(&bench));
        for action in &bench.actions {
            if let Action::Start { lease, .. } = action {
                prop_assert!(!bed.taken && !bed.ordered, "{lease:?} on an uncleared bed");
                prop_assert!(wish.allows(&bench), "{lease:?} against the maker's wish");
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
