//! The commands themselves: refused ones by name, allowed ones by their limits.

use visorfarm_gcode::{Options, Profile, Rule, Scanner, Severity, verify};

use super::{END, START, asks, check_on, forbids, judge, klipper, raised};

/// Returns the rules that `code` breaks on a printer like the generic one that runs `RepRapFirmware`.
pub(super) fn on_duet(code: &str) -> Vec<Rule> {
    whole_on_duet(&format!("{START}{code}\n{END}"))
}

/// The same of a file without start and end.
pub(super) fn whole_on_duet(file: &str) -> Vec<Rule> {
    let generic = Profile::shipped("generic").expect("a shipped profile").to_toml();
    let duet = generic.replace("\"marlin\"", "\"rep-rap-firmware\"");
    let duet = Profile::parse(&duet).expect("the same under another firmware");
    let mut scanner = Scanner::new(&Options::from(&duet));
    scanner.feed(file.as_bytes());
    verify(&scanner.finish(), &duet).iter().map(|found| found.rule).collect()
}

#[test]
fn what_is_no_number_is_refused_where_a_number_counts() {
    klipper(
        Rule::UnknownParameter,
        "SET_PRESSURE_ADVANCE ADVANCE=1e1 EXTRUDER=extruder",
        "SET_PRESSURE_ADVANCE ADVANCE=0.05 EXTRUDER=extruder0",
    );
}

#[test]
fn a_command_of_one_firmware_is_unknown_to_others() {
    forbids(Rule::UnknownCommand, "M403 E0 F1", "M400");
    check_on("xl", Rule::UnknownCommand, Severity::Forbid, "M404", "M403 E0 F1");
}

#[test]
fn a_letter_without_its_number_is_no_way_round_a_limit() {
    forbids(Rule::FlowFactor, "M200 S", "M200 D0");
    forbids(Rule::FlowFactor, "M221 S", "M221");
    forbids(Rule::Fan, "M107 P", "M107");
    forbids(Rule::MotionLimits, "M204 S", "M204 S500");
    asks(Rule::LongDwell, "M300 P", "M300 S440 P200");
    forbids(Rule::OutsideTravel, "G28 R", "G28 X Y Z");
    check_on("mk3s", Rule::MotorCurrent, Severity::Forbid, "M907 E", "M907 E538");
}

#[test]
fn cold_filament_is_guarded_by_a_temperature_that_is_said() {
    for unguarded in ["M302", "M302 P1", "M302 P", "M302 P0", "M302 S", "M302 S0"] {
        forbids(Rule::ColdExtrusion, unguarded, "M302 S170");
    }
    check_on("mk3s", Rule::ColdExtrusion, Severity::Forbid, "M302 S170\nM302", "M302 S170");
}

#[test]
fn a_duet_obeys_a_second_command_on_the_line() {
    for second in
        ["M115 P0 M104 S400", "M115 \"\" M104 S400", "M117 hello M104 S400", "M118 S\"a\"G28"]
    {
        assert!(!on_duet(second).is_empty(), "{second}");
    }
    for one in
        ["M115", "M115 P0", "M117 hello", "M118 layer 2", "M486 A3DBenchy (1).stl", "G10\nG11"]
    {
        assert_eq!(on_duet(one), [], "{one}");
    }
    assert_eq!(on_duet("G10 S400\nG10 S0"), [Rule::NozzleTooHot]);
    assert!(on_duet("G10 P1 S200").contains(&Rule::LeftHot));
    assert!(!on_duet("G10 P1 S200\nM104 T1 S0").contains(&Rule::LeftHot));
}

#[test]
fn what_slicers_write_for_a_duet_is_known() {
    let start = "M201 X5000 Y5000 Z500 E10000\nM203 X30000 Y30000 Z720 E7200\nM204 P1500 T1500\n\
        M566 X600.00 Y600.00 Z12.00 E150.00\nG10 S200 P0\nM116 ; wait\nM116 P0 S5";
    assert_eq!(on_duet(start), []);
    assert_eq!(on_duet("M568 P0 S200 R150 A2\nM568 P0 S0 R0 A0\nT-1 ; none\nt-1"), []);
    for fast in ["M203 X30001", "M203 Z1201", "M203 X59\nM203 X9000", "M566 X1801", "M566 Z181"] {
        assert_eq!(on_duet(fast), [Rule::MotionLimits], "{fast}");
    }
    assert_eq!(on_duet("M568 P0 S400\nM568 P0 S0"), [Rule::NozzleTooHot]);
    assert!(whole_on_duet("M568 P0 S200\nM568 P0 A0\n").contains(&Rule::LeftHot));
    assert!(on_duet("M568 P1 S0").contains(&Rule::Tool));
    // Nobody holds the tool that this is for.
    let held = |end: &str| whole_on_duet(&format!("T0\nM104 S200\nG28\n{end}\n"));
    assert!(held("T-1\nM104 S0").contains(&Rule::LeftHot));
    assert!(!held("T-1\nM104 T0 S0").contains(&Rule::LeftHot));
    for other in ["T-2", "T-1 S1", "T-1M104"] {
        assert!(!on_duet(other).is_empty(), "{other}");
    }
    for command in ["M116", "M566 X9", "M568 S0", "T-1"] {
        assert!(raised("ender3", &format!("{command}\n"), Rule::UnknownCommand), "{command}");
    }
}

