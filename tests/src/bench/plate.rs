//! What is printed in measurements: small plates that every check lets pass.

use std::fmt::Write;

/// A plate, ready to be published.
#[derive(Clone, Debug)]
pub(super) struct Plate {
    pub(super) design: &'static str,
    pub(super) profile: &'static str,
    pub(super) pieces: u32,
    pub(super) gcode: String,
}

impl Plate {
    /// Returns a plate that the virtual printer prints in about a second.
    pub(super) fn quick() -> Self {
        Self::of_squares(1, 1800)
    }

    /// Returns a plate that the virtual printer prints for at least ten minutes, at the pace of a
    /// real one: a line of G-code takes about a second.
    pub(super) fn slow() -> Self {
        // 40 mm at 4 mm/s is 10 s; the virtual printer is ten times as fast.
        Self::of_squares(150, 240)
    }

    fn of_squares(squares: u32, feed_mm_min: u32) -> Self {
        // Nothing is pushed: a nozzle would have to be waited for, and the virtual one takes twenty seconds.
        let mut gcode = "; benchmark\nG28\nG90\nG1 Z0.2 F600\nG1 X20 Y20 F3000\n".to_owned();
        for _ in 0..squares {
            for corner in ["X60 Y20", "X60 Y60", "X20 Y60", "X20 Y20"] {
                writeln!(gcode, "G1 {corner} F{feed_mm_min}")
                    .expect("text can be written to a string");
            }
        }
        gcode.push_str("M84\n");
        Self { design: "square", profile: "generic", pieces: 1, gcode }
    }
}
