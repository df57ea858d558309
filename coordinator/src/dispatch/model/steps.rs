//! What may happen next: likely what happens on farms, and now and then what should not.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use visorfarm_protocol::id::{AgentId, Epoch, LeaseId, RequestId};
use visorfarm_protocol::message::{Ask, Hello, Up};
use visorfarm_protocol::status::{Activity, Bed, PrinterStatus, WaitsFor};

use super::super::testing::{agent, card, design};
use super::super::{Event, NewRequest, PrinterKey, Priority, Rank};
use super::facts::{invented, judged_again, told, told_again};
use super::notebook::Stage;
use super::world::{REVISIONS, Step, World, publication};

/// The agents and the printers that each has.
pub(super) const AGENTS: [(&str, &[&str]); 3] = [("a", &["p", "q"]), ("b", &["p"]), ("c", &["p"])];

/// Returns what may happen next.
pub(super) fn next(world: &World) -> BoxedStrategy<Step> {
    let taken = event(world).prop_map(Step::Takes).boxed();
    prop_oneof![
        120 => taken,
        3 => event(world).prop_map(Step::DiesOver),
        6 => (1..300_u64).prop_map(Step::Passes),
        2 => (3_000..10_000_u64).prop_map(Step::Passes),
        1 => Just(Step::Passes(90_000)),
        1 => (3_600..40_000_u64).prop_map(Step::Sleeps),
        2 => Just(Step::Restarts),
        3 => Just(Step::Copies),
        2 => Just(Step::Restores),
    ]
    .boxed()
}

fn event(world: &World) -> Union<BoxedStrategy<Event>> {
    let mut likely = vec![
        (5, requested().boxed()),
        (1, request(world).prop_map(|request| Event::RequestCancelled { request }).boxed()),
        (2, ranked(world).boxed()),
        (12, hello(world).boxed()),
        (1, revoked().boxed()),
        (1, any_agent().prop_map(|agent| Event::AgentReleased { agent }).boxed()),
        (2, published(world).boxed()),
        (1, withdrawn().boxed()),
        (1, written().boxed()),
        (1, invented(world).boxed()),
    ];
    if !world.notebook.memos.is_empty() {
        likely.push((1, read(world).boxed()));
    }
    if !world.notebook.printers.is_empty() {
        likely.push((18, ask(world).boxed()));
        likely.push((2, status(world).boxed()));
    }
    if !world.lent.is_empty() {
        likely.push((40, told(world).boxed()));
        likely.push((1, abandoned(world).boxed()));
    }
    if !world.told.is_empty() {
        likely.push((8, told_again(world).boxed()));
    }
    if !world.notebook.wishes.is_empty() {
        likely.push((10, delivered(world).boxed()));
    }
    let accepted = requests_with(world, Stage::Accepted);
    if !accepted.is_empty() {
        let cancelled = |request| Event::RequestCancelled { request };
        likely.push((2, select(accepted).prop_map(cancelled).boxed()));
    }
    let back = world.notebook.leases.values().filter(|line| line.stage == Stage::RecalledTaken);
    let back: Vec<_> = back.map(|line| line.holder.agent.clone()).collect();
    if !back.is_empty() {
        likely.push((12, select(back).prop_map(forgets).boxed()));
    }
    if world.notebook.plates.values().any(|seen| seen.judged.is_some()) {
        likely.push((12, judged_again(world).boxed()));
    }
    Union::new_weighted(likely)
}

/// The requests for which there is a lease at that stage.
fn requests_with(world: &World, stage: Stage) -> Vec<RequestId> {
    let lines = world.notebook.leases.values().filter(|line| line.stage == stage);
    lines.filter_map(|line| line.request).collect()
}

fn requested() -> impl Strategy<Value = Event> {
    let pieces = prop_oneof![12 => 1..30_i64, 1 => -1..=0_i64];
    (pieces, rank()).prop_map(|(pieces, rank)| {
        let Rank { priority, due } = rank;
        Event::Requested(NewRequest { priority, due, ..NewRequest::new(design(), pieces, "CHU") })
    })
}

fn rank() -> impl Strategy<Value = Rank> {
    let day =
        prop::option::of((1..=9_u8).prop_map(|day| format!("2026-04-0{day}").parse().unwrap()));
    (select(&Priority::ALL), day).prop_map(|(priority, due)| Rank { priority, due })
}

/// One that was taken, or the one after it.
fn request(world: &World) -> impl Strategy<Value = RequestId> + use<> {
    (1..=world.notebook.next.request).prop_map(RequestId)
}

fn ranked(world: &World) -> impl Strategy<Value = Event> + use<> {
    (request(world), rank()).prop_map(|(request, rank)| Event::RequestRanked { request, rank })
}

/// As many as there are, or one more.
fn delivered(world: &World) -> impl Strategy<Value = Event> + use<> {
    let good = |request| {
        let numbers = world.notebook.numbers(request);
        numbers.good - numbers.delivered
    };
    let left: Vec<_> = world.notebook.wishes.keys().map(|id| (*id, good(*id))).collect();
    let likely = left.iter().filter(|(_, left)| 0 < *left).copied();
    let choice: Vec<_> = likely.flat_map(|one| [one; 8]).chain(left.clone()).collect();
    select(choice).prop_flat_map(|(request, left)| {
        (0..=left + 1).prop_map(move |pieces| Event::Delivered { request, pieces })
    })
}

