//! Pixels as PNG (W3C, Portable Network Graphics): eight bits a colour, each row told by its difference from the one above.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::canvas::Canvas;

/// The filter "Up".
const UP: u8 = 2;

/// Returns the canvas as a file.
pub(super) fn encode(canvas: &Canvas) -> Vec<u8> {
    let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let mut header = [side(canvas.width), side(canvas.height)].concat();
    // Eight bits, red green blue, and the only compression, filtering and order that most readers know.
    header.extend([8, 2, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, *b"IHDR", &header);
    chunk(&mut out, *b"IDAT", &rows(canvas));
    chunk(&mut out, *b"IEND", b"");
    out
}

fn rows(canvas: &Canvas) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let mut above = vec![0; canvas.width * 3];
    for row in canvas.pixels.chunks(canvas.width) {
        let bytes: Vec<u8> = row.iter().flat_map(|pixel| pixel.0).collect();
        let mut line = vec![UP];
        line.extend(bytes.iter().zip(&above).map(|(here, above)| here.wrapping_sub(*above)));
        encoder.write_all(&line).expect("memory takes what it is given");
        above = bytes;
    }
    encoder.finish().expect("memory takes what it is given")
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    out.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let mut checksum = crc32fast::Hasher::new();
    for part in [&kind[..], data] {
        checksum.update(part);
        out.extend(part);
    }
    out.extend(checksum.finalize().to_be_bytes());
}
