//! The limits that hold at this line of the file, ready for reckoning.

use super::plan::Head;
use crate::dialect::Dialect;
use crate::number::Micro;
use crate::words::Words;

use crate::profile::{Corner, Motion};

/// A limit nobody can reach is no limit; one of nought would stop the clock.
const LEAST: f64 = 1e-3;

/// No slicer asks for less than a tenth of what a printer does: a guess.
const SLOWED: f64 = 10.0;

/// What a move does decides which acceleration holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Print,
    Travel,
    Retract,
}

impl Kind {
    #[inline]
    pub(super) fn of(direction: &[f64; 4], head: Head) -> Self {
        match head {
            Head::Rests => Self::Retract,
            Head::Moves if direction[3] == 0.0 => Self::Travel,
            Head::Moves => Self::Print,
        }
    }
}

/// [`Motion`] with its reciprocals: the model divides by a limit far more often than the limit changes.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    per_feed: [f64; 4],
    per_acceleration: [f64; 4],
    kinds: [f64; 3],
    most: [f64; 3],
    pub(super) corner: Corner,
    /// [`Corner::Jerk`], and its reciprocals.
    pub(super) jerk: [f64; 4],
    pub(super) per_jerk: [f64; 4],
}

impl Limits {
    pub(super) fn new(motion: &Motion) -> Self {
        let mut limits = Self {
            per_feed: motion.speed_mm_s.map(per),
            per_acceleration: motion.acceleration_mm_s2.map(per),
            kinds: [motion.print_mm_s2, motion.travel_mm_s2, motion.retract_mm_s2]
                .map(|kind| kind.max(LEAST)),
            most: motion.set_mm_s2_max,
            corner: motion.corner,
            jerk: [f64::INFINITY; 4],
            per_jerk: [0.0; 4],
        };
        limits.turn(motion.corner);
        limits
    }

    /// Returns `feed_mm_s`, or less where an axis cannot follow in `direction`.
    #[inline]
    pub(super) fn feed(&self, feed_mm_s: f64, direction: &[f64; 4]) -> f64 {
        cap(feed_mm_s, load(direction, &self.per_feed))
    }

    /// Returns the acceleration for `kind` of move, or less where an axis cannot follow in `direction`.
    #[inline]
    pub(super) fn acceleration(&self, kind: Kind, direction: &[f64; 4]) -> f64 {
        cap(self.kinds[kind as usize], load(direction, &self.per_acceleration))
    }

    /// M201: "set the max acceleration for one or more axes". Marlin.
    pub(super) fn set_accelerations(&mut self, words: &Words) {
        each(words, |axis, value| self.per_acceleration[axis] = per(value));
    }

    /// M203: "set the max feedrate for one or more axes", in mm/s; `RepRapFirmware` counts in mm/min.
    pub(super) fn set_feeds(&mut self, words: &Words, dialect: Dialect) {
        let unit = match dialect {
            Dialect::RepRapFirmware => 60.0,
            Dialect::Marlin | Dialect::Prusa | Dialect::Buddy | Dialect::Klipper => 1.0,
        };
        each(words, |axis, value| self.per_feed[axis] = per(value / unit));
    }

    /// M204: P printing, T travel, R retracting; S sets printing and travel, and then T is the retraction.
    /// Marlin, M204; Prusa's firmware, M204, old form. Klipper: S, or the lesser of P and T, for all moves.
    pub(super) fn set_kinds(&mut self, words: &Words, dialect: Dialect) {
        let number = |letter| words.number(letter).map(Micro::to_f64);
        if dialect == Dialect::Klipper {
            let both = number(b'P').zip(number(b'T')).map(|(p, t)| p.min(t));
            if let Some(value) = number(b'S').or(both) {
                self.set(Kind::Print, Some(value));
                self.set(Kind::Travel, Some(value));
            }
            return;
        }
        self.set(Kind::Print, number(b'S').or_else(|| number(b'P')));
        self.set(Kind::Retract, number(b'R'));
        if let Some(both) = number(b'S') {
            self.set(Kind::Travel, Some(both));
            self.set(Kind::Retract, number(b'T'));
        } else {
            self.set(Kind::Travel, number(b'T'));
        }
    }

