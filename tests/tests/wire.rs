//! Worlds of the agents' real shells and the real MQTT client: see `visorfarm_tests::sim::wire`.

use visorfarm_tests::sim::wire::mutant::Mutant;
use visorfarm_tests::sim::wire::{SUITE, explain, play, play_many};

/// A mistake that so many worlds do not show is not caught.
const CAUGHT_WITHIN: u64 = 400;

/// Of how many bad worlds one must say what the mistake is known by: it may break something else first.
const BAD_WORLDS: usize = 2;

#[test]
fn in_forty_worlds_of_real_shells_every_plate_is_counted_once_and_every_fault_is_met() {
    let tally = play_many(1, SUITE, None, 1);
    if let Some(seed) = tally.failed.first() {
        panic!("{}", explain(*seed, None).expect("it failed a moment ago"));
    }
    let missed = tally.must_have_met();
    assert!(missed.is_empty(), "never met: {missed:?}\n{}", tally.report());
}

/// Some world in which a mistake is made says `what` it is known by.
#[track_caller]
fn check_caught(mutant: Mutant, what: &str) {
    let tally = play_many(1, CAUGHT_WITHIN, Some(mutant), BAD_WORLDS);
    let broken =
        |seed: &u64| play(*seed, Some(mutant)).violation.expect("it failed a moment ago").0;
    let broken: Vec<_> = tally.failed.iter().map(broken).collect();
    assert!(broken.iter().any(|broken| broken.contains(what)), "{mutant:?}: {broken:?}");
}

#[test]
fn in_some_world_of_real_shells_facts_that_are_told_once_are_caught() {
    check_caught(Mutant::FactsToldOnce, "untold");
}

#[test]
fn in_some_world_of_real_shells_a_receipt_before_the_commit_is_caught() {
    check_caught(Mutant::ReceiptBeforeCommit, "nobody has set the database back");
}

#[test]
fn in_some_world_of_real_shells_a_journal_that_is_not_synced_is_caught() {
    check_caught(Mutant::FsyncRemoved, "is given back (Restarted), and was begun");
}

#[test]
fn a_world_of_real_shells_comes_from_its_seed_alone() {
    for seed in [3, 6, 25] {
        let [one, other] = [play(seed, None), play(seed, None)];
        let differs = one.story.iter().zip(&other.story).find(|(one, other)| one != other);
        assert_eq!(differs, None);
        assert_eq!(one, other);
    }
}
