//! Texts for the display and the print server: they may neither speak in the printer's place nor hide a command.

use super::Reader;
use crate::dialect::Dialect;
use crate::mark::Here;
use crate::words::{Command, Shape};

/// M117: a text to all firmwares, whatever it holds.
const SHOWN: Command = Command { letter: b'M', number: 117, sub: 0 };

/// What Prusa's firmware of 8 bits obeys wherever it stands on a line. Prusa, `process_commands`.
const OBEYED: [&[u8]; 3] = [b"PRUSA", b"TMC_", b"CRASH_"];

/// How a printer's replies to its print server begin.
const REPLIES: [&[u8]; 8] = [b"ok", b"resend", b"rs", b"error", b"!!", b"fatal", b"busy:", b"cap:"];

/// What the print server takes for a printer's words wherever they stand: of its card, its files, its tools, its name.
const PHRASES: [&[u8]; 18] = [
    b"sd init fail",
    b"volume.init failed",
    b"no media",
    b"openroot failed",
    b"sd card",
    b"card successfully initialized",
    b"begin file list",
    b"end file list",
    b"sd printing",
    b"file opened",
    b"file selected",
    b"writing to file",
    b"done printing file",
    b"done saving file",
    b"file deleted",
    b"invalid extruder",
    b"target",
    b"name:",
];

impl Reader {
    /// Looks at the text that `command` carries: it may not steer the print server, nor be another command.
    pub(super) fn text(
        &mut self,
        command: Command,
        text: &[u8],
        here: Here<'_>,
    ) -> Result<(), Shape> {
        let lower = text.to_ascii_lowercase();
        if holds(&lower, b"//") || holds(&lower, b"action:") {
            self.host_action.get_or_insert_with(|| here.mark());
        }
        if hides_command(self.options.dialect, command, text) {
            return Err(Shape::Hidden);
        }
        if text.iter().any(|&byte| byte < b' ' && byte != b'\t' || byte == 0x7F) {
            return Err(Shape::Character);
        }
        Ok(())
    }
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// Returns whether a firmware of this dialect finds another command in the text of `command`.
///
/// A colon or a number sign ends the line of a file on the printer's card. Marlin 1.1, `get_sdcard_commands`; Prusa,
/// `cmdqueue.cpp`. What Prusa's firmware of 8 bits obeys may stand anywhere but in an M117. Prusa, `process_commands`.
fn hides_command(dialect: Dialect, command: Command, text: &[u8]) -> bool {
    let mut lines = text.split(|byte| matches!(byte, b':' | b'#')).skip(1);
    match dialect {
        Dialect::Marlin => lines.any(is_command),
        Dialect::Prusa => {
            (command != SHOWN && is_obeyed(text))
                || lines.any(|line| is_command(line) || is_obeyed(line))
        }
        Dialect::RepRapFirmware => holds_command(text),
        Dialect::Buddy | Dialect::Klipper => false,
    }
}

/// Returns whether a line is a command: a letter and a number, with or without blanks.
fn is_command(line: &[u8]) -> bool {
    let Some((letter, rest)) = line.trim_ascii_start().split_first() else { return false };
    let letters = letter.to_ascii_uppercase();
    matches!(letters, b'G' | b'M' | b'T' | b'D' | b'N') && starts_with_digit(rest)
}

/// Returns whether something stands in the text that is obeyed wherever it stands.
fn is_obeyed(text: &[u8]) -> bool {
    let number = |at: usize| starts_with_digit(&text[at + 1..]);
    memchr::memchr_iter(b'G', text).any(number) || OBEYED.iter().any(|name| holds(text, name))
}

fn starts_with_digit(text: &[u8]) -> bool {
    text.trim_ascii_start().first().is_some_and(u8::is_ascii_digit)
}

/// Returns whether a second command stands in the text: a line may hold several. `RepRapFirmware`, "G-code commands".
fn holds_command(text: &[u8]) -> bool {
    let starts = |pair: &[u8]| matches!(pair, [b'G' | b'g' | b'M' | b'm', b'0'..=b'9']);
    text.windows(3).any(|three| !three[0].is_ascii_alphanumeric() && starts(&three[1..]))
}

/// Returns whether the print server would take what M118 says for the printer's own words: that a line was understood or
/// must be sent again, that the printer has failed or begun anew, how warm it is, where, what it is called and can do.
///
/// `A1`, `E1` and `P0` come before the text, with or without blanks; a Duet's text stands in quotes. Marlin, `M118.cpp`;
/// OctoPrint, `comm.py`: replies are told by how they begin, values by a name and a colon, other news by their words.
pub(super) fn passes_for_a_reply(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let mut told = lower.trim_ascii();
    loop {
        if begins_a_reply(told) {
            return true;
        }
        let [b'a' | b'e' | b'p', b'0'..=b'9', rest @ ..] = told else { break };
        told = rest.trim_ascii_start();
    }
    let mut quoted = lower.split(|&byte| byte == b'"').skip(1);
    let mut words = told.split(u8::is_ascii_whitespace);
    quoted.any(begins_a_reply)
        || words.any(names_a_value)
        || PHRASES.iter().any(|phrase| holds(&lower, phrase))
}

fn begins_a_reply(told: &[u8]) -> bool {
    let word = told.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    matches!(word, b"start" | b"wait") || REPLIES.iter().any(|reply| told.starts_with(reply))
}

/// Returns whether `word` is like `xt:250`, or like `t0:`, `b:` and `x:`, whose value may come after a blank.
fn names_a_value(word: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', word) else { return false };
    let letters = word[..colon].iter().filter(|byte| !byte.is_ascii_digit()).count();
    colon + 1 < word.len() || letters == 1
}
