//! A delta's carriages: they rise as the nozzle leaves the middle, and its printer ends at their home.

use super::Machine;
use super::height::higher;
use crate::mark::{Here, Mark};
use crate::number::Micro;
use crate::profile::Arms;
use crate::scanner::Frame;

/// How far the carriages of any delta rise for each millimetre that the nozzle leaves the middle: arms lean by 30° at most
/// when it is there, and less on the way out. Marlin's configurations: rods of 280 mm on a radius of 140.8 lean most.
const LEAN: f64 = 0.6;

/// The greatest heights of the carriages, as heights of the nozzle in the middle.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Carriages {
    /// Of those that were in the print for sure.
    before: Option<(Micro, Mark)>,
    /// Of those since, and it may be that nothing is printed after them.
    last: Option<(Micro, Mark)>,
}

impl Machine {
    /// Returns whether it is a printer that homes at the top: a delta. Others may call the place at the bed where they home
    /// by any height.
    #[inline]
    pub(super) fn homes_at_the_top(&self) -> bool {
        matches!(self.frame, Frame::Towers(_))
    }

    /// Counts how high the carriages go when the nozzle is `out` mm from the middle, as a height of the nozzle in the middle.
    pub(super) fn raise_carriages(&mut self, out: f64, here: Here<'_>) {
        let Frame::Towers(arms) = self.frame else { return };
        let Some(z) = self.axes[2].place.last() else { return };
        let height = z.plus(self.retraction.hop).plus(Micro::from_f64(rise(arms, out)));
        let Carriages { before, last } = &mut self.carriages;
        if last.is_none_or(|(known, _)| known < height) {
            let printed = last.filter(|(_, mark)| mark.line() <= self.printed_at);
            *before = higher(*before, printed);
            *last = Some((height, here.mark()));
        }
    }

    /// Returns how high the carriages go all in all.
    pub(crate) fn carriages(&self) -> Option<(Micro, Mark)> {
        higher(self.carriages.before, self.carriages.last)
    }

    /// Returns how high they go until all is printed.
    pub(crate) fn carriages_in_print(&self) -> Option<(Micro, Mark)> {
        let Carriages { before, last } = self.carriages;
        higher(before, last.filter(|(_, mark)| mark.line() <= self.printed_at))
    }
}

/// Returns how far the highest carriage rises, in mm, if it is the one towards which the nozzle goes. Marlin, `delta.cpp`,
/// `inverse_kinematics`.
fn rise(arms: Option<Arms>, out: f64) -> f64 {
    let Some(Arms { rod_mm, radius_mm }) = arms else { return out * LEAN };
    let height = |sideways: f64| (rod_mm * rod_mm - sideways * sideways).sqrt();
    height((radius_mm - out).max(0.0)) - height(radius_mm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_that_stand_straight_rise_no_further() {
        let arms = Some(Arms { rod_mm: 50.0, radius_mm: 40.0 });
        // Of a triangle of 3, 4 and 5 tens: 30 mm high in the middle, 40 half way, 50 at the tower.
        for (out, rises) in [(0.0, 0.0), (10.0, 10.0), (40.0, 20.0), (60.0, 20.0)] {
            assert!((rise(arms, out) - rises).abs() < 1e-9, "{out}");
        }
        assert!((rise(None, 10.0) - 6.0).abs() < 1e-9);
    }

    #[test]
    fn no_arms_that_are_shipped_rise_more_than_any_deltas() {
        for out in 0..200 {
            let out = f64::from(out);
            let flsun = Some(Arms { rod_mm: 280.0, radius_mm: 140.8 });
            assert!(rise(flsun, out) <= rise(None, out));
        }
    }
}
