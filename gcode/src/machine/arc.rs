//! G2 and G3: the arc between two points, its box and its length.

use std::f64::consts::TAU;

use crate::words::Words;

/// Which way an arc turns, seen from above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Clockwise,
    Counter,
}

/// An arc in the XY plane.
pub(crate) struct Arc {
    centre: [f64; 2],
    radius: f64,
    /// The angle of the start, in radians.
    from: f64,
    /// How far it turns, always positive.
    sweep: f64,
    turn: Turn,
}

/// Ends closer than this are one point: a full circle. Slicers write three decimals.
const SAME_POINT_MM: f64 = 0.0005;

/// An end further off its circle than this is no rounding, but two answers: firmwares go round to the end's angle and jump,
/// or refuse. Arc welders leave a few hundredths.
const OFF_CIRCLE_MM: f64 = 0.2;

/// More turns than this firmwares do not make as they are told, and no slicer writes. Marlin, `G2_G3.cpp`, `circles_to_do`.
const TURNS_MAX: f64 = 100.0;

impl Arc {
    /// Returns the arc that `words` describe, or `None` where firmwares would refuse or guess.
    pub(crate) fn new(start: [f64; 2], end: [f64; 2], turn: Turn, words: &Words) -> Option<Self> {
        let centre = centre(start, end, turn, words)?;
        let spoke = [start[0] - centre[0], start[1] - centre[1]];
        let radius = spoke[0].hypot(spoke[1]);
        if radius < SAME_POINT_MM {
            return None;
        }
        if OFF_CIRCLE_MM < ((end[0] - centre[0]).hypot(end[1] - centre[1]) - radius).abs() {
            return None;
        }
        let from = spoke[1].atan2(spoke[0]);
        let to = (end[1] - centre[1]).atan2(end[0] - centre[0]);
        let mut sweep = match turn {
            Turn::Counter => (to - from).rem_euclid(TAU),
            Turn::Clockwise => (from - to).rem_euclid(TAU),
        };
        if (end[0] - start[0]).hypot(end[1] - start[1]) < SAME_POINT_MM {
            sweep = TAU;
        }
        let turns = words.number(b'P').map_or(0.0, crate::number::Micro::to_f64);
        if !(0.0..=TURNS_MAX).contains(&turns) {
            return None;
        }
        Some(Self { centre, radius, from, sweep: sweep + turns * TAU, turn })
    }

    pub(crate) fn length(&self) -> f64 {
        self.radius * self.sweep
    }

    /// Returns how far the nozzle gets away from where the arc begins: from half a circle on, across.
    pub(crate) fn span(&self) -> f64 {
        2.0 * self.radius * (self.sweep.min(TAU / 2.0) / 2.0).sin()
    }

    pub(crate) fn radius(&self) -> f64 {
        self.radius
    }

    /// Returns the direction in which the arc begins, in radians.
    pub(crate) fn heading(&self) -> f64 {
        match self.turn {
            Turn::Counter => self.from + TAU / 4.0,
            Turn::Clockwise => self.from - TAU / 4.0,
        }
    }

    /// Returns how far the arc turns, in radians, above nought against the clock.
    pub(crate) fn turned(&self) -> f64 {
        match self.turn {
            Turn::Counter => self.sweep,
            Turn::Clockwise => -self.sweep,
        }
    }

    /// Returns the points where the arc reaches furthest along an axis, between its ends.
    pub(crate) fn extremes(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        let quarter = TAU / 4.0;
        (0..4u8)
            .map(move |side| f64::from(side) * quarter)
            .filter(|&angle| self.passes(angle))
            .map(|angle| self.at(angle))
    }

    /// Returns where on its circle the arc ends: near the end that the file names, not always at it.
    pub(crate) fn last(&self) -> [f64; 2] {
        self.at(self.from + self.turned())
    }

    fn at(&self, angle: f64) -> [f64; 2] {
        let (sin, cos) = angle.sin_cos();
        [self.centre[0] + self.radius * cos, self.centre[1] + self.radius * sin]
    }

    /// Returns the end of each of `count` equal parts but the last, which ends where the arc does.
    pub(crate) fn ways(&self, count: u32) -> impl Iterator<Item = [f64; 2]> + '_ {
        (1..count).map(move |part| {
            self.at(self.from + self.turned() * f64::from(part) / f64::from(count))
        })
    }

    /// Returns how far from the origin the arc reaches between its ends, if further than at both of them.
    pub(crate) fn reach(&self) -> Option<f64> {
        let away = self.centre[0].hypot(self.centre[1]);
        self.passes(self.centre[1].atan2(self.centre[0])).then_some(away + self.radius)
    }

    fn passes(&self, angle: f64) -> bool {
        let on_the_way = match self.turn {
            Turn::Counter => (angle - self.from).rem_euclid(TAU),
            Turn::Clockwise => (self.from - angle).rem_euclid(TAU),
        };
        on_the_way < self.sweep
    }
}

fn centre(start: [f64; 2], end: [f64; 2], turn: Turn, words: &Words) -> Option<[f64; 2]> {
    let offset = |letter| words.number(letter).map(crate::number::Micro::to_f64);
    match (offset(b'I'), offset(b'J'), offset(b'R')) {
        (None, None, Some(radius)) => centre_from_radius(start, end, turn, radius),
        (None, None, None) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => None,
        (i, j, None) => Some([start[0] + i.unwrap_or(0.0), start[1] + j.unwrap_or(0.0)]),
    }
}

