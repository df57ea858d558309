//! The lines of which the model printer's files are made.

use proptest::prelude::*;

/// Mostly sound lines; now and then one that would do harm, by itself or together with another.
fn line() -> impl Strategy<Value = String> {
    let near = || -6.0..246.0f64;
    let bed = || 0.0..235.0f64;
    prop_oneof![
        60 => (bed(), bed(), -1.0..3.0f64).prop_map(|(x, y, e)| format!("G1 X{x:.3} Y{y:.3} E{e:.5}")),
        12 => (0.2..9.0f64).prop_map(|z| format!("G1 Z{z:.3} F600")),
        12 => one_of(&["M105", "G4 P9", "M109 S210", "M140 S50", "G92 E0", "M106 S9", "G90", "M83"]),
        12 => (near(), near(), -1.0..6.0f64).prop_map(|(x, y, e)| format!("G1 X{x:.3} Y{y:.3} E{e:.5}")),
        3 => (-0.3..256.0f64).prop_map(|z| format!("G1 Z{z:.3} F600")),
        4 => arc(),
        1 => (near(), near(), -60.0..60.0f64).prop_map(|(x, y, i)| format!("G2X{x:.2}Y{y:.2}I{i:.2}J0")),
        1 => (-40.0..40.0f64, -40.0..40.0f64).prop_map(|(x, y)| format!("G1X{x:.2}Y{y:.2}")),
        2 => (-40.0..40.0f64, -40.0..40.0f64).prop_map(|(x, y)| format!("G91\nG1X{x:.2}Y{y:.2}\nG90")),
        4 => one_of(&["G90", "G91", "M82", "M83", "G92 E0", "G28", "G28 X", "G28 O", "G21"]),
        3 => one_of(&[
            "G10", "G11", "M207 S3 Z4", "M207 Z0", "M207 R5", "M208 S5", "M208 S-1", "G1 Z252", "G1 E48",
        ]),
        1 => (prop::sample::select(vec!["M104", "M140", "M109", "M190"]), prop::sample::select(vec!["S", "R"]), temperature())
            .prop_map(|(command, letter, celsius)| format!("{command} {letter}{celsius}")),
        3 => modes_of_e(),
        3 => (near(), near(), 0.0..9.0f64, 600..9000u32)
            .prop_map(|(x, y, e, f)| format!("G1 X{x:.3} Y{y:.3} E{e:.4} F{f}")),
        1 => (10..200u32).prop_map(|share| format!("M220 S{share}")),
        1 => (50..150u32).prop_map(|share| format!("M221 S{share}")),
        2 => one_of(&["M220 S100\nM221 S100", "M220", "M221", "M220 S100", "M109 S200"]),
        1 => (one_of(&["M207 R5", "M208 S5"]), 18..23usize)
            .prop_map(|(set, times)| format!("{set}{}", "\nG10\nG11".repeat(times))),
        1 => one_of(HARMFUL),
        1 => one_of(OF_ONE_FIRMWARE),
    ]
}

/// A move to where an arc begins, and the arc, whose end lies on its circle.
fn arc() -> impl Strategy<Value = String> {
    let angle = || 0.0..std::f64::consts::TAU;
    let circle = (0.0..240.0f64, 0.0..240.0f64, 1.0..60.0f64);
    (circle, angle(), angle(), 2..4u8, 0.0..2.0f64).prop_map(
        |((x, y, radius), from, to, turn, e)| {
            let centre = (x - radius * from.cos(), y - radius * from.sin());
            let end = (centre.0 + radius * to.cos(), centre.1 + radius * to.sin());
            let (i, j) = (centre.0 - x, centre.1 - y);
            format!(
                "G1 X{x:.3} Y{y:.3}\nG{turn} X{:.3} Y{:.3} I{i:.3} J{j:.3} E{e:.3}",
                end.0, end.1
            )
        },
    )
}

/// Pushes that are too much if E is relative, or if it is not, once two commands have said how it is read.
fn modes_of_e() -> impl Strategy<Value = String> {
    let mode = || one_of(&["G90", "G91", "M82", "M83"]);
    let pushes = one_of(&["G1 E45\nG1 E60\nG1 E75", "G1 E60\nG1 E-60\nG1 E60"]);
    (mode(), mode(), pushes)
        .prop_map(|(one, other, pushes)| format!("{one}\n{other}\nG92 E0\n{pushes}\nG90\nM83"))
}

