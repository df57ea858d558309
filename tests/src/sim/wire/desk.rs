//! The coordinator's process in this world: the real mind, the real database, and between them the
//! real order of decide, commit, send, acknowledge.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use visorfarm_coordinator::brain::{Outgoing, Round, Told};
use visorfarm_coordinator::dispatch::{Change, Event};
use visorfarm_protocol::id::{AgentId, FarmId};
use visorfarm_protocol::message::{Down, End, Fact, Numbered, Up};
use visorfarm_protocol::topic::{Direction, Topic};

use super::broker::{Acknowledge, Broker, Earlier, Gone, Hall, News};
use super::mutant::Mutant;
use super::row::Row;
use super::scene::{Host, Scene, Stage};
use crate::sim::coordinator::{Command, Deadline, commits_after};

/// How often time alone is looked at. The program does it ten times as often.
const TICK: Duration = Duration::from_secs(1);

/// Its clock strikes at another millisecond than the network's: see the agent's.
const STRIKES_AT: Duration = Duration::from_millis(13);

/// Returns the farm's name.
pub(super) fn farm() -> FarmId {
    "lyon".parse().expect("a name")
}

/// Is the coordinator until it is killed.
pub(super) async fn serve(stage: Stage) -> turmoil::Result {
    sleep(STRIKES_AT).await;
    {
        let mut scene = stage.borrow_mut();
        let now = scene.now();
        if scene.coordinator.mind.is_none() {
            scene.coordinator.start(now);
        }
        scene.tell("the coordinator is started".to_owned());
    }
    let (news, told) = unbounded_channel();
    let hall = Rc::default();
    let asked = Rc::clone(&stage);
    let cuts = Rc::new(move |agent: &AgentId| asked.borrow_mut().cuts_down(agent));
    let broker = Broker { hall: Rc::clone(&hall), news, cuts };
    let mut tasks = JoinSet::new();
    tasks.spawn_local(broker.serve());
    let desk = Desk { stage, hall, told };
    tokio::select! {
        Some(ended) = tasks.join_next() => Ok(ended??),
        () = desk.work() => Ok(()),
    }
}

struct Desk {
    stage: Stage,
    hall: Rc<RefCell<Hall>>,
    told: UnboundedReceiver<News>,
}

impl Desk {
    async fn work(mut self) {
        loop {
            let mut acknowledged = Vec::new();
            // Time alone is a reason, too.
            if let Ok(Some(news)) = timeout(TICK, self.told.recv()).await {
                acknowledged.extend(self.stage.borrow_mut().hear(news));
                let wait = self.stage.borrow_mut().commits_in();
                sleep(wait).await;
            }
            while let Ok(news) = self.told.try_recv() {
                acknowledged.extend(self.stage.borrow_mut().hear(news));
            }
            self.round(acknowledged).await;
        }
    }

    /// Decides, commits, and only then sends and acknowledges.
    async fn round(&mut self, acknowledged: Vec<Acknowledge>) {
        let decided = self.stage.borrow_mut().decide();
        let Some(mut round) = decided else { return };
        if self.stage.borrow().mutant == Some(Mutant::ReceiptBeforeCommit) {
            let receipt = |(_, message): &mut Outgoing| matches!(message, Down::Receipt(_));
            self.send(round.messages.extract_if(.., receipt).collect());
            sleep(Duration::from_millis(100)).await;
        }
        let committed = self.stage.borrow_mut().commit(&round);
        if committed == Committed::Killed {
            return std::future::pending().await;
        }
        self.send(round.messages);
        acknowledged.into_iter().for_each(Acknowledge::send);
    }

    fn send(&self, messages: Vec<Outgoing>) {
        for (agent, message) in messages {
            let topic = Topic {
                farm: farm(),
                direction: Direction::Down,
                agent: agent.clone(),
                kind: message.kind(),
            };
            self.stage.borrow_mut().tell(format!("to {agent}: {message:?}"));
            self.hall.borrow_mut().publish(&agent, topic.to_string(), message.write());
        }
    }
}

/// What became of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Committed {
    /// It stands, and is to be told.
    Tell,
    /// The process is killed here.
    Killed,
}

impl Scene {
    /// Says whether the next message to an agent breaks off.
    fn cuts_down(&mut self, agent: &AgentId) -> bool {
        let shop = self.shops.iter_mut().find(|shop| shop.id == *agent);
        shop.is_some_and(|shop| std::mem::take(&mut shop.cut_down))
    }

