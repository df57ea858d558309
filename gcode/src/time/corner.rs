//! How fast a corner may be taken.
//!
//! All speeds are squared: what an acceleration changes over a way is the square of the speed, so the look-ahead never
//! needs a root.

use super::limits::{Limits, greater, lesser};
use crate::profile::Corner;

/// The end of one move, or the start of the next, as a corner sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    /// X, Y, Z and E for each millimetre of way.
    pub(super) direction: [f64; 4],
    pub(super) length: f64,
    pub(super) cruise: f64,
    pub(super) acceleration: f64,
    /// As [`Limits::start`] says: asked at both ends of a move, found once.
    pub(super) start: f64,
}

impl Limits {
    /// Returns the square of the greatest speed at which `before` may turn into `after`.
    #[inline]
    pub(super) fn corner(&self, before: &Side, after: &Side) -> f64 {
        let slower = lesser(before.cruise, after.cruise);
        let free = slower * slower;
        let limit = match self.corner {
            Corner::Jerk { .. } => self.jerk(before, after),
            Corner::JunctionDeviation { mm } => deviation(mm, before, after),
            Corner::SquareCorner { mm_s, .. } => {
                lesser(square(mm_s, before, after), extruder(before, after))
            }
        };
        lesser(free, limit)
    }

    /// Returns the square of the speed with which a move may begin from, or end in, a standstill.
    #[inline]
    pub(super) fn standstill(&self, side: &Side) -> f64 {
        match self.corner {
            Corner::Jerk { .. } => side.start * side.start,
            Corner::JunctionDeviation { .. } | Corner::SquareCorner { .. } => 0.0,
        }
    }

    /// Marlin's classic jerk: no axis changes its speed at once by more than its limit. Where an axis turns round, the
    /// greater of both speeds counts, not their sum. Nor is a corner slower than to stop and to start again.
    #[inline]
    fn jerk(&self, before: &Side, after: &Side) -> f64 {
        let mut share = 0.0;
        for axis in 0..4 {
            let (from, to) = (before.direction[axis], after.direction[axis]);
            let change =
                if 0.0 < from * to { (from - to).abs() } else { greater(from.abs(), to.abs()) };
            share = greater(share, change * self.per_jerk[axis]);
        }
        let turning = 1.0 / share;
        // "Not coasting: the machine will stop and start the movements anyway." Marlin, planner.
        let stops = 0.99 * turning < lesser(before.start, after.start);
        let best = if stops { after.start } else { turning };
        best * best
    }

    /// Returns the speed that every axis may take on at once: its jerk, where the move wants more of it. So do Prusa's
    /// firmware and slicer; other Marlins divide by the axis' share of the way and start up to 1.4 times faster.
    #[inline]
    pub(super) fn start(&self, cruise: f64, direction: &[f64; 4]) -> f64 {
        let most = |axis: usize| {
            let wants = direction[axis].abs() * cruise * self.per_jerk[axis];
            if 1.0 < wants { self.jerk[axis] } else { cruise }
        };
        lesser(lesser(most(0), most(1)), lesser(most(2), most(3)))
    }
}

/// Below this length Marlin takes moves for pieces of an arc.
const SMALL_SEGMENT_MM: f64 = 1.0;

/// "Junction deviation": the corner is an arc that touches both moves and leaves their point by `mm`.
/// v² = a·δ·sin(θ/2)/(1 − sin(θ/2)). Marlin, "Junction Deviation" and its planner's `JD_HANDLE_SMALL_SEGMENTS`.
fn deviation(mm: f64, before: &Side, after: &Side) -> f64 {
    let turn = Turn::between(before, after);
    let acceleration = lesser(before.acceleration, after.acceleration);
    let limit = acceleration * mm * turn.tightness();
    if after.length < SMALL_SEGMENT_MM && turn.cosine < -std::f64::consts::FRAC_1_SQRT_2 {
        let bend = std::f64::consts::PI - turn.cosine.clamp(-1.0, 1.0).acos();
        return lesser(limit, after.length / greater(bend, 1e-6) * acceleration);
    }
    limit
}

/// Klipper's junction: the deviation that gives `mm_s` at a right angle, and the centripetal limit of the arc that the
/// shorter half of both moves allows. Klipper, "Kinematics", "Look-ahead"; `toolhead.py`, `calc_junction`.
fn square(mm_s: f64, before: &Side, after: &Side) -> f64 {
    let turn = Turn::between(before, after);
    // δ·a = scv²·(√2 − 1), whatever the acceleration.
    let by_deviation = mm_s * mm_s * (std::f64::consts::SQRT_2 - 1.0) * turn.tightness();
    let half = turn.half_tangent() / 2.0;
    let by_arc =
        half * lesser(before.length * before.acceleration, after.length * after.acceleration);
    lesser(by_deviation, by_arc)
}

