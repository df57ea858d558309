//! Moves: G0 to G3, from words to a physical box, a length of filament and a way for the clock.

use crate::dialect::Positioning;
use crate::extent::{raise, widen};
use crate::mark::Here;
use crate::number::Micro;
use crate::time::{Bend, Way};
use crate::words::{Words, mask};

use super::arc::{Arc, Turn};
use super::axis::Place;
use super::{Machine, TOOLS, Units};

const AXES: [u8; 3] = [b'X', b'Y', b'Z'];

/// A lift before homing is what stock start codes do, so that the probe clears the bed. Some do it in absolute numbers.
const LIFT_MAX: Micro = Micro::whole(20);

/// The cross-section of filament 1.75 mm thick.
const FILAMENT_MM2: f64 = std::f64::consts::PI * 1.75 * 1.75 / 4.0;

impl Machine {
    /// G0 to G3.
    #[inline]
    pub(crate) fn make_move(&mut self, number: u8, words: &Words, here: Here<'_>) {
        match number {
            2 => self.arc(Turn::Clockwise, words, here),
            3 => self.arc(Turn::Counter, words, here),
            _ => self.straight(words, here),
        }
    }

    /// G0 and G1.
    #[inline]
    fn straight(&mut self, words: &Words, here: Here<'_>) {
        let before = self.places();
        let moved = self.go(words, here);
        let pushed = self.extrude(words, here);
        self.feed(words);
        // The end of the last extrusion is in the box.
        if Micro::ZERO < pushed && moved & mask(b"XY") != 0 && self.printed_to != before {
            self.include_in_print(before);
        }
        self.account(moved, pushed, here);
        self.clock.straight(&self.way(before, pushed, here));
    }

    /// G2 and G3.
    fn arc(&mut self, turn: Turn, words: &Words, here: Here<'_>) {
        let before = self.places();
        let moved = self.go(words, here) | mask(b"XY");
        let pushed = self.extrude(words, here);
        self.feed(words);
        let after = self.places();
        let known = |places: [Option<Micro>; 3]| Some([places[0]?.to_f64(), places[1]?.to_f64()]);
        // Centres are not converted: no slicer writes arcs in inches.
        let known = |places| if self.units == Units::Inches { None } else { known(places) };
        let arc = known(before)
            .zip(known(after))
            .and_then(|(start, end)| Arc::new(start, end, turn, words));
        let Some(arc) = arc else {
            self.firsts.arc_malformed.get_or_insert_with(|| here.mark());
            self.account(moved, pushed, here);
            self.clock.straight(&self.way(before, pushed, here));
            return;
        };
        for point in arc.extremes().chain([arc.last()]) {
            for (index, at) in point.into_iter().enumerate() {
                self.reach(index, Micro::from_f64(at), pushed, here);
            }
        }
        if let Some(reach) = arc.reach() {
            raise(&mut self.radius, Micro::from_f64(reach), here);
        }
        if Micro::ZERO < pushed {
            self.include_in_print(before);
        }
        self.account(moved, pushed, here);
        let way = self.way(before, pushed, here);
        let length = arc.length().hypot(way.delta[2]);
        self.clock.arc(&way, &Bend { tangents: arc.tangents(), radius: arc.radius(), length });
    }

    /// Returns the move from `before` to where the nozzle is now; an axis whose start is unknown counts nothing.
    #[inline]
    fn way(&self, before: [Option<Micro>; 3], pushed: Micro, here: Here<'_>) -> Way {
        let after = self.places();
        let along = |axis: usize| match (before[axis], after[axis]) {
            (Some(from), Some(to)) => to.minus(from).to_f64(),
            _ => 0.0,
        };
        let pushed = pushed.to_f64();
        Way {
            delta: [along(0), along(1), along(2), pushed],
            feed_mm_s: self.feed_mm_s * self.speed_factor,
            volume_mm3: pushed * self.flow_factor * FILAMENT_MM2,
            line: here.line,
        }
    }

    pub(crate) fn places(&self) -> [Option<Micro>; 3] {
        [self.axes[0].place.known(), self.axes[1].place.known(), self.axes[2].place.known()]
    }

    /// Moves the axes and returns the mask of those that the line names.
    #[inline]
    fn go(&mut self, words: &Words, here: Here<'_>) -> u32 {
        let mut moved = 0;
        for (index, letter) in AXES.into_iter().enumerate() {
            let Some(value) = words.number(letter) else { continue };
            moved |= mask(&[letter]);
            let value = self.length(value);
            let place = self.axes[index].place;
            let at = match self.modes.axes {
                Positioning::Absolute => Place::At(value.plus(self.axes[index].offset)),
                Positioning::Relative => self.step(place, value, here),
            };
            if !place.homed() {
                self.note_unhomed(index, value, here);
            }
            self.axes[index].place = at;
            if let Place::At(at) = at {
                widen(&mut self.travel[index], at, here);
            }
        }
        moved
    }

