//! Whether the farm is to write letters to the maker, and about what.

use std::collections::BTreeSet;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use visorfarm_protocol::letters::{About, LetterLanguage, MailAddress, Wish};

use crate::local::render::Language;

/// What the maker wants to be told by letter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// Where to.
    pub mail: MailAddress,
    /// About what.
    #[serde(default = "all", deserialize_with = "about")]
    pub about: BTreeSet<About>,
    /// In which language; in the environment's if not said.
    #[serde(default, deserialize_with = "language")]
    pub language: Option<Language>,
}

impl Notices {
    /// Returns what the coordinator is told, where `usual` is the language that is meant if none is
    /// written.
    #[must_use]
    pub fn wish(&self, usual: Language) -> Wish {
        let language = match self.language.unwrap_or(usual) {
            Language::English => LetterLanguage::English,
            Language::French => LetterLanguage::French,
        };
        Wish { mail: self.mail.clone(), about: self.about.clone(), language }
    }
}

fn all() -> BTreeSet<About> {
    BTreeSet::from([About::Results, About::Beds, About::Stuck])
}

fn about<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<About>, D::Error> {
    let about = BTreeSet::<About>::deserialize(deserializer)?;
    if about.is_empty() || about.contains(&About::Other) {
        return Err(D::Error::custom("about is some of [\"results\", \"beds\", \"stuck\"]"));
    }
    Ok(about)
}

fn language<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Language>, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "en" => Ok(Some(Language::English)),
        "fr" => Ok(Some(Language::French)),
        _ => Err(D::Error::custom("language is \"fr\" or \"en\"")),
    }
}
