//! The dispatcher against a person with a notebook: whatever happens in whatever order, both say the same, and
//! every invariant of the design that a dispatcher can break holds after every step.
//!
//! `PROPTEST_CASES=20000` plays so many farms instead of the usual number; `--no-capture` shows what they met.

mod agents;
mod auditor;
mod facts;
mod follows;
mod heal;
pub(crate) mod invariants;
mod mutant;
mod notebook;
mod people;
mod reached;
mod shop;
mod steps;
mod world;

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::strategy::{BoxedStrategy, Just, Strategy};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;

use self::mutant::Mutant;
use self::reached::Reached;
use self::shop::Shop;
pub(crate) use self::world::{Step, World};
use super::Event;

/// How many farms are played when nobody says how many.
const CASES: u32 = 800;

/// The most rounds that a farm without faults needs for all that may have been asked for.
const ROUNDS_MAX: usize = 300;

impl ReferenceStateMachine for World {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(world: &Self) -> BoxedStrategy<Step> {
        steps::next(world)
    }

    fn preconditions(world: &Self, step: &Step) -> bool {
        world.allows(step)
    }

    fn apply(world: Self, step: &Step) -> Self {
        world.after(step)
    }
}

/// A notebook and a dispatcher that hear the same.
struct Play {
    world: World,
    shop: Shop,
    reached: Reached,
}

impl Play {
    fn new(mutant: Mutant) -> Self {
        let world = World::new();
        let mut shop = Shop::new(world.now, mutant);
        shop.take(&World::first(), &world);
        shop.take(&Step::Copies, &world);
        Self { world, shop, reached: Reached { cases: 1, ..Reached::default() } }
    }

    fn take(&mut self, step: &Step) {
        let world = self.world.clone().after(step);
        if let Step::Takes(Event::AgentRevoked { .. }) = step {
            let before = self.shop.farm.dispatcher.board(world.now).totals;
            self.shop.take(step, &world);
            let after = self.shop.farm.dispatcher.board(world.now).totals;
            invariants::i13_whoever_leaves_changes_no_total(before, after);
        } else {
            self.shop.take(step, &world);
        }
        invariants::check(&self.shop, &world);
        self.reached.look(&self.world, step, &world);
        self.world = world;
    }

    /// Lets faults stop: everything must arrive.
    fn heal(&mut self) {
        for event in self.world.heals() {
            self.take(&Step::Takes(event));
        }
        for _ in 0..ROUNDS_MAX {
            let works = self.world.works();
            if works.is_empty() {
                break;
            }
            for event in works {
                self.take(&Step::Takes(event));
            }
        }
        invariants::check_healed(&self.shop, &self.world);
        self.reached.meet("all healed");
    }
}

/// Plays one farm. `seen` counts the steps, so that a failure shrinks from where it was.
fn play(steps: &[Step], seen: Option<&Arc<AtomicUsize>>, mutant: Mutant) -> Reached {
    let mut play = Play::new(mutant);
    for step in steps {
        if let Some(seen) = seen {
            seen.fetch_add(1, Ordering::SeqCst);
        }
        play.take(step);
    }
    play.heal();
    play.reached
}

/// Plays `runner`'s farms, and returns what they met, or how the first fails.
fn play_all(runner: &mut TestRunner, mutant: Mutant) -> Result<Reached, String> {
    let all = RefCell::new(Reached::default());
    let farms = World::sequential_strategy(1..60);
    let shrinks = 0 < runner.config().max_shrink_iters;
    let result = runner.run(&farms, |(_, steps, seen)| {
        let seen = seen.filter(|_| shrinks);
        all.borrow_mut().add(play(&steps, seen.as_ref(), mutant));
        Ok(())
    });
    result.map_err(|error| error.to_string())?;
    Ok(all.into_inner())
}

fn config(cases: u32) -> Config {
    Config { failure_persistence: None, ..Config::with_cases(cases) }
}

/// Plays the same farms in every run.
fn play_the_same(cases: u32, mutant: Mutant) -> Result<Reached, String> {
    let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let once = Config { max_shrink_iters: 0, ..config(cases) };
    play_all(&mut TestRunner::new_with_rng(once, chance), mutant)
}

#[test]
fn the_dispatcher_and_a_person_with_a_notebook_say_the_same() {
    let cases = std::env::var("PROPTEST_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    let reached = play_all(&mut TestRunner::new(config(cases)), Mutant::None);
    println!("{}", reached.unwrap_or_else(|failure| panic!("{failure}")));
}

#[test]
fn everything_that_the_model_is_about_happens_in_it() {
    let reached = play_the_same(600, Mutant::None).unwrap();
    println!("{reached}");
    assert_eq!(reached.rarer_than(4), Vec::<&str>::new());
}

#[track_caller]
fn check(mutant: Mutant, found_by: &str) {
    let failure = play_the_same(400, mutant).expect_err("nobody noticed");
    assert!(failure.contains(found_by), "{mutant:?} was found by another: {failure}");
}

#[test]
fn a_plate_that_is_counted_twice_is_noticed() {
    check(Mutant::EntersTwice, "I1:");
    check(Mutant::CountsAgainWhatWasTold, "I1:");
}

#[test]
fn a_plate_that_is_not_counted_is_noticed() {
    check(Mutant::ForgetsWhatIsLate, "I2:");
    check(Mutant::ForgetsOtherLives, "I2:");
}

#[test]
fn what_is_given_twice_or_late_is_noticed() {
    check(Mutant::GivesAJobTwice, "I3:");
    check(Mutant::NumbersAllAlike, "was given twice");
    check(Mutant::GivesWhatIsWithdrawn, "I5:");
}

#[test]
fn what_goes_on_after_its_end_is_noticed() {
    check(Mutant::MovesWhatIsOver, "went from");
}

#[test]
fn what_is_not_on_the_disk_is_noticed() {
    check(Mutant::LosesAChange, "I7:");
    check(Mutant::ReceiptsBeforeTheCommit, "I10:");
}

#[test]
fn numbers_that_do_not_add_up_are_noticed() {
    check(Mutant::DeliversWhatIsNotThere, "I8:");
    check(Mutant::WritesNothingOff, "I9:");
    check(Mutant::TakesAlongWhatItPrinted, "I13:");
}

#[test]
fn an_epoch_or_a_copy_that_is_overlooked_is_noticed() {
    check(Mutant::WelcomesToALifeThatIsOver, "I11:");
    check(Mutant::KeepsTheEpoch, "I11:");
    check(Mutant::ForgetsToFreeze, "I12:");
}

#[test]
fn a_farm_that_starves_or_swells_is_noticed() {
    check(Mutant::GivesNothing, "I14:");
    check(Mutant::QueuesWithoutLimit, "I15:");
}
