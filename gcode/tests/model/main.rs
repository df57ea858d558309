//! Whatever the verdict accepts is replayed, line by line, on a small printer of our own making.

mod printer;

use proptest::collection::vec;
use proptest::prelude::*;
use visorfarm_gcode::{Options, Profile, Scanner, Severity, verify};

use printer::Printer;

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
