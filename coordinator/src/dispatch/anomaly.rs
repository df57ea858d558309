//! What agents say that cannot be, for a person to read. A few notes tell all that thousands would, so
//! an agent that talks nonsense fills no disk.

use std::time::Duration;

use visorfarm_protocol::id::AgentId;

use super::{Change, Decision, Dispatcher, Sighting};
use crate::clock::Timestamp;

/// The most notes of one agent in a [`WINDOW`].
const NOTES_MAX: u32 = 60;

/// The time over which notes are counted.
const WINDOW: Duration = Duration::from_hours(1);

/// The most printers of one agent that come, change or go in a [`WINDOW`]: more than a household's, each
/// of them renamed a few times.
const CARDS_MAX: u32 = 256;

/// How much of something one agent did of late. Not durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    since: Timestamp,
    taken: u32,
}

impl Dispatcher {
    /// Returns the change that keeps a note of `agent`, unless it had its share.
    pub(super) fn anomaly(&self, now: Timestamp, agent: &AgentId, note: String) -> Option<Change> {
        let agent = agent.clone();
        let note = match self.noted.get(&agent).map_or(0, |noted| noted.taken_at(now)) + 1 {
            ..NOTES_MAX => note,
            NOTES_MAX => format!("{note}; what else comes of it within the hour is not noted"),
            _ => return None,
        };
        Some(Change::AnomalyNoted { agent, note, at: now })
    }

    pub(super) fn decide_anomaly(&self, now: Timestamp, agent: &AgentId, note: String) -> Decision {
        let changes = self.anomaly(now, agent, note).into_iter().collect();
        Decision { changes, ..Decision::default() }
    }

    pub(super) fn apply_anomaly(&mut self, agent: &AgentId, at: Timestamp) {
        self.anomalies += 1;
        self.noted.entry(agent.clone()).or_insert_with(|| Share::none(at)).take(at, 1);
    }

    /// Leaves the cards of `agent` as they are if they changed too often of late.
    pub(super) fn share_cards(
        &self,
        now: Timestamp,
        agent: &AgentId,
        mut decision: Decision,
    ) -> Decision {
        let is_card = |change: &Change| {
            matches!(change, Change::PrinterKnown { .. } | Change::PrinterGone { .. })
        };
        let cards = decision.changes.iter().filter(|change| is_card(change)).count();
        let Some(cards) = u32::try_from(cards).ok().filter(|cards| 0 < *cards) else {
            return decision;
        };
        if self.changed.get(agent).map_or(0, |changed| changed.taken_at(now)) + cards <= CARDS_MAX {
            let changed = Sighting::CardsChanged { agent: agent.clone(), at: now, cards };
            decision.sightings.push(changed);
            return decision;
        }
        decision.changes.retain(|change| !is_card(change));
        let note = format!("{agent} changes its printers too often: they stay as they are");
        decision.changes.extend(self.anomaly(now, agent, note));
        decision
    }

    pub(super) fn sight_cards(&mut self, agent: &AgentId, at: Timestamp, cards: u32) {
        self.changed.entry(agent.clone()).or_insert_with(|| Share::none(at)).take(at, cards);
    }
}

impl Share {
    fn none(since: Timestamp) -> Self {
        Self { since, taken: 0 }
    }

    fn take(&mut self, at: Timestamp, more: u32) {
        *self = if WINDOW <= at.since(self.since) { Self::none(at) } else { *self };
        self.taken += more;
    }

    fn taken_at(self, now: Timestamp) -> u32 {
        if now.since(self.since) < WINDOW { self.taken } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Event;
    use super::super::testing::{Farm, agent};
    use super::*;

    #[test]
    fn an_agent_that_talks_nonsense_is_noted_so_often_an_hour() {
        let mut farm = Farm::new();
        for _ in 0..3 * NOTES_MAX {
            farm.put(Event::Quarantined { agent: agent("a"), note: "nonsense".into() });
        }
        assert_eq!(farm.dispatcher.anomalies, u64::from(NOTES_MAX));
        farm.put(Event::Quarantined { agent: agent("b"), note: "nonsense".into() });
        farm.pass(WINDOW.as_secs());
        farm.put(Event::Quarantined { agent: agent("a"), note: "nonsense".into() });
        assert_eq!(farm.dispatcher.anomalies, u64::from(NOTES_MAX) + 2);
    }

    #[test]
    fn an_agent_that_says_hello_with_ever_other_printers_is_heard_so_often_an_hour() {
        let mut farm = Farm::new();
        for _ in 0..CARDS_MAX {
            farm.hello_with("a", &["p"], &[]);
            farm.hello_with("a", &[], &[]);
        }
        let known = |farm: &Farm| farm.dispatcher.printers.len();
        assert!(farm.dispatcher.anomalies <= u64::from(NOTES_MAX));
        let before = known(&farm);
        farm.hello_with("a", &["q"], &[]);
        assert_eq!(known(&farm), before, "it had its share");
        farm.pass(WINDOW.as_secs());
        farm.hello_with("a", &["q"], &[]);
        assert!(farm.dispatcher.printers.keys().any(|key| key.printer.as_str() == "q"));
    }
}
