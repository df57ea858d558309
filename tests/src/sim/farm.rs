//! The coordinator's side of the world: decide, commit, send, and being killed in between.

use visorfarm_coordinator::brain::Round;
use visorfarm_coordinator::dispatch::{Change, Entry, EntryKind, Event, LeaseState};
use visorfarm_protocol::id::Epoch;
use visorfarm_protocol::message::{End, Fact, Return};

use super::books;
use super::coordinator::{Command, Deadline, Place};
use super::mutant::Mutant;
use super::row::Row;
use super::truth::PIECES;
use super::world::{Happening, World};

impl World {
    /// The coordinator decides whatever has come in.
    pub(super) fn commit(&mut self) {
        if self.now < self.locked_until {
            self.reached.mark(Row::SlowDatabase);
            let wait = self.locked_until - self.now;
            return self.later(wait, Happening::Commit);
        }
        self.mistake_holders();
        self.mistake_starts();
        let doubled = self.doubled();
        let Some(mut round) = self.coordinator.decide(self.now) else { return };
        round.changes.extend(doubled);
        let deadline = self.coordinator.deadline.filter(|_| !round.changes.is_empty());
        if self.mutant == Some(Mutant::ReceiptBeforeCommit) {
            self.arrive(std::mem::take(&mut round.messages));
        }
        if deadline == Some(Deadline::BeforeCommit) {
            self.reached.mark(Row::CoordinatorKilledBeforeCommit);
            return self.kill_coordinator();
        }
        self.committed(&round);
        if deadline == Some(Deadline::AfterCommit) {
            self.reached.mark(Row::CoordinatorKilledAfterCommit);
            return self.kill_coordinator();
        }
        self.send(round.messages);
    }

    fn committed(&mut self, round: &Round) {
        if round.changes.is_empty() {
            return;
        }
        self.coordinator.commit(&round.changes);
        self.truth.hear(&round.changes);
        self.truth.check_life(&round.changes);
        for change in &round.changes {
            self.tell(|_| format!("committed {change:?}"));
        }
        self.mark_changes(&round.changes);
        if self.chance.percent(5) {
            self.check_balance();
        }
    }

    fn mark_changes(&mut self, changes: &[Change]) {
        let own = |change: &&Change| matches!(change, Change::OutcomeCounted(outcome) if (outcome.end, outcome.ordinal) == (End::Completed, 0));
        let done = |change: &&Change| matches!(change, Change::JobDone { .. });
        // A print whose job another one does, or did.
        if changes.iter().filter(done).count() < changes.iter().filter(own).count() {
            self.reached.mark(Row::Surplus);
        }
        for change in changes {
            match change {
                Change::LeaseMoved { state: LeaseState::Lapsed, .. } => {
                    self.reached.mark(Row::GivenUp);
                }
                Change::AgentFrozen { .. } => self.reached.mark(Row::Copied),
                Change::LeaseGranted(lease) if lease.job.is_none() => {
                    self.reached.mark(Row::ToldAgain);
                }
                _ => {}
            }
        }
    }

    /// The coordinator looks at the time.
    pub(super) fn tick(&mut self) {
        if self.coordinator.mind.is_some() && self.coordinator.inbox.is_empty() {
            self.commit();
        }
        if self.is_healed() {
            self.heed_advice();
        }
        self.later(30_000, Happening::Tick);
    }

    /// A person does as the farm's page advises: releases agents whose copies are switched off by now, gives up plates that
    /// their agents have forgotten, and restores a copy of a farm of which agents know a later life.
    fn heed_advice(&mut self) {
        let Some(board) = self.coordinator.board(self.now) else { return };
        if self.coordinator.old.is_none() && self.is_outlived(board.epoch) {
            return self.renew();
        }
        for agent in books::frozen(&board) {
            self.hear(Command::Event(Event::AgentReleased { agent }));
        }
        for lease in books::forgotten(&board) {
            self.hear(Command::Event(Event::LeaseAbandoned { lease }));
        }
    }

    fn is_outlived(&self, epoch: Epoch) -> bool {
        let known = self
            .agents
            .iter()
            .filter_map(|agent| agent.process.as_ref()?.brain.supervisor().epoch());
        known.max().is_some_and(|known| epoch < known)
    }

