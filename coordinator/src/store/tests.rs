//! What was committed is what comes back.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use tempfile::TempDir;
use visorfarm_protocol::id::{Epoch, FarmId};
use visorfarm_protocol::message::End;

use super::{Hold, Store, check};
use crate::clock::Timestamp;
use crate::dispatch::model::invariants::durable;
use crate::dispatch::model::{Step, World};
use crate::dispatch::testing::{Farm, ended};
use crate::dispatch::{Change, Life};

pub(super) const NOW: Timestamp = Timestamp(1_000_000);

pub(super) fn lyon() -> FarmId {
    "lyon".parse().unwrap()
}

/// Plays what is heard in `steps`, with a commit after each, as the shell does, and returns farm and folder.
pub(super) fn play(steps: &[Step]) -> (Farm, TempDir) {
    let folder = TempDir::new().unwrap();
    let (mut store, _) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    let mut farm = Farm::new();
    for name in ["a", "b", "c"] {
        farm.hello(name, &[]);
    }
    farm.request(12);
    for step in steps {
        match step {
            Step::Takes(event) => drop(farm.put(event.clone())),
            Step::Passes(seconds) => farm.pass(*seconds),
            Step::DiesOver(_)
            | Step::Sleeps(_)
            | Step::Restarts
            | Step::Copies
            | Step::Restores => {}
        }
        store.commit(&std::mem::take(&mut farm.changes)).unwrap();
    }
    store.commit(&std::mem::take(&mut farm.changes)).unwrap();
    (farm, folder)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn state_is_what_the_disk_says((_, steps, _) in World::sequential_strategy(1..40)) {
        let (farm, folder) = play(&steps);
        let (_, loaded) = Store::open(folder.path(), &lyon(), NOW).unwrap();
        let mut expected = farm.dispatcher.clone();
        // The test's farm was not opened from this database.
        expected.epoch = loaded.epoch;
        expected.next.lease = loaded.next.lease;
        prop_assert_eq!(durable(&expected), durable(&loaded));
        prop_assert_eq!(check(folder.path()).unwrap(), vec![]);
    }
}

