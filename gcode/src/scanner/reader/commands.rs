//! What is no plain move: commands with their words or texts, macros, and what no firmware reads.

use super::{Reader, klipper, texts};
use crate::census::name_length;
use crate::dialect::Dialect;
use crate::mark::{Here, printable};
use crate::words::{Command, Shape, command, mask};

/// Klipper has no such buffer; slicers hand its macros the outlines of objects, some kilobytes each.
const MACRO_MAX: usize = 32 * 1024;

/// Commands whose rest of line is a text, not words.
const TEXTS: [u32; 13] = [16, 23, 28, 29, 30, 32, 33, 36, 37, 38, 117, 118, 928];

/// Commands that take words or a quoted text.
const QUOTING: [u32; 3] = [98, 115, 862];

/// M862.3: is this the printer?
const MODEL: (u32, u8) = (862, 3);

/// More models than any file checks for.
const MODELS_MAX: usize = 16;

/// G92: calls the place where the nozzle stands by other numbers.
const SHIFT: Command = Command { letter: b'G', number: 92, sub: 0 };

impl Reader {
    /// Reads what is no plain move.
    pub(super) fn other(&mut self, code: &[u8], here: Here<'_>) -> Result<(), Shape> {
        if memchr::memchr(b'\r', code).is_some() {
            return Err(Shape::Hidden);
        }
        match code {
            [b'@', ..] => {
                self.called_on_host(&code[..=name_length(&code[1..])]);
                self.census.note_host(code, here)
            }
            [b'{' | b'[', ..] => Err(Shape::Placeholder),
            [b'T' | b't', b'-', b'1', rest @ ..]
                if self.options.dialect == Dialect::RepRapFirmware
                    && code_length(rest.trim_ascii_start()) == 0 =>
            {
                self.machine.put_down_tool();
                Ok(())
            }
            [b'N' | b'n', b'0'..=b'9', ..] => self.numbered(code, here),
            [letter, b'0'..=b'9', ..] if letter.is_ascii_alphabetic() => self.classic(code, here),
            [letter, ..] if letter.is_ascii_alphabetic() || *letter == b'_' => {
                if MACRO_MAX < code_length(code) {
                    return Err(Shape::TooLong);
                }
                if self.options.dialect == Dialect::Klipper && !klipper::is_name_of_macro(code) {
                    return Err(Shape::Name);
                }
                let followed = self.called(code, here);
                self.census.note_macro(code, here)?;
                followed
            }
            [byte, ..] if (b'!'..=b'~').contains(byte) => Err(Shape::NoCommand),
            _ => Err(Shape::Character),
        }
    }

    /// Reads `N12 G1 X5*37`: the number is the sender's, the checksum must hold.
    fn numbered(&mut self, code: &[u8], here: Here<'_>) -> Result<(), Shape> {
        self.numbered.get_or_insert_with(|| here.mark());
        if !self.options.dialect.case().heeds(code[0]) {
            return Err(Shape::LowerCase);
        }
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
        if self.code_max() < code_length(code) {
            let names = code.starts_with(b"M486");
            return Err(if names { Shape::LongName } else { Shape::TooLong });
        }
        let (dialect, case) = (self.options.dialect, self.options.dialect.case());
        if !case.heeds(code[0]) {
            return Err(Shape::LowerCase);
        }
        let (command, start) = command(code)?;
        if dialect == Dialect::Klipper && !klipper::is_name_of_command(command, &code[1..start]) {
            return Err(Shape::Name);
        }
        let rest = &code[start..];
        match (command.letter, command.number) {
            (b'G', number @ 0..=3) if command.sub == 0 => {
                self.words.read(rest, case)?;
                self.make_other_move(u8::try_from(number).unwrap_or(0), here);
                return Ok(());
            }
            (b'M', number) if TEXTS.contains(&number) => {
                self.words.clear();
                self.text(command, rest, here)?;
                if number == 118 && texts::passes_for_a_reply(rest) {
                    self.host_action.get_or_insert_with(|| here.mark());
                }
            }
            (b'M', number) if QUOTING.contains(&number) => {
                if self.words.read(rest, case).is_err() {
                    self.words.clear();
                    self.text(command, rest, here)?;
                }
                if (number, command.sub) == MODEL {
                    self.note_model(rest, here)?;
                }
            }
            (b'M', 486) => self.labelled(command, rest, here)?,
            _ if dialect == Dialect::Klipper && klipper::names_all_axes(command, rest) => {
                self.words.clear();
            }
            _ => {
                if dialect == Dialect::Klipper {
                    klipper::check_words(command, rest)?;
                }
                self.words.read(rest, case)?;
            }
        }
        if command == SHIFT && self.words.bare(mask(b"XYZE")) {
            return Err(Shape::Bare);
        }
        if command.letter == b'T' {
            self.changes.select(command.number);
        }
        self.machine.obey(command, &self.words, here);
        if dialect == Dialect::Klipper {
            self.follow_owner(&code[..start]);
        }
        self.census.note(command, &self.words, here)
    }

