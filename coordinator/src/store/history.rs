//! Reads for people: lists over the rows of the past, page by page.
//!
//! Read-only, on a connection of its own: in WAL mode it neither waits for the brain's commits nor
//! holds them up. Every method blocks for the disk.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, Params, Row};
use serde::Serialize;
use utoipa::ToSchema;

use super::{BUSY_TIMEOUT, FILE_NAME};

/// The way to the rows of the past. Cheap to clone.
#[derive(Clone, Debug)]
pub struct History {
    connection: Arc<Mutex<Connection>>,
    path: PathBuf,
}

/// The past cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the farm's database {path}")]
pub struct HistoryFailed {
    /// Where it is.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: rusqlite::Error,
}

/// Which rows of a list: those after a mark, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The last row that was seen; 0 for none.
    pub after: u64,
    /// The most rows to return.
    pub limit: u32,
    /// Only rows of this request.
    pub request: Option<u64>,
}

/// A plate that is or was to be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobRecord {
    /// Its number.
    pub id: u64,
    /// For which request.
    pub request: u64,
    /// `queued`, `leased`, `done` or `withdrawn`.
    pub state: String,
    /// Its current lease.
    pub lease: Option<String>,
}

/// A lease, whatever became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeaseRecord {
    /// Its place in the list.
    pub row: u64,
    /// Its identifier: `epoch-number`.
    pub id: String,
    /// The job it starts; none if it was given before the database was restored.
    pub job: Option<u64>,
    /// For which request.
    pub request: Option<u64>,
    /// The agent that holds it.
    pub agent: String,
    /// The printer that holds it.
    pub printer: String,
    /// Pieces on the plate.
    pub pieces: u32,
    /// When it was granted, in milliseconds since 1970.
    pub at: u64,
    /// `offered`, `accepted`, `recalled`, `printing`, `unknown`, `lapsed`, `returned` or `ended`.
    pub state: String,
    /// Why it was returned, how it ended, or what was answered before it was asked back: `not_yet` or `taken`.
    pub detail: Option<String>,
    /// What was said about it.
    pub note: String,
}

/// How a print ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutcomeRecord {
    /// Its place in the list.
    pub row: u64,
    /// Under which lease.
    pub lease: String,
    /// Which print under it: 0 for the lease's own.
    pub ordinal: u32,
    /// For which request.
    pub request: Option<u64>,
    /// Where.
    pub agent: String,
    /// Where.
    pub printer: String,
    /// `completed`, `failed`, `cancelled` or `unknown`.
    pub end: String,
    /// Pieces of the plate.
    pub pieces: u32,
    /// How long it took.
    pub seconds: Option<u32>,
    /// What was said about it.
    pub note: String,
    /// When it was counted, in milliseconds since 1970.
    pub at: u64,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryRecord {
    /// Its number.
    pub id: u64,
    /// For which request.
    pub request: Option<u64>,
    /// Which print brought it.
    pub lease: Option<String>,
    /// Which print under that lease.
    pub ordinal: Option<u32>,
    /// `wanted`, `printed`, `good`, `bad` or `delivered`.
    pub kind: String,
    /// How many; negative in a correction.
    pub pieces: i64,
    /// When it was entered, in milliseconds since 1970.
    pub at: u64,
}

/// Something an agent said that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnomalyRecord {
    /// Its number.
    pub id: u64,
    /// Who said it.
    pub agent: String,
    /// What is wrong with it.
    pub note: String,
    /// When, in milliseconds since 1970.
    pub at: u64,
}

impl History {
    /// Opens the database in `folder`, which the store has made.
    pub fn open(folder: &Path) -> Result<Self, HistoryFailed> {
        let path = folder.join(FILE_NAME);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(&path, flags).and_then(|connection| {
            connection.busy_timeout(BUSY_TIMEOUT)?;
            Ok(connection)
        });
        match opened {
            Ok(connection) => Ok(Self { connection: Arc::new(Mutex::new(connection)), path }),
            Err(source) => Err(HistoryFailed { path, source }),
        }
    }

