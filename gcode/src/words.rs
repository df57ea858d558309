//! One line of code split into its words: `G1 X10 E.5` is a command and two parameters.
//!
//! Blank or no blank between words, a comment behind: all legal. What firmwares read in different ways (a letter twice, an
//! exponent, a stray character) is a [`Shape`], which the verdict refuses.

mod command;

use serde::{Deserialize, Serialize};

use crate::number::{Micro, Scanned, scan, scan_quickly};

pub(crate) use command::{Command, command};

/// What makes a line unreadable, or readable in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A character that no command holds: control bytes, brackets, quotes, anything beyond ASCII.
    Character,
    /// A command behind a tab, or behind the mark that editors put at the beginning of a file, where the firmware passes over blanks
    /// only.
    Behind,
    /// A sign or point without digits, or more than nine digits.
    Number,
    /// `1E3`, `0X1F`, `INF`: one firmware reads a second word, and one that leaves numbers to C's `strtod` an exponent, a number
    /// of base sixteen, or more than all. Marlin 1.1 and Prusa, `code_value`; Marlin, `GCodeParser::value_float`.
    Exponent,
    /// A small letter, which firmwares that have no `GCODE_CASE_INSENSITIVE` pass over: what looks switched off is not.
    LowerCase,
    /// A name that is not looked up as it is meant: Klipper takes `M0104` for another command than `M104`, and `END_PRINT 1` for
    /// another than `END_PRINT`. Klipper, `gcode.py`, `_process_commands`.
    Name,
    /// The same letter twice: firmwares differ in which one they take.
    Twice,
    /// A move or a shift whose letter has no number: `G1 X`, `G92 Z`, which is nought to some. A macro's word without a value.
    Bare,
    /// A line without a word for lack of which the firmware takes it for an error, or for another than is meant: `M104` is `M104 S0`
    /// to Klipper, and an object without a name none.
    Missing,
    /// More code on one line than firmwares buffer.
    TooLong,
    /// The same of an object's name, which slicers write in full. PrusaSlicer, `LabelObjects.cpp`.
    LongName,
    /// `N..*..` whose checksum is wrong.
    Checksum,
    /// A carriage return inside the line, where firmwares begin a new one, comment or not; or a second command in a text, which
    /// some obey.
    Hidden,
    /// Braces or brackets that the slicer should have replaced.
    Placeholder,
    /// `@...`: acts in the print server, never reaches the printer.
    Host,
    /// A line that starts with no command at all.
    NoCommand,
    /// More different commands, or parameters of one, than any slicer writes.
    TooMany,
}

/// Which letters a firmware heeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Capitals,
    Both,
}

impl Case {
    /// Says whether `letter` is heeded.
    pub(crate) fn heeds(self, letter: u8) -> bool {
        self == Self::Both || letter.is_ascii_uppercase()
    }
}

/// The parameters of one line, by letter. Reused from line to line.
#[derive(Clone)]
pub(crate) struct Words {
    /// Only those whose bit is set in `valued` mean anything.
    values: [Micro; 26],
    /// Letters that stand on the line.
    present: u32,
    /// Letters that carry a number.
    valued: u32,
}

impl Words {
    pub(crate) const fn new() -> Self {
        Self { values: [Micro::ZERO; 26], present: 0, valued: 0 }
    }

    #[inline]
    pub(crate) fn number(&self, letter: u8) -> Option<Micro> {
        let index = letter.wrapping_sub(b'A');
        (self.valued >> (index & 31) & 1 == 1).then(|| self.values[usize::from(index) % 26])
    }

    #[inline]
    pub(crate) fn has(&self, letter: u8) -> bool {
        self.present >> (letter.wrapping_sub(b'A') & 31) & 1 == 1
    }

    /// Returns whether letters outside `allowed` stand on the line.
    #[inline]
    pub(crate) fn strays(&self, allowed: u32) -> bool {
        self.present & !allowed != 0
    }

    /// Returns whether one of `letters` stands on the line without a number.
    #[inline]
    pub(crate) fn bare(&self, letters: u32) -> bool {
        self.present & !self.valued & letters != 0
    }

