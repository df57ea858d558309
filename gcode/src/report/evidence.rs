//! What a verdict asks the file about, each with the line that shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::census::Use;
use crate::extent::Range;
use crate::mark::{Mark, Spot};
use crate::number::Micro;
use crate::words::Shape;

use super::left::Left;

/// What the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    Gcode,
    /// No byte, or nothing but blanks and comments.
    Nothing,
    Zip,
    Gzip,
    BinaryGcode,
    Stl,
    Html,
    Image,
    Utf16,
    /// Not one command among the lines.
    Other,
}

/// The lines that turned heaters off for the rest of the file: what a macro heats after them stays hot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TurnedOff {
    /// By number, up to the last that is off.
    pub nozzles: Vec<Option<u64>>,
    pub bed: Option<u64>,
    pub chamber: Option<u64>,
}

/// The places a verdict asks about. Bounded, whatever the size of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub content: Content,
    /// Where the nozzle is after homing; none where it is not known.
    pub home_mm: Option<[f64; 3]>,
    /// Every command but plain moves, with the ranges of its parameters.
    pub uses: BTreeMap<String, Use>,
    pub faults: Vec<Fault>,
    pub travel: [Option<Range>; 3],
    /// The greatest height, without a last lift by steps when all is printed.
    #[serde(default)]
    pub reached: Option<Peak>,
    /// The widest way that steps lead along each axis from a place that is not known.
    #[serde(default)]
    pub roamed: [Option<Peak>; 3],
    /// The greatest distance from the origin in XY.
    pub radius: Option<Peak>,
    /// The same of where filament was laid, in millimetres.
    #[serde(default)]
    pub print_radius_mm: f64,
    /// The greatest height of a delta's carriages, told as a height of the nozzle in the middle: how far it is from there
    /// counts as the arms lean.
    #[serde(default)]
    pub carriages: Option<Peak>,
    /// The same until all is printed.
    #[serde(default)]
    pub carriages_in_print: Option<Peak>,
    pub nozzle: Option<Peak>,
    pub bed: Option<Peak>,
    pub chamber: Option<Peak>,
    pub feed: Option<Peak>,
    /// The greatest flow that is reached, in mm³/s; its line without its text.
    #[serde(default)]
    pub flow: Option<Peak>,
    /// The longest way of E in one move, or in several in one place.
    pub push: Option<Peak>,
    /// The same if E were relative, where the file does not say whether it is.
    #[serde(default)]
    pub push_unsaid: Option<Peak>,
    /// The longest push or pull without a way, of those above 50 mm.
    #[serde(default)]
    pub push_alone: Option<Peak>,
    /// The widest nozzle with which Klipper refuses what is laid along a way, in millimetres.
    #[serde(default)]
    pub bead: Option<Peak>,
    /// How far filament is pulled back from where it had come to.
    #[serde(default)]
    pub pulled: Option<Peak>,
    /// All dwells together, in seconds.
    #[serde(default)]
    pub rests: Option<Peak>,
    /// The longest time that dwells keep the head in one place, in seconds.
    #[serde(default)]
    pub rest: Option<Peak>,
    pub still_hot: Vec<Peak>,
    /// The tools that are heated by their numbers.
    #[serde(default)]
    pub heated: Option<Range>,
    /// A heater is asked for less than 0 °C.
    #[serde(default)]
    pub below_zero: Option<Spot>,
    /// What cools no further than the room is waited for.
    #[serde(default)]
    pub endless_wait: Option<Spot>,
    #[serde(default)]
    pub turned_off: TurnedOff,
    /// Where each fan was first told anything, by number, up to the last that was; an eighth stands for all beyond.
    #[serde(default)]
    pub fans: Vec<Option<Spot>>,
    pub first_move: Option<Spot>,
    pub homed: Option<Spot>,
    pub move_unhomed: Option<Spot>,
    pub move_after_motors_off: Option<Spot>,
    pub relative_from_home: Option<Spot>,
    pub relative_from_unknown: Option<Spot>,
    /// X, Y or Z are told before it is said whether numbers are places or steps.
    #[serde(default)]
    pub place_before_mode: Option<Spot>,
    /// The same of a number of Z below nought: as a step it leads down.
    #[serde(default)]
    pub down_before_mode: Option<Spot>,
    /// X, Y or Z are told after a macro that may say otherwise how they are read.
    #[serde(default)]
    pub place_doubtful: Option<Spot>,
    pub extrusion_before_mode: Option<Spot>,
    /// E is told after a macro that may say otherwise how it is read, or from where it counts.
    #[serde(default)]
    pub extrusion_doubtful: Option<Spot>,
    /// E is told as a place, and no G92 has said where it stands.
    #[serde(default)]
    pub extrusion_uncounted: Option<Spot>,
    pub extrusion_ambiguous: Option<Spot>,
    /// Read in one way by older versions of the firmware, in another by newer ones.
    #[serde(default)]
    pub extrusion_by_version: Option<Spot>,
    #[serde(default)]
    pub crawl: Option<Spot>,
    /// A speed of nought or less is asked for.
    #[serde(default)]
    pub feed_of_nothing: Option<Spot>,
    /// Z is homed or probed after something was printed.
    #[serde(default)]
    pub onto_print: Option<Spot>,
    /// The line from which on more stands on the bed than a start code purges.
    #[serde(default)]
    pub stands_from: Option<u64>,
    /// The last line that laid filament; nought where none did.
    #[serde(default)]
    pub printed_at: u64,
    /// The mesh of the bed is taken away, and something is printed without one.
    #[serde(default)]
    pub printed_without_mesh: Option<Spot>,
    /// An object's name holds letters by which a firmware may take it for cancelled.
    #[serde(default)]
    pub object_skipped: Option<Spot>,
    /// A person is asked to probe while the file goes on.
    #[serde(default)]
    pub probed_by_hand: Option<Spot>,
    /// The bed is probed by name before all axes are homed.
    #[serde(default)]
    pub probed_unhomed: Option<Spot>,
    /// A person is asked to probe at the panel.
    #[serde(default)]
    pub probed_at_panel: Option<Spot>,
    /// A mesh is loaded by a name that only the printer knows.
    #[serde(default)]
    pub mesh_by_name: Option<Spot>,
    /// The nozzle goes down to the bed where something stands.
    #[serde(default)]
    pub down_to_bed: Option<Spot>,
    /// Filament is pushed before the file says anything of the nozzle's heat.
    pub extrusion_cold: Option<Spot>,
    /// The same after the nozzle was turned off.
    #[serde(default)]
    pub extrusion_cooled: Option<Spot>,
    /// The same while the nozzle is on its way.
    #[serde(default)]
    pub extrusion_unawaited: Option<Spot>,
    /// M302 that says no temperature.
    #[serde(default)]
    pub cold_unguarded: Option<Spot>,
    /// M207 between a G10 and its G11.
    #[serde(default)]
    pub retraction_changed: Option<Spot>,
    pub origin_shift: Option<Spot>,
    pub arc_malformed: Option<Spot>,
    pub inches: Option<Spot>,
    /// The models for which the file checks, by name.
    #[serde(default)]
    pub models: BTreeMap<String, Spot>,
    #[serde(default)]
    pub left: Left,
    pub host_action: Option<Spot>,
    pub numbered: Option<Spot>,
    /// Layers that the comments mark; nought when they mark none.
    pub layer_marks: u64,
    pub ends_mid_line: bool,
}

/// A greatest value, and the first line that reached it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    pub value: f64,
    pub at: Spot,
}

/// A line that cannot be read, or can be read in two ways; the first of its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub shape: Shape,
    pub count: u64,
    pub first: Spot,
}

impl From<(Micro, Mark)> for Peak {
    fn from((value, mark): (Micro, Mark)) -> Self {
        Self { value: value.to_f64(), at: mark.spot() }
    }
}
