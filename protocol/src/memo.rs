//! Memos: short texts of the farm's people to a maker.

use serde::{Deserialize, Deserializer};

use crate::text::is_plain;

/// The longest memo in characters: what is read beside a printer.
pub const MEMO_CHARS_MAX: usize = 500;

/// Returns `text` on one line, without what is not [plain](is_plain) and without space around it.
#[must_use]
pub fn memo_text(text: &str) -> String {
    let spaced = text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c });
    let plain: String = spaced.filter(|c| is_plain(*c)).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a text that is to be shown as a memo; what is too long is cut.
pub(crate) fn memoed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = memo_text(&String::deserialize(deserializer)?);
    Ok(text.chars().take(MEMO_CHARS_MAX).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memo_is_one_line_of_what_can_be_read() {
        for (text, shown) in [
            ("  Merci !\r\n\r\nÀ demain ", "Merci ! À demain"),
            ("a\u{1b}[2Jb\u{202e}c", "a[2Jbc"),
            ("\t\n", ""),
        ] {
            assert_eq!(memo_text(text), shown);
        }
    }
}
