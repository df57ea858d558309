//! A 3MF of a slicer: a ZIP archive (PKWARE, APPNOTE.TXT 4.3) in which `Metadata/plate_1.gcode` is the text.
//!
//! The archive is read from its start, entry by entry, as it arrives; the directory at its end must tell the same. What is
//! kept is one entry's header, and where entries began. Encrypted entries, ZIP64 and packings other than deflate are no slicer's.

mod directory;
mod entry;

use self::directory::{Contents, Directory, Sizes, Told};
use self::entry::{Entry, Use};
use super::inflate::{Inflate, Progress};
use super::{Limited, Unpackable};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

const HEADER_BYTES: usize = 30;

/// A 3MF holds a dozen entries; pictures of thirty plates make it a hundred.
const ENTRIES_MAX: usize = 1000;

const FLAG_ENCRYPTED: u16 = 1;
const FLAG_DESCRIPTOR: u16 = 1 << 3;

/// An archive on its way in.
#[derive(Debug)]
pub(super) struct Zip {
    plate: Option<u32>,
    part: Part,
    kept: Vec<u8>,
    contents: Contents,
    /// How much of the archive was read.
    at: u64,
    plates: usize,
}

#[derive(Debug, Default)]
enum Part {
    /// A local header, or what follows the last entry.
    #[default]
    Header,
    Stored(Entry),
    Deflated(Box<Inflate>, Entry),
    /// Checksum and lengths behind an entry that did not say them before.
    Descriptor(Entry),
    /// The directory at the end.
    Directory(Box<Directory>),
}

impl Zip {
    pub(super) fn new(plate: Option<u32>) -> Self {
        let (part, kept, contents) = (Part::Header, Vec::new(), Contents::default());
        Self { plate, part, kept, contents, at: 0, plates: 0 }
    }

    pub(super) fn feed(&mut self, mut bytes: &[u8], text: Limited<'_>) -> Result<(), Unpackable> {
        loop {
            let used = match std::mem::take(&mut self.part) {
                Part::Header => self.header(bytes)?,
                Part::Stored(entry) => self.stored(entry, bytes, text)?,
                Part::Deflated(inflate, entry) => self.deflated(inflate, entry, bytes, text)?,
                Part::Descriptor(entry) => self.descriptor(entry, bytes)?,
                Part::Directory(mut directory) => {
                    directory.feed(bytes)?;
                    self.part = Part::Directory(directory);
                    bytes.len()
                }
            };
            self.at += used as u64;
            bytes = &bytes[used..];
            if bytes.is_empty() {
                return Ok(());
            }
        }
    }

    pub(super) fn finish(self) -> Result<(), Unpackable> {
        let Part::Directory(directory) = self.part else { return Err(Unpackable::CutShort) };
        directory.finish()?;
        match self.plates {
            0 => Err(Unpackable::NoPlate),
            1 => Ok(()),
            _ => Err(Unpackable::SeveralPlates),
        }
    }

    /// Keeps bytes until there are `wanted`; returns how many were used, and whether all are there.
    fn keep(&mut self, bytes: &[u8], wanted: usize) -> (usize, bool) {
        let used = wanted.saturating_sub(self.kept.len()).min(bytes.len());
        self.kept.extend_from_slice(&bytes[..used]);
        (used, wanted <= self.kept.len())
    }

    fn header(&mut self, bytes: &[u8]) -> Result<usize, Unpackable> {
        let begins = self.at - self.kept.len() as u64;
        let (mut used, whole) = self.keep(bytes, LOCAL.len());
        if !whole {
            return Ok(used);
        }
        if self.kept.starts_with(CENTRAL) {
            let mut directory = Directory::new(begins, std::mem::take(&mut self.contents));
            directory.feed(&self.kept)?;
            self.part = Part::Directory(Box::new(directory));
            return Ok(used);
        }
        if !self.kept.starts_with(LOCAL) {
            return Err(Unpackable::Malformed);
        }
        for wanted in [HEADER_BYTES, usize::MAX] {
            let wanted = if wanted == HEADER_BYTES { wanted } else { self.header_bytes() };
            let (more, whole) = self.keep(&bytes[used..], wanted);
            used += more;
            if !whole {
                return Ok(used);
            }
        }
        self.part = self.entry(begins)?;
        self.kept.clear();
        Ok(used)
    }

