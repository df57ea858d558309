//! What the program says of printers and of files: profiles, limits, names.

use std::fs;

use serde_json::Value;

use super::{GOOD, HOT, SLICED, run, text};

#[test]
fn a_profile_is_made_of_what_others_know() {
    let folder = tempfile::tempdir().expect("a folder");
    let [octoprint, slicer, made] =
        ["printer.json", "config.ini", "made.toml"].map(|name| folder.path().join(name));
    let printer = r#"{"name": "Attic", "volume": {"formFactor": "rectangular", "width": 200, "depth": 200,
        "height": 180}, "axes": {"x": {"speed": 6000}}, "extruder": {"count": 1, "nozzleDiameter": 0.4}}"#;
    fs::write(&octoprint, printer).expect("written");
    let limits = ["feedrate", "acceleration", "jerk"].map(|kind| {
        ["x", "y", "z", "e"].map(|axis| format!("machine_max_{kind}_{axis} = 10\n")).concat()
    });
    let config = format!("{}machine_max_acceleration_extruding = 500\n", limits.concat());
    fs::write(&slicer, config).expect("written");
    let [octoprint, slicer, profile] =
        [&octoprint, &slicer, &made].map(|path| path.to_str().expect("UTF-8"));
    let output =
        run(&["profile", "--octoprint", octoprint, "--slicer", slicer, "--name", "Mine"], "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    fs::write(&made, &output.stdout).expect("written");
    let hot = run(&["verify", "-p", profile, "-"], HOT);
    assert!(text(&hot.stdout).contains("exceeds 250 °C allowed on Mine"), "{}", text(&hot.stdout));
}

#[test]
fn without_a_printer_a_file_is_timed_by_its_slicers_limits() {
    let folder = tempfile::tempdir().expect("a folder");
    let time = |settings: &str| {
        let file = folder.path().join("one.gcode");
        let moves = "G28\nM83\nG1 X0 Y0 F6000\nG1 X100 F6000\n";
        fs::write(&file, format!("{moves}{settings}")).expect("written");
        let output = run(&["inspect", "--json", file.to_str().expect("UTF-8")], "");
        let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        json["time_s"].as_f64().expect("a number")
    };
    // 100 mm/s is reached in 0.2 s, with a jerk of 10 in 0.18 s.
    let slow = "; machine_max_acceleration_extruding = 500\n; machine_max_acceleration_travel = 500\n\
        ; machine_max_jerk_x = 10,10\n";
    assert!((time(slow) - 1.162).abs() < 1e-3, "{}", time(slow));
    assert!(time("") < time(slow));
}

#[test]
fn a_report_says_how_the_file_is_read_and_how_far_its_slicer_is_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visor.gcode");
    let inspect = |flavor: &str, how: &[&str]| {
        fs::write(&path, format!("{SLICED}; gcode_flavor = {flavor}\n")).expect("written");
        let arguments = [&["inspect"], how, &[path.to_str().expect("UTF-8")]].concat();
        text(&run(&arguments, "").stdout)
    };
    for (flavor, dialect) in
        [("klipper", "klipper"), ("reprapfirmware", "rep-rap-firmware"), ("marlin2", "marlin")]
    {
        let json: Value = serde_json::from_str(&inspect(flavor, &["--json"])).expect("JSON");
        assert_eq!(json["dialect"], dialect);
    }
    let told = inspect("klipper", &["--profile", "ender3", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&told).expect("JSON")["dialect"], "marlin");
    let shown = inspect("marlin", &[]);
    assert!(shown.contains("1.0 mm in all (its slicer says 1.0 mm: +0.0 %)"), "{shown}");
    let other = shown_of(&SLICED.replace("[mm] = 1.00", "[mm] = 0.80"));
    assert!(other.contains("1.0 mm in all (its slicer says 0.8 mm: +25.0 %)"), "{other}");
    assert!(!shown_of(GOOD).contains("in all"));
}

/// Returns what `inspect` shows of a file.
fn shown_of(file: &str) -> String {
    text(&run(&["inspect", "-"], file).stdout)
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_steers_no_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a\u{1b}[31m\nb: allowed; é.gcode");
    let name = path.to_str().expect("UTF-8");
    fs::write(&path, GOOD).expect("written");
    for how in [&["verify", "--profile", "ender3", name][..], &["inspect", name]] {
        let told = text(&run(how, "").stdout);
        assert!(
            told.lines().next().is_some_and(|l| l.contains("a?[31m?b: allowed; é.gcode")),
            "{told}"
        );
    }
    let missing = text(&run(&["inspect", &format!("{name}\r\u{202E}x")], "").stderr);
    assert!(missing.contains("a?[31m?b: allowed; é.gcode??x"), "{missing}");
}
