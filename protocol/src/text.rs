//! Words that somebody else wrote, before they are shown, logged or kept.

use serde::{Deserialize, Deserializer};

/// The longest text in bytes that is quoted (a fault, a reason, a purpose).
pub const QUOTE_BYTES_MAX: usize = 300;

/// Says whether a character may be shown as it is. Control characters are obeyed by terminals; marks
/// without a width and those that turn the direction of writing let a text look like another one
/// (Unicode Technical Report 36, sections 2.1.1 and 2.5).
#[must_use]
pub fn is_plain(character: char) -> bool {
    let misleads = matches!(
        character,
        '\u{61C}'
            | '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{E0000}'..='\u{E007F}'
    );
    !misleads && !character.is_control()
}

/// Returns `text` without what is not [plain](is_plain), and without space around it.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| is_plain(*c)).collect::<String>().trim().to_owned()
}

/// Cuts `text` to [`QUOTE_BYTES_MAX`], at a character, and drops what is not [plain](is_plain).
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::new();
    for character in text.chars().filter(|c| is_plain(*c)) {
        if quoted.len() + character.len_utf8() > QUOTE_BYTES_MAX {
            break;
        }
        quoted.push(character);
    }
    quoted
}

/// Reads a text as a quotation.
pub(crate) fn quoted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(quote(&String::deserialize(deserializer)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_or_an_eye_is_misled_by_is_dropped() {
        for (text, shown) in [
            ("CHU, 2e étage", "CHU, 2e étage"),
            ("red\u{1b}[31m", "red[31m"),
            ("a\nb\u{85}c", "abc"),
            ("gcode\u{202e}txt\u{2066}.\u{feff}", "gcodetxt."),
            ("\u{1f469}\u{200d}\u{1f52c}", "\u{1f469}\u{200d}\u{1f52c}"),
        ] {
            assert_eq!(quote(text), shown);
            assert_eq!(plain(text), shown);
        }
    }

    #[test]
    fn a_quotation_ends_at_a_character() {
        let quoted = quote(&"é".repeat(QUOTE_BYTES_MAX));
        assert_eq!(quoted.len(), QUOTE_BYTES_MAX);
        assert_eq!(quote(&format!("a{quoted}")).len(), QUOTE_BYTES_MAX - 1);
    }
}
