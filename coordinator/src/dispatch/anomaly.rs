//! What agents say that cannot be, for a person to read. A few notes tell all that thousands would, so
//! an agent that talks nonsense fills no disk.

use std::time::Duration;

use visorfarm_protocol::id::AgentId;

use super::{Change, Decision, Dispatcher};
use crate::clock::Timestamp;

/// The most notes of one agent in a [`WINDOW`].
const NOTES_MAX: u32 = 60;

/// The time over which notes are counted.
const WINDOW: Duration = Duration::from_hours(1);

/// The notes of one agent of late. Not durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    since: Timestamp,
    notes: u32,
}

impl Dispatcher {
    /// Returns the change that keeps a note of `agent`, unless it had its share.
    pub(super) fn anomaly(&self, now: Timestamp, agent: &AgentId, note: String) -> Option<Change> {
        let agent = agent.clone();
        let note = match self.noted.get(&agent).map_or(0, |noted| noted.notes_at(now)) + 1 {
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
        let noted = self.noted.entry(agent.clone()).or_insert(Noted { since: at, notes: 0 });
        if WINDOW <= at.since(noted.since) {
            *noted = Noted { since: at, notes: 0 };
        }
        noted.notes += 1;
    }
}

impl Noted {
    fn notes_at(self, now: Timestamp) -> u32 {
        if now.since(self.since) < WINDOW { self.notes } else { 0 }
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
}
