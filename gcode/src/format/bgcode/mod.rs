//! Prusa's binary G-code, as `doc/specifications.md` of prusa3d/libbgcode describes it: a file header, then blocks, each
//! with its lengths before and its CRC32 behind.
//!
//! The text that comes out is the one that libbgcode's own converter writes: producer, printer, pictures, commands, and at
//! the end what the print takes and the slicer's settings. A block is kept whole until its checksum has been seen; none
//! may be larger than the most that a slicer writes.

mod block;
mod heatshrink;
mod meatpack;
mod text;

use block::{Block, Compression, Header, Kind};

use super::inflate::Inflate;
use super::{Limited, Unpackable, check_ratio};

/// `GCDE`, a version and the kind of checksum.
const FILE_HEADER_BYTES: usize = 10;

const VERSION: u32 = 1;

const CHECKSUM_BYTES: usize = 4;

/// A binary file on its way in.
#[derive(Debug)]
pub(super) struct Bgcode {
    /// What has come of the part that is awaited.
    kept: Vec<u8>,
    awaited: Awaited,
    checksum: Checksum,
    writer: text::Writer,
    /// Bytes of blocks, as they stand in the file and unpacked: of what is unpacked not all is text.
    packed: u64,
    unpacked: u64,
}

#[derive(Clone, Copy, Debug)]
enum Awaited {
    FileHeader,
    BlockHeader,
    Block(Header),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Checksum {
    None,
    Crc32,
}

impl Default for Bgcode {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            awaited: Awaited::FileHeader,
            checksum: Checksum::Crc32,
            writer: text::Writer::default(),
            packed: 0,
            unpacked: 0,
        }
    }
}

impl Bgcode {
    pub(super) fn feed(&mut self, mut bytes: &[u8], text: Limited<'_>) -> Result<(), Unpackable> {
        loop {
            let wanted = self.wanted();
            let missing = wanted.saturating_sub(self.kept.len()).min(bytes.len());
            let (next, rest) = bytes.split_at(missing);
            self.kept.extend_from_slice(next);
            bytes = rest;
            if self.kept.len() < wanted {
                return Ok(());
            }
            self.take(text)?;
        }
    }

    pub(super) fn finish(self, text: Limited<'_>) -> Result<(), Unpackable> {
        match self.awaited {
            Awaited::BlockHeader if self.kept.is_empty() => self.writer.finish(text),
            Awaited::FileHeader | Awaited::BlockHeader | Awaited::Block(_) => {
                Err(Unpackable::CutShort)
            }
        }
    }

    /// Returns how many bytes must be there before anything can be said.
    fn wanted(&self) -> usize {
        match self.awaited {
            Awaited::FileHeader => FILE_HEADER_BYTES,
            Awaited::BlockHeader => block::header_bytes(&self.kept),
            Awaited::Block(header) => {
                let checksum = if self.checksum == Checksum::Crc32 { CHECKSUM_BYTES } else { 0 };
                header.bytes() + checksum
            }
        }
    }

    /// Takes the awaited part, which is all there.
    fn take(&mut self, text: Limited<'_>) -> Result<(), Unpackable> {
        self.awaited = match self.awaited {
            Awaited::FileHeader => {
                self.checksum = file_header(&self.kept)?;
                self.kept.clear();
                Awaited::BlockHeader
            }
            // A compressed block's header is longer: its first bytes tell.
            Awaited::BlockHeader if self.kept.len() < block::header_bytes(&self.kept) => {
                Awaited::BlockHeader
            }
            Awaited::BlockHeader => Awaited::Block(Header::parse(&self.kept)?),
            Awaited::Block(header) => {
                self.block(header, text)?;
                self.kept.clear();
                Awaited::BlockHeader
            }
        };
        Ok(())
    }

    fn block(&mut self, header: Header, text: Limited<'_>) -> Result<(), Unpackable> {
        let (body, checksum) = self.kept.split_at(header.bytes());
        if self.checksum == Checksum::Crc32 && crc32fast::hash(body).to_le_bytes() != checksum {
            return Err(Unpackable::Checksum);
        }
        let block = Block::parse(header, body);
        if block.header.kind == Kind::Thumbnail && header.compression != Compression::None {
            return Err(Unpackable::Foreign);
        }
        let data = expand(&block)?;
        self.packed += body.len() as u64;
        self.unpacked += data.len() as u64;
        check_ratio(self.packed, self.unpacked)?;
        self.writer.block(&block, &data, text)
    }
}

fn file_header(bytes: &[u8]) -> Result<Checksum, Unpackable> {
    let version = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    match (version, u16::from_le_bytes([bytes[8], bytes[9]])) {
        (VERSION, 0) => Ok(Checksum::None),
        (VERSION, 1) => Ok(Checksum::Crc32),
        _ => Err(Unpackable::Foreign),
    }
}

/// Returns the data of a block as they were before they were packed.
fn expand(block: &Block<'_>) -> Result<Vec<u8>, Unpackable> {
    let length = block.header.length;
    let heatshrink = |window_bits| {
        let shape = heatshrink::Shape { window_bits, lookahead_bits: 4 };
        heatshrink::expand(block.data, length, shape)
    };
    match block.header.compression {
        Compression::None => Ok(block.data.to_vec()),
        Compression::Deflate => {
            let mut data = Vec::with_capacity(length);
            Inflate::with_zlib_header().feed(block.data, &mut |piece| {
                data.extend_from_slice(piece);
                if length < data.len() { Err(Unpackable::Bomb) } else { Ok(()) }
            })?;
            if data.len() == length { Ok(data) } else { Err(Unpackable::Malformed) }
        }
        Compression::Heatshrink11 => heatshrink(11),
        Compression::Heatshrink12 => heatshrink(12),
    }
}
