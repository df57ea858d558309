//! A small printer that obeys a file line by line, and breaks.
//!
//! It shares no code with the crate: floats where the crate counts millionths, arcs walked in small steps where the crate
//! reckons their extremes. It breaks when it leaves its limits, moves before it is homed, or is left hot.

/// An Ender-3: where its nozzle may go, how hot it may be.
const MIN: [f64; 3] = [-5.0, -5.0, -0.2];
const MAX: [f64; 3] = [240.0, 240.0, 255.0];
const NOZZLE_MAX: f64 = 260.0;
const BED_MAX: f64 = 110.0;
const PUSH_MAX: f64 = 100.0;

/// Rounding.
const SLACK: f64 = 0.02;

/// What G10 lifts and G11 pushes more than it pulled, and how far all is lifted now.
#[derive(Debug, Default)]
struct Retraction {
    lift: f64,
    extra: f64,
    hop: Option<f64>,
}

#[derive(Debug)]
pub(super) struct Printer {
    at: [f64; 3],
    homed: [bool; 3],
    /// How far Z was lifted unhomed.
    lifted: f64,
    /// Pushed in one place.
    heap: f64,
    retraction: Retraction,
    offset: [f64; 3],
    absolute: bool,
    e_absolute: bool,
    e: f64,
    inch: f64,
    nozzle: f64,
    bed: f64,
}

impl Printer {
    pub(super) fn new() -> Self {
        Self {
            at: [0.0; 3],
            homed: [false; 3],
            lifted: 0.0,
            heap: 0.0,
            retraction: Retraction::default(),
            offset: [0.0; 3],
            absolute: true,
            e_absolute: true,
            e: 0.0,
            inch: 1.0,
            nozzle: 0.0,
            bed: 0.0,
        }
    }

    /// Obeys one line; says what breaks.
    pub(super) fn obey(&mut self, line: &str) -> Result<(), String> {
        let code = line.split(';').next().unwrap_or_default().to_uppercase();
        let words = split(&code);
        let Some((letter, number)) = words.first().copied() else { return Ok(()) };
        let value = |wanted: char| {
            words[1..].iter().find(|(letter, _)| *letter == wanted).and_then(|(_, value)| *value)
        };
        let has = |wanted: char| words[1..].iter().any(|(letter, _)| *letter == wanted);
        // Sub-commands and numbers that are none of these are not this printer's.
        match format!("{letter}{}", number.unwrap_or(-1.0)).as_str() {
            "G0" | "G1" => {
                let sideways = self.go(&value)?;
                return self.push(value('E'), sideways);
            }
            "G2" => return self.arc(&value, -1.0),
            "G3" => return self.arc(&value, 1.0),
            "M104" => return heat(&mut self.nozzle, value('S'), NOZZLE_MAX),
            "M140" => return heat(&mut self.bed, value('S'), BED_MAX),
            // R counts where there is no S, and only here: it is waited for.
            "M109" => return heat(&mut self.nozzle, value('S').or_else(|| value('R')), NOZZLE_MAX),
            "M190" => return heat(&mut self.bed, value('S').or_else(|| value('R')), BED_MAX),
            "M207" => self.retraction.lift = value('Z').unwrap_or(self.retraction.lift),
            "M208" => self.retraction.extra = value('S').unwrap_or(self.retraction.extra),
            "G10" => return self.pull_back(),
            "G11" => return self.take_back(),
            "G20" => self.inch = 25.4,
            "G21" => self.inch = 1.0,
            "G28" => self.home(has),
            "G90" | "G91" => {
                self.absolute = number == Some(90.0);
                self.e_absolute = self.absolute;
            }
            "M82" | "M83" => self.e_absolute = number == Some(82.0),
            "G92" => self.rename(&value),
            _ => {}
        }
        Ok(())
    }

    fn home(&mut self, has: impl Fn(char) -> bool) {
        if has('O') && self.homed == [true; 3] {
            return;
        }
        let all = !"XYZ".chars().any(&has);
        for (axis, letter) in "XYZ".chars().enumerate() {
            if all || has(letter) {
                (self.at[axis], self.offset[axis]) = (0.0, 0.0);
                self.homed[axis] = true;
            }
        }
    }

    /// The second of two is passed over.
    fn pull_back(&mut self) -> Result<(), String> {
        let hop = *self.retraction.hop.get_or_insert(self.retraction.lift);
        if self.homed[2] { reach(2, self.at[2] + hop) } else { Ok(()) }
    }

