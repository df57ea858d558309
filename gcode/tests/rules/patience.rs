//! A print that never ends, with a hot nozzle: each step of it is one that files may take.

use visorfarm_gcode::{Rule, Severity};

use super::by_name::{found, print};
use super::{asks, forbids, judge};

/// With those of the start code, one each.
fn again(code: &str, times: usize) -> String {
    format!("{code}\n").repeat(times - 1)
}

#[test]
fn a_bed_that_is_warmed_and_cooled_for_ever() {
    let cycle = "M190 R40\nM190 S60";
    asks(Rule::LongDwell, &format!("{}M190 S60", again(cycle, 11)), &again("M190 R40", 20));
}

#[test]
fn probing_and_homing_for_ever() {
    asks(Rule::LongDwell, &again("G29\nG34", 17), &again("G29\nG34", 16));
    asks(Rule::LongDwell, &again("G28 X", 201), &again("G28 X", 200));
    let named = |times| format!("G28\n{}{}", again("Z_TILT_ADJUST", times), print("", "END_PRINT"));
    assert_eq!(found(&named(32)), [(Severity::Ask, Rule::LongDwell)]);
    assert_eq!(found(&named(31)), []);
    // What Klipper calls by a name others do not know.
    assert!(!judge("ender3", named(32).as_bytes()).iter().any(|f| f.rule == Rule::LongDwell));
}

#[test]
fn circles_without_an_end() {
    let round = |turns: i32| format!("G1 X50 Y50\nG2 X60 Y50 I5 P{turns} F600");
    forbids(Rule::Arc, &round(101), &round(100));
    forbids(Rule::Arc, &round(-1), &round(0));
    // A hundred turns take five minutes and a quarter.
    let more = |times| again("G1 X50 Y50\nG2 X60 Y50 I5 P100 F600", times);
    asks(Rule::LongDwell, &more(2_000), &more(1_900));
}
