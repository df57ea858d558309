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

    /// Z makes a step, from wherever it is.
    pub(super) fn step_skipped(&mut self, by: Micro, here: Here<'_>) {
        if let Other::Follows(at) = self.skipped.other {
            let to = at.plus(by);
            widen(&mut self.travel[2], to, here);
            self.skipped.other = Other::Follows(to);
        }
    }

    /// The file names a height: what follows an object is there.
    #[inline]
    pub(super) fn name_height(&mut self) {
        if let Other::Follows(_) = self.skipped.other {
            self.skipped.other = Other::Nowhere;
        }
    }

    fn lowest(&self) -> Option<Micro> {
        let at = self.axes[2].place.last();
        match self.skipped.other {
            Other::Nowhere => at,
            Other::Waits(other) | Other::Follows(other) => {
                Some(at.map_or(other, |at| at.min(other)))
            }
        }
    }
}
