//! Puts a copy in the place of the farm's database, and begins its new life.
//!
//! `SQLite` replays a `-wal` file that lies beside a database into it, whosever it was (tried: the copy is
//! damaged, or silently made the old farm again). So the old database is put aside with all that belongs
//! to it before the copy takes its place, and a copy beside a foreign `-wal` is not opened.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use visorfarm_protocol::id::FarmId;

use super::hold::{Hold, HoldError};
use super::{FILE_NAME, Store, StoreError, backup};
use crate::clock::Timestamp;

/// What belongs to a database, as endings of its name.
const FILES: [&str; 3] = ["", "-wal", "-shm"];

/// Why a copy is not in place.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The folder is in use.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// The file is no copy that we made.
    #[error("{copy} is no copy that `visorfarm-coordinator backup` made")]
    NoCopy {
        /// The file.
        copy: PathBuf,
    },
    /// A file cannot be moved or written.
    #[error("cannot {doing} {path}")]
    File {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The copy is in place and cannot serve.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts `copy` in place in `folder`. Returns where the database that was there is now.
pub(super) fn restore(
    folder: &Path,
    copy: &Path,
    now: Timestamp,
) -> Result<Option<PathBuf>, RestoreError> {
    let Some(farm) = farm_of(copy) else {
        return Err(RestoreError::NoCopy { copy: copy.to_owned() });
    };
    let failed = |doing, path: &Path| {
        let path = path.to_owned();
        move |source| RestoreError::File { doing, path, source }
    };
    fs::create_dir_all(folder).map_err(failed("make", folder))?;
    let _hold = Hold::take(folder)?;
    let part = folder.join("farm.db.part");
    fs::copy(copy, &part).map_err(failed("write", &part))?;
    if let Some(epoch) = backup::epoch(&folder.join(FILE_NAME)) {
        backup::replaces(&part, epoch)
            .map_err(|source| StoreError::Open { path: part.clone(), source })?;
    }
    File::open(&part).and_then(|file| file.sync_all()).map_err(failed("write", &part))?;

    let aside = folder.join(format!("replaced-{}", now.seconds()));
    let mut replaced = None;
    for ending in FILES {
        let old = folder.join(format!("{FILE_NAME}{ending}"));
        if old.exists() {
            fs::create_dir_all(&aside).map_err(failed("make", &aside))?;
            let kept = aside.join(format!("{FILE_NAME}{ending}"));
            fs::rename(&old, kept).map_err(failed("put aside", &old))?;
            replaced = Some(aside.clone());
        }
    }
    let place = folder.join(FILE_NAME);
    fs::rename(&part, &place).map_err(failed("put in place", &place))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("write", folder))?;
    Store::open(folder, &farm, now)?;
    Ok(replaced)
}

/// Returns the farm that `copy` is of, if it is a copy at all.
fn farm_of(copy: &Path) -> Option<FarmId> {
    let meta = backup::marked(copy)?;
    meta.parse().ok()
}
