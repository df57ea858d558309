//! What happened for the first time where.

use crate::mark::Mark;

/// First lines at which something happened that a verdict may ask about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Firsts {
    pub(crate) move_unhomed: Option<Mark>,
    pub(crate) move_after_motors_off: Option<Mark>,
    pub(crate) relative_from_home: Option<Mark>,
    pub(crate) relative_from_unknown: Option<Mark>,
    /// X, Y or Z are told before it is said whether numbers are places or steps.
    pub(crate) place_before_mode: Option<Mark>,
    /// The same after a macro that may say otherwise.
    pub(crate) place_doubtful: Option<Mark>,
    /// The same of a number of Z below nought: as a step it leads down from wherever the nozzle is.
    pub(crate) down_before_mode: Option<Mark>,
    pub(crate) extrusion_before_mode: Option<Mark>,
    /// E is told as a place, and no G92 has said where it stands.
    pub(crate) extrusion_uncounted: Option<Mark>,
    /// E is told after a macro that may say otherwise how it is read, or from where it counts.
    pub(crate) extrusion_doubtful: Option<Mark>,
    pub(crate) extrusion_ambiguous: Option<Mark>,
    pub(crate) extrusion_by_version: Option<Mark>,
    /// A speed at which the nozzle stands as good as still.
    pub(crate) crawl: Option<Mark>,
    /// A speed of nought or less.
    pub(crate) feed_of_nothing: Option<Mark>,
    /// Z is homed or probed, and something stands on the bed.
    pub(crate) onto_print: Option<Mark>,
    pub(crate) extrusion_cold: Option<Mark>,
    /// The same after the nozzle was turned off.
    pub(crate) extrusion_cooled: Option<Mark>,
    /// The same while it is on its way.
    pub(crate) extrusion_unawaited: Option<Mark>,
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
    /// The bed is probed by name before all axes are homed.
    pub(crate) probed_unhomed: Option<Mark>,
    /// A person is asked to probe at the printer's panel, while nothing else is obeyed.
    pub(crate) probed_at_panel: Option<Mark>,
    /// A mesh is loaded by a name that only the printer knows.
    pub(crate) mesh_by_name: Option<Mark>,
    /// The nozzle goes down to the bed where something stands.
    pub(crate) down_to_bed: Option<Mark>,
}
