//! Each rule fires on a file that a naive checker would pass, and stays silent on the nearest sound one.

mod commands;
mod edges;
mod extrusion;
mod places;
mod spelling;

use visorfarm_gcode::{Finding, Language, Options, Profile, Rule, Scanner, Severity, verify};

const START: &str = "G21\nG90\nM83\nM140 S60\nM104 S200\nM190 S60\nM109 S200\nG28\nG1 Z5 F3000\n";
const END: &str = "M104 S0\nM140 S0\nM107\nM84\n";

fn judge(profile: &str, file: &[u8]) -> Vec<Finding> {
    let profile = Profile::shipped(profile).expect("a shipped profile");
    let mut scanner = Scanner::new(&Options::from(&profile));
    scanner.feed(file);
    let findings = verify(&scanner.finish(), &profile);
    for finding in &findings {
        assert_ne!(finding.reason.english, finding.reason.french, "both languages say it");
    }
    findings
}

/// Both are put between a sound start and a sound end; `silent` must raise nothing but notes.
#[track_caller]
fn check_on(profile: &str, rule: Rule, severity: Severity, fires: &str, silent: &str) {
    let found = judge(profile, format!("{START}{fires}\n{END}").as_bytes());
    let hit = found.iter().find(|finding| finding.rule == rule);
    assert_eq!(hit.map(|finding| finding.severity), Some(severity), "{fires:?} raised {found:#?}");
    let quiet = judge(profile, format!("{START}{silent}\n{END}").as_bytes());
    let loud: Vec<_> = quiet.iter().filter(|f| f.severity < Severity::Note).collect();
    assert!(loud.is_empty(), "{silent:?} raised {loud:#?}");
}

#[track_caller]
fn forbids(rule: Rule, fires: &str, silent: &str) {
    check_on("ender3", rule, Severity::Forbid, fires, silent);
}

#[track_caller]
fn asks(rule: Rule, fires: &str, silent: &str) {
    check_on("ender3", rule, Severity::Ask, fires, silent);
}

#[track_caller]
fn klipper(rule: Rule, fires: &str, silent: &str) {
    check_on("voron-2.4-300", rule, Severity::Forbid, fires, silent);
}

/// The whole file, without start and end.
#[track_caller]
fn whole(rule: Rule, severity: Severity, fires: &[u8]) {
    let found = judge("ender3", fires);
    let hit = found.iter().find(|finding| finding.rule == rule);
    assert_eq!(hit.map(|finding| finding.severity), Some(severity), "{found:#?}");
}

/// Returns whether the file, without start and end, raises `rule`.
fn raised(profile: &str, file: &str, rule: Rule) -> bool {
    judge(profile, file.as_bytes()).iter().any(|finding| finding.rule == rule)
}

#[test]
fn heat_is_s_and_r_by_any_spelling() {
    forbids(Rule::NozzleTooHot, "M104 S310", "M104 S210");
    forbids(Rule::NozzleTooHot, "M109 R310", "M109 R210");
    forbids(Rule::NozzleTooHot, "M109R310", "M109R210");
    forbids(Rule::NozzleTooHot, "N3 M104 S310*100", "M104 S200");
    forbids(Rule::BedTooHot, "M140 S130", "M140 S70");
    forbids(Rule::BedTooHot, "M190 R130", "M190 R70");
    forbids(Rule::ChamberTooHot, "M141 S40", "M141 S0");
    klipper(Rule::NozzleTooHot, "START_PRINT EXTRUDER_TEMP=400", "START_PRINT EXTRUDER_TEMP=215");
    klipper(Rule::NozzleTooHot, "START_PRINT T=400", "START_PRINT T=0");
    klipper(Rule::NozzleTooHot, "START_PRINT HOT=400", "START_PRINT LAYERS=400");
    klipper(Rule::BedTooHot, "START_PRINT B=140", "START_PRINT B=60");
    klipper(Rule::BedTooHot, "START_PRINT BED=\"140\"", "START_PRINT BED=60");
    klipper(Rule::UnknownParameter, "START_PRINT EXTRUDER=4e2", "START_PRINT MATERIAL=PLA2");
    klipper(Rule::UnknownParameter, "START_PRINT EXTRUDER=4_00", "START_PRINT BED_TYPE=smooth");
    klipper(
        Rule::NozzleTooHot,
        "START_PRINT EXTRUDER='400'",
        "EXCLUDE_OBJECT_START NAME='a_id_0_copy_0'",
    );
    klipper(Rule::Syntax, "START_PRINT \"EXTRUDER=400\"", "START_PRINT NAME=\"a b\"");
    klipper(Rule::HeaterSideDoor, "SET_HEATER_TEMPERATURE HEATER=extruder TARGET=400", "M104 S215");
}