/// A negative radius means the long way round.
fn centre_from_radius(start: [f64; 2], end: [f64; 2], turn: Turn, radius: f64) -> Option<[f64; 2]> {
    let chord = [end[0] - start[0], end[1] - start[1]];
    let length = chord[0].hypot(chord[1]);
    let height_squared = radius * radius - length * length / 4.0;
    if length < SAME_POINT_MM || height_squared < 0.0 {
        return None;
    }
    let side = match turn {
        Turn::Counter => 1.0,
        Turn::Clockwise => -1.0,
    } * radius.signum();
    let height = side * height_squared.sqrt() / length;
    Some([
        f64::midpoint(start[0], end[0]) - chord[1] * height,
        f64::midpoint(start[1], end[1]) + chord[0] * height,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arc(start: [f64; 2], end: [f64; 2], turn: Turn, code: &str) -> Option<Arc> {
        let mut words = Words::new();
        words.read(code.as_bytes(), crate::words::Case::Both).expect("the test's words are sound");
        Arc::new(start, end, turn, &words)
    }

    #[test]
    fn a_half_circle_bulges_beyond_its_ends() {
        let half = arc([0.0, 0.0], [10.0, 0.0], Turn::Clockwise, "I5 J0").expect("an arc");
        assert!((half.length() - 5.0 * std::f64::consts::PI).abs() < 1e-9);
        assert!((half.heading().sin() - 1.0).abs() < 1e-9, "begins upwards");
        assert!((half.turned() + TAU / 2.0).abs() < 1e-9, "turns half round, to the right");
        let top = half.extremes().map(|[_, y]| y).fold(f64::MIN, f64::max);
        let bottom = half.extremes().map(|[_, y]| y).fold(f64::MAX, f64::min);
        assert!((top - 5.0).abs() < 1e-9 && bottom > -1e-9, "clockwise goes over the top");
    }

    #[test]
    fn equal_ends_make_a_full_circle() {
        let circle = arc([10.0, 0.0], [10.0, 0.0], Turn::Counter, "I-10").expect("an arc");
        assert!((circle.length() - 10.0 * TAU).abs() < 1e-9);
        assert_eq!(circle.extremes().count(), 4);
    }

    #[test]
    fn ends_half_a_thousandth_apart_are_two() {
        assert!(arc([0.0, 0.0], [0.0, 0.0005], Turn::Counter, "R5").is_some());
        assert!(arc([0.0, 0.0], [0.0, 0.0004], Turn::Counter, "R5").is_none());
    }

    #[test]
    fn the_radius_form_takes_the_short_or_the_long_way() {
        let short = arc([0.0, 0.0], [10.0, 0.0], Turn::Counter, "R10").expect("an arc");
        let long = arc([0.0, 0.0], [10.0, 0.0], Turn::Counter, "R-10").expect("an arc");
        assert!((short.length() + long.length() - 10.0 * TAU).abs() < 1e-6);
        assert!(short.length() < long.length());
    }

    #[test]
    fn an_arc_gets_as_far_away_as_across() {
        for (code, span) in [("I-8 J-6", 16.0), ("R10", 16.0), ("R-10", 20.0), ("R8", 16.0)] {
            let arc = arc([8.0, 6.0], [-8.0, 6.0], Turn::Counter, code).expect("an arc");
            assert!((arc.span() - span).abs() < 1e-9, "{code}: {}", arc.span());
        }
        let round = arc([10.0, 0.0], [10.0, 0.0], Turn::Counter, "I-10 P2").expect("an arc");
        assert!((round.span() - 20.0).abs() < 1e-9);
    }

    #[track_caller]
    fn check_extremes(turn: Turn, code: &str, extremes: &[[f64; 2]]) {
        let found: Vec<_> =
            arc([8.0, 6.0], [-8.0, 6.0], turn, code).expect("an arc").extremes().collect();
        let near = |([x, y], [wx, wy]): (&[f64; 2], &[f64; 2])| (x - wx).hypot(y - wy) < 1e-9;
        assert!(found.len() == extremes.len() && found.iter().zip(extremes).all(near), "{found:?}");
    }

    #[test]
    fn each_turn_passes_its_own_side() {
        check_extremes(Turn::Counter, "I-8 J-6", &[[0.0, 10.0]]);
        check_extremes(Turn::Clockwise, "I-8 J-6", &[[10.0, 0.0], [-10.0, 0.0], [0.0, -10.0]]);
        check_extremes(Turn::Counter, "R10", &[[0.0, 10.0]]);
        check_extremes(Turn::Clockwise, "R10", &[[0.0, 2.0]]);
        // Half a circle by its radius has its centre on the chord.
        check_extremes(Turn::Counter, "R8", &[[8.0, 6.0], [0.0, 14.0]]);
    }

    #[test]
    fn an_arc_without_a_centre_is_none() {
        assert!(arc([10.0, 0.0], [10.0, 0.0], Turn::Counter, "R5").is_none(), "any circle");
        assert!(arc([0.0, 0.0], [10.0, 0.0], Turn::Counter, "I0 J0").is_none());
        assert!(arc([0.0, 0.0], [10.0, 0.0], Turn::Counter, "R3").is_none());
        assert!(
            arc([0.0, 0.0], [0.0, 85.0], Turn::Counter, "I-54").is_none(),
            "ends off its circle"
        );
        assert!(arc([0.0, 0.0], [10.0, 0.0], Turn::Counter, "").is_none());
        assert!(arc([0.0, 0.0], [10.0, 0.0], Turn::Counter, "I5 R5").is_none());
    }
}
