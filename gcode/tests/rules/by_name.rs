//! Klipper: its commands have names, it takes lines apart in its own way, and a line that it refuses does nothing.

use std::collections::BTreeMap;

use visorfarm_gcode::{Macro, MacroEffect, Profile, Rule, Severity};

use super::{check_on, judge, judge_on, klipper};

pub(crate) const PRINTER: &str = "voron-2.4-250";

/// A print under macros, with `code` in it and `end` behind it.
pub(crate) fn print(code: &str, end: &str) -> String {
    let laid = "G1 Z0.2 F600\nG1 X50 Y50 F3000\nG1 X90 E2 F1500\nG1 Z40\nG1 X50 E2\n";
    format!("START_PRINT EXTRUDER=205 BED=60\nG90\nM83\n{laid}{code}\n{end}\n")
}

#[track_caller]
pub(crate) fn found(file: &str) -> Vec<(Severity, Rule)> {
    judge(PRINTER, file.as_bytes()).iter().map(|found| (found.severity, found.rule)).collect()
}

#[test]
fn nothing_is_probed_through_a_print_by_name() {
    let onto = [(Severity::Ask, Rule::OntoPrint)];
    for down in ["BED_MESH_CALIBRATE", "QUAD_GANTRY_LEVEL", "Z_TILT_ADJUST", "START_PRINT"] {
        assert_eq!(found(&print(down, "END_PRINT")), onto, "{down}");
        assert_eq!(found(&format!("G28\n{down}\n{}", print("", "END_PRINT"))), [], "{down}");
    }
    assert_eq!(
        found(&print("TIMELAPSE_TAKE_FRAME\nBED_MESH_PROFILE LOAD=default", "END_PRINT")),
        []
    );
}

#[test]
fn klipper_probes_by_number_only_where_its_owner_made_it_so() {
    let unknown = (Severity::Forbid, Rule::UnknownCommand);
    for number in ["G29", "G32", "G34", "G80"] {
        assert_eq!(found(&format!("{number}\n{}", print("", "END_PRINT"))), [unknown], "{number}");
    }
    let mut owners = Profile::shipped(PRINTER).expect("a shipped profile");
    let mut does = |effects: &[MacroEffect]| {
        let g29 = Macro {
            name: "G29".into(),
            does: effects.iter().copied().collect(),
            words: BTreeMap::new(),
        };
        owners.macros.retain(|known| known.name != "G29");
        owners.macros.push(g29);
        let owners = owners.clone();
        move |file: &str| -> Vec<_> {
            judge_on(&owners, file.as_bytes()).iter().map(|f| (f.severity, f.rule)).collect()
        }
    };
    let laid = "M83\nG1 X50 Y50 Z0.2 F3000\nG1 X90 E2\nG1 Z40\nG1 X50 E2\n";
    let file = |start: &str, then: &str| {
        format!("M109 S200\n{start}\nG90\n{laid}{then}\nM104 S0\nM140 S0\n")
    };
    let (homes, probes) = (does(&[MacroEffect::Home]), does(&[]));
    assert_eq!(homes(&file("G29", "")), []);
    assert_eq!(probes(&file("G28\ng29", "")), []);
    // It homes, meshes and comes down on a print, as far as the owner says so.
    assert_eq!(probes(&file("G29", "")), [(Severity::Forbid, Rule::Unhomed)]);
    let flat = (Severity::Ask, Rule::OriginShift);
    assert!(probes(&file("G28\nBED_MESH_CLEAR\nG29", "")).contains(&flat));
    assert_eq!(homes(&file("G28\nBED_MESH_CLEAR\nG29", "")), []);
    for owners in [&homes as &dyn Fn(&str) -> Vec<(Severity, Rule)>, &probes] {
        assert_eq!(owners(&file("G28", "G29")), [(Severity::Ask, Rule::OntoPrint)]);
    }
    // What it is told is held against the heaters.
    let heats = does(&[MacroEffect::Home, MacroEffect::Heat]);
    assert_eq!(heats(&file("G29 B121", "")), [(Severity::Forbid, Rule::BedTooHot)]);
}