#[test]
fn a_material_lowers_the_limit_of_the_printer() {
    forbids(
        Rule::NozzleTooHot,
        "; filament_type = PLA\nM104 S255",
        "; filament_type = PETG\nM104 S255",
    );
    let found =
        judge("ender3", format!("{START}; filament_type = PLA\nM104 S255\n{END}").as_bytes());
    let message = found[0].message();
    assert_eq!(message, "line 11: M104 S255 exceeds 240 °C allowed for PLA on Creality Ender-3");
}

#[test]
fn a_french_maker_reads_french() {
    let found = judge("ender3", format!("{START}M104 S310\n{END}").as_bytes());
    let message = found[0].tell(Language::French);
    assert_eq!(message, "ligne 10 : M104 S310 dépasse les 260 °C permis sur Creality Ender-3");
    let why = Rule::NozzleTooHot.why(Language::French);
    assert!(why.starts_with("Une buse trop chaude"), "{why}");
}

#[test]
fn a_heater_left_on_is_refused() {
    whole(Rule::LeftHot, Severity::Forbid, b"M104 S200\nG28\n");
    whole(Rule::LeftHot, Severity::Forbid, b"M140 S60\nM104 S200\nG28\nM104 S0\n");
    whole(Rule::LeftHot, Severity::Forbid, b"M104 T1 S200\nM104 T0 S0\n");
    // Marlin takes S of the two.
    whole(Rule::LeftHot, Severity::Forbid, b"M104 S200\nG28\nM109 S200 R0\n");
    whole(Rule::LeftHot, Severity::Forbid, b"M104 S200\nG28\nM190 S0 R60\nM104 S0\n");
    let file = b"G28\nSTART_PRINT EXTRUDER=215\nM104 S215\nEND_PRINT\n";
    assert_eq!(judge("voron-2.4-300", file), []);
    assert_eq!(judge("voron-2.4-300", b"M104 S215\nTURN_OFF_HEATERS\n"), []);
    assert!(raised("voron-2.4-300", "M104 S215\nSTATUS\n", Rule::LeftHot));
    whole(Rule::UnknownCommand, Severity::Forbid, b"M104 S200\nTURN_OFF_HEATERS\n");
}

#[test]
fn a_parked_tool_is_turned_off_by_its_number() {
    let xl = |end: &str| format!("T0\nM104 S200\nG28\nP0 S1\n{end}\n");
    assert!(raised("xl", &xl("M104 S0"), Rule::LeftHot));
    assert!(!raised("xl", &xl("M104 T0 S0"), Rule::LeftHot));
    assert!(!raised("xl", &xl("T0\nM104 S0"), Rule::LeftHot));
}

#[test]
fn what_a_macro_heats_is_turned_off_after_it() {
    let start = "START_PRINT BED=60 EXTRUDER=215\n";
    for hot in [
        "",
        "M104 S0\n",
        "M140 S0\n",
        "END_PRINT\nSTART_PRINT EXTRUDER=215\n",
        "END_PRINT\nM104 S0\nM140 S0\nPRINT_START\n",
        "M104 S0\nM140 S0\nM104 S200\n",
    ] {
        let file = format!("{start}G90\nG1 X9 Y9 F3000\n{hot}");
        assert!(raised("voron-2.4-300", &file, Rule::LeftHot), "{hot:?}");
    }
    for cold in ["END_PRINT\n", "TURN_OFF_HEATERS\n", "M104 S0\nM140 S0\n"] {
        let file = format!("M140 S60\n{start}G90\nG1 X9 Y9 F3000\n{cold}");
        assert!(!raised("voron-2.4-300", &file, Rule::LeftHot), "{cold:?}");
    }
}

