//! A database that was set back to an earlier state behind the coordinator's back: by a snapshot of its whole machine, a copy of
//! its file, or a disk that lies about what it wrote. Nothing marks it, unlike a copy that `restore` puts in place. The agents
//! tell: one of them was told a mark that this database has not reached, or holds a lease that it has not given. Then this life
//! of the database ends, and in the next one everybody tells everything once more, as after a restore.

use visorfarm_protocol::id::{AgentId, Epoch, LeaseId};
use visorfarm_protocol::message::{Down, Hello};

use super::{Change, Decision, Dispatcher, Kind, Life};
use crate::clock::Timestamp;

/// How many lease numbers go with each second since the epoch began: more than a large farm gives. A process begins at the number
/// of its second, so it gives none a second time that a database has forgotten to have given.
const NUMBERS_A_SECOND: u64 = 100;

/// How many are left out at least, by a clock that stands behind, too.
const LEFT_OUT: u64 = 10_000;

impl Dispatcher {
    /// A process begins, or one goes on after a time in which it did not run.
    pub fn begin(&mut self, now: Timestamp) {
        self.began_at = self.next;
        let seconds = now.seconds().saturating_sub(u64::from(self.epoch.0));
        self.next.lease = (self.next.lease + LEFT_OUT).max(seconds * NUMBERS_A_SECOND);
    }

    /// Returns how much is committed of what `agent` told in any epoch: it only grows, but in a database that was set back.
    #[must_use]
    pub fn mark(&self, agent: &AgentId) -> u64 {
        self.marks.get(agent).copied().unwrap_or(0)
    }

    /// Takes note that something is committed that `agent` told.
    pub(super) fn advance(&mut self, agent: &AgentId) {
        *self.marks.entry(agent.clone()).or_default() += 1;
    }

    /// Decides that `agent` knows what this database should know and does not; nothing if it does not, or said so of late: an
    /// agent that lies does not let the farm begin anew all the time.
    pub(super) fn set_back(
        &self,
        now: Timestamp,
        agent: &AgentId,
        hello: &Hello,
    ) -> Option<Decision> {
        let told_more = hello.mark.is_some_and(|mark| self.mark(agent) < mark);
        let marked = hello.epoch == Some(self.epoch) && told_more;
        let forgotten = hello.holds.iter().find(|id| self.has_forgotten(**id));
        let what = match (forgotten, marked) {
            (Some(lease), _) => format!("holds {lease:?}, which it was never given"),
            (None, true) => "was told more than is known".to_owned(),
            (None, false) => return None,
        };
        let took = self.take_share(now, agent, Kind::Life, 1)?;
        let note = format!(
            "{agent} {what}: the database was set back to an earlier state, as by a snapshot of its machine; every agent tells \
             again what happened since"
        );
        let seconds = u32::try_from(now.seconds()).expect("it is before the year 2106");
        let epoch = Epoch(seconds.max(self.epoch.0 + 1));
        let ended = Life { epoch: self.epoch, next_request: self.began_at.request };
        let welcome = || Down::Welcome { epoch, farm: self.farm.clone() };
        let heard = self.heard.iter().filter(|(other, heard)| heard.connected && *other != agent);
        let everybody = heard.map(|(other, _)| other).chain([agent]);
        let mut changes = vec![Change::LifeBegan { ended, epoch }];
        changes.extend(self.anomaly(now, agent, note));
        Some(Decision {
            changes,
            sightings: vec![took],
            messages: everybody.map(|agent| (agent.clone(), welcome())).collect(),
            ..Decision::default()
        })
    }

    /// Says whether `lease` bears this epoch's name and is not known: we did not give it, or have forgotten that we did.
    fn has_forgotten(&self, lease: LeaseId) -> bool {
        lease.epoch == self.epoch && !self.leases.contains_key(&lease)
    }

    /// Returns a note of an agent that knows a later life of the farm than this one: either another coordinator has taken its
    /// place, or it was set back for a second time. Only a person can tell, and until then the agent listens to nobody.
    pub(super) fn outlived(
        &self,
        now: Timestamp,
        agent: &AgentId,
        hello: &Hello,
    ) -> Option<Change> {
        let later = hello.epoch.filter(|epoch| self.epoch < *epoch)?;
        let note = format!(
            "{agent} knows a later life of this farm, {later:?}: if another coordinator runs, stop this one; if none does, its \
             database was set back: make a `backup` of it and `restore` that, and every agent tells again what happened since"
        );
        self.anomaly(now, agent, note)
    }

