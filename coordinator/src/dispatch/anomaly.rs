//! What agents say that cannot be, for a person to read. A few notes tell all that thousands would, so
//! an agent that talks nonsense fills no disk.

use visorfarm_protocol::id::AgentId;

use super::share::Kind;
use super::{Change, Decision, Dispatcher};
use crate::clock::Timestamp;

impl Dispatcher {
    /// Returns the change that keeps a note of `agent`, unless it had its share.
    pub(super) fn anomaly(&self, now: Timestamp, agent: &AgentId, note: String) -> Option<Change> {
        let note = match self.shares.left(now, agent, Kind::Note) {
            0 => return None,
            1 => format!("{note}; {agent} {}", Kind::Note.excess()),
            _ => note,
        };
        Some(Change::AnomalyNoted { agent: agent.clone(), note, at: now })
    }

    pub(super) fn decide_anomaly(&self, now: Timestamp, agent: &AgentId, note: String) -> Decision {
        let changes = self.anomaly(now, agent, note).into_iter().collect();
        Decision { changes, ..Decision::default() }
    }

    pub(super) fn apply_anomaly(&mut self, agent: &AgentId, at: Timestamp) {
        self.anomalies += 1;
        self.shares.take(at, agent, Kind::Note, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Event;
    use super::super::share::WINDOW;
    use super::super::testing::{Farm, agent};
    use super::*;

    #[test]
    fn an_agent_that_talks_nonsense_is_noted_so_often_an_hour() {
        let mut farm = Farm::new();
        for _ in 0..3 * Kind::Note.max() {
            farm.put(Event::Quarantined { agent: agent("a"), note: "nonsense".into() });
        }
        assert_eq!(farm.dispatcher.anomalies, u64::from(Kind::Note.max()));
        farm.put(Event::Quarantined { agent: agent("b"), note: "nonsense".into() });
        farm.pass(WINDOW.as_secs());
        farm.put(Event::Quarantined { agent: agent("a"), note: "nonsense".into() });
        assert_eq!(farm.dispatcher.anomalies, u64::from(Kind::Note.max()) + 2);
    }
}