#[test]
fn settings_that_outlive_the_print_are_refused() {
    forbids(Rule::Settings, "M500", "M503");
    forbids(Rule::Settings, "M502", "M420 S1");
    klipper(Rule::Settings, "SAVE_CONFIG", "STATUS");
    klipper(Rule::Settings, "Z_OFFSET_APPLY_PROBE", "QUAD_GANTRY_LEVEL");
    klipper(Rule::Settings, "BED_MESH_PROFILE SAVE=default", "BED_MESH_PROFILE LOAD=default");
    forbids(Rule::Firmware, "M997", "M115 U3.11.0");
    forbids(Rule::Steps, "M92 E400", "M83");
    forbids(Rule::HeaterTuning, "M303 E0 S200 C8", "M105");
    forbids(Rule::MotorCurrent, "M907 E538", "M84 E");
    forbids(Rule::MotorCurrent, "M17 X0.8", "M17");
    check_on("mk3s", Rule::MotorCurrent, Severity::Forbid, "M907 E900", "M907 E538");
    forbids(Rule::Endstops, "M211 S0", "M211 S1");
}

#[test]
fn limits_of_motion_are_the_printers() {
    forbids(Rule::MotionLimits, "M201 X90000", "M201 X500 Y500 Z100 E5000");
    forbids(Rule::MotionLimits, "M204 P90000", "M204 P500 R1000 T500");
    for still in ["M201 X0", "M203 X0", "M204 S0"] {
        forbids(Rule::MotionLimits, still, "M201 X1\nM203 X1\nM204 S1");
    }
    forbids(Rule::MotionLimits, "M205 X200", "M205 X8.00 Y8.00 Z0.40 E5.00");
    klipper(Rule::MotionLimits, "SET_VELOCITY_LIMIT ACCEL=900000", "SET_VELOCITY_LIMIT ACCEL=3000");
    klipper(
        Rule::MotionLimits,
        "SET_PRESSURE_ADVANCE ADVANCE=50",
        "SET_PRESSURE_ADVANCE ADVANCE=0.05",
    );
    check_on("ender3", Rule::Feed, Severity::Warn, "G1 X10 F60000", "G1 X10 F9000");
}

#[test]
fn safety_stops_pins_and_power_are_refused() {
    forbids(Rule::SafetyStop, "M999", "M400");
    forbids(Rule::SafetyStop, "M108", "M105");
    forbids(Rule::ColdExtrusion, "M302 P1", "M302 S170");
    forbids(Rule::ColdExtrusion, "M302 S0", "M302 S170");
    forbids(Rule::Pins, "M42 P4 S255", "M106 S255");
    forbids(Rule::Pins, "M280 P0 S90", "M300 S440 P200");
    forbids(Rule::Power, "M81", "M84");
    forbids(Rule::IdleTimeout, "M86 S0", "M155 S2");
    forbids(Rule::Tool, "T255", "T0");
    forbids(Rule::UnknownParameter, "T0 S1", "T0");
    check_on("xl", Rule::UnknownParameter, Severity::Forbid, "T0 X1", "T0 S1 L0 D0");
    check_on("xl", Rule::OutsideTravel, Severity::Forbid, "M217 Z300", "M217 Z2\nP0 S1 L1 D0\nT0");
    forbids(Rule::Tool, "M104 T3 S200\nM104 T3 S0", "M104 T0 S200");
    forbids(Rule::Serial, "M110 N0", "M31");
    forbids(Rule::OtherCode, "M32 /other.gco", "M73 P50 R10");
    forbids(Rule::OtherCode, "M808 L20", "M75");
    klipper(Rule::Shell, "RUN_SHELL_COMMAND CMD=x", "SET_PRINT_STATS_INFO TOTAL_LAYER=3");
}

#[test]
fn klipper_bends_by_a_centre_from_a_known_start_only() {
    let sound = "G1 X10 Y10\nG2 X20 Y20 I5 J5";
    klipper(Rule::Arc, "G1 X10 Y10\nG2 X20 Y20 R8", sound);
    klipper(Rule::Arc, "G1 X10 Y10\nG91\nG2 X10 Y10 I5 J5\nG90", sound);
    forbids(Rule::Arc, "G1 X10 Y10\nG2 X20 Y20", "G1 X10 Y10\nG2 X20 Y20 R8");
    let steps = "G1 X10 Y10\nG91\nG2 X10 Y10 I5 J5\nG90";
    forbids(Rule::Arc, "G1 X10 Y10\nG2 X20 Y20 I5 J5 R8", steps);
}