    /// M205: X, Y, Z, E are jerks, J is a junction deviation; whichever comes chooses the rule. Marlin, M205.
    pub(super) fn set_corner(&mut self, words: &Words, unit: f64) {
        if let Some(deviation) = words.number(b'J') {
            self.turn(Corner::JunctionDeviation { mm: deviation.to_f64().max(0.0) });
        }
        if let Corner::Jerk { mut mm_s } = self.corner {
            each(words, |axis, value| mm_s[axis] = value / unit);
            self.turn(Corner::Jerk { mm_s });
        }
    }

    /// `SET_VELOCITY_LIMIT`, one parameter of it. Klipper, "G-Codes".
    pub(super) fn set_velocity_limit(&mut self, name: &str, value: f64) {
        let value = value.max(0.0);
        match name {
            "VELOCITY" => {
                self.per_feed[0] = per(value);
                self.per_feed[1] = per(value);
            }
            "ACCEL" => {
                self.set(Kind::Print, Some(value));
                self.set(Kind::Travel, Some(value));
            }
            "MINIMUM_CRUISE_RATIO" | "SQUARE_CORNER_VELOCITY" => {
                let Corner::SquareCorner { mut mm_s, mut minimum_cruise_ratio } = self.corner
                else {
                    return;
                };
                if name == "SQUARE_CORNER_VELOCITY" {
                    mm_s = value;
                } else {
                    minimum_cruise_ratio = value.min(1.0);
                }
                self.turn(Corner::SquareCorner { mm_s, minimum_cruise_ratio });
            }
            _ => {}
        }
    }

    /// Returns whether a speed or an acceleration is less than a tenth of that of `own`.
    pub(super) fn are_a_tenth_of(&self, own: &Self) -> bool {
        let slower = |per: [f64; 4], own: [f64; 4]| {
            per.into_iter().zip(own).any(|(per, own)| own * SLOWED < per)
        };
        slower(self.per_feed, own.per_feed)
            || slower(self.per_acceleration, own.per_acceleration)
            || self.kinds.into_iter().zip(own.kinds).any(|(kind, own)| kind * SLOWED < own)
    }

    fn set(&mut self, kind: Kind, value: Option<f64>) {
        let index = kind as usize;
        if let Some(value) = value {
            self.kinds[index] = value.min(self.most[index]).max(LEAST);
        }
    }

    fn turn(&mut self, corner: Corner) {
        self.corner = corner;
        if let Corner::Jerk { mm_s } = corner {
            self.per_jerk = mm_s.map(per);
            self.jerk = self.per_jerk.map(f64::recip);
        }
    }
}

/// Returns the greatest share that a move of one unit a second along `direction` takes of any axis' limit.
#[inline]
fn load(direction: &[f64; 4], per_limit: &[f64; 4]) -> f64 {
    let share = |axis: usize| direction[axis].abs() * per_limit[axis];
    greater(greater(share(0), share(1)), greater(share(2), share(3)))
}

/// The greater of two numbers of which none is NaN: one instruction, where `f64::max` takes five.
#[inline]
pub(super) fn greater(one: f64, other: f64) -> f64 {
    if one < other { other } else { one }
}

/// The lesser of two numbers, like [`greater`].
#[inline]
pub(super) fn lesser(one: f64, other: f64) -> f64 {
    if one < other { one } else { other }
}

#[inline]
fn cap(wanted: f64, load: f64) -> f64 {
    if 1.0 < wanted * load { load.recip() } else { wanted }
}

fn per(limit: f64) -> f64 {
    limit.max(LEAST).recip()
}

fn each(words: &Words, mut set: impl FnMut(usize, f64)) {
    for (axis, letter) in [b'X', b'Y', b'Z', b'E'].into_iter().enumerate() {
        if let Some(value) = words.number(letter) {
            set(axis, value.to_f64());
        }
    }
}
