//! What the program holds while it reads: a few megabytes, however much comes.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Far less than what is fed, and twice what was measured of a program that is not optimised.
const KIB_MAX: u64 = 16 << 10;

const MIB_FED: usize = 96;

#[track_caller]
fn check(text: &str) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_visorfarm-gcode"))
        .args(["inspect", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let piece = text.repeat((1 << 20) / text.len());
    for _ in 0..MIB_FED {
        stdin.write_all(piece.as_bytes()).expect("it reads on");
    }
    // All but what a pipe holds was taken, and the program waits for more.
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|told| told.trim().strip_suffix(" kB")).expect("a peak");
    let peak: u64 = peak.parse().expect("a number");
    assert!(peak < KIB_MAX, "{peak} KiB of {text:?}");
}

#[test]
fn an_endless_line_takes_no_memory() {
    check("A");
}

#[test]
fn endless_lines_take_no_memory() {
    check("G1 X1 E1\nM117 so many\n; thumbnail begin 9x9 9\nEXCLUDE_OBJECT_START NAME=a\n");
}
