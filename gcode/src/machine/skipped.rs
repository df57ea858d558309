//! Objects whose moves the firmware may skip, because it takes letters of their names for the order to cancel them.
//!
//! Where such an object ends the nozzle may still be at the height where it was when the object began: steps count from there,
//! too. Sideways a step from elsewhere ends in the printer all the same. Marlin, `M486.cpp`, `get_destination_from_command`,
//! `apply_motion_limits`.

use super::Machine;
use crate::extent::widen;
use crate::mark::{Here, Mark};
use crate::number::Micro;
use crate::words::Words;

/// The lowest height at which the nozzle may be, other than the one that the file has it at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Skipped {
    /// The line from which on objects may be skipped.
    pub(crate) from: Option<Mark>,
    other: Other,
}

#[derive(Clone, Copy, Debug, Default)]
enum Other {
    #[default]
    Nowhere,
    /// Within an object: its moves are made, or none is.
    Waits(Micro),
    /// After one: all moves are made, from here or from there.
    Follows(Micro),
    /// Within one or after it, which nobody knows: moves are made, or none is.
    Either(Micro),
}

impl Machine {
    /// The object that has begun may be skipped, and all that follow.
    pub(crate) fn doubt_objects(&mut self, here: Here<'_>) {
        self.skipped.from.get_or_insert_with(|| here.mark());
        self.skipped.other = self.lowest().map_or(Other::Nowhere, Other::Waits);
    }

    /// M486: `S-1` ends the objects, any other S begins one.
    pub(super) fn pass_to_object(&mut self, words: &Words) {
        let Some(number) = words.number(b'S').filter(|_| self.skipped.from.is_some()) else {
            return;
        };
        let lowest = self.lowest();
        let other = if number < Micro::ZERO { Other::Follows } else { Other::Waits };
        self.skipped.other = lowest.map_or(Other::Nowhere, other);
    }

    /// M486 whose name holds an S: Marlin takes what follows that for the number of the object, nought without one.
    pub(crate) fn pass_to_any_object(&mut self) {
        if self.skipped.from.is_some() {
            self.skipped.other = self.lowest().map_or(Other::Nowhere, Other::Either);
        }
    }

    /// Z makes a step, from wherever it is.
    pub(super) fn step_skipped(&mut self, by: Micro, here: Here<'_>) {
        let (Other::Follows(at) | Other::Either(at)) = self.skipped.other else { return };
        let to = at.plus(by);
        widen(&mut self.travel[2], to, here);
        self.skipped.other = match self.skipped.other {
            Other::Either(_) => Other::Either(at.min(to)),
            Other::Nowhere | Other::Waits(_) | Other::Follows(_) => Other::Follows(to),
        };
    }

    /// The file names a height: what follows an object is there.
    #[inline]
    pub(super) fn name_height(&mut self) {
        match self.skipped.other {
            Other::Follows(_) => self.skipped.other = Other::Nowhere,
            // Or it was not made, and no step is.
            Other::Either(at) => self.skipped.other = Other::Waits(at),
            Other::Nowhere | Other::Waits(_) => {}
        }
    }

    fn lowest(&self) -> Option<Micro> {
        let at = self.axes[2].place.last();
        match self.skipped.other {
            Other::Nowhere => at,
            Other::Waits(other) | Other::Follows(other) | Other::Either(other) => {
                Some(at.map_or(other, |at| at.min(other)))
            }
        }
    }
}
