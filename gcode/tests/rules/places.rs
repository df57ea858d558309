//! Where the nozzle is, may be, and must be known to be.

use visorfarm_gcode::{Rule, Severity};

use super::{END, START, asks, check_on, forbids, judge, klipper, raised, whole};

#[test]
fn positions_are_physical() {
    forbids(Rule::BelowBed, "G1 Z-1", "G1 Z0.1");
    forbids(Rule::OutsideTravel, "G1 X300", "G1 X230");
    forbids(Rule::OutsideTravel, "G91\nG1 X200\nG1 X200\nG90", "G91\nG1 X100\nG1 X-50\nG90");
    forbids(Rule::OriginShift, "G92 Z200\nG1 Z100", "G92 E0\nG1 Z100");
    forbids(Rule::BelowBed, "G92 Z200\nG1 Z100", "G1 Z100");
    forbids(Rule::OriginShift, "M206 Z-2", "M420 S1");
    forbids(Rule::OriginShift, "G28 Z200\nG1 Z190", "G28 Z0\nG1 Z190");
    check_on("mk3s", Rule::OriginShift, Severity::Forbid, "G28 X5", "G28 X");
    forbids(Rule::OutsideTravel, "G28 X R500", "G28 X R5");
    forbids(Rule::OriginShift, "G54", "G17");
    forbids(Rule::OriginShift, "G10 L2 P1 X10", "G10\nG11");
    klipper(Rule::OriginShift, "SET_GCODE_OFFSET Z=-2", "BED_MESH_CALIBRATE");
    klipper(Rule::RawMotion, "FORCE_MOVE STEPPER=stepper_z DISTANCE=-5 VELOCITY=5", "G1 Z5");
}

#[test]
fn a_mesh_is_probed_or_loaded_and_never_written() {
    for shifts in ["G29 S4 Z-5", "G29 P6 C-5", "G29 W I0 J0 Z-5", "G29 Q1", "G29 S0", "G80 L-100"] {
        forbids(Rule::UnknownParameter, shifts, "G29\nG29 A\nG29 L1\nG29 P1\nG80");
    }
    forbids(Rule::OriginShift, "G29 F-5", "G29 F10");
    let probes = "G29 P1 X30 Y0 W50 H20 C\nG29 P3.2\nG29 A\nG29 G\nG80 X0 Y0 W50 H20";
    check_on("mk4", Rule::OriginShift, Severity::Forbid, "G29 P6 C-5", probes);
    let aligned = "G34 I3 T0.1\nG34 I30 T0.01 A2\nG34 I1 T1 A0.5 E";
    for beyond in ["S2000 Z50", "I31", "I0", "T0", "T1.1", "A0", "A2.1", "I"] {
        forbids(Rule::UnknownParameter, &format!("G34 {beyond}"), aligned);
    }
    let probes = "BED_MESH_CALIBRATE ADAPTIVE=1 HORIZONTAL_MOVE_Z=5";
    klipper(Rule::BelowBed, "BED_MESH_CALIBRATE HORIZONTAL_MOVE_Z=-5", probes);
    klipper(Rule::BelowBed, "QUAD_GANTRY_LEVEL HORIZONTAL_MOVE_Z=0", "QUAD_GANTRY_LEVEL");
    klipper(Rule::UnknownParameter, "BED_MESH_CALIBRATE HORIZONTAL_MOVE_Z=-5e0", probes);
    for strikes in ["PROBE_SPEED=300", "SAMPLE_RETRACT_DIST=0", "X_OFFSET=9", "LIFT_SPEED=1e3"] {
        klipper(Rule::UnknownParameter, &format!("BED_MESH_CALIBRATE {strikes}"), probes);
        klipper(
            Rule::UnknownParameter,
            &format!("Z_TILT_ADJUST {strikes}"),
            "Z_TILT_ADJUST RETRIES=5",
        );
    }
}

