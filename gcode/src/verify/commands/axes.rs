//! How fast a file may let each axis go: what is slow for a belt stalls a screw.
//!
//! Where Z's motor turns faster than it can, the nozzle is not where the firmware counts it, and comes down on the bed with
//! the next layer. Where a profile does not say how its axes move, one limit holds for all; and under Klipper, which knows none
//! of these commands.

use crate::dialect::Dialect;
use crate::profile::{Corner, Motion, Profile};

const AXES: &str = "XYZE";

/// Vendors are careful, and owners of the same screws run them at twice the speed. A guess: nothing was measured.
const FASTER: f64 = 2.0;

/// Slicers' settings for one and the same screw differ so much: 100 and 500 mm/s².
const STRONGER: f64 = 5.0;

/// Slicers ask for as much as this of printers of all kinds, in mm/s.
const Z_JERK_MM_S: f64 = 3.0;

/// Returns the greatest speed of an axis in mm/s. Marlin, M203.
pub(super) fn feed_max(profile: &Profile, letter: char) -> f64 {
    let of_axis = screw(profile, letter);
    of_axis.map_or(profile.feed_mm_s_max, |(motion, axis)| {
        (motion.speed_mm_s[axis] * FASTER).min(profile.feed_mm_s_max)
    })
}

/// Returns the greatest acceleration of an axis in mm/s². Marlin, M201.
pub(super) fn acceleration_max(profile: &Profile, letter: char) -> f64 {
    let of_axis = screw(profile, letter);
    of_axis.map_or(profile.acceleration_mm_s2_max, |(motion, axis)| {
        (motion.acceleration_mm_s2[axis] * STRONGER).min(profile.acceleration_mm_s2_max)
    })
}

/// Returns the greatest change of speed that an axis makes at once, in mm/s. Marlin, M205.
pub(super) fn jerk_max(profile: &Profile, letter: char) -> f64 {
    match screw(profile, letter).map(|(motion, axis)| (motion.corner, axis)) {
        Some((Corner::Jerk { mm_s }, axis)) => (mm_s[axis] * FASTER).max(Z_JERK_MM_S),
        Some((Corner::JunctionDeviation { .. } | Corner::SquareCorner { .. }, _)) | None => {
            Z_JERK_MM_S
        }
    }
}

/// Returns the place of an axis whose motor turns a screw or filament, and how it moves. Those of belts have the printer's own
/// limits.
fn screw(profile: &Profile, letter: char) -> Option<(&Motion, usize)> {
    let axis = AXES.find(letter).filter(|axis| 2 <= *axis)?;
    let motion = profile.motion.as_ref().filter(|_| profile.dialect != Dialect::Klipper)?;
    Some((motion, axis))
}
