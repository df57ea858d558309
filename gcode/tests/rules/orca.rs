//! What `OrcaSlicer`'s own profiles of a printer ask for passes, and little more.

use visorfarm_gcode::{Rule, Severity};

use super::check_on;

#[track_caller]
fn refused(profile: &str, fires: &str, silent: &str) {
    check_on(profile, Rule::MotionLimits, Severity::Forbid, fires, silent);
}

#[test]
fn the_machine_limits_of_an_ender_3_s1() {
    // `Creality Ender-3 S1 0.4 nozzle.json`, `emit_machine_limits_to_gcode`.
    let limits = "M201 X5000 Y5000 Z1000 E5000\nM203 X500 Y500 Z10 E50\nM204 P5000 R1000 T5000\n\
                  M205 X12.00 Y12.00 Z0.40 E5.00\nM205 J0.013";
    refused("ender3-s1", "M201 Z1001", limits);
    refused("ender3-s1", "M201 X5001", limits);
}

#[test]
fn the_accelerations_of_a_voron() {
    // `fdm_process_voron_common.json`: so much for walls, and for travel.
    let limits = "SET_VELOCITY_LIMIT ACCEL=5000 ACCEL_TO_DECEL=2500 SQUARE_CORNER_VELOCITY=9\n\
                  SET_VELOCITY_LIMIT ACCEL=7000 ACCEL_TO_DECEL=3500";
    for profile in ["voron-2.4-250", "voron-2.4-300", "voron-2.4-350"] {
        refused(profile, "SET_VELOCITY_LIMIT ACCEL=7001", limits);
        refused(profile, "M204 S7001", limits);
    }
}
