//! Tests of `plan`.

use super::*;

const TAG: Tag = Tag { layer: 0, line: 1, flow_mm2: 0.0, head: Head::Moves };

fn planned(length: f64, cruise: f64) -> Planned {
    Planned {
        acceleration: 100.0,
        gain2: 200.0 * length,
        cruise2: cruise * cruise,
        entry2: 0.0,
        of: TAG,
    }
}

fn run(moves: &[(Planned, f64)], cruise_ratio: f64) -> (f64, f64) {
    let mut plan = Plan::new();
    plan.smooth(cruise_ratio);
    let (mut seconds, mut top) = (0.0, 0.0f64);
    let mut count = |driven: Driven| {
        seconds += driven.seconds;
        top = top.max(driven.top_mm_s);
    };
    for (planned, corner2) in moves {
        plan.push(*planned, *corner2, &mut count);
    }
    plan.finish(0.0, &mut count);
    (seconds, top)
}

#[track_caller]
fn check(moves: &[(Planned, f64)], cruise_ratio: f64, seconds: f64, top: f64) {
    let found = run(moves, cruise_ratio);
    assert!((found.0 - seconds).abs() < 1e-6, "{} s is not {seconds} s", found.0);
    assert!((found.1 - top).abs() < 1e-6, "{} mm/s is not {top} mm/s", found.1);
}

#[test]
fn one_move_is_a_trapezoid_or_a_triangle() {
    // Up to 10 mm/s in 0.1 s over 0.5 mm, 9 mm at 10 mm/s, and down again.
    check(&[(planned(10.0, 10.0), 0.0)], 0.0, 1.1, 10.0);
    // 1 mm is 0.5 mm up, 0.5 mm down: the top is 10 mm/s, each way takes 0.1 s.
    check(&[(planned(1.0, 99.0), 0.0)], 0.0, 0.2, 10.0);
}

#[test]
fn many_short_moves_are_as_fast_as_the_long_one_they_make() {
    let long = run(&[(planned(100.0, 50.0), 0.0)], 0.0);
    let mut short = vec![(planned(0.05, 50.0), 2500.0); 2000];
    short[0].1 = 0.0;
    // The window looks ahead 3 mm and more; at its end the plan is for a stop, so it is never faster than the truth.
    let found = run(&short, 0.0);
    assert!(long.0 <= found.0 + 1e-9 && found.0 < long.0 * 1.4, "{found:?} {long:?}");
    let mut few = vec![(planned(0.5, 50.0), 2500.0); 200];
    few[0].1 = 0.0;
    check(&few, 0.0, long.0, long.1);
}

#[test]
fn a_corner_is_seen_in_time() {
    // Two moves of 1 mm with a stop between them take twice one of them.
    check(&[(planned(1.0, 99.0), 0.0), (planned(1.0, 99.0), 0.0)], 0.0, 0.4, 10.0);
    // Without a stop they are one move of 2 mm: a top of √200 mm/s.
    let top = 200f64.sqrt();
    check(&[(planned(1.0, 99.0), 0.0), (planned(1.0, 99.0), 9801.0)], 0.0, top / 50.0, top);
}

#[test]
fn a_smoothed_peak_is_lower_and_cruises() {
    // Half the acceleration over 1 mm: the peak's square is 50, not 100; 0.25 mm up, 0.5 mm cruised, 0.25 mm down.
    let top = 50f64.sqrt();
    check(&[(planned(1.0, 99.0), 0.0)], 0.5, 2.0 * top / 100.0 + 0.5 / top, top);
    // Two moves straight on share one peak: half of 1 mm + 1 mm is cruised.
    let top = 100f64.sqrt();
    let two = [(planned(1.0, 99.0), 0.0), (planned(1.0, 99.0), 9801.0)];
    check(&two, 0.5, 2.0 * top / 100.0 + 1.0 / top, top);
}

#[test]
fn no_moves_take_no_time() {
    check(&[], 0.0, 0.0, 0.0);
}