    fn take_back(&mut self) -> Result<(), String> {
        if self.retraction.hop.take().is_none() {
            return Ok(());
        }
        self.heap = (self.heap + self.retraction.extra).max(0.0);
        within(self.heap)
    }

    fn rename(&mut self, value: &impl Fn(char) -> Option<f64>) {
        for (axis, letter) in "XYZ".chars().enumerate() {
            if let Some(value) = value(letter) {
                self.offset[axis] = self.at[axis] - value * self.inch;
            }
        }
        self.e = value('E').map_or(self.e, |e| e * self.inch);
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
                let hop = if axis == 2 { self.retraction.hop.unwrap_or(0.0) } else { 0.0 };
                reach(axis, to)?;
                reach(axis, to + hop)?;
                if axis < 2 {
                    sideways = sideways.max((to - self.at[axis]).abs());
                }
                self.at[axis] = to;
                continue;
            }
            self.lifted = if self.absolute { value } else { self.lifted + value };
            if axis != 2 || value < 0.0 || 20.0 < self.lifted {
                return Err(format!("{letter} moves before it is homed"));
            }
        }
        Ok(sideways)
    }

    fn arc(&mut self, value: &impl Fn(char) -> Option<f64>, turn: f64) -> Result<(), String> {
        let start = self.at;
        self.go(value)?;
        let end = self.at;
        let centre = [start[0] + value('I').unwrap_or(0.0), start[1] + value('J').unwrap_or(0.0)];
        let (spoke, last) = (
            [start[0] - centre[0], start[1] - centre[1]],
            [end[0] - centre[0], end[1] - centre[1]],
        );
        let radius = spoke[0].hypot(spoke[1]);
        let from = spoke[1].atan2(spoke[0]);
        let mut sweep = (turn * (last[1].atan2(last[0]) - from)).rem_euclid(std::f64::consts::TAU);
        if sweep < 1e-9 {
            sweep = std::f64::consts::TAU;
        }
        let mut furthest = 0.0f64;
        for step in 0..=720 {
            let angle = from + turn * sweep * f64::from(step) / 720.0;
            let at = [centre[0] + radius * angle.cos(), centre[1] + radius * angle.sin()];
            reach(0, at[0])?;
            reach(1, at[1])?;
            furthest = furthest.max((at[0] - start[0]).hypot(at[1] - start[1]));
        }
        self.push(value('E'), furthest)
    }

    /// What is laid along the way makes no heap: a millimetre takes ten.
    fn push(&mut self, e: Option<f64>, sideways: f64) -> Result<(), String> {
        let pushed = match e.map(|e| e * self.inch) {
            Some(e) if self.e_absolute => e - self.e,
            Some(e) => e,
            None => 0.0,
        };
        self.e += pushed;
        self.heap = (self.heap + pushed - 10.0 * sideways).max(0.0);
        within(self.heap.max(pushed.abs()))
    }

    pub(super) fn end(&self) -> Result<(), String> {
        if 0.0 < self.nozzle || 0.0 < self.bed {
            Err(format!("left hot: {self:?}"))
        } else {
            Ok(())
        }
    }
}

fn within(pushed: f64) -> Result<(), String> {
    if PUSH_MAX + SLACK < pushed { Err(format!("pushes {pushed} mm")) } else { Ok(()) }
}

fn reach(axis: usize, to: f64) -> Result<(), String> {
    if MIN[axis] - SLACK <= to && to <= MAX[axis] + SLACK {
        return Ok(());
    }
    Err(format!("axis {axis} goes to {to}"))
}

/// As Marlin does: what is asked for is a whole number of 16 bits.
fn heat(heater: &mut f64, asked: Option<f64>, max: f64) -> Result<(), String> {
    let Some(asked) = asked else { return Ok(()) };
    let celsius = (asked.trunc() + 32_768.0).rem_euclid(65_536.0) - 32_768.0;
    *heater = celsius;
    if max < celsius { Err(format!("{celsius} °C")) } else { Ok(()) }
}

/// Splits `G1X5 Y-.5` into letters and numbers.
fn split(code: &str) -> Vec<(char, Option<f64>)> {
    let mut words: Vec<(char, String)> = Vec::new();
    for c in code.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_alphabetic() {
            words.push((c, String::new()));
        } else if let Some((_, number)) = words.last_mut() {
            number.push(c);
        }
    }
    words.into_iter().map(|(letter, number)| (letter, number.parse().ok())).collect()
}
