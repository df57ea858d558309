//! Moves: G0 to G3, from words to a physical box, a length of filament and a way for the clock.

#![expect(
    clippy::inline_always,
    reason = "millions of lines: a call costs as much as what it does"
)]

use crate::dialect::Positioning;
use crate::extent::{raise, widen};
use crate::mark::Here;
use crate::number::Micro;
use crate::time::{Bend, Way};
use crate::words::{Words, mask};

use super::arc::{Arc, Turn};
use super::axis::{Axis, Place};
use super::bead::BEAD_SHIFT;
use super::{Machine, Units};

const AXES: [u8; 3] = [b'X', b'Y', b'Z'];

pub(super) const XY: u32 = mask(b"XY");

/// What a line says of the axes.
pub(super) struct Step {
    /// The letters it names.
    pub(super) named: u32,
    /// How far each axis goes, from where it was last known to be; nought where it never was.
    pub(super) along: [Micro; 3],
}

impl Step {
    /// Returns how far it goes along X or Y, whichever is further.
    #[inline(always)]
    fn sideways(&self) -> Micro {
        self.along[0].abs().max(self.along[1].abs())
    }
}

/// The cross-section of filament 1.75 mm thick.
pub(super) const FILAMENT_MM2: f64 = std::f64::consts::PI * 1.75 * 1.75 / 4.0;

impl Machine {
    /// G0 to G3.
    #[inline(always)]
    pub(crate) fn make_move(&mut self, number: u8, words: &Words, here: Here<'_>) {
        let start = (1 < number).then(|| self.places());
        let mut step = self.go(words, here);
        let mut arc = None;
        if let Some(start) = start {
            step.named |= XY;
            let turn = if number == 2 { Turn::Clockwise } else { Turn::Counter };
            arc = self.arc(start, turn, words, here);
        }
        let stay = self.station.go(step.along);
        let (sideways, stay) = match &arc {
            None => (step.sideways(), stay),
            Some(arc) => {
                let span = Micro::from_f64(arc.span());
                (span, self.station.go_round(span, stay))
            }
        };
        let pushed = self.extrude(words, sideways, stay, here);
        self.feed(words, here);
        if sideways.0 >> BEAD_SHIFT < pushed.0 && sideways != Micro::ZERO {
            self.note_bead(&step, arc.as_ref(), pushed, here);
        }
        let bend = arc.map(|arc| self.follow(&arc, pushed, here));
        if step.named != 0 {
            self.account(&step, pushed, here);
        }
        if self.clock.runs() {
            let way = self.way(&step, pushed, here);
            match bend {
                None => self.clock.straight(&way),
                Some(bend) => self.clock.arc(&way, bend),
            }
        }
    }

    /// Returns the arc from `start` to where the nozzle is now. One that no firmware makes counts as straight.
    fn arc(
        &mut self,
        start: [Option<Micro>; 3],
        turn: Turn,
        words: &Words,
        here: Here<'_>,
    ) -> Option<Arc> {
        // Centres are not converted: no slicer writes arcs in inches.
        let known = |[x, y, _]: [Option<Micro>; 3]| match self.units {
            Units::Millimetres => Some([x?.to_f64(), y?.to_f64()]),
            Units::Inches => None,
        };
        let ends = known(start).zip(known(self.places()));
        let refused = !self.modes.bends_by_radius() && words.has(b'R')
            || !self.modes.bends_freely() && self.modes.axes == Positioning::Relative;
        let ends = ends.filter(|_| !refused);
        let arc = ends.and_then(|(start, end)| Arc::new(start, end, turn, words));
        if arc.is_none() {
            self.firsts.arc_malformed.get_or_insert_with(|| here.mark());
        }
        arc
    }

    /// Takes the bulge of an arc into the boxes.
    fn follow(&mut self, arc: &Arc, pushed: Micro, here: Here<'_>) -> Bend {
        for point in arc.extremes().chain([arc.last()]) {
            for (index, at) in point.into_iter().enumerate() {
                self.reach(index, Micro::from_f64(at), pushed, here);
            }
        }
        if let Some(reach) = arc.reach() {
            let reached = Micro::from_f64(reach);
            raise(&mut self.radius, reached, here);
            if Micro::ZERO < pushed {
                self.print_radius_squared = self.print_radius_squared.max(reached.squared());
            }
            self.raise_carriages(reach, here);
        }
        Bend { heading: arc.heading(), turn: arc.turned(), radius: arc.radius() }
    }

    #[inline(always)]
    fn way(&self, step: &Step, pushed: Micro, here: Here<'_>) -> Way {
        let [x, y, z] = step.along;
        Way {
            along: [x, y, z, pushed],
            feed_mm_s: self.feed_mm_s * self.speed_factor,
            filament_mm2: self.feeders[self.tool].flow_factor * FILAMENT_MM2,
            line: here.line,
        }
    }

    #[inline]
    pub(crate) fn places(&self) -> [Option<Micro>; 3] {
        [self.axes[0].place.known(), self.axes[1].place.known(), self.axes[2].place.known()]
    }

    /// Moves the axes.
    #[inline(always)]
    fn go(&mut self, words: &Words, here: Here<'_>) -> Step {
        let mut step = Step { named: 0, along: [Micro::ZERO; 3] };
        // One after the other: as a loop it takes three times the instructions.
        self.go_along(0, &mut step, words, here);
        self.go_along(1, &mut step, words, here);
        self.go_along(2, &mut step, words, here);
        step
    }

    #[inline(always)]
    fn go_along(&mut self, axis: usize, step: &mut Step, words: &Words, here: Here<'_>) {
        let Some(value) = words.number(AXES[axis]) else { return };
        step.named |= mask(&[AXES[axis]]);
        let value = self.length(value);
        if axis == 2 && value < Micro::ZERO {
            self.note_down(here);
        }
        let Axis { place: from, offset } = self.axes[axis];
        let to = match self.modes.axes {
            _ if !from.homed() => self.go_unhomed(axis, value, here),
            Positioning::Absolute => {
                self.drift[axis] = Micro::ZERO;
                if axis == 2 {
                    self.name_height();
                }
                Place::At(value.plus(offset))
            }
            Positioning::Relative => self.step(axis, value, here),
        };
        self.axes[axis].place = to;
        if let Place::At(to) | Place::Lifted(to) = to {
            widen(&mut self.travel[axis], to, here);
            if axis == 2 {
                self.note_height(from.last(), to, here);
                if to <= Micro::ZERO && self.stands_from.is_some() {
                    self.firsts.down_to_bed.get_or_insert_with(|| here.mark());
                }
                if self.retraction.hop != Micro::ZERO {
                    widen(&mut self.travel[2], to.plus(self.retraction.hop), here);
                }
            }
            if let Some(from) = from.last() {
                step.along[axis] = to.minus(from);
                if axis == 2 {
                    self.station.rise(step.along[axis]);
                }
            }
        }
    }
}
