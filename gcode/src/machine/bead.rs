//! Filament that is pushed along a way: more than fits under the nozzle is an error to Klipper, for which nothing cools.

use super::Machine;
use super::arc::Arc;
use super::motion::{FILAMENT_MM2, Step};
use crate::dialect::Dialect;
use crate::extent::raise;
use crate::mark::Here;
use crate::number::Micro;

/// An eighth of a millimetre of filament to each of way is more than any slicer lays, and less than Klipper refuses with a nozzle of
/// 0.3 mm: whatever is below needs no look.
pub(super) const BEAD_SHIFT: u32 = 3;

/// Klipper makes pieces of this length of an arc, in millimetres. Klipper, `[gcode_arcs]`, `resolution`.
const PIECE_MM: f64 = 1.0;

/// The section that Klipper lets through is that of so many squares as wide as the nozzle. Klipper, `max_extrude_cross_section`.
const SQUARES: f64 = 4.0;

impl Machine {
    /// Notes the widest nozzle with which Klipper refuses the move: the section is beyond its squares, and the filament longer than
    /// their share of the nozzle's width. Klipper, `extruder.py`, `check_move`.
    #[cold]
    pub(super) fn note_bead(
        &mut self,
        step: &Step,
        arc: Option<&Arc>,
        pushed: Micro,
        here: Here<'_>,
    ) {
        if self.dialect != Dialect::Klipper {
            return;
        }
        let pushed = pushed.to_f64();
        let [x, y, z] = step.along.map(Micro::to_f64);
        let (way, piece) = match arc {
            None => (x.hypot(y).hypot(z), pushed),
            Some(arc) => {
                let way = (arc.turned() * arc.radius()).abs().hypot(z);
                (way, pushed * (PIECE_MM / way).min(1.0))
            }
        };
        let by_section = (pushed / way * FILAMENT_MM2 / SQUARES).sqrt();
        let by_length = (piece * FILAMENT_MM2 / SQUARES).cbrt();
        raise(&mut self.bead, Micro::from_f64(by_section.min(by_length)), here);
    }
}
