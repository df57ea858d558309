//! Arcs as firmwares make them: cut into straight pieces, whose corners limit how fast they are gone round.

use std::f64::consts::TAU;

use super::limits::lesser;
use crate::dialect::Dialect;

/// How an arc leaves its straight way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bend {
    /// The direction in which it begins, in radians.
    pub(crate) heading: f64,
    /// How far it turns, in radians, above nought to the left.
    pub(crate) turn: f64,
    pub(crate) radius: f64,
}

impl Bend {
    /// Returns the way round, without its climb.
    pub(super) fn length(&self) -> f64 {
        self.radius * self.turn.abs()
    }

    /// Returns into how many pieces a firmware of `dialect` cuts it.
    ///
    /// Marlin, `plan_arc`, as delivered: `MIN_CIRCLE_SEGMENTS`, `MIN_ARC_SEGMENT_MM`, `MAX_ARC_SEGMENT_MM`. Prusa's
    /// firmware, `plan_arc`, and its slicer, which reckons alike: `MAX_ARC_DEVIATION`, `MIN_ARC_SEGMENTS_PER_SEC`.
    /// `RepRapFirmware`, `Configuration.h`: `MaxArcDeviation`, `MaxArcSegmentsPerSec`. Klipper, `[gcode_arcs]`: `resolution`.
    pub(super) fn pieces(&self, dialect: Dialect, feed_mm_s: f64) -> u32 {
        let within = |deviation: f64| (8.0 * self.radius * deviation).sqrt();
        let piece_mm = match dialect {
            Dialect::Marlin => (self.radius * TAU / 72.0).clamp(0.1, 1.0),
            Dialect::Prusa | Dialect::Buddy => {
                lesser(within(0.02), feed_mm_s / 50.0).clamp(0.1, 2.0)
            }
            Dialect::RepRapFirmware => lesser(within(0.005), feed_mm_s / 200.0).clamp(0.02, 1.0),
            Dialect::Klipper => 1.0,
        };
        whole(self.length() / piece_mm)
    }

    /// Returns the straight length of one of `count` pieces.
    pub(super) fn chord(&self, count: u32) -> f64 {
        2.0 * self.radius * (self.turn.abs() / f64::from(count) / 2.0).sin()
    }

    /// Returns the directions of its `count` pieces, in radians.
    pub(super) fn headings(&self, count: u32) -> impl Iterator<Item = f64> + use<> {
        let (heading, turn) = (self.heading, self.turn / f64::from(count));
        (0..count).map(move |piece| heading + turn * (f64::from(piece) + 0.5))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn whole(count: f64) -> u32 {
    (count.round() as u32).max(1)
}
