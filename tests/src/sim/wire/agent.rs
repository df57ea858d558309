//! The agent's process in this world: the program's own shop floor, brain, journal and link, on a
//! disk that tears and a network that breaks.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::sleep;
use visorfarm_agent::clock::Clock;
use visorfarm_agent::config::{BedCare, PrinterConfig};
use visorfarm_agent::enrol::Membership;
use visorfarm_agent::journal::Journal;
use visorfarm_agent::link::{Incoming, Link};
use visorfarm_agent::run::{Arrival, Equipment, Floor, Inbox, Printer, Speaker, Waits};
use visorfarm_agent::supervise::{Change, Disk, Event, LinkChange, Phase, Server};
use visorfarm_protocol::enrol::Credentials;
use visorfarm_protocol::id::AgentId;
use visorfarm_protocol::message::Up;

use super::hands::SimHands;
use super::mutant::Mutant;
use super::row::Row;
use super::scene::{Happening as Next, Host, Stage};
use super::shop::{Happening, Process};
use super::{people, reach};
use crate::sim::agent::{JOURNAL, completed, printer};
use crate::sim::disk::SimDisk;

/// Every agent's clock strikes at another millisecond than the network's and the others': what is due
/// in the same instant is taken in an order that tokio draws, and a seed is to be one story.
const STRIKES_AT: Duration = Duration::from_millis(7);

/// What reaches the agent from its shop does so at odd milliseconds, for the same reason.
const REACHES_AFTER: Duration = Duration::from_millis(3);

/// Events and messages that wait: the program's own figures.
const EVENTS_MAX: usize = 256;
const INCOMING_MAX: usize = 64;
const OUTGOING_MAX: usize = 256;

/// Is an agent until it is killed, or ends by itself.
pub(super) async fn live(stage: Stage, shop: usize) -> turmoil::Result {
    let mut tasks = JoinSet::new();
    sleep(STRIKES_AT + Duration::from_millis(shop as u64)).await;
    let Err(ended) = serve(&stage, shop, &mut tasks).await;
    // Its sockets close, as those of a process do.
    tasks.shutdown().await;
    {
        let mut scene = stage.borrow_mut();
        scene.tell(format!("a{shop} ends: {ended}"));
        scene.fallen.push(Host::Agent(shop));
    }
    std::future::pending().await
}

async fn serve(
    stage: &Stage,
    shop: usize,
    tasks: &mut JoinSet<()>,
) -> Result<Infallible, Box<dyn Error>> {
    let disk = stage.borrow().shops[shop].disk.clone();
    let journal = Journal::<Change, SimDisk>::open_on(disk, Path::new(JOURNAL))
        .inspect_err(|error| stage.borrow_mut().refuses(shop, error))?;
    let clock = Clock::start();
    let (inbox, events) = mpsc::channel(EVENTS_MAX);
    let (outgoing, to_tell) = mpsc::channel(OUTGOING_MAX);
    let (told, incoming) = mpsc::channel(INCOMING_MAX);
    let (asks, asked) = mpsc::channel(1);

    let (life, session, from_shop) = begin(stage, shop);
    tasks.spawn_local(relay(from_shop, inbox));
    let (id, journals) = {
        let found = &stage.borrow().shops[shop];
        (found.id.clone(), found.journals)
    };
    let link = Link::new(membership(&id)).expect("a broker is named").within(reach::surroundings());
    let to_tell = mistaken(stage, to_tell, tasks);
    tasks.spawn_local(link.run(to_tell, told));
    tasks.spawn_local(people::maker(Rc::clone(stage), shop, asks));

    let incarnation = format!("{id}-{journals}").parse().expect("a name");
    let mut floor = Floor::new(clock, Speaker { incarnation, session }, outgoing);
    let hands = SimHands { stage: Rc::clone(stage), shop, life };
    let equipment = Equipment { config: config(), journal, hands, asks_from: session >> 16 };
    floor.put(Printer::wake(equipment, clock)?);
    let mut waits = Waits { events, incoming, asked, tick: Waits::ticks() };
    loop {
        let arrival = tokio::select! {
            biased;
            Some(Err(failed)) = tasks.join_next() => std::panic::resume_unwind(failed.into_panic()),
            arrival = waits.next() => arrival,
        };
        let connection = connection(&arrival);
        floor.take(arrival)?;
        floor.report();
        if see(stage, shop, &floor, connection) == Fate::Doomed {
            // What was just written is not told: the link has had no turn.
            return Err("it is killed".into());
        }
    }
}

