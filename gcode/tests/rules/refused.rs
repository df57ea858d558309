//! What outlives the print, or goes past what keeps it safe.

use visorfarm_gcode::{Rule, Severity};

use super::{check_on, forbids, klipper};

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
fn what_watches_for_filament_is_set_for_this_print_only() {
    for printer in ["mk4", "xl", "core-one"] {
        check_on(printer, Rule::Settings, Severity::Forbid, "M591 S0 P", "M591 S0\nM591 R");
        check_on(printer, Rule::Settings, Severity::Forbid, "M591 P0", "M591 S1");
    }
}

#[test]
fn filament_is_pushed_ahead_by_little() {
    for far in ["M900 W1.1", "M900 H0.5", "M900 D0.01", "M900 K9999", "M900 D"] {
        forbids(Rule::MotionLimits, far, "M900 W0.45 H0.2 D1.75\nM900 K200\nM900 W1 H0.45 D1.7");
    }
    check_on("mk4", Rule::MotionLimits, Severity::Forbid, "M572 S0.51", "M572 S0.5\nM572 S0");
    forbids(Rule::MotionLimits, "M572 S1.1", "M572 S1");
    klipper(
        Rule::MotionLimits,
        "SET_PRESSURE_ADVANCE SMOOTH_TIME=9",
        "SET_PRESSURE_ADVANCE ADVANCE=1 SMOOTH_TIME=0.2 EXTRUDER=extruder",
    );
}

#[test]
fn a_person_is_asked_where_the_firmware_waits_for_one() {
    for by_hand in ["G29 P2", "G29 P4", "G29 P1\nG29 P2\nG29 P3", "G29 P6", "G29 P4.1"] {
        for printer in ["ender3-bltouch", "mk4"] {
            let silent = "G29 P1\nG29 P3\nG29 P3.13\nG29 P9\nG29 A\nG29";
            check_on(printer, Rule::WaitsForPerson, Severity::Ask, by_hand, silent);
        }
    }
}

#[test]
fn limits_of_motion_are_the_printers() {
    forbids(Rule::MotionLimits, "M201 X90000", "M201 X500 Y500 Z100 E5000");
    forbids(Rule::MotionLimits, "M204 P90000", "M204 P500 R1000 T500");
    for still in ["M201 X0", "M203 X0", "M204 S0", "M201 E0", "M201 E0.9"] {
        let silent = "M201 X1 E1\nM203 X1\nM204 S1\nM201 X500 E5000\nM203 X500\nM204 S500";
        forbids(Rule::MotionLimits, still, silent);
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
    let off = "M104 S200 T0\nM104 S0 T1\nM109 S0 T3\nM104 T1 R0 S0\nM107 T0";
    for heats in ["M104 T3 S200\nM104 T3 S0", "M109 T1 S0 R200", "M104 T1", "M104 T1 R200"] {
        forbids(Rule::Tool, heats, off);
    }
    for nobody in ["M104 T-1 S0", "M104 T S0"] {
        forbids(Rule::Tool, nobody, off);
        klipper(Rule::Tool, nobody, off);
    }
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
    // Prusa's firmware of 8 bits looks for I and J only.
    let centred = "G1 X10 Y10\nG2 X20 Y20 I5 J5\nG91\nG2 X10 Y10 I5 J5\nG90";
    check_on("mk3s", Rule::Arc, Severity::Forbid, "G1 X10 Y10\nG2 X20 Y20 R8", centred);
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
fn inches_are_not_known_to_all_firmwares() {
    forbids(Rule::Inches, "G20\nG1 X1\nG21", "G21");
    forbids(Rule::Inches, "G20\nM207 S19\nG21\nG10", "M207 S19\nG10\nG11");
}
