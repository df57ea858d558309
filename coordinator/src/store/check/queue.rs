//! What must wait in the queue, and what guards the rest.

use super::Invariant;

pub(super) const QUEUE: [Invariant; 4] = [
    Invariant {
        holds: "nothing waits in the queue for a request that is owed nothing more",
        violations: "SELECT 'request ' || request || ' is owed ' || pieces || ', and ' || queued
                || ' of its plates wait' FROM owed
            WHERE 0 < queued AND (pieces <= 0 OR state = 'cancelled')",
    },
    Invariant {
        holds: "whatever an open request is owed waits in the queue if its design may be printed, and no more",
        violations: "SELECT 'request ' || request || ' is owed ' || pieces || ', and ' || queued
                || ' of its plates wait' FROM
                (SELECT o.*, (SELECT max(pieces) FROM slices WHERE (design, revision) =
                     (SELECT v.design, v.revision FROM revisions AS v
                      WHERE v.design = o.design AND v.channel <> 'withdrawn'
                        AND (v.revision = o.revision OR (o.revision IS NULL AND v.channel <> 'prototype'))
                      ORDER BY v.published_at DESC, v.revision LIMIT 1)) AS plate
                 FROM owed AS o)
            -- The dispatcher reckons with the newest revision's largest plate, and queues no more than 64 of one request at once.
            WHERE 0 < pieces AND state = 'open'
              AND queued <> ifnull(min(64, (pieces + plate - 1) / plate), 0)",
    },
    Invariant {
        holds: "the database knows its life",
        violations: "SELECT 'no epoch' WHERE NOT EXISTS (SELECT 1 FROM meta WHERE key = 'epoch')",
    },
    Invariant {
        holds: "what is counted can only be added to",
        violations: "SELECT column1 || ' is gone' FROM (VALUES ('ledger_never_changes'), ('ledger_never_shrinks'),
                ('outcomes_never_change'), ('outcomes_never_shrink'))
            WHERE column1 NOT IN (SELECT name FROM sqlite_master WHERE type = 'trigger')",
    },
];
