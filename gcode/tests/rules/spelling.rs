//! One command in many spellings: none hides a danger, and none gives false comfort, where a firmware reads something else
//! than what seems to cool, to home or to call a place by its number.

use visorfarm_gcode::{Rule, Severity};

use super::{END, START, check_on, forbids, klipper, raised};

/// What `line` must not be taken for, between the sound start and whatever makes the file end cold.
#[track_caller]
fn misread(profile: &str, line: &str, sound: &str) {
    check_on(profile, Rule::Syntax, Severity::Forbid, line, sound);
}

#[test]
fn no_spelling_slips_through() {
    for hot in
        ["M104S310", "M0104 S310", "M104.0 S310", "\tM104\tS310", "M104 S+310", "M104 S310.0;"]
    {
        forbids(Rule::NozzleTooHot, hot, "M104 S200");
    }
    klipper(Rule::NozzleTooHot, "m104 s310", "m104 s200");
    forbids(Rule::Syntax, "M104 S3e2", "M104 S200");
    forbids(Rule::Syntax, "M104 S200 S310", "M104 S200");
    forbids(Rule::UnknownParameter, "M1O4 S310", "M104 S200");
    forbids(Rule::Syntax, "\u{FF2D}104 S310", "M104 S200");
}

#[test]
fn letters_behind_a_number_may_belong_to_it() {
    misread("mk3s", "G1 Z1\nG92Z1E2\nG1 Z1", "G1 Z1\nG92 Z1 E2\nG1 Z1");
    misread("mini", "G92Z0X100", "G92 E0");
    misread("ender3", "G1 X100 Y10 Z20\nG1 Y0X10", "G1 X100 Y10 Z20\nG1 Y0 X10");
    misread("mk4", "G1Y0X200", "G1 Y0 X200");
    misread("ender3", "G92 ZINF", "G92 E0");
    misread("ender3", "M106 S1E2", "M106 S1");
}

#[test]
fn a_shift_names_its_number() {
    for bare in ["G92 Z", "G92 Z E0", "G92 X", "G92 XYZE0"] {
        misread("mk3s", bare, "G92 E0");
        misread("voron-2.4-300", bare, "G92 E0");
    }
}

#[test]
fn small_letters_are_passed_over_by_firmwares_of_capitals() {
    for profile in ["ender3", "mk3s", "mk4"] {
        for cold in ["m104 s0", "M104 s0", "m140 S0", "g28", "n3 M104 S0"] {
            misread(profile, cold, "M104 S0");
        }
    }
    misread("voron-2.4-300", "m104 s1e2", "m104 s0\ng28 x");
}

#[test]
fn klipper_looks_names_up_as_they_are_written() {
    for cold in [
        "M0104 S0",
        "M104.0 S0",
        "G028",
        "TURN_OFF_HEATERS 1",
        "TURN_OFF_HEATERS *",
        "END_PRINT 2PART",
    ] {
        misread("voron-2.4-250", cold, "M104 S0\nG28\nTURN_OFF_HEATERS");
    }
    misread("voron-2.4-250", "TURN_OFF_HEATERS #1", "TURN_OFF_HEATERS ;1");
    misread("voron-2.4-250", "PRINT_2_END", "END_PRINT");
}

#[test]
fn no_macro_has_more_parameters_than_are_looked_at() {
    let many = (0..40).fold(String::new(), |many, number| many + &format!(" A{number}=1"));
    let hot = format!("START_PRINT{many} EXTRUDER=500");
    check_on("voron-2.4-250", Rule::TooManyCommands, Severity::Forbid, &hot, "START_PRINT BED=60");
}

#[test]
fn a_line_leaves_room_for_what_a_print_server_puts_around_it() {
    let text = |lines: usize, length: usize| {
        "M105\n".repeat(lines) + &format!("M117 {}", "x".repeat(length - "M117 ".len()))
    };
    // The longer the print server's number, the less is left.
    for (lines, longest) in [(0, 86), (400, 85), (5_000, 84), (50_000, 83), (500_000, 82)] {
        forbids(Rule::LineTooLong, &text(lines, longest + 1), &text(lines, longest));
    }
    let unsent = "; no print server sends it\n\n".repeat(5_000);
    forbids(Rule::LineTooLong, &(unsent.clone() + &text(0, 87)), &(unsent + &text(0, 86)));
}

#[test]
fn an_objects_name_may_be_as_long_as_the_slicer_makes_it() {
    // PrusaSlicer 2.9 cuts names after 60 bytes, 2.8 does not. PrusaSlicer, `LabelObjects.cpp`.
    let named =
        |name: &str, object: u8| format!("M486 S0\nM486 A{name}_{object} (Instance {object})");
    let cut = format!("{}...", "n".repeat(60));
    let whole = "n".repeat(72);
    for profile in ["mk4", "mini", "mk3s", "ender3"] {
        check_on(profile, Rule::LineTooLong, Severity::Forbid, &named(&whole, 1), &named(&cut, 10));
    }
    let found = super::judge("mk4", format!("{START}{}\n{END}", named(&whole, 1)).as_bytes());
    assert!(found.iter().any(|finding| finding.message().contains("rename it")), "{found:#?}");
}

#[test]
fn what_stands_before_a_command_belongs_to_it() {
    for profile in ["ender3", "mk3s", "mini"] {
        misread(profile, "\tM104 S0", "  M104 S200\n\t; a comment\n\t");
        misread(profile, " \tG28", " M104 S200");
    }
    check_on("voron-2.4-250", Rule::NozzleTooHot, Severity::Forbid, "\tM104 S310", "\tM104 S200");
    for profile in ["ender3", "voron-2.4-250", "mk4"] {
        let marked =
            |head: &str| raised(profile, &format!("\u{FEFF}{head}{START}{END}"), Rule::Syntax);
        assert!(
            marked("G28\n") && marked(" G28\n") && !marked(";FLAVOR:Marlin\n") && !marked("\n")
        );
    }
}
