//! Whether a healed world is at rest: everything told, every queue empty, every job done, and every number right.

use std::collections::BTreeSet;

use visorfarm_agent::octoprint::model::FOLDER;
use visorfarm_agent::supervise::file_name;
use visorfarm_protocol::id::LeaseId;

use super::{HEALS_WITHIN, Happening, Phase, World};
use crate::sim::agent::Machine;
use crate::sim::books;
use crate::sim::row::Row;

impl World {
    /// Returns the leases whose prints OctoPrint's histories prove to have completed: whoever has lost all else finds them
    /// there, if the coordinator knows what to look for. One that was restored may not.
    fn proved(&self) -> BTreeSet<LeaseId> {
        if self.reached.met(Row::Restored) || self.reached.met(Row::SetBack) {
            return BTreeSet::new();
        }
        let proves = |(lease, (agent, _)): (&LeaseId, &(usize, u64))| {
            let path = format!("{FOLDER}/{}", file_name(*lease));
            let record = self.agents[*agent].octoprint.record(&path)?;
            (0 < record.successes && record.failures == 0).then_some(*lease)
        };
        self.holders.iter().filter_map(proves).collect()
    }

    pub(super) fn at_rest(&mut self) -> bool {
        let Phase::Healed { since } = self.phase else { return false };
        let restless = self.restless();
        if restless.is_empty() {
            self.rested_millis = Some(self.now - since);
            for agent in 0..self.agents.len() {
                self.truth.check_told(&self.agents[agent].completed());
            }
            self.check_balance();
            if let Err(broken) = self.coordinator.check() {
                self.truth.violate(broken);
            }
            return true;
        }
        if HEALS_WITHIN < self.now - since {
            self.truth.violate(format!("still not at rest: {}", restless.join("; ")));
            return true;
        }
        self.later(60_000, Happening::AtRest);
        false
    }

    /// Returns what is not yet told or done.
    fn restless(&self) -> Vec<String> {
        let Some(board) = self.coordinator.board(self.now) else {
            return vec!["no coordinator".to_owned()];
        };
        let mut restless = books::open(&board);
        for agent in self.agents.iter().filter(|agent| agent.machine == Machine::InUse) {
            if agent.is_copy() {
                restless.push(format!("the copy of {} still runs", agent.id));
            }
            let Some(process) = &agent.process else {
                restless.push(format!("{} is down", agent.id));
                continue;
            };
            let supervisor = process.brain.supervisor();
            if supervisor.untold() != 0 || supervisor.run().is_some() {
                let (untold, run) = (supervisor.untold(), supervisor.run());
                restless.push(format!("{} has {untold} untold and runs {run:?}", agent.id));
            }
            restless.extend(agent.uncounted());
        }
        let proved = self.proved();
        restless.extend(self.truth.miscounted(&proved));
        let owed = proved.into_iter().filter(|lease| self.truth.is_owed(*lease));
        restless
            .extend(owed.map(|lease| format!("OctoPrint proves {lease:?}, and nobody found it")));
        restless
    }

    /// Wanted = in flight + printed - bad + outstanding - surplus, for every request.
    pub(in crate::sim) fn check_balance(&mut self) {
        let Some(board) = self.coordinator.board(self.now) else { return };
        if let Some(unbalanced) = books::unbalanced(&board) {
            self.truth.violate(unbalanced);
        }
    }
}
