//! What motors do of which a file may not tell them: turn faster than their screws, be let go in the print, stand still.

use visorfarm_gcode::{Options, Profile, Rule, Scanner, Severity, verify};

use super::{END, START, asks, check_on, forbids, judge, klipper, raised};

#[test]
fn a_screw_is_slower_than_a_belt() {
    forbids(Rule::MotionLimits, "M203 Z21", "M203 X500 Y500 Z20 E120");
    forbids(Rule::MotionLimits, "M203 E121", "M203 E120");
    forbids(Rule::MotionLimits, "M201 Z501", "M201 X5000 Y5000 Z500 E10000");
    forbids(Rule::MotionLimits, "M205 Z3.1", "M205 X20 Y20 Z3 E30");
    check_on("mk4", Rule::MotionLimits, Severity::Forbid, "M203 Z150", "M203 Z40");
    klipper(Rule::MotionLimits, "M203 Z501", "M203 Z40");
    // A delta's towers turn belts: its Z is as fast as they are.
    check_on(
        "flsun-qqs",
        Rule::MotionLimits,
        Severity::Forbid,
        "M203 Z401",
        "M203 Z200\nM201 Z1500",
    );
}

#[test]
fn a_print_that_is_over_lets_the_motors_go() {
    asks(Rule::Unhomed, "M1001\nG1 X10", "M1002\nG1 X10\nM1001");
    check_on("mini", Rule::Unhomed, Severity::Ask, "M1001\nG1 X10", "M1001\nG28\nG1 X10");
    klipper(Rule::UnknownCommand, "M1003", "M1001\nM1002");
}

#[test]
fn a_number_too_small_to_count_is_not_nought() {
    asks(Rule::LongDwell, "G1 X50 F0.0000004\nG1 X100", "G1 X50 F0.0000000\nG1 X100");
    for hot in ["M104 S0.0000004", "M140 S0.00000001"] {
        let file = format!("{START}{END}{hot}\n");
        assert!(raised("voron-2.4-300", &file, Rule::LeftHot), "{hot}");
    }
    assert_eq!(judge("ender3", format!("{START}{END}M104 S0.0000000\n").as_bytes()), []);
}

#[test]
fn an_object_is_cancelled_by_a_person_only() {
    for cancels in ["M486 P0", "M486 C", "M486 U1"] {
        forbids(Rule::UnknownParameter, cancels, "M486 T2\nM486 S0\nM486 AVisor\nM486 S-1");
    }
}

#[test]
fn a_skipped_object_leaves_the_nozzle_where_it_was() {
    let object = |name: &str| {
        format!("G1 Z9\nM486 T1\nM486 S0\nM486{name}\nG1 Z60\nM486 S-1\nG91\nG1 Z-55\nG90")
    };
    // Marlin looks for its letters on the whole line.
    for name in [" ACube", " AC", " A1 P0", "  A0 P0", " AU2"] {
        forbids(Rule::BelowBed, &object(name), &object(" AVisor.stl"));
    }
    let after = |moves: &str| {
        let file = format!(
            "{START}G1 X9 Y9 Z9\nM486 S0\nM486 ACube\nG1 Z60\nG1 X60 E3\n{moves}\nG90\n{END}"
        );
        let found = judge("ender3", file.as_bytes());
        let grave = found.into_iter().filter(|found| found.severity < Severity::Warn);
        grave.map(|found| found.rule).collect::<Vec<_>>()
    };
    // What slicers write goes through, warned of.
    for sound in [
        "M486 S-1\nG91\nG1 X1 Y1\nG1 Z120",
        "M486 S-1\nG91\nG1 Z-9.2",
        "M486 S-1\nG1 Z61\nG91\nG1 Z-50",
        "G91\nG1 Z-50\nG90\nM486 S-1",
        "M486 S-1\nG28 X\nG1 Z61\nG91\nG1 Z-50",
    ] {
        assert_eq!(after(sound), [], "{sound:?}");
    }
    for low in [
        "M486 S-1\nG91\nG1 Z-9.3",
        "M486 S-1\nG91\nG1 Z-5\nG1 Z-5",
        "M486 S1\nG1 Z90\nM486 S-1\nG91\nG1 Z-10",
        "M486 S-1\nG1 Z90\nM486 S1\nG1 Z5\nM486 S-1\nG91\nG1 Z-6",
        "M486 S-1\nG91\nG1 Z1\nG90\nM486 S1\nM486 S-1\nG91\nG1 Z-11",
    ] {
        assert_eq!(after(low), [Rule::BelowBed], "{low:?}");
    }
    // A name that holds S may end an object, or not; and after it anything is so until a height is named.
    for low in [
        "M486 ABandS-1\nG91\nG1 Z-9.3",
        "M486 ABand S\nG91\nG1 Z-9.3",
        "M486 S1\nM486 ACube S-1\nG91\nG1 Z50\nG1 Z-59.3",
        "M486 ACube S-1\nG91\nG1 Z50\nG1 Z-59.3\nG1 Z60",
        "M486 S1 ACube S-1\nG91\nG1 Z50\nM486 S-1\nG1 Z-9.3",
        "M486 S-1 AS\nG1 Z80\nM486 S-1\nG91\nG1 Z-9.3",
    ] {
        assert_eq!(after(low), [Rule::BelowBed], "{low:?}");
    }
    for sound in [
        "M486 ABandS-1\nG91\nG1 Z-9.2",
        "M486 ABandS-1\nM486 S-1\nG1 Z80\nG91\nG1 Z-70",
        "M486 S-1 AS\nG1 Z80\nG91\nG1 Z-70",
        "M486 ABands-1\nG91\nG1 Z-9.3",
        "M486 S1\nM486 ABand\nG91\nG1 Z-9.3",
    ] {
        assert_eq!(after(sound), [], "{sound:?}");
    }
    // Prusa's newer boards know a name by its place.
    let buddy = |fires: &str, silent: &str| {
        check_on("mk4", Rule::UnknownParameter, Severity::Forbid, &object(fires), &object(silent));
    };
    for cancels in ["  A0 P0", " S0 A0 P0", "\tA0 C"] {
        buddy(cancels, " ACube P0");
        buddy(cancels, "AUC");
    }
}

