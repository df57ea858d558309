//! What an agent remembers: an append-only file of records, and the only thing it trusts after a
//! restart.
//!
//! A journal begins with a line that names its format; then come frames. One
//! [`Journal::append`] is one frame, one write and one fsync: its records are remembered all
//! together or not at all. A frame that a power cut left unfinished at the end was never relied on
//! and is cut off. Damage anywhere else is a fact lost, and only a person may go on from there.
//! After a failed write nobody knows what the disk holds, so the journal refuses all further ones;
//! a restart reads what is really there.

mod disk;
mod frame;

use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use disk::{Disk, Files};
use frame::Tail;

/// The first line: what the file is, and the version of its format.
const HEADER: &[u8] = b"visorfarm journal 1\n";

/// The part of [`HEADER`] that every version of the format begins with.
const MAGIC: &[u8] = b"visorfarm journal ";

/// An open journal of records `T`. No other process can open it meanwhile.
#[derive(Debug)]
pub struct Journal<T, D: Disk = Files> {
    disk: D,
    path: PathBuf,
    state: State<D::File>,
    bytes: u64,
    /// Of a file of its own, because compaction replaces the journal's file.
    _lock: D::Lock,
    records: PhantomData<fn(T)>,
}

#[derive(Debug)]
enum State<F> {
    Open(F),
    /// A write failed.
    Poisoned,
}

/// What a journal remembered when it was opened.
#[derive(Debug, PartialEq, Eq)]
pub struct Replay<T> {
    /// All records, oldest first.
    pub records: Vec<T>,
    /// Bytes of an unfinished write that were cut off.
    pub torn_bytes: u64,
}

/// Why a journal cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A file operation failed.
    #[error("cannot {doing} {path}")]
    File {
        /// What was tried.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Another process has it open.
    #[error("journal {path} is in use: another visorfarm-agent runs with this state folder")]
    InUse {
        /// Which one.
        path: PathBuf,
    },
    /// The file does not begin like a journal.
    #[error("{path} is not a visorfarm journal: move it away and start again")]
    Foreign {
        /// Which one.
        path: PathBuf,
    },
    /// Another format, or a record of a shape that this program does not know.
    #[error(
        "journal {path} was written by another version of visorfarm-agent (at byte {offset}): \
         install that version or a newer one"
    )]
    Version {
        /// Which one.
        path: PathBuf,
        /// Where.
        offset: usize,
        /// What was wrong with the record; nothing if it is the header.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// Bytes in the middle have changed.
    #[error(
        "journal {path} is damaged from byte {from} to {to}, and records follow: the card or disk \
         may be failing; copy the file, then restore it from a backup, or move all journals and \
         identity.json away to begin a new life (a person must then look what became of this \
         printer's lease)"
    )]
    Damaged {
        /// Which one.
        path: PathBuf,
        /// Where the damage begins.
        from: usize,
        /// Where the next whole frame begins.
        to: usize,
    },
    /// More records at once than a frame holds.
    #[error("cannot append {bytes} bytes to journal {path} at once")]
    TooLarge {
        /// Which one.
        path: PathBuf,
        /// How many.
        bytes: usize,
    },
    /// An earlier write failed.
    #[error("journal {path} could not be written before: restart the agent")]
    Poisoned {
        /// Which one.
        path: PathBuf,
    },
}

impl<T: Serialize + DeserializeOwned> Journal<T> {
    /// Opens the journal at `path`, makes it if there is none, and reads what it remembers.
    pub fn open(path: &Path) -> Result<(Self, Replay<T>), JournalError> {
        Self::open_on(Files, path)
    }
}

