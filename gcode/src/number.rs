//! Numbers as G-code writes them, held as whole millionths.
//!
//! Integers add up without drift: the sum of half a million extrusions is exact, whatever the order. Firmwares read
//! exponents, hexadecimal and doubled signs in different ways, so those shapes are not numbers here.

use std::fmt;

/// A quantity in millionths of its unit: of a millimetre, a degree, a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Micro(pub(crate) i64);

/// Nine digits before the point are a thousand kilometres; more is no position.
const WHOLE_DIGITS_MAX: u32 = 9;

const SCALE: i64 = 1_000_000;

impl Micro {
    pub(crate) const ZERO: Self = Self(0);

    pub(crate) const fn whole(value: i64) -> Self {
        Self(value.saturating_mul(SCALE))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "display and geometry need no more than 53 bits"
    )]
    pub(crate) fn to_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, which is what a limit needs"
    )]
    pub(crate) fn from_f64(value: f64) -> Self {
        Self((value * 1e6).round() as i64)
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(crate) const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Returns the same length, read as inches.
    pub(crate) const fn inches(self) -> Self {
        Self(self.0.saturating_mul(127) / 5)
    }

    pub(crate) const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }
}

impl fmt::Display for Micro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_f64())
    }
}

/// What stands where a number may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scanned {
    /// A number, and how many bytes it took.
    Number(Micro, usize),
    /// No sign, digit or point: the word is a bare letter.
    Absent,
    /// A sign or a point without digits, or too many digits.
    Malformed,
}

/// Reads the number at the start of `bytes`: an optional sign, digits, an optional point and digits.
///
/// Decimals beyond the sixth are read and dropped: no printer positions to a nanometre.
#[inline]
pub(crate) fn scan(bytes: &[u8]) -> Scanned {
    let (negative, sign_len) = match bytes.first() {
        Some(b'-') => (true, 1),
        Some(b'+') => (false, 1),
        _ => (false, 0),
    };
    let mut at = sign_len;
    let mut value: i64 = 0;
    let mut digits: u32 = 0;
    while let Some(digit) = digit(bytes, at) {
        // Bounded by the check below: ten digits fit an i64 with room to spare.
        if WHOLE_DIGITS_MAX <= digits {
            return Scanned::Malformed;
        }
        value = value.wrapping_mul(10).wrapping_add(digit);
        digits += 1;
        at += 1;
    }
    let mut decimals = 0;
    let mut scale = SCALE;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        while let Some(digit) = digit(bytes, at) {
            if 1 < scale {
                value = value.wrapping_mul(10).wrapping_add(digit);
                scale /= 10;
            }
            decimals += 1;
            at += 1;
        }
    } else if digits == 0 {
        return if sign_len == 0 { Scanned::Absent } else { Scanned::Malformed };
    }
    if digits == 0 && decimals == 0 {
        return Scanned::Malformed;
    }
    let value = value.wrapping_mul(scale);
    Scanned::Number(Micro(if negative { -value } else { value }), at)
}

#[inline]
fn digit(bytes: &[u8], at: usize) -> Option<i64> {
    match bytes.get(at) {
        Some(byte @ b'0'..=b'9') => Some(i64::from(byte - b'0')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, millionths: i64, length: usize) {
        assert_eq!(scan(text.as_bytes()), Scanned::Number(Micro(millionths), length), "{text:?}");
    }

    #[test]
    fn every_shape_slicers_write_is_read() {
        check("0", 0, 1);
        check(".2", 200_000, 2);
        check("-.54", -540_000, 4);
        check("+0.5", 500_000, 4);
        check("9000.00", 9_000_000_000, 7);
        check("12.", 12_000_000, 3);
        check("220.000000 ", 220_000_000, 10);
        check("0.00000000001", 0, 13);
        check("1.2345678", 1_234_567, 9);
        check("999999999", 999_999_999_000_000, 9);
        check("8Y8", 8_000_000, 1);
    }

    #[test]
    fn other_shapes_are_no_numbers() {
        for text in ["-", "+", ".", "-.", "--1", "1000000000", "-1000000000.5"] {
            assert_eq!(scan(text.as_bytes()), Scanned::Malformed, "{text:?}");
        }
        assert_eq!(scan(b""), Scanned::Absent);
        assert_eq!(scan(b" 5"), Scanned::Absent);
        assert_eq!(scan(b"e5"), Scanned::Absent);
    }

    #[test]
    fn inches_become_millimetres() {
        assert_eq!(Micro::whole(2).inches(), Micro(50_800_000));
        assert_eq!(Micro(i64::MAX).inches().0, i64::MAX / 5, "saturates before it divides");
    }
}
