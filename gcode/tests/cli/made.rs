//! A profile that was made of a printer's slicer lets pass what this slicer wrote.

use std::fs;

use super::{run, text};

const PRINTER: &str = r#"{"name": "Attic", "volume": {"formFactor": "rectangular", "width": 250, "depth": 210,
    "height": 210}, "axes": {"x": {"speed": 6000}}, "heatedBed": true, "extruder": {"count": 1, "nozzleDiameter": 0.4}}"#;

/// As PrusaSlicer writes a file with these start and end codes, its settings behind it.
fn sliced(start: &str, end: &str, settings: &str) -> String {
    let limits = ["feedrate", "acceleration", "jerk"].map(|kind| {
        ["x", "y", "z", "e"].map(|axis| format!("; machine_max_{kind}_{axis} = 500\n")).concat()
    });
    let codes = [("start", start), ("end", end)]
        .map(|(kind, code)| format!("; {kind}_gcode = {}\n", code.replace('\n', "\\n")));
    format!(
        "{start}\nG90\nM83\nG1 X50 Y50 Z0.2 F3000\nG1 X60 E0.4\n{end}\n{}{}; {settings}\n\
         ; machine_max_acceleration_extruding = 500\n",
        limits.concat(),
        codes.concat()
    )
}

/// Makes a profile of the file, holds the file against it, and returns what was said of the profile.
#[track_caller]
fn accepted(file: &str) -> [String; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let [octoprint, slicer, made] =
        ["printer.json", "visor.gcode", "made.toml"].map(|name| folder.path().join(name));
    fs::write(&octoprint, PRINTER).expect("written");
    fs::write(&slicer, file).expect("written");
    let [octoprint, slicer, profile] =
        [&octoprint, &slicer, &made].map(|path| path.to_str().expect("UTF-8"));
    let output = run(&["profile", "--octoprint", octoprint, "--slicer", slicer], "");
    let [toml, advice] = [text(&output.stdout), text(&output.stderr)];
    assert_eq!(output.status.code(), Some(0), "{advice}");
    fs::write(&made, &toml).expect("written");
    let verdict = run(&["verify", "-p", profile, slicer], "");
    let told = text(&verdict.stdout);
    assert_eq!(verdict.status.code(), Some(0), "{told}\n{}\n{toml}", text(&verdict.stderr));
    assert!(!toml.contains("inf"), "{toml}");
    [toml, advice]
}

#[test]
fn motor_currents_are_taken_over_and_told() {
    let start = "M140 S60\nM104 S215\nM190 S60\nM109 S215\nG28 W\nG80\nM907 E430 ; motor current";
    let file = sliced(
        start,
        "M907 E538\nM104 S0\nM140 S0\nM84",
        "printer_settings_id = Original Prusa i3 MK3S",
    );
    let [toml, advice] = accepted(&file);
    assert!(toml.contains("[motor_current_max]\nE = 538.0"), "{toml}");
    assert!(advice.contains("E 538; hold them against the motors' papers"), "{advice}");
}

#[test]
fn macros_are_taken_over_and_told() {
    let start = "START_PRINT BED_TEMP=60 EXTRUDER_TEMP=215\nPURGE_LINE";
    for flavor in ["klipper", "marlin2"] {
        let [toml, advice] =
            accepted(&sliced(start, "END_PRINT", &format!("gcode_flavor = {flavor}")));
        assert!(toml.contains("name = \"END_PRINT\"\ndoes = [\"cool\"]"), "{toml}");
        let told =
            "END_PRINT does [cool], PURGE_LINE does [], START_PRINT does [home, heat]; read each";
        assert!(advice.contains(told), "{advice}");
    }
}

#[test]
fn where_nothing_was_taken_over_nothing_is_told() {
    let start = "M140 S60\nM104 S215\nM190 S60\nM109 S215\nG28";
    let [toml, advice] = accepted(&sliced(start, "M104 S0\nM140 S0\nM84", "gcode_flavor = marlin"));
    assert_eq!((advice.as_str(), toml.contains("macros")), ("", false), "{toml}");
}