#[test]
fn the_print_server_is_not_commanded() {
    forbids(Rule::HostCommand, "@pause", "; @pause");
    forbids(Rule::HostCommand, "@pause now", "; @pause now");
    forbids(Rule::HostCommand, "@", "; @");
    let bed = "@BEDLEVELVISUALIZER";
    check_on("artillery-sidewinder", Rule::HostCommand, Severity::Forbid, "@cancel", bed);
    check_on("artillery-sidewinder", Rule::HostCommand, Severity::Forbid, &format!("{bed} x"), bed);
    forbids(Rule::HostAction, "M118 A1 action:cancel", "M118 layer 2");
    forbids(Rule::HostAction, "M118 //Action:cancel", "M117 Print visor.gcode; Display:");
    for reply in [
        "ok",
        "P0 ok T:20 /0",
        "Resend: 5",
        "E1 busy: paused",
        "A1 now T0:20",
        "Error:no",
        "!!",
        "start",
    ] {
        forbids(
            Rule::HostAction,
            &format!("M118 {reply}"),
            "M118 E1 Starting layer 2: top\nM117 ok T:20",
        );
    }
}

#[test]
fn what_is_not_known_is_refused() {
    forbids(Rule::UnknownCommand, "M12345", "M105");
    forbids(Rule::UnknownCommand, "G1.5 X1", "G01 X1");
    forbids(Rule::UnknownCommand, "START_PRINT", "M117 START_PRINT");
    klipper(Rule::UnknownCommand, "MY_MACRO", "start_print");
    forbids(Rule::UnknownParameter, "G1 X1 M104 S300", "G1 X1 ; M104 S300");
    forbids(Rule::UnknownParameter, "G1 H2 X5", "G1 X5");
    forbids(Rule::UnknownParameter, "M104 I1", "M104 S200");
    let many: Vec<_> = (2000..2300).map(|number| format!("M{number}")).collect();
    whole(Rule::TooManyCommands, Severity::Forbid, many.join("\n").as_bytes());
}

#[test]
fn a_rule_that_is_broken_again_and_again_does_not_hide_the_others() {
    let unknown: Vec<String> = (5_000..5_020).map(|number| format!("M{number}")).collect();
    let found = judge("ender3", format!("{START}{}\nM500\n{END}", unknown.join("\n")).as_bytes());
    let of = |rule| found.iter().filter(|finding| finding.rule == rule).count();
    assert_eq!((of(Rule::UnknownCommand), of(Rule::Settings)), (8, 1));
}

#[test]
fn lines_that_do_harm_only_together_are_refused() {
    forbids(Rule::OutsideTravel, "G91\nG1 X150\nG90\nG91\nG1 X150", "G91\nG1 X150\nG90\nG1 X150");
    forbids(Rule::BelowBed, "G1 Z5\nG91\nG1 Z-6", "G1 Z5\nG91\nG1 Z-5");
    forbids(Rule::BelowBed, "G1 Z10\nG92 Z20\nG1 Z9", "G1 Z10\nG1 Z9");
    forbids(Rule::LongExtrusion, "M82\nG92 E-90\nG1 E20 F300", "M82\nG92 E0\nG1 E20 F300");
    forbids(Rule::OutsideTravel, "G20\nG1 X10", "G1 X10");
    forbids(Rule::NozzleTooHot, "M104 S200 R300", "M104 S200");
    forbids(
        Rule::OutsideTravel,
        "G1 X235 Y100\nG3 X235 Y110 R-60",
        "G1 X100 Y100\nG3 X100 Y110 R-60",
    );
}

#[test]
fn inches_are_not_known_to_all_firmwares() {
    forbids(Rule::Inches, "G20\nG1 X1\nG21", "G21");
    forbids(Rule::Inches, "G20\nM207 S19\nG21\nG10", "M207 S19\nG10\nG11");
}

#[test]
fn waiting_for_a_person_is_asked_about() {
    asks(Rule::WaitsForPerson, "M600", "G4 S5");
    asks(Rule::WaitsForPerson, "M0", "G4");
    asks(Rule::LongDwell, "G4 S3600", "G4 S30");
    asks(Rule::LongDwell, "G4 P3600000", "G4 P200");
    asks(Rule::LongDwell, "G4 S599\nG4 S599", "G4 S599\nG1 X10\nG4 S599");
    asks(Rule::LongDwell, "G4 S400\nG1 X0.2\nM300 P9000\nG1 X0\nG4 P200000", "G4 S400\nM300 P9000");
    asks(Rule::LongDwell, "G4 S599\nG1 X0.999\nG4 S599", "G4 S599\nG1 X1\nG4 S599");
    asks(Rule::LongDwell, "G4 S599\nG4 S-599\nG4 S2", "G4 S600");
    asks(Rule::LongDwell, "G1 X10 F29", "G1 X10 F30");
    asks(Rule::LongDwell, "G1 X10 F120\nM220 S20", "G1 X10 F120\nM220 S25");
    asks(Rule::LongDwell, "M300 S440 P3600000", "M300 S440 P200");
    forbids(Rule::UnknownParameter, "M600 Z-20", "M105");
    forbids(Rule::UnknownParameter, "M600 L900", "M105");
}

