//! What is no plain move: commands with their words or texts, macros, and what no firmware reads.

use super::{CODE_MAX, Reader, klipper, texts};
use crate::census;
use crate::dialect::Dialect;
use crate::klipper::Named;
use crate::machine::Machine;
use crate::mark::Here;
use crate::number::{Scanned, scan};
use crate::parameters::value_of;
use crate::words::{Command, Shape, command, mask};

/// Klipper has no such buffer; slicers hand its macros the outlines of objects, some kilobytes each.
const MACRO_MAX: usize = 32 * 1024;

/// Commands whose rest of line is a text, not words.
const TEXTS: [u32; 13] = [16, 23, 28, 29, 30, 32, 33, 36, 37, 38, 117, 118, 928];

/// Commands that take words or a quoted text.
const QUOTING: [u32; 3] = [98, 115, 862];

/// G92: calls the place where the nozzle stands by other numbers.
const SHIFT: Command = Command { letter: b'G', number: 92, sub: 0 };

impl Reader {
    /// Reads what is no plain move.
    pub(super) fn other(&mut self, code: &[u8], here: Here<'_>) -> Result<(), Shape> {
        if memchr::memchr(b'\r', code).is_some() {
            return Err(Shape::Hidden);
        }
        match code {
            [b'@', ..] => self.census.note_host(code, here),
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
                self.called(code, here);
                self.census.note_macro(code, here)
            }
            [byte, ..] if (b'!'..=b'~').contains(byte) => Err(Shape::NoCommand),
            _ => Err(Shape::Character),
        }
    }

    /// Follows a macro as far as it is known what it does.
    fn called(&mut self, code: &[u8], here: Here<'_>) {
        let (name, parameters) = code.split_at(census::name_length(code));
        let named = Named::of(name);
        self.change_mesh(named, name, parameters, here);
        match named {
            Some(Named::VelocityLimit) => set_velocity_limits(&mut self.machine, parameters),
            Some(Named::Object) => self.objects.exclusion(parameters),
            Some(
                Named::PressureAdvance
                | Named::Mesh
                | Named::Level
                | Named::MeshProfile
                | Named::NoMesh
                | Named::HeatersOff
                | Named::Other,
            )
            | None => self.machine.wander(),
        }
    }

    /// Follows whether there is a mesh. A person who is asked to probe does so while the file goes on, and meanwhile there
    /// is none. Klipper, `bed_mesh.py`, `cmd_BED_MESH_CALIBRATE`, `cmd_BED_MESH_PROFILE`; `probe.py`, `start_probe`.
    fn change_mesh(
        &mut self,
        named: Option<Named>,
        name: &[u8],
        parameters: &[u8],
        here: Here<'_>,
    ) {
        let is = |value: Option<&[u8]>, text: &[u8]| {
            value.is_some_and(|value| value.eq_ignore_ascii_case(text))
        };
        let by_hand = || is(value_of(parameters, b"METHOD"), b"manual");
        let loads = || value_of(parameters, b"LOAD").is_some_and(|name| !name.is_empty());
        match named {
            Some(Named::Mesh | Named::Level) if by_hand() => {
                self.machine.firsts.probed_by_hand.get_or_insert_with(|| here.mark());
                if named == Some(Named::Mesh) {
                    self.machine.clear_mesh(here);
                }
            }
            Some(Named::Mesh) => self.machine.make_mesh(),
            Some(Named::MeshProfile) if loads() => self.machine.make_mesh(),
            Some(Named::NoMesh) => self.machine.clear_mesh(here),
            Some(_) => {}
            None => self.home_by_owner(name),
        }
    }

    /// A macro that homes leaves the bed with its mesh.
    fn home_by_owner(&mut self, name: &[u8]) {
        let homing = &self.options.homing;
        if homing.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name)) {
            self.machine.make_mesh();
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
        if CODE_MAX < code_length(code) {
            return Err(Shape::TooLong);
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
            self.home_by_owner(&code[..start]);
        }
        self.census.note(command, &self.words, here)
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
