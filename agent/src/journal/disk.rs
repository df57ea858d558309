//! The disk under a journal, as far as a journal asks for it: the steps between which a power cut can
//! come, each by itself.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;

/// Where journals are kept. A program keeps them in [`Files`]; a test keeps them where writes tear.
pub trait Disk {
    /// A file that is open for appending.
    type File: fmt::Debug;
    /// What keeps other processes from a journal until it is dropped.
    type Lock: fmt::Debug;

    /// Takes the lock at `path`; nothing if another process holds it.
    fn lock(&self, path: &Path) -> io::Result<Option<Self::Lock>>;
    /// Opens the file at `path`.
    fn open(&self, path: &Path) -> io::Result<Self::File>;
    /// Makes an empty file at `path`, whatever was there.
    fn create(&self, path: &Path) -> io::Result<Self::File>;
    /// Returns all that is in the file.
    fn read(&self, file: &mut Self::File) -> io::Result<Vec<u8>>;
    /// Writes at the end of the file. Until [`Disk::sync`] returns, none, some or all of it survives
    /// a power cut.
    fn append(&self, file: &mut Self::File, bytes: &[u8]) -> io::Result<()>;
    /// Makes what was appended survive.
    fn sync(&self, file: &mut Self::File) -> io::Result<()>;
    /// Cuts the file at `end`, for good.
    fn cut(&self, file: &mut Self::File, end: u64) -> io::Result<()>;
    /// Gives the file at `from` the name `to`, in the place of what was there. Survives a power cut
    /// once [`Disk::sync_folder`] returned.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in `folder` survive.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Files;

impl Disk for Files {
    type File = File;
    type Lock = File;

    fn lock(&self, path: &Path) -> io::Result<Option<File>> {
        let file = File::create(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(source),
        }
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).append(true).open(path)
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        File::create(path)
    }

    fn read(&self, file: &mut File) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn append(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &mut File) -> io::Result<()> {
        file.sync_data()
    }

    fn cut(&self, file: &mut File, end: u64) -> io::Result<()> {
        file.set_len(end)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::*;

    /// Nothing but a call to the system tells of a file system that cannot keep anything.
    #[test]
    fn what_cannot_survive_is_not_said_to() {
        let (_reader, writer) = io::pipe().unwrap();
        assert!(Files.sync(&mut File::from(OwnedFd::from(writer))).is_err());
        assert!(Files.sync_folder(Path::new("/proc")).is_err());
    }

    #[test]
    fn what_is_cut_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.journal");
        fs::write(&path, b"whole torn").unwrap();
        let mut file = File::options().append(true).open(&path).unwrap();
        Files.cut(&mut file, 5).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }
}
