//! The program: what it reads, what it writes, how it ends.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

const GOOD: &str = "G28\nG1 X10 Y10 F3000\n";
const HOT: &str = "M104 S310\nG28\n";

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_visorfarm-gcode"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that refuses its arguments does not read.
    stdin.write_all(input.as_bytes()).ok();
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn the_exit_code_is_the_verdict() {
    assert_eq!(run(&["verify", "--profile", "ender3", "-"], GOOD).status.code(), Some(0));
    let refused = run(&["verify", "--profile", "ender3", "-"], HOT);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused.stdout)
            .contains("line 1: M104 S310 exceeds 260 °C allowed on Creality Ender-3")
    );
    let missing = run(&["verify", "--profile", "ender3", "/no/such/file"], "");
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("cannot read /no/such/file"));
}

#[test]
fn json_holds_the_file_the_report_and_the_findings() {
    let output = run(&["inspect", "--json", "--profile", "ender3", "-"], HOT);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["file"], "-");
    assert_eq!(json["nozzle_c_max"], 310.0);
    assert_eq!(json["findings"][0]["severity"], "forbid");
    assert_eq!(json["findings"][0]["rule"], "nozzle-too-hot");
    assert_eq!(json["findings"][0]["line"], 1);
}

#[test]
fn a_profile_may_be_a_file_and_its_error_says_the_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine.toml");
    let shipped = include_str!("../profiles/ender3.toml");
    fs::write(&path, shipped.replace("nozzle_celsius_max = 260", "nozzle_celsius_max = 320"))
        .expect("written");
    let profile = path.to_str().expect("UTF-8");
    let hot = format!("{HOT}M104 S0\n");
    assert_eq!(run(&["verify", "-p", profile, "-"], &hot).status.code(), Some(0));
    fs::write(&path, "name = \"x\"\ndialect = \"klingon\"\n").expect("written");
    let broken = run(&["verify", "-p", profile, "-"], GOOD);
    assert_eq!(broken.status.code(), Some(2));
    assert!(
        text(&broken.stderr).contains("line 2 of the printer profile"),
        "{}",
        text(&broken.stderr)
    );
}

#[test]
fn one_bad_file_does_not_hide_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = folder.path().join("good.gcode");
    fs::write(&good, GOOD).expect("written");
    let output = run(&["inspect", "/no/such/file", good.to_str().expect("UTF-8")], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stdout).contains("good.gcode"));
}

#[test]
fn shells_can_complete_it() {
    let output = run(&["completions", "bash"], "");
    assert!(output.status.success() && text(&output.stdout).contains("visorfarm-gcode"));
    let profiles = run(&["profiles"], "");
    assert!(text(&profiles.stdout).lines().any(|name| name == "ender3"));
}
