//! The command that a line begins with.

use std::fmt;

use super::Shape;
use crate::number::{Scanned, scan};

/// The name of a command: a letter, a number, and what follows its point (`M862.3`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Command {
    pub(crate) letter: u8,
    pub(crate) number: u32,
    pub(crate) sub: u8,
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.letter), self.number)?;
        if self.sub == 0 { Ok(()) } else { write!(f, ".{}", self.sub) }
    }
}

/// Reads the command at the start of `code` (no blanks before it) and returns it with its length.
#[inline]
pub(crate) fn command(code: &[u8]) -> Result<(Command, usize), Shape> {
    let letter = match code.first() {
        Some(letter) if letter.is_ascii_alphabetic() => letter & 0xDF,
        _ => return Err(Shape::NoCommand),
    };
    let Scanned::Number(value, length) = scan(&code[1..]) else { return Err(Shape::NoCommand) };
    let (Ok(number), tenths) = (u32::try_from(value.0 / 1_000_000), value.0 % 1_000_000) else {
        return Err(Shape::Number);
    };
    match u8::try_from(tenths / 100_000) {
        Ok(sub) if tenths % 100_000 == 0 => Ok((Command { letter, number, sub }, length + 1)),
        _ => Err(Shape::Number),
    }
}
