//! What no order of events may break.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::large_enum_variant,
    reason = "a property picks the few things it is about"
)]

use proptest::prelude::*;
use visorfarm_protocol::message::Fact;

use super::testing::{Bench, PATH, record, snapshot};
use super::{Action, Event, LinkChange, StartAnswer};
use crate::octoprint::model::PrinterCondition;
use crate::octoprint::push::{FailReason, PushEvent};

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
            .prop_map(|(condition, path)| Event::Seen(snapshot(condition, path))),
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
        1 => Just(Event::Push(PushEvent::StateChanged(PrinterCondition::Operational))),
        2 => proptest::option::of(0..5_u32)
            .prop_map(|good| Event::BedClear { good, bad: None }),
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
        1 => Just(Step::Join),
        3 => Just(Step::Fetched),
        3 => Just(Step::Uploaded),
        1 => Just(Step::Answered(StartAnswer::Taken)),
        1 => Just(Step::Answered(StartAnswer::Unsure(String::new()))),
        2 => (1..40_u64).prop_map(Step::Pass),
        2 => (0..2_u32, 0..2_u32).prop_map(|(done, failed)| Step::Witnesses(done, failed)),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// I4, I6, I7, and that no start is ordered on a bed that may hold something.
    #[test]
    fn whatever_happens_a_lease_is_started_once_and_ends_once(
        steps in proptest::collection::vec(step(), 1..80)
    ) {
        let mut bench = Bench::ready();
        let mut starts = std::collections::BTreeMap::new();
        for step in steps {
            let clear = bench.supervisor.memory.bed == super::Bed::Clear;
            bench.actions.clear();
            match step {
                Step::Event(event) => { bench.put(event); }
                Step::Grant => if bench.ask().is_some() { bench.grant(); },
                Step::Join => bench.join(),
                Step::Fetched => bench.fetched(Ok(())),
                Step::Uploaded => bench.uploaded(),
                Step::Answered(answer) => bench.answered(answer),
                Step::Pass(seconds) => bench.pass(seconds),
                Step::Witnesses(done, failed) => {
                    let idle = snapshot(PrinterCondition::Operational, None);
                    bench.witnesses(&idle, Some(&record(done, failed)));
                }
                Step::Restart => bench = bench.restart(),
            }
            for action in &bench.actions {
                if let Action::Start { lease, .. } = action {
                    prop_assert!(clear, "{lease:?} was started on an uncleared bed");
                    *starts.entry(*lease).or_insert(0) += 1;
                }
            }
        }
        prop_assert!(starts.values().all(|count| *count == 1), "{:?}", starts);
        let mut over = std::collections::BTreeSet::new();
        for fact in bench.facts() {
            match fact {
                Fact::Returned { lease, .. } | Fact::Ended { lease, ordinal: 0, .. } => {
                    prop_assert!(over.insert(*lease), "{:?} was over twice", lease);
                }
                _ => {}
            }
        }
    }
}