    pub(super) fn apply_life(&mut self, ended: Life, epoch: Epoch) {
        self.lived(ended);
        self.epoch = epoch;
        self.next.lease = 1;
        self.began_at = self.next;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use visorfarm_protocol::message::{End, Up};

    use super::super::testing::{Farm, agent, ended};
    use super::*;

    /// A farm of two agents that is set back to before `a` was given its second plate; with what `a` holds and was told.
    fn set_back() -> (Farm, Farm, LeaseId, u64) {
        let mut farm = Farm::new();
        farm.request(12);
        farm.hello("a", &[]);
        farm.hello("b", &[]);
        let first = farm.ask("a").unwrap();
        let mut back = Farm::of(farm.dispatcher.clone());
        back.now = farm.now + Duration::from_hours(4);
        back.dispatcher.begin(back.now);
        farm.tell("a", ended(&first, End::Completed));
        let second = farm.ask("a").unwrap();
        (farm, back, second.lease, first.lease.number)
    }

    fn hello(farm: &mut Farm, name: &str, holds: &[LeaseId], mark: Option<u64>) {
        farm.greet_marked(name, (Some(farm.dispatcher.epoch), mark), holds);
    }

    /// Returns to whom another life than `epoch` was told.
    fn welcomed(farm: &Farm, epoch: Epoch) -> Vec<AgentId> {
        let other =
            |down: &Down| matches!(down, Down::Welcome { epoch: other, .. } if *other != epoch);
        farm.sent.iter().filter(|(_, down)| other(down)).map(|(to, _)| to.clone()).collect()
    }

    #[test]
    fn another_life_begins_if_an_agent_was_told_more_or_holds_what_it_was_never_given() {
        let (farm, back, lease, _) = set_back();
        let mark = farm.dispatcher.mark(&agent("a"));
        for (holds, mark, anew) in [
            (vec![], Some(mark), true),
            (vec![lease], None, true),
            (vec![], Some(back.dispatcher.mark(&agent("a"))), false),
            (vec![], None, false),
        ] {
            let mut back = Farm::of(back.dispatcher.clone());
            let epoch = back.dispatcher.epoch;
            hello(&mut back, "b", &[], None);
            hello(&mut back, "a", &holds, mark);
            assert_eq!(back.dispatcher.epoch != epoch, anew, "{holds:?} {mark:?}");
            let told = if anew { vec![agent("b"), agent("a")] } else { vec![] };
            assert_eq!(welcomed(&back, epoch), told);
        }
    }

    #[test]
    fn what_was_forgotten_is_counted_in_the_life_that_begins() {
        let (farm, mut back, lease, _) = set_back();
        hello(&mut back, "a", &[], Some(farm.dispatcher.mark(&agent("a"))));
        hello(&mut back, "a", &[], None);
        let plate = farm.dispatcher.leases[&lease].plate.clone();
        back.tell("a", super::super::testing::ended_as(lease, 0, End::Completed, &plate));
        assert_eq!(back.numbers(plate.request).printed, 4);
    }

    #[test]
    fn what_is_given_before_an_agent_tells_has_no_forgotten_leases_name() {
        let (_, mut back, lease, _) = set_back();
        hello(&mut back, "b", &[], None);
        assert_ne!(back.ask("b").unwrap().lease, lease);
    }

    #[test]
    fn what_was_forgotten_is_counted_though_others_went_on_and_the_process_began_anew() {
        let (farm, mut back, lease, _) = set_back();
        hello(&mut back, "b", &[], None);
        for _ in 0..2 {
            let given = back.ask("b").unwrap();
            back.tell("b", ended(&given, End::Completed));
        }
        back.dispatcher.begin(back.now);
        hello(&mut back, "a", &[], Some(farm.dispatcher.mark(&agent("a"))));
        hello(&mut back, "a", &[], None);
        let plate = farm.dispatcher.leases[&lease].plate.clone();
        back.tell("a", super::super::testing::ended_as(lease, 0, End::Completed, &plate));
        assert_eq!(back.numbers(plate.request).printed, 12);
    }

    #[test]
    fn an_agent_that_knows_a_later_life_is_told_of() {
        let mut farm = Farm::new();
        let later = Epoch(farm.dispatcher.epoch.0 + 1);
        farm.greet_marked("a", (Some(later), None), &[]);
        assert_eq!(
            (farm.dispatcher.anomalies, welcomed(&farm, farm.dispatcher.epoch).len()),
            (1, 0)
        );
    }

    #[test]
    fn an_agent_that_lies_begins_one_life_an_hour() {
        let mut farm = Farm::new();
        let first = farm.dispatcher.epoch;
        hello(&mut farm, "a", &[], Some(u64::MAX));
        let second = farm.dispatcher.epoch;
        hello(&mut farm, "a", &[], Some(u64::MAX));
        assert_eq!((first != second, farm.dispatcher.epoch), (true, second));
        assert_eq!(farm.dispatcher.anomalies, 1);
        farm.said("a", Up::Status { printers: vec![] });
        farm.pass(3_600);
        hello(&mut farm, "a", &[], Some(u64::MAX));
        assert!(second < farm.dispatcher.epoch);
    }
}
