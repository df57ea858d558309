//! Filament that is pushed in one place: what grows there takes the nozzle along, or chars on it.

#![expect(clippy::inline_always, reason = "as in `motion`")]

use crate::number::Micro;

/// Less far away, along X and along Y, is the same place.
const PLACE: Micro = Micro::whole(5);

/// How much filament a millimetre of way takes off what was pushed: twenty times what slicers lay, and what the thickest of
/// their purges lay on their first millimetres.
const SPREAD: i64 = 2;

/// How much filament a place takes in with each millimetre that it grows: twice what fits on its ten by ten millimetres.
const GROWTH: i64 = 80;

/// More than a layer is a lift, under which nothing grows.
const LAYER_MAX: Micro = Micro::whole(1);

/// Higher than any lift: over a place where nothing is pushed yet.
const BARE: Micro = Micro(i64::MAX / 2);

/// Where the nozzle has stayed lately.
#[derive(Clone, Copy, Debug)]
pub(super) struct Station {
    /// How far the nozzle is from where it came to stay.
    away: [Micro; 2],
    /// How much higher the nozzle is than at any push here.
    over: Micro,
}

/// Filament that was pushed, whatever the tool: they may share a nozzle.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heap {
    /// As far as no way has spread it since.
    pushed: Micro,
    /// In the place where the nozzle is, however much it goes to and fro there.
    laid: Micro,
}

/// Whether the nozzle is where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stay {
    Here,
    Elsewhere,
}

impl Station {
    pub(super) const NEW: Self = Self { away: [Micro::ZERO; 2], over: BARE };

    /// Follows the nozzle, which went `along` the axes.
    #[inline(always)]
    pub(super) fn go(&mut self, along: [Micro; 3]) -> Stay {
        let [x, y] = [0, 1].map(|axis| Micro(self.away[axis].0.wrapping_add(along[axis].0)));
        if is_near(x) && is_near(y) {
            self.away = [x, y];
            return Stay::Here;
        }
        *self = Self::NEW;
        Stay::Elsewhere
    }

    /// Follows the nozzle on an arc that leads it so far away, to come back or not.
    pub(super) fn go_round(&mut self, span: Micro, stay: Stay) -> Stay {
        if span < PLACE {
            return stay;
        }
        *self = Self::NEW;
        Stay::Elsewhere
    }

    /// Follows the nozzle up or down.
    pub(super) fn rise(&mut self, by: Micro) {
        self.over = self.over.plus(by);
    }

    /// Something is pushed where the nozzle is. Returns how much higher that is than before: not at all where it is lower, and
    /// where it is as much higher as a lift.
    #[inline(always)]
    pub(super) fn push(&mut self) -> Micro {
        if self.over <= Micro::ZERO {
            return Micro::ZERO;
        }
        let over = std::mem::take(&mut self.over);
        if over <= LAYER_MAX { over } else { Micro::ZERO }
    }
}

/// Says whether what is so far away is in the same place.
#[inline(always)]
fn is_near(away: Micro) -> bool {
    (1 - PLACE.0..PLACE.0).contains(&away.0)
}

impl Heap {
    /// Counts a move that pushed `pushed`, and went `sideways`, in a place that has grown by `grown`.
    #[inline(always)]
    pub(super) fn add(&mut self, pushed: Micro, sideways: Micro, stay: Stay, grown: Micro) {
        if stay == Stay::Elsewhere {
            self.laid = Micro::ZERO.minus(spread(sideways));
        }
        if grown != Micro::ZERO {
            self.laid = self.laid.minus(Micro(grown.0 * GROWTH)).max(Micro::ZERO);
        }
        // What was pulled back before a push does not count against it.
        self.laid = self.laid.plus(pushed).max(Micro::ZERO);
        let spread = spread(sideways);
        if self.pushed != Micro::ZERO || spread < pushed {
            self.pushed = self.pushed.plus(pushed).minus(spread).max(Micro::ZERO);
        }
    }

    /// Counts a move that pushed nothing.
    #[inline(always)]
    pub(super) fn pass(&mut self, sideways: Micro, stay: Stay) {
        if self.pushed != Micro::ZERO {
            self.pushed = self.pushed.minus(spread(sideways)).max(Micro::ZERO);
        }
        if stay == Stay::Elsewhere {
            self.laid = Micro::ZERO;
        }
    }

    #[inline(always)]
    pub(super) fn most(self) -> Micro {
        self.pushed.max(self.laid)
    }
}

#[inline(always)]
fn spread(sideways: Micro) -> Micro {
    Micro(sideways.0.wrapping_mul(SPREAD))
}
