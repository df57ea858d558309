//! What the lines of a file mean, one by one.

mod commands;
mod klipper;
mod macros;
mod moves;
mod texts;
mod values;

use std::collections::BTreeMap;

use super::Options;
use super::lines::LINE_MAX;
use crate::census::Census;
use crate::changes::Changes;
use crate::claims::Comments;
use crate::dialect::Dialect;
use crate::machine::Machine;
use crate::mark::{Here, Mark};
use crate::objects::Objects;
use crate::picture::Path;
use crate::thumbnail::Thumbnails;
use crate::words::{Shape, Words};

/// Marlin's buffer for one command is 96 bytes, its end among them, and print servers put `N`, a number and a blank before it and a
/// checksum of four bytes behind. What does not fit Prusa's firmware of 8 bits reads as another command; Marlin and Prusa's newer
/// boards drop it, the checksum with it, and ask for the same line again until the print server gives up, the nozzle hot. Marlin,
/// `MAX_CMD_SIZE`, `queue.cpp`; Prusa, `cmdqueue.cpp`; OctoPrint, "Serial connection".
const BUFFER_MAX: usize = 95 - 4 - 2;

/// What fits behind a number of seven digits: no print has more lines.
const CODE_MAX: usize = BUFFER_MAX - 7;

/// OctoPrint counts from a print's start, and its own lines with the file's: what it asks of the printer, every five seconds at most
/// and never while the printer heats. So many are allowed for, and as many again as the file has. OctoPrint, `comm.py`,
/// `startPrint`, `_poll_temperature`.
const SENT_BESIDE: u64 = 300;

/// What is known after some lines. Apart from [`Lines`](super::Lines), so that a line may be borrowed from the carry.
#[derive(Clone)]
pub(crate) struct Reader {
    options: Options,
    pub(crate) lines: u64,
    /// Lines that no print server sends: empty ones and comments.
    unsent: u64,
    words: Words,
    pub(crate) machine: Machine,
    pub(crate) census: Census,
    pub(crate) comments: Comments,
    pub(crate) changes: Changes,
    pub(crate) objects: Objects,
    pub(crate) thumbnails: Thumbnails,
    /// Draws the way of the filament, if somebody wants to see it.
    pub(crate) path: Option<Box<Path>>,
    pub(crate) faults: BTreeMap<Shape, (u64, Mark)>,
    /// The models that the file checks for, by name.
    pub(crate) models: BTreeMap<String, Mark>,
    pub(crate) moves: [u64; 4],
    pub(crate) host_action: Option<Mark>,
    pub(crate) numbered: Option<Mark>,
    pub(crate) ends_in_newline: EndsIn,
}

/// How the file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndsIn {
    Newline,
    MidLine,
}

