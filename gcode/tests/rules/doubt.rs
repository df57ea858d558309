//! What a macro may have changed is not known any more.

use std::collections::BTreeMap;

use visorfarm_gcode::{Macro, MacroEffect, Profile, Rule, Severity};

use super::by_name::{PRINTER, found, print};
use super::judge_on;

#[test]
fn a_macro_leaves_the_modes_in_doubt_unless_its_owner_vouches_for_them() {
    let places = (Severity::Ask, Rule::PlaceModeUnknown);
    let extrusion = (Severity::Ask, Rule::ExtrusionModeUnknown);
    let printer = Profile::shipped(PRINTER).expect("a shipped profile");
    let judged = |does: &[MacroEffect], file: &str| -> Vec<_> {
        let mut owners = printer.clone();
        for name in ["RESTORE_GCODE_STATE", "@PARK"] {
            let does = does.iter().copied().collect();
            owners.macros.push(Macro { name: name.into(), does, words: BTreeMap::new() });
        }
        judge_on(&owners, file.as_bytes()).iter().map(|f| (f.severity, f.rule)).collect()
    };
    for call in ["restore_gcode_state NAME=before", "@PARK"] {
        let file = |then: &str| print(&format!("{call}\n{then}"), "END_PRINT");
        let after = |then: &str| judged(&[], &file(then));
        assert_eq!(after(""), [], "{call}");
        assert_eq!(after("G1 X90 F3000"), [places], "{call}");
        assert_eq!(after("M83\nG1 Z41"), [places], "{call}");
        assert_eq!(after("G90\nG1 X90 E2"), [extrusion], "{call}");
        assert_eq!(after("G90\nM82\nG1 X90 E2"), [extrusion], "{call}");
        assert_eq!(after("G90\nM83\nG1 X90 E2"), [], "{call}");
        assert_eq!(after("G90\nM82\nG92 E0\nG1 X90 E2"), [], "{call}");
        let steps = "G91\nG1 Z1 E-1";
        assert_eq!(after(&format!("{steps}\nG90")), [], "{call}");
        assert!(after(&format!("{steps}\nG90\nG1 X90 E2")).contains(&extrusion), "{call}");
        assert_eq!(judged(&[MacroEffect::KeepModes], &file("G1 X90 E2")), [], "{call}");
        assert_eq!(judged(&[MacroEffect::Modes], &file("G1 X90 E2")), [], "{call}");
        // It said how E is read, but not what: these may be steps.
        let heap = file("M82\nG92 E0\nG1 X90 E60\n".to_owned().as_str());
        let heap = heap.replace("END_PRINT", &format!("{call}\nG1 X50 E90\nG1 X50 E95\nEND_PRINT"));
        let long = (Severity::Forbid, Rule::LongExtrusion);
        assert!(judged(&[MacroEffect::Modes], &heap).contains(&long), "{call}");
        assert!(!judged(&[MacroEffect::KeepModes], &heap).contains(&long), "{call}");
    }
    assert_eq!(found(&print("TIMELAPSE_TAKE_FRAME\nG1 X90 E2", "END_PRINT")), []);
    // Nobody vouched for anything that a file said before its first macro.
    let early = |then: &str| format!("G90\nM83\nSTART_PRINT\n{then}G1 X90 Y90 E2 F900\nEND_PRINT");
    assert_eq!(found(&early("")), [places, extrusion]);
    assert_eq!(found(&early("G90\nM83\n")), []);
}
