//! One entry of the archive on its way in.

use super::directory::{Sizes, Told};
use crate::format::{Limited, Unpackable};

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) use_: Use,
    /// Where its header begins.
    pub(super) begins: u64,
    /// What is told of it; its sizes are nought as long as they stand behind it.
    pub(super) told: Told,
    /// Bytes of the entry that are still to come; none if its end must tell.
    pub(super) left: Option<u64>,
    /// What was read of it.
    pub(super) packed: u64,
    pub(super) unpacked: u64,
    pub(super) checksum: crc32fast::Hasher,
}

/// What an entry is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Plate,
    Skipped,
}

impl Entry {
    pub(super) fn take(&mut self, piece: &[u8], text: Limited<'_>) -> Result<(), Unpackable> {
        self.unpacked += piece.len() as u64;
        match self.use_ {
            Use::Skipped => Ok(()),
            Use::Plate => {
                self.checksum.update(piece);
                text(piece)
            }
        }
    }

    /// Holds what was read against what is told, and returns it.
    pub(super) fn end(self) -> Result<Told, Unpackable> {
        let Sizes { checksum, packed, unpacked } = self.told.sizes;
        let lengths = [u64::from(packed), u64::from(unpacked)];
        let found = self.checksum.finalize();
        match self.use_ {
            Use::Plate if found != checksum => Err(Unpackable::Checksum),
            Use::Plate if lengths != [self.packed, self.unpacked] => Err(Unpackable::Malformed),
            Use::Plate | Use::Skipped => Ok(self.told),
        }
    }
}
