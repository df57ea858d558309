//! The printer as the file leaves it after each line: where the nozzle is, how hot, how numbers are read.
//!
//! Everything is physical: G92 moves the coordinates, never the nozzle. Extremes keep the line that reached them; what a
//! printer may do is not known here.

mod account;
mod arc;
mod axis;
mod bead;
mod delta;
mod extrusion;
mod firsts;
mod heap;
mod heat;
mod heater;
mod height;
mod left;
mod mesh;
mod motion;
mod obey;
mod origin;
mod rest;
mod retraction;
mod roam;
mod share;
mod skipped;
mod step;
mod tool;
mod warmth;

pub(crate) use arc::{Arc, Turn};
pub(crate) use heat::{FANS, Heat, Pace};
pub(crate) use left::Left;

use crate::dialect::{Dialect, Modes};
use crate::extent::{Extent, Interval};
use crate::mark::Mark;
use crate::number::Micro;
use crate::scanner::{Frame, Options};
use crate::time::Clock;
use axis::Axis;
use delta::Carriages;
use firsts::Firsts;
use heap::{Heap, Station};
use height::Heights;
use left::LastSaid;
use mesh::Mesh;
use rest::Rest;
use retraction::Retraction;
use roam::Roam;
use skipped::Skipped;

/// More extruders than any printer has; a tool beyond shares the last place, and the verdict refuses it by number.
pub(crate) const TOOLS: usize = 16;

/// What is done while no tool is held: it has the place of those beyond all.
const NO_TOOL: u32 = u32::MAX;

/// Returns the place of a tool: those beyond all, and such as cannot be, share the last one.
pub(crate) fn tool_place(number: impl TryInto<usize>) -> usize {
    number.try_into().map_or(TOOLS - 1, |tool| tool.min(TOOLS - 1))
}

/// What firmwares move with until the file says otherwise: 1500 mm/min. Marlin, `planner.cpp`; Klipper, `gcode_move.py`.
const FEED_MM_S: f64 = 25.0;

/// Lengths as the file writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Units {
    Millimetres,
    Inches,
}

/// The filament of one extruder: the running sum of E and its greatest value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feeder {
    sum: Micro,
    pub(crate) peak: Micro,
    /// M221: a share of all that it extrudes.
    flow_factor: f64,
}

impl Feeder {
    const NEW: Self = Self { sum: Micro::ZERO, peak: Micro::ZERO, flow_factor: 1.0 };
}