/// Takes note that an agent was started; returns its number, its session, and what reaches it.
fn begin(stage: &Stage, shop: usize) -> (u64, u64, UnboundedReceiver<Event>) {
    let (events, from_shop) = unbounded_channel();
    let mut scene = stage.borrow_mut();
    let session = scene.chance.next();
    let now = scene.now();
    let found = &mut scene.shops[shop];
    found.lives += 1;
    let life = found.lives;
    events.send(Event::Disk(Disk::Roomy)).expect("it is heard");
    events.send(Event::Server(Server::OctoPrint)).expect("it is heard");
    found.process = Some(Process {
        life,
        born: now,
        events,
        hears: false,
        link: LinkChange::Down,
        run: None,
        untold: 0,
        completed: BTreeMap::new(),
    });
    scene.tell(format!("a{shop} is started"));
    scene.soon((10, 500), Next::Shop(shop, Happening::Looks { life }));
    scene.soon((100, 3_000), Next::Shop(shop, Happening::Listens { life }));
    (life, session, from_shop)
}

async fn relay(mut from_shop: UnboundedReceiver<Event>, inbox: Inbox) {
    while let Some(event) = from_shop.recv().await {
        sleep(REACHES_AFTER).await;
        if inbox.send((printer(), event)).await.is_err() {
            return;
        }
    }
}

/// Lets facts be told once, if that mistake is made.
fn mistaken(
    stage: &Stage,
    mut said: mpsc::Receiver<Up>,
    tasks: &mut JoinSet<()>,
) -> mpsc::Receiver<Up> {
    if stage.borrow().mutant != Some(Mutant::FactsToldOnce) {
        return said;
    }
    let (told, to_tell) = mpsc::channel(OUTGOING_MAX);
    tasks.spawn_local(async move {
        let mut told_up_to = 0;
        while let Some(mut message) = said.recv().await {
            if let Up::Facts { facts, .. } = &mut message {
                facts.retain(|numbered| told_up_to <= numbered.seq);
                let Some(last) = facts.last() else { continue };
                told_up_to = last.seq + 1;
            }
            if told.send(message).await.is_err() {
                return;
            }
        }
    });
    to_tell
}

/// Returns what an arrival says of the connection.
fn connection(arrival: &Arrival) -> Option<LinkChange> {
    match arrival {
        Arrival::Coordinator(Incoming::Online) => Some(LinkChange::Up),
        Arrival::Coordinator(Incoming::Offline { .. } | Incoming::Refused) => {
            Some(LinkChange::Down)
        }
        _ => None,
    }
}

/// What becomes of an agent after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    GoesOn,
    Doomed,
}

/// Takes note of what is to be seen of the agent from outside.
fn see(
    stage: &Stage,
    shop: usize,
    floor: &Floor<SimHands, SimDisk>,
    connection: Option<LinkChange>,
) -> Fate {
    let mut scene = stage.borrow_mut();
    if let Some(change) = connection {
        scene.tell(format!("the link of a{shop} is {change:?}"));
    }
    let Some(process) = &mut scene.shops[shop].process else { return Fate::GoesOn };
    let supervisor = floor.printers().next().expect("it has a printer").supervisor();
    process.link = connection.unwrap_or(process.link);
    process.untold = supervisor.untold();
    process.completed = completed(supervisor);
    let before = process.run.take();
    process.run = supervisor.run().map(|run| (run.grant.lease, run.phase.clone()));
    let printed = matches!(before, Some((_, Phase::Printing { .. }))) && process.run.is_none();
    if printed && process.link == LinkChange::Down {
        scene.mark(Row::EndedOffline);
    }
    if scene.shops[shop].is_doomed() {
        scene.shops[shop].doom = None;
        return Fate::Doomed;
    }
    Fate::GoesOn
}

fn membership(id: &AgentId) -> Membership {
    Membership {
        origin: "http://localhost".to_owned(),
        pin: None,
        invite: None,
        credentials: Credentials {
            farm: super::desk::farm(),
            agent: id.clone(),
            secret: "secret".to_owned(),
            // Plain, so here: the surroundings lead it through the simulated network.
            brokers: vec!["mqtt://localhost:1883".to_owned()],
        },
    }
}

fn config() -> PrinterConfig {
    PrinterConfig {
        name: printer(),
        title: "Ender".to_owned(),
        place: None,
        octoprint: "http://localhost".to_owned(),
        profile: "ender3".parse().expect("a name"),
        materials: Vec::new(),
        bed: BedCare::Ask,
        hours: visorfarm_agent::config::hours::Hours::default(),
        print_seconds_max: None,
        agrees_to: visorfarm_agent::config::agreed::Agreed::default(),
        camera: false,
    }
}
