//! What a move pushes and how fast it is asked to go: E and F.

#![expect(clippy::inline_always, reason = "as in `motion`")]

use super::Machine;
use super::heap::Stay;
use super::warmth::Warmth;
use crate::dialect::{Doubt, Positioning};
use crate::extent::raise;
use crate::mark::Here;
use crate::number::Micro;
use crate::words::Words;

/// Slicers ask for 1.5 mm/s at least (measured over twelve of them); at this speed to cross a bed takes ten minutes.
const CRAWL_MM_S: f64 = 0.5;

/// Firmwares that bound a push without a way do so from here on at the earliest. Klipper, `max_extrude_only_distance`.
const ALONE_NOTED: Micro = Micro::whole(50);

impl Machine {
    /// Turns the extruder and returns by how much.
    #[inline(always)]
    pub(super) fn extrude(
        &mut self,
        words: &Words,
        sideways: Micro,
        stay: Stay,
        here: Here<'_>,
    ) -> Micro {
        let Some(value) = words.number(b'E') else {
            self.heap.pass(sideways, stay);
            if self.modes.doubt == Doubt::Unsaid {
                self.heap_unsaid.pass(sideways, stay);
            }
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
        if pushed < Micro::ZERO {
            raise(&mut self.pulled, feeder.peak.minus(feeder.sum), here);
        }
        self.tools_used |= 1 << self.tool;
        if self.modes.doubt != Doubt::Nothing {
            self.note_doubt(value, sideways, stay, here);
        }
        if Micro::ZERO < pushed && self.heat.warmth() != Warmth::Hot {
            self.note_cold(here);
        }
        if ALONE_NOTED < pushed.abs() && (sideways == Micro::ZERO || pushed < Micro::ZERO) {
            raise(&mut self.push_alone, pushed.abs(), here);
        }
        let grown = if Micro::ZERO < pushed { self.station.push() } else { Micro::ZERO };
        self.heap.add(pushed, sideways, stay, grown);
        raise(&mut self.push, self.heap.most().max(pushed.abs()), here);
        pushed
    }

    /// E is told where it is doubtful how it is read.
    #[cold]
    fn note_doubt(&mut self, value: Micro, sideways: Micro, stay: Stay, here: Here<'_>) {
        let firsts = &mut self.firsts;
        if self.modes.counts_on() {
            firsts.extrusion_uncounted.get_or_insert_with(|| here.mark());
        }
        let doubtful = self.modes.is_doubtful();
        if doubtful {
            firsts.extrusion_doubtful.get_or_insert_with(|| here.mark());
        }
        match self.modes.doubt {
            Doubt::Nothing | Doubt::Uncounted => {}
            Doubt::Unsaid => {
                if !doubtful {
                    firsts.extrusion_before_mode.get_or_insert_with(|| here.mark());
                }
                self.heap_unsaid.add(value, sideways, stay, Micro::ZERO);
                raise(&mut self.push_unsaid, self.heap_unsaid.most().max(value.abs()), here);
            }
            Doubt::Disputed => {
                firsts.extrusion_ambiguous.get_or_insert_with(|| here.mark());
            }
            Doubt::Versions => {
                firsts.extrusion_by_version.get_or_insert_with(|| here.mark());
            }
        }
    }

    /// Filament is pushed, and nothing says that it melts.
    #[cold]
    fn note_cold(&mut self, here: Here<'_>) {
        let firsts = &mut self.firsts;
        let first = match self.heat.warmth() {
            Warmth::Hot => return,
            Warmth::Warming => &mut firsts.extrusion_unawaited,
            Warmth::Off => &mut firsts.extrusion_cooled,
            Warmth::Unsaid => &mut firsts.extrusion_cold,
        };
        first.get_or_insert_with(|| here.mark());
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
