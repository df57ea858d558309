//! Gzip, RFC 1952: a header, a deflate stream, CRC32 and length; several of them may follow each other.

use super::inflate::{Inflate, Progress};
use super::{Limited, Unpackable};

/// Names and comments in a header are skipped; one that does not end is no header.
const HEADER_BYTES_MAX: usize = 64 * 1024;

const FLAG_CHECKSUM: u8 = 1 << 1;
const FLAG_EXTRA: u8 = 1 << 2;
const FLAG_NAME: u8 = 1 << 3;
const FLAG_COMMENT: u8 = 1 << 4;

/// A gzip file on its way in.
#[derive(Debug, Default)]
pub(super) struct Gzip {
    part: Part,
}

#[derive(Debug)]
enum Part {
    Header(Vec<u8>),
    Body {
        inflate: Inflate,
        checksum: crc32fast::Hasher,
        length: u32,
    },
    /// What the trailer must say, and as much of it as has come.
    Trailer {
        wanted: [u8; 8],
        got: usize,
    },
    /// After a whole member: another header, zeros that pad a tape, or nothing.
    Between,
}

impl Default for Part {
    fn default() -> Self {
        Self::Header(Vec::new())
    }
}

impl Gzip {
    pub(super) fn feed(&mut self, mut bytes: &[u8], text: Limited<'_>) -> Result<(), Unpackable> {
        while !bytes.is_empty() {
            let used = self.step(bytes, text)?;
            bytes = &bytes[used..];
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), Unpackable> {
        match self.part {
            Part::Between => Ok(()),
            Part::Header(_) | Part::Body { .. } | Part::Trailer { .. } => Err(Unpackable::CutShort),
        }
    }

    /// Uses some of `bytes`, at least one.
    fn step(&mut self, bytes: &[u8], text: Limited<'_>) -> Result<usize, Unpackable> {
        match &mut self.part {
            Part::Header(header) => {
                header.push(bytes[0]);
                if is_whole(header)? {
                    let inflate = Inflate::raw();
                    let checksum = crc32fast::Hasher::new();
                    self.part = Part::Body { inflate, checksum, length: 0 };
                }
                Ok(1)
            }
            Part::Body { inflate, checksum, length } => {
                let progress = inflate.feed(bytes, &mut |piece| {
                    checksum.update(piece);
                    // RFC 1952: the length modulo 2^32.
                    *length = length.wrapping_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
                    text(piece)
                })?;
                let Progress::Ended { used } = progress else { return Ok(bytes.len()) };
                let mut wanted = [0; 8];
                wanted[..4].copy_from_slice(&checksum.clone().finalize().to_le_bytes());
                wanted[4..].copy_from_slice(&length.to_le_bytes());
                self.part = Part::Trailer { wanted, got: 0 };
                Ok(used)
            }
            Part::Trailer { wanted, got } => {
                if wanted[*got] != bytes[0] {
                    return Err(Unpackable::Checksum);
                }
                *got += 1;
                if *got == wanted.len() {
                    self.part = Part::Between;
                }
                Ok(1)
            }
            Part::Between => {
                if bytes[0] == 0 {
                    return Ok(1);
                }
                self.part = Part::default();
                Ok(0)
            }
        }
    }
}

/// Says whether `header` is a whole header: fixed part, then what its flags announce.
fn is_whole(header: &[u8]) -> Result<bool, Unpackable> {
    let fixed = [0x1F, 0x8B, 8];
    if !header.iter().zip(fixed).all(|(byte, fixed)| *byte == fixed) {
        return Err(Unpackable::Malformed);
    }
    if HEADER_BYTES_MAX < header.len() {
        return Err(Unpackable::Malformed);
    }
    let Some(flags) = header.get(3).filter(|_| 10 <= header.len()) else { return Ok(false) };
    let mut end = 10;
    if flags & FLAG_EXTRA != 0 {
        let Some([low, high]) = header.get(end..end + 2) else { return Ok(false) };
        end += 2 + usize::from(u16::from_le_bytes([*low, *high]));
    }
    for flag in [FLAG_NAME, FLAG_COMMENT] {
        if flags & flag != 0 {
            let Some(zero) = header.get(end..).and_then(|text| memchr::memchr(0, text)) else {
                return Ok(false);
            };
            end += zero + 1;
        }
    }
    end += if flags & FLAG_CHECKSUM == 0 { 0 } else { 2 };
    Ok(end <= header.len())
}
