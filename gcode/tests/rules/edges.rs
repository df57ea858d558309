//! What lies on a limit is within it; a little more is not.

use visorfarm_gcode::{Options, Profile, Rule, Scanner, Severity, verify};

use super::{END, START, check_on, forbids, judge, klipper, raised};

#[test]
fn the_travel_volume_ends_where_the_profile_says() {
    forbids(Rule::OutsideTravel, "G1 X240.02", "G1 X240.01");
    forbids(Rule::OutsideTravel, "G1 X-5.02", "G1 X-5.01");
    forbids(Rule::BelowBed, "G1 Z-0.22", "G1 Z-0.21");
    forbids(Rule::OutsideTravel, "G1 Z255.02", "G1 Z255.01");
    let delta = |fires, silent| {
        check_on("flsun-qqs", Rule::OutsideTravel, Severity::Forbid, fires, silent);
    };
    delta("G1 X130.02 Y0", "G1 X130.01 Y0");
    delta("G1 X78.02 Y104", "G1 X78 Y104");
    // Behind Y 360 the XL parks its tools.
    check_on("xl", Rule::OutsideTravel, Severity::Forbid, "G1 Y361.02", "G1 Y361.01");
    delta("G1 Z360.02", "G1 X0 Y0 Z360.01");
}

#[test]
fn the_bed_ends_where_the_profile_says() {
    let noted = |profile: &str, code: &str| {
        let found = judge(profile, format!("{START}{code}\n{END}").as_bytes());
        found.iter().any(|finding| finding.rule == Rule::OutsidePrint)
    };
    for within in ["G1 X0 Y0\nG1 X235.01 Y235 E9", "G1 Z250.01\nG1 X9 E1", "G1 X-0.01 E1"] {
        assert!(!noted("ender3", within), "{within}");
    }
    for beside in ["G1 X235.02 E9", "G1 Y235.02 E9", "G1 X-0.02 E1", "G1 Z250.02\nG1 X9 E1"] {
        assert!(noted("ender3", beside), "{beside}");
    }
    let at_the_top = "G1 X0 Y0 Z360.01\nG1 X9 E9";
    let corner = "G1 X90 Y0\nG1 X91 Y91 E9\nG1 X0 Y-91\nG1 X-91 E1";
    for within in ["G1 X0 Y0\nG1 X130.01 E9", "G1 X0 Y0\nG1 Y-130.01 E9", corner, at_the_top] {
        assert!(!noted("flsun-qqs", within), "{within}");
    }
    for beside in [
        "G1 X130.02 Y0 E9",
        "G1 X0 Y-130.02 E9",
        "G1 X93 Y0\nG1 X93 Y93 E9",
        "G1 X0 Y0 Z360.02\nG1 X9 E9",
    ] {
        assert!(noted("flsun-qqs", beside), "{beside}");
    }
}

#[test]
fn figures_may_reach_their_limits() {
    check_on("ender3", Rule::Feed, Severity::Warn, "G1 X10 F30001", "G1 X10 F30000");
    forbids(Rule::NozzleTooHot, "M104 S261", "M104 S260");
    forbids(Rule::BedTooHot, "M140 S111", "M140 S110");
    forbids(Rule::LongExtrusion, "G1 E100.1 F300", "G1 E100 F300");
    klipper(
        Rule::BelowBed,
        "BED_MESH_CALIBRATE HORIZONTAL_MOVE_Z=0.99",
        "BED_MESH_CALIBRATE HORIZONTAL_MOVE_Z=1",
    );
    for level in ["Z_TILT_ADJUST", "QUAD_GANTRY_LEVEL"] {
        let at = |height: &str| format!("{level} HORIZONTAL_MOVE_Z={height}");
        klipper(Rule::BelowBed, &at("4.99"), &at("5"));
    }
    let on =
        "BED_MESH_CALIBRATE MESH_MIN=0,0 MESH_MAX=300,300\nBED_MESH_CALIBRATE MESH_MIN=\"9, 9\"";
    for off in ["MIN=-0.1,0", "MIN=0,-0.1", "MAX=300.1,9", "MAX=9,300.1", "MIN=5,400"] {
        klipper(Rule::OutsideTravel, &format!("BED_MESH_CALIBRATE MESH_{off}"), on);
    }
    for odd in ["=9", "=9,", "=1e3,1e3", "=a,b", "=9,9,9", "=\"\""] {
        let odd = format!("BED_MESH_CALIBRATE MESH_MAX{odd}");
        klipper(Rule::UnknownParameter, &odd, on);
    }
    forbids(Rule::FlowFactor, "M221 S151", "M221 S150\nM221 S100");
    forbids(Rule::FlowFactor, "M221 S49", "M221 S50\nM221 S100");
    forbids(Rule::MotionLimits, "M204 P5001", "M204 P5000");
    forbids(Rule::MotionLimits, "M203 X501", "M203 X500");
    check_on("xl", Rule::Tool, Severity::Forbid, "T5", "T4\nT0");
    klipper(
        Rule::MotionLimits,
        "SET_VELOCITY_LIMIT VELOCITY=301",
        "SET_VELOCITY_LIMIT VELOCITY=300",
    );
    klipper(
        Rule::MotionLimits,
        "SET_PRESSURE_ADVANCE ADVANCE=1.1",
        "SET_PRESSURE_ADVANCE ADVANCE=1",
    );
    klipper(Rule::NozzleTooHot, "START_PRINT EXTRUDER=271", "START_PRINT EXTRUDER=270");
    klipper(Rule::ChamberTooHot, "START_PRINT CHAMBER=71", "START_PRINT CHAMBER=70\nM141 S0");
    klipper(
        Rule::UnknownParameter,
        "SET_VELOCITY_LIMIT ACCEL=3e3",
        "SET_VELOCITY_LIMIT ACCEL=3000",
    );
}

