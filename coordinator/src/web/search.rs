//! Words that people look for: without regard to capitals and accents, which a phone leaves out.

/// Returns `text` in small letters without accents.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'à'..='å' | 'ā' | 'ă' | 'ą' => plain.push('a'),
            'ç' | 'ć' | 'č' => plain.push('c'),
            'ď' | 'đ' => plain.push('d'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => plain.push('e'),
            'ğ' => plain.push('g'),
            'ì'..='ï' | 'ī' | 'ı' => plain.push('i'),
            'ł' => plain.push('l'),
            'ñ' | 'ń' | 'ň' => plain.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => plain.push('o'),
            'ř' => plain.push('r'),
            'ś' | 'ş' | 'š' | 'ș' => plain.push('s'),
            'ť' | 'ț' => plain.push('t'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => plain.push('u'),
            'ý' | 'ÿ' => plain.push('y'),
            'ź' | 'ż' | 'ž' => plain.push('z'),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ß' => plain.push_str("ss"),
            '’' => plain.push('\''),
            // What some keyboards send after a letter.
            '\u{300}'..='\u{36f}' => {}
            other => plain.push(other),
        }
    }
    plain
}

/// Says whether every word of `words` stands somewhere in `text`.
pub(super) fn has_words(text: &str, words: &str) -> bool {
    let text = plain(text);
    words.split_whitespace().all(|word| text.contains(&plain(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_capitals_are_the_readers_own() {
        for (text, words, has) in [
            ("Källare", "kallare", true),
            ("Kallare", "källare", true),
            ("Zoé & Karim", "ZOE karim", true),
            ("Zoe\u{301}", "zoé", true),
            ("Cœur d’Æther", "coeur d'aether", true),
            ("Ö. Lindqvist", "o. lind", true),
            ("Attic", "", true),
            ("Attic", "cellar", false),
        ] {
            assert_eq!(has_words(text, words), has, "{words} in {text}");
        }
    }
}
