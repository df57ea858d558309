//! The directory at the end of an archive (PKWARE, APPNOTE.TXT 4.3.12 and 4.3.16). Other readers go by it: if it does not tell
//! exactly what was read from the start, people would look at one text and print another.

use std::collections::BTreeMap;

use super::Unpackable;

const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

const ENTRY_BYTES: usize = 46;
const END_BYTES: usize = 22;

/// Encrypted, patched, encrypted anew, its header masked (PKWARE, 4.4.4): what no slicer writes.
const FLAGS_REFUSED: u16 = 1 | 1 << 5 | 1 << 6 | 1 << 13;

/// What an archive holds, in the order of its bytes: where each entry begins, and what was told of it there.
#[derive(Debug, Default)]
pub(super) struct Contents(BTreeMap<u32, Told>);

/// What is told of an entry before it or behind it, and once more in the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// A checksum of its name, which may be long.
    pub(super) name: u32,
    pub(super) method: u16,
    pub(super) sizes: Sizes,
}

/// What tells whether an entry is whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) checksum: u32,
    pub(super) packed: u32,
    pub(super) unpacked: u32,
}

/// The directory on its way in.
#[derive(Debug)]
pub(super) struct Directory {
    /// What it has not told of yet.
    untold: Contents,
    entries: usize,
    /// Where it begins in the archive, and how much of it was read.
    begins: u64,
    bytes: u64,
    kept: Vec<u8>,
    part: Part,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Entries,
    /// All is read: nothing may follow.
    Over,
}

impl Contents {
    /// Takes down an entry whose header begins at `at`.
    pub(super) fn add(&mut self, at: u64, told: Told) -> Result<(), Unpackable> {
        let at = u32::try_from(at).map_err(|_| Unpackable::Foreign)?;
        self.0.insert(at, told);
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Directory {
    /// Returns one that begins at so many bytes and must tell of `contents`.
    pub(super) fn new(begins: u64, contents: Contents) -> Self {
        let entries = contents.len();
        let part = Part::Entries;
        Self { untold: contents, entries, begins, bytes: 0, kept: Vec::new(), part }
    }

    /// Reads all of `bytes`, which follow each other.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), Unpackable> {
        while !bytes.is_empty() {
            if self.part == Part::Over {
                return Err(Unpackable::Malformed);
            }
            let wanted = self.wanted()?;
            let (taken, rest) = bytes.split_at(bytes.len().min(wanted - self.kept.len()));
            self.kept.extend_from_slice(taken);
            bytes = rest;
            if self.kept.len() == self.wanted()? {
                self.record()?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), Unpackable> {
        if self.part == Part::Over { Ok(()) } else { Err(Unpackable::CutShort) }
    }

    /// Returns how long the record is whose first bytes are kept, as far as they tell.
    fn wanted(&self) -> Result<usize, Unpackable> {
        let Some(signature) = self.kept.get(..CENTRAL.len()) else { return Ok(CENTRAL.len()) };
        match signature {
            END => Ok(END_BYTES),
            CENTRAL if self.kept.len() < ENTRY_BYTES => Ok(ENTRY_BYTES),
            CENTRAL => {
                let lengths = [28, 30, 32].map(|at| usize::from(self.word(at)));
                Ok(ENTRY_BYTES + lengths.iter().sum::<usize>())
            }
            _ => Err(Unpackable::Malformed),
        }
    }

    /// Reads the record that is kept, if it is whole.
    fn record(&mut self) -> Result<(), Unpackable> {
        if self.kept.len() == CENTRAL.len() || self.kept.len() < self.wanted()? {
            return Ok(());
        }
        if self.kept.starts_with(END) {
            return self.end();
        }
        let name = &self.kept[ENTRY_BYTES..ENTRY_BYTES + usize::from(self.word(28))];
        let [checksum, packed, unpacked] = [16, 20, 24].map(|at| self.long(at));
        let told = Told {
            name: crc32fast::hash(name),
            method: self.word(10),
            sizes: Sizes { checksum, packed, unpacked },
        };
        let begins = self.long(42);
        if self.untold.0.remove(&begins) != Some(told) || self.word(8) & FLAGS_REFUSED != 0 {
            return Err(Unpackable::Malformed);
        }
        self.bytes += self.kept.len() as u64;
        self.kept.clear();
        Ok(())
    }

    /// Reads the last record, by which readers find the directory. A text behind it could hold another.
    fn end(&mut self) -> Result<(), Unpackable> {
        let all = u16::try_from(self.entries).map_err(|_| Unpackable::Foreign)?;
        let counts = [self.word(8), self.word(10)] == [all; 2];
        let places = [self.long(12), self.long(16)].map(u64::from) == [self.bytes, self.begins];
        let alone = [self.word(4), self.word(6), self.word(20)] == [0; 3];
        if !counts || !places || !alone || self.untold.len() != 0 {
            return Err(Unpackable::Malformed);
        }
        self.part = Part::Over;
        Ok(())
    }

    fn word(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.kept[at], self.kept[at + 1]])
    }

    fn long(&self, at: usize) -> u32 {
        u32::from(self.word(at)) | u32::from(self.word(at + 2)) << 16
    }
}
