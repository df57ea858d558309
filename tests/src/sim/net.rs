//! The network between agents and the coordinator: connections that come and go, messages that are
//! late, doubled, overtaken or lost. Within a connection nothing is said before the hello.

use visorfarm_agent::supervise::{Event, LinkChange};
use visorfarm_coordinator::brain::{Outgoing, Told};
use visorfarm_coordinator::dispatch;
use visorfarm_protocol::message::{Down, Grant, Up};

use super::agent::Agent;
use super::coordinator::{Command, commits_after};
use super::mutant::Mutant;
use super::row::Row;
use super::world::{Happening, World};

impl World {
    fn storms(&self) -> bool {
        self.now < self.storm_until
    }

    /// The agent says something, if it is connected.
    pub(super) fn say(&mut self, agent: usize, message: Up) {
        let Some(link) = self.agents[agent].process.as_ref().and_then(|process| process.link)
        else {
            return;
        };
        if let Up::Ask(ask) = &message {
            self.asks.entry((agent, ask.ask)).or_insert(self.now);
        }
        // What is said crosses the network as bytes.
        let message = match message {
            status @ Up::Status { .. } => status,
            other => Up::read(&other.write()).expect("what an agent writes can be read"),
        };
        let is_hello = matches!(message, Up::Hello(_));
        let copies = if !self.storms() || is_hello {
            1
        } else if self.chance.percent(12) {
            self.reached.mark(Row::Dropped);
            0
        } else {
            1 + usize::from(self.chance.percent(20))
        };
        for copy in 0..copies {
            if 0 < copy {
                self.reached.mark(Row::Duplicate);
            }
            let late = if self.storms() && !is_hello {
                self.chance.between(5, 20_000)
            } else {
                // In order, as TCP has it.
                let least = self.under_way[agent].saturating_sub(self.now);
                least.max(self.chance.between(5, 80))
            };
            if !self.storms() {
                self.under_way[agent] = self.now + late;
            }
            let (sent, message) = (self.now, message.clone());
            self.later(late, Happening::Up { agent, link, sent, message });
        }
    }

    fn is_current(&self, agent: usize, link: u64) -> bool {
        self.agents[agent].process.as_ref().is_some_and(|process| process.link == Some(link))
    }

    /// A message arrives at a coordinator.
    pub(super) fn up(&mut self, agent: usize, link: u64, sent: u64, message: Up) {
        if !self.is_current(agent, link) {
            // The broker may have read it before the connection broke; a hello it has not.
            if matches!(message, Up::Hello(_)) || self.chance.percent(50) {
                return;
            }
            self.reached.mark(Row::LateAcrossConnections);
        }
        if self.now < self.agents[agent].half_open_until {
            self.reached.mark(Row::HalfOpen);
            return;
        }
        if sent < self.arrived[agent] {
            self.reached.mark(Row::Reordered);
        }
        self.arrived[agent] = self.arrived[agent].max(sent);
        let from = self.agents[agent].id.clone();
        let command = match message {
            Up::Facts { printer, facts, teller } => {
                Command::Facts { agent: from, told: Told { printer, facts, teller } }
            }
            message => Command::Event(dispatch::Event::Said { agent: from, message }),
        };
        if self.agents[agent].misled && self.coordinator.old.is_some() {
            self.reached.mark(Row::OldCoordinator);
            let answers = self.coordinator.old_hears(self.now, command);
            self.send(answers);
        } else {
            self.hear(command);
        }
    }

    /// The coordinator hears something; it decides together with what else comes in meanwhile.
    pub(super) fn hear(&mut self, command: Command) {
        if self.coordinator.mind.is_none() {
            return;
        }
        if self.coordinator.inbox.is_empty() {
            let wait = commits_after(&mut self.chance);
            let wait = wait.max(self.locked_until.saturating_sub(self.now));
            self.later(wait, Happening::Commit);
        }
        self.coordinator.inbox.push(command);
    }

    /// A coordinator sends.
    pub(super) fn send(&mut self, messages: Vec<Outgoing>) {
        for (to, message) in messages {
            let link = |agent: &Agent| agent.process.as_ref().and_then(|process| process.link);
            let there = |agent: &Agent| agent.id == to && link(agent).is_some();
            let Some(agent) = self.agents.iter().position(there) else { continue };
            let link = link(&self.agents[agent]).expect("it is there");
            let message = Down::read(&message.write()).expect("what is sent can be read");
            if self.storms() && self.chance.percent(12) {
                self.reached.mark(Row::Dropped);
                continue;
            }
            let twice = self.storms() && self.chance.percent(20);
            for _ in 0..=usize::from(twice) {
                let most = if self.storms() { 20_000 } else { 60 };
                let message = message.clone();
                self.soon((5, most), Happening::Down { agent, link, message });
            }
        }
    }