fn one_of(lines: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(lines).prop_map(str::to_owned)
}

const HARMFUL: &[&str] = &[
    "G28 Z5",
    "M109 S200 R0",
    "M190 S0 R50",
    "G1 E45",
    "G29 S4 Z-5",
    "G20",
    "G92 X5",
    "G92 Z200",
    "G92 E-90",
    "G1 E99",
    "G1 E-99",
    "M104 S310",
    "M109R255",
    "M140 S0",
    "M190R111",
    "M104 S0",
    "G1 Z-1",
    "M84",
    "M84 E",
    "M84 X",
    "M18 S60",
    "G10 P0 S300",
    "N3 G1 X300*1",
];

/// To one firmware harmful, to another nothing.
const OF_ONE_FIRMWARE: &[&str] = &[
    "G10 S300",
    "G10 S200",
    "G10 R200",
    "G10 S1",
    "M140 R50",
    "G01 X5",
    "G01 Z-1",
    "M0104 S0",
    "M104.0 S0",
    "M117 M104 S300",
    "M118 G1 Z-1",
    "M115 G28",
    "M104 S200 G28",
    "TURN_OFF_HEATERS",
    "TURN_OFF_HEATERS 1",
    "G1 X5 (G1 X300)",
    "M104S0M140S0",
];

/// Off, on, too hot, and what wraps to any of them.
fn temperature() -> impl Strategy<Value = i32> {
    prop_oneof![
        Just(0),
        -5..310i32,
        (prop::sample::select(vec![-65_536, 65_536]), 0..310i32)
            .prop_map(|(wrap, celsius)| wrap + celsius),
    ]
}

/// Now and then in small letters, or with a nought before the number.
pub(super) fn spelt() -> impl Strategy<Value = String> {
    prop_oneof![
        18 => line(),
        1 => line().prop_map(|line| line.to_lowercase()),
        1 => line().prop_map(|line| format!("{}0{}", &line[..1], &line[1..])),
    ]
}

/// How files begin: as they should, or without one of what the print before may have left in another state.
pub(super) fn beginning() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        8 => Just("G21\nG90\nM83\nG92 E0\nM109 S200\nM140 S60\nG28\nG1 Z5 F600"),
        1 => Just("G21\nM83\nG92 E0\nM109 S200\nM140 S60\nG28\nG1 Z5 F600"),
        1 => Just("G21\nG90\nG92 E0\nM109 S200\nM140 S60\nG28\nG1 Z5 F600"),
        1 => Just("G21\nG90\nM82\nM109 S200\nM140 S60\nG28\nG1 Z5 F600"),
        1 => Just("G21\nG90\nM83\nM104 S200\nM140 S60\nG28\nG1 Z5 F600"),
        1 => Just("START_PRINT BED=60 EXTRUDER=200\nG90\nM83\nG1 X9 Y9 Z5 F600"),
    ]
}

/// How files end: cold, to all firmwares, to some or to none.
pub(super) fn end() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just("G90\nM104 S0\nM140 S0\n"), 1 => prop::sample::select(ENDS)]
}

const ENDS: &[&str] = &[
    "M104 S0\nM140 S0\n",
    "M104 S0\nM140 S0\n",
    "M104 R0\nM140 R0\n",
    "M104 S0\nM140 R0\n",
    "M109 R50\nM140 S0\nM104 S-65536\n",
    "m104 s0\nm140 s0\n",
    "M104 s0\nM140 S0\n",
    "M104\nM140\n",
    "M104 S0 M140 S0\n",
    "M0104 S0\nM140 S0\n",
    "G10 S0 R0\nM140 S0\n",
    "M104 S-273.1\nM140 S-273.1\n",
    "M104 S-273\nM140 S0\n",
    "TURN_OFF_HEATERS\n",
    "END_PRINT\n",
    "G91\nM104 S0\nM140 S0\n",
    "G92 E-90\nM104 S0\nM140 S0\n",
    "M208 S5\nM104 S0\nM140 S0\n",
    "M220 S200\nM221 S150\nM104 S0\nM140 S0\n",
    "turn_off_heaters\n",
    "M104 S0\n",
    "",
];
