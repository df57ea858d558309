//! What a move leaves in the books: boxes, peaks, layers.

#![expect(clippy::inline_always, reason = "as in `motion`")]

use super::Machine;
use super::motion::{Step, XY};
use super::origin::PURGE_MAX;
use crate::dialect::Origin;
use crate::extent::{raise, widen};
use crate::mark::Here;
use crate::number::Micro;

impl Machine {
    /// Counts the move that was just made: its boxes, its speed, its layer.
    #[inline(always)]
    pub(super) fn account(&mut self, step: &Step, pushed: Micro, here: Here<'_>) {
        if self.firsts.any_move.is_none() {
            self.note_first_move(here);
        }
        if self.modes.axes_by == Origin::Doubtful {
            self.firsts.place_doubtful.get_or_insert_with(|| here.mark());
        }
        if let Some(feed) = self.feed_asked {
            raise(&mut self.feed_peak, feed, here);
        }
        if self.homes_at_the_top()
            && let [Some(x), Some(y)] = [self.axes[0].place.last(), self.axes[1].place.last()]
        {
            self.raise_carriages(x.to_f64().hypot(y.to_f64()), here);
        }
        if step.named & XY == 0 {
            return;
        }
        if let [Some(x), Some(y)] = [self.axes[0].place.last(), self.axes[1].place.last()] {
            let squared = x.squared() + y.squared();
            if self.radius_squared < squared {
                self.radius_squared = squared;
                raise(&mut self.radius, Micro::rooted(squared), here);
            }
            if Micro::ZERO < pushed && self.print_radius_squared < squared {
                self.print_radius_squared = squared;
            }
        }
        if Micro::ZERO < pushed {
            self.count_print(step, here.line);
            self.count_layer(self.axes[2].place.sure(), here.line);
        }
    }

    /// What G90 or G91 says before it holds for all moves.
    #[cold]
    fn note_first_move(&mut self, here: Here<'_>) {
        self.firsts.any_move = Some(here.mark());
        if self.modes.axes_by == Origin::LeftOver {
            self.firsts.place_before_mode = Some(here.mark());
        }
    }

    /// A number of Z below nought: few files have any.
    #[cold]
    pub(super) fn note_down(&mut self, here: Here<'_>) {
        if self.modes.axes_by == Origin::LeftOver {
            self.firsts.down_before_mode.get_or_insert_with(|| here.mark());
        }
    }

    #[inline(always)]
    fn count_print(&mut self, step: &Step, line: u64) {
        // Where the line before ended is in the box.
        let follows = self.printed_at + 1 == line;
        self.printed_at = line;
        for axis in 0..3 {
            let Some(at) = self.axes[axis].place.known() else { continue };
            self.print[axis].include(at);
            if !follows {
                self.print[axis].include(at.minus(step.along[axis]));
            }
        }
    }

    pub(super) fn reach(&mut self, index: usize, at: Micro, pushed: Micro, here: Here<'_>) {
        widen(&mut self.travel[index], at, here);
        if Micro::ZERO < pushed {
            self.print[index].include(at);
        }
    }

    /// A layer is a new height at which something is extruded; going back down to a known one is not new. Nobody knows how high
    /// something stands that is extruded at a height that is not known.
    #[inline]
    fn count_layer(&mut self, height: Option<Micro>, line: u64) {
        let Some(height) = height else {
            self.stands_from.get_or_insert(line);
            return;
        };
        if self.grown < height && height <= self.grown.plus(PURGE_MAX) {
            self.grown = height;
        }
        if self.layer_z.is_none_or(|known| known < height) {
            self.layer_z = Some(height);
            self.layers_by_z += 1;
            if PURGE_MAX < height {
                self.stands_from.get_or_insert(line);
            }
            if self.layers_marked == 0 {
                self.clock.layer(self.layers_by_z);
            }
        }
    }
}
