//! What a print looks like: the path of its filament, from above or at an angle, as SVG or PNG.
//!
//! Drawn in the pass that reads the file, in constant memory: a [`Path`] keeps a bounded number of points and grows coarser
//! as it fills up. The same bytes give the same picture, to the last bit.

mod canvas;
mod colour;
mod feature;
mod path;
mod png;
mod project;
mod svg;

pub use feature::Feature;
pub use path::Path;

use colour::Rgb;
use project::{Flat, Projection};

/// From where one looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    Top,
    #[default]
    Isometric,
}

/// What a colour tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colouring {
    /// The height above the bed.
    #[default]
    Layer,
    /// Wall, infill, support: what the slicer says in its comments.
    Feature,
}

/// How a picture is to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub view: View,
    pub colouring: Colouring,
}

/// A run of filament on the picture's plane, in millimetres, with its colour.
#[derive(Clone, Debug, PartialEq)]
struct Stroke {
    points: Vec<Flat>,
    colour: Rgb,
    width: f64,
}

/// The strokes in the order in which they cover each other, and the box that holds them.
#[derive(Clone, Debug, PartialEq)]
struct Scene {
    strokes: Vec<Stroke>,
    min: Flat,
    max: Flat,
}

/// Lines are drawn as wide as filament lies; wider where layers were left out, so that walls stay closed.
const LINE_MM: f64 = 0.45;

/// Room round the print, as a share of the longer side.
const MARGIN: f64 = 0.04;

impl Path {
    /// Returns the picture as SVG; less than a megabyte, whatever the print.
    #[must_use]
    pub fn svg(&self, look: Look) -> String {
        svg::write(&self.scene(look))
    }

    /// Returns the picture as PNG, its longer side that many pixels (1 to 4096).
    #[must_use]
    pub fn png(&self, look: Look, side: u32) -> Vec<u8> {
        let scene = self.scene(look);
        let canvas = canvas::draw(&scene, side.clamp(1, 4096));
        png::encode(&canvas)
    }

    fn scene(&self, look: Look) -> Scene {
        let projection = Projection::new(look.view);
        let palette = colour::Palette { colouring: look.colouring, height: self.heights() };
        let width = LINE_MM * projection.thickness(self.spacing());
        let mut strokes: Vec<Stroke> = Vec::new();
        let lines = self.lines();
        for layer in lines.chunk_by(|one, other| one.z().total_cmp(&other.z()).is_eq()) {
            let begun = strokes.len();
            for line in layer {
                let base = palette.of(line.feature, line.z());
                append(&mut strokes, &line.points, projection, |shade| Stroke {
                    points: Vec::new(),
                    colour: base.shaded(shade),
                    width,
                });
            }
            // Lines of one layer do not cover each other: those of one colour make one shorter path.
            strokes[begun..].sort_by_key(|stroke| stroke.colour);
        }
        let (min, max) = bounds(&strokes);
        let margin = (max.u - min.u).max(max.v - min.v).max(1.0) * MARGIN;
        let min = Flat { u: min.u - margin, v: min.v - margin };
        let max = Flat { u: max.u + margin, v: max.v + margin };
        Scene { strokes, min, max }
    }
}

/// Cuts a line into strokes of one shade each.
fn append(
    strokes: &mut Vec<Stroke>,
    points: &[[f32; 3]],
    projection: Projection,
    new: impl Fn(u8) -> Stroke,
) {
    let mut last = None;
    for pair in points.windows(2) {
        let shade = projection.shade(pair[0], pair[1]);
        if last != Some(shade) {
            let mut stroke = new(shade);
            stroke.points.push(projection.flat(pair[0]));
            strokes.push(stroke);
            last = Some(shade);
        }
        if let Some(stroke) = strokes.last_mut() {
            stroke.points.push(projection.flat(pair[1]));
        }
    }
}

fn bounds(strokes: &[Stroke]) -> (Flat, Flat) {
    let mut points = strokes.iter().flat_map(|stroke| &stroke.points);
    let first = points.next().copied().unwrap_or(Flat { u: 0.0, v: 0.0 });
    points.fold((first, first), |(min, max), at| {
        let min = Flat { u: min.u.min(at.u), v: min.v.min(at.v) };
        (min, Flat { u: max.u.max(at.u), v: max.v.max(at.v) })
    })
}