impl Reader {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            lines: 0,
            unsent: 0,
            words: Words::new(),
            machine: Machine::new(options),
            census: Census::default(),
            comments: Comments::default(),
            changes: Changes::default(),
            objects: Objects::default(),
            thumbnails: Thumbnails::default(),
            path: None,
            faults: BTreeMap::new(),
            models: BTreeMap::new(),
            moves: [0; 4],
            host_action: None,
            numbered: None,
            ends_in_newline: EndsIn::Newline,
        }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Reads as many plain lines as `text` begins with, and returns what follows them. Nearly all lines are such: moves
    /// whose words tell their end, so that it need not be looked for, and comments.
    #[inline]
    pub(super) fn plain_lines<'a>(&mut self, mut text: &'a [u8]) -> &'a [u8] {
        loop {
            let after = match text {
                [b'G', digit @ b'0'..=b'3', rest @ ..] => self.plain_move(digit & 3, text, rest),
                [b';', rest @ ..] => self.plain_comment(rest),
                _ => None,
            };
            match after {
                Some(after) => text = after,
                None => return text,
            }
        }
    }

    /// Makes the move that `text` begins with, of which `rest` follows the number, and returns what follows its line.
    #[inline]
    fn plain_move<'a>(&mut self, number: u8, text: &[u8], rest: &'a [u8]) -> Option<&'a [u8]> {
        let (length, after) = self.words.read_plain(rest)?;
        if CODE_MAX - 2 < length {
            return None;
        }
        self.lines += 1;
        self.make_move(number, Here { line: self.lines, bytes: &text[..length + 2] });
        Some(after)
    }

    /// Reads the comment that `text` begins with, and returns what follows its line.
    fn plain_comment<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        let end = memchr::memchr2(b'\n', b'\r', text)?;
        let (comment, rest) = text.split_at(end);
        let ([b'\n', after @ ..] | [b'\r', b'\n', after @ ..]) = rest else { return None };
        if LINE_MAX <= text.len() - after.len() {
            return None;
        }
        self.lines += 1;
        self.unsent += 1;
        self.read_comment(comment);
        Some(after)
    }

    /// Reads one line without its newline. `length` is that of the whole line, of which `bytes` may be the beginning.
    pub(super) fn line(&mut self, bytes: &[u8], length: u64) {
        self.lines += 1;
        let mut code = bytes;
        // Some start codes come with `\r\r\n` (measured).
        while let [rest @ .., b'\r'] = code {
            code = rest;
        }
        let whole = code;
        if self.lines == 1 {
            code = code.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(code);
        }
        let indented = code;
        while let [b' ' | b'\t', rest @ ..] = code {
            code = rest;
        }
        let here = Here { line: self.lines, bytes: code };
        let before = &whole[..whole.len() - code.len()];
        let is_code = !matches!(code, [] | [b';', ..]);
        self.unsent += u64::from(!is_code);
        if is_code && !is_passed_over(self.options.dialect, before) {
            self.blame(Err(Shape::Behind), here);
        }
        // Old firmwares keep the blanks, and what follows them falls off the end.
        let falls_off = matches!(code, [letter, b'0'..=b'9', ..] if letter.is_ascii_alphabetic())
            && code.len() < indented.len()
            && self.code_max() < commands::code_length(indented);
        if LINE_MAX as u64 <= length || falls_off {
            return self.blame(Err(Shape::TooLong), here);
        }
        let read = match code {
            [] => Ok(()),
            [b';', comment @ ..] => self.comment(comment),
            [b'G', digit @ b'0'..=b'3', rest @ ..]
                if !matches!(rest.first(), Some(b'0'..=b'9' | b'.')) && code.len() <= CODE_MAX =>
            {
                let case = self.options.dialect.case();
                self.words.read(rest, case).map(|()| self.make_other_move(digit & 3, here))
            }
            _ => self.other(code, here),
        };
        self.blame(read, here);
    }

    /// Returns how long the code of this line may be: what its number leaves of the buffer.
    fn code_max(&self) -> usize {
        let number = (self.lines - self.unsent).saturating_mul(2).saturating_add(SENT_BESIDE);
        let digits = number.ilog10() as usize + 1;
        BUFFER_MAX.saturating_sub(digits).max(CODE_MAX)
    }

    /// A comment is a hint, unless it hides something.
    fn comment(&mut self, comment: &[u8]) -> Result<(), Shape> {
        if memchr::memchr(b'\r', comment).is_some() {
            return Err(Shape::Hidden);
        }
        self.read_comment(comment);
        Ok(())
    }

    fn read_comment(&mut self, comment: &[u8]) {
        self.comments.read(comment);
        if self.comments.layer_marks != self.machine.layers_marked {
            self.machine.begin_layer(self.comments.layer_marks);
        }
        self.thumbnails.read(comment);
        if let Some(path) = &mut self.path {
            path.comment(comment);
        }
    }

    fn blame(&mut self, read: Result<(), Shape>, here: Here<'_>) {
        if let Err(shape) = read {
            self.faults.entry(shape).or_insert_with(|| (0, here.mark())).0 += 1;
        }
    }
}

/// Says whether the firmware passes over what stands `before` a command: all do over blanks, some over tabs, none over the mark
/// that editors put at the beginning of a file. Marlin, `GCodeParser::parse`; Prusa, `cmdqueue.cpp`; Klipper, `line.strip()`.
fn is_passed_over(dialect: Dialect, before: &[u8]) -> bool {
    let passes = |byte: &u8| match dialect {
        Dialect::Marlin | Dialect::Prusa | Dialect::Buddy => *byte == b' ',
        Dialect::Klipper | Dialect::RepRapFirmware => matches!(byte, b' ' | b'\t'),
    };
    before.iter().all(passes)
}
