//! What the ledger must say, whoever wrote it.

use super::Invariant;

pub(super) const COUNTS: [Invariant; 10] = [
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
        violations: "SELECT 'lease ' || lease || ' #' || ordinal || ' looked at '
                || ifnull(j.good, 0) || ' good and ' || ifnull(j.bad, 0) || ' bad, counted '
                || ifnull(c.good, 0) || ' and ' || ifnull(c.bad, 0)
            FROM (SELECT * FROM counted UNION SELECT lease, ordinal, 0, 0, 0 FROM judged
                  WHERE (lease, ordinal) NOT IN (SELECT lease, ordinal FROM counted)) AS c
            LEFT JOIN judged AS j USING (lease, ordinal)
            WHERE ifnull(c.good, 0) <> ifnull(j.good, 0) OR ifnull(c.bad, 0) <> ifnull(j.bad, 0)
               OR ifnull(c.good, 0) + ifnull(c.bad, 0) > ifnull(c.printed, 0)
               OR min(ifnull(j.good, 0), ifnull(j.bad, 0)) < 0",
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
        holds: "no more is delivered than is good, and no less than nothing",
        violations: "SELECT 'request ' || request || ' delivered '
                || sum(pieces) FILTER (WHERE kind = 'delivered')
            FROM ledger WHERE request IS NOT NULL GROUP BY request
            HAVING ifnull(sum(pieces) FILTER (WHERE kind = 'delivered'), 0) NOT BETWEEN 0
                AND ifnull(sum(pieces) FILTER (WHERE kind = 'good'), 0)",
    },
    Invariant {
        holds: "every request asked for something, and never for less than nothing",
        violations: "SELECT 'request ' || r.id FROM requests AS r
            LEFT JOIN ledger AS l ON l.request = r.id AND l.kind = 'wanted'
            GROUP BY r.id HAVING ifnull(min(l.pieces) FILTER (WHERE 0 < l.pieces), 0) = 0
                OR sum(l.pieces) < 0",
    },
    Invariant {
        holds: "a print has the pieces of its lease's plate, and its lease's printer",
        violations: "SELECT 'lease ' || o.lease || ' #' || o.ordinal || ' gave ' || o.pieces
                || ' pieces at ' || o.agent || '/' || o.printer
            FROM outcomes AS o JOIN leases AS s ON s.id = o.lease
            WHERE (o.pieces, o.agent, o.printer) <> (s.pieces, s.agent, s.printer)",
    },
    Invariant {
        holds: "what is asked for is asked for by nobody's print",
        violations: "SELECT 'entry ' || id || ' of lease ' || lease FROM ledger
            WHERE kind = 'wanted' AND lease IS NOT NULL",
    },
];