fn published(world: &World) -> impl Strategy<Value = Event> + use<> {
    let now = world.now;
    (0..REVISIONS.len() - 1).prop_map(move |place| publication(place, now))
}

fn withdrawn() -> impl Strategy<Value = Event> {
    (0..REVISIONS.len() - 1).prop_map(|place| Event::RevisionWithdrawn {
        design: design(),
        revision: REVISIONS[place].0.parse().unwrap(),
        why: "sharp edge".into(),
    })
}

fn any_agent() -> impl Strategy<Value = AgentId> {
    select(AGENTS.map(|(name, _)| agent(name)).to_vec())
}

fn written() -> impl Strategy<Value = Event> {
    any_agent().prop_map(|agent| Event::MemoWritten { agent, text: "Thank you!".to_owned() })
}

/// By the maker it was written to, or by another.
fn read(world: &World) -> impl Strategy<Value = Event> + use<> {
    let memos: Vec<_> = world.notebook.memos.iter().copied().collect();
    let most = memos.len();
    let some = proptest::sample::subsequence(memos, 1..=most);
    (any_agent(), some)
        .prop_map(|(agent, memos)| Event::Said { agent, message: Up::Read { memos } })
}

fn revoked() -> impl Strategy<Value = Event> {
    any_agent().prop_map(|agent| Event::AgentRevoked { agent })
}

fn abandoned(world: &World) -> impl Strategy<Value = Event> + use<> {
    any_lent(world).prop_map(|lease| Event::LeaseAbandoned { lease })
}

/// A lease that was sent out; more likely one that is not over.
pub(super) fn any_lent(world: &World) -> impl Strategy<Value = LeaseId> + use<> {
    let mut all: Vec<_> = world.lent.keys().copied().collect();
    let live = world.notebook.live().map(|(id, _)| id);
    // Of leases that were brought back by strangers nothing more is told.
    let live: Vec<_> = live.filter(|id| world.lent.contains_key(id)).collect();
    for _ in 0..4 {
        all.extend(&live);
    }
    select(all)
}

fn hello(world: &World) -> impl Strategy<Value = Event> + use<> {
    let epoch = world.notebook.epoch;
    let epoch = select(vec![None, Some(epoch), Some(epoch), Some(Epoch(epoch.0 - 1))]);
    let session = prop_oneof![16 => Just(3_u64), 1 => 1..=2_u64];
    let holds = world.notebook.leases.iter().map(|(id, line)| (*id, line.stage));
    let holds: Vec<_> = holds.collect();
    (0..AGENTS.len(), prop_oneof![12 => Just(2_usize), 1 => 0..2_usize], session, epoch, 0..5_u8)
        .prop_map(move |(index, drives, session, epoch, remembers)| {
            let remembered = holds.iter().filter(|(_, stage)| match remembers {
                0 => false,
                1 | 2 => stage.is_live(),
                _ => *stage != Stage::Over,
            });
            let (name, printers) = AGENTS[index];
            let hello = Hello {
                incarnation: "i1".parse().unwrap(),
                session,
                software: "test".into(),
                epoch,
                printers: printers.iter().take(drives).map(|name| card(name)).collect(),
                holds: remembered.map(|(id, _)| *id).collect(),
                mark: None,
                letters: None,
            };
            Event::Said { agent: agent(name), message: Up::Hello(hello) }
        })
}

/// An agent without a memory says hello.
fn forgets(agent: AgentId) -> Event {
    let (_, printers) = AGENTS.iter().find(|(name, _)| agent.as_str() == *name).unwrap();
    let hello = Hello {
        incarnation: "i2".parse().unwrap(),
        session: 3,
        software: "test".into(),
        epoch: None,
        printers: printers.iter().map(|name| card(name)).collect(),
        holds: vec![],
        mark: None,
        letters: None,
    };
    Event::Said { agent, message: Up::Hello(hello) }
}

fn any_printer(world: &World) -> impl Strategy<Value = PrinterKey> + use<> {
    select(world.notebook.printers.keys().cloned().collect::<Vec<_>>())
}

fn ask(world: &World) -> impl Strategy<Value = Event> + use<> {
    // Each ask is another one.
    let number = world.now.0;
    any_printer(world).prop_map(move |PrinterKey { agent, printer }| {
        let ask = Ask {
            printer,
            ask: number,
            profile: "ender3".parse().unwrap(),
            materials: vec![],
            seconds_max: None,
            grams_max: None,
        };
        Event::Said { agent, message: Up::Ask(ask) }
    })
}

fn status(world: &World) -> impl Strategy<Value = Event> + use<> {
    (any_printer(world), any::<bool>()).prop_map(|(PrinterKey { agent, printer }, waits)| {
        let status = PrinterStatus {
            printer,
            activity: Activity::Idle,
            bed: Bed::Clear,
            waits_for: waits.then_some(WaitsFor::Resume),
            lease: None,
            fraction: None,
            seconds_left: None,
            nozzle_celsius: None,
            bed_celsius: None,
            filament_left_grams: None,
            fault: None,
        };
        Event::Said { agent, message: Up::Status { printers: vec![status] } }
    })
}

pub(super) fn key(name: &str, printer: &str) -> PrinterKey {
    PrinterKey { agent: agent(name), printer: printer.parse().unwrap() }
}
