//! Reads a file in chunks of any size, line by line, in one pass and constant memory.
//!
//! No input makes it panic, loop or grow: lines are cut at [`LINE_MAX`], commands counted up to a limit, places kept as
//! first or extreme ones only.

mod reader;

use sha2::{Digest as _, Sha256};

use crate::dialect::Dialect;
use crate::picture::Path;
use crate::profile::{Motion, Profile};
use crate::report::{self, Report};
use crate::thumbnail::{Thumbnail, Thumbnails};

pub(crate) use reader::{EndsIn, Reader};

/// Slicers' settings reach 12 104 bytes in one comment (measured over twelve slicers). A longer line is cut and refused:
/// what does not fit might hide a command.
const LINE_MAX: usize = 64 * 1024;

/// How to read a file: what the printer's profile says about its firmware.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub dialect: Dialect,
    /// Where the nozzle is after G28.
    pub home_mm: [f64; 3],
    /// By what the motion is timed. Without it no time is reckoned, and no speed or flow that depends on it.
    pub motion: Option<Motion>,
}

impl Default for Options {
    fn default() -> Self {
        Self { dialect: Dialect::default(), home_mm: [0.0; 3], motion: Some(Motion::default()) }
    }
}

impl From<&Profile> for Options {
    fn from(profile: &Profile) -> Self {
        Self { dialect: profile.dialect, home_mm: profile.home_mm, motion: Some(profile.motion()) }
    }
}

/// Reads one G-code file. Feed it the bytes in order, then ask for the [`Report`].
///
/// ```
/// use visorfarm_gcode::{Options, Scanner};
///
/// let mut scanner = Scanner::new(&Options::default());
/// scanner.feed(b"G28\nG1 X10 ");
/// scanner.feed(b"Y10 F3000\n");
/// let report = scanner.finish();
/// assert_eq!(report.lines, 2);
/// ```
#[derive(Clone)]
pub struct Scanner {
    hash: Sha256,
    bytes: u64,
    head: Vec<u8>,
    /// The beginning of a line whose end has not come yet, up to [`LINE_MAX`].
    carry: Vec<u8>,
    /// How much of that line did not fit.
    dropped: u64,
    reader: Reader,
}

/// What is to be seen of a file.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// Where the filament goes; empty unless the scanner was [`Scanner::watching`].
    pub path: Path,
    /// The largest picture that the slicer put in, with its bytes.
    pub thumbnail: Option<(Thumbnail, Vec<u8>)>,
}

impl Scanner {
    /// Returns a reader at the start of a file.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        Self {
            hash: Sha256::new(),
            bytes: 0,
            head: Vec::with_capacity(report::HEAD_MAX),
            carry: Vec::with_capacity(LINE_MAX),
            dropped: 0,
            reader: Reader::new(options),
        }
    }

    /// Returns a reader that also keeps what is to be seen of the file. Costs a tenth more time.
    #[must_use]
    pub fn watching(options: &Options) -> Self {
        let mut scanner = Self::new(options);
        scanner.reader.path = Some(Box::default());
        scanner.reader.thumbnails = Thumbnails::keeping();
        scanner
    }

    /// Reads the next bytes of the file, wherever they are cut.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.hash.update(chunk);
        self.bytes = self.bytes.saturating_add(chunk.len() as u64);
        let wanted = report::HEAD_MAX.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk[..wanted]);
        let mut rest = chunk;
        loop {
            let begun = !self.carry.is_empty() || 0 < self.dropped;
            if !begun {
                rest = self.reader.plain_lines(rest);
            }
            let Some(end) = memchr::memchr(b'\n', rest) else { break };
            let (line, after) = rest.split_at(end);
            rest = &after[1..];
            if begun {
                self.keep(line);
                self.line_from_carry();
            } else {
                self.reader.line(cut(line), line.len() as u64);
            }
        }
        self.keep(rest);
    }

    /// Returns what the file does. The last line needs no end.
    #[must_use]
    pub fn finish(self) -> Report {
        self.finish_watching().0
    }

    /// Returns what the file does, and what is to be seen of it.
    #[must_use]
    pub fn finish_watching(mut self) -> (Report, Sight) {
        if !self.carry.is_empty() || 0 < self.dropped {
            self.line_from_carry();
            self.reader.ends_in_newline = EndsIn::MidLine;
        }
        let digest: [u8; 32] = self.hash.finalize().into();
        let source = report::Source { digest, bytes: self.bytes, head: self.head };
        let mut path = self.reader.path.take().map_or_else(Path::default, |path| *path);
        path.close();
        let sight = Sight { path, thumbnail: self.reader.thumbnails.take_largest() };
        (report::build(self.reader, &source), sight)
    }

    fn keep(&mut self, part: &[u8]) {
        let room = LINE_MAX - self.carry.len();
        let kept = part.len().min(room);
        self.carry.extend_from_slice(&part[..kept]);
        self.dropped = self.dropped.saturating_add((part.len() - kept) as u64);
    }

    fn line_from_carry(&mut self) {
        let length = self.dropped.saturating_add(self.carry.len() as u64);
        self.reader.line(&self.carry, length);
        self.carry.clear();
        self.dropped = 0;
    }
}

fn cut(line: &[u8]) -> &[u8] {
    &line[..line.len().min(LINE_MAX)]
}