#[test]
fn motors_are_not_let_go_in_a_dwell() {
    asks(Rule::Unhomed, "M84 S1\nG4 S9", "M84 S120\nG4 S9");
    asks(Rule::Unhomed, "M18 S59", "M18 S60");
}

#[test]
fn only_the_parts_fan_is_touched() {
    // Every stock file turns that one off while the nozzle is hot: for the first layer, and at the end.
    let parts = "M107\nM106 S255\nM106 P0 S128\nM106\nM106 S0\nM107 P0\nM106 T2";
    for other in ["M106 P1 S0", "M107 P1", "M106 P-1 S0", "M106 P3 S255", "M106 I1", "M710 S0 I0"] {
        forbids(Rule::Fan, other, parts);
    }
    check_on("mk4", Rule::Fan, Severity::Forbid, "M142 S90", "M142 S36\nM107");
    klipper(Rule::Fan, "SET_FAN_SPEED FAN=hotend SPEED=0", "M107\nM106 S255");
    klipper(Rule::Fan, "SET_TEMPERATURE_FAN_TARGET TEMPERATURE_FAN=board TARGET=90", "M107");
}

#[test]
fn fans_that_mind_themselves_are_left_to_it_where_the_printer_has_them() {
    let minded = "M106 P5 R A125 B10 C5\nM106 P5 R A125 B10\nM106 P3 N76 G3\nM106 P4 S0\nM107 P3\nM107 P5\nM106 S70";
    for other in [
        "M106 P1 S0",
        "M106 P5 S0\nM106 P1 S0",
        "M106 P6 S0",
        "M106 P5 R\nM107 P2",
        "M107 P1.5",
        "M106 P5\nM106 P261 S0",
    ] {
        check_on("core-one-l", Rule::Fan, Severity::Forbid, other, minded);
    }
    for (printer, fan) in [("core-one", "M106 P5 S0"), ("mk4", "M106 P5 R"), ("xl", "M106 P3 S9")] {
        check_on(printer, Rule::Fan, Severity::Forbid, fan, "M106 P0 S9\nM107 P0");
    }
    check_on("core-one", Rule::Fan, Severity::Forbid, "M106 P3 I1", "M106 P3 R\nM106 P4 R");
    check_on("mk4", Rule::Fan, Severity::Forbid, "M106 R", "M106");
}

#[test]
fn a_report_from_before_says_nothing_of_fans() {
    let profile = Profile::shipped("core-one-l").expect("a shipped profile");
    let mut scanner = Scanner::new(&Options::from(&profile));
    scanner.feed(format!("{START}M106 P5 S0\n{END}").as_bytes());
    let mut report = scanner.finish();
    assert_eq!(verify(&report, &profile), []);
    report.evidence.fans.clear();
    assert_eq!(verify(&report, &profile)[0].rule, Rule::Fan);
}

#[test]
fn a_core_one_starts_and_ends_as_its_slicer_has_it() {
    let file = "; printer_model = COREONEL\nM17\nM862.1 P0.4 A0 F1\nM862.3 P \"COREONEL\"\nM862.5 P2\n\
        M862.6 P\"Input shaper\"\nM115 U6.5.1+12574\nM555 X100 Y90 W40 H44\nG90\nM83\nM140 S60\n\
        M106 P5 R A125 B10\nM109 R170\nM84 E\nG28 Q\nG1 Z20 F720\nM141 S20\nM106 P3 N76 G3\nM106 S70\n\
        M190 R60\nM107\nM107 P5\nM109 R170\nM302 S155\nG1 E-2 F2400\nM84 E\nG29 P9 X208 Y-2.5 W32 H4\n\
        M84 E\nG29 P1\nG29 P1 X150 Y0 W100 H20 C\nG29 P3.2\nG29 P3.13\nG29 A\nM104 S220\n\
        G0 X249 Y-2.5 Z15 F4800\nM109 S220\nG92 E0\nM569 S0 E\nM591 S0\nG1 E2 F2400\nG0 E5 X235 Z0.2 F500\n\
        G0 X225 E4 F500\nG0 X202 Z0.05 F8000\nM591 R\nM221 S100\nG1 X120 Y100 Z0.2 F6000\nG1 X140 E1 F1800\n\
        G1 Z1.2 F720\nM104 S0\nM140 S0\nM141 S0\nM107\nM107 P3\nM107 P5\nG1 X242 Y211 F10200\nG4\nM572 S0\nM84 X Y E\n";
    let found = judge("core-one-l", file.as_bytes());
    assert!(found.iter().all(|found| found.rule == Rule::OutsidePrint), "{found:#?}");
    assert!(raised("mk4", file, Rule::OtherPrinter));
    for printer in ["ender3", "mk3s"] {
        assert!(raised(printer, "G28 Q\n", Rule::UnknownParameter), "{printer}");
    }
    // It may stay where the firmware holds it to be.
    let step = "G1 X50 Y50 Z50\nG28 Q\nG91\nG1 Z-1\nG90";
    check_on("core-one-l", Rule::RelativeFromUnknown, Severity::Ask, step, "G28 Q\nG1 Z9");
    let high = |home: &str| format!("G1 Z320\n{home}\nG91\nG1 Z15\nG90");
    check_on("core-one-l", Rule::OutsideTravel, Severity::Forbid, &high("G28 Q"), &high("G28"));
}

