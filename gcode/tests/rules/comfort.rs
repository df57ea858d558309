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
fn what_only_looks_like_homing_homes_nothing() {
    let homes = ["G28 X", "G28 XY", "G28 Z", ";G28", "M117 G28", "G29", "G4 P28", "G92 E0", "M84"];
    for profile in ["ender3", "mk3s", "mk4", "voron-2.4-250"] {
        // To Klipper it is the name of no axis: all go home.
        let all = |home: &str| home == "G28 XY" && profile.starts_with("voron");
        for home in homes.into_iter().filter(|home| !all(home)) {
            let file = format!("{home}\nG90\nG1 X9 Y9 Z30 F3000\n");
            assert!(raised(profile, &file, Rule::Unhomed), "{home:?} on {profile}");
        }
    }
}

#[test]
fn what_only_looks_like_a_limit_limits_nothing() {
    for (rule, code) in [
        (Rule::NozzleTooHot, "M104 S310\nM104 S200"),
        (Rule::NozzleTooHot, "M109 S0 R310"),
        (Rule::NozzleTooHot, "M104 T0 S310\nM104 S0"),
        (Rule::BedTooHot, "M190 S200\nM140 S60"),
        (Rule::MotionLimits, "M204 P90000\nM204 P500"),
        (Rule::Endstops, "M211 S0\nM211 S1"),
        (Rule::LongExtrusion, "M207 S500\nM207 S1"),
        (Rule::FlowFactor, "M221 S900\nM221 S100"),
        (Rule::OutsideTravel, "M211 S1\nG1 X300"),
        (Rule::LongExtrusion, "M302 S170\nG1 E500 F300"),
    ] {
        forbids(rule, code, "M302 S170\nM211 S1");
    }
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
    assert_eq!(on_duet("M104 S-273.1\nM140 S-273.001 R-300"), []);
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
    // M104 sets both, G10 one of them.
    for hot in ["M140 S0\nG10 P0 S0", "M104 S0\nM140 S0\nG10 P0 R180", "G10 P0 S0 R180\nM140 S0"] {
        assert!(whole_on_duet(&format!("{START}{hot}\n")).contains(&Rule::LeftHot), "{hot}");
    }
    for cold in [
        "G10 P0 S0 R0\nM140 S0",
        "M140 R60\nM140 S0 R0\nM104 S0",
        "G10 P0 S210 R180\nM104 S0\nM140 S0",
        "G10 P0 S210 R180\nM109 S0\nM140 S0",
    ] {
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

#[test]
fn a_text_is_no_hiding_place() {
    // From a card a colon or a number sign ends the line.
    for text in [
        "M117 ETA:M104 S320",
        "M118 a:M500",
        "M117 a#M502",
        "M117 12:30 # T 1",
        "M486 Aa:G28",
        "M117 a: b: N5 M104 S320",
    ] {
        for profile in ["ender3", "mk3s"] {
            let silent = "M117 ETA: 12:30, layer 2 #3\nM486 AM3 nut (2).stl\nM117 G28 and M104 S9";
            check_on(profile, Rule::Syntax, Severity::Forbid, text, silent);
        }
    }
    for text in [
        "M117 b:PRUSA FR",
        "M117 b#hello G28",
        "M118 PRUSA FR",
        "M118 go to G28",
        "M118 nutG 28",
        "M115 UPRUSA FR",
        "M486 APRUSA FR",
        "M862.5 P\"PRUSA Lz\"",
        "M118 TMC_SET_CHOP 0",
    ] {
        let silent = "M117 PRUSA FR G28\nM118 Great\nM486 AGear.stl\nM862.3 P \"MK3S\"";
        check_on("mk3s", Rule::Syntax, Severity::Forbid, text, silent);
    }
    for stray in ["M115 G28", "M862.1 P0.4 G28"] {
        check_on("mk3s", Rule::UnknownParameter, Severity::Forbid, stray, "M862.1 P0.4");
    }
}

#[test]
fn the_printers_voice_is_its_own() {
    for reply in [
        "P0ok",
        "E1P0ok",
        "A1E1P0ok",
        "P0Resend:1",
        "P1start",
        "P2wait",
        "P0Error:x",
        "ok",
        "Cap:EEPROM:1",
        "FIRMWARE_NAME:Marlin",
        "FIRMWARE_NAME: Marlin",
        "xT:250",
        "now T: 250",
        "X: 1 Y: 2 Z: 3",
        "Not SD printing",
        "Done printing file",
        "TargetBed: 9",
        "S\"ok\"",
    ] {
        let silent = "M118 E1 Starting layer 2: top\nM118 P0 ETA: 3 min, token 5";
        forbids(Rule::HostAction, &format!("M118 {reply}"), silent);
    }
}