    /// Keeps the model that M862.3 P names, in quotes or not. Each one is checked. Prusa, M862.3.
    fn note_model(&mut self, rest: &[u8], here: Here<'_>) -> Result<(), Shape> {
        let code = &rest[..code_length(rest)];
        let Some(named) = memchr::memchr(b'P', code).map(|at| code[at + 1..].trim_ascii()) else {
            return Ok(());
        };
        let name = match named {
            [b'"', quoted @ ..] => quoted.split(|byte| *byte == b'"').next().unwrap_or_default(),
            _ => named,
        };
        let name = printable(name);
        if MODELS_MAX <= self.models.len() && !self.models.contains_key(&name) {
            return Err(Shape::TooMany);
        }
        self.models.entry(name).or_insert_with(|| here.mark());
        Ok(())
    }

    /// Reads M486: what follows A is a name to slicers, whatever its letters are.
    ///
    /// To Prusa's newer boards it is one only right behind the command; then they pass over the rest of the line. Marlin knows
    /// no A, and looks for its own letters on the whole line: `M486 ACube` cancels the object that it names. Marlin,
    /// `M486.cpp`; Prusa-Firmware-Buddy, `M486.cpp`.
    fn labelled(&mut self, command: Command, rest: &[u8], here: Here<'_>) -> Result<(), Shape> {
        let case = self.options.dialect.case();
        let blank = |at: usize| at == 0 || rest[at - 1].is_ascii_whitespace();
        let begins = |at: &usize| matches!(rest[*at], b'A' | b'a') && blank(*at);
        let name = (0..rest.len()).find(begins).unwrap_or(rest.len());
        let at_its_place = matches!(rest, [b'A', ..] | [b' ', b'A', ..]);
        if self.options.dialect == Dialect::Buddy && !at_its_place {
            return self.words.read(rest, case);
        }
        let (words, name) = rest.split_at(name);
        self.words.read(words, case)?;
        self.text(command, name, here)?;
        self.objects.label(&self.words, name.get(1..));
        let holds = |letters: &[u8]| {
            let heeded = name.iter().filter(|byte| case.heeds(**byte));
            heeded.map(u8::to_ascii_uppercase).any(|letter| letters.contains(&letter))
        };
        if self.options.dialect == Dialect::Buddy {
            return Ok(());
        }
        if holds(b"CPU") {
            self.machine.doubt_objects(here);
        }
        if holds(b"S") {
            self.machine.pass_to_any_object();
            // Which of two numbers counts is another question: neither is believed.
            self.words.clear();
        }
        Ok(())
    }
}

/// Returns how much of the line is code, without its comment.
pub(super) fn code_length(code: &[u8]) -> usize {
    let end = memchr::memchr(b';', code).unwrap_or(code.len());
    code[..end].trim_ascii_end().len()
}
