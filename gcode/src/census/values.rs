//! What stands behind the equals signs of a macro's line, as the verdict sees it.

use super::{NAME_MAX, Seen, capitals};
use crate::mark::Here;
use crate::number::{Micro, Scanned, scan};
use crate::parameters::{Parameter, Parameters};
use crate::words::Shape;

/// Reads `KEY=VALUE KEY="a text"` up to a comment.
///
/// For a word without a value Klipper raises an error, and nothing of the line is done. Klipper, `gcode.py`,
/// `_get_extended_params`.
pub(super) fn parameters(rest: &[u8], seen: &mut Seen, here: Here<'_>) -> Result<(), Shape> {
    let mut read = Ok(());
    for parameter in Parameters::new(rest) {
        let Parameter { name, value } = parameter?;
        let mut buffer = [0; NAME_MAX];
        let name = capitals(name, &mut buffer);
        if let Some(text) = value {
            note_value(text, name, seen, here)?;
        } else {
            seen.bare(name, here)?;
            read = Err(Shape::Bare);
        }
    }
    read
}

/// A number in quotes is a number to a macro, so it is one here.
fn note_value(text: &[u8], name: &str, seen: &mut Seen, here: Here<'_>) -> Result<(), Shape> {
    if let Some(pair) = pair(text) {
        return note_pair(pair, name, seen, here);
    }
    match scan(text.trim_ascii()) {
        Scanned::Number(value, length) if length == text.trim_ascii().len() => {
            seen.number(name, value, here)
        }
        Scanned::Number(..) | Scanned::Absent | Scanned::Malformed if may_be_number(text) => {
            seen.odd(name, here)
        }
        Scanned::Number(..) | Scanned::Absent | Scanned::Malformed => {
            note_text(text, name, seen, here)
        }
    }
}

/// Counts `MESH_MIN=10,20` as two numbers, `MESH_MIN.X` and `MESH_MIN.Y`.
fn note_pair(pair: [Micro; 2], name: &str, seen: &mut Seen, here: Here<'_>) -> Result<(), Shape> {
    for (value, axis) in pair.into_iter().zip(*b"XY") {
        seen.number(part(name, axis, &mut [0; NAME_MAX + 2]), value, here)?;
    }
    Ok(())
}

/// Counts a text, and the numbers in it as `NAME.N`. A macro may put it into a line of its own, where each may become what
/// a heater is asked for: `M104 S{params.EXTRUDER}` with `200 S300`, or with `200 TARGET=300`. Klipper, "Commands templates".
fn note_text(text: &[u8], name: &str, seen: &mut Seen, here: Here<'_>) -> Result<(), Shape> {
    seen.bare(name, here)?;
    if memchr::memchr(b'=', text).is_some() {
        seen.odd(name, here)?;
    }
    let mut rest = text;
    while let Some(start) = rest.iter().position(u8::is_ascii_digit) {
        rest = &rest[start..];
        let length = match scan(rest) {
            Scanned::Number(value, length) => {
                seen.number(part(name, b'N', &mut [0; NAME_MAX + 2]), value, here)?;
                length
            }
            Scanned::Absent | Scanned::Malformed => return seen.odd(name, here),
        };
        rest = &rest[length..];
    }
    Ok(())
}

/// Returns `NAME.X`, what a part of the value of `name` is called.
fn part<'a>(name: &str, part: u8, buffer: &'a mut [u8; NAME_MAX + 2]) -> &'a str {
    let end = name.len().min(NAME_MAX);
    buffer[..end].copy_from_slice(&name.as_bytes()[..end]);
    buffer[end..end + 2].copy_from_slice(&[b'.', part]);
    std::str::from_utf8(&buffer[..end + 2]).unwrap_or_default()
}

/// Returns the two numbers that `text` holds, if it holds two with a comma between them.
pub(crate) fn pair(text: &[u8]) -> Option<[Micro; 2]> {
    let comma = memchr::memchr(b',', text)?;
    let number = |text: &[u8]| match scan(text.trim_ascii()) {
        Scanned::Number(value, length) if length == text.trim_ascii().len() => Some(value),
        Scanned::Number(..) | Scanned::Absent | Scanned::Malformed => None,
    };
    Some([number(&text[..comma])?, number(&text[comma + 1..])?])
}

/// Says whether a macro may read `text` as a number: `4e2` and `4_00` are 400 to Python, and so are digits beyond ASCII;
/// `nan` and `inf` are numbers that no limit stops. Of a text like `Smooth PEI 2` it makes none. What is put into a line
/// of its own ends there at a `;` or `#`, so that `299;` is 299. Python, `float`; Klipper, "Commands templates".
fn may_be_number(text: &[u8]) -> bool {
    let end = text.iter().position(|byte| matches!(byte, b';' | b'#' | b'*'));
    let text = text[..end.unwrap_or(text.len())].trim_ascii();
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let endless = |word: &[u8]| unsigned.eq_ignore_ascii_case(word);
    if endless(b"nan") || endless(b"inf") || endless(b"infinity") {
        return true;
    }
    let part =
        |byte: &u8| byte.is_ascii_hexdigit() || !byte.is_ascii() || b"xX_+-. \t".contains(byte);
    text.iter().all(part) && text.iter().any(|byte| byte.is_ascii_digit() || !byte.is_ascii())
}
