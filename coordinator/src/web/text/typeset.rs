//! French as it is set: no line parts a mark from its word, or a verb from its pronoun. The catalogue is
//! written so; what other parts of the program say is written for terminals.

use super::Language;

/// Marks that stand apart from the word before them, and the space that parts them.
const MARKS: [(char, char); 5] =
    [(':', '\u{a0}'), ('»', '\u{a0}'), (';', '\u{202f}'), ('?', '\u{202f}'), ('!', '\u{202f}')];

/// Pronouns that hang on a verb.
const PRONOUNS: [&str; 10] = ["le", "la", "les", "lui", "leur", "en", "il", "elle", "ils", "elles"];

impl Language {
    /// Returns `text` as it is set on a page.
    pub(in crate::web) fn set(self, text: &str) -> String {
        match self {
            Self::English => text.to_owned(),
            Self::French => french(text),
        }
    }
}

fn french(text: &str) -> String {
    let mut set = String::with_capacity(text.len() + 8);
    for (place, letter) in text.char_indices() {
        let (before, rest) = (set.chars().next_back(), &text[place + letter.len_utf8()..]);
        let within = before.is_some_and(char::is_alphanumeric);
        set.push(match letter {
            ' ' if before == Some('«') => '\u{a0}',
            ' ' => space_before(rest),
            '\'' if within && rest.starts_with(char::is_alphabetic) => '’',
            '-' if within && hangs(rest) => '\u{2011}',
            other => other,
        });
    }
    set
}

/// Returns the space before `rest`: one that no line breaks at, if a mark stands there alone.
fn space_before(rest: &str) -> char {
    let mut letters = rest.chars();
    let first = letters.next();
    let alone = letters.next().is_none_or(|next| !next.is_alphanumeric());
    let space = MARKS.iter().find(|(mark, _)| first == Some(*mark));
    space.filter(|_| alone).map_or(' ', |(_, space)| *space)
}

/// Says whether `rest` begins with a pronoun that hangs on the verb before it.
fn hangs(rest: &str) -> bool {
    let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let mut after = after.chars();
    let goes_on = match after.next() {
        Some('-' | '_') => true,
        Some('.') => after.next().is_some_and(char::is_alphanumeric),
        Some(_) | None => false,
    };
    (PRONOUNS.contains(&word) && !goes_on) || rest.starts_with("t-il") || rest.starts_with("t-elle")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_for_a_terminal_is_set_for_a_page() {
        for (written, set) in [
            ("le fichier est vide : recopiez-le", "le fichier est vide\u{a0}: recopiez\u{2011}le"),
            (
                "fin manque ; le disque est-il plein ?",
                "fin manque\u{202f}; le disque est\u{2011}il plein\u{202f}?",
            ),
            ("n'est pas « PETG »", "n’est pas «\u{a0}PETG\u{a0}»"),
            (
                "y a-t-il un plateau, regardez-le.",
                "y a\u{2011}t\u{2011}il un plateau, regardez\u{2011}le.",
            ),
            // What is copied stays as it is.
            ("visor-band, clip-le-2, a-la.gcode", "visor-band, clip-le-2, a-la.gcode"),
            (":5 ;x", ":5 ;x"),
        ] {
            assert_eq!(Language::French.set(written), set);
            assert_eq!(Language::English.set(written), written);
        }
    }
}