    pub(crate) fn letters(&self) -> impl Iterator<Item = (u8, Option<Micro>)> + '_ {
        (b'A'..=b'Z').filter(|&letter| self.has(letter)).map(|letter| (letter, self.number(letter)))
    }

    /// Forgets all words.
    pub(crate) fn clear(&mut self) {
        self.present = 0;
        self.valued = 0;
    }

    /// Reads ` X1 Y-2.5 E.01` up to the end of its line, and returns how long that is and what follows the line. Nearly
    /// all lines are of this shape; `None` for any other, and for lines that [`Self::read`] refuses: then nothing is known
    /// of the words.
    #[inline]
    pub(crate) fn read_plain<'a>(&mut self, text: &'a [u8]) -> Option<(usize, &'a [u8])> {
        let mut letters = 0;
        let mut rest = text;
        loop {
            let (letter, number) = match rest {
                [b' ', letter, number @ ..] => (letter, number),
                [b'\n', after @ ..] | [b'\r', b'\n', after @ ..] => {
                    self.present = letters;
                    self.valued = letters;
                    return Some((text.len() - rest.len(), after));
                }
                _ => return None,
            };
            let index = letter.wrapping_sub(b'A');
            let bit = 1 << (index & 31);
            let (value, length) = scan_quickly(number);
            if 26 <= index || letters & bit != 0 || length == 0 {
                return None;
            }
            self.values[usize::from(index)] = value;
            letters |= bit;
            rest = &number[length..];
        }
    }

    /// Reads the words of `code`, which follows the command, up to a comment or the end.
    #[inline]
    pub(crate) fn read(&mut self, code: &[u8], case: Case) -> Result<(), Shape> {
        self.clear();
        let mut at = 0;
        while let Some(&byte) = code.get(at) {
            match byte {
                b' ' | b'\t' => at += 1,
                b'A'..=b'Z' | b'a'..=b'z' if case.heeds(byte) => at = self.word(code, at)?,
                b'a'..=b'z' => return Err(Shape::LowerCase),
                b';' => return no_return(&code[at..]),
                b'{' | b'}' => return Err(Shape::Placeholder),
                _ => return Err(Shape::Character),
            }
        }
        Ok(())
    }

    #[inline]
    fn word(&mut self, code: &[u8], at: usize) -> Result<usize, Shape> {
        let index = (code[at] & 0xDF) - b'A';
        let bit = 1 << index;
        if self.present & bit != 0 {
            return Err(Shape::Twice);
        }
        self.present |= bit;
        match scan(&code[at + 1..]) {
            Scanned::Number(value, length) => {
                let end = at + 1 + length;
                if goes_on(&code[at + 1..end], &code[end..]) {
                    return Err(Shape::Exponent);
                }
                self.values[usize::from(index)] = value;
                self.valued |= bit;
                Ok(end)
            }
            Scanned::Absent if is_no_number(&code[at + 1..]) => Err(Shape::Exponent),
            Scanned::Absent => Ok(at + 1),
            Scanned::Malformed => Err(Shape::Number),
        }
    }
}

/// Says whether C's `strtod` reads on where a `number` ends: into an exponent, or into digits of base sixteen.
fn goes_on(number: &[u8], after: &[u8]) -> bool {
    match after.first() {
        Some(b'e' | b'E') => true,
        Some(b'x' | b'X') => matches!(number, [b'0'] | [b'+' | b'-', b'0']),
        _ => false,
    }
}

/// Says whether C's `strtod` reads letters as a number: `INF`, `NAN`.
fn is_no_number(letters: &[u8]) -> bool {
    let begins = |word: &[u8]| letters.get(..3).is_some_and(|it| it.eq_ignore_ascii_case(word));
    begins(b"INF") || begins(b"NAN")
}

/// A carriage return ends a line for firmwares and print servers: what follows it in a comment is a command.
#[inline]
fn no_return(comment: &[u8]) -> Result<(), Shape> {
    match memchr::memchr(b'\r', comment) {
        Some(_) => Err(Shape::Hidden),
        None => Ok(()),
    }
}

/// Returns the bits of `letters`, for [`Words::strays`] and [`Words::bare`].
pub(crate) const fn mask(letters: &[u8]) -> u32 {
    let mut bits = 0;
    let mut at = 0;
    while at < letters.len() {
        bits |= 1 << (letters[at] - b'A');
        at += 1;
    }
    bits
}

#[cfg(test)]
mod tests;