#[test]
fn a_material_never_raises_the_limit_of_the_printer() {
    let pla = "; filament_type = PLA\nM141 S";
    forbids(Rule::ChamberTooHot, &format!("{pla}40"), &format!("{pla}0"));
    // Of several the hottest sets the pace: which tool takes which is not told.
    let both = "; filament_type = PLA;PETG\nM104 S";
    forbids(Rule::NozzleTooHot, &format!("{both}261"), &format!("{both}260"));
}

#[test]
fn layers_are_missing_only_where_some_are_marked_and_more_are_claimed() {
    for (file, missing) in [
        (";LAYER_COUNT:3\n;LAYER:0\nG28\n", true),
        (";LAYER_COUNT:1\n;LAYER:0\nG28\n", false),
        (";LAYER_COUNT:3\nG28\n", false),
        (";LAYER:0\nG28\n", false),
    ] {
        assert_eq!(raised("ender3", file, Rule::Truncated), missing, "{file:?}");
    }
}

#[test]
fn filament_may_differ_by_a_purge_and_a_fiftieth() {
    let pushes = |mm: u32| "G1 X1 E50\n".repeat((mm / 50) as usize);
    for (claimed, pushed, differs) in [
        // Nought is no claim.
        (0, 200, false),
        (100, 250, false),
        (100, 300, true),
        (10_000, 10_350, false),
        (10_000, 10_400, true),
    ] {
        let file = format!("; filament used [mm] = {claimed}\n{START}{}{END}", pushes(pushed));
        let found = raised("ender3", &file, Rule::ClaimsDiffer);
        assert_eq!(found, differs, "{claimed} claimed, {pushed} pushed");
    }
    for (pushed, cut) in [(2_450, true), (2_500, false), (2_550, false)] {
        let file = format!("; filament used [mm] = 5000\n{START}{}{END}", pushes(pushed));
        assert_eq!(raised("ender3", &file, Rule::Truncated), cut, "{pushed} of 5000");
    }
}

#[test]
fn a_macro_vouches_for_what_comes_after_it() {
    let voron = |file: &str, rule| raised("voron-2.4-300", file, rule);
    let home = "START_PRINT EXTRUDER=215\n";
    let moved = "G90\nG1 X10 Y10 F3000\n";
    assert!(voron(&format!("{moved}{home}END_PRINT\n"), Rule::Unhomed));
    assert!(!voron(&format!("{home}{moved}END_PRINT\n"), Rule::Unhomed));
    assert!(voron("END_PRINT\nM104 S215\n", Rule::LeftHot));
    assert!(!voron("M104 S215\nEND_PRINT\n", Rule::LeftHot));
    // Nobody knows how far that is from the bed.
    let sunk = format!("{home}G91\nG1 Z-50 F600\nG90\nEND_PRINT\n");
    assert!(voron(&sunk, Rule::RelativeFromUnknown) && !voron(&sunk, Rule::Unhomed));
    assert!(!voron(&sunk.replace("-50", "5"), Rule::RelativeFromUnknown));
    assert!(voron("TIMELAPSE_TAKE_FRAME\nG90\nG1 X10 Y10 F3000\n", Rule::Unhomed));
}

#[test]
fn a_profile_that_names_no_models_and_materials_fits_all() {
    for claim in ["; printer_model = MK3S", "; filament_type = PEEK", "M862.3 P \"MINI\""] {
        let file = format!("{claim}\n{START}{END}");
        assert!(!raised("generic", &file, Rule::OtherPrinter), "{claim}");
        assert!(!raised("generic", &file, Rule::OtherMaterial), "{claim}");
    }
}

#[test]
fn a_step_from_home_is_judged_by_the_home_it_was_read_with() {
    let profile = Profile::shipped("flsun-qqs").expect("a shipped profile");
    let refused = |home_mm| {
        let home_mm = Some(home_mm);
        let mut scanner = Scanner::new(&Options { home_mm, ..Options::from(&profile) });
        scanner.feed(b"G28\nG91\nG1 Z-5 F600\n");
        let found = verify(&scanner.finish(), &profile);
        found.iter().any(|finding| finding.rule == Rule::RelativeFromUnknown)
    };
    let [x, y, z] = profile.home_mm.expect("a delta homes at the top");
    assert!(!refused([x, y, z]));
    for other in [[x + 0.01, y, z], [x, y - 1.0, z], [x, y, z - 0.02]] {
        assert!(refused(other), "{other:?}");
    }
}