    fn word(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.kept[at], self.kept[at + 1]])
    }

    fn long(&self, at: usize) -> u32 {
        u32::from(self.word(at)) | u32::from(self.word(at + 2)) << 16
    }

    /// Returns the length of the header with the name and the extra field.
    fn header_bytes(&self) -> usize {
        HEADER_BYTES + usize::from(self.word(26)) + usize::from(self.word(28))
    }

    /// Reads the header that is kept, which began there.
    fn entry(&mut self, begins: u64) -> Result<Part, Unpackable> {
        let (flags, method) = (self.word(6), self.word(8));
        let [checksum, packed, unpacked] = [14, 18, 22].map(|at| self.long(at));
        if flags & FLAG_ENCRYPTED != 0 || packed == u32::MAX || ENTRIES_MAX <= self.contents.len() {
            return Err(Unpackable::Foreign);
        }
        let name = &self.kept[HEADER_BYTES..HEADER_BYTES + usize::from(self.word(26))];
        let name_sum = crc32fast::hash(name);
        let use_ = match (plate_of(name), self.plate) {
            (Some(_), None) => Use::Plate,
            (Some(plate), Some(wanted)) if plate == wanted => Use::Plate,
            (Some(_) | None, _) => Use::Skipped,
        };
        let announced = flags & FLAG_DESCRIPTOR == 0;
        self.plates += usize::from(use_ == Use::Plate);
        if 1 < self.plates {
            return Err(Unpackable::SeveralPlates);
        }
        let sizes = if announced { Sizes { checksum, packed, unpacked } } else { Sizes::default() };
        let entry = Entry {
            use_,
            begins,
            told: Told { name: name_sum, method, sizes },
            left: announced.then_some(u64::from(packed)),
            packed: 0,
            unpacked: 0,
            checksum: crc32fast::Hasher::new(),
        };
        match (method, use_, announced) {
            // What is not needed and says its length is passed over, however it is packed.
            (0, _, true) | (_, Use::Skipped, true) => Ok(Part::Stored(entry)),
            (8, ..) => Ok(Part::Deflated(Box::new(Inflate::raw()), entry)),
            _ => Err(Unpackable::Foreign),
        }
    }

    fn stored(
        &mut self,
        mut entry: Entry,
        bytes: &[u8],
        text: Limited<'_>,
    ) -> Result<usize, Unpackable> {
        let left = entry.left.unwrap_or(0);
        let used = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        entry.take(&bytes[..used], text)?;
        entry.packed += used as u64;
        entry.left = Some(left - used as u64);
        self.part = if entry.left == Some(0) { self.end(entry)? } else { Part::Stored(entry) };
        Ok(used)
    }

    /// Takes down an entry that was read to its end.
    fn end(&mut self, entry: Entry) -> Result<Part, Unpackable> {
        let begins = entry.begins;
        self.contents.add(begins, entry.end()?)?;
        Ok(Part::Header)
    }

    fn deflated(
        &mut self,
        mut inflate: Box<Inflate>,
        mut entry: Entry,
        bytes: &[u8],
        text: Limited<'_>,
    ) -> Result<usize, Unpackable> {
        let progress = inflate.feed(bytes, &mut |piece| entry.take(piece, text))?;
        let used = match progress {
            Progress::Hungry => bytes.len(),
            Progress::Ended { used } => used,
        };
        entry.packed += used as u64;
        self.part = match progress {
            Progress::Hungry => Part::Deflated(inflate, entry),
            Progress::Ended { .. } if entry.left.is_some() => self.end(entry)?,
            Progress::Ended { .. } => Part::Descriptor(entry),
        };
        Ok(used)
    }

    fn descriptor(&mut self, mut entry: Entry, bytes: &[u8]) -> Result<usize, Unpackable> {
        let (first, whole) = self.keep(bytes, DESCRIPTOR.len());
        // The signature is optional: without it the checksum comes first.
        let signed = self.kept.starts_with(DESCRIPTOR);
        let (more, all) = self.keep(&bytes[first..], if signed { 16 } else { 12 });
        if !whole || !all {
            self.part = Part::Descriptor(entry);
            return Ok(first + more);
        }
        let start = if signed { 4 } else { 0 };
        let [checksum, packed, unpacked] = [start, start + 4, start + 8].map(|at| self.long(at));
        entry.told.sizes = Sizes { checksum, packed, unpacked };
        self.kept.clear();
        self.part = self.end(entry)?;
        Ok(first + more)
    }
}

/// Returns the number of the plate whose text has this name. Bambu Studio, Orca and PrusaSlicer name it so.
fn plate_of(name: &[u8]) -> Option<u32> {
    let number = name.strip_prefix(b"Metadata/plate_")?.strip_suffix(b".gcode")?;
    std::str::from_utf8(number).ok()?.parse().ok()
}
