//! Extremes, and where the file reaches them.

use serde::{Deserialize, Serialize};

use crate::mark::{Here, Mark, Spot};
use crate::number::Micro;

/// The least and the greatest of a quantity while reading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) least: (Micro, Mark),
    pub(crate) greatest: (Micro, Mark),
}

/// The least and the greatest of a quantity, wherever the file reaches them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    least: Micro,
    greatest: Micro,
}

/// The least and the greatest of a quantity, each with the first line that reached it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    pub min: f64,
    pub min_at: Spot,
    pub max: f64,
    pub max_at: Spot,
}

/// Widens `extent` so that it holds `value`.
#[inline]
pub(crate) fn widen(extent: &mut Option<Extent>, value: Micro, here: Here<'_>) {
    match extent {
        Some(known) if known.least.0 <= value && value <= known.greatest.0 => {}
        Some(known) if value < known.least.0 => known.least = (value, here.mark()),
        Some(known) => known.greatest = (value, here.mark()),
        None => {
            *extent = Some(Extent { least: (value, here.mark()), greatest: (value, here.mark()) });
        }
    }
}

/// Keeps the greatest of a quantity that starts at nothing.
#[inline]
pub(crate) fn raise(peak: &mut Option<(Micro, Mark)>, value: Micro, here: Here<'_>) {
    if peak.is_none_or(|(known, _)| known < value) {
        *peak = Some((value, here.mark()));
    }
}

impl Span {
    /// Holds nothing: any value is less than its least and greater than its greatest.
    pub(crate) const EMPTY: Self = Self { least: Micro(i64::MAX), greatest: Micro(i64::MIN) };

    #[inline]
    pub(crate) fn include(&mut self, value: Micro) {
        self.least = self.least.min(value);
        self.greatest = self.greatest.max(value);
    }

    /// Returns the least and the greatest, if there is any.
    pub(crate) fn ends(self) -> Option<(Micro, Micro)> {
        (self.least <= self.greatest).then_some((self.least, self.greatest))
    }
}

impl Extent {
    pub(crate) fn range(&self) -> Range {
        Range {
            min: self.least.0.to_f64(),
            min_at: self.least.1.spot(),
            max: self.greatest.0.to_f64(),
            max_at: self.greatest.1.spot(),
        }
    }
}
