//! Colours that tell heights and features apart, also for people who do not see red and green.

use super::project::SHADES;
use super::{Colouring, Feature};

/// A colour as screens mix it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rgb(pub(super) [u8; 3]);

pub(super) const PAPER: Rgb = Rgb([0xFB, 0xFB, 0xF8]);

/// From the bed to the top: dark blue to warm yellow, each step lighter than the one below.
const HEIGHTS: [Rgb; 5] = [
    Rgb([0x2B, 0x3A, 0x67]),
    Rgb([0x2F, 0x6B, 0x8F]),
    Rgb([0x3B, 0x9A, 0x9C]),
    Rgb([0x8C, 0xC0, 0x84]),
    Rgb([0xF2, 0xD0, 0x6B]),
];

/// What the colours of one picture stand for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Palette {
    pub(super) colouring: Colouring,
    /// The lowest and the highest place of the print.
    pub(super) height: (f32, f32),
}

impl Palette {
    pub(super) fn of(&self, feature: Feature, z: f32) -> Rgb {
        match self.colouring {
            Colouring::Layer => self.height(z),
            Colouring::Feature => of_feature(feature),
        }
    }

    fn height(&self, z: f32) -> Rgb {
        let (low, high) = self.height;
        let share = if low < high { ((z - low) / (high - low)).clamp(0.0, 1.0) } else { 0.6 };
        // In 32 steps: neighbours in one colour make a shorter file, and no eye tells them apart.
        let place = f64::from((share * 32.0).round()) / 32.0 * 4.0;
        let below = HEIGHTS.len().min(floor(place)).min(HEIGHTS.len() - 2);
        let within = place - f64::from(u8::try_from(below).unwrap_or(0));
        HEIGHTS[below].mixed(HEIGHTS[below + 1], within)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 4")]
fn floor(place: f64) -> usize {
    place as usize
}

/// After Okabe and Ito's palette.
fn of_feature(feature: Feature) -> Rgb {
    Rgb(match feature {
        Feature::OuterWall => [0xE6, 0x9F, 0x00],
        Feature::InnerWall => [0xF0, 0xC9, 0x5A],
        Feature::Surface => [0xD5, 0x5E, 0x00],
        Feature::Infill => [0x56, 0xB4, 0xE9],
        Feature::Bridge => [0x00, 0x72, 0xB2],
        Feature::Support => [0x00, 0x9E, 0x73],
        Feature::Skirt => [0xB8, 0xB8, 0xB0],
        Feature::Custom | Feature::Unknown => [0xCC, 0x79, 0xA7],
    })
}

impl Rgb {
    /// Returns the colour in a shade below [`SHADES`]; the last is the colour itself.
    pub(super) fn shaded(self, shade: u8) -> Self {
        let dark = f64::from(SHADES - 1 - shade) / f64::from(SHADES - 1);
        self.mixed(Self([0x12, 0x1A, 0x2E]), dark * 0.45)
    }

    /// Returns the colour with a share of `other` in it.
    pub(super) fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |one: u8, two: u8| {
            let value = f64::from(one) * (1.0 - share) + f64::from(two) * share;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between two bytes"
            )]
            let byte = value.round().clamp(0.0, 255.0) as u8;
            byte
        };
        Self([0, 1, 2].map(|at| mix(self.0[at], other.0[at])))
    }
}
