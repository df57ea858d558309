//! One entry of the archive on its way in.

use super::Part;
use crate::format::{Limited, Unpackable};

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) use_: Use,
    /// Bytes of the entry that are still to come; none if its end must tell.
    pub(super) left: Option<u64>,
    /// None if it stands behind the entry.
    pub(super) wanted: Option<u32>,
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
        match self.use_ {
            Use::Skipped => Ok(()),
            Use::Plate => {
                self.checksum.update(piece);
                text(piece)
            }
        }
    }

    pub(super) fn end(self) -> Result<Part, Unpackable> {
        let sound = match self.use_ {
            Use::Skipped => true,
            Use::Plate => self.wanted == Some(self.checksum.finalize()),
        };
        if sound { Ok(Part::Header) } else { Err(Unpackable::Checksum) }
    }
}
