//! Steps from a place that is not known: how far they lead is, and where they must lead out of any printer.

use super::Machine;
use super::axis::Place;
use crate::extent::{Interval, raise, widen};
use crate::mark::Here;
use crate::number::Micro;

/// A lift before homing is what stock start codes do, so that the probe clears the bed. Some do it in absolute numbers. No
/// more than this is in nobody's way from wherever the nozzle is, and it is what they lift after probing, too.
pub(super) const LIFT_MAX: Micro = Micro::whole(20);

/// An absolute number before homing counts from wherever the firmware holds Z to be: less than a lift needs, and it may be a
/// way down. Stock start codes go to 3 and 5 mm.
pub(super) const LIFT_MIN: Micro = Micro::whole(3);

/// The sum of the steps along an axis since its place was lost, and its extremes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Roam {
    at: Micro,
    reach: Interval<Micro>,
}

impl Machine {
    /// Makes a step along an axis of which nobody knows where it is.
    #[cold]
    pub(super) fn roam(&mut self, axis: usize, by: Micro, here: Here<'_>) {
        let roam = &mut self.roams[axis];
        roam.at = roam.at.plus(by);
        roam.reach.include(roam.at);
        let Roam { at, reach } = *roam;
        raise(&mut self.roamed[axis], reach.width(), here);
        if let (2, Place::Somewhere(last)) = (axis, self.axes[axis].place)
            && reach.min == Micro::ZERO
            && at <= LIFT_MAX
        {
            self.note_reached(last.plus(at), here);
            return widen(&mut self.travel[axis], last.plus(at), here);
        }
        self.firsts.relative_from_unknown.get_or_insert_with(|| here.mark());
    }

    /// The place is lost anew: steps count from here.
    pub(super) fn lose(&mut self, axis: usize) {
        self.roams[axis] = Roam::default();
    }
}