/// The state of the printer, and the extremes so far.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    dialect: Dialect,
    /// None where the profile does not tell.
    home: Option<[Micro; 3]>,
    frame: Frame,
    axes: [Axis; 3],
    /// How far off each axis may be by its steps since the file last named its place.
    drift: [Micro; 3],
    roams: [Roam; 3],
    /// The widest ways that steps led from a place that is not known.
    pub(crate) roamed: [Option<(Micro, Mark)>; 3],
    modes: Modes,
    units: Units,
    /// The logical position of E, which absolute moves count from.
    e: Micro,
    tool: usize,
    /// Millimetres a second, as the file asks; none until it does.
    feed_asked: Option<Micro>,
    /// The same, ready for the clock.
    feed_mm_s: f64,
    /// M220: a share of every speed.
    speed_factor: f64,
    speed_factor_kept: f64,
    pub(crate) feeders: [Feeder; TOOLS],
    pub(crate) tools_used: u16,
    /// In a room of its own: all else is small, and whoever awaits a chunk carries the machine along.
    pub(crate) heat: Box<Heat>,
    pub(crate) travel: [Option<Extent>; 3],
    pub(crate) print: [Interval<Micro>; 3],
    /// The line of the last move that laid filament.
    pub(crate) printed_at: u64,
    pub(crate) radius: Option<(Micro, Mark)>,
    carriages: Carriages,
    /// As [`Micro::squared`] squares.
    radius_squared: f64,
    /// The same of where filament was laid.
    pub(crate) print_radius_squared: f64,
    pub(crate) feed_peak: Option<(Micro, Mark)>,
    /// The most filament that was pushed in one move, or in several with the head at rest.
    pub(crate) push: Option<(Micro, Mark)>,
    /// The same if E were relative, where the file does not say whether it is.
    pub(crate) push_unsaid: Option<(Micro, Mark)>,
    /// The most filament that was pushed or pulled in one move without a way, of those that are long.
    pub(crate) push_alone: Option<(Micro, Mark)>,
    /// The widest nozzle with which Klipper refuses what is laid, in millimetres.
    pub(crate) bead: Option<(Micro, Mark)>,
    /// How far filament was pulled back from where it had come to.
    pub(crate) pulled: Option<(Micro, Mark)>,
    station: Station,
    heap: Heap,
    /// The same if E were relative, while the file has not said whether it is.
    heap_unsaid: Heap,
    pub(crate) rest: Rest,
    retraction: Retraction,
    pub(crate) clock: Clock,
    pub(crate) layers_by_z: u64,
    /// Layers that comments mark.
    pub(crate) layers_marked: u64,
    layer_z: Option<Micro>,
    /// The line from which on more stands on the bed than a purge.
    pub(crate) stands_from: Option<u64>,
    /// How high that has grown, layer upon layer: a purge in the air falls down.
    grown: Micro,
    heights: Heights,
    mesh: Mesh,
    pub(crate) skipped: Skipped,
    pub(crate) firsts: Firsts,
    last_said: LastSaid,
}

impl Machine {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            dialect: options.dialect,
            home: options.home_mm.map(|home| home.map(Micro::from_f64)),
            frame: options.frame,
            axes: [Axis::UNHOMED; 3],
            drift: [Micro::ZERO; 3],
            roams: [Roam::default(); 3],
            roamed: [None; 3],
            modes: Modes::new(options.dialect),
            units: Units::Millimetres,
            e: Micro::ZERO,
            tool: 0,
            feed_asked: None,
            feed_mm_s: FEED_MM_S,
            speed_factor: 1.0,
            speed_factor_kept: 1.0,
            feeders: [Feeder::NEW; TOOLS],
            tools_used: 0,
            heat: Box::new(Heat::new(options.dialect, options.nozzles)),
            travel: [None; 3],
            print: [Interval::EMPTY; 3],
            printed_at: 0,
            radius: None,
            carriages: Carriages::default(),
            radius_squared: -1.0,
            print_radius_squared: 0.0,
            feed_peak: None,
            push: None,
            push_unsaid: None,
            push_alone: None,
            bead: None,
            pulled: None,
            station: Station::NEW,
            heap: Heap::default(),
            heap_unsaid: Heap::default(),
            rest: Rest::default(),
            retraction: Retraction::default(),
            clock: Clock::new(options.motion.as_ref(), options.dialect),
            layers_by_z: 0,
            layers_marked: 0,
            layer_z: None,
            stands_from: None,
            grown: Micro::ZERO,
            heights: Heights::default(),
            mesh: Mesh::default(),
            skipped: Skipped::default(),
            firsts: Firsts::default(),
            last_said: LastSaid::default(),
        }
    }

    /// A comment says that a layer begins.
    #[inline]
    pub(crate) fn begin_layer(&mut self, number: u64) {
        if self.layers_marked == 0 {
            // Heights of the start code's purge are no layers.
            self.clock.forget_layers();
        }
        self.layers_marked = number;
        self.clock.layer(number);
    }

    /// Returns the filament pushed so far, by whichever extruder is in use.
    pub(crate) fn pushed(&self) -> Micro {
        self.feeders[self.tool].sum
    }

    #[inline]
    fn length(&self, value: Micro) -> Micro {
        match self.units {
            Units::Millimetres => value,
            Units::Inches => value.inches(),
        }
    }
}