#[test]
fn nothing_is_probed_through_a_print() {
    let laid = |height: &str, then: &str| format!("G1 X10 Z{height}\nG1 X60 E3\nG1 Z50\n{then}");
    for then in ["G28", "G28 Z", "G29", "G80"] {
        asks(Rule::OntoPrint, &laid("2.1", then), &laid("2", then));
    }
    asks(Rule::OntoPrint, &laid("40", "G28"), &laid("40", "G28 X Y"));
    let delta = format!("{START}{}\n{END}", laid("40", "G28"));
    assert_eq!(judge("flsun-qqs", delta.as_bytes()), []);
}

#[test]
fn nothing_goes_home_sideways_through_a_print() {
    let layer = |n| format!("G1 X10 Z{}\nG1 X60 E3\n", n * 2);
    let grown = |layers: u32, then: &str| {
        let print = (1..=layers).map(layer).collect::<Vec<_>>().concat();
        format!("{print}G1 Z50\n{then}")
    };
    for low in [
        "G1 Z15\nG28 X Y",
        "G1 Z39.9\nG28 X0",
        "G91\nG1 Z-11\nG90\nG28 Y",
        "G1 Z1\nG1 X10 E3\nG1 Z15\nG28 X",
        "M84 Z\nG28 X",
        "G1 Z0\nM84 Z\nG91\nG1 Z15\nG28 X\nG90",
    ] {
        asks(Rule::OntoPrint, &grown(20, low), &grown(20, "G1 Z40\nG28 X Y"));
    }
    // What is purged in the air falls down, and what is purged on the bed is low.
    let air = "G1 X10 Z15\nG1 X60 E3\nG1 Z14\nG28 X Y";
    asks(Rule::OntoPrint, &grown(8, air), &grown(6, air));
    asks(Rule::OntoPrint, &grown(2, "M84 Z\nG28 X"), &grown(1, "M84 Z\nG28 X"));
}

#[test]
fn what_is_printed_at_an_unknown_height_stands() {
    let printed = |lift: &str| {
        let laid = "M83\nM109 S200\nG1 X60 E3 F600\n";
        raised("ender3", &format!("G28\n{lift}\n{laid}G28\nM104 S0\n"), Rule::OntoPrint)
    };
    for lift in ["M84 Z\nG91\nG1 Z15\nG90", "M84 Z", "G29", "G29\nG91\nG1 Z1\nG90"] {
        assert!(printed(lift), "{lift:?}");
    }
    for purge in ["", "G1 Z1", "G29\nG1 Z0.3", "M84 Z\nG28 Z"] {
        assert!(!printed(purge), "{purge:?}");
    }
    // Lifted, and not homed.
    let unhomed = "G91\nG1 Z1\nG90\nG28 X Y\nM83\nM109 S200\nG1 X60 E3 F600\nG28\nM104 S0\n";
    assert!(raised("ender3", unhomed, Rule::OntoPrint));
}

#[test]
fn an_arc_counts_by_its_bulge() {
    forbids(
        Rule::OutsideTravel,
        "G1 X230 Y50\nG2 X230 Y10 I0 J-20",
        "G1 X200 Y50\nG2 X200 Y10 I0 J-20",
    );
    // From a circle that would leave the bed to an end that does not.
    forbids(Rule::Arc, "G1 X0 Y0\nG3 X0 Y85 I-54 J0", "G1 X0 Y0\nG2 X100 Y0 I50 J0");
    forbids(Rule::Arc, "G1 X10 Y10\nG2 X20 Y20 I0 J0", "G1 X10 Y10\nG2 X20 Y20 I5 J5");
}