    fn step(&mut self, from: Place, by: Micro, here: Here<'_>) -> Place {
        match from {
            Place::At(at) => Place::At(at.plus(by)),
            Place::Home(at) => {
                self.firsts.relative_from_home.get_or_insert_with(|| here.mark());
                Place::At(at.plus(by))
            }
            Place::Somewhere => {
                self.firsts.relative_from_unknown.get_or_insert_with(|| here.mark());
                from
            }
            Place::Unhomed | Place::MotorsOff => from,
        }
    }

    fn note_unhomed(&mut self, index: usize, value: Micro, here: Here<'_>) {
        let lift = index == 2 && Micro::ZERO <= value && value <= LIFT_MAX;
        if lift {
            return;
        }
        let first = match self.axes[index].place {
            Place::MotorsOff => &mut self.firsts.move_after_motors_off,
            Place::Unhomed | Place::Home(_) | Place::Somewhere | Place::At(_) => {
                &mut self.firsts.move_unhomed
            }
        };
        first.get_or_insert_with(|| here.mark());
    }

    /// Turns the extruder and returns by how much.
    #[inline]
    fn extrude(&mut self, words: &Words, here: Here<'_>) -> Micro {
        let Some(value) = words.number(b'E') else { return Micro::ZERO };
        let value = self.length(value);
        let pushed = match self.modes.extruder(self.dialect) {
            Positioning::Absolute => value.minus(self.e),
            Positioning::Relative => value,
        };
        self.e = self.e.plus(pushed);
        let feeder = &mut self.feeders[self.tool];
        feeder.sum = feeder.sum.plus(pushed);
        feeder.peak = feeder.peak.max(feeder.sum);
        self.tools_used |= 1 << self.tool.min(TOOLS - 1);
        if self.modes.said_nothing() {
            self.firsts.extrusion_before_mode.get_or_insert_with(|| here.mark());
        }
        if self.modes.ambiguous() {
            self.firsts.extrusion_ambiguous.get_or_insert_with(|| here.mark());
        }
        if Micro::ZERO < pushed && self.heat.never_hot() {
            self.firsts.extrusion_cold.get_or_insert_with(|| here.mark());
        }
        raise(&mut self.push, pushed.abs(), here);
        pushed
    }

    #[inline]
    fn feed(&mut self, words: &Words) {
        // Firmwares pass over F0.
        if let Some(feed) = words.number(b'F')
            && Micro::ZERO < feed
        {
            self.feed_asked = Some(Micro(self.length(feed).0 / 60));
            self.feed_mm_s = self.length(feed).to_f64() / 60.0;
        }
    }

    /// Counts the move that was just made: its boxes, its speed, its layer.
    #[inline]
    fn account(&mut self, moved: u32, pushed: Micro, here: Here<'_>) {
        if moved == 0 {
            return;
        }
        if self.firsts.any_move.is_none() {
            self.firsts.any_move = Some(here.mark());
        }
        if let Some(feed) = self.feed_asked {
            raise(&mut self.feed_peak, feed, here);
        }
        let places = self.places();
        if moved & mask(b"XY") != 0 {
            if let [Some(x), Some(y), _] = places {
                let squared = square(x) + square(y);
                if self.radius_squared < squared {
                    self.radius_squared = squared;
                    raise(&mut self.radius, Micro::from_f64(squared.sqrt()), here);
                }
            }
            if Micro::ZERO < pushed {
                self.include_in_print(places);
                self.printed_to = places;
                self.count_layer(places[2]);
            }
        }
    }

    fn reach(&mut self, index: usize, at: Micro, pushed: Micro, here: Here<'_>) {
        widen(&mut self.travel[index], at, here);
        if Micro::ZERO < pushed {
            include(&mut self.print[index], at);
        }
    }

    #[inline]
    fn include_in_print(&mut self, places: [Option<Micro>; 3]) {
        for (extent, place) in self.print.iter_mut().zip(places) {
            if let Some(at) = place {
                include(extent, at);
            }
        }
    }

    /// A layer is a new height at which something is extruded; going back down to a known one is not new.
    #[inline]
    fn count_layer(&mut self, height: Option<Micro>) {
        if let Some(height) = height
            && self.layer_z.is_none_or(|known| known < height)
        {
            self.layer_z = Some(height);
            self.layers_by_z += 1;
            if self.layers_marked == 0 {
                self.clock.layer(self.layers_by_z);
            }
        }
    }
}

#[inline]
fn include(extent: &mut Option<(Micro, Micro)>, at: Micro) {
    *extent = Some(extent.map_or((at, at), |(least, greatest)| (least.min(at), greatest.max(at))));
}

#[inline]
fn square(value: Micro) -> f64 {
    value.to_f64() * value.to_f64()
}
