//! The dispatcher as its shell runs it: decides, commits, and only then sends. Its disk keeps every change.

use std::collections::BTreeSet;

use visorfarm_protocol::id::{AgentId, Epoch, LeaseId};
use visorfarm_protocol::message::{Down, Fact, Numbered};

use super::super::testing::{EPOCH, Farm};
use super::super::{Answer, Change, Dispatcher, Event, Life};
use super::auditor::Auditor;
use super::mutant::Mutant;
use super::world::{Step, World};
use crate::clock::Timestamp;

/// The coordinator.
pub(super) struct Shop {
    pub(super) farm: Farm,
    pub(super) disk: Disk,
    copy: Disk,
    /// What was sent after the last commit.
    pub(super) sent: Vec<(AgentId, Down)>,
    /// The prints whose end was receipted in this life of the database.
    pub(super) receipted: BTreeSet<(LeaseId, u32)>,
    /// Every lease that was given in any life.
    pub(super) given: BTreeSet<LeaseId>,
    pub(super) mutant: Mutant,
}

/// What survives a loss of power.
#[derive(Clone)]
pub(super) struct Disk {
    epoch: Epoch,
    lives: Vec<Life>,
    changes: Vec<Change>,
    /// What a dispatcher is that read all of it, in order.
    pub(super) replayed: Dispatcher,
    /// Who reads all of it, in order.
    pub(super) auditor: Auditor,
}

impl Disk {
    fn new(epoch: Epoch, lives: Vec<Life>) -> Self {
        let mut replayed = Dispatcher::new("lyon".parse().unwrap(), epoch);
        for life in &lives {
            replayed.lived(*life);
        }
        Self { epoch, lives, changes: vec![], replayed, auditor: Auditor::default() }
    }

    fn commit(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.auditor.read(&change);
            self.replayed.apply(&change);
            self.changes.push(change);
        }
    }

    /// Returns a disk with the same changes, in another life.
    fn reborn(&self, epoch: Epoch) -> Self {
        let mut lives = self.lives.clone();
        lives.push(self.replayed.life());
        let mut disk = Self::new(epoch, lives);
        disk.commit(self.changes.clone());
        disk
    }

    /// Reads everything anew.
    fn load(&self) -> Dispatcher {
        let mut again = Self::new(self.epoch, self.lives.clone());
        again.commit(self.changes.clone());
        again.replayed
    }
}

impl Shop {
    pub(super) fn new(now: Timestamp, mutant: Mutant) -> Self {
        let disk = Disk::new(EPOCH, vec![]);
        let mut farm = Farm::of(disk.load());
        farm.decides = mutant.decides();
        farm.dispatcher.listen(now);
        let (receipted, given) = (BTreeSet::new(), BTreeSet::new());
        Self { farm, copy: disk.clone(), disk, sent: vec![], receipted, given, mutant }
    }

    /// Does what the world just did.
    pub(super) fn take(&mut self, step: &Step, world: &World) {
        self.farm.now = world.now;
        self.sent.clear();
        match step {
            Step::Takes(event) => {
                let answer = self.farm.put(event.clone());
                self.commit();
                self.receipt(event, &answer);
            }
            Step::DiesOver(event) => {
                let answer = self.farm.put(event.clone());
                if self.mutant == Mutant::ReceiptsBeforeTheCommit {
                    self.receipt(event, &answer);
                }
                self.restart();
            }
            Step::Passes(_) => self.settle(),
            Step::Sleeps(_) => {
                self.farm.dispatcher.listen(world.now);
                self.settle();
            }
            Step::Restarts => self.restart(),
            Step::Copies => self.copy = self.disk.clone(),
            Step::Restores => {
                self.disk = if self.mutant == Mutant::KeepsTheEpoch {
                    self.copy.clone()
                } else {
                    self.copy.reborn(Epoch(EPOCH.0 + world.lives))
                };
                self.receipted.clear();
                self.restart();
            }
        }
    }

    fn settle(&mut self) {
        self.farm.put(Event::Settle);
        self.commit();
    }

    fn commit(&mut self) {
        let mut changes = std::mem::take(&mut self.farm.changes);
        if self.mutant == Mutant::LosesAChange {
            changes.pop_if(|change| matches!(change, Change::JobQueued { .. }));
        }
        for change in &changes {
            if let Change::LeaseGranted(lease) = change
                && lease.state.is_live()
            {
                let fresh = self.given.insert(lease.id);
                assert!(fresh, "I4: {:?} was given twice: its plate would start twice", lease.id);
            }
        }
        self.disk.commit(changes);
        self.sent.append(&mut self.farm.sent);
    }

    /// What was not committed is gone, and was not sent.
    fn restart(&mut self) {
        self.farm.changes.clear();
        self.farm.sent.clear();
        self.farm.dispatcher = self.disk.load();
        self.farm.dispatcher.listen(self.farm.now);
        self.settle();
    }

    fn receipt(&mut self, event: &Event, answer: &Answer) {
        let Event::Told { agent, printer, numbered: Numbered { fact, .. } } = event else { return };
        let Fact::Ended { lease, ordinal, .. } = fact else { return };
        let lease = (*lease, *ordinal);
        let holder = self.farm.dispatcher.leases.get(&lease.0).map(|known| &known.holder);
        let own = holder.is_some_and(|own| own.agent == *agent && own.printer == *printer);
        if own && *answer != Answer::Later {
            self.receipted.insert(lease);
        }
    }
}
