//! Whether the nozzle is hot when filament is pushed.

use visorfarm_gcode::{Rule, Severity};

use super::{END, check_on, judge, klipper};

/// What is found of a push after `heat`.
fn cold(profile: &str, heat: &str) -> Vec<(Severity, Rule)> {
    let file = format!("{heat}\nG28\nG90\nM83\nG1 X50 Y50 Z0.3 F3000\nG1 X90 E2 F1500\n{END}");
    judge(profile, file.as_bytes()).iter().map(|found| (found.severity, found.rule)).collect()
}

const ASKED: [(Severity, Rule); 1] = [(Severity::Ask, Rule::ExtrudesCold)];

#[test]
fn the_nozzle_is_waited_for() {
    for profile in ["ender3", "mk3s", "mk4", "voron-2.4-250"] {
        for warming in ["M104 S200", "M109 S200\nM104 S0\nM104 S200", "M109 S60\nM104 S200"] {
            assert_eq!(cold(profile, warming), ASKED, "{warming:?} on {profile}");
        }
        for hot in
            ["M109 S200", "M104 S200\nM109 S200", "M109 S230\nM104 S200", "M109 S200\nM104 S230"]
        {
            assert_eq!(cold(profile, hot), [], "{hot:?} on {profile}");
        }
    }
}

#[test]
fn below_what_its_firmware_guards_nothing_is_pushed() {
    for (profile, least) in [("ender3", 170), ("mk3s", 175), ("mk4", 170), ("voron-2.4-250", 170)] {
        assert_eq!(cold(profile, &format!("M109 S{}", least - 1)), ASKED, "{profile}");
        assert_eq!(cold(profile, &format!("M109 S{least}")), [], "{profile}");
    }
    // The guard may be set lower, but not below what no filament flows at.
    assert_eq!(cold("mk4", "M302 S155\nM109 S155"), []);
    assert_eq!(cold("mk4", "M109 S155\nM302 S155"), []);
    assert_eq!(cold("mk4", "M302 S155\nM109 S154"), ASKED);
    assert_eq!(cold("voron-2.4-250", "M302 S155\nM109 S155"), ASKED);
}

#[test]
fn what_a_macro_heats_stays_hot_until_it_is_turned_off() {
    let start = "START_PRINT EXTRUDER=210 BED=60";
    for off in ["M104 S0\nG4 P300000", "END_PRINT", "TURN_OFF_HEATERS", "M109 S160"] {
        assert_eq!(cold("voron-2.4-250", &format!("{start}\n{off}")), ASKED, "{off:?}");
        let again = format!("{start}\n{off}\n{start}");
        assert_eq!(cold("voron-2.4-250", &again), [], "{off:?}");
    }
    for hot in ["M104 S205", "M140 S0\nM140 S60", "T0"] {
        assert_eq!(cold("voron-2.4-250", &format!("{start}\n{hot}")), [], "{hot:?}");
    }
    // As Voron publishes it, it heats nothing.
    assert_eq!(cold("voron-2.4-250", "PRINT_START"), ASKED);
    assert_eq!(cold("voron-2.4-250", "PRINT_START EXTRUDER=210\nM109 S210"), []);
}

#[test]
fn each_nozzle_is_heated_where_each_tool_has_its_own() {
    let off = "M104 T1 S0\nT0";
    let printed = |heat: &str| {
        format!("{heat}\nG28\nG90\nM83\nG1 X50 Y50 F3000\nT1\nG1 X90 E2 F1500\n{off}\n{END}")
    };
    let found = |profile: &str, heat: &str| {
        let found = judge(profile, printed(heat).as_bytes());
        found.iter().any(|found| found.rule == Rule::ExtrudesCold)
    };
    assert!(found("xl", "M109 T0 S210"));
    assert!(found("xl", "M109 T0 S210\nM104 T1 S210"));
    assert!(!found("xl", "M109 T0 S210\nM109 T1 S210"));
    // Elsewhere several may share one.
    assert!(!found("mk4", "M109 T0 S210"));
}

#[test]
fn klipper_turns_a_heater_off_that_is_told_nothing() {
    for off in ["M104", "M104 T0", "M109 R210", "M140", "M190 R60", "m104 ; S200"] {
        klipper(Rule::Syntax, off, "M104 S200\nM109 S200 R210\nM140 S60");
    }
    for bare in ["M104 S", "M109 S", "M140 S", "M190 S", "M190 R", "M104 R"] {
        for profile in ["ender3", "mk3s", "mk4"] {
            check_on(profile, Rule::Syntax, Severity::Forbid, bare, "M104\nM104 S200\nM109 R200");
        }
    }
}