#[test]
fn a_delta_has_a_radius() {
    let delta = |body: &str| judge("flsun-qqs", format!("{START}{body}\n{END}").as_bytes());
    let outside = delta("G1 X110 Y110");
    assert_eq!((outside[0].rule, outside[0].severity), (Rule::OutsideTravel, Severity::Forbid));
    assert_eq!(delta("G1 X-98 Y0\nG3 X0 Y-98 I98 E40 F400"), []);
    assert_eq!(delta("G91\nG1 Z-5\nG90"), []);
    // Both ends within; the arc between them reaches 145 mm, or goes round the other way.
    let bulging = delta("G1 X100 Y45\nG2 X100 Y-45 I0 J-45");
    assert_eq!((bulging[0].rule, bulging[0].severity), (Rule::OutsideTravel, Severity::Forbid));
    assert_eq!(delta("G1 X80 Y45\nG2 X80 Y-45 I0 J-45"), []);
    assert_eq!(delta("G1 X100 Y45\nG3 X100 Y-45 I0 J-45"), []);
    // The purge lines of the stock start codes.
    assert_eq!(delta("G1 X-54.672 Y-95.203 Z0.3\nG3 X38.904 Y-102.668 I54.672 J95.105 E9"), []);
    // Where it may end up after a probing, if it did not go back.
    let probed = delta("G1 X0 Y120\nG29\nG1 X120");
    assert_eq!((probed[0].rule, probed[0].severity), (Rule::OutsideTravel, Severity::Forbid));
}

#[test]
fn a_delta_reaches_less_far_the_higher_it_is() {
    check_on(
        "flsun-qqs",
        Rule::OutsideTravel,
        Severity::Forbid,
        "G28\nG1 X130",
        "G28\nG1 X130 Z200",
    );
    let delta = |fires: &str, silent: &str| {
        check_on("flsun-qqs", Rule::OutsideTravel, Severity::Forbid, fires, silent);
    };
    delta("G1 X100 Z325.1", "G1 X100 Z324.9");
    delta("G1 X0 Y-100 Z325.1", "G1 X0 Y0 Z359\nG1 Y-100 Z324.9");
    delta("G1 X50 Y0 Z333\nG3 X-50 Y0 I-50 J20", "G1 X50 Y0 Z330\nG3 X-50 Y0 I-50 J20");
    // As the stock end code leaves a print of 222 mm, and one of 224.
    delta("G1 Z324\nG1 X0 Y120", "G1 Z322\nG1 X0 Y120");
    // When all is printed that is its owner's decision, and not before.
    let laid = "G1 X0 Y0 Z9\nG1 X50 E2\n";
    let out = "G1 Z324\nG1 X0 Y120\nG1 Y0";
    let presented = format!("{laid}{out}");
    let silent = presented.replace("Z324", "Z322");
    check_on("flsun-qqs", Rule::OutsideTravel, Severity::Ask, &presented, &silent);
    for before in [
        format!("{presented}\nG1 Z9\nG1 X50 E2"),
        format!("{presented}\nG1 Z9\nG1 X50 E2\nG1 Z326\nG1 X0 Y120"),
        format!("{laid}G1 Z324\nG1 X0 Y120 E1\n{}", out.replace("Z324", "Z330")),
        format!("{out}\n{laid}"),
    ] {
        delta(&before, &silent);
    }
}

