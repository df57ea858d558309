//! What happened for the first time where.

use crate::mark::Mark;

/// First lines at which something happened that a verdict may ask about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Firsts {
    pub(crate) move_unhomed: Option<Mark>,
    pub(crate) move_after_motors_off: Option<Mark>,
    pub(crate) relative_from_home: Option<Mark>,
    pub(crate) relative_from_unknown: Option<Mark>,
    pub(crate) extrusion_before_mode: Option<Mark>,
    pub(crate) extrusion_ambiguous: Option<Mark>,
    pub(crate) extrusion_by_version: Option<Mark>,
    /// A speed at which the nozzle stands as good as still.
    pub(crate) crawl: Option<Mark>,
    /// A speed of nought or less.
    pub(crate) feed_of_nothing: Option<Mark>,
    /// Z is homed or probed, and something stands on the bed.
    pub(crate) onto_print: Option<Mark>,
    pub(crate) extrusion_cold: Option<Mark>,
    /// M302 that says no temperature.
    pub(crate) cold_unguarded: Option<Mark>,
    /// M207 while filament is pulled back.
    pub(crate) retraction_changed: Option<Mark>,
    pub(crate) origin_shift: Option<Mark>,
    pub(crate) arc_malformed: Option<Mark>,
    pub(crate) inches: Option<Mark>,
    pub(crate) any_move: Option<Mark>,
    pub(crate) homed: Option<Mark>,
    /// A person is asked to probe.
    pub(crate) probed_by_hand: Option<Mark>,
}
