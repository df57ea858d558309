//! The farm's memory: SQL behind few verbs. [`Store::commit`] makes changes durable together,
//! [`Store::open`] brings back the [`Dispatcher`] that made them.
//!
//! `SQLite` in WAL mode with `synchronous=FULL`: a commit that returned survives a power cut. It
//! is spoken through rusqlite on the brain's own thread: one writer needs no pool and no async,
//! and a commit of one transaction is what everything else waits for anyway.

mod backup;
mod check;
#[cfg(test)]
mod found;
pub mod history;
mod hold;
mod load;
pub mod log;
mod older;
pub mod report;
mod restore;
mod row;
#[cfg(test)]
mod tests;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::Value;
use visorfarm_protocol::id::FarmId;

pub use self::check::{Broken, check};
pub use self::hold::{Hold, HoldError};
pub use self::restore::RestoreError;
use crate::clock::Timestamp;
use crate::dispatch::{Change, Dispatcher};

/// The database's name in the data folder.
pub const FILE_NAME: &str = "farm.db";

/// How long a commit waits for another process that holds the database: longer than any backup's
/// step or a person's query. Agents are not receipted meanwhile; they tell again.
const BUSY_TIMEOUT: Duration = Duration::from_mins(1);

/// The open database, with the right to write.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

/// Why the database cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be opened or is no farm's database.
    #[error("cannot open the farm's database {path}")]
    Open {
        /// Where it is.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// A setting that durability rests on did not take.
    #[error("the database {path} runs with {pragma} = {value}, which would lose commits")]
    Setting {
        /// Where it is.
        path: PathBuf,
        /// Which one.
        pragma: &'static str,
        /// What it is.
        value: String,
    },
    /// A commit failed.
    #[error("cannot commit to {path}")]
    Commit {
        /// Where it is.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// A row does not say what this program wrote.
    #[error("cannot read {table} in {path}")]
    Load {
        /// Where it is.
        path: PathBuf,
        /// In which table.
        table: &'static str,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The farm has another name than the one asked for.
    #[error("{path} belongs to the farm {is}, not {asked}: give --farm {is} or another --data")]
    Farm {
        /// Where it is.
        path: PathBuf,
        /// Its name.
        is: String,
        /// The name asked for.
        asked: FarmId,
    },
    /// The database is a copy, and a write-ahead log of another lies beside it.
    #[error(
        "{path} is a copy with the write-ahead log of another database beside it: put it in place by \
         `visorfarm-coordinator restore FILE`"
    )]
    ForeignLog {
        /// Where it is.
        path: PathBuf,
    },
    /// The copy's file is there already, or cannot be made.
    #[error("cannot back up to {path}")]
    Write {
        /// Where to.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The copy could not be made.
    #[error("cannot back up to {path}")]
    Backup {
        /// Where to.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
}

impl Store {
    /// Opens the database in `folder`, makes it if there is none, and brings the farm back.
    pub fn open(
        folder: &Path,
        farm: &FarmId,
        now: Timestamp,
    ) -> Result<(Self, Dispatcher), StoreError> {
        let path = folder.join(FILE_NAME);
        let open = |source| StoreError::Open { path: path.clone(), source };
        if folder.join(format!("{FILE_NAME}-wal")).exists() && backup::marked(&path).is_some() {
            return Err(StoreError::ForeignLog { path });
        }
        let mut connection = Connection::open(&path).map_err(open)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(open)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(open)?;
        require(&connection, &path, "synchronous", "2")?;
        connection.execute_batch(include_str!("schema.sql")).map_err(open)?;
        older::bring_up(&connection).map_err(open)?;
        connection.set_prepared_statement_cache_capacity(64);
        let life = backup::life(&mut connection, farm, now).map_err(open)?;
        if life.farm != farm.as_str() {
            return Err(StoreError::Farm { path, is: life.farm, asked: farm.clone() });
        }
        // After a copy's new life began: its mark must not outlive that in the main file.
        require(&connection, &path, "journal_mode", "wal")?;
        let mut dispatcher = load::dispatcher(&connection, farm.clone(), life.epoch)
            .map_err(|(table, source)| StoreError::Load { path: path.clone(), table, source })?;
        dispatcher.listens_since = now;
        Ok((Self { connection, path }, dispatcher))
    }

    /// Makes `changes` durable, all or none.
    pub fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        write::changes(&mut self.connection, changes)
            .map_err(|source| StoreError::Commit { path: self.path.clone(), source })
    }

    /// Writes a copy of the farm in `folder` to `target`, while a coordinator serves or not. It is there
    /// whole and marked, or not at all.
    pub fn backup(folder: &Path, target: &Path) -> Result<(), StoreError> {
        let write = |source| StoreError::Write { path: target.to_owned(), source };
        if target.exists() {
            return Err(write(std::io::ErrorKind::AlreadyExists.into()));
        }
        let mut part = target.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        match std::fs::remove_file(&part) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(write(error)),
            Ok(()) | Err(_) => {}
        }
        // SQLite would name a folder that is missing by a number.
        std::fs::File::create_new(&part).map_err(write)?;
        backup::copy(&folder.join(FILE_NAME), &part)
            .map_err(|source| StoreError::Backup { path: target.to_owned(), source })?;
        std::fs::rename(&part, target).map_err(write)
    }

    /// Puts the copy at `copy` in the place of the database in `folder`, which nobody may serve.
    /// Returns the folder that keeps what was there.
    pub fn restore(
        folder: &Path,
        copy: &Path,
        now: Timestamp,
    ) -> Result<Option<PathBuf>, RestoreError> {
        restore::restore(folder, copy, now)
    }
}

/// Sets a pragma and reads it back: some are refused without an error.
fn require(
    connection: &Connection,
    path: &Path,
    pragma: &'static str,
    value: &str,
) -> Result<(), StoreError> {
    let open = |source| StoreError::Open { path: path.to_owned(), source };
    connection.pragma_update(None, pragma, value).map_err(open)?;
    let is: Value = connection.pragma_query_value(None, pragma, |row| row.get(0)).map_err(open)?;
    let is = match is {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text,
        other @ (Value::Null | Value::Real(_) | Value::Blob(_)) => format!("{other:?}"),
    };
    if is == value {
        return Ok(());
    }
    Err(StoreError::Setting { path: path.to_owned(), pragma, value: is })
}