    fn renew(&mut self) {
        self.reached.mark(Row::Outlived);
        self.tell(|_| "a person makes a backup and restores it".to_owned());
        self.coordinator.renew(self.now);
        for agent in 0..self.agents.len() {
            self.disconnect(agent);
        }
        self.soon((5_000, 60_000), Happening::CoordinatorStarts);
    }

    /// Kills the coordinator; it is started again soon.
    pub(super) fn kill_coordinator(&mut self) {
        self.tell(|_| "the coordinator is killed".to_owned());
        self.kills += 1;
        self.coordinator.kill();
        for agent in 0..self.agents.len() {
            if !self.agents[agent].misled {
                self.disconnect(agent);
            }
        }
        self.soon((1_000, 60_000), Happening::CoordinatorStarts);
    }

    /// Starts the coordinator on what it remembers.
    pub(super) fn coordinator_starts(&mut self) {
        if self.coordinator.mind.is_none() {
            self.coordinator.start(self.now);
            self.tell(|_| "the coordinator is started".to_owned());
        }
    }

    /// Puts the last backup in the place of the database.
    pub(super) fn restore(&mut self, place: Place, old_runs_for: u64) {
        if !self.coordinator.restore(self.now, place) {
            return;
        }
        match place {
            Place::Copy => self.reached.mark(Row::Restored),
            Place::Snapshot => {
                self.reached.mark(Row::SetBack);
                self.truth.set_back();
            }
        }
        self.tell(|world| {
            format!("the coordinator is restored to {} changes", world.coordinator.changes().len())
        });
        self.truth.forget_but(self.coordinator.changes());
        for agent in 0..self.agents.len() {
            self.disconnect(agent);
            self.agents[agent].misled = 0 < old_runs_for && self.chance.percent(50);
        }
        self.later(old_runs_for, Happening::OldEnds);
        self.soon((5_000, 60_000), Happening::CoordinatorStarts);
    }

    /// The coordinator of before the restore is switched off.
    pub(super) fn old_ends(&mut self) {
        self.coordinator.old = None;
        for agent in 0..self.agents.len() {
            if self.agents[agent].misled {
                self.agents[agent].misled = false;
                self.disconnect(agent);
            }
        }
    }

    /// Lets facts count under leases of others, if that mistake is made.
    fn mistake_holders(&mut self) {
        if self.mutant != Some(Mutant::HolderCheckRemoved) {
            return;
        }
        let mut inbox = std::mem::take(&mut self.coordinator.inbox);
        for command in &mut inbox {
            let Command::Facts { agent, told } = command else { continue };
            let lease = told.facts[0].fact.lease();
            if let Some((holder, _)) = self.holders.get(&lease) {
                *agent = self.agents[*holder].id.clone();
            }
        }
        self.coordinator.inbox = inbox;
    }

    /// Takes each print that is told to have begun for one that is given back, if that mistake is made.
    fn mistake_starts(&mut self) {
        if self.mutant != Some(Mutant::BegunGivenBack) {
            return;
        }
        let told = self.coordinator.inbox.iter_mut().filter_map(|command| match command {
            Command::Facts { told, .. } => Some(told),
            Command::Event(_) => None,
        });
        for numbered in told.flat_map(|told| &mut told.facts) {
            if let Fact::Started { lease, .. } = numbered.fact {
                let note = String::new();
                numbered.fact = Fact::Returned { lease, why: Return::Restarted, note };
            }
        }
    }

    /// Returns an entry for each outcome that is told again, if that mistake is made.
    fn doubled(&self) -> Vec<Change> {
        if self.mutant != Some(Mutant::DedupeRemoved) {
            return Vec::new();
        }
        let counted = |fact: &Fact| {
            let Fact::Ended { lease, ordinal, end: End::Completed, .. } = fact else { return None };
            let known = |change: &Change| matches!(change, Change::OutcomeCounted(outcome) if (outcome.lease, outcome.ordinal) == (*lease, *ordinal));
            self.coordinator.changes().iter().any(known).then_some((*lease, *ordinal))
        };
        let facts = self.coordinator.inbox.iter().flat_map(|command| match command {
            Command::Facts { told, .. } => told.facts.as_slice(),
            Command::Event(_) => &[],
        });
        let entry = |lease| {
            Change::Entered(Entry {
                request: None,
                lease: Some(lease),
                kind: EntryKind::Printed,
                pieces: PIECES.into(),
                at: visorfarm_coordinator::clock::Timestamp(self.now),
            })
        };
        facts.filter_map(|numbered| counted(&numbered.fact)).map(entry).collect()
    }
}
