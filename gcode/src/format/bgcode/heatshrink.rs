//! Heatshrink, as its format stands in the library's README (atomicobject/heatshrink): bits from the high end, a 1 before
//! a literal byte, a 0 before a distance and a length, each less one. No header, no end mark: what is left over is padding.

use crate::format::Unpackable;

/// The sizes of the two fields of a repetition, in bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) window_bits: u32,
    pub(super) lookahead_bits: u32,
}

/// Expands `packed` to exactly `length` bytes.
pub(super) fn expand(packed: &[u8], length: usize, shape: Shape) -> Result<Vec<u8>, Unpackable> {
    let mut bits = Bits { bytes: packed, at: 0 };
    let mut out: Vec<u8> = Vec::with_capacity(length);
    while out.len() < length {
        if bits.take(1)? == 1 {
            out.push(u8::try_from(bits.take(8)?).unwrap_or(0));
            continue;
        }
        let distance = bits.take(shape.window_bits)? + 1;
        let count = bits.take(shape.lookahead_bits)? + 1;
        for _ in 0..count.min(length - out.len()) {
            // The window is all zeros before the first byte.
            let byte = out.len().checked_sub(distance).map_or(0, |from| out[from]);
            out.push(byte);
        }
    }
    Ok(out)
}

/// Bits from the high end of each byte.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Result<usize, Unpackable> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8).ok_or(Unpackable::Malformed)?;
            value = value << 1 | usize::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { window_bits: 11, lookahead_bits: 4 };

    /// Packs bits given as text, blanks between the fields.
    fn pack(bits: &str) -> Vec<u8> {
        let bits: Vec<u8> = bits.bytes().filter(|b| *b != b' ').map(|b| b - b'0').collect();
        bits.chunks(8)
            .map(|chunk| chunk.iter().enumerate().fold(0, |byte, (at, bit)| byte | bit << (7 - at)))
            .collect()
    }

    #[test]
    fn literals_and_repetitions() {
        let packed = pack("1 01000111 1 00110001 0 00000000001 0011");
        assert_eq!(expand(&packed, 6, SHAPE), Ok(b"G1G1G1".to_vec()));
        let before = pack("0 00000000000 0001 1 01000111");
        assert_eq!(expand(&before, 3, SHAPE), Ok(b"\0\0G".to_vec()));
    }

    #[test]
    fn what_ends_too_early_is_refused_and_too_late_is_cut() {
        assert_eq!(expand(&pack("1 0100"), 1, SHAPE), Err(Unpackable::Malformed));
        assert_eq!(expand(&[], 1, SHAPE), Err(Unpackable::Malformed));
        let long = pack("1 01000111 0 00000000000 1111");
        assert_eq!(expand(&long, 3, SHAPE), Ok(b"GGG".to_vec()));
    }
}