#[test]
fn a_file_for_another_machine_is_not_printed() {
    check_on(
        "mk3s",
        Rule::OtherPrinter,
        Severity::Forbid,
        "M862.3 P \"MINI\"",
        "M862.3 P \"MK3S\"",
    );
    asks(Rule::OtherPrinter, "; printer_model = MK3S", "; printer_model = ENDER3");
    asks(Rule::OtherNozzle, "; nozzle_diameter = 0.8", "; nozzle_diameter = 0.4");
    check_on("mk3s", Rule::OtherNozzle, Severity::Ask, "M862.1 P0.6", "M862.1 P0.4");
    check_on(
        "mk4",
        Rule::OtherNozzle,
        Severity::Ask,
        "M862.1 P0.4\nM862.1 P0.25",
        "M862.1 P0.4 A0 F0",
    );
    asks(Rule::OtherMaterial, "; filament_type = PEEK", "; filament_type = PLA");
}

#[test]
fn a_file_that_broke_off_is_told() {
    whole(Rule::Truncated, Severity::Warn, b";LAYER_COUNT:3\n;LAYER:0\nG28\n");
    whole(Rule::Truncated, Severity::Warn, b"; generated by PrusaSlicer 2.5.0\nG28\n");
    whole(Rule::Truncated, Severity::Warn, b"M104 S200\nG28\nG1 X3.14");
    let claims = format!("; filament used [mm] = 5000\n{START}G1 X1 E1\n{END}");
    whole(Rule::Truncated, Severity::Ask, claims.as_bytes());
    let claims = format!("; filament used [mm] = 1\n{START}{}{END}", "G1 X1 E90\n".repeat(3));
    whole(Rule::ClaimsDiffer, Severity::Warn, claims.as_bytes());
}

#[test]
fn other_formats_are_named() {
    for bytes in [
        &b"PK\x03\x04rest"[..],
        b"\x1F\x8B\x08rest",
        b"GCDE\x01\0\0\0",
        b"\x89PNG\r\n",
        b"\xFF\xFEG\x001\x00",
        b"solid part\nfacet normal 0 0 1\nendsolid part\n",
        b"<!DOCTYPE html>\n<html>\n",
        b"%$&\n!!\n",
    ] {
        whole(Rule::NotGcode, Severity::Forbid, bytes);
    }
    for bytes in [&b""[..], b"\n\n", b"; a comment\n"] {
        whole(Rule::Empty, Severity::Forbid, bytes);
    }
}

#[test]
fn small_test_files_are_gcode() {
    let dwell = "G4 P200\n".repeat(25);
    for file in
        ["M107\nM107\nM107\n", dwell.as_str(), "G28\nG1 X10 Y10 F3000\n", "M117 hello\nG28 X0 Y0\n"]
    {
        assert_eq!(judge("ender3", file.as_bytes()), [], "{file:?}");
        assert_eq!(judge("generic", file.as_bytes()), [], "{file:?}");
    }
}

#[test]
fn a_purge_beside_the_bed_is_a_note() {
    let found = judge("mk3s", format!("{START}G1 Y-3 F1000\nG1 X60 E9 F1000\n{END}").as_bytes());
    assert_eq!(
        found.iter().map(|f| (f.severity, f.rule)).collect::<Vec<_>>(),
        [(Severity::Note, Rule::OutsidePrint)]
    );
}

#[test]
fn what_the_file_says_cannot_steer_who_reads_it() {
    let found = judge("ender3", "M117 \u{202E}\x1b[2J\nM12345 \u{7}\n".as_bytes());
    assert!(!found.is_empty());
    for finding in found {
        let message = finding.message();
        assert!(message.chars().all(|c| !c.is_control() && c != '\u{202E}'), "{message:?}");
        assert!(finding.text.chars().count() <= 80);
    }
}
