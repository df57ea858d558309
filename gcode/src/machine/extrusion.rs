//! What a move pushes and how fast it is asked to go: E and F.

#![expect(clippy::inline_always, reason = "as in `motion`")]

use super::Machine;
use crate::dialect::{Doubt, Positioning};
use crate::extent::raise;
use crate::mark::Here;
use crate::number::Micro;
use crate::words::Words;

/// Slicers ask for 1.5 mm/s at least (measured over twelve of them); at this speed to cross a bed takes ten minutes.
const CRAWL_MM_S: f64 = 0.5;

/// How much filament a millimetre of way takes off the heap that was pushed in one place: a hundred times what slicers lay.
/// Less way than that, as in steps of a hundredth, is the same place.
const SPREAD: i64 = 10;

impl Machine {
    /// Turns the extruder and returns by how much.
    #[inline(always)]
    pub(super) fn extrude(&mut self, words: &Words, sideways: Micro, here: Here<'_>) -> Micro {
        let spread = Micro(sideways.0.saturating_mul(SPREAD));
        let Some(value) = words.number(b'E') else {
            self.heaps = self.heaps.map(|heap| heap.minus(spread).max(Micro::ZERO));
            return Micro::ZERO;
        };
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
                raise(&mut self.push_unsaid, self.heaps[1].plus(value).max(value.abs()), here);
            }
            Doubt::Disputed => {
                self.firsts.extrusion_ambiguous.get_or_insert_with(|| here.mark());
            }
            Doubt::Versions => {
                self.firsts.extrusion_by_version.get_or_insert_with(|| here.mark());
            }
        }
        if Micro::ZERO < pushed && !self.heat.melts() {
            self.firsts.extrusion_cold.get_or_insert_with(|| here.mark());
        }
        // What was pulled back before a push does not count against it.
        let heaped = |heap: Micro, pushed| heap.plus(pushed).minus(spread).max(Micro::ZERO);
        let [as_read, as_relative] = self.heaps;
        self.heaps = [heaped(as_read, pushed), heaped(as_relative, value)];
        raise(&mut self.push, self.heaps[0].max(pushed.abs()), here);
        pushed
    }

    #[inline]
    pub(super) fn feed(&mut self, words: &Words, here: Here<'_>) {
        let Some(feed) = words.number(b'F') else { return };
        if Micro::ZERO < feed {
            self.feed_asked = Some(Micro(self.length(feed).0 / 60));
            self.feed_mm_s = self.length(feed).to_f64() / 60.0;
            self.note_crawl(here);
        } else {
            // Marlin and Prusa's firmwares pass over F0, and over less. To Klipper it is an error: "Invalid speed", and the
            // move is not made. Marlin, `get_destination_from_command`; Klipper, `gcode_move.py`, `cmd_G1`.
            self.firsts.feed_of_nothing.get_or_insert_with(|| here.mark());
        }
    }

    /// Notes a speed at which the nozzle stands as good as still.
    #[inline]
    pub(super) fn note_crawl(&mut self, here: Here<'_>) {
        if self.feed_mm_s * self.speed_factor < CRAWL_MM_S {
            self.firsts.crawl.get_or_insert_with(|| here.mark());
        }
    }
}
