-- Times are milliseconds since the Unix epoch. Of a secret only its SHA-256 is kept.
BEGIN IMMEDIATE;

CREATE TABLE IF NOT EXISTS agents (
    agent   TEXT PRIMARY KEY NOT NULL,
    title   TEXT NOT NULL,
    kept    BLOB NOT NULL CHECK (length(kept) = 32),
    made    INTEGER NOT NULL,
    revoked INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS invites (
    invite  INTEGER PRIMARY KEY,
    title   TEXT NOT NULL,
    kept    BLOB NOT NULL UNIQUE CHECK (length(kept) = 32),
    made    INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used_by TEXT REFERENCES agents (agent)
) STRICT;

CREATE TABLE IF NOT EXISTS users (
    user     INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password TEXT NOT NULL,
    role     TEXT NOT NULL CHECK (role IN ('admin', 'dispatcher', 'reader')),
    made     INTEGER NOT NULL
) STRICT;

-- At most one row: the link by which the first person makes an account.
CREATE TABLE IF NOT EXISTS first_admin_link (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    kept    BLOB NOT NULL CHECK (length(kept) = 32),
    expires INTEGER NOT NULL
) STRICT;

-- At most one row: the link that a screen on a wall shows the farm by.
CREATE TABLE IF NOT EXISTS wall_link (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    kept BLOB NOT NULL CHECK (length(kept) = 32)
) STRICT;

CREATE TABLE IF NOT EXISTS sessions (
    session INTEGER PRIMARY KEY AUTOINCREMENT,
    user    INTEGER NOT NULL REFERENCES users (user) ON DELETE CASCADE,
    kept    BLOB NOT NULL UNIQUE CHECK (length(kept) = 32),
    made    INTEGER NOT NULL,
    used    INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user);

CREATE TABLE IF NOT EXISTS api_tokens (
    token INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    kept  BLOB NOT NULL UNIQUE CHECK (length(kept) = 32),
    role  TEXT NOT NULL CHECK (role IN ('admin', 'dispatcher', 'reader')),
    made  INTEGER NOT NULL
) STRICT;

-- Who wants letters about what needs a person; without a code the address is confirmed.
CREATE TABLE IF NOT EXISTS notices (
    user     INTEGER PRIMARY KEY REFERENCES users (user) ON DELETE CASCADE,
    address  TEXT NOT NULL,
    about    TEXT NOT NULL,
    language TEXT NOT NULL,
    code     BLOB CHECK (length(code) = 32),
    asked    INTEGER NOT NULL
) STRICT;

-- Which makers want letters about their own printers. The address is here only while letters may go
-- to it; an agent that names it again is known by a hash. What ends the letters is kept as it is, since
-- each of them carries it, and it can do nothing else.
CREATE TABLE IF NOT EXISTS maker_notices (
    agent    TEXT PRIMARY KEY NOT NULL REFERENCES agents (agent) ON DELETE CASCADE,
    named    BLOB NOT NULL CHECK (length(named) = 32),
    state    TEXT NOT NULL
             CHECK (state IN ('wanted', 'asked', 'confirmed', 'ended', 'lapsed', 'refused')),
    address  TEXT CHECK ((address IS NOT NULL) = (state IN ('wanted', 'asked', 'confirmed'))),
    about    TEXT NOT NULL,
    language TEXT NOT NULL,
    code     BLOB UNIQUE CHECK (length(code) = 32),
    ends     TEXT UNIQUE,
    -- When it came into this state; of what is wanted, from when on it may be asked.
    since    INTEGER NOT NULL
) STRICT;

-- What letters told whom that stands still, as JSON, and when the last one went.
CREATE TABLE IF NOT EXISTS told (
    person INTEGER UNIQUE REFERENCES users (user) ON DELETE CASCADE,
    maker  TEXT UNIQUE REFERENCES agents (agent) ON DELETE CASCADE,
    at     INTEGER NOT NULL,
    of     TEXT NOT NULL,
    CHECK ((person IS NULL) <> (maker IS NULL))
) STRICT;

-- The confirming letters of the last month that nobody answered, so that no agent fills a stranger's mailbox.
CREATE TABLE IF NOT EXISTS confirming_letters (
    agent TEXT NOT NULL,
    named BLOB NOT NULL CHECK (length(named) = 32),
    sent  INTEGER NOT NULL
) STRICT;

COMMIT;
