//! What leases and jobs must say of each other and of their prints.

use super::Invariant;

pub(super) const LEASES: [Invariant; 8] = [
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
                   AND s.state NOT IN ('ended', 'returned'))
               OR (o.end = 'unknown' AND s.state NOT IN ('unknown', 'lapsed', 'ended', 'returned'))",
    },
    Invariant {
        holds: "a lease that has ended tells how its print did",
        violations: "SELECT 'lease ' || s.id || ' ended ' || ifnull(s.detail, 'somehow') || ', its print ' || o.end
            FROM leases AS s JOIN outcomes AS o ON o.lease = s.id AND o.ordinal = 0
            WHERE s.state = 'ended' AND o.end <> 'unknown' AND s.detail IS NOT o.end",
    },
    Invariant {
        holds: "a live lease has its job, unless it was given up meanwhile or is not needed any more",
        violations: "SELECT 'lease ' || s.id || ' is ' || s.state || ', and job ' || j.id || ' is ' || j.state
            FROM leases AS s JOIN jobs AS j ON j.id = s.job
            WHERE s.state IN ('offered', 'accepted', 'printing', 'unknown') AND j.lease IS NOT s.id
              AND s.id NOT IN (SELECT lease FROM moves WHERE state = 'lapsed')
              -- Earlier versions wrote no steps: of a lease of theirs nobody knows whether it was given up.
              AND (s.state = 'offered' OR s.id IN (SELECT lease FROM moves WHERE state = 'accepted'))",
    },
    Invariant {
        holds: "lease, job and request are of one another",
        violations: "SELECT 'lease ' || s.id || ' of request ' || ifnull(s.request, 'none') || ', job ' || j.id
                || ' of ' || j.request
            FROM leases AS s JOIN jobs AS j ON j.id = s.job WHERE j.request IS NOT s.request
            UNION ALL
            SELECT 'lease ' || s.id || ' of another design than request ' || r.id
            FROM leases AS s JOIN requests AS r ON r.id = s.request
            WHERE json_valid(s.plate) AND json_extract(s.plate, '$.design') IS NOT r.design",
    },
    Invariant {
        holds: "a lease bears its own name, and the pieces of its plate",
        violations: "SELECT 'lease ' || id || ' is written as ' || epoch || '-' || number || ', with ' || pieces || ' pieces'
            FROM leases
            WHERE id <> epoch || '-' || number OR NOT json_valid(plate)
               OR json_extract(plate, '$.pieces') IS NOT pieces",
    },
    Invariant {
        holds: "a step of a lease is its own printer's",
        violations: "SELECT 'step ' || m.id || ' of lease ' || m.lease || ' to ' || m.state
            FROM moves AS m JOIN leases AS s ON s.id = m.lease
            WHERE (m.agent, m.printer) <> (s.agent, s.printer) OR m.state NOT IN
                ('offered', 'accepted', 'recalled', 'printing', 'unknown', 'lapsed', 'returned', 'ended')",
    },
];
