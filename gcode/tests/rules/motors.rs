//! What motors do of which a file may not tell them: turn faster than their screws, be let go in the print, stand still.

use visorfarm_gcode::{Rule, Severity};

use super::{END, START, asks, check_on, forbids, judge, raised};

#[test]
fn a_screw_is_slower_than_a_belt() {
    forbids(Rule::MotionLimits, "M203 Z21", "M203 X500 Y500 Z20 E120");
    forbids(Rule::MotionLimits, "M203 E121", "M203 E120");
    forbids(Rule::MotionLimits, "M201 Z501", "M201 X5000 Y5000 Z500 E10000");
    forbids(Rule::MotionLimits, "M205 Z3.1", "M205 X20 Y20 Z3 E30");
    check_on("mk4", Rule::MotionLimits, Severity::Forbid, "M203 Z150", "M203 Z40");
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
fn a_number_too_small_to_count_is_not_nought() {
    asks(Rule::LongDwell, "G1 X50 F0.0000004\nG1 X100", "G1 X50 F0.0000000\nG1 X100");
    for hot in ["M104 S0.0000004", "M140 S0.00000001"] {
        let file = format!("{START}{END}{hot}\n");
        assert!(raised("voron-2.4-300", &file, Rule::LeftHot), "{hot}");
    }
    assert_eq!(judge("ender3", format!("{START}{END}M104 S0.0000000\n").as_bytes()), []);
}
