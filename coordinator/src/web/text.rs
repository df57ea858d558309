//! The words on the pages, in French and English. The catalogues are Fluent files, in the program.

mod typeset;

use std::sync::LazyLock;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

use super::caller::cookie;

/// The cookie that keeps a chosen language.
pub(super) const LANGUAGE_COOKIE: &str = "visorfarm-language";

const ENGLISH: &str = include_str!("text/en.ftl");
const FRENCH: &str = include_str!("text/fr.ftl");

/// A language that the pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    French,
}

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 2]> = LazyLock::new(|| {
    let languages = [(langid!("en"), ENGLISH), (langid!("fr"), FRENCH)];
    let [mut english, mut french] = languages.map(|(language, text)| {
        let resource = FluentResource::try_new(text.to_owned());
        let resource = resource.expect("the catalogues are well-formed: a test parses them");
        let mut bundle = Bundle::new_concurrent(vec![language]);
        // Marks around what is filled in are for mixed writing directions; both of ours go one way.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).expect("no key is there twice: a test adds them");
        bundle
    });
    english.set_formatter(Some(english_number));
    french.set_formatter(Some(french_number));
    [english, french]
});

fn english_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    Language::English.number_within(value)
}

fn french_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    Language::French.number_within(value)
}

impl Language {
    /// Returns a whole number within a sentence as it stands alone; anything else is left to Fluent.
    fn number_within(self, value: &FluentValue<'_>) -> Option<String> {
        let FluentValue::Number(number) = value else { return None };
        let whole: i64 = number.as_string().parse().ok()?;
        Some(self.number(whole))
    }

    /// Returns the words for `key`.
    pub(super) fn text(self, key: &str) -> String {
        self.format(key, None)
    }

    /// Returns the words for `code`, one of the things called `kind`.
    pub(super) fn word(self, kind: &str, code: &str) -> String {
        self.text(&format!("{kind}-{code}"))
    }

    /// Returns the words for `key` and a number of things.
    pub(super) fn count<N>(self, key: &str, number: N) -> String
    where
        N: Into<FluentValue<'static>>,
    {
        let mut args = FluentArgs::new();
        args.set("count", number);
        self.format(key, Some(&args))
    }

    /// Returns the words for `key` and the number that the page calls `field`, as attributes by which the
    /// script in the page chooses when the number changes.
    pub(super) fn by_count(self, key: &str, field: &str) -> String {
        let (one, many) = (self.count(key, 1), self.count(key, 2));
        format!("data-counted=\"{field}\" data-one=\"{one}\" data-many=\"{many}\"")
    }

    /// Returns the words for `key` with a name or sentence filled in.
    pub(super) fn with(self, key: &str, what: &str) -> String {
        let mut args = FluentArgs::new();
        args.set("what", what.to_owned());
        self.format(key, Some(&args))
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = &BUNDLES[self as usize];
        let pattern = bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            debug_assert!(false, "{key} is in no catalogue");
            return key.to_owned();
        };
        bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned()
    }

    /// Returns its code, for `lang` attributes and the cookie.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// Returns the language with this code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        [Self::English, Self::French].into_iter().find(|language| language.code() == code)
    }

    /// Returns the first of ours that a browser accepts.
    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let accept = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        // Browsers list the best first, so the weights need not be read.
        accept.split(',').find_map(|item| Self::from_code(item.trim().get(..2)?))
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let chosen = cookie(&parts.headers, LANGUAGE_COOKIE);
        let chosen = chosen.and_then(|code| Self::from_code(&code));
        Ok(chosen.or_else(|| Self::accepted(&parts.headers)).unwrap_or(Self::English))
    }
}

#[cfg(test)]
mod tests;
