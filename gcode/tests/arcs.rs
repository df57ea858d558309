//! An arc takes as long as the straight pieces that a firmware makes of it.

use std::f64::consts::{PI, TAU};
use std::fmt::Write;

use visorfarm_gcode::{Dialect, Motion, Options, Scanner};

fn seconds(dialect: Dialect, moves: &str) -> f64 {
    let motion = Some(Motion::of(dialect));
    let mut scanner = Scanner::new(&Options { dialect, motion, ..Options::default() });
    scanner.feed(b"G28\nG90\nM83\nG1 X100 Y100 F6000\n");
    scanner.feed(moves.as_bytes());
    scanner.finish().time_s
}

/// The letter S: half a circle to the right, half one to the left, each with one millimetre of filament.
fn as_arcs(radius: f64, feed: f64) -> String {
    let (one, two) = (100.0 + 2.0 * radius, 100.0 + 4.0 * radius);
    format!(
        "G1 F{feed}\nG2 X{one} Y100 I{radius} J0 E1\nG3 X{two} Y100 I{radius} J0 E1\nG1 Y50 E1\n"
    )
}

/// The same, each half in so many straight pieces.
fn as_lines(radius: f64, feed: f64, pieces: u32) -> String {
    let mut lines = format!("G1 F{feed}\n");
    for (centre, side) in [(100.0 + radius, 1.0), (100.0 + 3.0 * radius, -1.0)] {
        for piece in 1..=pieces {
            let angle = PI * (1.0 - f64::from(piece) / f64::from(pieces));
            let (x, y) = (centre + radius * angle.cos(), 100.0 + side * radius * angle.sin());
            writeln!(lines, "G1 X{x:.6} Y{y:.6} E{:.6}", 1.0 / f64::from(pieces)).expect("memory");
        }
    }
    lines + "G1 Y50 E1\n"
}

#[track_caller]
fn check(dialect: Dialect, radius: f64, feed_mm_s: f64, pieces: u32) {
    let feed = feed_mm_s * 60.0;
    let arcs = seconds(dialect, &as_arcs(radius, feed));
    let lines = seconds(dialect, &as_lines(radius, feed, pieces));
    assert!((arcs / lines - 1.0).abs() < 0.01, "{arcs} s as arcs, {lines} s as lines");
}

#[test]
fn marlin_makes_pieces_of_a_millimetre_and_72_of_a_small_circle() {
    check(Dialect::Marlin, 20.0, 50.0, 63);
    check(Dialect::Marlin, 20.0, 200.0, 63);
    check(Dialect::Marlin, 5.0, 50.0, 36);
    // But none shorter than a tenth: half a circle of 0.3 mm is nine of them.
    check(Dialect::Marlin, 0.3, 50.0, 9);
}

#[test]
fn prusas_firmware_keeps_to_a_deviation_and_fifty_pieces_a_second() {
    check(Dialect::Prusa, 20.0, 50.0, 63);
    check(Dialect::Prusa, 20.0, 20.0, 157);
    // √(8 · 0.5 · 0.02) = 0.28 mm.
    check(Dialect::Prusa, 0.5, 50.0, 6);
    check(Dialect::Prusa, 40.0, 200.0, 63);
}

#[test]
fn reprapfirmware_makes_finer_ones() {
    // Two hundred a second: 0.25 mm.
    check(Dialect::RepRapFirmware, 20.0, 50.0, 251);
    // √(8 · 0.5 · 0.005) = 0.14 mm.
    check(Dialect::RepRapFirmware, 0.5, 50.0, 11);
}

#[test]
fn klipper_makes_pieces_of_a_millimetre_and_chords_of_less() {
    check(Dialect::Klipper, 20.0, 50.0, 63);
    check(Dialect::Klipper, 2.0, 200.0, 6);
    check(Dialect::Klipper, 0.3, 50.0, 1);
}

#[test]
fn a_helix_takes_the_time_of_its_whole_way() {
    let round = seconds(Dialect::Marlin, "G3 X100 Y100 I-10 J0 F600 E1\n");
    let climbing = seconds(Dialect::Marlin, "G3 X100 Y100 I-10 J0 Z40 F600 E1\n");
    let longer = (10.0 * TAU).hypot(40.0) / (10.0 * TAU);
    // Z is slow, but not as slow as here.
    assert!((climbing / round / longer - 1.0).abs() < 0.2, "{round} s, {climbing} s");
}
