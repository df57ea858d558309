//! How high the nozzle goes, apart from how far it is lifted when all is printed.
//!
//! Some makers' end codes lift by more than there is left, and leave it to the firmware to stop at the top: after that only it
//! knows where the nozzle is, until the file names a height again.

use super::Machine;
use crate::dialect::Positioning;
use crate::extent::raise;
use crate::mark::{Here, Mark};
use crate::number::Micro;

/// The greatest heights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heights {
    /// Of steps up since filament was last laid, with nothing down since.
    lift: Option<(Micro, Mark)>,
    /// Of all else.
    reached: Option<(Micro, Mark)>,
}

impl Machine {
    /// Counts that Z goes to `to`, from where it was last known to be.
    pub(super) fn note_height(&mut self, from: Option<Micro>, to: Micro, here: Here<'_>) {
        let height = to.plus(self.retraction.hop);
        match self.modes.axes {
            // What G10 lifts comes on top of what the firmware stops. Marlin, `prepare_internal_move_to_destination`.
            Positioning::Relative
                if from.is_some_and(|from| from <= to) && self.retraction.hop == Micro::ZERO =>
            {
                if self.has_printed_since_lift() {
                    self.heights.reached = self.reached();
                    self.heights.lift = None;
                }
                raise(&mut self.heights.lift, to, here);
            }
            Positioning::Relative => {
                // Down from where the top may have stopped it: the lift must have been within.
                let lift = self.heights.lift.take();
                self.heights.reached = higher(self.heights.reached, lift);
                raise(&mut self.heights.reached, height, here);
            }
            Positioning::Absolute => raise(&mut self.heights.reached, height, here),
        }
    }

    /// Counts a height that no step leads to.
    pub(super) fn note_reached(&mut self, height: Micro, here: Here<'_>) {
        raise(&mut self.heights.reached, height, here);
    }

    /// Returns the greatest height, without a last lift.
    pub(crate) fn reached(&self) -> Option<(Micro, Mark)> {
        let lift = self.heights.lift.filter(|_| self.has_printed_since_lift());
        higher(self.heights.reached, lift)
    }

    fn has_printed_since_lift(&self) -> bool {
        self.heights.lift.is_some_and(|(_, mark)| mark.line() <= self.printed_at)
    }
}

pub(super) fn higher(
    one: Option<(Micro, Mark)>,
    other: Option<(Micro, Mark)>,
) -> Option<(Micro, Mark)> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if one.0 < other.0 { other } else { one }),
        (one, other) => one.or(other),
    }
}
