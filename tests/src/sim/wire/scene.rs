//! What outlives processes: the makers' shops, the coordinator's database, the truth, and the queue of
//! what happens next outside of any process. Processes hold it in their turn, and never while they
//! wait.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use visorfarm_protocol::id::{AgentId, LeaseId};

use super::fault::Planned;
use super::mutant::Mutant;
use super::row::{Reached, Row};
use super::shop::Shop;
use super::world::Seed;
use crate::sim::agent::Machine;
use crate::sim::books;
use crate::sim::chance::Chance;
use crate::sim::coordinator::{Coordinator, Kept};
use crate::sim::truth::Truth;
use crate::sim::world::BEGINS_AT;

/// The scene, as the driver and the processes share it: one thread runs them all.
pub(super) type Stage = Rc<RefCell<Scene>>;

/// A machine of this world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Host {
    /// The coordinator's.
    Coordinator,
    /// An agent's.
    Agent(usize),
}

/// Whether faults still come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Faulty,
    Healed { since: u64 },
}

/// What happens next outside of any process.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "most happen in shops, and a few wait at a time")]
pub(super) enum Happening {
    /// Something concerns one shop.
    Shop(usize, super::shop::Happening),
    /// A host is switched on.
    Starts(Host),
    /// A network is as it should be again.
    Repaired(usize),
    /// The copy of a machine is switched off for good.
    SwitchedOff(usize),
    /// A fault of the plan.
    Fault(usize),
    /// Faults end.
    Heals,
    /// Is everything told and done?
    AtRest,
}

/// The scene.
pub(super) struct Scene {
    /// The coordinator's mind, and the database that survives it.
    pub(super) coordinator: Coordinator,
    /// One for each agent.
    pub(super) shops: Vec<Shop>,
    /// What really happened.
    pub(super) truth: Truth,
    /// Which faults were met.
    pub(super) reached: Reached,
    /// Where all chance comes from.
    pub(super) chance: Chance,
    /// What is done wrong.
    pub(super) mutant: Option<Mutant>,
    pub(super) plan: Vec<Planned>,
    pub(super) phase: Phase,
    /// Hosts whose process ended by itself, or is to be killed.
    pub(super) fallen: Vec<Host>,
    /// A commit waits until then.
    pub(super) locked_until: u64,
    /// When each lease was granted first.
    pub(super) granted: BTreeMap<LeaseId, u64>,
    /// To whom each lease was granted first.
    pub(super) holders: BTreeMap<LeaseId, AgentId>,
    /// The highest number of the facts that each journal has told.
    pub(super) told: BTreeMap<usize, u64>,
    /// How often something was killed.
    pub(super) kills: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    queued: u64,
    stepped: u64,
    /// What happened, and when.
    pub(super) story: Vec<(u64, String)>,
}

impl Scene {
    /// Returns the scene before anything is switched on.
    #[must_use]
    pub(super) fn new(mut chance: Chance, shops: usize, seed: Seed) -> Self {
        let Seed { mutant, faults, .. } = seed;
        let mut plan = super::fault::plan(&mut chance.split(), shops);
        plan.truncate(faults.unwrap_or(usize::MAX));
        Self {
            coordinator: Coordinator::new(Kept::Database, BEGINS_AT),
            shops: (0..shops).map(|index| Shop::new(index, mutant)).collect(),
            truth: Truth::default(),
            reached: Reached::default(),
            plan,
            chance,
            mutant,
            phase: Phase::Faulty,
            fallen: Vec::new(),
            locked_until: 0,
            granted: BTreeMap::new(),
            holders: BTreeMap::new(),
            told: BTreeMap::new(),
            kills: 0,
            queue: BTreeMap::new(),
            queued: 0,
            stepped: BEGINS_AT,
            story: Vec::new(),
        }
    }

    /// Returns the time, in milliseconds since 1970.
    #[must_use]
    pub(super) fn now(&self) -> u64 {
        // Within a process its own clock runs ahead of the last step.
        turmoil::sim_elapsed().map_or(self.stepped, at)
    }

    /// Takes note that the world has gone on by a step.
    pub(super) fn stepped_to(&mut self, elapsed: std::time::Duration) {
        self.stepped = at(elapsed);
    }

    /// Returns what is due, in order.
    pub(super) fn due(&mut self) -> Option<Happening> {
        let first = self.queue.first_entry()?;
        (first.key().0 <= self.stepped).then(|| first.remove())
    }

    /// Lets something happen in `millis`.
    pub(super) fn later(&mut self, millis: u64, happening: Happening) {
        self.queued += 1;
        self.queue.insert((self.now() + millis, self.queued), happening);
    }

    /// Lets something happen after a time between these two.
    pub(super) fn soon(&mut self, (least, most): (u64, u64), happening: Happening) {
        let millis = self.chance.between(least, most);
        self.later(millis, happening);
    }

    /// Takes note of what happened.
    pub(super) fn tell(&mut self, line: String) {
        self.story.push((self.now(), line));
    }

    /// Takes note that a fault was met.
    pub(super) fn mark(&mut self, row: Row) {
        self.reached.mark(row);
    }

    /// Says whether a machine is switched off for good.
    #[must_use]
    pub(super) fn is_off(&self, host: Host) -> bool {
        match host {
            Host::Coordinator => false,
            Host::Agent(shop) => self.shops[shop].machine == Machine::Off,
        }
    }

    /// Says whether faults are over.
    #[must_use]
    pub(super) fn is_healed(&self) -> bool {
        matches!(self.phase, Phase::Healed { .. })
    }

    /// Returns the story, to be read.
    #[must_use]
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |(at, line): &(u64, String)| format!("{} {line}", books::clock(at - BEGINS_AT));
        self.story.iter().map(line).collect()
    }
}

fn at(elapsed: std::time::Duration) -> u64 {
    BEGINS_AT + u64::try_from(elapsed.as_millis()).expect("a world lasts hours")
}