#[test]
fn the_line_of_the_other_fan_is_named() {
    for (code, line) in [("M106 P0\nM106 P9", 2), ("M106 P-1\nM106 P9", 1)] {
        let found = judge("ender3", format!("{code}\n{START}{END}").as_bytes());
        let named: Vec<_> = found.iter().map(|finding| (finding.rule, finding.line)).collect();
        assert_eq!(named, [(Rule::Fan, Some(line))], "{code:?}");
    }
}

#[test]
fn a_fan_that_heeds_a_heater_goes_on_heeding_it() {
    for heedless in ["M106 H-1", "M106 T250", "M106 P0 T250 H1", "M106 P1 S0", "M106 X0.1"] {
        assert_eq!(on_duet(heedless), [Rule::Fan], "{heedless}");
    }
    assert_eq!(on_duet("M106 S0.5\nM106 P0 S128\nM107"), []);
}

#[test]
fn what_is_allowed_within_limits_is_refused_beyond_them() {
    forbids(Rule::MotionLimits, "M203 X9000", "M203 X200 Y200 Z10 E50");
    forbids(Rule::MotionLimits, "M205 J2", "M205 J0.02");
    forbids(Rule::MotionLimits, "M205 S400", "M205 S0 T0");
    forbids(Rule::MotionLimits, "M205 T6", "M205 S5 T5");
    forbids(Rule::MotionLimits, "M572 S50", "M572 S0.05");
    forbids(Rule::MotionLimits, "M593 F90000", "M593 F40 D0.15");
    forbids(Rule::MotionLimits, "M593 D1", "M593 F40 D0.99");
    forbids(Rule::MotionLimits, "M593 D7", "M593 F40 D0.15");
    forbids(Rule::MotionLimits, "M900 K9000", "M900 K0.05");
    forbids(Rule::UnknownParameter, "M106 S900", "M106 S255");
    forbids(Rule::UnknownParameter, "M208 Z400", "M207 S3");
    forbids(Rule::FlowFactor, "M200 S1", "M200 S0");
    forbids(Rule::OriginShift, "M420 Z-5", "M420 Z2");
    forbids(Rule::ChamberTooHot, "M191 R90", "M191 S0");
    klipper(
        Rule::MotionLimits,
        "SET_VELOCITY_LIMIT VELOCITY=9000",
        "SET_VELOCITY_LIMIT VELOCITY=300",
    );
    klipper(
        Rule::MotionLimits,
        "SET_VELOCITY_LIMIT SQUARE_CORNER_VELOCITY=90",
        "SET_VELOCITY_LIMIT SQUARE_CORNER_VELOCITY=5",
    );
    for still in ["VELOCITY=0.01", "ACCEL=0", "ACCEL_TO_DECEL=0.5", "SQUARE_CORNER_VELOCITY=-1"] {
        let file = format!("SET_VELOCITY_LIMIT {still}");
        klipper(
            Rule::MotionLimits,
            &file,
            "SET_VELOCITY_LIMIT ACCEL=1 SQUARE_CORNER_VELOCITY=0\nSET_VELOCITY_LIMIT ACCEL=900",
        );
    }
    check_on("ender3", Rule::Settings, Severity::Warn, "M501", "M503");
    check_on("ender3", Rule::IdleTimeout, Severity::Warn, "M85 S0", "M155 S2");
    for pauses in ["M1", "M25", "M601"] {
        asks(Rule::WaitsForPerson, pauses, "M400");
    }
    check_on("voron-2.4-300", Rule::WaitsForPerson, Severity::Ask, "PAUSE", "CLEAR_PAUSE");
}

#[test]
fn a_duet_takes_its_mesh_away_by_number() {
    let flat = |code: &str| {
        on_duet(&format!("{code}\nG1 X50 Y50\nG1 X90 E2\n")).contains(&Rule::OriginShift)
    };
    assert!(flat("G29 S2"));
    assert!(flat("G29 S1\nG29 S2"));
    for meshed in ["G29", "G29 S0", "G29 S1", "G29 S2\nG29 S1", "G29 S2\nG29"] {
        assert!(!flat(meshed), "{meshed}");
    }
    assert!(!on_duet("G29 S2").contains(&Rule::OriginShift));
}
