//! The printers, as far as their agents have told.

use std::fmt;

use serde::{Serialize, Serializer};
use visorfarm_protocol::id::{AgentId, LeaseId, PrinterId, ProfileId};
use visorfarm_protocol::message::{Ask, End};
use visorfarm_protocol::status::{PrinterCard, PrinterStatus};
use visorfarm_protocol::text::quote;

use super::{Decision, Dispatcher, Outcome, Sighting, Terms};
use crate::clock::Timestamp;

/// How long an ask stands without being repeated. Agents repeat it every 30 s: three may be lost.
pub(super) const ASK_STANDS_MILLIS: u64 = 100_000;

/// A printer in the farm: its agent, and its name there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrinterKey {
    /// The agent that drives it.
    pub agent: AgentId,
    /// Its name there.
    pub printer: PrinterId,
}

impl fmt::Display for PrinterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.agent, self.printer)
    }
}

impl Serialize for PrinterKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A printer.
#[derive(Clone, Debug, PartialEq)]
pub struct Printer {
    /// What does not change from minute to minute.
    pub card: PrinterCard,
    /// Pieces that the ledger counts from it.
    pub printed: i64,
    /// How its last print ended.
    pub last: Option<Outcome>,
    /// When a person last said how many pieces of a plate of it are good.
    pub judged: Option<Timestamp>,
    /// How it was doing when last heard. Not durable.
    pub status: Option<PrinterStatus>,
    /// The ask it waits with. Not durable.
    pub waiting: Option<Waiting>,
    /// The lease it holds by our books, and of which its agent knew nothing at its last hello. Not durable.
    pub forgot: Option<LeaseId>,
}

/// A printer's ask for work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub ask: u64,
    /// When this ask was first heard: the grant's time to start runs from here.
    pub since: Timestamp,
    /// When it was last repeated.
    pub repeated: Timestamp,
    /// What G-code must be sliced for.
    pub profile: ProfileId,
    /// Kinds of filament that are loaded; empty if the maker did not say.
    pub materials: Vec<String>,
    /// The longest print its maker agrees to, in seconds.
    pub seconds_max: Option<u32>,
    /// The most filament that its spool can give, in grams; nothing if its maker did not say.
    pub grams_max: Option<u32>,
}

impl Waiting {
    pub(super) fn terms(&self) -> Terms<'_> {
        Terms {
            profile: &self.profile,
            materials: &self.materials,
            seconds_max: self.seconds_max,
            grams_max: self.grams_max,
        }
    }

    pub(super) fn stands(&self, now: Timestamp) -> bool {
        now.0.saturating_sub(self.repeated.0) < ASK_STANDS_MILLIS
    }
}

impl Dispatcher {
    pub(super) fn decide_ask(&self, now: Timestamp, agent: &AgentId, ask: &Ask) -> Decision {
        let key = PrinterKey { agent: agent.clone(), printer: ask.printer.clone() };
        let Some(printer) = self.printers.get(&key) else { return Decision::default() };
        if self.is_frozen(agent) {
            return Decision::default();
        }
        if let Some(id) = self.held.get(&key) {
            // It would not ask if it knew: the grant was lost, or crossed this ask on its way.
            let mut decision = self.send_again(*id);
            let lease = &self.leases[id];
            if lease.state.is_taken() && lease.ask != ask.ask {
                // Or it did know, and its memory was lost.
                decision.sightings.push(Sighting::Knows { key, forgot: Some(*id) });
            }
            return decision;
        }
        let since = match &printer.waiting {
            Some(waiting) if waiting.ask == ask.ask => waiting.since,
            _ => now,
        };
        let waiting = Waiting {
            ask: ask.ask,
            since,
            repeated: now,
            profile: ask.profile.clone(),
            materials: ask.materials.clone(),
            seconds_max: ask.seconds_max,
            grams_max: ask.grams_max,
        };
        Decision::sight(Sighting::Waits { key, waiting })
    }

    pub(super) fn decide_status(
        &self,
        now: Timestamp,
        agent: &AgentId,
        statuses: &[PrinterStatus],
    ) -> Decision {
        let mut decision = Decision::default();
        self.remind_frozen(agent, &mut decision);
        self.repeat_memos(now, agent, &mut decision);
        for status in statuses {
            let key = PrinterKey { agent: agent.clone(), printer: status.printer.clone() };
            let Some(printer) = self.printers.get(&key) else { continue };
            let stale_ask = printer.waiting.as_ref().is_some_and(|waiting| !waiting.stands(now));
            if stale_ask || status.waits_for.is_some() {
                decision.sightings.push(Sighting::WaitsNoMore { key: key.clone() });
            }
            let fault = status.fault.as_deref().map(quote);
            let status = PrinterStatus { fault, ..status.clone() };
            decision.sightings.push(Sighting::Status { key, status });
        }
        decision
    }

    pub(super) fn apply_printer(&mut self, key: &PrinterKey, card: &PrinterCard) {
        if let Some(printer) = self.printers.get_mut(key) {
            printer.card = card.clone();
        } else {
            // It may have left the farm and come back.
            let comes = Printer {
                card: card.clone(),
                printed: self.printed_by(key),
                last: self.last_of(key),
                judged: self.judged_of(key),
                status: None,
                waiting: None,
                forgot: None,
            };
            self.printers.insert(key.clone(), comes);
        }
    }

    /// Returns how the last print of the printer `key` ended.
    fn last_of(&self, key: &PrinterKey) -> Option<Outcome> {
        let own = self.outcomes.values().filter(|outcome| outcome.printer == *key);
        own.max_by_key(|outcome| outcome.order()).cloned()
    }

    /// Returns when a person last looked at a plate of the printer `key`.
    fn judged_of(&self, key: &PrinterKey) -> Option<Timestamp> {
        let own = self.outcomes.iter().filter(|(_, outcome)| outcome.printer == *key);
        own.filter_map(|(print, _)| self.judgements.get(print)).map(|seen| seen.at).max()
    }

    /// Returns the pieces that the ledger counts as printed by the printer `key`.
    fn printed_by(&self, key: &PrinterKey) -> i64 {
        let own = self.outcomes.iter().filter(|(_, outcome)| outcome.printer == *key);
        own.map(|(print, outcome)| match outcome.end {
            End::Completed => i64::from(outcome.pieces),
            // Only a person's look says that anything was printed.
            End::Unknown => {
                self.judgements.get(print).map_or(0, |seen| i64::from(seen.good + seen.bad))
            }
            End::Failed | End::Cancelled => 0,
        })
        .sum()
    }
}
