//! The supervisor at a printer that does what printers do, between a maker and a coordinator who do what people and
//! networks do. Whatever happens in whatever order: no start on a guess, and what is told is what came off the bed.
//!
//! `PROPTEST_CASES=20000` plays so many workshops instead of the usual number; `--no-capture` shows what they met.

mod invariants;
mod mutant;
mod printer;
mod reached;
mod scene;
mod step;
mod steps;
mod workshop;

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::strategy::{BoxedStrategy, Just, Strategy};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;
use visorfarm_protocol::message::End;

use self::mutant::Mutant;
use self::reached::Reached;
use self::scene::Scene;
use self::step::{AgentStep, FarmStep, MakerStep, OctoStep, Step};
use self::workshop::Workshop;

/// How many workshops are played when nobody says how many.
const CASES: u32 = 1_500;

/// How often a workshop without faults waits for witnesses: at first for all that was in the way, then for a plate
/// or two that go as plates should.
const WAITS: [usize; 3] = [8, 2, 1];

impl ReferenceStateMachine for Scene {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(scene: &Self) -> BoxedStrategy<Step> {
        steps::next(scene)
    }

    fn apply(scene: Self, step: &Step) -> Self {
        scene.after(*step)
    }
}

impl Workshop {
    fn play(&mut self, step: Step) {
        let after = self.scene.clone().after(step);
        self.take(step, &after);
        invariants::check(self);
        self.reached.steps += 1;
    }

    fn completed(&self) -> usize {
        self.bench.ends().iter().filter(|(_, end)| *end == End::Completed).count()
    }

    /// Lets faults stop: everything must arrive, and the next plates are printed.
    fn heal(&mut self) {
        let calm = [
            Step::Turns(1),
            Step::Agent(AgentStep::Wakes),
            Step::Octo(OctoStep::Shows),
            Step::Octo(OctoStep::OpensTheSocket),
            Step::Maker(MakerStep::Resumes),
            Step::Maker(MakerStep::SaysOfTheSpool(Some(1_000))),
            Step::Passes(700),
            Step::Farm(FarmStep::Connects),
        ];
        let prints = [
            Step::Farm(FarmStep::Grants),
            Step::Agent(AgentStep::Works),
            Step::Agent(AgentStep::IsObeyed),
            Step::Octo(OctoStep::IsDone),
            Step::Octo(OctoStep::StandsStill),
        ];
        let waits = [Step::Passes(10), Step::Agent(AgentStep::Works)];
        let ends = [
            Step::Maker(MakerStep::ClearsTheBed(Some(0))),
            Step::Maker(MakerStep::ClearsTheBed(None)),
            Step::Passes(30),
            Step::Farm(FarmStep::Receipts),
        ];
        let before = self.completed();
        for step in calm {
            self.play(step);
        }
        for rounds in WAITS {
            let waits = waits.iter().cycle().take(2 * rounds);
            prints.iter().chain(waits).chain(&ends).for_each(|step| self.play(*step));
        }
        invariants::check_healed(self, before);
        self.reached.meet("all healed");
    }
}

/// Plays one workshop. `seen` counts the steps, so that a failure shrinks from where it was.
fn play(steps: &[Step], seen: Option<&Arc<AtomicUsize>>, mutant: Mutant) -> Reached {
    let mut shop = Workshop::new(Scene::new(), mutant);
    for step in steps {
        if let Some(seen) = seen {
            seen.fetch_add(1, Ordering::SeqCst);
        }
        shop.play(*step);
    }
    shop.heal();
    shop.reached.cases = 1;
    shop.reached
}

/// Plays `runner`'s workshops, and returns what they met, or how the first fails.
fn play_all(runner: &mut TestRunner, mutant: Mutant) -> Result<Reached, String> {
    let all = RefCell::new(Reached::default());
    let workshops = Scene::sequential_strategy(1..80);
    let shrinks = 0 < runner.config().max_shrink_iters;
    let result = runner.run(&workshops, |(_, steps, seen)| {
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

/// Plays the same workshops in every run.
fn play_the_same(cases: u32, mutant: Mutant) -> Result<Reached, String> {
    let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let once = Config { max_shrink_iters: 0, ..config(cases) };
    play_all(&mut TestRunner::new_with_rng(once, chance), mutant)
}

#[test]
fn whatever_happens_nothing_starts_on_a_guess_and_what_is_told_is_true() {
    let cases = std::env::var("PROPTEST_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    let reached = play_all(&mut TestRunner::new(config(cases)), Mutant::None);
    println!("{}", reached.unwrap_or_else(|failure| panic!("{failure}")));
}

#[test]
fn everything_that_the_model_is_about_happens_in_it() {
    let reached = play_the_same(400, Mutant::None).unwrap();
    println!("{reached}");
    assert_eq!(reached.rarer_than(3), Vec::<&str>::new());
}

#[track_caller]
fn check(mutant: Mutant, found_by: &str) {
    let failure = play_the_same(400, mutant).expect_err("nobody noticed");
    assert!(failure.contains(found_by), "{mutant:?} was found by another: {failure}");
}

#[test]
fn a_start_that_is_ordered_twice_or_too_early_is_noticed() {
    check(Mutant::StartsAgainWhenUnsure, "I4:");
    check(Mutant::StartsBeforeItWrites, "I4:");
}

#[test]
fn a_start_that_nobody_agreed_to_is_noticed() {
    check(Mutant::StartsOnAnyBed, "I5:");
    check(Mutant::StartsAgainstTheWish, "I5:");
    check(Mutant::StartsAtAnyHour, "I5:");
    check(Mutant::StartsLate, "I5:");
    check(Mutant::StartsWithoutFilament, "I5:");
    check(Mutant::StartsThoughFrozen, "I12:");
}

#[test]
fn a_tale_that_is_not_true_or_not_told_is_noticed() {
    check(Mutant::GuessesTheEnd, "I2:");
    check(Mutant::ReadsNoHistory, "I2:");
    check(Mutant::BelievesAReceiptForTheCopy, "I10:");
    check(Mutant::ForgetsWhichLifeItTold, "I11:");
}

#[test]
fn what_is_not_in_the_journal_or_swells_is_noticed() {
    check(Mutant::LosesAChange, "I7:");
    check(Mutant::SaysTooMuch, "I15:");
}