#[test]
fn a_mesh_that_fades_out_at_once_is_none() {
    for flat in ["M420 S1 Z0.01", "M420 Z0.99", "M420 Z0\nM420 Z0.01", "M420 Z0\nM420 Z10"] {
        forbids(Rule::OriginShift, flat, "M420 S1 Z1\nM420 Z10");
    }
    forbids(Rule::OriginShift, "G29 F0.01", "M420 Z0\nG29 F10");
    forbids(Rule::UnknownParameter, "G29 J", "G29 A");
}

#[test]
fn a_deltas_axes_go_home_together() {
    // From its home, at 360 mm and not at 10, this goes through the top.
    let step = "G1 X0 Y0 Z10\nG28 X\nG91\nG1 Z50\nG90";
    let silent = "G1 X0 Y0 Z10\nG28 X\nG91\nG1 Z-50\nG90";
    check_on("flsun-qqs", Rule::OutsideTravel, Severity::Forbid, step, silent);
    forbids(Rule::OutsideTravel, "G1 Z10\nG28 X\nG91\nG1 Z250\nG90", step);
}

#[test]
fn only_a_delta_homes_at_the_top() {
    let ender = include_str!("../../profiles/ender3.toml");
    let home = |home: &str| {
        let profile = ender.replace("home_mm = [0, 0, 0]", &format!("home_mm = {home}"));
        let profile = Profile::parse(&profile).expect("a sound profile");
        move |file: &str| -> Vec<_> {
            let mut scanner = Scanner::new(&Options::from(&profile));
            scanner.feed(format!("{START}{file}\n{END}").as_bytes());
            let findings = verify(&scanner.finish(), &profile);
            findings.into_iter().map(|found| (found.severity, found.rule)).collect()
        }
    };
    let in_the_middle = home("[117.5, 117.5, 10]");
    // Z stays where it was, and nothing leans.
    assert_eq!(in_the_middle("G1 X5 Y5 Z2\nG28 X\nG91\nG1 X9 Z-1\nG90\nG1 X235 Y235 Z250"), []);
    let below = (Severity::Forbid, Rule::BelowBed);
    assert_eq!(in_the_middle("G1 X5 Y5 Z2\nG28 X\nG91\nG1 Z-5\nG90"), [below]);
    let onto = "G1 X10 Z40\nG1 X60 E3\nG28";
    assert_eq!(in_the_middle(onto), [(Severity::Ask, Rule::OntoPrint)]);
}

#[test]
fn a_shift_without_a_letter_is_read_in_several_ways() {
    forbids(Rule::OriginShift, "G1 X0 Y0 Z0\nG1 E9\nG92", "G1 X0 Y0 Z0\nG1 E9\nG92 E0");
}

#[test]
fn a_file_for_a_printer_of_that_title_is_for_it() {
    let sliced = |model: &str| format!("; printer_model = {model}\n{START}{END}");
    for (profile, title) in [
        ("ender3", "Creality Ender-3"),
        ("ender3-s1", "Creality Ender-3 S1"),
        ("voron-2.4-350", "Voron 2.4 350"),
        ("mk4", "Prusa MK4"),
        ("anycubic-kossel", "Anycubic Kossel"),
        ("mk4", "Prusa MK4S"),
        ("mk4", "Prusa MK4S HF"),
        ("xl", "Prusa XL 5T"),
        ("flsun-qqs", "FLSun QQ-S Pro"),
        ("artillery-sidewinder", "Artillery Sidewinder X2"),
        ("ender3-bltouch", "Creality Ender-3 V2 Neo"),
    ] {
        assert!(!raised(profile, &sliced(title), Rule::OtherPrinter), "{title}");
        assert!(raised(profile, &sliced("Creality CR-10"), Rule::OtherPrinter), "{title}");
    }
}
