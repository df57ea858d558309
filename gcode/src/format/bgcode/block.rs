//! One block: what it is, how it is packed, how long it is.

use crate::format::Unpackable;

/// The largest block that is believed. Slicers write G-code in blocks of 64 KiB; pictures and settings are no larger than
/// this by far.
const BLOCK_BYTES_MAX: u32 = 1 << 20;

/// A header with its lengths, without what follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) compression: Compression,
    /// The data before they were packed.
    pub(super) length: usize,
    /// The data as they stand in the file.
    packed: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    FileMetadata,
    Gcode,
    SlicerMetadata,
    PrinterMetadata,
    PrintMetadata,
    Thumbnail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Deflate,
    Heatshrink11,
    Heatshrink12,
}

/// A whole block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub(super) header: Header,
    /// Of G-code and metadata the encoding, of a picture its format, width and height.
    pub(super) parameters: [u16; 3],
    pub(super) data: &'a [u8],
}

/// Returns how long the header is that begins with `bytes`, as far as they tell.
pub(super) fn header_bytes(bytes: &[u8]) -> usize {
    match bytes {
        [_, _, 0, 0, ..] => 8,
        [_, _, _, _, ..] => 12,
        _ => 4,
    }
}

impl Header {
    /// Reads a header that is all there.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Unpackable> {
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let long = |at: usize| {
            let value = u32::from(word(at)) | u32::from(word(at + 2)) << 16;
            if BLOCK_BYTES_MAX < value { Err(Unpackable::Bomb) } else { Ok(value as usize) }
        };
        let kind = match word(0) {
            0 => Kind::FileMetadata,
            1 => Kind::Gcode,
            2 => Kind::SlicerMetadata,
            3 => Kind::PrinterMetadata,
            4 => Kind::PrintMetadata,
            5 => Kind::Thumbnail,
            _ => return Err(Unpackable::Foreign),
        };
        let compression = match word(2) {
            0 => Compression::None,
            1 => Compression::Deflate,
            2 => Compression::Heatshrink11,
            3 => Compression::Heatshrink12,
            _ => return Err(Unpackable::Foreign),
        };
        let length = long(4)?;
        let packed = if compression == Compression::None { length } else { long(8)? };
        Ok(Self { kind, compression, length, packed })
    }

    /// Returns how long header, parameters and data are together.
    pub(super) fn bytes(self) -> usize {
        self.start() + self.packed
    }

    /// Returns where the data begin.
    fn start(self) -> usize {
        let header = if self.compression == Compression::None { 8 } else { 12 };
        header + 2 * self.parameters()
    }

    fn parameters(self) -> usize {
        if self.kind == Kind::Thumbnail { 3 } else { 1 }
    }
}

impl<'a> Block<'a> {
    /// Reads the block that `body` is, as long as its header says.
    pub(super) fn parse(header: Header, body: &'a [u8]) -> Self {
        let (before, data) = body.split_at(header.start());
        let words = before[header.start() - 2 * header.parameters()..].chunks_exact(2);
        let mut parameters = [0; 3];
        for (parameter, word) in parameters.iter_mut().zip(words) {
            *parameter = u16::from_le_bytes([word[0], word[1]]);
        }
        Self { header, parameters, data }
    }
}