    /// Returns jobs, also those that are over.
    pub fn jobs(&self, window: Window) -> Result<Vec<JobRecord>, HistoryFailed> {
        let sql = "SELECT id, request, state, lease FROM jobs
                   WHERE ?1 < id AND (?3 IS NULL OR request = ?3) ORDER BY id LIMIT ?2";
        self.list(sql, window.params(), |row| {
            Ok(JobRecord {
                id: row.get(0)?,
                request: row.get(1)?,
                state: row.get(2)?,
                lease: row.get(3)?,
            })
        })
    }

    /// Returns leases, also those that are over.
    pub fn leases(&self, window: Window) -> Result<Vec<LeaseRecord>, HistoryFailed> {
        let sql = "SELECT rowid, id, job, request, agent, printer, pieces, at, state, detail, note
                   FROM leases
                   WHERE ?1 < rowid AND (?3 IS NULL OR request = ?3) ORDER BY rowid LIMIT ?2";
        self.list(sql, window.params(), |row| {
            Ok(LeaseRecord {
                row: row.get(0)?,
                id: row.get(1)?,
                job: row.get(2)?,
                request: row.get(3)?,
                agent: row.get(4)?,
                printer: row.get(5)?,
                pieces: row.get(6)?,
                at: row.get(7)?,
                state: row.get(8)?,
                detail: row.get(9)?,
                note: row.get(10)?,
            })
        })
    }

    /// Returns how prints ended.
    pub fn outcomes(&self, window: Window) -> Result<Vec<OutcomeRecord>, HistoryFailed> {
        let sql = "SELECT o.rowid, o.lease, o.ordinal, l.request, o.agent, o.printer, o.end,
                          o.pieces, o.seconds, o.note, o.at
                   FROM outcomes AS o JOIN leases AS l ON l.id = o.lease
                   WHERE ?1 < o.rowid AND (?3 IS NULL OR l.request = ?3) ORDER BY o.rowid LIMIT ?2";
        self.list(sql, window.params(), |row| {
            Ok(OutcomeRecord {
                row: row.get(0)?,
                lease: row.get(1)?,
                ordinal: row.get(2)?,
                request: row.get(3)?,
                agent: row.get(4)?,
                printer: row.get(5)?,
                end: row.get(6)?,
                pieces: row.get(7)?,
                seconds: row.get(8)?,
                note: row.get(9)?,
                at: row.get(10)?,
            })
        })
    }

    /// Returns lines of the ledger.
    pub fn ledger(&self, window: Window) -> Result<Vec<EntryRecord>, HistoryFailed> {
        let sql = "SELECT id, request, lease, ordinal, kind, pieces, at FROM ledger
                   WHERE ?1 < id AND (?3 IS NULL OR request = ?3) ORDER BY id LIMIT ?2";
        self.list(sql, window.params(), |row| {
            Ok(EntryRecord {
                id: row.get(0)?,
                request: row.get(1)?,
                lease: row.get(2)?,
                ordinal: row.get(3)?,
                kind: row.get(4)?,
                pieces: row.get(5)?,
                at: row.get(6)?,
            })
        })
    }

    /// Returns what agents said that cannot be.
    pub fn anomalies(&self, window: Window) -> Result<Vec<AnomalyRecord>, HistoryFailed> {
        let sql = "SELECT id, agent, note, at FROM anomalies WHERE ?1 < id ORDER BY id LIMIT ?2";
        self.list(sql, (i64::try_from(window.after).unwrap_or(i64::MAX), window.limit), |row| {
            Ok(AnomalyRecord {
                id: row.get(0)?,
                agent: row.get(1)?,
                note: row.get(2)?,
                at: row.get(3)?,
            })
        })
    }

    pub(super) fn list<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, HistoryFailed> {
        // A panic while it was held left at most a statement unfinished, which its drop resets.
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let all = || {
            connection
                .prepare_cached(sql)?
                .query_map(params, read)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        all().map_err(|source| HistoryFailed { path: self.path.clone(), source })
    }
}

impl Window {
    fn params(self) -> impl Params {
        // SQLite's numbers end at i64: a mark beyond them is after everything.
        let after = i64::try_from(self.after).unwrap_or(i64::MAX);
        let request = self.request.map(|request| i64::try_from(request).unwrap_or(i64::MAX));
        (after, self.limit, request)
    }
}
