//! What follows when an agent comes back: both sides say what they hold, and differences are
//! settled by sending again what got lost.

use std::collections::BTreeMap;

use visorfarm_protocol::id::{AgentId, LeaseId};
use visorfarm_protocol::message::{Down, End, HOLDS_PER_PRINTER_MAX, Hello};
use visorfarm_protocol::status::{Consent, PrinterCard};
use visorfarm_protocol::text::quote;

use super::lease::moved;
use super::{
    Answered, Change, Decision, Dispatcher, Kind, Lease, LeaseState, PrinterKey, Sighting,
};
use crate::clock::Timestamp;

/// The most printers of one agent: more than fit on the tables of one household.
const PRINTERS_PER_AGENT_MAX: usize = 64;

/// How many plates that were given up are looked for at once, the latest first: weeks of an unlucky printer.
const TRACED_MAX: usize = 8;

/// The most materials or spans of hours of one printer: as many as an agent's settings take.
const WORDS_MAX: usize = 24;

impl Dispatcher {
    pub(super) fn decide_hello(&self, now: Timestamp, agent: &AgentId, hello: &Hello) -> Decision {
        // It says hello once more to the life that begins.
        if let Some(anew) = self.set_back(now, agent, hello) {
            return anew;
        }
        let mut decision = Decision::default();
        let welcome = Down::Welcome { epoch: self.epoch, farm: self.farm.clone() };
        decision.messages.push((agent.clone(), welcome));
        decision.changes.extend(self.outlived(now, agent, hello));
        self.tell_copies(now, agent, hello, &mut decision);
        self.tell_memos(now, agent, &mut decision);
        self.introduce(now, agent, hello, &mut decision);
        for (key, id) in self.held.iter().filter(|(key, _)| key.agent == *agent) {
            let lease = &self.leases[id];
            let driven = hello.printers.iter().any(|card| card.printer == key.printer);
            let forgot = self.forgets(hello, lease).then_some(*id);
            decision.sightings.push(Sighting::Knows { key: key.clone(), forgot });
            match (hello.holds.contains(id), driven) {
                // It has the grant, but what was said since may have got lost.
                (true, _) => decision.messages.extend(self.message(lease)),
                // It has yet to hear of this life of the database, and then tells all again.
                (false, true) if hello.epoch.is_some_and(|epoch| epoch != self.epoch) => {}
                (false, true) => {
                    // Before what is asked of it: an agent that has forgotten a lease must not answer for it unseen.
                    decision.messages.extend((!self.knows_end(lease)).then(|| lease.trace()));
                    if self.names_all(hello, key) {
                        self.remind(now, lease, "its memory was lost", &mut decision);
                    }
                }
                (false, false) => self.let_go(now, lease, &mut decision),
            }
        }
        self.trace_past(agent, hello, &mut decision);
        let revived = self.revived(now, agent, hello);
        decision.changes.extend(self.gone(agent, hello, &revived));
        decision.changes.extend(revived.into_values());
        self.share_cards(now, agent, decision)
    }

    /// Returns the changes that take the printers off the farm which the agent no longer drives. One
    /// that holds a lease stays until that is over, and so does one whose lease is `revived`.
    fn gone(
        &self,
        agent: &AgentId,
        hello: &Hello,
        revived: &BTreeMap<PrinterKey, Change>,
    ) -> Vec<Change> {
        let driven =
            |key: &PrinterKey| hello.printers.iter().any(|card| card.printer == key.printer);
        let holds = |key: &PrinterKey| self.held.contains_key(key) || revived.contains_key(key);
        let gone =
            self.printers.keys().filter(|key| key.agent == *agent && !driven(key) && !holds(key));
        gone.map(|key| Change::PrinterGone { key: key.clone() }).collect()
    }

    /// Leaves the cards of `agent` as they are if they changed too often of late.
    fn share_cards(&self, now: Timestamp, agent: &AgentId, mut decision: Decision) -> Decision {
        let is_card = |change: &Change| {
            matches!(change, Change::PrinterKnown { .. } | Change::PrinterGone { .. })
        };
        let cards = decision.changes.iter().filter(|change| is_card(change)).count();
        let cards = u32::try_from(cards).unwrap_or(u32::MAX);
        if cards == 0 {
            return decision;
        }
        if let Some(took) = self.take_share(now, agent, Kind::Card, cards) {
            decision.sightings.push(took);
        } else {
            decision.changes.retain(|change| !is_card(change));
            decision.changes.extend(self.excess(now, agent, Kind::Card));
        }
        decision
    }

    /// Takes note of the agent's printers. Whatever they asked for is asked anew, if at all.
    fn introduce(&self, now: Timestamp, agent: &AgentId, hello: &Hello, decision: &mut Decision) {
        let known = || self.printers.keys().filter(|key| key.agent == *agent);
        let forget = |key: &PrinterKey| Sighting::WaitsNoMore { key: key.clone() };
        decision.sightings.extend(known().map(forget));
        let mut room = PRINTERS_PER_AGENT_MAX.saturating_sub(known().count());
        for card in &hello.printers {
            let key = PrinterKey { agent: agent.clone(), printer: card.printer.clone() };
            let card = bounded(card);
            match self.printers.get(&key) {
                Some(known) if known.card == card => {}
                None if room == 0 => {
                    let note = format!("{key} is one printer too many for one agent");
                    return decision.changes.extend(self.anomaly(now, agent, note));
                }
                known => {
                    room -= usize::from(known.is_none());
                    decision.changes.push(Change::PrinterKnown { key, card });
                }
            }
        }
    }

