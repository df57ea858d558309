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

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Notes of what cannot be.
    Note,
    /// Printers that come, change or go.
    Card,
    /// Leases that brought nothing: given back, let go, failed, cancelled, or no piece of them good.
    Fruitless,
    /// Judgements that correct an earlier one, repetitions of a plate by its owner, and plates of
    /// leases that a restored farm has forgotten.
    Repeat,
}

/// What every agent took of late. Not durable: a restart forgives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shares(BTreeMap<(AgentId, Kind), Share>);

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
            // A maker who comes back after three days and corrects every plate of four printers.
            Self::Repeat => 512,
        }
    }

    /// Says what an agent does that takes more, and what follows.
    pub(super) const fn excess(self) -> &'static str {
        match self {
            Self::Note => "says too much that cannot be: more of it within the hour is not noted",
            Self::Card => "changes its printers too often: they stay as they are",
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
        let taken = self.0.get(&(agent.clone(), kind)).map_or(0, |share| share.taken_at(now));
        kind.max().saturating_sub(taken)
    }

    pub(super) fn take(&mut self, at: Timestamp, agent: &AgentId, kind: Kind, count: u32) {
        let share = self.0.entry((agent.clone(), kind)).or_insert(Share { since: at, taken: 0 });
        *share = Share { taken: share.taken_at(at), since: share.since_at(at) };
        share.taken = share.taken.saturating_add(count);
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
            0 => Decision::later(),
            left => {
                if left == 1 {
                    decision.changes.extend(self.excess(now, agent, kind));
                }
                decision.sightings.push(took);
                decision
            }
        }
    }

    /// Says whether plates of `agent` are for later, and so what is said of them.
    pub(super) fn is_deferring(&self, now: Timestamp, agent: &AgentId) -> bool {
        self.shares.left(now, agent, Kind::Repeat) == 0
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
mod tests {
    use visorfarm_protocol::id::{Epoch, LeaseId};
    use visorfarm_protocol::message::{End, Fact};

    use super::super::Answer;
    use super::super::testing::{Farm, ended, ended_as, returned, some_plate};
    use super::*;

    #[test]
    fn an_agent_that_says_hello_with_ever_other_printers_is_heard_so_often_an_hour() {
        let mut farm = Farm::new();
        for _ in 0..Kind::Card.max() {
            farm.hello_with("a", &["p"], &[]);
            farm.hello_with("a", &[], &[]);
        }
        let known = |farm: &Farm| farm.dispatcher.printers.len();
        assert!(farm.dispatcher.anomalies <= u64::from(Kind::Note.max()));
        let before = known(&farm);
        farm.hello_with("a", &["q"], &[]);
        assert_eq!(known(&farm), before, "it had its share");
        farm.pass(WINDOW.as_secs());
        farm.hello_with("a", &["q"], &[]);
        assert!(farm.dispatcher.printers.keys().any(|key| key.printer.as_str() == "q"));
    }

    #[test]
    fn an_agent_that_gives_everything_back_gets_so_many_leases_an_hour() {
        let mut farm = Farm::new();
        farm.request(4);
        farm.hello("a", &[]);
        let mut give_back = || {
            let grant = farm.ask("a")?;
            farm.tell("a", returned(grant.lease));
            Some(grant)
        };
        let given = (0..2 * Kind::Fruitless.max()).map_while(|_| give_back()).count();
        assert_eq!(given, Kind::Fruitless.max() as usize);
        assert_eq!(farm.dispatcher.anomalies, 1, "a person is told why it gets none");
        farm.hello("b", &[]);
        assert!(farm.ask("b").is_some(), "another agent's share is its own");
    }

    #[test]
    fn a_count_that_flips_without_end_is_corrected_so_often_an_hour() {
        let mut farm = Farm::new();
        let request = farm.request(4);
        farm.hello("a", &[]);
        let grant = farm.ask("a").unwrap();
        farm.tell("a", ended(&grant, End::Completed));
        let judged = |good| Fact::Judged { lease: grant.lease, ordinal: 0, good, bad: 4 - good };
        for round in 0..3 * Kind::Repeat.max() {
            farm.tell("a", judged(round % 2));
        }
        let is_entry = |change: &&Change| matches!(change, Change::Judged(_));
        let counted = farm.changes.iter().filter(is_entry).count();
        assert_eq!(counted, 1 + Kind::Repeat.max() as usize);
        assert_eq!(farm.tell("a", judged(3)), Answer::Later, "it is told again");
        farm.pass(WINDOW.as_secs());
        assert_eq!(farm.tell("a", judged(3)), Answer::Done);
        assert_eq!(farm.numbers(request).good, 3);
    }

    #[test]
    fn plates_that_never_come_out_right_bring_so_many_leases_an_hour() {
        let mut farm = Farm::new();
        farm.request(4);
        farm.hello("a", &[]);
        let mut fail = || {
            let grant = farm.ask("a")?;
            farm.tell("a", ended(&grant, End::Failed));
            Some(())
        };
        let given = (0..2 * Kind::Fruitless.max()).map_while(|_| fail()).count();
        assert_eq!(given, Kind::Fruitless.max() as usize);
    }

    #[test]
    fn plates_of_which_nothing_is_good_bring_so_many_leases_an_hour() {
        for (end, bad) in [(End::Completed, 4), (End::Unknown, 0)] {
            let mut farm = Farm::new();
            farm.request(4);
            farm.hello("a", &[]);
            let mut spoil = || {
                let lease = farm.ask("a").map(|grant| {
                    farm.tell("a", ended(&grant, end));
                    grant.lease
                })?;
                farm.tell("a", Fact::Judged { lease, ordinal: 0, good: 0, bad });
                Some(())
            };
            let given = (0..2 * Kind::Fruitless.max()).map_while(|_| spoil()).count();
            assert_eq!(given, Kind::Fruitless.max() as usize, "{end:?}");
        }
    }

    #[test]
    fn what_an_owner_says_of_a_repetition_that_is_for_later_is_for_later_too() {
        let mut farm = Farm::new();
        let request = farm.request(4);
        farm.hello("a", &[]);
        let grant = farm.ask("a").unwrap();
        for ordinal in 0..=Kind::Repeat.max() {
            farm.tell("a", ended_as(grant.lease, ordinal, End::Completed, &grant.plate));
        }
        let ordinal = Kind::Repeat.max() + 1;
        let one_more = ended_as(grant.lease, ordinal, End::Completed, &grant.plate);
        let judged = Fact::Judged { lease: grant.lease, ordinal, good: 4, bad: 0 };
        assert_eq!(farm.tell("a", one_more.clone()), Answer::Later);
        assert_eq!(farm.tell("a", judged.clone()), Answer::Later);
        farm.pass(WINDOW.as_secs());
        assert_eq!(farm.tell("a", one_more), Answer::Done);
        farm.tell("a", judged);
        assert_eq!(farm.numbers(request).good, 4);
    }

    #[test]
    fn a_printer_that_comes_and_goes_gets_so_many_leases_an_hour() {
        let mut farm = Farm::new();
        farm.request(4);
        let mut leave = || {
            farm.hello("a", &[]);
            let given = farm.ask("a");
            farm.leave("a");
            given.map(drop)
        };
        let given = (0..2 * Kind::Fruitless.max()).map_while(|_| leave()).count();
        assert!(given <= Kind::Fruitless.max() as usize, "{given}");
    }

    #[test]
    fn what_a_restored_farm_has_forgotten_comes_back_so_often_an_hour_and_the_rest_later() {
        let mut farm = Farm::new().restored(100);
        let request = farm.request(4);
        farm.hello("a", &[]);
        let lost = |number| LeaseId { epoch: Epoch(7), number };
        let told = |number| ended_as(lost(number), 0, End::Completed, &some_plate(request));
        let tell = |farm: &mut Farm, number| farm.tell("a", told(number));
        for number in 2..2 + u64::from(Kind::Repeat.max()) {
            assert_eq!(tell(&mut farm, number), Answer::Done);
        }
        let judged = Fact::Judged { lease: lost(9_999), ordinal: 0, good: 3, bad: 1 };
        assert_eq!(tell(&mut farm, 9_999), Answer::Later);
        assert_eq!(farm.tell("a", judged.clone()), Answer::Later, "its plate comes first");
        assert_eq!(farm.dispatcher.anomalies, 1, "told once");
        farm.pass(WINDOW.as_secs());
        assert_eq!(tell(&mut farm, 9_999), Answer::Done);
        assert_eq!(farm.tell("a", judged), Answer::Done);
        assert_eq!(farm.numbers(request).good, 3);
        let plates = i64::from(Kind::Repeat.max()) + 1;
        assert_eq!(farm.numbers(request).printed, 4 * plates);
    }

    #[test]
    fn a_plate_that_is_repeated_without_end_is_counted_so_often_an_hour() {
        let mut farm = Farm::new();
        let request = farm.request(4);
        farm.hello("a", &[]);
        let grant = farm.ask("a").unwrap();
        for ordinal in 0..3 * Kind::Repeat.max() {
            farm.tell("a", ended_as(grant.lease, ordinal, End::Completed, &grant.plate));
        }
        let plates = i64::from(1 + Kind::Repeat.max());
        assert_eq!(farm.numbers(request).printed, 4 * plates);
    }
}
