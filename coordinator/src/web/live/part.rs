//! The requests that a viewer looks at.

use std::ops::Range;

/// Which part of the requests, of which there may be thousands, a page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    All,
    /// By their places in the list, the first one at 0.
    Places(Range<usize>),
    /// The one with this key.
    One(String),
}

impl Part {
    /// Reads places like `40-80`, up to and without the second, or a key.
    pub(super) fn parse(text: &str) -> Self {
        let places = text.split_once('-').and_then(|(from, to)| {
            let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
            (from <= to).then_some(from..to)
        });
        places.map_or_else(|| Self::One(text.to_owned()), Self::Places)
    }

    /// Returns the keys of it, in the order of `all`.
    pub(super) fn of<'a>(&self, all: &'a [String]) -> &'a [String] {
        match self {
            Self::All => all,
            Self::Places(places) => {
                let end = places.end.min(all.len());
                &all[places.start.min(end)..end]
            }
            Self::One(key) => {
                let place = all.iter().position(|one| one == key);
                place.map_or(&[], |place| &all[place..=place])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_its_places_whatever_is_asked() {
        let all = ["9", "8", "7"].map(str::to_owned);
        for (text, keys) in [
            ("0-2", &["9", "8"][..]),
            ("2-4", &["7"]),
            ("3-6", &[]),
            ("9-1", &[]),
            ("0-18446744073709551615", &["9", "8", "7"]),
            ("8", &["8"]),
            ("5", &[]),
            ("", &[]),
        ] {
            assert_eq!(Part::parse(text).of(&all), keys, "{text:?}");
        }
    }
}