#[test]
fn nothing_moves_before_it_is_homed() {
    whole(Rule::Unhomed, Severity::Forbid, b"G90\nG1 X10 Y10 F3000\n");
    whole(Rule::Unhomed, Severity::Forbid, b"G28 X0\nG1 X10 Y10 F3000\n");
    assert_eq!(judge("ender3", b"G91\nG1 Z5 F600\nG90\nG28\nG1 X10 Y10 F3000\n"), []);
    whole(Rule::Unhomed, Severity::Forbid, b"G91\nG1 Z12 F600\nG1 Z12\nG90\nG28\n");
    whole(Rule::Unhomed, Severity::Forbid, b"G90\nG1 Z5 F600\nG1 Z200\n");
    // Wherever it is held to be, this may be down.
    whole(Rule::Unhomed, Severity::Forbid, b"M104 S200\nG1 Z0 F3000\nG28\n");
    whole(Rule::Unhomed, Severity::Forbid, b"G1 Z2.9 F3000\nG28\n");
    assert_eq!(judge("ender3", b"G90\nG1 Z3 F3000\nG28\nG91\nG1 Z0\nG90\n"), []);
    whole(Rule::Unhomed, Severity::Forbid, b"G1 Z5 F600\nG29\nG1 Z200\n");
    whole(Rule::Unhomed, Severity::Forbid, b"G1 Z20 F600\nG91\nG1 Z1\nG90\nG28\n");
    asks(Rule::Unhomed, "M84\nG1 X10", "M84 E\nG1 X10");
    asks(Rule::Unhomed, "M18 X\nG1 X10", "M18 Y\nG1 X10");
    for all_to_klipper in ["M84 E\nG1 X10", "M18 Y\nG1 X10", "M84 S60\nG1 X10"] {
        check_on("voron-2.4-300", Rule::Unhomed, Severity::Ask, all_to_klipper, "G1 X10\nM84 E");
    }
    // Lifts add up, whether or not motors are let go between them.
    asks(Rule::Unhomed, "M84\nG91\nG1 Z15\nM84\nG1 Z5.1\nG90", "M84\nG91\nG1 Z15\nM84\nG1 Z5\nG90");
    whole(Rule::Unhomed, Severity::Ask, b"G91\nG1 Z15\nM84\nG1 Z5.1\nG90\nG28\n");
    asks(
        Rule::Unhomed,
        "G1 Z250\nM84\nG91\nG1 Z5\nG90\nG1 Z10",
        "G1 Z250\nM84\nG91\nG1 Z5\nG90\nG28\nG1 Z10",
    );
    // Where the motors believe to be is not at the bottom: this is no lift.
    asks(Rule::Unhomed, "G1 Z250\nM84 Z\nG1 Z0", "G1 Z250\nM84 Z\nG91\nG1 Z5\nG90");
    asks(Rule::RelativeFromUnknown, "G29\nG91\nG1 Z-1", "G29\nG1 Z1\nG91\nG1 Z1");
}

#[test]
fn nothing_goes_down_to_the_bed_where_a_print_stands() {
    let printed = "G1 X50 Y50 Z0.3 F3000\nG1 X90 E2\nG1 Z10\nG1 X50 E2";
    let down = |low: &str| format!("{printed}\nG1 {low}\nG1 X220");
    asks(Rule::OntoPrint, &down("Z0"), &down("Z0.05"));
    asks(Rule::OntoPrint, &down("Z-0.2"), "G1 Z0\nG1 X90 E2\nG1 Z0.2");
}

#[test]
fn where_homing_ends_is_known_only_where_the_profile_says_so() {
    let step = "G28\nG91\nG1 X-50\nG90";
    for profile in ["voron-2.4-250", "ender3-bltouch", "mk3s", "generic"] {
        let lift = "G28\nG91\nG1 Z5\nG90\nG1 X50\nG91\nG1 X-50\nG90";
        check_on(profile, Rule::RelativeFromUnknown, Severity::Ask, step, lift);
        let opposite = step.replace("-50", "50");
        check_on(profile, Rule::RelativeFromUnknown, Severity::Ask, &opposite, lift);
    }
    forbids(Rule::OutsideTravel, step, "G28\nG91\nG1 X50\nG90");
}

#[test]
fn the_mesh_counts_throughout() {
    for without in ["M420 S0", "M420 S2", "M420 S", "G28 L0", "G29 P0"] {
        forbids(Rule::OriginShift, without, "M420 S1 Z10\nM420 V\nG28 L1\nG29 P1");
    }
    for stores in ["G28 C", "G28 W C"] {
        check_on("mk3s", Rule::UnknownParameter, Severity::Forbid, stores, "G28 W");
        check_on("mk4", Rule::UnknownParameter, Severity::Forbid, stores, "G28 XY");
    }
    for stores in ["SAVE=1", "SAVE=p1", "SAVE=a", "REMOVE=7", "LOAD=a REMOVE=b", "PURGE"] {
        klipper(
            Rule::Settings,
            &format!("BED_MESH_PROFILE {stores}"),
            "BED_MESH_PROFILE LOAD=default",
        );
    }
}
