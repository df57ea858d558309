//! Strokes as pixels: each segment covers what lies within half its width, with soft edges.

use super::Scene;
use super::colour::{PAPER, Rgb};

/// Pixels, row by row from the top.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<Rgb>,
}

/// A place on the canvas, in pixels.
type At = [f64; 2];

/// Draws the scene with its longer side `longer` pixels long.
pub(super) fn draw(scene: &Scene, longer: u32) -> Canvas {
    let size = [scene.max.u - scene.min.u, scene.max.v - scene.min.v];
    let scale = f64::from(longer) / size[0].max(size[1]);
    let [width, height] = size.map(|length| whole(length * scale).clamp(1, longer as usize));
    let mut canvas = Canvas { width, height, pixels: vec![PAPER; width * height] };
    for stroke in &scene.strokes {
        let reach = (stroke.width * scale / 2.0).max(0.5);
        let place = |at: &super::Flat| [(at.u - scene.min.u) * scale, (at.v - scene.min.v) * scale];
        for pair in stroke.points.windows(2) {
            canvas.segment([place(&pair[0]), place(&pair[1])], reach, stroke.colour);
        }
    }
    canvas
}

impl Canvas {
    /// Draws one segment with round ends. `reach` is half its width.
    fn segment(&mut self, [from, to]: [At; 2], reach: f64, colour: Rgb) {
        let rows = span(from[1].min(to[1]) - reach, from[1].max(to[1]) + reach, self.height);
        for row in rows {
            let middle = half(row);
            let [low, high] = within([from, to], middle, reach + 1.0);
            for column in span(low, high, self.width) {
                let off = distance([half(column), middle], from, to);
                let cover = (reach + 0.5 - off).clamp(0.0, 1.0);
                if 0.0 < cover {
                    let pixel = &mut self.pixels[row * self.width + column];
                    *pixel = pixel.mixed(colour, cover);
                }
            }
        }
    }
}

/// Returns where the segment, `reach` wide to each side, may touch the row at `y`.
fn within([from, to]: [At; 2], y: f64, reach: f64) -> [f64; 2] {
    let ends = [from[0].min(to[0]), from[0].max(to[0])];
    let rise = to[1] - from[1];
    if rise.abs() < 1e-9 {
        return [ends[0] - reach, ends[1] + reach];
    }
    let slope = (to[0] - from[0]) / rise;
    let at = |y: f64| from[0] + (y - from[1]) * slope;
    let (one, other) = (at(y - reach), at(y + reach));
    let low = one.min(other).clamp(ends[0], ends[1]) - reach;
    [low, one.max(other).clamp(ends[0], ends[1]) + reach]
}

/// Returns the pixels between two places, as far as there are any.
fn span(low: f64, high: f64, limit: usize) -> std::ops::Range<usize> {
    whole(low.floor()).min(limit)..(whole(high.ceil()) + 1).min(limit)
}

/// Returns the middle of a pixel.
fn half(pixel: usize) -> f64 {
    f64::from(u32::try_from(pixel).unwrap_or(u32::MAX)) + 0.5
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates at 0")]
fn whole(value: f64) -> usize {
    value as usize
}

fn distance(point: At, from: At, to: At) -> f64 {
    let along = [to[0] - from[0], to[1] - from[1]];
    let off = [point[0] - from[0], point[1] - from[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let share = if length == 0.0 { 0.0 } else { (off[0] * along[0] + off[1] * along[1]) / length };
    let share = share.clamp(0.0, 1.0);
    (off[0] - share * along[0]).hypot(off[1] - share * along[1])
}
