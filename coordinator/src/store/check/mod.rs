//! The invariants, asked of the rows: what is counted must follow from what happened, whoever
//! wrote it. Read-only; it may run while a coordinator serves.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde::Serialize;

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

const INVARIANTS: [Invariant; 13] = [
    Invariant {
        holds: "every completed print is counted once, with the pieces of its plate",
        violations: "SELECT 'lease ' || o.lease || ' #' || o.ordinal || ' gave ' || o.pieces
                || ' pieces, counted ' || ifnull(c.printed, 0)
            FROM outcomes AS o LEFT JOIN counted AS c USING (lease, ordinal)
            WHERE o.end = 'completed' AND c.printed IS NOT o.pieces",
    },
    Invariant {
        holds: "no print that failed or was cancelled is counted",
        violations: "SELECT 'lease ' || o.lease || ' #' || o.ordinal || ' ' || o.end
                || ', counted ' || c.printed
            FROM outcomes AS o JOIN counted AS c USING (lease, ordinal)
            WHERE o.end IN ('failed', 'cancelled') AND ifnull(c.printed, 0) <> 0",
    },
    Invariant {
        holds: "a print with an unknown end counts what a person saw on the bed, and no more",
        violations: "SELECT 'lease ' || o.lease || ' #' || o.ordinal || ' seen '
                || ifnull(j.good + j.bad, 0) || ', counted ' || ifnull(c.printed, 0)
            FROM outcomes AS o LEFT JOIN judged AS j USING (lease, ordinal)
            LEFT JOIN counted AS c USING (lease, ordinal)
            WHERE o.end = 'unknown' AND ifnull(c.printed, 0) <> ifnull(j.good + j.bad, 0)",
    },
    Invariant {
        holds: "good and bad pieces are those of the last look, and no more than were printed",
        violations: "SELECT 'lease ' || c.lease || ' #' || c.ordinal || ' looked at '
                || ifnull(j.good, 0) || ' good and ' || ifnull(j.bad, 0) || ' bad, counted '
                || ifnull(c.good, 0) || ' and ' || ifnull(c.bad, 0)
            FROM counted AS c LEFT JOIN judged AS j USING (lease, ordinal)
            WHERE ifnull(c.good, 0) <> ifnull(j.good, 0) OR ifnull(c.bad, 0) <> ifnull(j.bad, 0)
               OR ifnull(c.good, 0) + ifnull(c.bad, 0) > ifnull(c.printed, 0)",
    },
    Invariant {
        holds: "no entry counts a print that did not happen",
        violations: "SELECT 'entry ' || l.id FROM ledger AS l
            WHERE l.kind IN ('printed', 'good', 'bad') AND NOT EXISTS
                (SELECT 1 FROM outcomes AS o WHERE (o.lease, o.ordinal) = (l.lease, l.ordinal))",
    },
    Invariant {
        holds: "a print is counted for the request its lease was given for",
        violations: "SELECT 'entry ' || l.id || ' for request ' || ifnull(l.request, 'none')
            FROM ledger AS l JOIN leases AS s ON s.id = l.lease
            WHERE l.request IS NOT s.request",
    },
    Invariant {
        holds: "a printer has one live lease at most",
        violations: "SELECT agent || '/' || printer || ' holds ' || group_concat(id, ', ')
            FROM leases
            WHERE state IN ('offered', 'accepted', 'recalled', 'printing', 'unknown')
            GROUP BY agent, printer HAVING 1 < count(*)",
    },
    Invariant {
        holds: "a leased job has one current lease, which is live and names it",
        violations: "SELECT 'job ' || j.id || ' under ' || j.lease
            FROM jobs AS j LEFT JOIN leases AS s ON s.id = j.lease
            WHERE j.state = 'leased' AND (s.job IS NOT j.id OR s.state NOT IN
                ('offered', 'accepted', 'recalled', 'printing', 'unknown'))",
    },
    Invariant {
        holds: "a lease has ended if and only if its print has an end that is known",
        violations: "SELECT 'lease ' || s.id || ' is ' || s.state FROM leases AS s
            LEFT JOIN outcomes AS o ON o.lease = s.id AND o.ordinal = 0
            WHERE (s.state = 'ended' AND o.lease IS NULL)
               OR (o.end IS NOT NULL AND o.end <> 'unknown'
                   AND s.state NOT IN ('ended', 'returned'))",
    },
    Invariant {
        holds: "no more is delivered than is good",
        violations: "SELECT 'request ' || request || ' delivered '
                || sum(pieces) FILTER (WHERE kind = 'delivered')
            FROM ledger WHERE request IS NOT NULL GROUP BY request
            HAVING ifnull(sum(pieces) FILTER (WHERE kind = 'delivered'), 0)
                 > ifnull(sum(pieces) FILTER (WHERE kind = 'good'), 0)",
    },
    Invariant {
        holds: "every request asked for something, and never for less than nothing",
        violations: "SELECT 'request ' || r.id FROM requests AS r
            LEFT JOIN ledger AS l ON l.request = r.id AND l.kind = 'wanted'
            GROUP BY r.id HAVING ifnull(min(l.pieces) FILTER (WHERE 0 < l.pieces), 0) = 0
                OR sum(l.pieces) < 0",
    },
    Invariant {
        holds: "nothing waits in the queue for a request that is owed nothing more",
        violations: "SELECT 'request ' || request || ' is owed ' || pieces || ', and ' || queued
                || ' of its plates wait' FROM owed
            WHERE 0 < queued AND (pieces <= 0 OR state = 'cancelled')",
    },
    Invariant {
        holds: "whatever an open request is owed waits in the queue, if its design may be printed",
        violations: "SELECT 'request ' || request || ' is owed ' || pieces || ', and ' || queued
                || ' of its plates wait' FROM
                (SELECT o.*, (SELECT max(s.pieces) FROM revisions AS v JOIN slices AS s USING (design, revision)
                     WHERE v.design = o.design AND v.channel <> 'withdrawn'
                       AND (v.revision = o.revision OR (o.revision IS NULL AND v.channel <> 'prototype')))
                     AS plate
                 FROM owed AS o)
            -- The dispatcher queues no more than 64 of one request at once.
            WHERE 0 < pieces AND state = 'open' AND queued < min(64, (pieces + plate - 1) / plate)",
    },
];

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
    for Invariant { holds, violations } in INVARIANTS {
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
