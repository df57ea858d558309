//! Chunks of any size become lines, whatever a line's length, in constant memory.

use super::{EndsIn, Options, Reader, Sight};
use crate::picture::Path;
use crate::report::{self, Report, Sha256Digest};
use crate::thumbnail::Thumbnails;

/// Slicers' settings reach 12 104 bytes in one comment (measured over twelve slicers). A longer line is cut and refused:
/// what does not fit might hide a command.
pub(super) const LINE_MAX: usize = 64 * 1024;

/// Reads one G-code file as [`Scanner`](super::Scanner) does, for whoever takes its digest elsewhere.
///
/// ```
/// use visorfarm_gcode::{Lines, Options, Sha256Digest};
///
/// let mut lines = Lines::new(&Options::default());
/// lines.feed(b"G28\nG1 X10 ");
/// lines.feed(b"Y10 F3000\n");
/// let report = lines.finish(Sha256Digest([7; 32]));
/// assert_eq!((report.lines, report.sha256), (2, Sha256Digest([7; 32])));
/// ```
#[derive(Clone)]
pub struct Lines {
    bytes: u64,
    head: Vec<u8>,
    /// The beginning of a line whose end has not come yet, up to [`LINE_MAX`].
    carry: Vec<u8>,
    /// How much of that line did not fit.
    dropped: u64,
    reader: Reader,
}

impl Lines {
    /// Returns a reader at the start of a file.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        Self {
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
        let mut lines = Self::new(options);
        lines.reader.path = Some(Box::default());
        lines.reader.thumbnails = Thumbnails::keeping();
        lines
    }

    /// Reads the next bytes of the file, wherever they are cut.
    pub fn feed(&mut self, chunk: &[u8]) {
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

    /// Returns what the file of this digest does. The last line needs no end.
    #[must_use]
    pub fn finish(self, sha256: Sha256Digest) -> Report {
        self.finish_watching(sha256).0
    }

    /// Returns what the file of this digest does, and what is to be seen of it.
    #[must_use]
    pub fn finish_watching(mut self, sha256: Sha256Digest) -> (Report, Sight) {
        if !self.carry.is_empty() || 0 < self.dropped {
            self.line_from_carry();
            self.reader.ends_in_newline = EndsIn::MidLine;
        }
        let source = report::Source { sha256, bytes: self.bytes, head: self.head };
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
