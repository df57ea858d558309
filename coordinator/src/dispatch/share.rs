//! How much of the farm's memory one agent may take up in an hour. A household's printers stay far below
//! each bound; an agent that says anything as fast as its line carries fills no disk. What a plate is
//! counted by is never thrown away: beyond the bound it is not receipted, so that it is told again.

use std::collections::BTreeMap;
use std::time::Duration;

use visorfarm_protocol::id::AgentId;

use super::{Change, Decision, Dispatcher, Sighting};
use crate::clock::Timestamp;

/// The time over which is counted.
pub(super) const WINDOW: Duration = Duration::from_hours(1);

/// Within this time an agent has told again what was put off: longer than its longest pause, which is four minutes.
pub(super) const TOLD_AGAIN_WITHIN: Duration = Duration::from_mins(5);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Notes of what cannot be.
    Note,
    /// Printers that come, change or go.
    Card,
    /// Leases that brought nothing: given back, let go, failed, cancelled, or no piece of them good.
    Fruitless,
    /// Lives of the database that an agent's word ends.
    Life,
    /// Judgements that correct an earlier one, repetitions of a plate by its owner, and plates of
    /// leases that a restored farm has forgotten.
    Repeat,
}

/// What every agent took of late. Not durable: a restart forgives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shares {
    taken: BTreeMap<(AgentId, Kind), Share>,
    /// When something that an agent told was put off last.
    put_off: BTreeMap<AgentId, Timestamp>,
}

/// What one agent took of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    since: Timestamp,
    taken: u32,
}

impl Kind {
    /// Returns the most of it that one agent may take in an hour.
    #[must_use]
    pub const fn max(self) -> u32 {
        match self {
            Self::Note => 60,
            // More than a household's printers, each of them renamed a few times.
            Self::Card => 256,
            // A printer that refuses every plate for half an hour, each within ten seconds.
            Self::Fruitless => 180,
            // Nobody sets a farm back twice an hour.
            Self::Life => 1,
            // A maker who comes back after three days and corrects every plate of four printers.
            Self::Repeat => 512,
        }
    }

    /// Says what an agent does that takes more, and what follows.
    pub(super) const fn excess(self) -> &'static str {
        match self {
            Self::Note => "says too much that cannot be: more of it within the hour is not noted",
            Self::Card => "changes its printers too often: they stay as they are",
            Self::Life => "knows ever more that this database does not",
            Self::Fruitless => {
                "had too many leases that brought nothing: it gets none for the rest of the hour"
            }
            Self::Repeat => {
                "repeats, corrects or brings back too many plates: the rest is counted when it \
                 tells them again after the hour"
            }
        }
    }
}

impl Shares {
    /// Returns how many more the agent may take.
    pub(super) fn left(&self, now: Timestamp, agent: &AgentId, kind: Kind) -> u32 {
        let taken = self.taken.get(&(agent.clone(), kind)).map_or(0, |share| share.taken_at(now));
        kind.max().saturating_sub(taken)
    }

    pub(super) fn take(&mut self, at: Timestamp, agent: &AgentId, kind: Kind, count: u32) {
        let share =
            self.taken.entry((agent.clone(), kind)).or_insert(Share { since: at, taken: 0 });
        *share = Share { taken: share.taken_at(at), since: share.since_at(at) };
        share.taken = share.taken.saturating_add(count);
    }

    pub(super) fn put_off(&mut self, at: Timestamp, agent: &AgentId) {
        self.put_off.insert(agent.clone(), at);
    }
}

impl Share {
    fn is_over(self, now: Timestamp) -> bool {
        WINDOW <= now.since(self.since)
    }

    fn taken_at(self, now: Timestamp) -> u32 {
        if self.is_over(now) { 0 } else { self.taken }
    }

    fn since_at(self, now: Timestamp) -> Timestamp {
        if self.is_over(now) { now } else { self.since }
    }
}

impl Dispatcher {
    /// Returns what takes `count` out of the agent's share, unless that is too much.
    pub(super) fn take_share(
        &self,
        now: Timestamp,
        agent: &AgentId,
        kind: Kind,
        count: u32,
    ) -> Option<Sighting> {
        let took = Sighting::Took { agent: agent.clone(), at: now, kind, count };
        (count <= self.shares.left(now, agent, kind)).then_some(took)
    }

    /// Returns a note of an agent that would take more than its share, unless there are enough.
    pub(super) fn excess(&self, now: Timestamp, agent: &AgentId, kind: Kind) -> Option<Change> {
        self.anomaly(now, agent, format!("{agent} {}", kind.excess()))
    }

    /// Returns `decision`, which counts one more plate than the agent's leases were given for, or
    /// counts one anew. Beyond the agent's share it is for later: nothing that was receipted is lost.
    pub(super) fn share_repeat(
        &self,
        now: Timestamp,
        agent: &AgentId,
        mut decision: Decision,
    ) -> Decision {
        let kind = Kind::Repeat;
        let took = Sighting::Took { agent: agent.clone(), at: now, kind, count: 1 };
        match self.shares.left(now, agent, kind) {
            0 => {
                let put_off = Sighting::PutOff { agent: agent.clone(), at: now };
                Decision { sightings: vec![put_off], ..Decision::later() }
            }
            left => {
                if left == 1 {
                    decision.changes.extend(self.excess(now, agent, kind));
                }
                decision.sightings.push(took);
                decision
            }
        }
    }

    /// Says whether plates of `agent` are for later, and so what is said of them: it tells both again, in their order. The hour
    /// may turn between a plate and what is said of it.
    pub(super) fn is_deferring(&self, now: Timestamp, agent: &AgentId) -> bool {
        let put_off = self.shares.put_off.get(agent);
        put_off.is_some_and(|at| now.since(*at) < TOLD_AGAIN_WITHIN)
    }

    /// Returns `decision`, by which a lease ends that brought no plate. It always counts: what is used
    /// up is the agent's share of new leases.
    pub(super) fn share_fruitless(
        &self,
        now: Timestamp,
        agent: &AgentId,
        mut decision: Decision,
    ) -> Decision {
        let (agent, kind, count) = (agent.clone(), Kind::Fruitless, 1);
        let took =
            |sighting: &&Sighting| matches!(sighting, Sighting::Took { kind: Kind::Fruitless, .. });
        // One hello may let several go.
        let before = decision.sightings.iter().filter(took).count();
        let left = self.shares.left(now, &agent, kind) as usize;
        if left == before + 1 {
            decision.changes.extend(self.excess(now, &agent, kind));
        }
        decision.sightings.push(Sighting::Took { agent, at: now, kind, count });
        decision
    }
}

#[cfg(test)]
mod tests;
