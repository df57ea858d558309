//! From the printer's space to the picture's plane.

use super::View;

/// A place on the picture, in millimetres; `v` grows downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flat {
    pub(super) u: f64,
    pub(super) v: f64,
}

/// How a place in space falls on the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Projection {
    view: View,
}

/// Shades of a line by its direction: walls that face the light are brighter.
pub(super) const SHADES: u8 = 6;

/// Cosine and sine of 30°, the angle at which the axes run in an isometric view.
const COS: f64 = 0.866_025_403_784_438_6;
const SIN: f64 = 0.5;

impl Projection {
    pub(super) fn new(view: View) -> Self {
        Self { view }
    }

    /// Seen from the front, or from above the front right corner.
    pub(super) fn flat(self, [x, y, z]: [f32; 3]) -> Flat {
        let [x, y, z] = [x, y, z].map(f64::from);
        match self.view {
            View::Top => Flat { u: x, v: -y },
            View::Isometric => Flat { u: (x + y) * COS, v: (x - y) * SIN - z },
        }
    }

    /// Returns how bright a line from `from` to `to` is, below [`SHADES`].
    pub(super) fn shade(self, from: [f32; 3], to: [f32; 3]) -> u8 {
        if self.view == View::Top {
            return SHADES - 1;
        }
        let along = [f64::from(to[0] - from[0]), f64::from(to[1] - from[1])];
        let length = along[0].hypot(along[1]);
        if length == 0.0 {
            return SHADES - 1;
        }
        // The light comes from the left: what runs along Y shows its side to it.
        let lit = (along[1] / length * 0.94 + along[0] / length * 0.34).abs();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 5")]
        let shade = (lit * f64::from(SHADES - 1)).round() as u8;
        shade.min(SHADES - 1)
    }

    /// Returns how much thicker lines must be where only each `spacing`th layer is drawn.
    pub(super) fn thickness(self, spacing: u64) -> f64 {
        match self.view {
            View::Top => 1.0,
            #[expect(clippy::cast_precision_loss, reason = "a handful of layers")]
            View::Isometric => (spacing.min(16) as f64 * 0.5).max(1.0),
        }
    }
}
