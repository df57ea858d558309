//! The folder of fetched files: `<digest>.gcode`, and `<digest>.part` while one comes.
//!
//! File locks say who uses what: a file that is held is locked shared, one that comes is locked
//! exclusively, and only what nobody has locked is removed. So nothing is remembered in memory,
//! and a killed process leaves no lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use visorfarm_gcode::Scanner;
use visorfarm_protocol::digest::Digest;

use super::FetchError;
use crate::clock;

/// What must stay free on the disk, for journals, logs and OctoPrint.
const BYTES_LEFT_FREE: u64 = 64 * 1024 * 1024;

/// Read and shown to the scanner at once; other tasks get a turn in between.
const CHUNK_BYTES: usize = 64 * 1024;

/// The folder, and how much it may hold.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    bytes_max: u64,
}

/// A whole file that is not removed while this lives.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) path: PathBuf,
    /// Locked shared.
    file: File,
}

/// A file that comes. Nobody else writes it while this lives.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    whole: PathBuf,
    /// Locked exclusively.
    file: tokio::fs::File,
    bytes: u64,
    origin: Origin,
}

/// Where the bytes of a [`Part`] come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Fresh,
    /// Some lay on the disk.
    Resumed,
}

impl Cache {
    /// Opens the cache in `folder`, which exists, for `bytes_max` of files.
    #[must_use]
    pub fn new(folder: &Path, bytes_max: u64) -> Self {
        Self { folder: folder.to_owned(), bytes_max }
    }

    pub(super) fn bytes_max(&self) -> u64 {
        self.bytes_max
    }

    /// Returns the whole file of `digest`, if it is there.
    pub(super) fn hold(&self, digest: Digest) -> Result<Option<Hold>, FetchError> {
        let path = self.whole(digest);
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(failed("open", &path, source)),
        };
        // Locked exclusively, it is being removed.
        if !locked(file.try_lock_shared(), &path)? || !is_at(&file, &path) {
            return Ok(None);
        }
        // The newest use keeps it longest. If the card does not take it, it goes a little earlier.
        drop(file.set_modified(clock::wall()));
        Ok(Some(Hold { path, file }))
    }

    /// Returns what there is of `digest`, perhaps nothing; none if somebody else fetches it.
    pub(super) fn part(&self, digest: Digest) -> Result<Option<Part>, FetchError> {
        let path = self.folder.join(format!("{digest}.part"));
        let opened =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(|source| failed("open", &path, source))?;
        if !locked(file.try_lock(), &path)? || !is_at(&file, &path) {
            return Ok(None);
        }
        let file = tokio::fs::File::from_std(file);
        let whole = self.whole(digest);
        Ok(Some(Part { path, whole, file, bytes: 0, origin: Origin::Fresh }))
    }

    /// Removes what was used longest ago, until a file of `bytes` fits, of which `kept` are there.
    pub(super) fn make_room(&self, bytes: u64, kept: u64) -> Result<(), FetchError> {
        let bytes_needed = (2 * bytes + BYTES_LEFT_FREE).saturating_sub(kept);
        let mut files =
            self.files().map_err(|source| failed("read folder", &self.folder, source))?;
        let mut total: u64 = files.iter().map(|file| file.bytes).sum();
        files.sort_by_key(|file| std::cmp::Reverse(file.used));
        loop {
            let bytes_free = self.bytes_free()?;
            let fits = total + bytes <= self.bytes_max + kept && bytes_needed <= bytes_free;
            match files.pop() {
                _ if fits => return Ok(()),
                Some(oldest) => {
                    total -= if remove_unused(&oldest.path)? { oldest.bytes } else { 0 }
                }
                None if bytes_needed <= bytes_free => return Ok(()),
                None => {
                    let folder = self.folder.clone();
                    return Err(FetchError::NoRoom { folder, bytes_free, bytes_needed });
                }
            }
        }
    }

    fn bytes_free(&self) -> Result<u64, FetchError> {
        let disk = rustix::fs::statvfs(&self.folder)
            .map_err(|error| failed("measure the disk of", &self.folder, error.into()))?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn files(&self) -> io::Result<Vec<Kept>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let stem = name.strip_suffix(".gcode").or_else(|| name.strip_suffix(".part"));
            // Nothing is removed that is not named like ours.
            if stem.is_none_or(|stem| stem.parse::<Digest>().is_err()) {
                continue;
            }
            // One that is gone meanwhile is not there.
            if let Ok(meta) = fs::symlink_metadata(&path)
                && meta.is_file()
            {
                files.push(Kept { path, bytes: meta.len(), used: meta.modified()? });
            }
        }
        Ok(files)
    }

    fn whole(&self, digest: Digest) -> PathBuf {
        self.folder.join(format!("{digest}.gcode"))
    }
}