    /// Nobody will answer for `lease`: its printer was taken out of the agent's settings.
    fn let_go(&self, now: Timestamp, lease: &Lease, decision: &mut Decision) {
        match lease.state {
            LeaseState::Offered | LeaseState::Recalled(Answered::NotYet) => {
                let note = "its agent no longer drives the printer";
                decision.changes.extend(self.end_unprinted(now, lease, LeaseState::Lapsed, note));
                *decision =
                    self.share_fruitless(now, &lease.holder.agent, std::mem::take(decision));
            }
            LeaseState::Accepted
            | LeaseState::Recalled(Answered::Taken)
            | LeaseState::Printing
            | LeaseState::Unknown
            | LeaseState::Lapsed
            | LeaseState::Returned(_)
            | LeaseState::Ended(_) => {
                let why = "the printer was taken out of its settings";
                self.remind(now, lease, why, decision);
            }
        }
    }

    /// Lets the agent look for what it must know and does not name: plates that were given up in its silence, and the last of
    /// each printer if nobody has judged it yet. Who knows a lease passes over that it is to be looked for.
    fn trace_past(&self, agent: &AgentId, hello: &Hello, decision: &mut Decision) {
        for card in &hello.printers {
            let key = PrinterKey { agent: agent.clone(), printer: card.printer.clone() };
            let lapsed = self.lapsed.get(&key).into_iter().flatten().rev();
            let lapsed = lapsed.map(|id| &self.leases[id]).filter(|lease| !self.knows_end(lease));
            let unjudged = self.unjudged(&key);
            let past = lapsed.take(TRACED_MAX).chain(unjudged);
            let past = past.filter(|lease| !hello.holds.contains(&lease.id));
            decision.messages.extend(past.map(Lease::trace));
        }
    }

    /// Returns the lease of the plate that a printer completed last, if nobody has said yet how many pieces are good.
    fn unjudged(&self, key: &PrinterKey) -> Option<&Lease> {
        let last = self.printers.get(key)?.last.as_ref()?;
        let print = (last.lease, last.ordinal);
        let waits = last.end == End::Completed
            && last.ordinal == 0
            && !self.judgements.contains_key(&print);
        waits.then(|| self.leases.get(&last.lease)).flatten()
    }

    /// Returns the changes that make leases live again which were given up in a silence and which
    /// the agent still holds: they are in flight, and settling recalls a twin. One lease for each
    /// printer, whatever a hello says.
    fn revived(
        &self,
        now: Timestamp,
        agent: &AgentId,
        hello: &Hello,
    ) -> BTreeMap<PrinterKey, Change> {
        let lapsed = |id| {
            let lease = self.leases.get(id)?;
            let again = || moved(now, *id, LeaseState::Accepted, "heard of again");
            (lease.holder.agent == *agent && self.is_revivable(lease))
                .then(|| (lease.holder.clone(), again()))
        };
        hello.holds.iter().filter_map(lapsed).collect()
    }

    /// Says whether a hello names every lease that its agent may hold for the printer `key`: of one with many, only the latest are
    /// named, and what is not named is looked for before anything follows from it.
    fn names_all(&self, hello: &Hello, key: &PrinterKey) -> bool {
        let may_be_its =
            |id: &&LeaseId| self.leases.get(*id).is_none_or(|lease| lease.holder == *key);
        hello.holds.iter().filter(may_be_its).count() < HOLDS_PER_PRINTER_MAX
    }

    /// Says whether an agent that took `lease` in this life of the database knows nothing of it any more:
    /// nobody can tell what became of its print. Holding a lease, an agent knows it until a look.
    fn forgets(&self, hello: &Hello, lease: &Lease) -> bool {
        let elsewhere = hello.epoch.is_some_and(|epoch| epoch != self.epoch);
        lease.state.is_taken()
            && !elsewhere
            && self.names_all(hello, &lease.holder)
            && !hello.holds.contains(&lease.id)
    }

    /// The agent does not hold `lease`, of which we think it does.
    fn remind(&self, now: Timestamp, lease: &Lease, why: &str, decision: &mut Decision) {
        match lease.state {
            LeaseState::Offered | LeaseState::Recalled(Answered::NotYet) => {
                decision.messages.extend(self.message(lease));
            }
            LeaseState::Accepted | LeaseState::Recalled(Answered::Taken) | LeaseState::Printing => {
                let note = format!(
                    "{} no longer knows {:?}, which it had accepted: {why}; look at the bed of {}",
                    lease.holder.agent, lease.id, lease.holder
                );
                decision.changes.push(moved(now, lease.id, LeaseState::Unknown, &note));
                decision.changes.extend(self.anomaly(now, &lease.holder.agent, note));
            }
            LeaseState::Unknown
            | LeaseState::Lapsed
            | LeaseState::Returned(_)
            | LeaseState::Ended(_) => {}
        }
    }
}

/// Returns `card` with texts that are short enough to keep and to show.
fn bounded(card: &PrinterCard) -> PrinterCard {
    let all = |texts: &[String]| texts.iter().take(WORDS_MAX).map(|text| quote(text)).collect();
    let consent = card.consent.as_ref().map(|consent| Consent {
        materials: all(&consent.materials),
        hours: all(&consent.hours),
        ..consent.clone()
    });
    PrinterCard {
        title: quote(&card.title),
        octoprint: card.octoprint.as_deref().map(quote),
        place: card.place.as_deref().map(quote),
        consent,
        ..card.clone()
    }
}