#[test]
fn a_mesh_that_is_taken_away_comes_back_before_the_print() {
    let cleared = |then: &str| format!("{then}\nG1 X90 E2");
    let flat = [(Severity::Ask, Rule::OriginShift)];
    assert_eq!(found(&print(&cleared("BED_MESH_CLEAR"), "END_PRINT")), flat);
    assert_eq!(found(&print("BED_MESH_CLEAR", "END_PRINT")), []);
    let loaded = cleared("BED_MESH_CLEAR\nBED_MESH_PROFILE LOAD=default");
    assert_eq!(found(&print(&loaded, "END_PRINT")), []);
    assert_eq!(found(&format!("BED_MESH_CLEAR\n{}", print("", "END_PRINT"))), []);
    // What comes after the print, or loads none, does not help it.
    let late = print(&cleared("BED_MESH_CLEAR"), "END_PRINT\nBED_MESH_PROFILE LOAD=default");
    assert_eq!(found(&late), flat);
    let again = print(&cleared("BED_MESH_CLEAR"), "BED_MESH_CALIBRATE\nEND_PRINT");
    assert!(found(&again).contains(&flat[0]));
    for none in ["BED_MESH_PROFILE", "BED_MESH_PROFILE LOAD=", "TIMELAPSE_TAKE_FRAME"] {
        let found = found(&print(&cleared(&format!("BED_MESH_CLEAR\n{none}")), "END_PRINT"));
        assert!(found.contains(&flat[0]), "{none}");
    }
}

#[test]
fn nobody_probes_by_hand_while_the_file_goes_on() {
    let start = |probing: &str| format!("G28\n{probing}\n{}", print("", "END_PRINT"));
    let by_hand = (Severity::Forbid, Rule::WaitsForPerson);
    for probing in ["BED_MESH_CALIBRATE METHOD=manual", "Z_TILT_ADJUST method='Manual'"] {
        assert_eq!(found(&start(probing)), [by_hand], "{probing}");
    }
    for probing in ["BED_MESH_CALIBRATE METHOD=automatic", "BED_MESH_CALIBRATE PROFILE=manual"] {
        assert_eq!(found(&start(probing)), [], "{probing}");
    }
    let onto = print("BED_MESH_CALIBRATE METHOD=manual\nG1 X90 E2", "END_PRINT");
    assert!(found(&onto).contains(&(Severity::Ask, Rule::OriginShift)));
}

#[test]
fn letters_without_a_number_between_them_are_a_name() {
    for name in ["G28 XY Z", "G28 X YZ", "M106 PS255", "M140 RS0"] {
        klipper(Rule::Syntax, name, "G28 X Y\nG28 X0Y0\nM106 P0S255 ; XY\nG28 XY\nM84 XYE");
    }
    // All axes are homed, Z among them; and all motors let go.
    let onto = [(Severity::Ask, Rule::OntoPrint)];
    assert_eq!(found(&print("G28 XY ; sideways", "END_PRINT")), onto);
    assert_eq!(found(&print("G28 X Y", "END_PRINT")), []);
    let lost = (Severity::Ask, Rule::Unhomed);
    assert!(found(&print("M84 xe\nG1 X9", "END_PRINT")).contains(&lost));
    check_on("ender3", Rule::UnknownParameter, Severity::Forbid, "G28 XQ", "G28 XY");
}

#[test]
fn a_line_that_is_an_error_cools_nothing() {
    for error in ["END_PRINT A", "END_PRINT A B=1", "END_PRINT PART ; done"] {
        assert!(found(&print("", error)).contains(&(Severity::Forbid, Rule::Syntax)), "{error}");
    }
    assert_eq!(found(&print("", "END_PRINT A=1 ; B")), []);
    klipper(Rule::Syntax, "TURN_OFF_HEATERS X", "TURN_OFF_HEATERS");
    for error in ["M104 T0.0 S0", "M104 S0 T0.9", "M109 T.0 S200"] {
        klipper(Rule::Syntax, error, "M104 T0 S0\nM104 S200.0 T0\nM109 S200.5");
    }
    check_on("ender3", Rule::Syntax, Severity::Forbid, "M104 T0 S--1", "M104 T0.0 S200");
}

#[test]
fn only_what_may_be_a_number_heats() {
    let start = |words: &str| format!("PRINT_START {words}");
    let names = "EXTRUDER=240 BED_TYPE=\"Smooth PEI 2\" HOTEND_TYPE='V6' TOOL_NAME=T0";
    for hot in [
        "BED=1e3",
        "EXTRUDER=4_00",
        "BED='90 0'",
        "TOOL=0x190",
        "EXTRUDER=nan",
        "EXTRUDER=-Inf",
        "BED=+infinity",
        "EXTRUDER=\"299;\"",
        "EXTRUDER='299 # T1'",
    ] {
        klipper(Rule::UnknownParameter, &start(hot), &start(names));
    }
    klipper(Rule::BedTooHot, &start("BED=\"900\""), &start(names));
    // What a template makes of them.
    for hot in ["EXTRUDER=\"200 S300\"", "TOOL=T0S300", "EXTRUDER=' S300.5'", "HOT='R 286'"] {
        klipper(Rule::NozzleTooHot, &start(hot), &start("FILAMENT='PLA 2000' EXTRUDER=200"));
    }
    for odd in ["EXTRUDER=\"200 TARGET=3e2\"", "EXTRUDER='200 S1234567890'"] {
        klipper(Rule::UnknownParameter, &start(odd), &start("NAME='a=b 1234567890'"));
    }
}