/// The extruder's speed changes at once by no more than this. Klipper, "Config reference", `[extruder]`,
/// `instantaneous_corner_velocity`.
const EXTRUDER_MM_S: f64 = 1.0;

fn extruder(before: &Side, after: &Side) -> f64 {
    let change = (after.direction[3] - before.direction[3]).abs();
    if change < 1e-9 { f64::INFINITY } else { (EXTRUDER_MM_S / change).powi(2) }
}

/// The angle between two moves: −1 goes straight on, 1 turns back.
struct Turn {
    cosine: f64,
}

impl Turn {
    fn between(before: &Side, after: &Side) -> Self {
        let dot = (0..3).map(|axis| before.direction[axis] * after.direction[axis]).sum::<f64>();
        Self { cosine: (-dot).clamp(-1.0, 1.0) }
    }

    fn half_sine(&self) -> f64 {
        ((1.0 - self.cosine) / 2.0).sqrt()
    }

    fn tightness(&self) -> f64 {
        let sine = self.half_sine();
        if 1.0 - 1e-9 < sine { f64::INFINITY } else { sine / (1.0 - sine) }
    }

    fn half_tangent(&self) -> f64 {
        let half_cosine = f64::midpoint(1.0, self.cosine).sqrt();
        if half_cosine < 1e-9 { f64::INFINITY } else { self.half_sine() / half_cosine }
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::Motion;

    use super::*;

    fn side(limits: &Limits, direction: [f64; 4], length: f64) -> Side {
        let start = limits.start(100.0, &direction);
        Side { direction, length, cruise: 100.0, acceleration: 1000.0, start }
    }

    #[track_caller]
    fn check(corner: Corner, from: [f64; 4], to: [f64; 4], speed: f64) {
        let limits = Limits::new(&Motion { corner, ..Motion::default() });
        let found = limits.corner(&side(&limits, from, 10.0), &side(&limits, to, 10.0)).sqrt();
        assert!((found - speed).abs() < 1e-3, "{corner:?}: {found} is not {speed}");
    }

    const X: [f64; 4] = [1.0, 0.0, 0.0, 0.0];
    const Y: [f64; 4] = [0.0, 1.0, 0.0, 0.0];
    const BACK: [f64; 4] = [-1.0, 0.0, 0.0, 0.0];
    const SLANT: [f64; 4] =
        [std::f64::consts::FRAC_1_SQRT_2, std::f64::consts::FRAC_1_SQRT_2, 0.0, 0.0];

    #[test]
    fn jerk_limits_what_each_axis_changes_at_once() {
        let jerk = Corner::Jerk { mm_s: [8.0, 8.0, 0.4, 5.0] };
        check(jerk, X, X, 100.0);
        check(jerk, X, Y, 8.0);
        check(jerk, X, BACK, 8.0);
        check(jerk, X, SLANT, 8.0 / std::f64::consts::FRAC_1_SQRT_2);
        check(jerk, X, [1.0, 0.0, 0.0, 0.1], 50.0);
        check(jerk, X, [1.0, 0.0, 0.01, 0.0], 40.0);
    }

    #[test]
    fn square_corner_velocity_is_what_its_name_says() {
        let square = Corner::SquareCorner { mm_s: 5.0, minimum_cruise_ratio: 0.5 };
        check(square, X, Y, 5.0);
        check(square, X, X, 100.0);
        check(square, X, BACK, 0.0);
        check(square, X, [1.0, 0.0, 0.0, 0.05], 20.0);
    }

    #[test]
    fn junction_deviation_is_the_radius_of_the_corner() {
        // sin 45° / (1 − sin 45°) = 2.4142; 1000 · 0.05 · 2.4142 = 120.7.
        check(Corner::JunctionDeviation { mm: 0.05 }, X, Y, 120.711f64.sqrt());
        check(Corner::JunctionDeviation { mm: 0.05 }, X, X, 100.0);
        check(Corner::JunctionDeviation { mm: 0.05 }, X, BACK, 0.0);
    }

    #[test]
    fn short_pieces_of_a_curve_keep_to_its_radius() {
        let limits = Limits::new(&Motion {
            corner: Corner::JunctionDeviation { mm: 1.0 },
            ..Motion::default()
        });
        let bend = 0.05f64;
        let before = side(&limits, X, 0.1);
        let after = side(&limits, [bend.cos(), bend.sin(), 0.0, 0.0], 0.1);
        // Ten pieces of 0.1 mm, 0.05 rad each: a radius of 2 mm, so v² = 1000 · 2.
        assert!((limits.corner(&before, &after) - 2000.0).abs() < 1.0);
    }
}
