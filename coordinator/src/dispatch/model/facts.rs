//! What agents may tell: mostly of what they were given, in any order, and now and then what should not be.

use proptest::prelude::*;
use proptest::sample::select;
use visorfarm_protocol::id::{Epoch, LeaseId, RequestId};
use visorfarm_protocol::message::{End, Fact, Numbered, Plate};

use super::super::testing::{agent, ended_as, returned, some_plate, started};
use super::super::{Event, PrinterKey};
use super::steps::{AGENTS, any_lent, key};
use super::world::{INVENTED, World};

/// A life of which no farm of these tests knows.
const LOST_LIFE: Epoch = Epoch(7);

/// A fact of a lease that was sent out, told by whom it was sent to; rarely by another one.
pub(super) fn told(world: &World) -> impl Strategy<Value = Event> + use<> {
    let lent = world.lent.clone();
    let fact = any_lent(world).prop_flat_map(move |id| {
        let of_it = lent[&id].clone();
        let strangers = AGENTS.map(|(name, _)| key(name, "p")).to_vec();
        (fact(id, &of_it.plate), prop_oneof![16 => Just(of_it.holder), 1 => select(strangers)])
    });
    (fact, 1..60_u64).prop_map(|((fact, PrinterKey { agent, printer }), seq)| Event::Told {
        agent,
        printer,
        numbered: Numbered { seq, fact },
    })
}

fn fact(lease: LeaseId, plate: &Plate) -> BoxedStrategy<Fact> {
    let (begun, plate) = (plate.clone(), plate.clone());
    let pieces = plate.pieces;
    let ends = prop_oneof![
        4 => Just(End::Completed),
        1 => Just(End::Failed),
        1 => Just(End::Cancelled),
        2 => Just(End::Unknown),
    ];
    let ordinal = || prop_oneof![8 => Just(0_u32), 1 => Just(1)];
    prop_oneof![
        3 => Just(Fact::Accepted { lease }),
        4 => Just(started(lease, &begun)),
        1 => Just(Fact::Started { lease, plate: None }),
        1 => Just(returned(lease)),
        8 => (ordinal(), ends)
            .prop_map(move |(ordinal, end)| ended_as(lease, ordinal, end, &plate)),
        6 => (ordinal(), 0..=pieces, 0..3_u32)
            .prop_map(move |(ordinal, good, bad)| Fact::Judged { lease, ordinal, good, bad }),
    ]
    .boxed()
}

pub(super) fn told_again(world: &World) -> impl Strategy<Value = Event> + use<> {
    select(world.told.clone()).prop_map(|(PrinterKey { agent, printer }, numbered)| Event::Told {
        agent,
        printer,
        numbered,
    })
}

/// A fact of a lease that nobody was ever given.
pub(super) fn invented(world: &World) -> impl Strategy<Value = Event> + use<> {
    let present = world.notebook.epoch;
    let epochs = select(vec![LOST_LIFE, present, Epoch(present.0 + 1)]);
    let plate = some_plate(RequestId(1));
    epochs.prop_flat_map(move |epoch| fact(LeaseId { epoch, number: INVENTED }, &plate)).prop_map(
        |fact| Event::Told {
            agent: agent("a"),
            printer: "p".parse().unwrap(),
            numbered: Numbered { seq: 1, fact },
        },
    )
}

/// A maker looks at a plate once more.
pub(super) fn judged_again(world: &World) -> impl Strategy<Value = Event> + use<> {
    let judged = world.notebook.plates.iter().filter_map(|(print, seen)| {
        let line = &world.notebook.leases[&print.0];
        Some((*print, line.holder.clone(), seen.judged?.seq, line.pieces))
    });
    select(judged.collect::<Vec<_>>()).prop_flat_map(|((lease, ordinal), holder, seq, pieces)| {
        (0..=pieces, 0..3_u64).prop_map(move |(good, later)| {
            let fact = Fact::Judged { lease, ordinal, good, bad: pieces - good };
            let PrinterKey { agent, printer } = holder.clone();
            Event::Told { agent, printer, numbered: Numbered { seq: seq + later, fact } }
        })
    })
}
