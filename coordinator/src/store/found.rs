//! A database in which something is as it cannot have become is found out.

use visorfarm_protocol::message::{End, Fact};

use super::tests::{NOW, lyon, play};
use super::{Store, check};
use crate::dispatch::testing::ended;

/// Does something to a farm that has counted one plate of four, and gives another; behind the back of
/// all that forbids it.
#[track_caller]
fn check_found(deed: &str, invariant: &str) {
    let (mut farm, folder) = play(&[]);
    let (mut store, _) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Completed));
    farm.tell("a", Fact::Judged { lease: grant.lease, ordinal: 0, good: 3, bad: 1 });
    let second = farm.ask("b").unwrap();
    farm.tell("b", Fact::Accepted { lease: second.lease });
    store.commit(&farm.changes).unwrap();
    assert_eq!(check(folder.path()).unwrap(), vec![]);
    let guards: Vec<String> = {
        let guards = "SELECT sql FROM sqlite_master WHERE type = 'trigger'";
        let mut guards = store.connection.prepare(guards).unwrap();
        let guards = guards.query_map([], |row| row.get(0)).unwrap();
        guards.collect::<Result<_, _>>().unwrap()
    };
    let unguarded = "PRAGMA foreign_keys = OFF; DROP INDEX one_live_lease_per_printer;
        DROP TRIGGER ledger_never_changes; DROP TRIGGER outcomes_never_change;
        DROP TRIGGER ledger_never_shrinks; DROP TRIGGER outcomes_never_shrink;";
    store.connection.execute_batch(&format!("{unguarded} {deed}")).unwrap();
    for guard in guards {
        store.connection.execute_batch(&guard).ok();
    }
    let broken = check(folder.path()).unwrap();
    assert!(broken.iter().any(|it| it.invariant.contains(invariant)), "{deed}: {broken:?}");
}

#[test]
fn a_database_that_counts_wrong_is_found_out() {
    let again = "INSERT INTO ledger (request, lease, ordinal, kind, pieces, at)
        SELECT request, lease, ordinal, kind, pieces, at FROM ledger WHERE kind =";
    check_found(&format!("{again} 'printed'"), "every completed print is counted once");
    check_found("UPDATE outcomes SET end = 'failed'", "no print that failed or was cancelled");
    check_found(
        "UPDATE outcomes SET end = 'unknown'; UPDATE judgements SET bad = 0",
        "counts what a person saw on the bed",
    );
    check_found(&format!("{again} 'good'"), "good and bad pieces are those of the last look");
    check_found("UPDATE ledger SET ordinal = 1 WHERE kind = 'bad'", "no entry counts a print");
    check_found(
        "UPDATE ledger SET request = NULL WHERE kind = 'printed'",
        "counted for the request its lease was given for",
    );
    check_found(
        "INSERT INTO ledger (request, kind, pieces, at) VALUES (1, 'delivered', 4, 0)",
        "no more is delivered than is good",
    );
    check_found("UPDATE ledger SET pieces = -4 WHERE kind = 'wanted'", "asked for something");
}

#[test]
fn a_database_that_gives_wrong_is_found_out() {
    check_found(
        "UPDATE leases SET printer = 'p', agent = 'b', state = 'printing'",
        "a printer has one live lease at most",
    );
    check_found("UPDATE leases SET state = 'lapsed' WHERE state = 'accepted'", "a leased job has");
    check_found("UPDATE leases SET state = 'lapsed' WHERE state = 'ended'", "a lease has ended if");
    check_found("UPDATE leases SET request = 99", "every reference leads somewhere");
    check_found(
        "INSERT INTO jobs (request, state) VALUES (1, 'queued');
         UPDATE ledger SET pieces = 4 WHERE kind = 'wanted'",
        "nothing waits in the queue for a request that is owed nothing",
    );
    check_found(
        "UPDATE jobs SET state = 'withdrawn' WHERE state = 'queued'",
        "whatever an open request is owed waits in the queue",
    );
    // One of two plates is forgotten.
    check_found(
        "UPDATE jobs SET state = 'withdrawn' WHERE id =
             (SELECT max(id) FROM jobs WHERE state = 'queued')",
        "whatever an open request is owed waits in the queue",
    );
}

#[test]
fn a_database_that_tells_two_stories_is_found_out() {
    for (deed, invariant) in [
        (
            "UPDATE outcomes SET pieces = 40; UPDATE ledger SET pieces = 40 WHERE kind = 'printed'",
            "the pieces of its lease's plate",
        ),
        ("UPDATE outcomes SET agent = 'b'", "its lease's printer"),
        (
            "UPDATE leases SET pieces = 8 WHERE state = 'ended'",
            "bears its own name, and the pieces of its plate",
        ),
        ("UPDATE leases SET number = 77 WHERE state = 'ended'", "bears its own name"),
        ("UPDATE leases SET plate = '' WHERE state = 'ended'", "bears its own name"),
        ("UPDATE leases SET detail = 'failed' WHERE state = 'ended'", "tells how its print did"),
        ("UPDATE leases SET detail = NULL WHERE state = 'ended'", "tells how its print did"),
        (
            "UPDATE jobs SET state = 'done', lease = NULL WHERE state = 'leased'",
            "a live lease has its job",
        ),
        (
            "UPDATE jobs SET state = 'queued', lease = NULL WHERE state = 'leased'",
            "a live lease has its job",
        ),
        (
            "INSERT INTO requests SELECT 2, design, revision, title, at, state, priority, due
                 FROM requests; UPDATE leases SET request = 2 WHERE state = 'accepted'",
            "of one another",
        ),
        ("UPDATE requests SET design = 'other'", "of one another"),
        ("UPDATE moves SET agent = 'c'", "its own printer's"),
        ("UPDATE moves SET state = 'lost'", "its own printer's"),
        (
            "UPDATE outcomes SET end = 'unknown'; UPDATE leases SET state = 'printing'
                 WHERE state = 'ended'",
            "a lease has ended if and only if",
        ),
        (
            "DELETE FROM ledger WHERE kind IN ('good', 'bad')",
            "good and bad pieces are those of the last look",
        ),
        (
            "INSERT INTO ledger (request, kind, pieces, at) VALUES (1, 'delivered', -1, 0)",
            "no less than nothing",
        ),
        (
            "UPDATE ledger SET (lease, ordinal) = (SELECT lease, ordinal FROM outcomes)
                 WHERE kind = 'wanted'",
            "asked for by nobody's print",
        ),
        ("INSERT INTO jobs (request, state) VALUES (1, 'queued')", "and no more"),
        ("DELETE FROM meta WHERE key = 'epoch'", "knows its life"),
    ] {
        check_found(deed, invariant);
    }
}

#[test]
fn a_database_without_its_guards_is_found_out() {
    let (_, folder) = play(&[]);
    let (store, _) = Store::open(folder.path(), &lyon(), NOW).unwrap();
    store.connection.execute_batch("DROP TRIGGER ledger_never_shrinks").unwrap();
    let broken = check(folder.path()).unwrap();
    assert!(broken.iter().any(|it| it.found == "ledger_never_shrinks is gone"), "{broken:?}");
}
