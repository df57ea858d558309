//! What may happen next on a workbench: mostly work, and trouble between any two moves.

use proptest::prelude::*;
use proptest::sample::select;

use super::scene::{Life, Line, Net, Scene, Spool, Wish};
use super::step::{AgentStep, FarmStep, MakerStep, OctoStep, Step};

pub(super) fn next(scene: &Scene) -> BoxedStrategy<Step> {
    // What was turned off is soon turned on again.
    let mut back = Vec::new();
    if scene.life == Life::Dead {
        back.push(Step::Agent(AgentStep::Wakes));
    }
    if scene.wish == Wish::NoPrints {
        back.push(Step::Maker(MakerStep::Resumes));
    }
    if scene.spool == Spool::Scarce {
        back.push(Step::Maker(MakerStep::SaysOfTheSpool(Some(1_000))));
    }
    if scene.net == Net::Hidden {
        back.push(Step::Octo(OctoStep::Shows));
    }
    if scene.line == Line::Down || !scene.is_heard() {
        back.push(Step::Farm(FarmStep::Connects));
    }
    if !scene.agrees() {
        back.push(Step::Turns(1));
    }
    if scene.is_frozen() {
        back.push(Step::Passes(100));
    }
    let back = if back.is_empty() { vec![Step::Passes(10)] } else { back };
    prop_oneof![
        60 => Just(scene.usual()),
        12 => select(back),
        18 => agent().prop_map(Step::Agent),
        10 => maker().prop_map(Step::Maker),
        14 => octo().prop_map(Step::Octo),
        14 => farm().prop_map(Step::Farm),
        10 => prop_oneof![6 => 1..40_u64, 1 => 200..2_000_u64].prop_map(Step::Passes),
        1 => (0..3_u8).prop_map(Step::Turns),
    ]
    .boxed()
}

fn agent() -> impl Strategy<Value = AgentStep> {
    use AgentStep::{
        CannotFetch, Dies, Fetches, HearsWitnesses, IsNotHeard, IsObeyed, IsObeyedUnheard,
        IsRefused, Uploads, Works,
    };
    prop_oneof![
        10 => Just(Works),
        2 => Just(Fetches),
        1 => Just(CannotFetch),
        2 => Just(Uploads),
        10 => Just(IsObeyed),
        4 => Just(IsObeyedUnheard),
        1 => Just(IsRefused),
        2 => Just(IsNotHeard),
        3 => Just(HearsWitnesses),
        4 => Just(Dies),
    ]
}

fn maker() -> impl Strategy<Value = MakerStep> {
    use MakerStep::{
        Cancels, ClearsTheBed, DeletesOurFile, Pauses, PrintsAVase, PrintsOursAgain, Recounts,
        Resumes, SaysOfTheSpool,
    };
    prop_oneof![
        10 => proptest::option::of(0..6_u32).prop_map(ClearsTheBed),
        2 => (0..6_u32).prop_map(Recounts),
        2 => select(vec![None, Some(0), Some(50), Some(500)]).prop_map(SaysOfTheSpool),
        1 => Just(Pauses),
        1 => Just(Resumes),
        1 => Just(PrintsAVase),
        4 => Just(PrintsOursAgain),
        4 => Just(Cancels),
        2 => Just(DeletesOurFile),
    ]
}

fn octo() -> impl Strategy<Value = OctoStep> {
    use OctoStep::{ClosesTheSocket, Fails, Hides, IsDone, OpensTheSocket, Restarts, StandsStill};
    prop_oneof![
        8 => Just(IsDone),
        8 => Just(StandsStill),
        4 => Just(Fails),
        3 => Just(Restarts),
        1 => Just(ClosesTheSocket),
        4 => Just(OpensTheSocket),
        1 => Just(Hides),
    ]
}

fn farm() -> impl Strategy<Value = FarmStep> {
    use FarmStep::{
        Connects, Disconnects, Freezes, Grants, IsOld, IsRestored, Receipts, ReceiptsOne,
        ReceiptsTheCopy, WithdrawsTheLast, WithdrawsWhatItNeverGave,
    };
    prop_oneof![
        12 => Just(Grants),
        1 => Just(WithdrawsTheLast),
        1 => Just(WithdrawsWhatItNeverGave),
        3 => Just(Receipts),
        1 => Just(ReceiptsOne),
        1 => Just(ReceiptsTheCopy),
        2 => Just(Connects),
        1 => Just(Disconnects),
        1 => Just(IsOld),
        1 => Just(IsRestored),
        1 => Just(Freezes),
    ]
}
