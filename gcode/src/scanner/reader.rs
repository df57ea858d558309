//! What the lines of a file mean, one by one.

use std::collections::BTreeMap;

use super::Options;
use super::lines::LINE_MAX;
use crate::census::Census;
use crate::claims::Comments;
use crate::machine::Machine;
use crate::mark::{Here, Mark};
use crate::number::{Micro, Scanned, scan};
use crate::objects::Objects;
use crate::picture::Path;
use crate::thumbnail::Thumbnails;
use crate::trace::{self, Way};
use crate::words::{Command, Shape, Words, command, mask};

/// Marlin's buffer for one command is 96 bytes; what does not fit is read as another command.
const CODE_MAX: usize = 96;

/// Klipper has no such buffer; slicers hand its macros the outlines of objects, some kilobytes each.
const MACRO_MAX: usize = 32 * 1024;

const MOVE_LETTERS: u32 = mask(b"XYZEF");
const ARC_LETTERS: u32 = mask(b"XYZEFIJRP");

/// Commands whose rest of line is a text, not words.
const TEXTS: [u32; 13] = [16, 23, 28, 29, 30, 32, 33, 36, 37, 38, 117, 118, 928];

/// Klipper's marks of where an object's lines begin and end: they move nothing.
const EXCLUSIONS: [&str; 3] =
    ["EXCLUDE_OBJECT_DEFINE", "EXCLUDE_OBJECT_START", "EXCLUDE_OBJECT_END"];

/// Commands that take words or a quoted text.
const QUOTING: [u32; 4] = [98, 115, 486, 862];

