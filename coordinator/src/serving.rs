//! What a serving coordinator tells other programs of this machine: where it listens, and what an
//! invite must say.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use visorfarm_protocol::digest::Digest;

/// The file's name in the data folder.
const FILE_NAME: &str = "serving.json";

/// Where a coordinator serves. It stays when the coordinator stops: the next one is most likely
/// to be found at the same place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// What people type: `https://farm.example:8443`.
    pub origin: String,
    /// SHA-256 of the certificate that agents trust; none where nothing is encrypted.
    pub pin: Option<Digest>,
    /// Where agents find the broker, best first.
    pub brokers: Vec<String>,
}

/// Why it is not known where the coordinator serves.
#[derive(Debug, thiserror::Error)]
pub enum ServingError {
    /// No coordinator has served from this folder yet.
    #[error("no coordinator has served from {folder}: start `visorfarm-coordinator serve` first")]
    Never {
        /// The data folder.
        folder: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("cannot read or write {path}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Serving {
    /// Reads what the coordinator of `folder` wrote.
    pub fn read(folder: &Path) -> Result<Self, ServingError> {
        let path = folder.join(FILE_NAME);
        let bytes = std::fs::read(&path).map_err(|source| {
            if source.kind() == io::ErrorKind::NotFound {
                return ServingError::Never { folder: folder.to_owned() };
            }
            ServingError::File { path: path.clone(), source }
        })?;
        serde_json::from_slice(&bytes)
            .map_err(|error| ServingError::File { path, source: error.into() })
    }

    /// Writes it whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<(), ServingError> {
        let path = folder.join(FILE_NAME);
        let file = |source| ServingError::File { path: path.clone(), source };
        let new = folder.join(".serving.json.new");
        let bytes = serde_json::to_vec_pretty(self).expect("plain data is written as JSON");
        std::fs::write(&new, bytes).map_err(file)?;
        std::fs::rename(&new, &path).map_err(file)
    }
}
