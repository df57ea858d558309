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
mod running;

use crate::dialect::Dialect;
use crate::number::Micro;
use crate::profile::Motion;
use crate::words::{Command, Words};

pub(crate) use arc::Bend;
use corner::Side;
use limits::Limits;
use plan::{Driven, Head, Plan};

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
