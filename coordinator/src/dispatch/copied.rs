//! Two machines with one identity: a memory card that was copied. The broker lets in one of them at
//! a time, so they take turns; whoever speaks again after another one spoke is one of two. Both
//! are frozen: what prints ends and is counted, nothing new is given, and a person is asked.

use visorfarm_protocol::id::AgentId;
use visorfarm_protocol::message::{Down, Hello};

use super::{Change, Decision, Dispatcher, Refused, Sighting};
use crate::clock::Timestamp;

/// The most earlier processes of an agent that are remembered: copies take turns within seconds, so
/// the last few are enough.
const EARLIER_MAX: usize = 8;

/// Which processes spoke as an agent, by the number that each drew at its start. Not durable: copies
/// go on taking turns after a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sessions {
    present: Option<u64>,
    earlier: Vec<u64>,
}

impl Sessions {
    /// Says whether `session` was followed by another one, and speaks again all the same.
    fn returns(&self, session: u64) -> bool {
        self.present != Some(session) && self.earlier.contains(&session)
    }

    pub(super) fn speaks(&mut self, session: u64) {
        if self.present == Some(session) {
            return;
        }
        self.earlier.extend(self.present.replace(session));
        let old = self.earlier.len().saturating_sub(EARLIER_MAX);
        self.earlier.drain(..old);
    }
}

impl Dispatcher {
    /// Adds to the answer to a hello what follows from who says it.
    pub(super) fn tell_copies(
        &self,
        now: Timestamp,
        agent: &AgentId,
        hello: &Hello,
        decision: &mut Decision,
    ) {
        let known = self.sessions.get(agent);
        let copied = known.is_some_and(|sessions| sessions.returns(hello.session));
        let speaks = Sighting::Speaks { agent: agent.clone(), session: hello.session };
        decision.sightings.push(speaks);
        if copied && !self.is_frozen(agent) {
            let note = format!(
                "{agent} speaks from two machines: its memory card was copied; it starts nothing \
                 until one of them is switched off and a person releases the other"
            );
            decision.changes.push(Change::AgentFrozen { agent: agent.clone(), at: now });
            decision.changes.extend(self.anomaly(now, agent, note));
        }
        if copied || self.is_frozen(agent) {
            decision.messages.push((agent.clone(), Down::Frozen));
        }
    }

    /// Says whether `agent` must start nothing.
    pub(super) fn is_frozen(&self, agent: &AgentId) -> bool {
        self.frozen.contains_key(agent)
    }

    /// Tells a frozen agent that it is: it thaws by itself when it is no longer told.
    pub(super) fn remind_frozen(&self, agent: &AgentId, decision: &mut Decision) {
        if self.is_frozen(agent) {
            decision.messages.push((agent.clone(), Down::Frozen));
        }
    }

    pub(super) fn decide_released(&self, now: Timestamp, agent: &AgentId) -> Decision {
        if self.is_frozen(agent) {
            return Decision::change(Change::AgentReleased { agent: agent.clone(), at: now });
        }
        Decision::refuse(Refused::NotFrozen { agent: agent.clone() })
    }

    pub(super) fn apply_frozen(&mut self, agent: &AgentId, at: Timestamp) {
        self.frozen.insert(agent.clone(), at);
        let printers = self.printers.iter_mut().filter(|(key, _)| key.agent == *agent);
        for (_, printer) in printers {
            printer.waiting = None;
        }
    }

    /// If both still speak, the next turns freeze them again.
    pub(super) fn apply_released(&mut self, agent: &AgentId) {
        self.frozen.remove(agent);
        self.sessions.remove(agent);
    }
}
