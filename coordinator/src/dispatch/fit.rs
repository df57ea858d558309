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

impl Terms<'_> {
    /// Says whether a slice for `profile` meets them.
    pub(crate) fn are_met_by(&self, profile: &ProfileId, slice: &Slice) -> bool {
        let loaded = match &slice.material {
            Some(material) if !self.materials.is_empty() => {
                self.materials.iter().any(|loaded| loaded.eq_ignore_ascii_case(material))
            }
            _ => true,
        };
        let short_enough = match (slice.expected_seconds, self.seconds_max) {
            (Some(expected), Some(max)) => expected <= max,
            // A maker who set a limit is not given a print of unknown length.
            (None, Some(_)) => false,
            (_, None) => true,
        };
        let light_enough = match (slice.filament_grams, self.grams_max) {
            (Some(needs), Some(max)) => needs <= max,
            // The agent weighs each file before it prints it.
            (None, Some(_)) | (_, None) => true,
        };
        profile == self.profile && loaded && short_enough && light_enough
    }
}
