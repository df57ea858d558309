-- The farm's memory. One writer; everything that is counted is a row that never changes.
-- Times are milliseconds since 1970. Leases are written epoch-number.

CREATE TABLE IF NOT EXISTS meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Earlier lives of this database, each ended by restoring a copy or found to have been set back: what it had not given by then.
CREATE TABLE IF NOT EXISTS lives (
    epoch        INTEGER PRIMARY KEY,
    next_lease   INTEGER NOT NULL, -- of earlier versions: not read any more
    next_request INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS printers (
    agent     TEXT NOT NULL,
    printer   TEXT NOT NULL,
    title     TEXT NOT NULL,
    profile   TEXT NOT NULL,
    octoprint TEXT,
    place     TEXT,
    -- What the maker agrees to, as JSON.
    consent   TEXT,
    PRIMARY KEY (agent, printer)
) STRICT;

CREATE TABLE IF NOT EXISTS revisions (
    design       TEXT    NOT NULL,
    revision     TEXT    NOT NULL,
    channel      TEXT    NOT NULL CHECK (channel IN ('prototype', 'clinical', 'validated', 'withdrawn')),
    published_at INTEGER NOT NULL,
    withdrawn_because TEXT,
    PRIMARY KEY (design, revision)
) STRICT;

CREATE TABLE IF NOT EXISTS slices (
    design           TEXT    NOT NULL,
    revision         TEXT    NOT NULL,
    profile          TEXT    NOT NULL,
    digest           TEXT    NOT NULL,
    bytes            INTEGER NOT NULL,
    pieces           INTEGER NOT NULL CHECK (0 < pieces),
    material         TEXT,
    expected_seconds INTEGER,
    filament_grams   INTEGER,
    notes            TEXT    NOT NULL,
    PRIMARY KEY (design, revision, profile),
    FOREIGN KEY (design, revision) REFERENCES revisions
) STRICT;

CREATE TABLE IF NOT EXISTS requests (
    id        INTEGER PRIMARY KEY,
    design    TEXT    NOT NULL,
    revision  TEXT,
    title     TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('open', 'cancelled')),
    priority  TEXT    NOT NULL DEFAULT 'normal' CHECK (priority IN ('high', 'normal', 'low')),
    -- The last day on which it is of use: 2026-12-24.
    due       TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS jobs (
    id      INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES requests,
    state   TEXT    NOT NULL CHECK (state IN ('queued', 'leased', 'done', 'withdrawn')),
    lease   TEXT,
    CHECK ((state = 'leased') = (lease IS NOT NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state) WHERE state IN ('queued', 'leased');

CREATE TABLE IF NOT EXISTS leases (
    id               TEXT    PRIMARY KEY,
    epoch            INTEGER NOT NULL,
    number           INTEGER NOT NULL,
    job              INTEGER REFERENCES jobs,
    request          INTEGER REFERENCES requests,
    agent            TEXT    NOT NULL,
    printer          TEXT    NOT NULL,
    ask              INTEGER NOT NULL,
    plate            TEXT    NOT NULL,
    pieces           INTEGER NOT NULL,
    bytes            INTEGER NOT NULL,
    purpose          TEXT    NOT NULL,
    at               INTEGER NOT NULL,
    expected_seconds INTEGER,
    state            TEXT    NOT NULL CHECK (state IN
        ('offered', 'accepted', 'recalled', 'printing', 'unknown', 'lapsed', 'returned', 'ended')),
    detail           TEXT,
    note             TEXT    NOT NULL DEFAULT ''
) STRICT;
-- A printer has one live lease at most, a job one current lease at most: the database refuses more.
CREATE UNIQUE INDEX IF NOT EXISTS one_live_lease_per_printer ON leases (agent, printer)
    WHERE state IN ('offered', 'accepted', 'recalled', 'printing', 'unknown');

CREATE INDEX IF NOT EXISTS leases_by_printer ON leases (agent, printer, at);
CREATE INDEX IF NOT EXISTS leases_by_request ON leases (request, at);

-- How leases went on, one row for each step after the grant but the end, which is an outcome: what the log of a
-- printer is read from.
CREATE TABLE IF NOT EXISTS moves (
    id      INTEGER PRIMARY KEY,
    lease   TEXT    NOT NULL REFERENCES leases,
    agent   TEXT    NOT NULL,
    printer TEXT    NOT NULL,
    -- As in leases.
    state   TEXT    NOT NULL,
    detail  TEXT,
    note    TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS moves_by_printer ON moves (agent, printer, at);

-- How each print ended. The key is what makes every print count once.
CREATE TABLE IF NOT EXISTS outcomes (
    lease    TEXT    NOT NULL REFERENCES leases,
    ordinal  INTEGER NOT NULL,
    agent    TEXT    NOT NULL,
    printer  TEXT    NOT NULL,
    end      TEXT    NOT NULL CHECK (end IN ('completed', 'failed', 'cancelled', 'unknown')),
    pieces   INTEGER NOT NULL,
    seconds  INTEGER,
    note     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (lease, ordinal)
) STRICT;

CREATE TABLE IF NOT EXISTS judgements (
    lease   TEXT    NOT NULL,
    ordinal INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    good    INTEGER NOT NULL,
    bad     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (lease, ordinal, seq),
    FOREIGN KEY (lease, ordinal) REFERENCES outcomes
) STRICT;

-- The failed prints that a person has seen, and who says so; nobody for a program.
CREATE TABLE IF NOT EXISTS seen (
    lease   TEXT    NOT NULL,
    ordinal INTEGER NOT NULL,
    by      TEXT,
    at      INTEGER NOT NULL,
    PRIMARY KEY (lease, ordinal),
    FOREIGN KEY (lease, ordinal) REFERENCES outcomes
) STRICT;

-- Append-only. Every number shown is a sum over it; a correction is an entry.
CREATE TABLE IF NOT EXISTS ledger (
    id      INTEGER PRIMARY KEY,
    request INTEGER REFERENCES requests,
    lease   TEXT,
    ordinal INTEGER,
    kind    TEXT    NOT NULL CHECK (kind IN ('wanted', 'printed', 'good', 'bad', 'delivered')),
    pieces  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    FOREIGN KEY (lease, ordinal) REFERENCES outcomes
) STRICT;
CREATE INDEX IF NOT EXISTS ledger_by_request ON ledger (request, kind);
CREATE INDEX IF NOT EXISTS ledger_by_lease ON ledger (lease, ordinal, kind);
CREATE TRIGGER IF NOT EXISTS ledger_never_changes BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_never_shrinks BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS outcomes_never_change BEFORE UPDATE ON outcomes
    BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER IF NOT EXISTS outcomes_never_shrink BEFORE DELETE ON outcomes
    BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;

CREATE TABLE IF NOT EXISTS anomalies (
    id    INTEGER PRIMARY KEY,
    agent TEXT    NOT NULL,
    note  TEXT    NOT NULL,
    at    INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS anomalies_by_agent ON anomalies (agent, at);

-- Texts of the farm's people to makers.
CREATE TABLE IF NOT EXISTS memos (
    id    INTEGER PRIMARY KEY,
    agent TEXT    NOT NULL,
    text  TEXT    NOT NULL,
    at    INTEGER NOT NULL,
    read  INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS memos_by_agent ON memos (agent, at);

-- Agents whose identity two machines have: they start nothing until a person releases them.
CREATE TABLE IF NOT EXISTS frozen (
    agent TEXT    PRIMARY KEY,
    at    INTEGER NOT NULL
) STRICT;

-- When agents were frozen and released, for the log of their printers.
CREATE TABLE IF NOT EXISTS holds (
    id    INTEGER PRIMARY KEY,
    agent TEXT    NOT NULL,
    state TEXT    NOT NULL CHECK (state IN ('frozen', 'released')),
    at    INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS holds_by_agent ON holds (agent, at);
