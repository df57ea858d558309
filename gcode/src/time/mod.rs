//! How long the motion takes: a look-ahead model of what firmwares do with a file's moves.
//!
//! Each move has a speed, capped by every axis, and an acceleration, by kind and by axis ([`limits`]); each corner has a
//! speed by the firmware's rule ([`corner`]); a window of moves is planned so that every corner can be met ([`plan`]).
//! Heating, homing, probing and macros are not motion of the file and take no time here. Memory is constant.

mod arc;
mod claimed;
mod corner;
mod limits;
mod plan;

use crate::dialect::Dialect;
use crate::number::Micro;
use crate::profile::{Corner, Motion};
use crate::words::{Command, Words};

pub(crate) use arc::Bend;
use corner::Side;
use limits::{Kind, Limits, lesser};
use plan::{Driven, Head, Plan, Planned, Tag};

/// Layers whose times are kept apart; a spiral vase has 5 000. Those beyond share the last place.
const LAYERS_MAX: usize = 20_000;

/// A move no longer than this is the rounding of its own decimals: it takes no time and has no direction.
const LENGTH_MIN: Micro = Micro(1);

/// Flow is not read off moves shorter than this: the decimals of E and of the way are as large as themselves.
const FLOW_LENGTH_MIN: f64 = 0.1;

/// An arc of more pieces than a small circle has is counted as one move: its corners are slight.
const PIECES_MAX: u32 = 72;

/// One move: where it goes, how far, how fast.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// X, Y, Z and E, in millimetres.
    pub(crate) along: [Micro; 4],
    pub(crate) feed_mm_s: f64,
    /// The cross-section of what E pushes, its factor included.
    pub(crate) filament_mm2: f64,
    pub(crate) line: u64,
}

/// What the clock has counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    pub(crate) seconds: f64,
    pub(crate) layers: Vec<f64>,
    pub(crate) top_mm_s: f64,
    /// The greatest flow, in mm³/s, and its line.
    pub(crate) flow: Option<(f64, u64)>,
}

/// Counts the time of moves and dwells, as they come.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    /// Nobody asked.
    Stopped,
    Running(Box<Running>),
}

#[derive(Clone, Debug)]
pub(crate) struct Running {
    dialect: Dialect,
    limits: Limits,
    /// As the printer had them before the file.
    own: Limits,
    plan: Plan,
    last: Option<Side>,
    layer: u32,
    times: Times,
}

impl Clock {
    pub(crate) fn new(motion: Option<&Motion>, dialect: Dialect) -> Self {
        let Some(motion) = motion else { return Self::Stopped };
        let mut running = Running {
            dialect,
            limits: Limits::new(motion),
            own: Limits::new(motion),
            plan: Plan::new(),
            last: None,
            layer: 0,
            times: Times::default(),
        };
        running.smooth();
        Self::Running(Box::new(running))
    }

    #[inline]
    pub(crate) fn runs(&self) -> bool {
        matches!(self, Self::Running(_))
    }

    /// Counts a straight move.
    #[inline]
    pub(crate) fn straight(&mut self, way: &Way) {
        if let Self::Running(running) = self {
            running.straight(way);
        }
    }

    /// Counts a G2 or G3.
    pub(crate) fn arc(&mut self, way: &Way, bend: Bend) {
        if let Self::Running(running) = self {
            running.arc(way, &bend);
        }
    }

    /// The head comes to a standstill: the firmware waits for something.
    pub(crate) fn stop(&mut self) {
        if let Self::Running(running) = self {
            running.stop();
        }
    }

    pub(crate) fn dwell(&mut self, seconds: f64) {
        if let Self::Running(running) = self {
            running.stop();
            running.times.count(running.layer, seconds.max(0.0));
        }
    }

    /// What follows belongs to the layer of this number, counted from 1.
    #[inline]
    pub(crate) fn layer(&mut self, number: u64) {
        if let Self::Running(running) = self {
            running.layer = u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX);
        }
    }

    /// Forgets which layers the times so far belong to: the file begins to say it itself.
    pub(crate) fn forget_layers(&mut self) {
        if let Self::Running(running) = self {
            running.stop_counting_layers();
        }
    }

    /// Obeys a command that changes limits.
    pub(crate) fn obey(&mut self, command: Command, words: &Words) {
        if let Self::Running(running) = self {
            running.obey(command, words);
        }
    }

    /// Obeys one parameter of `SET_VELOCITY_LIMIT`.
    pub(crate) fn set_velocity_limit(&mut self, name: &str, value: f64) {
        if let Self::Running(running) = self
            && running.dialect == Dialect::Klipper
        {
            running.limits.set_velocity_limit(name, value);
            running.smooth();
        }
    }

    /// Returns whether the printer is left so slow that the next print as good as stands still.
    pub(crate) fn is_slowed(&self) -> bool {
        match self {
            Self::Stopped => false,
            Self::Running(running) => running.limits.are_a_tenth_of(&running.own),
        }
    }

    pub(crate) fn finish(self) -> Times {
        match self {
            Self::Stopped => Times::default(),
            Self::Running(mut running) => {
                running.stop();
                running.times
            }
        }
    }
}

impl Running {
    #[inline]
    fn straight(&mut self, way: &Way) {
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
    fn arc(&mut self, way: &Way, bend: &Bend) {
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

    fn stop(&mut self) {
        if let Some(last) = self.last.take() {
            let end2 = self.limits.standstill(&last);
            let times = &mut self.times;
            self.plan.finish(end2, |driven| times.driven(&driven));
        }
    }

    fn stop_counting_layers(&mut self) {
        self.stop();
        let so_far = self.times.layers.iter().sum();
        self.times.layers.clear();
        self.times.layers.push(so_far);
    }

    fn obey(&mut self, command: Command, words: &Words) {
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

    fn smooth(&mut self) {
        let ratio = match self.limits.corner {
            Corner::SquareCorner { minimum_cruise_ratio, .. } => minimum_cruise_ratio,
            Corner::Jerk { .. } | Corner::JunctionDeviation { .. } => 0.0,
        };
        self.plan.smooth(ratio);
    }
}

impl Times {
    #[inline]
    fn driven(&mut self, driven: &Driven) {
        self.count(driven.of.layer, driven.seconds);
        if driven.of.head == Head::Rests {
            return;
        }
        if self.top_mm_s < driven.top_mm_s {
            self.top_mm_s = driven.top_mm_s;
        }
        let flow = driven.top_mm_s * driven.of.flow_mm2;
        if self.flow.map_or(0.0, |(known, _)| known) < flow {
            self.flow = Some((flow, driven.of.line));
        }
    }

    #[inline]
    fn count(&mut self, layer: u32, seconds: f64) {
        self.seconds += seconds;
        let index = (layer as usize).min(LAYERS_MAX - 1);
        if self.layers.len() <= index {
            self.layers.resize(index + 1, 0.0);
        }
        self.layers[index] += seconds;
    }
}
