//! Whatever the verdict accepts is replayed, line by line, on a small printer of our own making.
//!
//! It shares no code with the crate: floats where the crate counts millionths, arcs walked in small steps where the crate
//! reckons their extremes. It breaks when it leaves its limits, moves before it is homed, or is left hot.

use proptest::collection::vec;
use proptest::prelude::*;
use visorfarm_gcode::{Options, Profile, Scanner, Severity, verify};

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
struct Printer {
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
    fn new() -> Self {
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
    fn obey(&mut self, line: &str) -> Result<(), String> {
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

    fn end(&self) -> Result<(), String> {
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

/// Returns whether the verdict lets the file be printed without anyone being asked.
fn accepted(file: &str) -> bool {
    let profile = Profile::shipped("ender3").expect("ender3 is shipped");
    let mut scanner = Scanner::new(&Options::from(&profile));
    scanner.feed(file.as_bytes());
    let findings = verify(&scanner.finish(), &profile);
    findings.iter().all(|finding| Severity::Ask < finding.severity)
}

fn replay(file: &str) -> Result<(), String> {
    let mut printer = Printer::new();
    for line in file.lines() {
        printer.obey(line).map_err(|broken| format!("{line}: {broken}"))?;
    }
    printer.end()
}

/// Mostly sound lines; now and then one that would do harm, by itself or together with another.
fn line() -> impl Strategy<Value = String> {
    let near = || -6.0..246.0f64;
    prop_oneof![
        12 => (near(), near(), -1.0..6.0f64).prop_map(|(x, y, e)| format!("G1 X{x:.3} Y{y:.3} E{e:.5}")),
        3 => (-0.3..256.0f64).prop_map(|z| format!("G1 Z{z:.3} F600")),
        3 => (near(), near(), -60.0..60.0f64, -60.0..60.0f64, 2..4u8)
            .prop_map(|(x, y, i, j, g)| format!("g{g}x{x:.2}y{y:.2}i{i:.2}j{j:.2}")),
        3 => (-40.0..40.0f64, -40.0..40.0f64).prop_map(|(x, y)| format!("G1X{x:.2}Y{y:.2}")),
        2 => prop::sample::select(vec!["G90", "G91", "M82", "M83", "G92 E0", "G28", "G28 X", "G28 O", "G21"])
            .prop_map(str::to_owned),
        3 => prop::sample::select(vec![
            "G10", "G11", "M207 S3 Z4", "M207 Z0", "M208 S5", "M208 S-1", "G1 Z252", "G1 E48",
        ])
        .prop_map(str::to_owned),
        1 => (prop::sample::select(vec!["M104", "M140", "M109", "M190"]), prop::sample::select(vec!["S", "R"]), temperature())
            .prop_map(|(command, letter, celsius)| format!("{command} {letter}{celsius}")),
        1 => prop::sample::select(vec![
            "G28 Z5", "M109 S200 R0", "M190 S0 R50", "G1 E45", "G29 S4 Z-5", "G20", "G92 X5", "G92 Z200", "G92 E-90", "G1 E99", "G1 E-99", "M104 S310", "m109r255",
            "M140 S0", "M190R111", "M104 S0", "G1 Z-1", "M84", "G10 P0 S300", "N3 G1 X300*1",
        ])
        .prop_map(str::to_owned),
    ]
}

/// Off, on, too hot, and what wraps to any of them.
fn temperature() -> impl Strategy<Value = i32> {
    prop_oneof![
        Just(0),
        -5..310i32,
        (prop::sample::select(vec![-65_536, 65_536]), 0..310i32)
            .prop_map(|(wrap, celsius)| wrap + celsius),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_never_leaves_its_limits_and_ends_cold(
        lines in vec(line(), 1..12),
        end in prop::sample::select(vec![
            "M104 S0\nM140 S0\n",
            "M104 S0\nM140 S0\n",
            "M104 R0\nM140 R0\n",
            "M104 S0\nM140 R0\n",
            "M109 R50\nM140 S0\nM104 S-65536\n",
            "M104 S0\n",
            "",
        ]),
    ) {
        let file = format!("G21\nG90\nM83\nM104 S200\nM140 S60\nG28\nG1 Z5 F600\n{}\n{end}", lines.join("\n"));
        if accepted(&file) {
            prop_assert_eq!(replay(&file), Ok(()), "{}", file);
        }
    }
}

#[test]
fn a_sound_file_is_accepted_and_the_model_agrees() {
    let file = "G21\nG90\nM83\nM104 S200\nM140 S60\nG28\nG1 Z5 F600\nG1 X10 Y10 E1\nG2 X30 Y10 I10 J0 E2\n\
        G91\nG1 X-5\nG90\nG92 E0\nM104 S0\nM140 S0\n";
    assert!(accepted(file));
    assert_eq!(replay(file), Ok(()));
}

#[test]
fn the_model_breaks_where_a_printer_would() {
    for (file, why) in [
        ("G1 X5", "homed"),
        ("G28\nG1 X300", "axis 0"),
        ("G28\nG91\nG1 X200\nG1 X200", "axis 0"),
        ("G28\nG1 X100 Y230\nG2 X140 Y230 I20 J0", "axis 1"),
        ("G28\nG1 Z5\nG92 Z100\nG1 Z90", "axis 2"),
        ("M109 R300", "300"),
        ("M83\nG1 E500", "pushes"),
        ("M104 S200", "left hot"),
        ("G28\nM207 Z10\nG10\nG1 Z250", "axis 2"),
        ("G28\nG1 Z250\nM207 Z10\nG10", "axis 2"),
        ("M208 S60\nG10\nG11\nG10\nG11", "pushes"),
        ("M109 S200 R0", "left hot"),
        ("M104 S200\nM104 R0", "left hot"),
        ("M140 S60\nM140 R0", "left hot"),
        ("M109 S-65236", "300"),
        ("M104 S-65336", "left hot"),
        ("G91\nG1 Z12\nG1 Z12", "homed"),
        ("M83\nG1 E60\nG1 E60", "pushes"),
    ] {
        let broken = replay(file).expect_err("it breaks");
        assert!(broken.contains(why), "{broken}");
    }
}
