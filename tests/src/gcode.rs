//! Plates for tests: G-code that every check lets through and that takes a known time.

use std::fmt::Write as _;

/// A dwell is one busy stretch of the printer, in which it hears no cancel: kept short.
const DWELL_MILLIS: u32 = 200;

/// Returns a plate that takes about `seconds` on the virtual printer, with the comment by which a
/// slicer says so.
#[must_use]
pub fn plate(seconds: u32) -> String {
    let mut gcode = format!("; estimated printing time (normal mode) = {seconds}s\n");
    gcode += "G90\nG28\nG1 X50 Y50 Z10 F3000\n";
    for dwell in 0..seconds * 1_000 / DWELL_MILLIS {
        writeln!(gcode, "G4 P{DWELL_MILLIS} ; {dwell}").expect("text can be appended to");
    }
    gcode + "M84\n"
}

#[cfg(test)]
mod tests {
    use visorfarm_gcode::{Options, Profile, Scanner, verify};

    use super::*;

    #[test]
    fn a_plate_is_fit_for_the_printers_of_the_tests() {
        for profile in ["generic", "ender3"].map(|name| Profile::shipped(name).unwrap()) {
            let mut scanner = Scanner::new(&Options::from(&profile));
            scanner.feed(plate(3).as_bytes());
            let report = scanner.finish();
            assert_eq!(report.slicer.time_s, Some(3.0));
            let findings = verify(&report, &profile);
            assert!(findings.is_empty(), "{findings:?}");
        }
    }
}
