//! What Klipper takes for an error: the print ends there, and nothing cools.

use visorfarm_gcode::{Rule, Severity};

use super::by_name::{found, print};
use super::{check_on, klipper};

#[test]
fn values_that_it_cannot_read() {
    let sound = "SET_PRINT_STATS_INFO TOTAL_LAYER=120 CURRENT_LAYER=1\nM73 P5 R9\nM73 R9";
    for odd in ["TOTAL_LAYER=1.5", "CURRENT_LAYER=0.5", "TOTAL_LAYER=-1"] {
        klipper(Rule::Syntax, &format!("SET_PRINT_STATS_INFO {odd}"), sound);
    }
    for odd in ["M73 P", "M73 R5 P", "M73 p R5"] {
        klipper(Rule::Syntax, odd, sound);
    }
    let objects = "EXCLUDE_OBJECT_DEFINE NAME=a CENTER=1.5,-2 POLYGON=[[1,2],[3.5,4],[5,6e-1]]\n\
        EXCLUDE_OBJECT_DEFINE NAME=b";
    for odd in ["CENTER=x,y", "CENTER=1,", "CENTER=", "POLYGON=[[1,2],[", "POLYGON=", "POLYGON=x"] {
        klipper(Rule::Syntax, &format!("EXCLUDE_OBJECT_DEFINE NAME=a {odd}"), objects);
    }
}

#[test]
fn probing_that_it_does_not_begin() {
    let sound = "BED_MESH_CALIBRATE PROBE_COUNT=5,5 ALGORITHM=Lagrange ADAPTIVE=1 ADAPTIVE_MARGIN=5 PROFILE=new\n\
        BED_MESH_CALIBRATE PROBE_COUNT=3 MESH_MIN=10,10 MESH_MAX=100,100\nQUAD_GANTRY_LEVEL RETRIES=3 RETRY_TOLERANCE=0.0075";
    for odd in [
        "PROBE_COUNT=2",
        "PROBE_COUNT=3,1",
        "PROBE_COUNT=3.5",
        "PROBE_COUNT=3,3,3",
        "ALGORITHM=magic",
        "ADAPTIVE=x",
        "ADAPTIVE_MARGIN=-5",
        "PROFILE=",
    ] {
        klipper(Rule::Syntax, &format!("BED_MESH_CALIBRATE {odd}"), sound);
    }
    for odd in ["RETRIES=-1", "RETRIES=1.5", "RETRY_TOLERANCE=x", "RETRY_TOLERANCE=-1"] {
        klipper(Rule::Syntax, &format!("QUAD_GANTRY_LEVEL {odd}"), sound);
    }
    let corners = "BED_MESH_CALIBRATE MESH_MIN=200,10 MESH_MAX=100,100";
    klipper(Rule::Syntax, corners, sound);
    klipper(Rule::OutsideTravel, "QUAD_GANTRY_LEVEL HORIZONTAL_MOVE_Z=281", sound);
    klipper(Rule::OutsideTravel, "BED_MESH_CALIBRATE HORIZONTAL_MOVE_Z=281", sound);
}

#[test]
fn what_is_not_homed_neither_moves_nor_probes() {
    let unhomed = [(Severity::Forbid, Rule::Unhomed)];
    let file = |start: &str| {
        format!(
            "M104 S200\n{start}\nG90\nM83\nM109 S200\nG1 X50 Y50 Z0.2 F3000\nG1 X60 E1\nM104 S0\n"
        )
    };
    for early in [
        "QUAD_GANTRY_LEVEL\nG28",
        "G28 X Y\nBED_MESH_CALIBRATE\nG28",
        "G28\nM84\nZ_TILT_ADJUST\nG28",
    ] {
        assert_eq!(found(&file(early)), unhomed, "{early}");
    }
    for lift in ["G90\nG1 Z5 F600\nG28", "G91\nG1 Z5 F600\nG90\nG28"] {
        assert_eq!(found(&file(lift)), unhomed, "{lift}");
    }
    for sound in
        ["G28\nQUAD_GANTRY_LEVEL\nG28\nBED_MESH_CALIBRATE", "PRINT_START\nQUAD_GANTRY_LEVEL"]
    {
        assert_eq!(found(&file(sound)), [], "{sound}");
    }
    // Others lift before they home, as stock start codes have it.
    check_on("ender3", Rule::UnknownCommand, Severity::Forbid, "M12345", "M84\nG28");
}

#[test]
fn no_more_is_laid_than_fits_under_the_nozzle() {
    let thick = [(Severity::Ask, Rule::LongExtrusion)];
    let laid = |code: &str| found(&print(&format!("G1 X50 Y50\n{code}"), "END_PRINT"));
    // 0.64 mm² of filament that has 2.405: 0.266 mm for each of way.
    assert_eq!(laid("G1 X60 E2.6 F900"), []);
    assert_eq!(laid("G1 X60 E2.7 F900"), thick);
    assert_eq!(laid("G1 X60 Y60 E3.7 F900"), []);
    assert_eq!(laid("G1 X60 Y60 E3.8 F900"), thick);
    // A tenth of a millimetre may stand anywhere.
    assert_eq!(laid("G1 X50.1 E0.1 F900"), []);
    assert_eq!(laid("G1 X50.1 E0.11 F900"), thick);
    // Half a circle is longer than what is between its ends.
    assert_eq!(laid("G2 X60 Y50 I5 E4 F900"), []);
    assert_eq!(laid("G2 X60 Y50 I5 E4.3 F900"), thick);
    assert_eq!(laid("G1 E5 F900\nG1 Z50 E5 F900"), []);
    check_on("ender3", Rule::UnknownCommand, Severity::Forbid, "M12345", "G1 X95 E5 F900");
}
