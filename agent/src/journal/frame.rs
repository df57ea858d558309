//! Frames: how bytes on a disk show that they are whole.
//!
//! A frame is a length and a CRC-32 (both `u32`, little-endian) and a payload; the CRC covers the
//! length too, so that a run of zeros, which file systems leave after a power cut, is no frame.
//! Pure: no file is touched here.

use std::ops::Range;

/// The largest payload in bytes. A frame is one decision's records, each about 1 KiB, or the whole
/// memory: some thousands of them.
pub(super) const PAYLOAD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Length and CRC.
const HEAD_BYTES: usize = 8;

/// What some bytes are, read as frames.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scan {
    /// Where the payloads of the whole frames lie.
    pub(super) payloads: Vec<Range<usize>>,
    /// Where the last whole frame ends.
    pub(super) end: usize,
    /// What follows there.
    pub(super) tail: Tail,
}

/// What follows the last whole frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing.
    Clean,
    /// The rest of a frame whose write was cut short.
    Torn,
    /// Damage, and a whole frame behind it: this was no write that was cut short.
    Damaged {
        /// Where that frame begins.
        next: usize,
    },
}

/// Appends a frame around `payload` to `buffer`.
pub(super) fn write(buffer: &mut Vec<u8>, payload: &[u8]) {
    assert!(payload.len() <= PAYLOAD_BYTES_MAX, "a frame of {} bytes", payload.len());
    let length = u32::try_from(payload.len()).expect("the limit fits a u32").to_le_bytes();
    buffer.extend_from_slice(&length);
    buffer.extend_from_slice(&checksum(length, payload).to_le_bytes());
    buffer.extend_from_slice(payload);
}

/// Reads `bytes` from offset `start` to their end.
pub(super) fn scan(bytes: &[u8], start: usize) -> Scan {
    let mut payloads = Vec::new();
    let mut end = start;
    while let Some(payload) = frame_at(bytes, end) {
        end = payload.end;
        payloads.push(payload);
    }
    let tail = if end == bytes.len() {
        Tail::Clean
    } else {
        match (end + 1..bytes.len()).find(|&offset| frame_at(bytes, offset).is_some()) {
            None => Tail::Torn,
            Some(next) => Tail::Damaged { next },
        }
    };
    Scan { payloads, end, tail }
}

/// Returns where the payload lies, if a whole frame begins at `offset`.
fn frame_at(bytes: &[u8], offset: usize) -> Option<Range<usize>> {
    let head = bytes.get(offset..offset + HEAD_BYTES)?;
    let (length, crc) = head.split_at(4);
    let length: [u8; 4] = length.try_into().ok()?;
    let crc = u32::from_le_bytes(crc.try_into().ok()?);
    let bytes_long = usize::try_from(u32::from_le_bytes(length)).ok()?;
    if bytes_long > PAYLOAD_BYTES_MAX {
        return None;
    }
    let begin = offset + HEAD_BYTES;
    let payload = bytes.get(begin..begin + bytes_long)?;
    (checksum(length, payload) == crc).then_some(begin..begin + bytes_long)
}

fn checksum(length: [u8; 4], payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&length);
    crc.update(payload);
    crc.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(payloads: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for payload in payloads {
            write(&mut bytes, payload);
        }
        bytes
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = framed(&[b"one", b"", b"three"]);
        let read = scan(&bytes, 0);
        let payloads: Vec<&[u8]> =
            read.payloads.iter().map(|range| &bytes[range.clone()]).collect();
        assert_eq!(payloads, [b"one" as &[u8], b"", b"three"]);
        assert_eq!((read.end, read.tail), (bytes.len(), Tail::Clean));
    }

    #[test]
    fn a_run_of_zeros_is_a_torn_tail() {
        let mut bytes = framed(&[b"one"]);
        let whole = bytes.len();
        bytes.resize(whole + 4096, 0);
        let read = scan(&bytes, 0);
        assert_eq!((read.payloads.len(), read.end, read.tail), (1, whole, Tail::Torn));
    }

    #[test]
    fn a_huge_length_is_damage_if_frames_follow() {
        let mut bytes = framed(&[b"one", b"two", b"three"]);
        bytes[11 + 3] = 0xff;
        let read = scan(&bytes, 0);
        assert_eq!((read.end, read.tail), (11, Tail::Damaged { next: 22 }));
    }
}
