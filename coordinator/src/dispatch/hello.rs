//! What follows when an agent comes back: both sides say what they hold, and differences are
//! settled by sending again what got lost.

use std::collections::BTreeMap;

use visorfarm_protocol::id::AgentId;
use visorfarm_protocol::message::{Down, Hello};

use super::lease::moved;
use super::{Change, Decision, Dispatcher, Lease, LeaseState, PrinterKey, Sighting};
use crate::clock::Timestamp;

impl Dispatcher {
    pub(super) fn decide_hello(&self, now: Timestamp, agent: &AgentId, hello: &Hello) -> Decision {
        let mut decision = Decision::default();
        let welcome = Down::Welcome { epoch: self.epoch, farm: self.farm.clone() };
        decision.messages.push((agent.clone(), welcome));
        for card in &hello.printers {
            let key = PrinterKey { agent: agent.clone(), printer: card.printer.clone() };
            if self.printers.get(&key).is_none_or(|known| known.card != *card) {
                let card = card.clone();
                decision.changes.push(Change::PrinterKnown { key: key.clone(), card });
            }
            decision.sightings.push(Sighting::WaitsNoMore { key });
        }
        for (key, lease) in &self.held {
            if key.agent == *agent && !hello.holds.contains(lease) {
                remind(now, &self.leases[lease], &mut decision);
            }
        }
        decision.changes.extend(self.revived(agent, hello));
        decision
    }

    /// Returns the changes that make leases live again which were given up in a silence and which
    /// the agent still holds: they are in flight, and settling recalls a twin.
    fn revived(&self, agent: &AgentId, hello: &Hello) -> Vec<Change> {
        let lapsed = |id| {
            let lease = self.leases.get(id)?;
            let revivable = lease.state == LeaseState::Lapsed
                && lease.holder.agent == *agent
                // A plate of unknown end waits for a look; it is not being printed.
                && !self.outcomes.contains_key(&(*id, 0))
                && !self.held.contains_key(&lease.holder);
            revivable
                .then(|| (lease.holder.clone(), moved(*id, LeaseState::Accepted, "heard of again")))
        };
        // One lease for each printer, whatever a hello says.
        let revived: BTreeMap<_, _> = hello.holds.iter().filter_map(lapsed).collect();
        revived.into_values().collect()
    }
}

/// The agent does not hold `lease`, of which we think it does.
fn remind(now: Timestamp, lease: &Lease, decision: &mut Decision) {
    match lease.state {
        LeaseState::Offered | LeaseState::Recalled => {
            decision.messages.extend(lease.message());
        }
        LeaseState::Accepted | LeaseState::Printing => {
            let note = format!(
                "{} no longer knows {:?}, which it had accepted: its memory was lost; \
                 look at the bed of {}",
                lease.holder.agent, lease.id, lease.holder
            );
            decision.changes.push(moved(lease.id, LeaseState::Unknown, &note));
            let agent = lease.holder.agent.clone();
            decision.changes.push(Change::AnomalyNoted { agent, note, at: now });
        }
        LeaseState::Unknown
        | LeaseState::Lapsed
        | LeaseState::Returned(_)
        | LeaseState::Ended(_) => {}
    }
}