/// What is known after some lines. Apart from [`Lines`](super::Lines), so that a line may be borrowed from the carry.
#[derive(Clone)]
pub(crate) struct Reader {
    options: Options,
    pub(crate) lines: u64,
    words: Words,
    pub(crate) machine: Machine,
    pub(crate) census: Census,
    pub(crate) comments: Comments,
    pub(crate) objects: Objects,
    pub(crate) thumbnails: Thumbnails,
    /// Draws the way of the filament, if somebody wants to see it.
    pub(crate) path: Option<Box<Path>>,
    pub(crate) faults: BTreeMap<Shape, (u64, Mark)>,
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
            words: Words::new(),
            machine: Machine::new(options),
            census: Census::default(),
            comments: Comments::default(),
            objects: Objects::default(),
            thumbnails: Thumbnails::default(),
            path: None,
            faults: BTreeMap::new(),
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
        self.heed(comment);
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
        if self.lines == 1 {
            code = code.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(code);
        }
        while let [b' ' | b'\t', rest @ ..] = code {
            code = rest;
        }
        let here = Here { line: self.lines, bytes: code };
        if LINE_MAX as u64 <= length {
            return self.blame(Err(Shape::TooLong), here);
        }
        let read = match code {
            [] => Ok(()),
            [b';', comment @ ..] => self.comment(comment),
            [b'G' | b'g', digit @ b'0'..=b'3', rest @ ..]
                if !matches!(rest.first(), Some(b'0'..=b'9' | b'.')) && code.len() <= CODE_MAX =>
            {
                self.words.read(rest).map(|()| self.make_other_move(digit & 3, here))
            }
            _ => self.other(code, here),
        };
        self.blame(read, here);
    }

    /// A comment is a hint, unless it hides something.
    fn comment(&mut self, comment: &[u8]) -> Result<(), Shape> {
        if memchr::memchr(b'\r', comment).is_some() {
            return Err(Shape::Hidden);
        }
        self.heed(comment);
        Ok(())
    }

    fn heed(&mut self, comment: &[u8]) {
        self.comments.read(comment);
        if self.comments.layer_marks != self.machine.layers_marked {
            self.machine.begin_layer(self.comments.layer_marks);
        }
        self.thumbnails.read(comment);
        if let Some(path) = &mut self.path {
            path.comment(comment);
        }
    }

    /// Makes a move whose line is not plain.
    #[inline(never)]
    fn make_other_move(&mut self, number: u8, here: Here<'_>) {
        self.make_move(number, here);
    }

    /// Makes the move that the words describe, and draws it if somebody wants to see it.
    #[expect(clippy::inline_always, reason = "millions of lines: a call costs a tenth of them")]
    #[inline(always)]
    fn make_move(&mut self, number: u8, here: Here<'_>) {
        self.moves[usize::from(number & 3)] += 1;
        let letters = if number < 2 { MOVE_LETTERS } else { ARC_LETTERS };
        if self.words.strays(letters) || self.words.bare(letters) {
            self.note_odd_move(number, letters, here);
        }
        let seen = self.path.is_some().then(|| (self.machine.places(), self.machine.pushed()));
        self.machine.make_move(number, &self.words, here);
        if let Some((places, pushed)) = seen {
            self.draw(number, places, pushed);
        }
    }

    /// Notes letters that no move has, and letters without a number.
    #[cold]
    fn note_odd_move(&mut self, number: u8, letters: u32, here: Here<'_>) {
        if self.words.strays(letters) {
            let command = Command { letter: b'G', number: u32::from(number), sub: 0 };
            let noted = self.census.note(command, &self.words, here);
            self.blame(noted, here);
        }
        if self.words.bare(letters) {
            self.blame(Err(Shape::Bare), here);
        }
    }

    /// Draws the move that was just made, if filament was laid: it began at `places`.
    fn draw(&mut self, number: u8, places: [Option<Micro>; 3], pushed: Micro) {
        if let Some(path) = &mut self.path
            && pushed < self.machine.pushed()
            && let Some(way) = Way::between(places, self.machine.places())
        {
            trace::draw(path, way, number, &self.words);
        }
    }

    /// Reads what is no plain move.
    fn other(&mut self, code: &[u8], here: Here<'_>) -> Result<(), Shape> {
        if memchr::memchr(b'\r', code).is_some() {
            return Err(Shape::Hidden);
        }
        match code {
            [b'@', ..] => self.census.note_host(code, here),
            [b'{' | b'[', ..] => Err(Shape::Placeholder),
            [b'N' | b'n', b'0'..=b'9', ..] => self.numbered(code, here),
            [letter, b'0'..=b'9', ..] if letter.is_ascii_alphabetic() => self.classic(code, here),
            [letter, ..] if letter.is_ascii_alphabetic() || *letter == b'_' => {
                if MACRO_MAX < code_length(code) {
                    return Err(Shape::TooLong);
                }
                self.called(code);
                self.census.note_macro(code, here)
            }
            [byte, ..] if (b'!'..=b'~').contains(byte) => Err(Shape::NoCommand),
            _ => Err(Shape::Character),
        }
    }

    /// Follows a macro as far as it is known what it does.
    fn called(&mut self, code: &[u8]) {
        if let Some(parameters) = after_name(code, b"SET_VELOCITY_LIMIT") {
            set_velocity_limits(&mut self.machine, parameters);
        } else if let Some(parameters) =
            EXCLUSIONS.iter().find_map(|name| after_name(code, name.as_bytes()))
        {
            self.objects.exclusion(parameters);
        } else {
            self.machine.wander();
        }
    }

    /// Reads `N12 G1 X5*37`: the number is the sender's, the checksum must hold.
    fn numbered(&mut self, code: &[u8], here: Here<'_>) -> Result<(), Shape> {
        self.numbered.get_or_insert_with(|| here.mark());
        let (_, start) = command(code)?;
        let mut rest = code;
        if let Some(star) = memchr::memchr(b'*', code) {
            let sum = code[..star].iter().fold(0, |sum, byte| sum ^ byte);
            let said = std::str::from_utf8(&code[star + 1..]).ok();
            if said.and_then(|text| text.trim().parse::<u8>().ok()) != Some(sum) {
                return Err(Shape::Checksum);
            }
            rest = &code[..star];
        }
        let rest = rest.get(start..).unwrap_or_default().trim_ascii();
        match rest {
            [] => Ok(()),
            [b'N' | b'n', ..] => Err(Shape::NoCommand),
            _ => self.other(rest, here),
        }
    }

    fn classic(&mut self, code: &[u8], here: Here<'_>) -> Result<(), Shape> {
        if CODE_MAX < code_length(code) {
            return Err(Shape::TooLong);
        }
        let (command, start) = command(code)?;
        let rest = &code[start..];
        match (command.letter, command.number) {
            (b'G', number @ 0..=3) if command.sub == 0 => {
                self.words.read(rest)?;
                self.make_other_move(u8::try_from(number).unwrap_or(0), here);
                return Ok(());
            }
            (b'M', number) if TEXTS.contains(&number) => {
                self.words.clear();
                self.text(rest, here)?;
            }
            (b'M', number) if QUOTING.contains(&number) => {
                if self.words.read(rest).is_err() {
                    self.words.clear();
                    self.text(rest, here)?;
                }
                if number == 486 {
                    self.objects.label(&self.words, rest);
                }
            }
            _ => self.words.read(rest)?,
        }
        self.machine.obey(command, &self.words, here);
        self.census.note(command, &self.words, here)
    }

    /// Looks at a text for the display: it may not steer the print server.
    fn text(&mut self, text: &[u8], here: Here<'_>) -> Result<(), Shape> {
        let lower = text.to_ascii_lowercase();
        if memchr::memmem::find(&lower, b"//").is_some()
            || memchr::memmem::find(&lower, b"action:").is_some()
        {
            self.host_action.get_or_insert_with(|| here.mark());
        }
        if text.iter().any(|&byte| byte < b' ' && byte != b'\t' || byte == 0x7F) {
            return Err(Shape::Character);
        }
        Ok(())
    }

    fn blame(&mut self, read: Result<(), Shape>, here: Here<'_>) {
        if let Err(shape) = read {
            self.faults.entry(shape).or_insert_with(|| (0, here.mark())).0 += 1;
        }
    }
}

/// Returns how much of the line is code, without its comment.
fn code_length(code: &[u8]) -> usize {
    let end = memchr::memchr(b';', code).unwrap_or(code.len());
    code[..end].trim_ascii_end().len()
}

/// Returns what follows `name` at the start of `code`, in capitals or not.
fn after_name<'a>(code: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = code.split_at_checked(name.len())?;
    let ends = !matches!(rest, [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'_');
    (ends && start.eq_ignore_ascii_case(name)).then_some(rest)
}

/// Tells the clock what `ACCEL=3000 VELOCITY=200` says.
fn set_velocity_limits(machine: &mut Machine, parameters: &[u8]) {
    for word in parameters.split(u8::is_ascii_whitespace) {
        let Some(equals) = memchr::memchr(b'=', word) else { continue };
        let name = String::from_utf8_lossy(&word[..equals]).to_ascii_uppercase();
        if let Scanned::Number(value, _) = scan(&word[equals + 1..]) {
            machine.clock.set_velocity_limit(&name, value.to_f64());
        }
    }
}
