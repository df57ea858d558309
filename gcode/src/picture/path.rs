//! The way of the filament, simplified as it comes.

use super::Feature;

/// The most points that are kept: some hundred kilobytes of SVG.
const POINTS_MAX: usize = 40_000;

/// Points nearer to the line than this are left out, at first.
const TOLERANCE_MM: f32 = 0.05;

/// Beyond this, curves would show corners: then layers are left out instead.
const TOLERANCE_MM_MAX: f32 = 0.2;

/// Where a single layer is too much its corners go, too: a line's width, about twice.
const TOLERANCE_MM_LAST: f32 = 0.8;

/// Rises of less than this are one layer: a vase rises all the time.
const LAYER_MM: f32 = 0.04;

/// The longest line: one layer of nothing but corners must not hold all there is.
const LINE_POINTS_MAX: usize = POINTS_MAX / 4;

/// Where filament goes. Built by a scanner, move by move.
#[derive(Clone, Debug)]
pub struct Path {
    lines: Vec<Line>,
    points: usize,
    /// Lines of the layer that is being printed: the last one is always kept.
    layer: Vec<Line>,
    layer_z: f32,
    layers: u64,
    /// Every how many layers are kept.
    step: u64,
    tolerance: f32,
    feature: Feature,
    /// Points of `layer`.
    open: usize,
    /// The lowest and the highest place.
    height: Option<(f32, f32)>,
}

/// A line of filament without a break.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    layer: u64,
    pub(super) feature: Feature,
    pub(super) points: Vec<[f32; 3]>,
}

impl Default for Path {
    fn default() -> Self {
        Self {
            lines: Vec::new(),
            points: 0,
            layer: Vec::new(),
            layer_z: f32::NEG_INFINITY,
            layers: 0,
            step: 1,
            tolerance: TOLERANCE_MM,
            feature: Feature::Unknown,
            open: 0,
            height: None,
        }
    }
}

impl Line {
    pub(super) fn z(&self) -> f32 {
        self.points.first().map_or(0.0, |point| point[2])
    }
}

impl Path {
    /// Returns whether no filament was laid.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.height.is_none()
    }

    /// Takes note of a comment: what follows the `;`.
    pub(crate) fn comment(&mut self, comment: &[u8]) {
        if let Some(feature) = Feature::told_by(comment) {
            self.feature = feature;
        }
    }

    /// Draws a straight line of filament, in physical coordinates.
    pub(crate) fn draw(&mut self, from: [f64; 3], to: [f64; 3]) {
        if self.feature == Feature::Custom {
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a picture needs no more than 24 bits")]
        let [from, to] = [from, to].map(|point| point.map(|at| at as f32));
        if LAYER_MM < (to[2] - self.layer_z).abs() {
            self.end_layer();
            self.layer_z = to[2];
            self.layers += 1;
        }
        self.height = Some(
            self.height.map_or((to[2], to[2]), |(low, high)| (low.min(to[2]), high.max(to[2]))),
        );
        let (layer, feature) = (self.layers, self.feature);
        match self.layer.last_mut() {
            Some(line)
                if line.points.last() == Some(&from)
                    && line.feature == feature
                    && line.points.len() < LINE_POINTS_MAX =>
            {
                line.points.push(to);
                self.open += 1;
            }
            Some(_) | None => {
                self.layer.push(Line { layer, feature, points: vec![from, to] });
                self.open += 2;
            }
        }
        if POINTS_MAX < self.open {
            self.end_layer();
        }
    }

    /// Says that the file has ended. The last layer is kept, whatever was left out below it.
    pub(crate) fn close(&mut self) {
        for line in &mut self.layer {
            simplify(&mut line.points, self.tolerance);
        }
    }

    /// Returns all lines, in the order in which they cover each other: the higher ones last.
    pub(super) fn lines(&self) -> Vec<&Line> {
        let mut lines: Vec<_> = self.lines.iter().chain(&self.layer).collect();
        // Objects that are printed one after the other begin at the bed again.
        lines.sort_by(|one, other| one.z().total_cmp(&other.z()));
        lines
    }

    /// Returns the lowest and the highest place.
    pub(super) fn heights(&self) -> (f32, f32) {
        self.height.unwrap_or((0.0, 0.0))
    }

    /// Returns every how many layers are drawn.
    pub(super) fn spacing(&self) -> u64 {
        self.step
    }

    /// Keeps the layer that ends here, or leaves it out.
    fn end_layer(&mut self) {
        let lines = std::mem::take(&mut self.layer);
        self.open = 0;
        if !is_kept(self.layers, self.step) {
            return;
        }
        for mut line in lines {
            simplify(&mut line.points, self.tolerance);
            self.points += line.points.len();
            self.lines.push(line);
        }
        while POINTS_MAX < self.points {
            self.coarsen();
        }
    }

    /// Makes room: first by fewer points, then by fewer layers, and where one layer is too much by coarser and fewer lines.
    fn coarsen(&mut self) {
        let several =
            self.lines.first().map(|line| line.layer) != self.lines.last().map(|line| line.layer);
        let coarsest = if several { TOLERANCE_MM_MAX } else { TOLERANCE_MM_LAST };
        if self.tolerance < coarsest {
            self.tolerance *= 2.0;
            for line in &mut self.lines {
                simplify(&mut line.points, self.tolerance);
            }
        } else if several {
            self.step = self.step.saturating_mul(2);
            let step = self.step;
            self.lines.retain(|line| is_kept(line.layer, step));
        } else {
            let mut stays = false;
            self.lines.retain(|_| {
                stays = !stays;
                stays
            });
        }
        self.points = self.lines.iter().map(|line| line.points.len()).sum();
    }
}

/// Returns whether a layer, counted from one, is drawn when every `step`-th is: the first always.
fn is_kept(layer: u64, step: u64) -> bool {
    layer.saturating_sub(1).is_multiple_of(step)
}

/// Leaves out points that lie on the way between their neighbours, within `tolerance`.
///
/// A point goes when it and all that went before it stay near the line from the last kept point to the next one
/// (Reumann and Witkam's idea, with the opening of the corridor by the first point). One pass, no recursion.
fn simplify(points: &mut Vec<[f32; 3]>, tolerance: f32) {
    let mut kept = 1;
    let mut from = 0;
    for at in 1..points.len() {
        let last = at + 1 == points.len();
        let leaves = !last
            && (from + 1..=at).any(|between| {
                tolerance < distance(points[between], points[kept - 1], points[at + 1])
            });
        if last || leaves || 64 < at - from {
            points[kept] = points[at];
            kept += 1;
            from = at;
        }
    }
    points.truncate(kept.min(points.len()));
}

/// Returns how far `point` is from the line between `start` and `end`.
fn distance(point: [f32; 3], start: [f32; 3], end: [f32; 3]) -> f32 {
    let along = [end[0] - start[0], end[1] - start[1], end[2] - start[2]];
    let to = [point[0] - start[0], point[1] - start[1], point[2] - start[2]];
    let dot = |a: [f32; 3], b: [f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let length = dot(along, along);
    let share = if length == 0.0 { 0.0 } else { (dot(to, along) / length).clamp(0.0, 1.0) };
    let off = [to[0] - share * along[0], to[1] - share * along[1], to[2] - share * along[2]];
    dot(off, off).sqrt()
}