    /// Messages that were sent too early arrive at once.
    pub(super) fn arrive(&mut self, messages: Vec<Outgoing>) {
        for (to, message) in messages {
            let Some(agent) = self.agents.iter().position(|agent| agent.id == to) else { continue };
            let link = self.agents[agent].process.as_ref().and_then(|process| process.link);
            if let Some(link) = link {
                self.down(agent, link, message);
            }
        }
    }

    /// A message arrives at an agent.
    pub(super) fn down(&mut self, agent: usize, link: u64, message: Down) {
        if !self.is_current(agent, link) || self.now < self.agents[agent].half_open_until {
            return;
        }
        if self.mutant == Some(Mutant::TraceIgnored) && matches!(message, Down::Trace(_)) {
            return;
        }
        let message = self.mistaken(agent, message);
        self.tell(|world| format!("{} hears {message:?}", world.agents[agent].id));
        if message == Down::Frozen {
            self.agents[agent].frozen_at = Some(self.now);
        }
        let known = |world: &Self| {
            let process = world.agents[agent].process.as_ref();
            process.and_then(|process| process.brain.supervisor().epoch())
        };
        let before = known(self);
        self.step(agent, &Event::Down(message));
        self.step(agent, &Event::Tick);
        // As `run/floor.rs` has it: hello again in another life of the database.
        if before.is_some() && known(self) != before {
            self.say_hello(agent);
        }
    }

    /// Makes the mistakes that are made with messages.
    fn mistaken(&self, agent: usize, message: Down) -> Down {
        match (self.mutant, message) {
            (Some(Mutant::EpochIgnored), Down::Welcome { epoch, farm }) => {
                let process = self.agents[agent].process.as_ref();
                let known = process.and_then(|process| process.brain.supervisor().epoch());
                Down::Welcome { epoch: known.unwrap_or(epoch), farm }
            }
            (Some(Mutant::LeaseExpiryIgnored), Down::Grant(grant)) => {
                Down::Grant(Box::new(Grant { start_within_seconds: u32::MAX, ..*grant }))
            }
            (_, message) => message,
        }
    }

    /// The agent tries to connect.
    pub(super) fn connect(&mut self, agent: usize, process: u64) {
        if !self.runs(agent, process) {
            return;
        }
        let to_old = self.agents[agent].misled && self.coordinator.old.is_some();
        let there = to_old || self.coordinator.mind.is_some();
        let unreachable_for = self.agents[agent].unreachable_until.saturating_sub(self.now);
        if !there || 0 < unreachable_for {
            let wait = unreachable_for + self.chance.between(2_000, 20_000);
            return self.later(wait, Happening::Connect { agent, process });
        }
        self.take_over(agent);
        let found = &mut self.agents[agent];
        found.links += 1;
        found.process.as_mut().expect("it runs").link = Some(found.links);
        self.under_way[agent] = 0;
        self.step(agent, &Event::Link(LinkChange::Up));
        self.say_hello(agent);
    }

    fn say_hello(&mut self, agent: usize) {
        if let Some(mut hello) = self.agents[agent].hello() {
            if self.mutant == Some(Mutant::MarkIgnored) {
                hello.mark = None;
            }
            self.say(agent, Up::Hello(hello));
        }
    }

    /// The agent notices that nobody has answered on its connection.
    pub(super) fn keep_alive(&mut self, agent: usize, link: u64) {
        if self.is_current(agent, link) {
            self.disconnect(agent);
        }
    }

    /// The broker lets one machine speak as an agent: whoever comes takes over.
    fn take_over(&mut self, agent: usize) {
        let id = self.agents[agent].id.clone();
        for other in 0..self.agents.len() {
            if other != agent && self.agents[other].id == id {
                self.disconnect(other);
            }
        }
    }

    /// The connection of the agent breaks, and it notices.
    pub(super) fn disconnect(&mut self, agent: usize) {
        let Some(process) = &mut self.agents[agent].process else { return };
        if process.link.take().is_none() {
            return;
        }
        let process = process.number;
        self.step(agent, &Event::Link(LinkChange::Down));
        let id = self.agents[agent].id.clone();
        self.hear(Command::Event(dispatch::Event::Connection { agent: id, connected: false }));
        self.soon((1_000, 15_000), Happening::Connect { agent, process });
    }
}
