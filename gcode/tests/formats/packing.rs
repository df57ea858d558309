//! Packers, as simple as their formats allow: what the reader unpacks is made here.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

pub(crate) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).expect("memory");
    encoder.finish().expect("memory")
}

/// An entry of an archive.
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a [u8],
    pub(crate) stored: Stored,
}

#[derive(Clone, Copy)]
pub(crate) enum Stored {
    Plain,
    Deflated,
    /// Its checksum and lengths stand behind it.
    Streamed,
}

pub(crate) fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let begins = length(&out);
        let data = match entry.stored {
            Stored::Plain => entry.text.to_vec(),
            Stored::Deflated | Stored::Streamed => deflate(entry.text),
        };
        let (flags, method) = match entry.stored {
            Stored::Plain => (0u16, 0u16),
            Stored::Deflated => (0, 8),
            Stored::Streamed => (8, 8),
        };
        let lengths = [crc32fast::hash(entry.text), length(&data), length(entry.text)];
        let before = if flags == 0 { lengths } else { [0; 3] };
        let header = |lengths: [u32; 3]| {
            let mut header = bytes([20, flags, method, 0, 0]);
            header.extend(lengths.into_iter().flat_map(u32::to_le_bytes));
            header.extend(bytes([u16::try_from(entry.name.len()).expect("short"), 0]));
            header
        };
        directory.extend([b"PK\x01\x02\x14\0", header(lengths).as_slice(), &[0; 10]].concat());
        directory.extend(begins.to_le_bytes());
        directory.extend(entry.name.as_bytes());
        out.extend(
            [b"PK\x03\x04", header(before).as_slice(), entry.name.as_bytes(), &data].concat(),
        );
        if flags != 0 {
            out.extend(b"PK\x07\x08");
            out.extend(lengths.into_iter().flat_map(u32::to_le_bytes));
        }
    }
    let count = u16::try_from(entries.len()).expect("few");
    let end = [
        bytes([0, 0, count, count]),
        [length(&directory), length(&out)].into_iter().flat_map(u32::to_le_bytes).collect(),
    ];
    [out.as_slice(), &directory, b"PK\x05\x06", &end.concat(), &[0; 2]].concat()
}

fn bytes<const N: usize>(words: [u16; N]) -> Vec<u8> {
    words.into_iter().flat_map(u16::to_le_bytes).collect()
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).expect("memory");
    encoder.finish().expect("memory")
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("short")
}

/// A block of binary G-code: kind, compression, parameters and data before they are packed.
pub(crate) struct Block<'a> {
    pub(crate) kind: u16,
    pub(crate) compression: u16,
    pub(crate) parameters: &'a [u16],
    pub(crate) data: &'a [u8],
}

pub(crate) fn bgcode(blocks: &[Block<'_>]) -> Vec<u8> {
    let mut out = b"GCDE\x01\0\0\0\x01\0".to_vec();
    for block in blocks {
        let packed = match block.compression {
            0 => block.data.to_vec(),
            1 => zlib(block.data),
            2 | 3 => heatshrink(block.data),
            other => panic!("no compression {other}"),
        };
        let mut body: Vec<u8> =
            [block.kind, block.compression].into_iter().flat_map(u16::to_le_bytes).collect();
        body.extend(length(block.data).to_le_bytes());
        if block.compression != 0 {
            body.extend(length(&packed).to_le_bytes());
        }
        body.extend(block.parameters.iter().flat_map(|word| word.to_le_bytes()));
        body.extend(packed);
        out.extend(&body);
        out.extend(crc32fast::hash(&body).to_le_bytes());
    }
    out
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

/// Literals only: nine bits a byte.
fn heatshrink(data: &[u8]) -> Vec<u8> {
    let bits = data
        .iter()
        .flat_map(|byte| std::iter::once(1).chain((0..8).rev().map(move |bit| byte >> bit & 1)));
    let bits: Vec<u8> = bits.collect();
    bits.chunks(8)
        .map(|chunk| chunk.iter().enumerate().fold(0, |byte, (at, bit)| byte | bit << (7 - at)))
        .collect()
}

/// Lines as a slicer packs them: comments in full, commands two characters a byte, moves without blanks.
pub(crate) fn meatpack(text: &str) -> Vec<u8> {
    let mut out = vec![255, 255, 247];
    for line in text.lines() {
        if line.starts_with(';') {
            out.extend([255, 255, 250]);
            out.extend(line.as_bytes());
            out.push(b'\n');
            continue;
        }
        out.extend([255, 255, 251]);
        let mut line = if line.starts_with('G') { line.replace(' ', "") } else { line.to_owned() };
        line.push('\n');
        if line.len() % 2 == 1 {
            line.push('\n');
        }
        for pair in line.as_bytes().chunks(2) {
            let codes = [code(pair[0]), code(pair[1])];
            out.push(codes[0] | codes[1] << 4);
            out.extend(
                pair.iter().zip(codes).filter(|(_, code)| *code == 15).map(|(byte, _)| byte),
            );
        }
    }
    out
}

fn code(byte: u8) -> u8 {
    let at = b"0123456789.E\nGX".iter().position(|known| *known == byte);
    u8::try_from(at.unwrap_or(15)).expect("fifteen")
}
