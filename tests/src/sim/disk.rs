//! A disk whose power fails: what was not synced may be lost, in part or whole, and what was renamed
//! may be called as before. It can also be full, read-only, or decay.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use visorfarm_agent::journal::Disk;

use super::chance::Chance;
use super::mutant::Mutant;

/// What every write finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// A disk that works.
    Good,
    /// No room.
    Full,
    /// Mounted read-only after an error.
    ReadOnly,
    /// The power goes during the next write: nothing of it is synced.
    Failing,
}

/// A disk. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct SimDisk(Rc<RefCell<Platter>>);

#[derive(Debug)]
struct Platter {
    contents: Vec<Content>,
    names: BTreeMap<PathBuf, usize>,
    /// The names that survive a power cut.
    names_synced: BTreeMap<PathBuf, usize>,
    locked: BTreeMap<PathBuf, Rc<()>>,
    health: Health,
    mutant: Option<Mutant>,
}

/// The bytes of a file, whatever it is called.
#[derive(Clone, Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    /// How many of them survive a power cut for sure.
    synced: usize,
}

impl SimDisk {
    /// Returns an empty disk.
    #[must_use]
    pub(super) fn new(mutant: Option<Mutant>) -> Self {
        Self(Rc::new(RefCell::new(Platter {
            contents: Vec::new(),
            names: BTreeMap::new(),
            names_synced: BTreeMap::new(),
            locked: BTreeMap::new(),
            health: Health::Good,
            mutant,
        })))
    }

    /// Returns another disk with the same files: a memory card that was copied.
    pub(super) fn copy(&self) -> Self {
        let platter = self.0.borrow();
        Self(Rc::new(RefCell::new(Platter {
            contents: platter.contents.clone(),
            names: platter.names.clone(),
            names_synced: platter.names_synced.clone(),
            locked: BTreeMap::new(),
            health: Health::Good,
            mutant: platter.mutant,
        })))
    }

    /// Changes what writes find.
    pub(super) fn set_health(&self, health: Health) {
        self.0.borrow_mut().health = health;
    }

    /// Returns what writes find.
    #[must_use]
    pub(super) fn health(&self) -> Health {
        self.0.borrow().health
    }

    /// Cuts the power. Of what was not synced, a beginning survives by chance, and then perhaps some
    /// zeros, which file systems leave; returns whether a write was torn.
    pub(super) fn power_cut(&self, chance: &mut Chance) -> bool {
        let mut platter = self.0.borrow_mut();
        let mut torn = false;
        if chance.percent(50) {
            platter.names = platter.names_synced.clone();
        } else {
            platter.names_synced = platter.names.clone();
        }
        for content in &mut platter.contents {
            let unsynced = content.bytes.len() - content.synced;
            if unsynced == 0 {
                continue;
            }
            let kept = content.synced + chance.index(unsynced + 1);
            torn |= kept < content.bytes.len();
            content.bytes.truncate(kept);
            if chance.percent(25) {
                content.bytes.resize(kept + chance.index(64), 0);
            }
            content.synced = content.bytes.len();
        }
        torn
    }

    /// Flips a bit somewhere in the first half of the file at `path`; returns whether there was one
    /// to flip.
    pub(super) fn decay(&self, path: &Path, chance: &mut Chance) -> bool {
        let mut platter = self.0.borrow_mut();
        let Some(file) = platter.names.get(path).copied() else { return false };
        let bytes = &mut platter.contents[file].bytes;
        // The header and the last frames are left alone: see the module `journal`, which cannot tell
        // a decayed last frame from a torn one.
        if bytes.len() < 1_024 {
            return false;
        }
        let at = 64 + chance.index(bytes.len() / 2 - 64);
        bytes[at] ^= 1 << chance.index(8);
        true
    }

    /// Deletes every file.
    pub(super) fn wipe(&self) {
        let mut platter = self.0.borrow_mut();
        platter.names.clear();
        platter.names_synced.clear();
    }

    fn writable(&self) -> io::Result<()> {
        match self.health() {
            Health::Good | Health::Full | Health::Failing => Ok(()),
            Health::ReadOnly => Err(io::ErrorKind::ReadOnlyFilesystem.into()),
        }
    }
}

impl Disk for SimDisk {
    type File = usize;
    type Lock = Rc<()>;

    fn lock(&self, path: &Path) -> io::Result<Option<Rc<()>>> {
        self.writable()?;
        let mut platter = self.0.borrow_mut();
        if platter.locked.get(path).is_some_and(|held| 1 < Rc::strong_count(held)) {
            return Ok(None);
        }
        let lock = Rc::new(());
        platter.locked.insert(path.to_owned(), Rc::clone(&lock));
        Ok(Some(lock))
    }

    fn open(&self, path: &Path) -> io::Result<usize> {
        let platter = self.0.borrow();
        platter.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn create(&self, path: &Path) -> io::Result<usize> {
        self.writable()?;
        let mut platter = self.0.borrow_mut();
        platter.contents.push(Content::default());
        let file = platter.contents.len() - 1;
        platter.names.insert(path.to_owned(), file);
        Ok(file)
    }

    fn read(&self, file: &mut usize) -> io::Result<Vec<u8>> {
        Ok(self.0.borrow().contents[*file].bytes.clone())
    }

    fn append(&self, file: &mut usize, bytes: &[u8]) -> io::Result<()> {
        self.writable()?;
        let mut platter = self.0.borrow_mut();
        if platter.health == Health::Full {
            // What still fits is written.
            platter.contents[*file].bytes.extend_from_slice(&bytes[..bytes.len() / 2]);
            return Err(io::ErrorKind::StorageFull.into());
        }
        platter.contents[*file].bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&self, file: &mut usize) -> io::Result<()> {
        self.writable()?;
        let mut platter = self.0.borrow_mut();
        if platter.health == Health::Failing {
            return Err(io::Error::other("the power goes"));
        }
        if platter.mutant != Some(Mutant::FsyncRemoved) {
            let content = &mut platter.contents[*file];
            content.synced = content.bytes.len();
        }
        Ok(())
    }

    fn cut(&self, file: &mut usize, end: u64) -> io::Result<()> {
        self.writable()?;
        let end = usize::try_from(end).expect("a file of the simulation fits its memory");
        let content = &mut self.0.borrow_mut().contents[*file];
        content.bytes.truncate(end);
        content.synced = end;
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.writable()?;
        let mut platter = self.0.borrow_mut();
        let file = platter.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        platter.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        platter.names_synced = platter.names.clone();
        Ok(())
    }
}
