//! Once faults stop: agents tell all that they remember, print what they hold, and ask for more.

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{Ask, End, Fact, Hello, Numbered, Up};

use super::super::testing::{agent, card, ended_as, returned};
use super::super::{Event, PrinterKey};
use super::notebook::Stage;
use super::steps::{AGENTS, key};
use super::world::{REVISIONS, World, publication};

/// A number that no fact had yet.
const LAST_WORD: u64 = 1_000_000;

impl World {
    /// Returns what happens at first when faults stop: nobody is held back, and everything is told again.
    pub(super) fn heals(&self) -> Vec<Event> {
        let frozen = self.notebook.frozen.iter().cloned();
        let mut events = vec![publication(REVISIONS.len() - 1, self.now)];
        events.extend(frozen.map(|agent| Event::AgentReleased { agent }));
        events.extend(AGENTS.iter().map(|(name, printers)| self.truthful_hello(name, printers)));
        events.extend(self.told.iter().map(|(key, numbered)| told(key, numbered.clone())));
        events
    }

    /// Returns what happens next on a farm without faults; nothing if everything is done.
    pub(super) fn works(&self) -> Vec<Event> {
        let ends = self.notebook.live().map(|(id, line)| {
            let numbered = Numbered { seq: LAST_WORD + self.now.0, fact: self.last_word(id) };
            told(&line.holder, numbered)
        });
        let numbers = self.notebook.wishes.keys().map(|id| self.notebook.numbers(*id));
        let missing = numbers.map(|numbers| numbers.outstanding).sum::<u64>();
        let printers = self.notebook.printers.keys().filter(|_| 0 < missing);
        ends.chain(printers.map(|key| self.asks(key))).collect()
    }

    fn truthful_hello(&self, name: &str, printers: &[&str]) -> Event {
        let own = self.notebook.live().filter(|(_, line)| line.holder.agent == agent(name));
        let hello = Hello {
            incarnation: "i1".parse().unwrap(),
            session: LAST_WORD,
            software: "test".into(),
            epoch: Some(self.notebook.epoch),
            printers: printers.iter().map(|printer| card(printer)).collect(),
            holds: own.map(|(id, _)| id).collect(),
            mark: None,
            letters: None,
        };
        Event::Said { agent: key(name, "p").agent, message: Up::Hello(hello) }
    }

    fn asks(&self, key: &PrinterKey) -> Event {
        let ask = Ask {
            printer: key.printer.clone(),
            ask: self.now.0,
            profile: "ender3".parse().unwrap(),
            materials: vec![],
            seconds_max: None,
            grams_max: None,
        };
        Event::Said { agent: key.agent.clone(), message: Up::Ask(ask) }
    }

    /// Returns how a lease ends that a printer holds.
    fn last_word(&self, lease: LeaseId) -> Fact {
        match self.notebook.leases[&lease].stage {
            Stage::Recalled | Stage::RecalledTaken => returned(lease),
            Stage::Unknown if self.notebook.plates.contains_key(&(lease, 0)) => {
                Fact::Judged { lease, ordinal: 0, good: 1, bad: 0 }
            }
            Stage::Offered
            | Stage::Accepted
            | Stage::Printing
            | Stage::Unknown
            | Stage::Lapsed
            | Stage::Over => ended_as(lease, 0, End::Completed, &self.lent[&lease].plate),
        }
    }
}

fn told(key: &PrinterKey, numbered: Numbered) -> Event {
    Event::Told { agent: key.agent.clone(), printer: key.printer.clone(), numbered }
}
