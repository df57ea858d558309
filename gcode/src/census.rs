//! Which commands the file holds, how often, and within which ranges of their parameters.
//!
//! This is what the verdict's allow list is held against. Its size is bounded: a file with more different commands than
//! [`COMMANDS_MAX`] is not one that a slicer wrote.

mod values;

pub(crate) use values::pair;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::extent::{Extent, Range, widen};
use crate::mark::{Here, Mark, Spot};
use crate::number::Micro;
use crate::words::{Command, Shape, Words};
use values::parameters;

/// Slicers write some forty; a profile's macros add a few.
const COMMANDS_MAX: usize = 192;

/// A macro with more parameters than this is none that a slicer calls.
const PARAMETERS_MAX: usize = 32;

/// Names longer than this are cut: no allow list holds them.
const NAME_MAX: usize = 48;

/// One command of the file, as the verdict sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Use {
    pub count: u64,
    pub first: Spot,
    pub last_line: u64,
    /// Ranges of the numbers, by letter or by a macro's parameter name: `NAME.X` and `NAME.Y` of a pair, `NAME.N` of those within a
    /// text.
    pub numbers: BTreeMap<String, Range>,
    /// Letters that stood without a number, or parameters with a text.
    pub bare: BTreeMap<String, Spot>,
    /// Parameters of macros that hold digits in another shape than a plain number: `4e2`, `4_00`.
    pub odd: BTreeMap<String, Spot>,
}

#[derive(Clone, Debug)]
struct Seen {
    count: u64,
    first: Mark,
    last_line: u64,
    numbers: BTreeMap<Key, Option<Extent>>,
    bare: BTreeMap<Key, Mark>,
    odd: BTreeMap<Key, Mark>,
}

/// A parameter's name: a letter, or a macro's word in capitals.
type Key = String;

#[derive(Clone, Debug, Default)]
pub(crate) struct Census {
    commands: BTreeMap<Command, Seen>,
    macros: BTreeMap<String, Seen>,
}

impl Seen {
    fn new(here: Here<'_>) -> Self {
        Self {
            count: 0,
            first: here.mark(),
            last_line: here.line,
            numbers: BTreeMap::new(),
            bare: BTreeMap::new(),
            odd: BTreeMap::new(),
        }
    }

    fn again(&mut self, here: Here<'_>) {
        self.count += 1;
        self.last_line = here.line;
    }

    fn number(&mut self, name: &str, value: Micro, here: Here<'_>) -> Result<(), Shape> {
        if let Some(extent) = self.numbers.get_mut(name) {
            widen(extent, value, here);
        } else if self.numbers.len() < PARAMETERS_MAX {
            widen(self.numbers.entry(name.to_owned()).or_default(), value, here);
        } else {
            return Err(Shape::TooMany);
        }
        Ok(())
    }

    fn bare(&mut self, name: &str, here: Here<'_>) -> Result<(), Shape> {
        remember(&mut self.bare, name, here)
    }

    fn odd(&mut self, name: &str, here: Here<'_>) -> Result<(), Shape> {
        remember(&mut self.odd, name, here)
    }

    fn used(self) -> Use {
        let ranges = self.numbers.into_iter();
        Use {
            count: self.count,
            first: self.first.spot(),
            last_line: self.last_line,
            numbers: ranges.filter_map(|(name, extent)| Some((name, extent?.range()))).collect(),
            bare: spots(self.bare),
            odd: spots(self.odd),
        }
    }
}

fn remember(marks: &mut BTreeMap<Key, Mark>, name: &str, here: Here<'_>) -> Result<(), Shape> {
    if !marks.contains_key(name) {
        if PARAMETERS_MAX <= marks.len() {
            return Err(Shape::TooMany);
        }
        marks.insert(name.to_owned(), here.mark());
    }
    Ok(())
}

fn spots(marks: BTreeMap<Key, Mark>) -> BTreeMap<String, Spot> {
    marks.into_iter().map(|(name, mark)| (name, mark.spot())).collect()
}

impl Census {
    /// Counts `command`, whose parameters are `words`.
    pub(crate) fn note(
        &mut self,
        command: Command,
        words: &Words,
        here: Here<'_>,
    ) -> Result<(), Shape> {
        let room = self.commands.len() < COMMANDS_MAX;
        let seen = match self.commands.get_mut(&command) {
            Some(seen) => seen,
            None if room => self.commands.entry(command).or_insert_with(|| Seen::new(here)),
            None => return Err(Shape::TooMany),
        };
        seen.again(here);
        for (letter, value) in words.letters() {
            let mut name = [0; 4];
            let name = char::from(letter).encode_utf8(&mut name);
            match value {
                Some(value) => seen.number(name, value, here)?,
                None => seen.bare(name, here)?,
            }
        }
        Ok(())
    }

    /// Counts the macro at the start of `code`: `START_PRINT BED=60 NAME="a b"`.
    pub(crate) fn note_macro(&mut self, code: &[u8], here: Here<'_>) -> Result<(), Shape> {
        let length = name_length(code);
        let seen = self.named(&code[..length], here)?;
        parameters(&code[length..], seen, here)
    }

    /// Counts a command of the print server: `@NAME`. With parameters it is refused: plugins give them any meaning.
    pub(crate) fn note_host(&mut self, code: &[u8], here: Here<'_>) -> Result<(), Shape> {
        let length = 1 + name_length(&code[1..]);
        let rest = code[length..].trim_ascii();
        if length == 1 || NAME_MAX < length || !matches!(rest, [] | [b';', ..]) {
            return Err(Shape::Host);
        }
        self.named(&code[..length], here).map(drop)
    }

    /// Counts one more use of what is called `name`.
    fn named(&mut self, name: &[u8], here: Here<'_>) -> Result<&mut Seen, Shape> {
        let mut buffer = [0; NAME_MAX];
        let name = capitals(name, &mut buffer);
        if !self.macros.contains_key(name) {
            if COMMANDS_MAX <= self.macros.len() {
                return Err(Shape::TooMany);
            }
            self.macros.insert(name.to_owned(), Seen::new(here));
        }
        let seen = self.macros.get_mut(name).expect("it was put in when it was missing");
        seen.again(here);
        Ok(seen)
    }

    /// Returns all commands by name, with `moves` (which are counted elsewhere) among them.
    pub(crate) fn finish(self) -> BTreeMap<String, Use> {
        let commands = self.commands.into_iter().map(|(name, seen)| (name.to_string(), seen));
        commands.chain(self.macros).map(|(name, seen)| (name, seen.used())).collect()
    }
}

/// Returns how long the word is that `code` begins with.
pub(crate) fn name_length(code: &[u8]) -> usize {
    let end = code.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
    end.unwrap_or(code.len())
}

fn capitals<'a>(name: &[u8], buffer: &'a mut [u8; NAME_MAX]) -> &'a str {
    let length = name.len().min(NAME_MAX);
    for (to, from) in buffer.iter_mut().zip(name) {
        *to = from.to_ascii_uppercase();
    }
    std::str::from_utf8(&buffer[..length]).unwrap_or_default()
}

#[cfg(test)]
mod tests;
