//! Whatever the verdict accepts is replayed, line by line, on a small printer of our own making.

mod firmware;
mod heater;
mod printer;

use proptest::collection::vec;
use proptest::prelude::*;
use visorfarm_gcode::{Options, Profile, Scanner, Severity, verify};

use firmware::Firmware;
use printer::Printer;

/// An Ender-3 that runs `firmware`.
fn profile(firmware: Firmware) -> Profile {
    let ender3 = Profile::shipped("ender3").expect("ender3 is shipped").to_toml();
    let dialect = format!("\"{}\"", firmware.dialect());
    Profile::parse(&ender3.replace("\"marlin\"", &dialect))
        .expect("the same under another firmware")
}

/// Returns whether the verdict lets the file be printed without anyone being asked.
fn accepted(firmware: Firmware, file: &str) -> bool {
    let profile = profile(firmware);
    let mut scanner = Scanner::new(&Options::from(&profile));
    scanner.feed(file.as_bytes());
    let findings = verify(&scanner.finish(), &profile);
    findings.iter().all(|finding| Severity::Ask < finding.severity)
}

fn replay(firmware: Firmware, file: &str) -> Result<(), String> {
    let mut printer = Printer::new(firmware);
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
fn spelt() -> impl Strategy<Value = String> {
    prop_oneof![
        18 => line(),
        1 => line().prop_map(|line| line.to_lowercase()),
        1 => line().prop_map(|line| format!("{}0{}", &line[..1], &line[1..])),
    ]
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
    "turn_off_heaters\n",
    "M104 S0\n",
    "",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 6000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_never_leaves_its_limits_and_ends_cold(
        firmware in prop::sample::select(&Firmware::ALL[..]),
        lines in vec(spelt(), 1..12),
        end in prop::sample::select(ENDS),
    ) {
        let file = format!("G21\nG90\nM83\nM104 S200\nM140 S60\nG28\nG1 Z5 F600\n{}\n{end}", lines.join("\n"));
        if accepted(firmware, &file) {
            prop_assert_eq!(replay(firmware, &file), Ok(()), "{:?}: {}", firmware, file);
        }
    }
}

#[test]
fn a_sound_file_is_accepted_and_the_model_agrees() {
    let file = "G21\nG90\nM83\nM104 S200\nM140 S60\nG28\nG1 Z5 F600\nG1 X10 Y10 E1\nG2 X30 Y10 I10 J0 E2\n\
        G91\nG1 X-5\nG90\nG92 E0\nM104 S0\nM140 S0\n";
    for firmware in Firmware::ALL {
        assert!(accepted(firmware, file), "{firmware:?}");
        assert_eq!(replay(firmware, file), Ok(()), "{firmware:?}");
    }
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
        let broken = replay(Firmware::Marlin2, file).expect_err("it breaks");
        assert!(broken.contains(why), "{broken}");
    }
}

#[test]
fn the_model_breaks_only_under_the_firmware_that_would() {
    use Firmware::{Buddy, Duet, Klipper, Marlin1, Marlin2, Prusa};
    for (file, broken_under) in [
        // G91 and M82: who goes by the last, by M82, by either.
        ("M82\nG92 E90\nG91\nG1 E90\nG1 E90", &[Marlin1, Marlin2, Buddy, Klipper][..]),
        ("G91\nM82\nG1 E60\nG1 E70", &[Marlin1, Klipper]),
        ("M83\nG90\nG1 E60\nG1 E70", &[Marlin1, Prusa, Klipper, Duet]),
        ("G10 S300", &[Duet]),
        ("M140 R50", &[Duet]),
        ("G28\nM207 Z10\nG10\nG1 Z250", &[Marlin1, Marlin2, Prusa, Buddy, Duet]),
        ("M208 S60\nG10\nG11\nG10\nG11", &[Marlin1, Marlin2, Prusa, Buddy]),
        ("M207 R60\nG10\nG11\nG10\nG11", &[Duet]),
        ("m104 s200", &[Klipper, Duet]),
        ("M104 S200\nm104 s0", &[Marlin1, Marlin2, Prusa, Buddy]),
        ("M104 S200\nM0104 S0", &[Klipper]),
        ("M104 S200\nTURN_OFF_HEATERS", &[Marlin1, Marlin2, Prusa, Buddy, Duet]),
        ("M115 M104 S200", &[Duet]),
        ("M115 G1 X5", &[Prusa, Duet]),
        ("M109 S200 R0", &[Marlin1, Marlin2, Prusa, Buddy, Klipper]),
        ("M104 S-65336", &[Marlin1, Marlin2, Prusa, Buddy]),
        ("M104 S200\nM104 S-273.1", &[Klipper]),
        ("M104 S200\nM104 S-273", &[Klipper, Duet]),
        ("G28\nM84 E\nG1 X5", &[Klipper]),
        ("G28\nG91\nG2 X300 Y0 I150", &[Marlin1, Marlin2, Prusa, Buddy, Duet]),
        ("G28\nG20\nG1 X100", &[Marlin1, Marlin2, Prusa, Buddy, Duet]),
    ] {
        let broken: Vec<_> =
            Firmware::ALL.into_iter().filter(|&firmware| replay(firmware, file).is_err()).collect();
        assert_eq!(broken, broken_under, "{file}");
    }
}
