//! RFC 1951 and 1950 by `flate2`, in pieces: bytes in, bytes out, and where the stream ended.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Limited, Unpackable};

/// What comes out is handed on in pieces of this size.
const PIECE_BYTES: usize = 32 * 1024;

/// A deflate stream.
#[derive(Debug)]
pub(super) struct Inflate {
    stream: Decompress,
    piece: Vec<u8>,
}

/// How far a stream has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// All bytes were used, and more are wanted.
    Hungry,
    /// It ended after that many bytes.
    Ended { used: usize },
}

impl Inflate {
    pub(super) fn raw() -> Self {
        Self { stream: Decompress::new(false), piece: vec![0; PIECE_BYTES] }
    }

    pub(super) fn with_zlib_header() -> Self {
        Self { stream: Decompress::new(true), piece: vec![0; PIECE_BYTES] }
    }

    /// Inflates `bytes` into `out`.
    pub(super) fn feed(&mut self, bytes: &[u8], out: Limited<'_>) -> Result<Progress, Unpackable> {
        let mut used = 0;
        loop {
            let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
            let status = self
                .stream
                .decompress(&bytes[used..], &mut self.piece, FlushDecompress::None)
                .map_err(|_| Unpackable::Malformed)?;
            let since = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
            used += since(self.stream.total_in(), before_in);
            let made = since(self.stream.total_out(), before_out);
            out(&self.piece[..made])?;
            match status {
                Status::StreamEnd => return Ok(Progress::Ended { used }),
                // Nothing made although there is room: the rest of the input is wanted.
                Status::Ok | Status::BufError if made < PIECE_BYTES && used == bytes.len() => {
                    return Ok(Progress::Hungry);
                }
                Status::BufError if made == 0 => return Err(Unpackable::Malformed),
                Status::Ok | Status::BufError => {}
            }
        }
    }
}
