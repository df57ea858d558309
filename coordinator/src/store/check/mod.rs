//! The invariants, asked of the rows: what is counted must follow from what happened, whoever
//! wrote it. Read-only; it may run while a coordinator serves.

mod counts;
mod leases;
mod queue;

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde::Serialize;

use self::counts::COUNTS;
use self::leases::LEASES;
use self::queue::QUEUE;
use super::{BUSY_TIMEOUT, FILE_NAME, StoreError};

/// One invariant that does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// What should hold.
    pub invariant: &'static str,
    /// Where it does not.
    pub found: String,
}

struct Invariant {
    holds: &'static str,
    /// Returns one row of text for each place where it does not hold.
    violations: &'static str,
}

/// The last judgement of each print, what is counted of it, and what each request is still owed: wanted - (printed - bad) -
/// in flight.
const SUMS: &str = "
    WITH judged AS (
        SELECT lease, ordinal, good, bad FROM judgements AS j
        WHERE seq = (SELECT max(seq) FROM judgements AS k
                     WHERE (k.lease, k.ordinal) = (j.lease, j.ordinal))),
    counted AS (
        SELECT lease, ordinal,
               sum(pieces) FILTER (WHERE kind = 'printed') AS printed,
               sum(pieces) FILTER (WHERE kind = 'good') AS good,
               sum(pieces) FILTER (WHERE kind = 'bad') AS bad
        FROM ledger WHERE lease IS NOT NULL GROUP BY lease, ordinal),
    entered AS (
        SELECT request, sum(CASE kind WHEN 'wanted' THEN pieces WHEN 'printed' THEN -pieces
                                      WHEN 'bad' THEN pieces ELSE 0 END) AS pieces
        FROM ledger GROUP BY request),
    flying AS (
        SELECT request, sum(pieces) AS pieces FROM leases
        WHERE state IN ('offered', 'accepted', 'recalled', 'printing', 'unknown')
        GROUP BY request),
    waiting AS (
        SELECT request, count(*) AS jobs FROM jobs WHERE state = 'queued' GROUP BY request),
    owed AS (
        SELECT r.id AS request, r.design, r.revision, r.state,
               ifnull(e.pieces, 0) - ifnull(f.pieces, 0) AS pieces, ifnull(w.jobs, 0) AS queued
        FROM requests AS r LEFT JOIN entered AS e ON e.request = r.id
        LEFT JOIN flying AS f ON f.request = r.id
        LEFT JOIN waiting AS w ON w.request = r.id)";

/// Checks the database in `folder`: its file, its keys, and every invariant.
pub fn check(folder: &Path) -> Result<Vec<Broken>, StoreError> {
    let path = folder.join(FILE_NAME);
    ask(&path).map_err(|source| StoreError::Open { path, source })
}

fn ask(path: &Path) -> rusqlite::Result<Vec<Broken>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // One transaction: every question is asked of the same moment.
    let moment = connection.transaction()?;
    let mut broken = Vec::new();
    let file = texts(&moment, "SELECT integrity_check FROM pragma_integrity_check")?;
    let holds = "the file is whole";
    broken.extend(
        file.into_iter().filter(|row| row != "ok").map(|found| Broken { invariant: holds, found }),
    );
    let keys = "SELECT \"table\" || ' row ' || rowid FROM pragma_foreign_key_check";
    let holds = "every reference leads somewhere";
    broken
        .extend(texts(&moment, keys)?.into_iter().map(|found| Broken { invariant: holds, found }));
    for Invariant { holds, violations } in COUNTS.iter().chain(&LEASES).chain(&QUEUE) {
        let rows = texts(&moment, &format!("{SUMS} {violations}"))?;
        broken.extend(rows.into_iter().map(|found| Broken { invariant: holds, found }));
    }
    Ok(broken)
}

fn texts(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}
