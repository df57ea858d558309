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

/// A profile that was made of a file, and what was said of it.
struct Made {
    toml: String,
    advice: String,
}

impl Made {
    #[track_caller]
    fn of(file: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let [octoprint, slicer] =
            [("printer.json", PRINTER), ("visor.gcode", file)].map(|(name, text)| {
                let path = folder.path().join(name);
                fs::write(&path, text).expect("written");
                path.to_str().expect("UTF-8").to_owned()
            });
        let output = run(&["profile", "--octoprint", &octoprint, "--slicer", &slicer], "");
        let [toml, advice] = [text(&output.stdout), text(&output.stderr)];
        assert_eq!(output.status.code(), Some(0), "{advice}");
        assert!(!toml.contains("inf"), "{toml}");
        Self { toml, advice }
    }

    /// Holds a file against the profile: returns the exit code and the verdict.
    fn verdict(&self, file: &str) -> (Option<i32>, String) {
        let folder = tempfile::tempdir().expect("a folder");
        let profile = folder.path().join("made.toml");
        fs::write(&profile, &self.toml).expect("written");
        let output = run(&["verify", "-p", profile.to_str().expect("UTF-8"), "-"], file);
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    }
}

/// Makes a profile of the file, which it lets pass.
#[track_caller]
fn accepted(file: &str) -> Made {
    let made = Made::of(file);
    let (code, told) = made.verdict(file);
    assert_eq!(code, Some(0), "{told}\n{}", made.toml);
    made
}

#[test]
fn motor_currents_are_taken_over_and_told() {
    let start = "M140 S60\nM104 S215\nM190 S60\nM109 S215\nG28 W\nG80\nM907 E430 ; motor current";
    let file = sliced(
        start,
        "M907 E538\nM104 S0\nM140 S0\nM84",
        "printer_settings_id = Original Prusa i3 MK3S",
    );
    let Made { toml, advice } = accepted(&file);
    assert!(toml.contains("[motor_current_max]\nE = 538.0"), "{toml}");
    assert!(advice.contains("E 538; hold them against the motors' papers"), "{advice}");
}

const START: &str = "START_PRINT BED_TEMP=60 EXTRUDER_TEMP=215\nPURGE_LINE";

#[test]
fn macros_are_taken_over_and_told() {
    let Made { toml, advice } = accepted(&sliced(START, "END_PRINT", "gcode_flavor = klipper"));
    assert!(toml.contains("name = \"END_PRINT\"\ndoes = [\"cool\"]"), "{toml}");
    let told =
        "END_PRINT does [cool], PURGE_LINE does [], START_PRINT does [home, heat]; read each";
    assert!(advice.contains(told), "{advice}");
}

#[test]
fn a_macro_is_believed_as_far_as_the_slicers_code_counts_on_it() {
    let homes = sliced(&format!("G28\n{START}"), "END_PRINT", "gcode_flavor = klipper");
    let made = accepted(&homes);
    assert!(made.advice.contains("START_PRINT does [heat]"), "{}", made.advice);
    let (code, told) = made.verdict(&homes.replacen("G28\n", "", 1));
    assert_eq!((code, told.contains("homed")), (Some(1), true), "{told}");
    let heats = "M104 S0\nM109 S215\nSTART_PRINT";
    let cools = "END_PRINT\nM104 S0\nM140 S0";
    let made = accepted(&sliced(heats, cools, "gcode_flavor = klipper"));
    assert!(made.advice.contains("END_PRINT does [], START_PRINT does [home]"), "{}", made.advice);
    let (code, told) = made.verdict(&sliced(heats, "END_PRINT", "gcode_flavor = klipper"));
    assert_eq!((code, told.contains("M109 S215")), (Some(1), true), "{told}");
}

#[test]
fn what_no_marlin_knows_is_for_the_owner_to_allow() {
    let file = sliced(START, "END_PRINT", "gcode_flavor = marlin2");
    let made = Made::of(&file);
    assert!(made.advice.contains("calls END_PRINT, PURGE_LINE, START_PRINT: only Klipper"));
    let (code, told) = made.verdict(&file);
    assert_eq!((code, told.contains("START_PRINT is not known")), (Some(1), true), "{told}");
    // Its ordinary files pass.
    let plain = sliced("G28\nM109 S215", "M104 S0", "gcode_flavor = marlin2");
    assert_eq!(made.verdict(&plain).0, Some(0));
    // The owner takes the last lines as they stand there.
    let lines = made.toml.split("\n# [[macros]]");
    let allowed = Made {
        toml: lines
            .collect::<Vec<_>>()
            .join("\n[[macros]]")
            .replace("\n# name", "\nname")
            .replace("\n# does", "\ndoes"),
        ..made
    };
    assert_eq!(allowed.verdict(&file).0, Some(0), "{}", allowed.toml);
}

#[test]
fn where_nothing_was_taken_over_nothing_is_told() {
    let start = "M140 S60\nM104 S215\nM190 S60\nM109 S215\nG28";
    let Made { toml, advice } =
        accepted(&sliced(start, "M104 S0\nM140 S0\nM84", "gcode_flavor = marlin"));
    assert_eq!((advice.as_str(), toml.contains("macros")), ("", false), "{toml}");
}
