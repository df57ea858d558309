//! Where moves lead, where layers begin, and how long it all takes.

use visorfarm_gcode::{Dialect, Options, Scanner};

use super::{close, scan};

#[test]
fn klipper_waits_by_milliseconds_only() {
    let waits = |dialect, code: &str| {
        let mut scanner = Scanner::new(&Options { dialect, ..Options::default() });
        scanner.feed(format!("{code}\n").as_bytes());
        scanner.finish().time_s
    };
    for (dialect, seconds) in [(Dialect::Marlin, 100.0), (Dialect::Klipper, 0.0)] {
        close(waits(dialect, "G4 S100"), seconds);
        close(waits(dialect, "G4 P2000"), 2.0);
    }
}

#[test]
fn klipper_is_as_fast_as_it_was_told_last() {
    let time = |limit: &str| {
        let mut scanner =
            Scanner::new(&Options { dialect: Dialect::Klipper, ..Options::default() });
        scanner.feed(format!("G28\n{limit}\nG1 X200 F9000\nG1 X0\n").as_bytes());
        scanner.finish().time_s
    };
    let (slow, fast) = (time("SET_VELOCITY_LIMIT VELOCITY=10"), time(""));
    assert!(fast * 5.0 < slow);
    close(time("SET_VELOCITY_LIMIT VELOCITY=\"10\""), slow);
    close(time("SET_VELOCITY_LIMIT VELOCITY=300 ; was VELOCITY=10"), fast);
    close(time("SET_VELOCITY_LIMIT VELOCITY=300 velocity=10"), slow);
}

#[test]
fn positions_follow_modes_units_and_offsets() {
    let travel = |file: &str| {
        let bounds = scan(file).envelope.travel.expect("it travels");
        (bounds.min, bounds.max)
    };
    assert_eq!(travel("G28\nG91\nG1 X5\nG1 X5 Y-2\n"), ([5.0, -2.0, 0.0], [10.0, -2.0, 0.0]));
    close(travel("G28\nG20\nG1 X1\n").1[0], 25.4);
    assert_eq!(travel("G28\nG1 Z10\nG92 Z0\nG1 Z-4\n"), ([0.0, 0.0, 6.0], [0.0, 0.0, 10.0]));
    close(travel("G28\nG1 Z10\nG92 Z0\nG28 Z\nG1 Z4\n").0[2], 4.0);
    let (min, max) = travel("G28\nG1 X10 Y10\nG2 X20 Y10 I5 J0\n");
    close(max[1], 15.0);
    close(min[1], 10.0);
    close(travel("G28\nG20\nG21\nG1 X1\n").1[0], 1.0);
    close(travel("G28\nG1 X10 Y10\nG2 X10 Y30 I0 J10\n").0[0], 0.0);
    // It ends on its circle, beyond the end that the file names.
    close(travel("G28\nG1 X100 Y100\nG3 X119.9 Y100 I10\n").1[0], 120.0);
    close(travel("G28\nG1 X120 Y100\nG2 X100.1 Y100 I-10\nG1 X110\n").0[0], 100.0);
    close(travel("G28\nG1 X100 Y100\nG3 X109.9 Y110 J10\n").1[0], 110.0);
}

#[test]
fn a_place_that_keeps_its_name_is_no_shift() {
    let shift = |file: &str| scan(file).evidence.origin_shift.map(|spot| spot.line);
    assert_eq!(shift("G28\nG1 X10\nG92 X10\n"), None);
    assert_eq!(shift("G28\nG1 X10\nG92 X9\n"), Some(3));
}

#[test]
fn steps_count_anew_from_where_a_probing_ends() {
    let unknown = |code: &str| {
        let report = scan(&format!("G28\nG29\nG91\nG1 Z15\n{code}G1 Z15\n"));
        report.evidence.relative_from_unknown.is_some()
    };
    assert!(unknown(""));
    assert!(!unknown("G29\n"));
}

#[test]
fn a_layer_that_no_comment_tells_is_a_greater_height_with_filament() {
    let layer = |z: &str| format!("G1 Z{z}\nG1 X20 E1\nG1 X10 E1\n");
    let layers = |heights: &[&str]| {
        let code: String = heights.iter().map(|z| layer(z)).collect();
        let report = scan(&format!("G28\nM83\nG1 X10 F600\n{code}"));
        (report.layers, report.time_per_layer_s.len())
    };
    assert_eq!(layers(&["0.2", "0.4", "0.6"]), (3, 3));
    assert_eq!(layers(&["0.2", "0.4", "0.2", "0.4"]), (2, 2));
    assert_eq!(layers(&["0.2"]), (1, 1));
    assert_eq!(scan("G28\nG1 X10 Z5\nG1 X20 Z9\n").layers, 0);
}

#[test]
fn what_is_printed_is_pushed_while_the_head_goes_sideways() {
    let print = |file: &str| {
        scan(&format!("G28\nM83\nG1 X10 Y10 Z1\n{file}\n")).envelope.print.map(|b| (b.min, b.max))
    };
    assert_eq!(print("G1 Z9 E1"), None);
    assert_eq!(print("G1 E1"), None);
    assert_eq!(print("G1 X20"), None);
    assert_eq!(print("G1 X20 E1"), Some(([10.0, 10.0, 1.0], [20.0, 10.0, 1.0])));
    // A whole turn needs no word but its centre.
    assert_eq!(print("G2 I5 E1"), Some(([10.0, 5.0, 1.0], [20.0, 15.0, 1.0])));
}

#[test]
fn a_speed_of_nought_is_passed_over() {
    let file = |between: &str| scan(&format!("G28\nG1 X10 F600\n{between}G1 X20\n"));
    close(file("G1 F0\n").time_s, file("").time_s);
    close(file("G1 F0\n").feed_mm_s_max, 10.0);
}

/// By the limits of a firmware as it is delivered.
fn seconds(moves: &str) -> f64 {
    let mut scanner = Scanner::new(&Options::default());
    scanner.feed(format!("G28\nM83\nG1 X10 Y10 F6000\n{moves}").as_bytes());
    scanner.finish().time_s
}

#[test]
fn what_a_file_says_of_limits_holds_from_its_line_on() {
    let plain = seconds("G1 X90\nG1 X10\n");
    for slower in ["M201 X100", "M203 X10", "M204 S100", "M204 T100", "M205 X1", "M220 S50"] {
        let found = seconds(&format!("{slower}\nG1 X90\nG1 X10\n"));
        assert!(plain + 0.01 < found, "{slower}: {found} s, {plain} s without");
    }
    for waits in ["M400", "M0", "M1", "M25", "M600", "M601", "M109 S0", "T1", "G28 W"] {
        let found = seconds(&format!("G1 X50\n{waits}\nG1 X90\nG1 X10\n"));
        assert!(plain < found, "{waits}: {found} s, {plain} s without a stop");
    }
}

#[test]
fn the_way_back_from_a_macro_takes_its_time() {
    let file = |between: &str| scan(&format!("G28\nG1 X100 F6000\n{between}G1 X10\n")).time_s;
    close(file(""), 1.9);
    close(file("TIMELAPSE_TAKE_FRAME\n"), 1.9);
}
