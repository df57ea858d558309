//! Extremes, and where the file reaches them.

use serde::{Deserialize, Serialize};

use crate::mark::{Here, Mark, Spot};
use crate::number::Micro;

/// The least and the greatest of a quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval<T> {
    pub min: T,
    pub max: T,
}

/// The same while reading, each with the first line that reached it.
pub(crate) type Extent = Interval<(Micro, Mark)>;

/// The least and the greatest of a quantity, as a report keeps them: each with the text of the first line that reached it.
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
        Some(known) if known.min.0 <= value && value <= known.max.0 => {}
        Some(known) if value < known.min.0 => known.min = (value, here.mark()),
        Some(known) => known.max = (value, here.mark()),
        None => *extent = Some(Interval { min: (value, here.mark()), max: (value, here.mark()) }),
    }
}

/// Keeps the greatest of a quantity that starts at nothing.
#[inline]
pub(crate) fn raise(peak: &mut Option<(Micro, Mark)>, value: Micro, here: Here<'_>) {
    if peak.is_none_or(|(known, _)| known < value) {
        *peak = Some((value, here.mark()));
    }
}

impl Interval<Micro> {
    /// Holds nothing: any value is less than its least and greater than its greatest.
    pub(crate) const EMPTY: Self = Self { min: Micro(i64::MAX), max: Micro(i64::MIN) };

    #[inline]
    pub(crate) fn include(&mut self, value: Micro) {
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Returns it, if it holds any value.
    pub(crate) fn filled(self) -> Option<Self> {
        (self.min <= self.max).then_some(self)
    }

    /// Returns how far its ends are apart.
    pub(crate) fn width(self) -> Micro {
        self.max.minus(self.min)
    }
}

impl Extent {
    /// Returns it without its lines.
    pub(crate) fn values(&self) -> Interval<Micro> {
        Interval { min: self.min.0, max: self.max.0 }
    }

    pub(crate) fn range(&self) -> Range {
        Range {
            min: self.min.0.to_f64(),
            min_at: self.min.1.spot(),
            max: self.max.0.to_f64(),
            max_at: self.max.1.spot(),
        }
    }
}
