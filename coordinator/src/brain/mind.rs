//! The dispatcher between two commits: events go in one after the other, and what they come to is
//! handed out as a [`Round`], to be committed together and only then sent.

use visorfarm_protocol::id::{AgentId, PrinterId};
use visorfarm_protocol::message::{Down, Numbered, Receipt};

use super::Outgoing;
use crate::clock::Timestamp;
use crate::dispatch::{Answer, Change, Decision, Dispatcher, Event, Sighting};

/// A dispatcher, and whether anything may follow from what it decided last.
#[derive(Debug)]
pub struct Mind {
    dispatcher: Dispatcher,
    follows: Follows,
    round: Round,
}

/// What some events came to.
#[derive(Debug, Default)]
pub struct Round {
    /// To be made durable, all or none.
    pub changes: Vec<Change>,
    /// To be sent once they are.
    pub messages: Vec<Outgoing>,
    /// Whether pages may show anything new.
    pub seen: Seen,
}

/// Facts that an agent told in one message.
#[derive(Clone, Debug)]
pub struct Told {
    /// Whose journal remembers them.
    pub printer: PrinterId,
    /// In the order they happened.
    pub facts: Vec<Numbered>,
    /// Which process told them.
    pub teller: Option<u64>,
}

/// Whether there is anything new to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seen {
    /// All is as it was.
    #[default]
    Same,
    /// Something is not.
    New,
}

/// Whether anything may follow from what was decided since the last settling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    Nothing,
    Something,
}

impl Mind {
    /// Returns the mind of a farm that was just loaded.
    #[must_use]
    pub fn new(dispatcher: Dispatcher) -> Self {
        Self { dispatcher, follows: Follows::Something, round: Round::default() }
    }

    /// Takes note that agents are listened to at `now`.
    pub fn listen(&mut self, now: Timestamp) {
        if self.dispatcher.listens_anew(now) {
            self.dispatcher.begin(now);
        }
        self.dispatcher.listen(now);
    }

    /// Decides an event.
    pub fn take(&mut self, now: Timestamp, event: &Event) -> Answer {
        let Decision { changes, sightings, messages, answer } = self.dispatcher.decide(now, event);
        if !changes.is_empty() || !sightings.is_empty() {
            self.round.seen = Seen::New;
        }
        let asks = sightings.iter().any(|sighting| matches!(sighting, Sighting::Waits { .. }));
        if asks || !changes.is_empty() {
            self.follows = Follows::Something;
        }
        for change in &changes {
            self.dispatcher.apply(change);
        }
        for sighting in &sightings {
            self.dispatcher.sight(sighting);
        }
        self.round.changes.extend(changes);
        self.round.messages.extend(messages);
        answer
    }

    /// Decides facts one by one, and receipts in one message those that were taken.
    pub fn take_facts(&mut self, now: Timestamp, agent: &AgentId, told: Told) {
        let Told { printer, facts, teller } = told;
        let mut seqs = Vec::with_capacity(facts.len());
        for numbered in facts {
            let seq = numbered.seq;
            let event = Event::Told { agent: agent.clone(), printer: printer.clone(), numbered };
            if self.take(now, &event) != Answer::Later {
                seqs.push(seq);
            }
        }
        if seqs.is_empty() {
            return;
        }
        let mark = Some(self.dispatcher.mark(agent));
        let receipt = Receipt { printer, seqs, teller, mark };
        self.round.messages.push((agent.clone(), Down::Receipt(receipt)));
    }

    /// Takes note that time passed: asks lapse, and leases of agents that are silent.
    pub fn tick(&mut self) {
        self.follows = Follows::Something;
    }

    /// Decides what follows, until nothing does. A status alone, of which there are many, changes
    /// nothing that anything follows from.
    pub fn settle(&mut self, now: Timestamp) {
        if self.follows == Follows::Nothing {
            return;
        }
        loop {
            let before = (self.round.changes.len(), self.dispatcher.is_settled());
            self.take(now, &Event::Settle);
            if self.round.changes.len() == before.0 && before.1 {
                self.follows = Follows::Nothing;
                return;
            }
        }
    }

    /// Hands out what was decided since the last time.
    pub fn round(&mut self) -> Round {
        std::mem::take(&mut self.round)
    }

    /// Returns the dispatcher, for looking at.
    #[must_use]
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }
}
