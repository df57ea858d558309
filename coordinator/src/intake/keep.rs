//! Bytes on their way into the folder of G-code: written under a temporary name while they are
//! read, and renamed to their digest once they are whole and durable. What is packed is unpacked on
//! the way: `OctoPrint` prints text only, so text is what is kept, leased and known by its digest.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use visorfarm_gcode::{PackedScanner, Report};
use visorfarm_protocol::id::ProfileId;

use super::{Label, NotTaken, Unfit, read};
use crate::dispatch::Slice;

/// How much of a file is read at a time.
const CHUNK_BYTES: usize = 128 * 1024;

/// What a temporary name ends with; such files are swept away at the next start.
const PART: &str = ".part";

/// A file that is arriving. Dropped before it is kept, it leaves nothing.
pub struct Arriving {
    file: File,
    path: Temporary,
    folder: PathBuf,
    /// Boxed, since it holds all that it knows of the machine, and moves with every piece.
    scanner: Box<PackedScanner>,
    profile: ProfileId,
    /// What has come, and the text that was in it.
    bytes: u64,
    text_bytes: u64,
    bytes_max: u64,
}

/// A file that has arrived and been read.
pub(super) struct Arrived {
    path: Temporary,
    folder: PathBuf,
    report: Report,
}

/// Removes what it names unless that was renamed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already if it was renamed; else the next start sweeps it.
        fs::remove_file(&self.0).ok();
    }
}

impl Arriving {
    /// Makes the file. Blocks for the disk.
    pub(super) fn begin(
        folder: &Path,
        profile: ProfileId,
        bytes_max: u64,
    ) -> Result<Self, NotTaken> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).expect("the operating system gives random bytes");
        let path = folder.join(format!("{:016x}{PART}", u64::from_ne_bytes(random)));
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.map_err(|source| cannot(folder, source))?;
        let scanner = Box::new(read::scanner(&profile));
        let path = Temporary(path);
        let folder = folder.to_owned();
        Ok(Self { file, path, folder, scanner, profile, bytes: 0, text_bytes: 0, bytes_max })
    }

    /// Takes the next bytes, where they hold up nobody.
    pub async fn write(mut self, chunk: Bytes) -> Result<Self, NotTaken> {
        blocking(move || {
            self.feed(&chunk)?;
            Ok(self)
        })
        .await
    }

    fn feed(&mut self, chunk: &[u8]) -> Result<(), NotTaken> {
        self.bytes += chunk.len() as u64;
        if self.bytes_max < self.bytes {
            return Err(Unfit::too_large(self.bytes_max).into());
        }
        let mut writing = Writing::to(&self.file);
        let fed = self.scanner.feed_through(chunk, &mut |text| writing.write(text));
        self.text_bytes += writing.written.map_err(|source| cannot(&self.folder, source))?;
        if self.bytes_max < self.text_bytes {
            return Err(Unfit::too_large(self.bytes_max).into());
        }
        Ok(fed.map_err(Unfit::from)?)
    }

    /// Reads the whole of `source`. Blocks for the disk.
    pub(super) fn copy(&mut self, mut source: File, place: &Path) -> Result<(), NotTaken> {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let read = source.read(&mut chunk).map_err(|source| cannot(place, source))?;
            if read == 0 {
                return Ok(());
            }
            self.feed(&chunk[..read])?;
        }
    }

    /// Says that all bytes have arrived. Blocks for the disk.
    pub(super) fn complete(self) -> Result<Arrived, NotTaken> {
        let mut writing = Writing::to(&self.file);
        let scanned = self.scanner.finish_through(&mut |text| writing.write(text));
        writing.written.map_err(|source| cannot(&self.folder, source))?;
        let scanned = scanned.map_err(Unfit::from)?;
        let (sha256, bytes) = scanned.text;
        let report = Report { sha256, bytes, ..scanned.report };
        read::check(&report, &self.profile)?;
        self.file.sync_all().map_err(|source| cannot(&self.folder, source))?;
        Ok(Arrived { path: self.path, folder: self.folder, report })
    }
}

/// Text on its way to the disk. The first failure stays; what follows it is not written.
struct Writing<'a> {
    file: &'a File,
    written: io::Result<u64>,
}

impl<'a> Writing<'a> {
    fn to(file: &'a File) -> Self {
        Self { file, written: Ok(0) }
    }

    fn write(&mut self, text: &[u8]) {
        if let Ok(before) = self.written {
            let written = self.file.write_all(text);
            self.written = written.map(|()| before + text.len() as u64);
        }
    }
}

impl Arrived {
    pub(super) fn slice(&self, label: &Label) -> Slice {
        read::slice(&self.report, label)
    }

    /// Gives the file its lasting name. Blocks for the disk.
    pub(super) fn keep(self, slice: &Slice) -> Result<(), NotTaken> {
        // A file of that name has these very bytes: replacing it changes nothing.
        fs::rename(&self.path.0, self.folder.join(slice.digest.to_string()))
            .and_then(|()| File::open(&self.folder)?.sync_all())
            .map_err(|source| cannot(&self.folder, source))
    }
}

/// Removes what an earlier process left half done.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(PART) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

pub(super) fn cannot(place: &Path, source: io::Error) -> NotTaken {
    NotTaken::Disk { place: place.to_owned(), source }
}

/// Runs `work`, which waits for a disk, where it holds up nobody.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
