//! What agents say, as the notebook takes it down.

use std::collections::BTreeMap;

use visorfarm_protocol::id::{AgentId, Epoch, LeaseId};
use visorfarm_protocol::message::{Ask, End, Fact, Hello, Numbered, Plate};
use visorfarm_protocol::status::PrinterStatus;

use super::super::PrinterKey;
use super::notebook::{Judged, Line, Notebook, Seen, Stage};
use crate::clock::Timestamp;

/// How long an agent may be silent that has a plate of unknown length, in milliseconds: half an hour to
/// start, and two nights.
const PATIENCE: u64 = 88_200_000;

/// A lease that was truly sent out, whether this notebook remembers it or not.
#[derive(Clone, Debug)]
pub(super) struct Lent {
    pub(super) holder: PrinterKey,
    pub(super) plate: Plate,
    /// In which life the plate's request was taken.
    pub(super) born: Epoch,
}

impl Notebook {
    pub(super) fn hello(&mut self, agent: &AgentId, hello: &Hello) {
        let before = self.clone();
        let drives =
            |key: &PrinterKey| hello.printers.iter().any(|card| card.printer == key.printer);
        self.hear_of_copies(agent, hello.session);
        for card in &hello.printers {
            let key = PrinterKey { agent: agent.clone(), printer: card.printer.clone() };
            self.printers.insert(key, None);
        }
        for (id, line) in before.live().filter(|(_, line)| line.holder.agent == *agent) {
            if !hello.holds.contains(&id) {
                let heard_us = hello.epoch.is_none_or(|epoch| epoch == self.epoch);
                self.is_not_held(id, drives(&line.holder), heard_us);
            }
        }
        // One lease for each printer, the last that it names.
        let named = hello.holds.iter().filter(|id| before.may_live_again(**id));
        let named = named.map(|id| (&before.leases[id].holder, *id));
        let back: BTreeMap<_, _> = named.filter(|(key, _)| key.agent == *agent).collect();
        for id in back.values() {
            self.leases.get_mut(id).unwrap().stage = Stage::Accepted;
        }
        let holds = |key: &PrinterKey| before.held_by(key).is_some() || back.contains_key(key);
        self.printers.retain(|key, _| key.agent != *agent || drives(key) || holds(key));
        let own = self.printers.iter_mut().filter(|(key, _)| key.agent == *agent);
        own.for_each(|(_, waits)| *waits = None);
    }

    /// Whoever speaks again after another one spoke is one of two.
    fn hear_of_copies(&mut self, agent: &AgentId, session: u64) {
        let spoke = self.spoke.entry(agent.clone()).or_default();
        if spoke.last() == Some(&session) {
            return;
        }
        if spoke.contains(&session) {
            self.frozen.insert(agent.clone());
        }
        spoke.push(session);
    }

    /// The agent says nothing of the lease `id`, which it was given.
    fn is_not_held(&mut self, id: LeaseId, driven: bool, heard_us: bool) {
        match self.leases[&id].stage {
            // It never got the message, and nobody ever will.
            Stage::Offered | Stage::Recalled if !driven => self.ends_unprinted(id, Stage::Lapsed),
            // It had it, and has forgotten: a person must look. Unless it has yet to tell us of the end.
            Stage::Accepted | Stage::RecalledTaken | Stage::Printing if heard_us || !driven => {
                self.leases.get_mut(&id).unwrap().stage = Stage::Unknown;
            }
            Stage::Offered
            | Stage::Accepted
            | Stage::Recalled
            | Stage::RecalledTaken
            | Stage::Printing
            | Stage::Unknown
            | Stage::Lapsed
            | Stage::Over => {}
        }
    }

    pub(super) fn ask(&mut self, now: Timestamp, agent: &AgentId, ask: &Ask) {
        let key = PrinterKey { agent: agent.clone(), printer: ask.printer.clone() };
        if self.frozen.contains(agent) || self.held_by(&key).is_some() {
            return;
        }
        if let Some(waits) = self.printers.get_mut(&key) {
            *waits = Some(now);
        }
    }

    pub(super) fn status(&mut self, agent: &AgentId, statuses: &[PrinterStatus]) {
        for status in statuses.iter().filter(|status| status.waits_for.is_some()) {
            let key = PrinterKey { agent: agent.clone(), printer: status.printer.clone() };
            if let Some(waits) = self.printers.get_mut(&key) {
                *waits = None;
            }
        }
    }

    /// A fact counts whenever it is heard of, and once. `lent` says that the lease was truly sent out.
    pub(super) fn told(
        &mut self,
        now: Timestamp,
        who: &PrinterKey,
        told: (&Numbered, Option<&Lent>),
    ) {
        let (Numbered { seq, fact }, lent) = told;
        let id = fact.lease();
        if let (false, Some(lent)) = (self.leases.contains_key(&id), lent) {
            self.remember_again(now, who, fact, lent);
        }
        if self.leases.get(&id).is_none_or(|line| line.holder != *who) {
            return;
        }
        match fact {
            Fact::Accepted { .. } => self.accepted(id),
            Fact::Started { .. } => self.started(id),
            Fact::Returned { .. } => self.returned(id),
            Fact::Ended { ordinal, end, .. } => self.ended((id, *ordinal), *end),
            Fact::Judged { ordinal, good, bad, .. } => {
                self.judged((id, *ordinal), Judged { seq: *seq, good: *good, bad: *bad });
            }
        }
    }

