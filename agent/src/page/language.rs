//! Which language a browser gets, and what only pages need of a language.

use crate::local::render::Language;

/// The cookie that keeps a chosen language.
pub(super) const LANGUAGE_COOKIE: &str = "visorfarm-language";

/// Returns the language with this code.
pub(super) fn of_code(code: &str) -> Option<Language> {
    [Language::English, Language::French].into_iter().find(|language| language.code() == code)
}

/// Returns the first of ours in an `Accept-Language` line. Browsers list the best first, so the
/// weights need not be read.
pub(super) fn accepted(line: &str) -> Option<Language> {
    line.split(',').find_map(|item| of_code(&item.trim().get(..2)?.to_ascii_lowercase()))
}

impl Language {
    /// Returns its code, for `lang` attributes and the cookie.
    pub(super) fn code(self) -> &'static str {
        self.pick("en", "fr")
    }

    /// Returns what its speakers call it.
    pub(super) fn name(self) -> &'static str {
        self.pick("English", "Français")
    }

    /// Returns the one to switch to.
    pub(super) fn other(self) -> Self {
        self.pick(Self::French, Self::English)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_the_first_language_that_we_speak() {
        for (line, language) in [
            ("fr-FR,fr;q=0.9,en;q=0.5", Some(Language::French)),
            ("de, en-GB;q=0.7, fr;q=0.3", Some(Language::English)),
            ("FR", Some(Language::French)),
            ("de", None),
            ("é,*", None),
            ("", None),
        ] {
            assert_eq!(accepted(line), language, "{line:?}");
        }
    }
}
