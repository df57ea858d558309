//! False comfort: what seems to cool, to home or to limit, and does not.

use visorfarm_gcode::{Rule, Severity};

use super::commands::{on_duet, whole_on_duet};
use super::{START, check_on, forbids, klipper, raised};

/// `ending` comes after a print that heated nozzle and bed.
#[track_caller]
fn leaves_hot(profile: &str, ending: &str) {
    let file = format!("{START}{ending}\nM84\n");
    assert!(raised(profile, &file, Rule::LeftHot), "{ending:?} on {profile}");
}

#[test]
fn what_firmwares_pass_over_cools_nothing() {
    for profile in ["ender3", "mk3s", "mk4", "voron-2.4-250"] {
        for ending in [
            "M104 R0\nM140 R0",
            "M104 S0\nM140 R0",
            "M104 R0\nM140 S0",
            "M104\nM140",
            "M104 S\nM140 S",
            "M104 T0\nM140",
            ";M104 S0\n;M140 S0",
            "M117 M104 S0\nM117 M140 S0",
            "M106 S255\nM107",
            "M105 S0",
            "M141 S0\nM191 S0",
        ] {
            leaves_hot(profile, ending);
        }
    }
    leaves_hot("xl", "M104 T1 S0\nM140 S0");
    leaves_hot("voron-2.4-250", "M117 END_PRINT\nCLEAR_PAUSE");
}

#[test]
fn what_is_waited_for_is_asked_for_by_r_too() {
    for cold in ["M109 R40\nM104 S0\nM140 S0", "M104 R0 S0\nM140 R0 S0"] {
        assert!(!raised("ender3", &format!("{START}{cold}\n"), Rule::LeftHot), "{cold:?}");
    }
    leaves_hot("ender3", "M109 R40\nM140 S0");
}

#[test]
fn less_than_nought_is_hot_to_some_and_off_to_none() {
    // Cut to 16 bits: 300, 150, 200 and 100 °C.
    for wraps in ["M109 S-65236", "M190 S-65386", "M104 S-65336", "M140 S-65436", "M104 R-1"] {
        forbids(Rule::Syntax, wraps, "M104 S0\nM140 S0");
        check_on("mk3s", Rule::Syntax, Severity::Forbid, wraps, "M104 S-0");
    }
    forbids(Rule::Syntax, "M141 S-1", "M141 S0");
    klipper(Rule::Syntax, "M104 S-5", "M104 S0");
    klipper(Rule::Syntax, "START_PRINT BED=-5", "START_PRINT BED=0");
    assert_eq!(on_duet("G10 P0 S0 R0\nM140 S-273.15 R-273.15\nG10 P0 S-273.15 R-273.15"), []);
    for hot in ["M140 S-273", "G10 P0 R-100\nG10 P0 S-273.15", "M104 S-1"] {
        assert!(on_duet(hot).contains(&Rule::Syntax), "{hot}");
    }
    forbids(Rule::Syntax, "M104 S-273.15", "M104 S0");
}

#[test]
fn a_duets_standby_is_another_temperature() {
    for hot in ["M140 R0", "G10 P0 R0", "G10 P0 R150", "M140 R60\nM140 S0"] {
        assert!(whole_on_duet(&format!("{START}{hot}\n")).contains(&Rule::LeftHot), "{hot}");
    }
    for cold in ["M140 S0\nG10 P0 S0", "G10 P0 S0 R0\nM140 S0", "M140 R60\nM140 S0 R0\nM104 S0"] {
        assert!(!whole_on_duet(&format!("{START}{cold}\n")).contains(&Rule::LeftHot), "{cold}");
    }
}

#[test]
fn what_never_cools_is_not_waited_for() {
    for endless in ["M190 R5", "M190 R0", "M109 R34"] {
        forbids(Rule::LongDwell, endless, "M190 R35\nM109 S20\nM109 S200");
        check_on("mk3s", Rule::LongDwell, Severity::Forbid, endless, "M190 S5\nM190 S0");
    }
    klipper(Rule::LongDwell, "M190 S5", "M190 S35\nM190 S0");
    klipper(Rule::LongDwell, "M109 S34", "M109 S0\nM140 S5");
}