    /// A print brings back the lease that this life of the database has forgotten.
    fn remember_again(&mut self, now: Timestamp, who: &PrinterKey, fact: &Fact, lent: &Lent) {
        let Lent { plate, born, .. } = lent;
        let known = self.wishes.get(&plate.request).filter(|wish| wish.born == *born);
        let line = Line {
            holder: who.clone(),
            request: known.map(|_| plate.request),
            slip: None,
            revision: plate.revision.clone(),
            pieces: plate.pieces,
            at: now,
            patience: PATIENCE,
            stage: Stage::Lapsed,
        };
        let prints = match fact {
            Fact::Started { plate, .. } => plate.is_some() && self.held_by(who).is_none(),
            Fact::Ended { .. } => true,
            Fact::Accepted { .. } | Fact::Returned { .. } | Fact::Judged { .. } => false,
        };
        if prints {
            self.leases.insert(fact.lease(), line);
            // Whoever had another lease asks again.
            self.printers.entry(who.clone()).and_modify(|waits| *waits = None);
        }
    }

    fn accepted(&mut self, id: LeaseId) {
        let line = self.leases.get_mut(&id).unwrap();
        match line.stage {
            Stage::Offered => line.stage = Stage::Accepted,
            Stage::Recalled => line.stage = Stage::RecalledTaken,
            Stage::Accepted
            | Stage::RecalledTaken
            | Stage::Printing
            | Stage::Unknown
            | Stage::Lapsed
            | Stage::Over => {}
        }
    }

    fn started(&mut self, id: LeaseId) {
        let back = self.may_live_again(id);
        let line = self.leases.get_mut(&id).unwrap();
        let found = line.stage == Stage::Unknown && !self.plates.contains_key(&(id, 0));
        if back || found || line.stage.is_unstarted() || line.stage.is_recalled() {
            line.stage = Stage::Printing;
        }
    }

    fn returned(&mut self, id: LeaseId) {
        if self.leases[&id].stage != Stage::Over {
            self.ends_unprinted(id, Stage::Over);
        }
    }

    fn ended(&mut self, print: (LeaseId, u32), end: End) {
        if self.plates.contains_key(&print) {
            return;
        }
        self.plates.insert(print, Seen { end, judged: None });
        // A repetition by the owner is one more plate; the lease itself ended with its own.
        if print.1 == 0 && self.leases[&print.0].stage != Stage::Over {
            self.closes(print.0, end);
        }
    }

    fn closes(&mut self, id: LeaseId, end: End) {
        match end {
            End::Completed => self.ends_printed(id),
            End::Failed | End::Cancelled => self.ends_unprinted(id, Stage::Over),
            // What was given up stays so.
            End::Unknown if self.leases[&id].stage == Stage::Lapsed => {}
            End::Unknown => self.leases.get_mut(&id).unwrap().stage = Stage::Unknown,
        }
    }

    fn judged(&mut self, print: (LeaseId, u32), judged: Judged) {
        let pieces = u64::from(self.leases[&print.0].pieces);
        let Some(seen) = self.plates.get_mut(&print) else { return };
        let all = u64::from(judged.good) + u64::from(judged.bad);
        let possible = matches!(seen.end, End::Completed | End::Unknown) && all <= pieces;
        // With or without pieces, a failed plate may be looked at.
        let possible = possible || all == 0;
        let newer = seen.judged.is_none_or(|before| before.seq < judged.seq);
        if !possible || !newer {
            return;
        }
        seen.judged = Some(judged);
        let unknown = seen.end == End::Unknown;
        self.takes_back_deliveries(print.0);
        if unknown && print.1 == 0 && self.leases[&print.0].stage != Stage::Over {
            self.closes(print.0, if all == 0 { End::Failed } else { End::Completed });
        }
    }

    /// Says whether a lease that was given up is live again when its agent says so: it is not over, and its
    /// printer has nothing else.
    fn may_live_again(&self, id: LeaseId) -> bool {
        let Some(line) = self.leases.get(&id) else { return false };
        line.stage == Stage::Lapsed
            && !self.plates.contains_key(&(id, 0))
            && self.held_by(&line.holder).is_none()
    }

    /// What turns out bad was no good piece that reached the requester.
    fn takes_back_deliveries(&mut self, id: LeaseId) {
        let Some(request) = self.leases[&id].request else { return };
        let good = self.numbers(request).good;
        let wish = self.wishes.get_mut(&request).unwrap();
        wish.delivered = wish.delivered.min(good);
    }
}
