//! The look-ahead: how fast each move begins, so that the next ones can still be taken.
//!
//! Moves wait in a window of fixed size. A move may begin at the speed its corner allows, if the moves after it can slow
//! down in time, the last of the window to a standstill: one pass from the end to the start, on squares of speeds. What
//! the moves before it can reach is known when it comes, so no second pass is needed.

use super::limits::{greater, lesser};

/// Moves that wait. Firmwares hold 16 to 64 and Klipper a second's worth: more would plan better than they do.
const WINDOW: usize = 256;

/// Moves that stay when the window is full, for the next ones to be planned with.
const KEPT: usize = 64;

/// One move, in squares of speeds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    pub(super) acceleration: f64,
    /// By how much the square of the speed can change over the move: 2·a·d.
    pub(super) gain2: f64,
    /// The square of the speed at which it would go for ever.
    pub(super) cruise2: f64,
    /// The square of the greatest speed that it may begin with, whatever comes after it.
    pub(super) entry2: f64,
    /// What the move says of itself, given back with its time.
    pub(super) of: Tag,
}

/// What is counted by a move's time and speed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    pub(super) layer: u32,
    pub(super) line: u64,
    /// Cubic millimetres of filament for each millimetre of way.
    pub(super) flow_mm2: f64,
    /// Whether the head moves, not the extruder alone.
    pub(super) head: Head,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Moves,
    Rests,
}

/// One move as it is driven.
pub(super) struct Driven {
    pub(super) seconds: f64,
    pub(super) top_mm_s: f64,
    pub(super) of: Tag,
}

/// What the pass from the end found for a move.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    /// The square of the speed it begins with.
    begin2: f64,
    /// The square of the speed that speeding up and slowing down again leaves time for; none while it only slows down.
    peak2: Option<f64>,
}

#[derive(Clone, Debug)]
pub(super) struct Plan {
    moves: Vec<Planned>,
    found: Vec<Found>,
    /// The square and the speed at which the first of the window begins.
    begin2: f64,
    begin: f64,
    /// What the smoothed pass leaves of an acceleration; 1 where there is no such pass.
    smoothing: f64,
    /// The smoothed limit on the beginning of each move, beside [`Planned::entry2`].
    smooth_entry2: Vec<f64>,
    peak2: f64,
}

impl Plan {
    pub(super) fn new() -> Self {
        Self {
            moves: Vec::with_capacity(WINDOW),
            found: vec![Found::default(); WINDOW + 1],
            begin2: 0.0,
            begin: 0.0,
            smoothing: 1.0,
            smooth_entry2: Vec::with_capacity(WINDOW),
            peak2: f64::INFINITY,
        }
    }

    /// Klipper's `minimum_cruise_ratio`: a second plan with less acceleration says how fast the peaks may be.
    pub(super) fn smooth(&mut self, cruise_ratio: f64) {
        self.smoothing = 1.0 - cruise_ratio;
    }

    /// Adds a move whose corner is taken at `corner2` at most, and gives back those that are settled by it.
    #[inline]
    pub(super) fn push(&mut self, mut planned: Planned, corner2: f64, driven: impl FnMut(Driven)) {
        let mut smooth2 = corner2;
        planned.entry2 = corner2;
        if let (Some(last), Some(last_smooth2)) = (self.moves.last(), self.smooth_entry2.last()) {
            let gain2 = last.gain2;
            planned.entry2 = lesser(corner2, last.entry2 + gain2);
            smooth2 = lesser(corner2, last_smooth2 + gain2 * self.smoothing);
        }
        self.moves.push(planned);
        self.smooth_entry2.push(smooth2);
        if self.moves.len() == WINDOW {
            self.settle(KEPT, 0.0, driven);
        }
    }

    /// Plans all that waits, to end with the square `end2` of a speed, and gives it back.
    pub(super) fn finish(&mut self, end2: f64, driven: impl FnMut(Driven)) {
        self.settle(0, end2, driven);
        self.begin2 = 0.0;
        self.begin = 0.0;
    }

    /// Sets the square of the speed with which the first move begins.
    pub(super) fn begin_at(&mut self, begin2: f64) {
        self.begin2 = begin2;
        self.begin = begin2.sqrt();
    }

    fn settle(&mut self, kept: usize, end2: f64, mut driven: impl FnMut(Driven)) {
        self.look_back(end2);
        let count = self.moves.len() - kept.min(self.moves.len());
        for index in 0..count {
            let next2 =
                if index + 1 < self.moves.len() { self.found[index + 1].begin2 } else { end2 };
            driven(self.drive(index, next2));
        }
        self.moves.drain(..count);
        self.smooth_entry2.drain(..count);
    }

    /// The pass from the end to the start.
    #[inline]
    fn look_back(&mut self, end2: f64) {
        if self.smoothing < 1.0 {
            return self.look_back_smoothed(end2);
        }
        let mut next2 = end2;
        for (planned, found) in self.moves.iter().zip(&mut self.found).rev() {
            next2 = lesser(planned.entry2, next2 + planned.gain2);
            *found = Found { begin2: next2, peak2: Some(f64::INFINITY) };
        }
    }

    /// The same with a second plan beside it, whose accelerations are smaller. Its hills have the peaks that all moves up
    /// to them and down from them keep to. Klipper, "Kinematics", "Smoothed look-ahead".
    fn look_back_smoothed(&mut self, end2: f64) {
        let (mut next2, mut next_smooth2, mut peak2) = (end2, end2, f64::INFINITY);
        let mut fell = false;
        let waiting = self.moves.iter().zip(&self.smooth_entry2).zip(&mut self.found);
        for ((planned, &most2), found) in waiting.rev() {
            let gain2 = planned.gain2;
            let reachable2 = next_smooth2 + gain2 * self.smoothing;
            let smooth2 = lesser(most2, reachable2);
            // Slows down all the way: its peak lies before it.
            let falls = reachable2 <= smooth2;
            if !falls && (fell || next_smooth2 < smooth2 + gain2 * self.smoothing) {
                peak2 = lesser(planned.cruise2, f64::midpoint(smooth2, reachable2));
            }
            fell = falls;
            next2 = lesser(planned.entry2, next2 + gain2);
            next_smooth2 = smooth2;
            *found = if falls {
                Found { begin2: next2, peak2: None }
            } else {
                Found { begin2: lesser(next2, peak2), peak2: Some(peak2) }
            };
        }
    }

    /// Times a move between the speed the last one left and the one the next begins with.
    #[inline]
    fn drive(&mut self, index: usize, next2: f64) -> Driven {
        let planned = self.moves[index];
        let found = self.found[index];
        // Down from a peak, never faster than it began.
        self.peak2 = found.peak2.unwrap_or_else(|| lesser(self.peak2, found.begin2));
        let most2 = lesser(planned.cruise2, self.peak2);
        let gain2 = planned.gain2;
        let begin2 = self.begin2;
        let end2 = lesser(lesser(next2, begin2 + gain2), greater(most2, begin2 - gain2));
        let top2 = greater(lesser(most2, (begin2 + end2 + gain2) / 2.0), greater(begin2, end2));
        let (begin, end, top) = (self.begin, end2.sqrt(), top2.sqrt());
        // What is neither speeding up nor slowing down goes at the top speed.
        let cruised2 = gain2 - (top2 - begin2) - (top2 - end2);
        let seconds =
            (2.0 * top * (2.0 * top - begin - end) + cruised2) / (2.0 * top * planned.acceleration);
        self.begin2 = end2;
        self.begin = end;
        Driven { seconds, top_mm_s: top, of: planned.of }
    }
}

#[cfg(test)]
mod tests;
