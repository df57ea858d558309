//! What one print leaves to the next, and what a file counts on that nobody said.

use visorfarm_gcode::{Profile, Rule, Severity};

use super::{END, START, check_on, judge, judge_on};

/// What is found of a file that leaves `code` behind, after a sound print.
fn left(profile: &str, code: &str) -> Vec<(Severity, Rule)> {
    let print = format!("{START}G1 X50 Y50 F3000\nG1 X90 E2 F1500\n");
    let file = format!("{print}{END}{code}\n");
    judge(profile, file.as_bytes()).iter().map(|found| (found.severity, found.rule)).collect()
}

#[test]
fn whoever_leaves_steps_behind_asks() {
    for profile in ["ender3", "mk3s", "mk4", "voron-2.4-300"] {
        assert_eq!(left(profile, "G91"), [(Severity::Ask, Rule::LeavesBehind)], "{profile}");
        assert_eq!(left(profile, "G91\nG90"), [], "{profile}");
    }
    // A macro that says how places are read takes them back, if its owner vouches for it.
    let file = format!("{START}{END}G91\nEND_PRINT\n");
    let shipped = Profile::shipped("voron-2.4-300").expect("a shipped profile").to_toml();
    let found = |toml: &str| {
        let owners = Profile::parse(toml).expect("a sound profile");
        judge_on(&owners, file.as_bytes()).iter().any(|found| found.rule == Rule::LeavesBehind)
    };
    assert!(found(&shipped));
    assert!(!found(&shipped.replace("[\"cool\"]", "[\"modes\", \"cool\"]")));
}

#[test]
fn what_is_told_before_g90_is_warned_of() {
    let rules = |profile: &str, start: &str| -> Vec<_> {
        let file = format!("M109 S200\nG28\n{start}M83\nG1 X50 Y50 F3000\n{END}");
        judge(profile, file.as_bytes()).iter().map(|found| (found.severity, found.rule)).collect()
    };
    for profile in ["ender3", "mk3s", "voron-2.4-300"] {
        let warned = [(Severity::Warn, Rule::PlaceModeUnknown)];
        assert_eq!(rules(profile, ""), warned, "{profile}");
        assert_eq!(rules(profile, "G90\n"), [], "{profile}");
    }
    // Steps that may be left over lead down, once and again.
    let asked = [(Severity::Ask, Rule::PlaceModeUnknown)];
    for profile in ["ender3", "mk3s", "voron-2.4-300"] {
        assert_eq!(rules(profile, "G1 X20 Y20 F3000\nG1 Z-0.1 F300\nG90\n"), asked, "{profile}");
        assert_eq!(rules(profile, "G90\nG1 Z-0.1 F300\n"), [], "{profile}");
    }
    // What only waits, homes or pushes needs no G90.
    assert_eq!(rules("ender3", "G4 S1\nM83\nG1 E5 F300\nG90\n"), []);
}

#[test]
fn e_counts_from_where_the_file_says() {
    let unknown = [(Severity::Ask, Rule::ExtrusionModeUnknown)];
    let rules = |profile: &str, code: &str| -> Vec<_> {
        let file = format!("M109 S200\nG28\nG90\n{code}\n{END}");
        judge(profile, file.as_bytes()).iter().map(|found| (found.severity, found.rule)).collect()
    };
    for profile in ["ender3", "mk3s", "mk4", "voron-2.4-300"] {
        assert_eq!(rules(profile, "M82\nG1 X50 E2 F1500"), unknown, "{profile}");
        assert_eq!(rules(profile, "G92 E0\nM82\nG1 X50 E2 F1500"), [], "{profile}");
        // Steps say nothing of where it is.
        assert_eq!(rules(profile, "M83\nG1 X50 E2 F1500\nM82\nG1 X90 E4"), unknown, "{profile}");
        assert_eq!(rules(profile, "M83\nG1 X50 E2 F1500"), [], "{profile}");
    }
}

#[test]
fn shares_of_speed_and_flow_are_left_at_what_they_were() {
    for (code, severity) in [
        ("M220 S101", Severity::Ask),
        ("M221 S150", Severity::Ask),
        ("M221 S101", Severity::Ask),
        ("M220 S100\nM220 S99", Severity::Warn),
        ("M221 S95", Severity::Warn),
    ] {
        for profile in ["ender3", "mk3s", "voron-2.4-300"] {
            let found = [(severity, Rule::LeavesBehind)];
            assert_eq!(left(profile, code), found, "{code} on {profile}");
            assert_eq!(left(profile, &format!("{code}\nM220 S100\nM221 S100")), [], "{code}");
        }
    }
    let back = "M220 B\nM220 S50\nM220 R";
    assert_eq!(left("mk3s", back), []);
    assert_eq!(left("voron-2.4-300", "M220 S50\nM220\nM221 S50\nM221"), []);
    assert_eq!(left("xl", "M221 T1 S110\nM221 T0 S95"), [(Severity::Ask, Rule::LeavesBehind)]);
}

#[test]
fn limits_are_not_left_so_low_that_the_next_print_stands_still() {
    for (profile, slow, sound) in [
        ("ender3", "M203 X49", "M203 X50 Y50 Z10"),
        ("ender3", "M201 Y49", "M201 X50 Y50"),
        ("ender3", "M204 T49", "M204 P50 T50 R100"),
        ("mk3s", "M204 S100", "M204 S125"),
        ("voron-2.4-300", "SET_VELOCITY_LIMIT ACCEL=299", "SET_VELOCITY_LIMIT ACCEL=300"),
        ("voron-2.4-300", "SET_VELOCITY_LIMIT VELOCITY='29'", "M204 S300"),
    ] {
        assert_eq!(left(profile, slow), [(Severity::Ask, Rule::LeavesBehind)], "{slow}");
        assert_eq!(left(profile, sound), [], "{sound}");
    }
    assert_eq!(left("ender3", "M208 S1"), [(Severity::Ask, Rule::LeavesBehind)]);
    assert_eq!(left("ender3", "M208 S1\nM208 S0\nM207 S3 Z1"), []);
}

#[test]
fn a_share_that_is_taken_back_is_known_to_some_firmwares_only() {
    for profile in ["ender3", "generic"] {
        let silent = "M220 S50\nG1 X9\nM220 S100";
        check_on(profile, Rule::FlowFactor, Severity::Ask, "M220 B\nG1 X9\nM220 S100", silent);
        check_on(profile, Rule::FlowFactor, Severity::Ask, "M220 R\nM220 S100", silent);
    }
    for profile in ["mk3s", "mk4", "voron-2.4-300"] {
        let fires = "M220 S900\nM220 S100";
        let silent = "M220 B\nM220 S50\nM220 R\nM220 S100";
        check_on(profile, Rule::FlowFactor, Severity::Forbid, fires, silent);
    }
}
