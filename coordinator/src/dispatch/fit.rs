//! What a printer can be given, as its maker has set it.

use visorfarm_protocol::id::ProfileId;

use super::Slice;

/// What is asked of G-code by a printer and its maker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// What it must be sliced for.
    pub(crate) profile: &'a ProfileId,
    /// Kinds of filament that are loaded; empty if the maker did not say.
    pub(crate) materials: &'a [String],
    /// The longest print, in seconds.
    pub(crate) seconds_max: Option<u32>,
    /// The most filament that the spool can give, in grams; nothing if the maker did not say.
    pub(crate) grams_max: Option<u32>,
}

/// Why a printer is not given a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit<'a> {
    /// It is sliced for another kind of printer.
    Profile,
    /// It needs a filament that is not loaded.
    Material(&'a str),
    /// It prints for longer than the maker allows.
    Long {
        /// In seconds.
        max: u32,
    },
    /// Nobody knows how long it prints, and the maker set a limit.
    Endless {
        /// In seconds.
        max: u32,
    },
    /// It needs more filament than the spool has.
    Heavy {
        /// What is left, in grams.
        left: u32,
    },
}

impl Terms<'_> {
    /// Says whether a slice for `profile` meets them.
    pub(crate) fn are_met_by(&self, profile: &ProfileId, slice: &Slice) -> bool {
        self.misfit(profile, slice).is_none()
    }

    /// Returns why a slice for `profile` does not meet them; nothing if it does.
    pub(crate) fn misfit<'s>(&self, profile: &ProfileId, slice: &'s Slice) -> Option<Misfit<'s>> {
        if profile != self.profile {
            return Some(Misfit::Profile);
        }
        let loaded = |material: &str| {
            self.materials.is_empty()
                || self.materials.iter().any(|loaded| loaded.eq_ignore_ascii_case(material))
        };
        match slice.material.as_deref() {
            Some(material) if !loaded(material) => return Some(Misfit::Material(material)),
            Some(_) | None => {}
        }
        match (slice.expected_seconds, self.seconds_max) {
            (Some(expected), Some(max)) if max < expected => return Some(Misfit::Long { max }),
            // A maker who set a limit is not given a print of unknown length.
            (None, Some(max)) => return Some(Misfit::Endless { max }),
            (Some(_), Some(_)) | (_, None) => {}
        }
        match (slice.filament_grams, self.grams_max) {
            (Some(needs), Some(left)) if left < needs => Some(Misfit::Heavy { left }),
            // The agent weighs each file before it prints it.
            (Some(_) | None, Some(_)) | (_, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use visorfarm_protocol::digest::Digest;

    use super::*;

    /// Checks a slice for PETG of an hour and 40 g against what a maker set.
    #[track_caller]
    fn check(terms: &Terms<'_>, misfit: Option<Misfit<'_>>) {
        let slice = Slice {
            digest: Digest([7; 32]),
            bytes: 1,
            pieces: 4,
            material: Some("PETG".to_owned()),
            expected_seconds: Some(3_600),
            filament_grams: Some(40),
            notes: String::new(),
        };
        assert_eq!(terms.misfit(&"mk3s".parse().unwrap(), &slice), misfit);
        assert_eq!(terms.are_met_by(&"mk3s".parse().unwrap(), &slice), misfit.is_none());
    }

    #[test]
    fn what_a_printer_is_not_given_has_a_reason() {
        let (mk3s, ender3) = ("mk3s".parse().unwrap(), "ender3".parse().unwrap());
        let any = Terms { profile: &mk3s, materials: &[], seconds_max: None, grams_max: None };
        check(&any, None);
        check(&Terms { profile: &ender3, ..any }, Some(Misfit::Profile));
        let loaded = ["PLA".to_owned(), "petg".to_owned()];
        check(&Terms { materials: &loaded, ..any }, None);
        check(&Terms { materials: &loaded[..1], ..any }, Some(Misfit::Material("PETG")));
        check(&Terms { seconds_max: Some(3_600), ..any }, None);
        check(&Terms { seconds_max: Some(3_599), ..any }, Some(Misfit::Long { max: 3_599 }));
        check(&Terms { grams_max: Some(40), ..any }, None);
        check(&Terms { grams_max: Some(39), ..any }, Some(Misfit::Heavy { left: 39 }));
    }

    #[test]
    fn a_print_of_unknown_length_is_given_only_where_any_length_is() {
        let mk3s = "mk3s".parse().unwrap();
        let any = Terms { profile: &mk3s, materials: &[], seconds_max: None, grams_max: Some(1) };
        let slice = Slice {
            digest: Digest([7; 32]),
            bytes: 1,
            pieces: 4,
            material: None,
            expected_seconds: None,
            filament_grams: None,
            notes: String::new(),
        };
        assert_eq!(any.misfit(&mk3s, &slice), None);
        let limited = Terms { seconds_max: Some(60), ..any };
        assert_eq!(limited.misfit(&mk3s, &slice), Some(Misfit::Endless { max: 60 }));
    }
}
