//! The clock while it runs: from moves and limits to what the planner needs.

use super::corner::Side;
use super::limits::{Kind, lesser};
use super::plan::{Head, Planned, Tag};
use super::{Bend, FLOW_LENGTH_MIN, LENGTH_MIN, PIECES_MAX, Running, Way};
use crate::dialect::Dialect;
use crate::number::Micro;
use crate::profile::Corner;
use crate::words::{Command, Words};

impl Running {
    #[inline]
    pub(super) fn straight(&mut self, way: &Way) {
        let [x, y, z, e] = way.along;
        let squared = x.squared() + y.squared() + z.squared();
        let (length, head) = if LENGTH_MIN.squared() < squared {
            (squared.sqrt(), Head::Moves)
        } else if LENGTH_MIN < e.abs() {
            (e.abs().millionths(), Head::Rests)
        } else {
            return;
        };
        let per_length = 1.0 / length;
        let direction = way.along.map(|along| along.millionths() * per_length);
        let length = length / 1e6;
        let tag = self.tag(way, length, direction[3], head);
        self.line(direction, length, way.feed_mm_s, tag);
    }

    /// Counts a G2 or G3 by the pieces that the firmware makes of it.
    pub(super) fn arc(&mut self, way: &Way, bend: &Bend) {
        let count = bend.pieces(self.dialect, way.feed_mm_s);
        if count < 2 {
            return self.straight(way);
        }
        let [_, _, climb, pushed] = way.along.map(Micro::to_f64);
        let length = bend.length().hypot(climb);
        let tag = self.tag(way, length, pushed / length, Head::Moves);
        if PIECES_MAX < count {
            return self.round(way, bend, count, tag);
        }
        let part = 1.0 / f64::from(count);
        let chord = bend.chord(count);
        let length = chord.hypot(climb * part);
        for heading in bend.headings(count) {
            let (sin, cos) = heading.sin_cos();
            let along = [cos * chord, sin * chord, climb * part, pushed * part];
            self.line(along.map(|along| along / length), length, way.feed_mm_s, tag);
        }
    }

    /// Counts an arc of many pieces as one move, as fast as their corners allow.
    fn round(&mut self, way: &Way, bend: &Bend, count: u32, of: Tag) {
        let [_, _, climb, pushed] = way.along.map(Micro::to_f64);
        let length = bend.length().hypot(climb);
        let (z, e) = (climb / length, pushed / length);
        let flat = (1.0 - (z * z).min(1.0)).sqrt();
        // On its way round it may go along either axis.
        let worst = [flat, flat, z, e];
        let acceleration = self.limits.acceleration(Kind::of(&worst, of.head), &worst);
        let piece = |heading: f64, cruise| {
            let (sin, cos) = heading.sin_cos();
            let direction = [cos * flat, sin * flat, z, e];
            let start = self.limits.start(cruise, &direction);
            Side { direction, length: length / f64::from(count), cruise, acceleration, start }
        };
        let feed = self.limits.feed(way.feed_mm_s, &worst);
        // The hardest corner is one that an axis takes all of.
        let turn = bend.turn / f64::from(count);
        let round2 = self.limits.corner(&piece(0.0, feed), &piece(turn, feed));
        let cruise = lesser(feed, round2.sqrt());
        let first = piece(bend.heading + turn / 2.0, cruise);
        let last = piece(bend.heading + bend.turn - turn / 2.0, cruise);
        self.push(first, last, length, of);
    }

    /// Counts a straight line.
    #[expect(clippy::inline_always, reason = "millions of lines: a call costs a tenth of them")]
    #[inline(always)]
    fn line(&mut self, direction: [f64; 4], length: f64, feed_mm_s: f64, of: Tag) {
        let cruise = self.limits.feed(feed_mm_s, &direction);
        let side = Side {
            direction,
            length,
            cruise,
            acceleration: self.limits.acceleration(Kind::of(&direction, of.head), &direction),
            start: self.limits.start(cruise, &direction),
        };
        self.push(side, side, length, of);
    }

    #[inline]
    fn tag(&self, way: &Way, length: f64, pushed: f64, head: Head) -> Tag {
        let counts = head == Head::Moves && FLOW_LENGTH_MIN < length && 0.0 < pushed;
        let flow_mm2 = if counts { pushed * way.filament_mm2 } else { 0.0 };
        Tag { layer: self.layer, line: way.line, flow_mm2, head }
    }

    #[inline]
    fn push(&mut self, first: Side, last: Side, length: f64, of: Tag) {
        let corner2 = if let Some(before) = &self.last {
            self.limits.corner(before, &first)
        } else {
            let begin2 = self.limits.standstill(&first);
            self.plan.begin_at(begin2);
            begin2
        };
        self.last = Some(last);
        let planned = Planned {
            acceleration: first.acceleration,
            gain2: 2.0 * first.acceleration * length,
            cruise2: first.cruise * first.cruise,
            entry2: corner2,
            of,
        };
        let times = &mut self.times;
        self.plan.push(planned, corner2, |driven| times.driven(&driven));
    }

    pub(super) fn stop(&mut self) {
        if let Some(last) = self.last.take() {
            let end2 = self.limits.standstill(&last);
            let times = &mut self.times;
            self.plan.finish(end2, |driven| times.driven(&driven));
        }
    }

    pub(super) fn stop_counting_layers(&mut self) {
        self.stop();
        let so_far = self.times.layers.iter().sum();
        self.times.layers.clear();
        self.times.layers.push(so_far);
    }

    pub(super) fn obey(&mut self, command: Command, words: &Words) {
        match (command.letter, command.number, self.dialect) {
            (
                b'M',
                201,
                Dialect::Marlin | Dialect::Prusa | Dialect::Buddy | Dialect::RepRapFirmware,
            ) => {
                self.limits.set_accelerations(words);
            }
            (
                b'M',
                203,
                Dialect::Marlin | Dialect::Prusa | Dialect::Buddy | Dialect::RepRapFirmware,
            ) => {
                self.limits.set_feeds(words, self.dialect);
            }
            (b'M', 204, _) => self.limits.set_kinds(words, self.dialect),
            (b'M', 205, Dialect::Marlin | Dialect::Prusa | Dialect::Buddy) => {
                self.limits.set_corner(words, 1.0);
            }
            // "Set allowable instantaneous speed change", in mm/min. RepRapFirmware, M566.
            (b'M', 566, Dialect::RepRapFirmware) => self.limits.set_corner(words, 60.0),
            _ => {}
        }
    }

    pub(super) fn smooth(&mut self) {
        let ratio = match self.limits.corner {
            Corner::SquareCorner { minimum_cruise_ratio, .. } => minimum_cruise_ratio,
            Corner::Jerk { .. } | Corner::JunctionDeviation { .. } => 0.0,
        };
        self.plan.smooth(ratio);
    }
}
