//! What a move pushes and how fast it is asked to go: E and F.

#![expect(clippy::inline_always, reason = "as in `motion`")]

use super::Machine;
use crate::dialect::{Doubt, Positioning};
use crate::extent::raise;
use crate::mark::Here;
use crate::number::Micro;
use crate::words::Words;

impl Machine {
    /// Turns the extruder and returns by how much.
    #[inline(always)]
    pub(super) fn extrude(&mut self, words: &Words, sideways: bool, here: Here<'_>) -> Micro {
        if sideways {
            self.heap = Micro::ZERO;
        }
        let Some(value) = words.number(b'E') else { return Micro::ZERO };
        let value = self.length(value);
        let pushed = match self.modes.extruder {
            Positioning::Absolute => value.minus(self.e),
            Positioning::Relative => value,
        };
        self.e = self.e.plus(pushed);
        let feeder = &mut self.feeders[self.tool];
        feeder.sum = feeder.sum.plus(pushed);
        feeder.peak = feeder.peak.max(feeder.sum);
        self.tools_used |= 1 << self.tool;
        match self.modes.doubt {
            Doubt::Nothing => {}
            Doubt::Unsaid => {
                self.firsts.extrusion_before_mode.get_or_insert_with(|| here.mark());
            }
            Doubt::Disputed => {
                self.firsts.extrusion_ambiguous.get_or_insert_with(|| here.mark());
            }
        }
        if Micro::ZERO < pushed && self.heat.never_melts() {
            self.firsts.extrusion_cold.get_or_insert_with(|| here.mark());
        }
        let most = if sideways { pushed.abs() } else { self.heap_up(pushed) };
        raise(&mut self.push, most, here);
        pushed
    }

    /// Returns how much was pushed in one place, if that is more than what is pushed or pulled now. What was pulled back before
    /// a push does not count against it.
    #[inline(never)]
    fn heap_up(&mut self, pushed: Micro) -> Micro {
        self.heap = self.heap.plus(pushed).max(Micro::ZERO);
        self.heap.max(pushed.abs())
    }

    #[inline]
    pub(super) fn feed(&mut self, words: &Words) {
        // Firmwares pass over F0.
        if let Some(feed) = words.number(b'F')
            && Micro::ZERO < feed
        {
            self.feed_asked = Some(Micro(self.length(feed).0 / 60));
            self.feed_mm_s = self.length(feed).to_f64() / 60.0;
        }
    }
}
