//! Where in the file something stood: a line number and the line itself.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most of a line that is kept. A command part is at most 96 bytes; more would be the file talking to the reader.
const TEXT_MAX: usize = 80;

/// A place in the file, as reports show it. `text` is printable and short, whatever the file held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    pub line: u64,
    pub text: String,
}

/// A [`Spot`] while reading: copied, never allocated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    line: u64,
    length: u8,
    bytes: [u8; TEXT_MAX],
}

/// The line being read.
#[derive(Clone, Copy)]
pub(crate) struct Here<'a> {
    pub(crate) line: u64,
    pub(crate) bytes: &'a [u8],
}

impl Here<'_> {
    /// Out of the way of the many lines that set no mark.
    #[cold]
    #[inline(never)]
    pub(crate) fn mark(self) -> Mark {
        let length = self.bytes.len().min(TEXT_MAX);
        let mut bytes = [0; TEXT_MAX];
        bytes[..length].copy_from_slice(&self.bytes[..length]);
        Mark { line: self.line, length: u8::try_from(length).unwrap_or(u8::MAX), bytes }
    }
}

impl Mark {
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    pub(crate) fn spot(&self) -> Spot {
        Spot { line: self.line, text: printable(&self.bytes[..usize::from(self.length)]) }
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.spot().text)
    }
}

/// Returns `bytes` as text in which nothing can steer a terminal or a page: odd characters become `?`.
pub(crate) fn printable(bytes: &[u8]) -> String {
    let code = bytes.split(|&byte| byte == b';').next().unwrap_or_default();
    let shown = if code.trim_ascii().is_empty() { bytes } else { code };
    String::from_utf8_lossy(shown.trim_ascii())
        .chars()
        .map(|c| if c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() { c } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_shows_the_code_without_its_comment() {
        let here = Here { line: 7, bytes: b"M104 S310 ; hot" };
        assert_eq!(here.mark().spot(), Spot { line: 7, text: "M104 S310".into() });
    }

    #[test]
    fn a_mark_is_short_and_cannot_steer_a_terminal() {
        let long = [b'A'; 500];
        assert_eq!(Here { line: 1, bytes: &long }.mark().spot().text.len(), TEXT_MAX);
        let hostile = Here { line: 1, bytes: b"M117 \x1b[2J\xff" };
        assert_eq!(hostile.mark().spot().text, "M117 ?[2J?");
    }
}
