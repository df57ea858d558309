//! Lines that Klipper takes apart in its own way, and then does not find what was meant.
//!
//! It splits a line wherever letters begin or end: what stands between them belongs to the letters before. Klipper, `gcode.py`,
//! `args_r`.

use crate::words::{Command, Shape};

/// Says whether `written`, the number of `command` as it stands there, is the one by which Klipper knows the command.
pub(super) fn is_name_of_command(command: Command, written: &[u8]) -> bool {
    let plain = !matches!(written, [b'0', _, ..] if written[1] != b'.');
    let point = memchr::memchr(b'.', written).map(|point| &written[point + 1..]);
    plain && point.is_none_or(|sub| sub.len() == 1 && command.sub != 0)
}

/// Says whether Klipper finds the macro whose name stands at the start of `code`: it takes digits that follow, even beyond blanks,
/// into the name, and letters that follow digits out of it.
pub(super) fn is_name_of_macro(code: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    let letters = code.iter().take_while(|byte| is_letter(byte)).count();
    let digits = code[letters..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let after = &code[letters + digits..];
    let rest = after.trim_ascii_start();
    let blank = rest.len() < after.len();
    match rest.first() {
        None | Some(b';') => true,
        Some(byte) => blank && is_letter(byte),
    }
}

/// Says whether `words` are letters alone that make up one name, after a command that then takes all axes: `G28 XY`, `M84 XYE`.
/// Klipper, `homing.py`, `cmd_G28`; `stepper_enable.py`, `cmd_M18`.
pub(super) fn names_all_axes(command: Command, words: &[u8]) -> bool {
    let code = words.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    let takes_all = matches!((command.letter, command.number), (b'G', 28) | (b'M', 18 | 84));
    takes_all && 1 < code.len() && code.iter().all(u8::is_ascii_alphabetic)
}

/// Commands that turn a heater off where they do not say how hot it shall be: there is no R. Klipper, `extruder.py`, `cmd_M104`;
/// `heater_bed.py`, `cmd_M140`.
const HEATING: [u32; 4] = [104, 109, 140, 190];

/// Returns what is wrong with the words of `command`: letters without anything between them are one name, so that `G28 XY` homes
/// all axes; and a tool with a point in it is an error, for which nothing cools. Klipper, `extruder.py`, `cmd_M104`.
pub(super) fn check_words(command: Command, words: &[u8]) -> Result<(), Shape> {
    let code = words.split(|&byte| byte == b';').next().unwrap_or_default();
    if code.windows(2).any(|pair| pair.iter().all(u8::is_ascii_alphabetic)) {
        return Err(Shape::Name);
    }
    let heats = command.letter == b'M' && matches!(command.number, 104 | 109);
    let held = |byte: &u8| matches!(byte, b'S' | b's');
    if HEATING.contains(&command.number) && command.letter == b'M' && !code.iter().any(held) {
        return Err(Shape::Missing);
    }
    // How far the print is: of a letter alone Klipper makes no number. Klipper, `display_status.py`.
    let share = memchr::memchr2(b'P', b'p', code).map(|at| number(&code[at + 1..]));
    if (command.letter, command.number) == (b'M', 73) && share.is_some_and(<[u8]>::is_empty) {
        return Err(Shape::Missing);
    }
    match memchr::memchr2(b'T', b't', code).filter(|_| heats) {
        Some(at) if number(&code[at + 1..]).contains(&b'.') => Err(Shape::Number),
        Some(_) | None => Ok(()),
    }
}

/// Returns what stands between a letter and the next blank or letter.
fn number(code: &[u8]) -> &[u8] {
    let ends = |byte: &u8| byte.is_ascii_alphabetic() || byte.is_ascii_whitespace();
    &code[..code.iter().position(ends).unwrap_or(code.len())]
}
