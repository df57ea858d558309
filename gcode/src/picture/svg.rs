//! Strokes as SVG: whole numbers in a grid of fiftieths of a millimetre, each point as a step from the last one.

use std::fmt::Write as _;

use super::colour::{PAPER, Rgb};
use super::project::Flat;
use super::{Scene, Stroke};

/// Steps a millimetre. A screen shows no finer ones.
const GRID: f64 = 20.0;

/// Returns the scene as a document.
pub(super) fn write(scene: &Scene) -> String {
    let origin = scene.min;
    let place = |at: Flat| (grid(at.u - origin.u), grid(at.v - origin.v));
    let (width, height) = place(scene.max);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" fill=\"none\" \
         stroke-linecap=\"round\" stroke-linejoin=\"round\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        Hex(PAPER)
    );
    let mut strokes = scene.strokes.as_slice();
    while let Some(first) = strokes.first() {
        // Neighbours of one colour and width make one path.
        let same = |other: &Stroke| (other.colour, other.width) == (first.colour, first.width);
        let count = strokes.iter().take_while(|stroke| same(stroke)).count();
        let (run, rest) = strokes.split_at(count);
        let width = grid(first.width);
        write!(out, "<path stroke=\"{}\" stroke-width=\"{width}\" d=\"", Hex(first.colour))
            .expect("text can be appended to");
        for stroke in run {
            line(&mut out, stroke.points.iter().map(|point| place(*point)));
        }
        out.push_str("\"/>\n");
        strokes = rest;
    }
    out.push_str("</svg>\n");
    out
}

fn line(out: &mut String, points: impl Iterator<Item = (i64, i64)>) {
    let mut last = None;
    for (u, v) in points {
        match last.replace((u, v)) {
            None => write!(out, "M{u} {v}l"),
            Some(before) if before == (u, v) => Ok(()),
            Some((from_u, from_v)) => write!(out, "{} {} ", u - from_u, v - from_v),
        }
        .expect("text can be appended to");
    }
    // A blank at the end, or the `l` of a line that never left its place.
    out.truncate(out.trim_end_matches([' ', 'l']).len());
}

#[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
fn grid(mm: f64) -> i64 {
    (mm * GRID).round() as i64
}

struct Hex(Rgb);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}