    /// Returns how long the next commit takes to begin.
    fn commits_in(&mut self) -> Duration {
        let wait = commits_after(&mut self.chance);
        let locked = self.locked_until.saturating_sub(self.now());
        if wait < locked {
            self.mark(Row::SlowDatabase);
        }
        Duration::from_millis(wait.max(locked))
    }

    /// Takes in what the broker tells; returns what is to be acknowledged after the commit.
    fn hear(&mut self, news: News) -> Option<Acknowledge> {
        let (command, acknowledge) = match news {
            News::Came { agent, earlier } => {
                if earlier == Earlier::Stood {
                    self.mark(Row::TakenOver);
                }
                (Command::Event(Event::Connection { agent, connected: true }), None)
            }
            News::Went { agent, why } => {
                match why {
                    Gone::Silent => self.mark(Row::KeepAlive),
                    Gone::Cut => self.mark(Row::CutDown),
                    Gone::Closed => {}
                }
                self.tell(format!("{agent} is gone: {why:?}"));
                (Command::Event(Event::Connection { agent, connected: false }), None)
            }
            News::Said { agent, topic, payload, acknowledge } => {
                (self.read(agent, &topic, &payload), Some(acknowledge))
            }
        };
        self.coordinator.inbox.push(command);
        acknowledge
    }

    fn read(&mut self, agent: AgentId, topic: &str, payload: &[u8]) -> Command {
        let own = Topic::parse(topic)
            .is_some_and(|topic| topic.direction == Direction::Up && topic.agent == agent);
        match Up::read(payload) {
            Ok(message) if own => {
                self.tell(format!("{agent} says {message:?}"));
                match message {
                    Up::Facts { printer, facts, teller } => {
                        self.note_facts(&agent, &facts);
                        Command::Facts { agent, told: Told { printer, facts, teller } }
                    }
                    message => Command::Event(Event::Said { agent, message }),
                }
            }
            other => {
                self.truth.violate(format!("{agent} says to {topic} what nobody can: {other:?}"));
                Command::Event(Event::Quarantined { agent, note: topic.to_owned() })
            }
        }
    }

    fn note_facts(&mut self, agent: &AgentId, facts: &[Numbered]) {
        let shop = self.shops.iter().position(|shop| shop.id == *agent);
        let (Some(shop), Some(last)) = (shop, facts.last()) else { return };
        if self.told.get(&shop).is_some_and(|told| facts[0].seq <= *told) {
            self.mark(Row::ToldAgain);
        }
        self.told.insert(shop, last.seq);
        if facts.iter().any(|f| matches!(f.fact, Fact::Ended { end: End::Unknown, .. })) {
            self.mark(Row::UnknownEnd);
        }
    }

    fn decide(&mut self) -> Option<Round> {
        let now = self.now();
        self.coordinator.decide(now)
    }

    /// Makes a round durable, unless the process is killed before.
    fn commit(&mut self, round: &Round) -> Committed {
        let deadline = self.coordinator.deadline.filter(|_| !round.changes.is_empty());
        if deadline == Some(Deadline::BeforeCommit) {
            self.fallen.push(Host::Coordinator);
            self.mark(Row::KilledBeforeCommit);
            return Committed::Killed;
        }
        if !round.changes.is_empty() {
            self.coordinator.commit(&round.changes);
            self.committed(&round.changes);
        }
        if deadline == Some(Deadline::AfterCommit) {
            self.fallen.push(Host::Coordinator);
            self.mark(Row::KilledAfterCommit);
            return Committed::Killed;
        }
        Committed::Tell
    }

    fn committed(&mut self, changes: &[Change]) {
        self.truth.hear(changes);
        self.truth.check_life(changes);
        let now = self.now();
        for change in changes {
            self.tell(format!("committed {change:?}"));
            match change {
                Change::LeaseGranted(lease) => {
                    self.granted.entry(lease.id).or_insert(now);
                    self.holders.entry(lease.id).or_insert_with(|| lease.holder.agent.clone());
                    if lease.job.is_none() {
                        self.mark(Row::UnknownLease);
                    }
                }
                Change::AgentFrozen { .. } => self.mark(Row::Copied),
                _ => {}
            }
        }
        let board = self.coordinator.board(now).expect("a process that commits runs");
        if let Some(unbalanced) = crate::sim::books::unbalanced(&board) {
            self.truth.violate(unbalanced);
        }
    }
}
