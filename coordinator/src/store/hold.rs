//! One coordinator at a time: who serves a data folder, or puts a copy into it, holds it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The lock's name in the data folder. The file stays; the lock on it goes with its process.
const FILE_NAME: &str = "farm.lock";

/// The data folder is ours while this lives.
#[derive(Debug)]
pub struct Hold {
    /// Locked.
    _file: File,
}

/// Why the data folder is not ours.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Somebody else's.
    #[error("another coordinator serves {folder}: stop it first")]
    Taken {
        /// Which folder.
        folder: PathBuf,
    },
    /// It cannot be locked.
    #[error("cannot lock {path}")]
    Lock {
        /// The lock.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl Hold {
    /// Takes `folder`.
    pub fn take(folder: &Path) -> Result<Self, HoldError> {
        let path = folder.join(FILE_NAME);
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|source| HoldError::Lock { path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(HoldError::Taken { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(HoldError::Lock { path, source }),
        }
    }
}
