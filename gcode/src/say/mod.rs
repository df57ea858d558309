//! Everything that the verdict says to people, in English and French, side by side so that neither is forgotten.
//!
//! A finding reads "line 412: M104 S310 exceeds 285 °C allowed for PETG on mk3-07": the place and the line come from the
//! file, the rest from here. What is wrong and what would be allowed stands in the sentence; why it matters is said once
//! for each rule, by [`Rule::why`](crate::Rule::why).

pub(crate) mod commands;
pub(crate) mod left;
pub(crate) mod limits;
pub(crate) mod patience;
pub(crate) mod whole;
mod why;

use serde::{Deserialize, Serialize};

/// A language that makers read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    French,
}

/// What is said to a person, in every language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sentence {
    pub english: String,
    pub french: String,
}

/// A [`Sentence`] without anything to fill in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub(crate) english: &'static str,
    pub(crate) french: &'static str,
}

impl Language {
    /// Returns the language that a locale like `fr_CA.UTF-8` asks for.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        let french = locale.get(..2).is_some_and(|code| code.eq_ignore_ascii_case("fr"));
        if french { Self::French } else { Self::English }
    }
}

impl Sentence {
    /// Returns the sentence in `language`.
    #[must_use]
    pub fn tell(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::French => &self.french,
        }
    }
}

impl From<Text> for Sentence {
    fn from(text: Text) -> Self {
        both(text.english, text.french)
    }
}

pub(crate) const fn text(english: &'static str, french: &'static str) -> Text {
    Text { english, french }
}

pub(crate) fn both(english: impl Into<String>, french: impl Into<String>) -> Sentence {
    Sentence { english: english.into(), french: french.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_tells_the_language() {
        for (locale, language) in [
            ("fr_FR.UTF-8", Language::French),
            ("FR", Language::French),
            ("en_GB.UTF-8", Language::English),
            ("C", Language::English),
            ("", Language::English),
            ("é", Language::English),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale:?}");
        }
    }
}
