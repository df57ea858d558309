//! The printer as the file leaves it after each line: where the nozzle is, how hot, how numbers are read.
//!
//! Everything is physical: G92 moves the coordinates, never the nozzle. Extremes keep the line that reached them; what a
//! printer may do is not known here.

mod arc;
mod axis;
mod delta;
mod extrusion;
mod firsts;
mod heap;
mod heat;
mod height;
mod left;
mod mesh;
mod motion;
mod origin;
mod rest;
mod retraction;
mod roam;
mod skipped;
mod warmth;

pub(crate) use arc::{Arc, Turn};
pub(crate) use heat::{FANS, Heat, Pace};
pub(crate) use left::Left;

use crate::dialect::{Dialect, Modes, Positioning};
use crate::extent::{Extent, Span};
use crate::mark::{Here, Mark};
use crate::number::Micro;
use crate::scanner::{Frame, Options};
use crate::time::Clock;
use crate::words::{Command, Words};
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
    pub(crate) print: [Span; 3],
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
            print: [Span::EMPTY; 3],
            printed_at: 0,
            radius: None,
            carriages: Carriages::default(),
            radius_squared: -1.0,
            print_radius_squared: 0.0,
            feed_peak: None,
            push: None,
            push_unsaid: None,
            push_alone: None,
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

    /// Obeys any command but a move. What is unknown here changes nothing here: the verdict knows it from the census.
    pub(crate) fn obey(&mut self, command: Command, words: &Words, here: Here<'_>) {
        match (command.letter, command.number) {
            (b'G', 4) => self.dwell(words, here),
            (b'M', 300) => self.beep(words, here),
            (b'M', number @ (201 | 203 | 204 | 205 | 566)) => {
                self.clock.obey(command, words);
                if matches!(number, 201 | 203 | 204) {
                    self.limit(here);
                }
            }
            (b'M', 220) => self.set_speed_factor(words, here),
            (b'M', 221) => self.set_flow_factor(words, here),
            (b'M', 116) => {
                self.clock.stop();
                self.heat.wait();
            }
            (b'M', 0 | 1 | 25 | 400 | 600 | 601) => self.clock.stop(),
            (b'G', 10)
                if self.modes.heats_by_g10() && words.strays(0)
                    || words.has(b'P')
                    || words.has(b'R') =>
            {
                self.heat.tool(words, self.tool, here);
            }
            (b'G', 10) => self.pull_back(here),
            (b'M', 568) if self.dialect == Dialect::RepRapFirmware => {
                self.heat.tool(words, self.tool, here);
            }
            (b'G', 11) => self.take_back(here),
            (b'M', 207) => self.set_retraction(words, here),
            (b'M', 208) => self.set_recovery(words, here),
            (b'G', 20) => {
                self.units = Units::Inches;
                self.firsts.inches.get_or_insert_with(|| here.mark());
            }
            (b'G', 21) => self.units = Units::Millimetres,
            (b'G', 28) => self.go_home(words, here),
            // Probing moves the head; where it ends is the firmware's affair.
            (b'G', number @ (29 | 30 | 32 | 33 | 34 | 76 | 80 | 81)) => {
                self.note_onto_print(here);
                if number == 29 {
                    self.probe_mesh(words, here);
                }
                self.wander();
            }
            (b'G', 90) => self.modes.set_axes(Positioning::Absolute),
            (b'G', 91) => {
                self.modes.set_axes(Positioning::Relative);
                self.last_said.steps = Some(here.mark());
            }
            (b'M', 486) => self.pass_to_object(words),
            (b'G', 92) => self.rename_position(words, here),
            (b'M', 82) => self.modes.set_extruder(Positioning::Absolute),
            (b'M', 83) => self.modes.set_extruder(Positioning::Relative),
            (b'M', 18 | 84) => self.motors_off(words),
            // "Execute actions for SD print completion", `SD_FINISHED_RELEASECOMMAND` among them, which is M84. Marlin,
            // `M1001.cpp`.
            (b'M', 1001) if matches!(self.dialect, Dialect::Marlin | Dialect::Buddy) => {
                self.motors_off(words);
            }
            // Obeyed only in the mode in which its P or its Q counts: it may heat, and turns nothing off for sure.
            // Prusa-Firmware-Buddy, `PrusaGcodeSuite::M104_1`.
            (b'M', 104)
                if command.sub != 0 && words.number(b'S').is_none_or(|s| s <= Micro::ZERO) => {}
            (b'M', number @ (104 | 109 | 140 | 190 | 141 | 191)) => {
                self.set_heat(number, words, here);
            }
            (b'M', 106) => self.heat.blow(words, here),
            (b'M', 107) => self.heat.name_fan(words, here),
            (b'M', 302) => match words.number(b'S') {
                Some(celsius) => self.heat.guard(celsius),
                None => {
                    self.firsts.cold_unguarded.get_or_insert_with(|| here.mark());
                }
            },
            (b'T', tool) => self.change_tool(tool, words),
            // The XL parks its tool: what names none afterwards is for none.
            (b'P', 0) => self.change_tool(NO_TOOL, words),
            _ => {}
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

    fn set_heat(&mut self, number: u32, words: &Words, here: Here<'_>) {
        let pace = if matches!(number, 109 | 190 | 191) { Pace::Waits } else { Pace::GoesOn };
        if pace == Pace::Waits {
            self.clock.stop();
        }
        match number {
            104 | 109 => self.heat.nozzle(pace, words, self.tool, here),
            140 | 190 => self.heat.bed(pace, words, here),
            _ => self.heat.chamber(pace, words, here),
        }
    }

    /// The printer's own limits are changed.
    pub(crate) fn limit(&mut self, here: Here<'_>) {
        self.last_said.limits = Some(here.mark());
    }

    /// M220: S in percent. On Prusa's printers B keeps the present one, and R takes it back; to Klipper no S is 100. Prusa, M220;
    /// Prusa-Firmware-Buddy, `M220.cpp`; Klipper, `gcode_move.py`, `cmd_M220`.
    fn set_speed_factor(&mut self, words: &Words, here: Here<'_>) {
        self.last_said.speed = Some(here.mark());
        let said = words.number(b'S');
        match self.dialect {
            Dialect::Prusa | Dialect::Buddy => {
                let before = self.speed_factor;
                if words.has(b'R') {
                    self.speed_factor = self.speed_factor_kept;
                }
                if words.has(b'B') {
                    self.speed_factor_kept = before;
                }
            }
            Dialect::Klipper if said.is_none() => self.speed_factor = 1.0,
            Dialect::Marlin | Dialect::Klipper | Dialect::RepRapFirmware => {}
        }
        if let Some(percent) = said {
            self.speed_factor = percent.to_f64().clamp(1.0, 1000.0) / 100.0;
        }
        self.note_crawl(here);
    }

    /// M221: of the tool that T names. To Klipper no S is 100. Marlin, M221; Klipper, `gcode_move.py`, `cmd_M221`.
    fn set_flow_factor(&mut self, words: &Words, here: Here<'_>) {
        self.last_said.flow = Some(here.mark());
        let tool = words.number(b'T').map_or(self.tool, |tool| tool_place(tool.0 / 1_000_000));
        let unsaid = (self.dialect == Dialect::Klipper).then_some(Micro::whole(100));
        if let Some(percent) = words.number(b'S').or(unsaid) {
            self.feeders[tool].flow_factor = percent.to_f64().clamp(0.0, 1000.0) / 100.0;
        }
    }

    /// Returns the filament pushed so far, by whichever extruder is in use.
    pub(crate) fn pushed(&self) -> Micro {
        self.feeders[self.tool].sum
    }

    /// `T-1`: no tool is held. `RepRapFirmware`, T.
    pub(crate) fn put_down_tool(&mut self) {
        self.select(NO_TOOL);
    }

    fn select(&mut self, tool: u32) {
        self.clock.stop();
        self.tool = tool_place(tool);
        self.heat.hold(self.tool);
    }

    /// T, and P0. On the XL with S1 the nozzle stays at the docks, as it does where no tool is held before or after, and with D0 as
    /// high as it was lifted for that. Prusa-Firmware-Buddy, `T.cpp`.
    fn change_tool(&mut self, tool: u32, words: &Words) {
        let none = [self.tool, tool_place(tool)].contains(&(TOOLS - 1));
        self.select(tool);
        if self.dialect != Dialect::Buddy {
            return;
        }
        let stays = words.has(b'S') && words.number(b'S').is_none_or(|s| Micro::whole(1) <= s);
        if stays || none {
            self.stray(0);
            self.stray(1);
        }
        if words.number(b'D') == Some(Micro::ZERO) {
            self.stray(2);
        }
    }

    /// G4. Klipper knows no S. Klipper, `toolhead.py`, `cmd_G4`.
    fn dwell(&mut self, words: &Words, here: Here<'_>) {
        let knows = self.dialect != Dialect::Klipper;
        let seconds = words.number(b'S').filter(|_| knows).unwrap_or_default();
        let milliseconds = words.number(b'P').unwrap_or_default();
        let time = seconds.max(Micro(milliseconds.0 / 1000));
        self.clock.dwell(time.to_f64());
        self.rest.go_on(self.axes.map(|axis| axis.place.last()), time, here);
    }

    /// M300: nothing else is obeyed while it beeps, for P milliseconds. Marlin, M300.
    fn beep(&mut self, words: &Words, here: Here<'_>) {
        let time = Micro(words.number(b'P').unwrap_or_default().0 / 1000);
        self.rest.go_on(self.axes.map(|axis| axis.place.last()), time, here);
    }

    #[inline]
    fn length(&self, value: Micro) -> Micro {
        match self.units {
            Units::Millimetres => value,
            Units::Inches => value.inches(),
        }
    }
}
