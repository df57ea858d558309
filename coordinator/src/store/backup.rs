//! Copies of the database, and how a restored one begins a new life.
//!
//! A copy carries a mark. A coordinator that opens a marked database begins a new [`Epoch`]: the
//! leases it gave after the copy was made are not given a second time, and agents, who see another
//! epoch, tell everything they remember once more.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};
use visorfarm_protocol::id::{Epoch, FarmId};

use crate::clock::Timestamp;
use crate::dispatch::Life;

/// Whose database this is, and which life of it.
pub(super) struct Present {
    pub(super) farm: String,
    pub(super) epoch: Epoch,
}

/// Reads the life of the database, or begins one.
pub(super) fn life(
    connection: &mut Connection,
    farm: &FarmId,
    now: Timestamp,
) -> rusqlite::Result<Present> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let read = |key: &str| {
        transaction
            .query_one("SELECT value FROM meta WHERE key = ?1", [key], |row| {
                row.get::<_, String>(0)
            })
            .optional()
    };
    let known = read("farm")?;
    let before: u32 = read("epoch")?.and_then(|epoch| epoch.parse().ok()).unwrap_or(0);
    let restored = read("copied")?.is_some();
    let replaced: u32 = read("replaced")?.and_then(|epoch| epoch.parse().ok()).unwrap_or(0);
    let life = if restored || before == 0 {
        let seconds = u32::try_from(now.seconds()).expect("it is before the year 2106");
        // A machine whose clock is wrong must not fall back behind the epoch it copies, nor behind the one it replaces.
        let epoch = Epoch(seconds.max(before.max(replaced) + 1));
        let farm = known.unwrap_or_else(|| farm.to_string());
        if restored {
            remember(&transaction, before)?;
        }
        transaction.execute("INSERT OR REPLACE INTO meta VALUES ('farm', ?1)", [&farm])?;
        transaction
            .execute("INSERT OR REPLACE INTO meta VALUES ('epoch', ?1)", [epoch.0.to_string()])?;
        transaction.execute("DELETE FROM meta WHERE key IN ('copied', 'replaced')", [])?;
        Present { farm, epoch }
    } else {
        Present { farm: known.unwrap_or_else(|| farm.to_string()), epoch: Epoch(before) }
    };
    transaction.commit()?;
    Ok(life)
}

/// Remembers the life that a copy was made in: what it had not given yet may have been given since.
fn remember(transaction: &Transaction, epoch: u32) -> rusqlite::Result<()> {
    let next = "INSERT INTO lives (epoch, next_lease, next_request) SELECT ?1, 1,
         1 + (SELECT coalesce(max(id), 0) FROM requests)";
    transaction.execute(next, [epoch]).map(drop)
}

/// Lets another life of the database begin: it was found to have been set back.
pub(super) fn begin(transaction: &Transaction, ended: Life, epoch: Epoch) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO lives (epoch, next_lease, next_request) VALUES (?1, 1, ?2)")?
        .execute([u64::from(ended.epoch.0), ended.next_request])?;
    transaction
        .prepare_cached("UPDATE meta SET value = ?1 WHERE key = 'epoch'")?
        .execute([epoch.0.to_string()])?;
    Ok(())
}

/// Returns the farm whose marked copy the file at `path` is, whatever lies beside it.
pub(super) fn marked(path: &Path) -> Option<String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let text = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    // `immutable` reads the file alone: a `-wal` beside it may be of another database.
    let connection = Connection::open_with_flags(format!("file:{text}?immutable=1"), flags).ok()?;
    let farm = "SELECT value FROM meta WHERE key = 'farm'
         AND EXISTS (SELECT 1 FROM meta WHERE key = 'copied')";
    connection.query_one(farm, [], |row| row.get(0)).ok()
}

/// Returns the epoch of the database at `path`, if it can be read.
pub(super) fn epoch(path: &Path) -> Option<Epoch> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    let epoch = "SELECT value FROM meta WHERE key = 'epoch'";
    let epoch: String = connection.query_one(epoch, [], |row| row.get(0)).ok()?;
    Some(Epoch(epoch.parse().ok()?))
}

/// Notes in the marked copy at `path` that it takes the place of a database of that epoch: the one that it begins comes after
/// both, since agents take an earlier one for an old coordinator that still runs somewhere.
pub(super) fn replaces(path: &Path, epoch: Epoch) -> rusqlite::Result<()> {
    let copy = Connection::open(path)?;
    let note = "INSERT OR REPLACE INTO meta VALUES ('replaced', ?1)";
    copy.execute(note, [epoch.0.to_string()])?;
    copy.close().map_err(|(_, error)| error)
}

/// Copies the database at `source` to the new file `target`, and marks the copy.
pub(super) fn copy(source: &Path, target: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(source, flags)?;
    connection.busy_timeout(super::BUSY_TIMEOUT)?;
    // VACUUM INTO refuses a file that exists and reads one consistent moment.
    connection.execute("VACUUM INTO ?1", [target.to_string_lossy()])?;
    let copy = Connection::open(target)?;
    copy.execute("INSERT OR REPLACE INTO meta VALUES ('copied', 'yes')", [])?;
    copy.close().map_err(|(_, error)| error)
}
