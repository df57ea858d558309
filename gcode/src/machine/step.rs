//! Steps, and moves of axes that nobody has homed.

use super::Machine;
use super::axis::{Axis, Place};
use super::roam::{LIFT_MAX, LIFT_MIN};
use crate::dialect::{Dialect, Positioning};
use crate::extent::widen;
use crate::mark::Here;
use crate::number::Micro;

/// No printer notices less than a hundredth of a millimetre.
const NOTICED: Micro = Micro(10_000);

impl Machine {
    #[cold]
    pub(super) fn step(&mut self, axis: usize, by: Micro, here: Here<'_>) -> Place {
        let from = self.axes[axis].place;
        let at = match from {
            Place::At(at) => at,
            Place::Home(at) => {
                self.firsts.relative_from_home.get_or_insert_with(|| here.mark());
                at
            }
            Place::Somewhere(_) => {
                self.roam(axis, by, here);
                return from;
            }
            Place::Unhomed | Place::Lifted(_) | Place::MotorsOff(_) => return from,
        };
        if axis == 2 {
            self.step_skipped(by, here);
        }
        let to = at.plus(by);
        let drift = self.drift[axis].plus(rounding(to.abs().plus(by.abs())));
        self.drift[axis] = drift;
        if NOTICED <= drift {
            widen(&mut self.travel[axis], to.minus(drift), here);
            widen(&mut self.travel[axis], to.plus(drift), here);
        }
        Place::At(to)
    }

    /// Returns where an axis goes that was not homed. Only Z may, upwards, and not far all in all: nothing is in its way.
    #[cold]
    pub(super) fn go_unhomed(&mut self, index: usize, value: Micro, here: Here<'_>) -> Place {
        let Axis { place, offset } = self.axes[index];
        let to = match self.modes.axes {
            Positioning::Absolute => value.plus(offset),
            Positioning::Relative => place.lifted().plus(value),
        };
        // Where the motors were let go a number may name a place far below, lifted since or not.
        let let_go = matches!(place, Place::MotorsOff(_));
        let upwards = match self.modes.axes {
            Positioning::Absolute => !let_go && LIFT_MIN <= to,
            Positioning::Relative => Micro::ZERO <= value,
        };
        let lifts = index == 2 && upwards && to <= LIFT_MAX;
        let lifted = if let_go { Place::MotorsOff(to) } else { Place::Lifted(to) };
        if lifts && self.dialect != Dialect::Klipper {
            return lifted;
        }
        // To Klipper it is an error all the same, for which nothing cools: "Must home axis first".
        let first = match place {
            Place::MotorsOff(_) => &mut self.firsts.move_after_motors_off,
            Place::Unhomed
            | Place::Lifted(_)
            | Place::Home(_)
            | Place::Somewhere(_)
            | Place::At(_) => &mut self.firsts.move_unhomed,
        };
        first.get_or_insert_with(|| here.mark());
        match self.modes.axes {
            Positioning::Absolute | Positioning::Relative if lifts => lifted,
            Positioning::Absolute => Place::At(to),
            Positioning::Relative => {
                // A macro may have homed: from where then is not told.
                self.roam(index, value, here);
                place
            }
        }
    }
}

/// How far off a step may end whose length and end are `lengths` together: firmwares keep both as floats of 32 bits, whose
/// last digit is worth more than the smallest steps that a file can write, and what they lose each time adds up until the
/// file names a place again.
fn rounding(lengths: Micro) -> Micro {
    // Half of the last of 24 binary digits, and what is beyond our own last one.
    Micro((lengths.0 >> 24).saturating_add(1))
}