#[test]
fn the_ledger_and_the_outcomes_cannot_be_rewritten() {
    let (mut farm, folder) = play(&[]);
    let (mut store, _) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Completed));
    store.commit(&farm.changes).unwrap();
    for statement in [
        "UPDATE ledger SET pieces = 1",
        "DELETE FROM ledger",
        "UPDATE outcomes SET pieces = 1",
        "DELETE FROM outcomes",
    ] {
        let error = store.connection.execute_batch(statement).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[test]
fn a_restored_copy_begins_a_new_epoch_and_the_original_does_not() {
    let (_, folder) = play(&[]);
    let (_, original) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    let restored = TempDir::new().unwrap();
    Store::backup(folder.path(), &restored.path().join(super::FILE_NAME)).unwrap();
    let (_, again) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    assert_eq!(again.epoch, original.epoch);
    let (_, first) = Store::open(restored.path(), &lyon(), NOW).unwrap();
    assert!(original.epoch < first.epoch);
    let (_, second) = Store::open(restored.path(), &lyon(), NOW).unwrap();
    assert_eq!(first.epoch, second.epoch);
}

#[test]
fn a_restored_copy_remembers_what_it_had_not_given() {
    let (mut farm, folder) = play(&[]);
    let (mut store, original) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    // The test's farm lives in an epoch of its own.
    farm.dispatcher.epoch = original.epoch;
    assert_eq!(farm.ask("a").unwrap().lease.number, 1);
    store.commit(&std::mem::take(&mut farm.changes)).unwrap();
    let restored = TempDir::new().unwrap();
    Store::backup(folder.path(), &restored.path().join(super::FILE_NAME)).unwrap();
    let (_, restored) = Store::open(restored.path(), &lyon(), NOW).unwrap();
    assert_eq!(original.lives, []);
    let life = Life { epoch: original.epoch, next_request: 2 };
    assert_eq!(restored.lives, [life]);
}

#[test]
fn a_life_that_began_while_it_was_served_is_remembered_with_the_one_that_ended() {
    let (_, folder) = play(&[]);
    let (mut store, original) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    let ended = Life { epoch: original.epoch, next_request: 2 };
    let epoch = Epoch(original.epoch.0 + 7);
    store.commit(&[Change::LifeBegan { ended, epoch }]).unwrap();
    drop(store);
    let (_, loaded) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    assert_eq!((loaded.epoch, loaded.lives), (epoch, vec![ended]));
    assert_eq!(check(folder.path()).unwrap(), vec![]);
}

#[test]
fn a_copy_takes_the_place_of_a_database_that_was_killed_with_its_log() {
    let (mut farm, folder) = play(&[]);
    let copy = folder.path().join("copy.db");
    Store::backup(folder.path(), &copy).unwrap();
    assert!(Store::backup(folder.path(), &copy).is_err(), "no copy is overwritten");
    let (mut store, original) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    farm.request(100);
    store.commit(&farm.changes).unwrap();
    // Killed: its log is not written back.
    std::mem::forget(store);
    let log = folder.path().join("farm.db-wal");
    assert!(0 < log.metadata().unwrap().len());

    let later = NOW + std::time::Duration::from_hours(1);
    let kept = Store::restore(folder.path(), &copy, later).unwrap().unwrap();
    assert!(kept.join("farm.db-wal").exists());
    let (_, restored) = Store::open(folder.path(), &lyon(), later).unwrap();
    assert!(original.epoch < restored.epoch);
    assert_eq!((original.requests.len(), restored.requests.len()), (1, 1));
    assert_eq!(check(folder.path()).unwrap(), vec![]);
}

#[test]
fn a_copy_that_is_restored_again_while_the_clock_stands_behind_begins_a_later_life_than_the_first_time()
 {
    let (_, folder) = play(&[]);
    let copy = folder.path().join("copy.db");
    Store::backup(folder.path(), &copy).unwrap();
    let epochs = [2, 1].map(|hours| {
        let now = NOW + std::time::Duration::from_hours(hours);
        Store::restore(folder.path(), &copy, now).unwrap().expect("one was there before");
        Store::open(folder.path(), &lyon(), now).unwrap().1.epoch
    });
    assert!(epochs[0] < epochs[1], "{epochs:?}: agents take the later one for an old coordinator");
}

#[test]
fn a_copy_is_not_opened_beside_the_log_of_another_database() {
    let (_, folder) = play(&[]);
    let copy = folder.path().join("copy.db");
    Store::backup(folder.path(), &copy).unwrap();
    let (store, _) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    store.connection.execute_batch("CREATE TABLE more (x)").unwrap();
    std::mem::forget(store);
    std::fs::rename(&copy, folder.path().join(super::FILE_NAME)).unwrap();
    let error = Store::open(folder.path(), &lyon(), NOW).unwrap_err();
    assert!(error.to_string().contains("restore FILE"), "{error}");
}

#[test]
fn only_a_copy_is_restored_and_only_into_a_folder_that_nobody_serves() {
    let (_, folder) = play(&[]);
    let error = Store::restore(folder.path(), &folder.path().join(super::FILE_NAME), NOW);
    assert!(error.unwrap_err().to_string().contains("is no copy"));
    let copy = folder.path().join("copy.db");
    Store::backup(folder.path(), &copy).unwrap();
    let _serves = Hold::take(folder.path()).unwrap();
    let error = Store::restore(folder.path(), &copy, NOW).unwrap_err();
    assert!(error.to_string().contains("another coordinator serves"), "{error}");
}

#[test]
fn a_database_of_another_farm_is_refused() {
    let (_, folder) = play(&[]);
    let error = Store::open(folder.path(), &"paris".parse().unwrap(), NOW).unwrap_err();
    assert!(error.to_string().contains("--farm lyon"), "{error}");
}
