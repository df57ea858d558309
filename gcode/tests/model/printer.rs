//! A small printer that obeys a file line by line, and breaks.
//!
//! It shares no code with the crate: floats where the crate counts millionths, arcs walked in small steps where the crate
//! reckons their extremes. It breaks when it leaves its limits, moves before it is homed, pushes what does not melt, or is left hot.
//! It keeps its state from one file to the next.

mod arc;

use super::extruder::{Extruder, Going};
use super::firmware::{Command, Firmware};
use super::heater::{Heater, awaited};

/// An Ender-3: where its nozzle may go, how hot it may be.
const MIN: [f64; 3] = [-5.0, -5.0, -0.2];
const MAX: [f64; 3] = [240.0, 240.0, 255.0];
const NOZZLE_MAX: f64 = 260.0;
const BED_MAX: f64 = 110.0;

/// Rounding.
const SLACK: f64 = 0.02;

#[derive(Debug)]
pub(super) struct Printer {
    firmware: Firmware,
    at: [f64; 3],
    homed: [bool; 3],
    /// How far Z was lifted unhomed.
    lifted: f64,
    /// The least height that may be named before Z is homed: none once it was let go, since that may be far below.
    named_from: f64,
    offset: [f64; 3],
    absolute: bool,
    inch: f64,
    extruder: Extruder,
    nozzle: Heater,
    bed: Heater,
}

impl Printer {
    pub(super) fn new(firmware: Firmware) -> Self {
        Self {
            firmware,
            at: [0.0; 3],
            homed: [false; 3],
            lifted: 0.0,
            named_from: 0.0,
            offset: [0.0; 3],
            absolute: true,
            inch: 1.0,
            extruder: Extruder::of(firmware),
            nozzle: Heater::of(NOZZLE_MAX),
            bed: Heater::of(BED_MAX),
        }
    }

    /// Obeys one line; says what breaks.
    pub(super) fn obey(&mut self, line: &str) -> Result<(), String> {
        self.firmware.read(line).iter().try_for_each(|command| self.obey_one(command))
    }

    fn obey_one(&mut self, command: &Command) -> Result<(), String> {
        let value = |wanted| command.value(wanted);
        // Sub-commands and numbers that are none of these are not this printer's.
        match command.name.as_str() {
            "G0" | "G1" => {
                let start = self.at;
                let sideways = self.go(&value)?;
                let way = start.iter().zip(self.at).map(|(from, to)| (to - from).powi(2));
                let way = way.sum::<f64>().sqrt();
                return self.push(command, sideways, if 0.0 < sideways { way } else { 0.0 });
            }
            "G2" => return self.arc(command, -1.0),
            "G3" => return self.arc(command, 1.0),
            "M104" => return self.nozzle.hold_both(self.firmware, value('S')),
            "M109" => {
                self.nozzle.hold_both(self.firmware, awaited(self.firmware, command))?;
                self.nozzle.await_it();
            }
            "M140" => {
                self.bed.hold(self.firmware, value('S'))?;
                return self.bed.stand_by(self.firmware, value('R'));
            }
            "M190" => return self.bed.hold(self.firmware, awaited(self.firmware, command)),
            // The second as its owner says.
            "TURN_OFF_HEATERS" | "END_PRINT" if self.firmware == Firmware::Klipper => {
                (self.nozzle, self.bed) = (Heater::of(NOZZLE_MAX), Heater::of(BED_MAX));
            }
            // As their owner says.
            "START_PRINT" if self.firmware == Firmware::Klipper => return self.start(),
            "M220" | "M221" => self.extruder.share(command),
            "M207" | "M208" => self.extruder.set_retraction(command),
            "G10" if self.firmware == Firmware::Duet && "PSR".chars().any(|c| command.has(c)) => {
                self.nozzle.hold(self.firmware, value('S'))?;
                return self.nozzle.stand_by(self.firmware, value('R'));
            }
            "G10" => return self.pull_back(),
            "G11" => return self.extruder.take_back(),
            // Klipper has millimetres only.
            "G20" if self.firmware != Firmware::Klipper => self.inch = 25.4,
            "G21" => self.inch = 1.0,
            "G28" => self.home(command),
            "M18" | "M84" => self.let_go(command),
            "G90" | "G91" => {
                self.absolute = command.name == "G90";
                if matches!(self.firmware, Firmware::Marlin2 | Firmware::Buddy) {
                    self.extruder.absolute = self.absolute;
                }
            }
            "M82" | "M83" => self.extruder.absolute = command.name == "M82",
            "G92" => self.rename(&value),
            _ => {}
        }
        Ok(())
    }

