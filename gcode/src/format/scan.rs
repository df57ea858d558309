//! One pass over a file of any format: its digest as it lies on the disk, and what its text does.

use sha2::{Digest as _, Sha256};

use super::{Format, Unpackable, Unpacker};
use crate::report::{Report, Sha256Digest};
use crate::scanner::{Options, Scanner};

/// Reads one file of any [`Format`], as [`Scanner`] reads text.
///
/// ```
/// use visorfarm_gcode::{Format, Options, PackedScanner};
///
/// let mut scanner = PackedScanner::new(&Options::default());
/// scanner.feed(b"G28\nG1 X10 Y10 F3000\n")?;
/// let scanned = scanner.finish()?;
/// assert_eq!((scanned.format, scanned.report.lines), (Format::Text, 2));
/// # Ok::<(), visorfarm_gcode::Unpackable>(())
/// ```
pub struct PackedScanner {
    unpacker: Unpacker,
    scanner: Scanner,
    /// Of the packed bytes; plain text is hashed by the scanner alone.
    hash: Sha256,
    bytes: u64,
    /// The first bytes, while they do not tell the format.
    head: Vec<u8>,
}

/// A whole file, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Scanned {
    /// Digest and size are those of the file as it lies on the disk.
    pub report: Report,
    pub format: Format,
    /// Digest and size of the text in it; the file's own if it is not packed.
    pub text: (Sha256Digest, u64),
}

impl PackedScanner {
    /// Returns a reader at the start of a file.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        let (unpacker, scanner) = (Unpacker::default(), Scanner::new(options));
        Self { unpacker, scanner, hash: Sha256::new(), bytes: 0, head: Vec::new() }
    }

    /// Reads the next bytes of the file, wherever they are cut.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Unpackable> {
        self.feed_through(chunk, &mut |_| {})
    }

    /// Reads the next bytes of the file, and hands on the text that they hold.
    pub fn feed_through(
        &mut self,
        chunk: &[u8],
        text: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Unpackable> {
        self.bytes = self.bytes.saturating_add(chunk.len() as u64);
        let scanner = &mut self.scanner;
        let fed = self.unpacker.feed(chunk, &mut |piece| {
            scanner.feed(piece);
            text(piece);
        });
        match self.unpacker.format() {
            None => self.head.extend_from_slice(chunk),
            Some(Format::Text) => {}
            Some(Format::Gzip | Format::Bgcode | Format::ThreeMf) => {
                self.hash.update(&self.head);
                self.head.clear();
                self.hash.update(chunk);
            }
        }
        fed
    }

    /// Returns what the file does.
    pub fn finish(self) -> Result<Scanned, Unpackable> {
        self.finish_through(&mut |_| {})
    }

    /// Returns what the file does, and hands on the rest of its text.
    pub fn finish_through(self, text: &mut dyn FnMut(&[u8])) -> Result<Scanned, Unpackable> {
        let mut scanner = self.scanner;
        let format = self.unpacker.finish(&mut |piece| {
            scanner.feed(piece);
            text(piece);
        })?;
        let mut report = scanner.finish();
        let text = (report.sha256, report.bytes);
        if format != Format::Text {
            report.sha256 = Sha256Digest(self.hash.finalize().into());
            report.bytes = self.bytes;
        }
        Ok(Scanned { report, format, text })
    }
}