impl<T: Serialize + DeserializeOwned, D: Disk> Journal<T, D> {
    /// Opens the journal at `path` of `disk`, makes it if there is none, and reads what it remembers.
    pub fn open_on(disk: D, path: &Path) -> Result<(Self, Replay<T>), JournalError> {
        let lock = lock(&disk, path)?;
        let mut file = match disk.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(&disk, path)?,
            Err(source) => return Err(failed("open", path, source)),
        };
        let bytes = disk.read(&mut file).map_err(|source| failed("read", path, source))?;
        if HEADER.starts_with(&bytes) && bytes.len() < HEADER.len() {
            file = make(&disk, path)?;
            let replay = Replay { records: Vec::new(), torn_bytes: bytes.len() as u64 };
            return Ok((Self::new(disk, path, (file, lock), HEADER.len()), replay));
        }
        let (records, end) = read(path, &bytes)?;
        if end < bytes.len() {
            let cut = disk.cut(&mut file, end as u64);
            cut.map_err(|source| failed("cut the torn end of", path, source))?;
        }
        let torn_bytes = (bytes.len() - end) as u64;
        Ok((Self::new(disk, path, (file, lock), end), Replay { records, torn_bytes }))
    }

    fn new(disk: D, path: &Path, (file, lock): (D::File, D::Lock), bytes: usize) -> Self {
        Self {
            disk,
            path: path.to_owned(),
            state: State::Open(file),
            bytes: bytes as u64,
            _lock: lock,
            records: PhantomData,
        }
    }

    /// Remembers `records`, all of them or none. When it returns they are on the disk.
    pub fn append(&mut self, records: &[T]) -> Result<(), JournalError> {
        let State::Open(file) = &mut self.state else {
            return Err(JournalError::Poisoned { path: self.path.clone() });
        };
        if records.is_empty() {
            return Ok(());
        }
        let buffer = encode(&self.path, records)?;
        let written = self.disk.append(file, &buffer).and_then(|()| self.disk.sync(file));
        if let Err(source) = written {
            self.state = State::Poisoned;
            return Err(failed("append to journal", &self.path, source));
        }
        self.bytes += buffer.len() as u64;
        Ok(())
    }

    /// Forgets everything but `snapshot`. Until it returns the old records are on the disk, or the
    /// new ones are, never a mixture. If there is no room for the snapshot the journal goes on as
    /// it was.
    pub fn compact(&mut self, snapshot: &[T]) -> Result<(), JournalError> {
        if matches!(self.state, State::Poisoned) {
            return Err(JournalError::Poisoned { path: self.path.clone() });
        }
        let mut bytes = HEADER.to_vec();
        for record in snapshot {
            bytes.extend(encode(&self.path, std::slice::from_ref(record))?);
        }
        prepare(&self.disk, &self.path, &bytes)?;
        // From here on the file under our path may be another one than the one we hold.
        self.state = State::Poisoned;
        self.state = State::Open(install(&self.disk, &self.path)?);
        self.bytes = bytes.len() as u64;
        Ok(())
    }

    /// Returns the size of the file: the measure of when to compact.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

fn encode<T: Serialize>(path: &Path, records: &[T]) -> Result<Vec<u8>, JournalError> {
    let payload = serde_json::to_vec(records)
        .expect("a journal's records have string keys and finite numbers");
    if payload.len() > frame::PAYLOAD_BYTES_MAX {
        return Err(JournalError::TooLarge { path: path.to_owned(), bytes: payload.len() });
    }
    let mut buffer = Vec::new();
    frame::write(&mut buffer, &payload);
    Ok(buffer)
}

/// Returns the records in `bytes` and where the last whole frame ends.
fn read<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<(Vec<T>, usize), JournalError> {
    if !bytes.starts_with(MAGIC) {
        return Err(JournalError::Foreign { path: path.to_owned() });
    }
    if !bytes.starts_with(HEADER) {
        return Err(JournalError::Version { path: path.to_owned(), offset: 0, source: None });
    }
    let scan = frame::scan(bytes, HEADER.len());
    if let Tail::Damaged { next } = scan.tail {
        return Err(JournalError::Damaged { path: path.to_owned(), from: scan.end, to: next });
    }
    let mut records = Vec::new();
    for payload in scan.payloads {
        let offset = payload.start;
        let frame: Vec<T> = serde_json::from_slice(&bytes[payload]).map_err(|source| {
            JournalError::Version { path: path.to_owned(), offset, source: Some(source) }
        })?;
        records.extend(frame);
    }
    Ok((records, scan.end))
}

fn lock<D: Disk>(disk: &D, journal: &Path) -> Result<D::Lock, JournalError> {
    let path = beside(journal, ".lock");
    let lock = disk.lock(&path).map_err(|source| failed("lock", &path, source))?;
    lock.ok_or_else(|| JournalError::InUse { path: journal.to_owned() })
}

/// Makes an empty journal. Its header is never torn: the file appears whole.
fn make<D: Disk>(disk: &D, path: &Path) -> Result<D::File, JournalError> {
    prepare(disk, path, HEADER)?;
    install(disk, path)
}

/// Writes `bytes` durably to the file that [`install`] puts in the place of `path`.
fn prepare<D: Disk>(disk: &D, path: &Path, bytes: &[u8]) -> Result<(), JournalError> {
    let new = beside(path, ".new");
    let mut file = disk.create(&new).map_err(|source| failed("create", &new, source))?;
    disk.append(&mut file, bytes)
        .and_then(|()| disk.sync(&mut file))
        .map_err(|source| failed("write", &new, source))
}

/// Puts the prepared file in the place of `path`, durably, and returns it open for appending.
fn install<D: Disk>(disk: &D, path: &Path) -> Result<D::File, JournalError> {
    let renamed = disk.rename(&beside(path, ".new"), path);
    renamed.map_err(|source| failed("replace", path, source))?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    disk.sync_folder(folder).map_err(|source| failed("sync folder", folder, source))?;
    disk.open(path).map_err(|source| failed("open", path, source))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> JournalError {
    JournalError::File { doing, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