    /// It homes and heats, and leaves the head somewhere.
    fn start(&mut self) -> Result<(), String> {
        (self.at, self.offset, self.homed) = ([117.0, 117.0, 30.0], [0.0; 3], [true; 3]);
        (self.lifted, self.named_from) = (0.0, 0.0);
        self.bed.hold(self.firmware, Some(60.0))?;
        self.nozzle.hold(self.firmware, Some(200.0))?;
        self.nozzle.await_it();
        Ok(())
    }

    fn home(&mut self, command: &Command) {
        let knows_o = matches!(self.firmware, Firmware::Marlin2 | Firmware::Buddy);
        if knows_o && command.has('O') && self.homed == [true; 3] {
            return;
        }
        let all = !"XYZ".chars().any(|letter| command.has(letter));
        for (axis, letter) in "XYZ".chars().enumerate() {
            if all || command.has(letter) {
                (self.at[axis], self.offset[axis]) = (0.0, 0.0);
                self.homed[axis] = true;
                if axis == 2 {
                    (self.lifted, self.named_from) = (0.0, 0.0);
                }
            }
        }
    }

    /// Lets the motors go that are named; Klipper all, whatever is.
    fn let_go(&mut self, command: &Command) {
        let named = |letter| command.has(letter);
        let all = self.firmware == Firmware::Klipper || !"XYZES".chars().any(named);
        for (axis, letter) in "XYZ".chars().enumerate() {
            if all || named(letter) {
                self.homed[axis] = false;
                if axis == 2 {
                    self.named_from = f64::INFINITY;
                }
            }
        }
    }

    fn pull_back(&mut self) -> Result<(), String> {
        let hop = self.extruder.pull_back();
        if self.homed[2] { reach(2, self.at[2] + hop) } else { Ok(()) }
    }

    fn rename(&mut self, value: &impl Fn(char) -> Option<f64>) {
        for (axis, letter) in "XYZ".chars().enumerate() {
            if let Some(value) = value(letter) {
                self.offset[axis] = self.at[axis] - value * self.inch;
            }
        }
        self.extruder.e = value('E').map_or(self.extruder.e, |e| e * self.inch);
    }

    /// Returns how far it went along X or Y.
    fn go(&mut self, value: &impl Fn(char) -> Option<f64>) -> Result<f64, String> {
        let mut sideways = 0.0f64;
        for (axis, letter) in "XYZ".chars().enumerate() {
            let Some(value) = value(letter) else { continue };
            let value = value * self.inch;
            if self.homed[axis] {
                let to =
                    if self.absolute { value + self.offset[axis] } else { self.at[axis] + value };
                let to = if axis == 2 { self.stopped_at_the_top(to) } else { to };
                let hop = if axis == 2 { self.extruder.hop() } else { 0.0 };
                reach(axis, to)?;
                reach(axis, to + hop)?;
                if axis < 2 {
                    sideways = sideways.max((to - self.at[axis]).abs());
                }
                self.at[axis] = to;
                continue;
            }
            self.lifted = if self.absolute { value } else { self.lifted + value };
            let least = if self.absolute { self.named_from } else { 0.0 };
            if axis != 2 || value < least || 20.0 < self.lifted {
                return Err(format!("{letter} moves before it is homed"));
            }
        }
        Ok(sideways)
    }

    /// Marlin and what is made of it end a step up at the top, which end codes count on.
    fn stopped_at_the_top(&self, to: f64) -> f64 {
        let stops = !matches!(self.firmware, Firmware::Klipper | Firmware::Duet);
        let last_lift = self.extruder.printed && !self.absolute;
        if stops && last_lift { to.min(MAX[2]) } else { to }
    }

    fn push(&mut self, command: &Command, sideways: f64, way: f64) -> Result<(), String> {
        self.extruder.ask(command.value('F'), self.inch);
        let going = Going {
            absolute: self.absolute,
            inch: self.inch,
            sideways,
            way,
            melts: self.nozzle.melts(self.firmware),
        };
        self.extruder.push(command.value('E'), &going)
    }

    /// A person clears the bed.
    pub(super) fn end(&mut self) -> Result<(), String> {
        self.extruder.clear();
        if self.nozzle.is_on() || self.bed.is_on() {
            Err(format!("left hot: {self:?}"))
        } else {
            Ok(())
        }
    }
}

fn reach(axis: usize, to: f64) -> Result<(), String> {
    if MIN[axis] - SLACK <= to && to <= MAX[axis] + SLACK {
        return Ok(());
    }
    Err(format!("axis {axis} goes to {to}"))
}
