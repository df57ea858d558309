//! One world: a coordinator and some agents as hosts of turmoil's, and a driver that lets it go on step
//! by step, and lets happen in between what happens outside of any process.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use turmoil::{Builder, Sim};

use super::mutant::Mutant;
use super::reach::{self, BROKER};
use super::rest::Rest;
use super::row::{Reached, Row};
use super::scene::{Happening, Host, Scene, Stage};
use super::shop::Happening as InShop;
use super::{agent, desk, fault};
use crate::sim::agent::NextOrder;
use crate::sim::books;
use crate::sim::chance::Chance;
use crate::sim::coordinator::Command;
use crate::sim::disk::Health;
use crate::sim::truth::{PIECES, Violation};
use crate::sim::world::BEGINS_AT;

/// How far a step goes. Packets arrive at steps; timers strike within them.
const STEP: Duration = Duration::from_millis(40);

/// How long a packet takes when nothing is wrong.
pub(super) const QUICK: Duration = STEP;

/// How many agents there are.
const AGENTS: usize = 3;

/// What one world is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed {
    /// All chance comes from it.
    pub(super) number: u64,
    /// Only so many of its faults happen; all of them without a number.
    pub(super) faults: Option<usize>,
    /// A mistake that is made.
    pub(super) mutant: Option<Mutant>,
}

/// What a world came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What must never be, if it was.
    pub violation: Option<Violation>,
    /// Which faults were met.
    pub reached: Reached,
    /// How many faults were planned.
    pub faults: usize,
    /// How long it existed, in milliseconds.
    pub millis: u64,
    /// How many prints ran.
    pub prints: usize,
    /// How often something was killed.
    pub kills: u64,
    /// What happened.
    pub story: Vec<String>,
}

/// A world.
pub(super) struct World<'a> {
    pub(super) sim: Sim<'a>,
    pub(super) stage: Stage,
}

/// Plays the world of `seed` until it is at rest, or something is wrong.
#[must_use]
pub(super) fn run(seed: Seed) -> Outcome {
    let mut world = World::new(seed);
    world.begin();
    loop {
        let rest = world.step();
        let violated = world.stage.borrow().truth.violation.is_some();
        if violated || rest == Rest::Still {
            return world.outcome();
        }
    }
}

impl World<'_> {
    fn new(seed: Seed) -> Self {
        let mut chance = Chance::new(seed.number);
        reach::begin(chance.split());
        let mut sim = Builder::new()
            .rng_seed(seed.number)
            .tick_duration(STEP)
            .simulation_duration(Duration::MAX)
            .min_message_latency(QUICK)
            .max_message_latency(QUICK)
            .tcp_capacity(1_024)
            .build();
        let stage = Rc::new(RefCell::new(Scene::new(chance, AGENTS, seed)));
        let scene = Rc::clone(&stage);
        sim.host(host(Host::Coordinator), move || desk::serve(Rc::clone(&scene)));
        for shop in 0..AGENTS {
            let scene = Rc::clone(&stage);
            sim.host(host(Host::Agent(shop)), move || agent::live(Rc::clone(&scene), shop));
        }
        Self { sim, stage }
    }

    fn begin(&mut self) {
        let mut scene = self.stage.borrow_mut();
        let at = scene.coordinator.clock(BEGINS_AT);
        scene.coordinator.inbox.push(Command::Event(books::published(at)));
        let pieces = scene.chance.between(8, 16) * u64::from(PIECES);
        scene.request(pieces);
        for index in 0..scene.plan.len() {
            let at = scene.plan[index].at;
            scene.later(at, Happening::Fault(index));
        }
        scene.later(fault::FAULTS_FOR, Happening::Heals);
    }

    fn step(&mut self) -> Rest {
        if let Err(error) = self.sim.step() {
            self.stage.borrow_mut().truth.violate(format!("a process failed: {error}"));
            return Rest::Still;
        }
        self.stage.borrow_mut().stepped_to(self.sim.elapsed());
        self.fell();
        if reach::was_cut() {
            self.stage.borrow_mut().mark(Row::CutUp);
        }
        loop {
            let due = self.stage.borrow_mut().due();
            match due {
                None => return Rest::Moving,
                Some(Happening::AtRest) => {
                    if self.stage.borrow_mut().at_rest() == Rest::Still {
                        return Rest::Still;
                    }
                }
                Some(happening) => self.happen(happening),
            }
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Shop(shop, happening) => {
                self.stage.borrow_mut().happen_in(shop, happening);
            }
            Happening::Starts(started) => {
                let off = self.stage.borrow().is_off(started);
                if !off && !self.sim.is_host_running(host(started)) {
                    self.sim.bounce(host(started));
                }
            }
            Happening::Repaired(shop) => self.repair(shop),
            Happening::SwitchedOff(shop) => self.switch_off(shop),
            Happening::Fault(index) => {
                let planned = self.stage.borrow().plan[index];
                self.befall(planned.shop, planned.fault);
            }
            Happening::Heals => self.heal(),
            Happening::AtRest => unreachable!("it is asked in the loop"),
        }
    }

    /// Kills whoever is to be killed, or has ended by itself.
    fn fell(&mut self) {
        let fallen = std::mem::take(&mut self.stage.borrow_mut().fallen);
        for fallen in fallen {
            self.fall(fallen);
        }
    }

    /// Ends a process; it is started again soon.
    pub(super) fn fall(&mut self, fallen: Host) {
        if !self.sim.is_host_running(host(fallen)) {
            return;
        }
        self.sim.crash(host(fallen));
        let mut scene = self.stage.borrow_mut();
        scene.kills += 1;
        scene.tell(format!("{fallen:?} is killed"));
        match fallen {
            Host::Coordinator => {
                scene.mark(Row::CoordinatorKilled);
                scene.coordinator.kill();
            }
            Host::Agent(shop) => scene.agent_fell(shop),
        }
        scene.soon((1_000, 40_000), Happening::Starts(fallen));
    }

    /// Nothing goes wrong any more: everybody and everything is back soon.
    fn heal(&mut self) {
        for shop in 0..AGENTS {
            self.repair(shop);
        }
        let mut scene = self.stage.borrow_mut();
        scene.locked_until = 0;
        scene.coordinator.deadline = None;
        for shop in 0..scene.shops.len() {
            let found = &mut scene.shops[shop];
            found.doom = None;
            found.fetch_fails = false;
            found.cut_down = false;
            found.next_order = NextOrder::Fine;
            found.disk.set_health(Health::Good);
            scene.soon((1_000, 20_000), Happening::Shop(shop, InShop::OctoPrintStarts));
        }
        scene.finds_the_copy();
        scene.heals();
    }

    fn outcome(&self) -> Outcome {
        let scene = self.stage.borrow();
        Outcome {
            violation: scene.truth.violation.clone(),
            reached: scene.reached.clone(),
            faults: scene.plan.len(),
            millis: scene.now() - BEGINS_AT,
            prints: scene.truth.prints(),
            kills: scene.kills,
            story: scene.lines(),
        }
    }
}

/// Returns a host's name in turmoil's network.
pub(super) fn host(host: Host) -> &'static str {
    match host {
        Host::Coordinator => BROKER.0,
        Host::Agent(shop) => ["a0", "a1", "a2", "copy"][shop],
    }
}