#[test]
fn a_value_ends_where_klipper_ends_it() {
    for (cut, whole) in [
        ("PRINT_START EXTRUDER=299#", "PRINT_START EXTRUDER=240 # 299"),
        ("PRINT_START EXTRUDER=299*", "PRINT_START EXTRUDER=240 ;*"),
        ("SET_VELOCITY_LIMIT ACCEL=100000#", "SET_VELOCITY_LIMIT ACCEL=3000 #"),
        ("SET_PRESSURE_ADVANCE ADVANCE=50#", "SET_PRESSURE_ADVANCE ADVANCE=0.05"),
        ("BED_MESH_CALIBRATE HORIZONTAL_MOVE_Z=0.1#", "BED_MESH_CALIBRATE HORIZONTAL_MOVE_Z=5"),
    ] {
        klipper(Rule::Syntax, cut, whole);
    }
    klipper(Rule::UnknownParameter, "SET_VELOCITY_LIMIT ACCEL=nan", "SET_VELOCITY_LIMIT ACCEL=900");
}

#[test]
fn what_klipper_cannot_read_is_an_error() {
    let sound = "SET_VELOCITY_LIMIT VELOCITY=\"200\" MINIMUM_CRUISE_RATIO=0.5\nSET_VELOCITY_LIMIT ACCEL=900\n\
        SET_PRINT_STATS_INFO TOTAL_LAYER=9 CURRENT_LAYER=0\nSET_PRESSURE_ADVANCE ADVANCE=0.05";
    for odd in [
        "SET_VELOCITY_LIMIT VELOCITY=abc",
        "SET_VELOCITY_LIMIT ACCEL=",
        "SET_PRESSURE_ADVANCE ADVANCE=abc",
        "SET_PRESSURE_ADVANCE SMOOTH_TIME=x",
        "SET_PRINT_STATS_INFO TOTAL_LAYER=abc",
        "BED_MESH_CALIBRATE HORIZONTAL_MOVE_Z=high",
    ] {
        klipper(Rule::UnknownParameter, odd, sound);
    }
    klipper(Rule::MotionLimits, "SET_VELOCITY_LIMIT MINIMUM_CRUISE_RATIO=2", sound);
    for nobody in
        ["SET_PRESSURE_ADVANCE EXTRUDER=nosuch", "SET_PRESSURE_ADVANCE EXTRUDER=extruder1.0"]
    {
        klipper(Rule::Syntax, nobody, sound);
    }
    klipper(Rule::Tool, "SET_PRESSURE_ADVANCE EXTRUDER=extruder1", sound);
    for nameless in
        ["EXCLUDE_OBJECT_START", "EXCLUDE_OBJECT_DEFINE CENTER=1,2", "EXCLUDE_OBJECT_START NAME="]
    {
        klipper(
            Rule::Syntax,
            nameless,
            "EXCLUDE_OBJECT_DEFINE NAME=a\nEXCLUDE_OBJECT_START NAME=a\nEXCLUDE_OBJECT_END",
        );
    }
    let ask = |rule, fires: &str, silent: &str| {
        check_on("voron-2.4-300", rule, Severity::Ask, fires, silent);
    };
    ask(Rule::OriginShift, "BED_MESH_PROFILE LOAD=nosuch", "BED_MESH_PROFILE LOAD=default");
    ask(Rule::LongExtrusion, "G1 E50.1 F300", "G1 E50 F300\nG1 X90 E10");
    ask(Rule::LongExtrusion, "G1 X90 E-51 F300", "G1 E-50 F300");
    let patient = "BED_MESH_CALIBRATE PROBE_COUNT=50,50\nBED_MESH_CALIBRATE PROBE_COUNT=9";
    for endless in ["PROBE_COUNT=200,200", "PROBE_COUNT=51", "RETRIES=101"] {
        ask(Rule::LongDwell, &format!("BED_MESH_CALIBRATE {endless}"), patient);
    }
    ask(Rule::LongDwell, "QUAD_GANTRY_LEVEL RETRIES=1000", "QUAD_GANTRY_LEVEL RETRIES=9");
}

#[test]
fn a_speed_of_nothing_is_an_error() {
    for lift in ["G1 Z4.9 F0", "G1 Z4.9 F-600", "G0 F0.0"] {
        klipper(Rule::Syntax, lift, "G1 Z4.9 F600");
        check_on("ender3", Rule::UnknownCommand, Severity::Forbid, "M12345", lift);
    }
}

#[test]
fn it_has_one_fan() {
    check_on("ender3", Rule::Fan, Severity::Forbid, "M106 P2 S0", "M106 P0 S0");
    klipper(Rule::Fan, "SET_FAN_SPEED FAN=hotend SPEED=0", "M106 P2 S0\nM107 P2");
}
