//! From moves to the lines of a picture: arcs become short straight ones.

use crate::machine::{Arc, Turn};
use crate::number::Micro;
use crate::picture::Path;
use crate::words::Words;

/// A stroke of the pen: a move whose ends are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    from: [f64; 3],
    to: [f64; 3],
}

/// The longest straight part of an arc; on a small one a turn has at least a dozen.
const PART_MM: f64 = 1.0;

/// A bound for arcs of many turns.
const PARTS_MAX: u32 = 720;

impl Stroke {
    /// Returns the move between two places; none if an axis is not known.
    pub(crate) fn between(from: [Option<Micro>; 3], to: [Option<Micro>; 3]) -> Option<Self> {
        let known = |[x, y, z]: [Option<Micro>; 3]| Some([x?.to_f64(), y?.to_f64(), z?.to_f64()]);
        Some(Self { from: known(from)?, to: known(to)? })
    }
}

/// Draws one of G0 to G3, whose parameters are `words`.
pub(crate) fn draw(path: &mut Path, stroke: Stroke, number: u8, words: &Words) {
    let Stroke { from, to } = stroke;
    let turn = match number {
        2 => Some(Turn::Clockwise),
        3 => Some(Turn::Counter),
        _ => None,
    };
    let arc = turn.and_then(|turn| Arc::new([from[0], from[1]], [to[0], to[1]], turn, words));
    let Some(arc) = arc else {
        if from[..2] != to[..2] {
            path.draw(from, to);
        }
        return;
    };
    let parts = parts(&arc);
    let mut last = from;
    for (part, [x, y]) in (1u32..).zip(arc.ways(parts)) {
        let climbed = f64::from(part) / f64::from(parts);
        let next = [x, y, from[2] + (to[2] - from[2]) * climbed];
        path.draw(last, next);
        last = next;
    }
    path.draw(last, to);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn parts(arc: &Arc) -> u32 {
    ((arc.length() / PART_MM).ceil() as u32).clamp(12, PARTS_MAX)
}
