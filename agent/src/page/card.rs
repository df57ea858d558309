//! A code to be scanned, as a drawing: one path of squares.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

/// The light border that readers need, in modules (ISO/IEC 18004, section 6.3.8).
const QUIET: usize = 4;

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// Modules of a side, with the border.
    pub(super) side: usize,
    /// The dark ones, as an SVG path.
    pub(super) path: String,
}

impl Code {
    /// Returns the code of an address; nothing if it is too long for one.
    pub(super) fn of(address: &str) -> Option<Self> {
        // A card beside a printer gets dirty: a quarter of the code may be lost.
        let code = QRBuilder::new(address).ecl(ECL::Q).build().ok()?;
        let mut path = String::new();
        for y in 0..code.size {
            for x in (0..code.size).filter(|&x| code[y][x].value()) {
                write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET)
                    .expect("writing to a string cannot fail");
            }
        }
        Some(Self { side: code.size + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_a_border() {
        let code = Code::of("http://octopi.local:7125/clear/attic").unwrap();
        let dark =
            |x: usize, y: usize| code.path.contains(&format!("M{} {}h1", x + QUIET, y + QUIET));
        let last = code.side - 2 * QUIET - 1;
        for (x, y) in [(0, 0), (last - 6, 0), (0, last - 6)] {
            // The ring of a finder pattern is dark, then light, then dark again.
            assert!(dark(x, y) && dark(x + 6, y + 6) && !dark(x + 1, y + 1) && dark(x + 3, y + 3));
        }
        assert!(!dark(last, last - 6) || !dark(last - 6, last), "there is no fourth corner");
        assert!(!code.path.contains("M3 ") && !code.path.contains(" 3h"));
    }

    #[test]
    fn what_fits_no_code_has_none() {
        assert_eq!(Code::of(&"x".repeat(10_000)), None);
    }
}
