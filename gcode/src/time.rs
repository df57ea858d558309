//! How long the motion takes.
//!
//! For now this is a *lower bound*: every move at its full feed rate, as if the head had no mass, plus the dwells. Real
//! prints take longer by acceleration (measured on slicers' own figures: 5 to 30 %). A look-ahead model takes this
//! module's place: [`Clock`] is told of each move and dwell in order, and of nothing else.

use crate::number::Micro;

/// Adds up moves and dwells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    moving_s: f64,
    dwelling_s: f64,
}

impl Clock {
    /// Counts a move of `length_mm`; without a feed rate the firmware's default is not known, and nothing is counted.
    #[inline]
    pub(crate) fn travel(&mut self, length_mm: f64, feed_mm_s: Option<Micro>) {
        if let Some(feed) = feed_mm_s
            && Micro::ZERO < feed
        {
            self.moving_s += length_mm / feed.to_f64();
        }
    }

    pub(crate) fn dwell(&mut self, seconds: f64) {
        self.dwelling_s += seconds.max(0.0);
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.moving_s + self.dwelling_s
    }
}