struct Kept {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

impl Hold {
    /// Shows the file to `scanner`.
    pub(super) async fn feed(&mut self, scanner: &mut Scanner) -> Result<(), FetchError> {
        let failed = |source| failed("read", &self.path, source);
        let file = self.file.try_clone().map_err(failed)?;
        feed(&mut tokio::fs::File::from_std(file), scanner).await.map_err(failed)?;
        Ok(())
    }

    /// Removes the file.
    pub(super) fn remove(self) -> Result<(), FetchError> {
        fs::remove_file(&self.path).map_err(|source| failed("remove", &self.path, source))
    }
}

impl Part {
    /// Shows what there is to `scanner`, and returns how much; more than `bytes_max` is nothing.
    pub(super) async fn feed(
        &mut self,
        scanner: &mut Scanner,
        bytes_max: u64,
    ) -> Result<u64, FetchError> {
        let failed = |source| failed("read", &self.path, source);
        if bytes_max < self.file.metadata().await.map_err(failed)?.len() {
            self.empty().await?;
            return Ok(0);
        }
        self.bytes = feed(&mut self.file, scanner).await.map_err(failed)?;
        self.origin = if self.bytes == 0 { Origin::Fresh } else { Origin::Resumed };
        Ok(self.bytes)
    }

    pub(super) async fn append(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        let written = self.file.write_all(bytes).await;
        written.map_err(|source| failed("write", &self.path, source))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Forgets what there is.
    pub(super) async fn empty(&mut self) -> Result<(), FetchError> {
        let failed = |source| failed("empty", &self.path, source);
        self.file.set_len(0).await.map_err(failed)?;
        self.file.seek(SeekFrom::Start(0)).await.map_err(failed)?;
        self.bytes = 0;
        self.origin = Origin::Fresh;
        Ok(())
    }

    /// Makes it the whole file; none if it was removed in that moment.
    pub(super) async fn seal(mut self) -> Result<Option<Hold>, FetchError> {
        let failed = |source| failed("write", &self.path, source);
        self.file.flush().await.map_err(failed)?;
        self.file.sync_all().await.map_err(failed)?;
        fs::rename(&self.path, &self.whole).map_err(failed)?;
        let file = self.file.into_std().await;
        let held = locked(file.try_lock_shared(), &self.whole)? && is_at(&file, &self.whole);
        Ok(held.then(|| Hold { path: self.whole, file }))
    }

    pub(super) fn remove(self) -> Result<(), FetchError> {
        fs::remove_file(&self.path).map_err(|source| failed("remove", &self.path, source))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Says whether all of it came in this attempt.
    pub(super) fn is_fresh(&self) -> bool {
        self.origin == Origin::Fresh
    }
}

/// Shows `file`, from its beginning, to `scanner`, and returns how long it is.
async fn feed(file: &mut tokio::fs::File, scanner: &mut Scanner) -> io::Result<u64> {
    file.seek(SeekFrom::Start(0)).await?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut chunk).await?;
        if read == 0 {
            return Ok(bytes);
        }
        scanner.feed(&chunk[..read]);
        bytes += read as u64;
    }
}

/// Removes the file at `path` if nobody uses it, and says whether it did.
fn remove_unused(path: &Path) -> Result<bool, FetchError> {
    let Ok(file) = File::open(path) else { return Ok(false) };
    if !locked(file.try_lock(), path)? || !is_at(&file, path) {
        return Ok(false);
    }
    fs::remove_file(path).map_err(|source| failed("remove", path, source))?;
    Ok(true)
}

fn locked(attempt: Result<(), TryLockError>, path: &Path) -> Result<bool, FetchError> {
    match attempt {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => Err(failed("lock", path, source)),
    }
}

/// Says whether `path` still names the open `file`: it may have been removed or renamed between
/// opening and locking.
fn is_at(file: &File, path: &Path) -> bool {
    let same = |file: &fs::Metadata, path: &fs::Metadata| {
        (file.dev(), file.ino()) == (path.dev(), path.ino())
    };
    matches!((file.metadata(), fs::metadata(path)), (Ok(file), Ok(path)) if same(&file, &path))
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> FetchError {
    FetchError::File { doing, path: path.to_owned(), source }
}
