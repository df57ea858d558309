//! Numbers as G-code writes them, held as whole millionths.
//!
//! Integers add up without drift: the sum of half a million extrusions is exact, whatever the order. Firmwares read
//! exponents, hexadecimal and doubled signs in different ways, so those shapes are not numbers here.

mod slowly;

use std::fmt;

use slowly::scan_slowly;

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

    pub(crate) fn to_f64(self) -> f64 {
        self.millionths() / 1e6
    }

    /// Returns how many millionths they are: where only ratios count, a division is saved.
    #[expect(
        clippy::cast_precision_loss,
        reason = "display and geometry need no more than 53 bits"
    )]
    #[inline]
    pub(crate) fn millionths(self) -> f64 {
        self.0 as f64
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, which is what a limit needs"
    )]
    pub(crate) fn from_f64(value: f64) -> Self {
        Self((value * 1e6).round() as i64)
    }

    /// Returns the square, in squares of millionths.
    #[inline]
    pub(crate) fn squared(self) -> f64 {
        self.millionths() * self.millionths()
    }

    /// Returns the root of a sum of [`Self::squared`]s.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, which is what a limit needs"
    )]
    pub(crate) fn rooted(squared: f64) -> Self {
        Self(squared.sqrt().round() as i64)
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
/// Decimals beyond the sixth are read and dropped: no printer positions to a nanometre. But what is not nought stays so:
/// firmwares obey `F0.0000004`, and Klipper heats for `S0.0000004`, where they pass over nought. Marlin, `get_destination`;
/// Klipper, `heaters.py`.
pub(crate) fn scan(bytes: &[u8]) -> Scanned {
    match scan_quickly(bytes) {
        (_, 0) => scan_slowly(bytes),
        (value, length) => Scanned::Number(value, length),
    }
}

/// One of a word's eight bytes each: the digit nought, the highest bit.
const NOUGHTS: u64 = 0x3030_3030_3030_3030;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Added to a byte, this reaches the highest bit from ten on.
const TEN_UP: u64 = 0x7676_7676_7676_7676;

/// What a number with so many decimals is multiplied by to be in millionths. Eight bytes hold no seven decimals.
const SCALES: [i64; 8] = [1_000_000, 100_000, 10_000, 1000, 100, 10, 1, 0];

/// No number, of no length.
const UNREAD: (Micro, usize) = (Micro::ZERO, 0);

/// Reads a number as [`scan`] does, without a branch for each digit, and returns it with its length: nought where
/// [`scan_slowly`] must look, at shapes that are rare and at the last eight bytes.
#[expect(clippy::inline_always, reason = "else what it finds goes through memory, thrice a line")]
#[inline(always)]
pub(crate) fn scan_quickly(bytes: &[u8]) -> (Micro, usize) {
    // Signs come in rows and are foreseen: what follows need not wait for this byte.
    match bytes {
        [b'-', number @ ..] => scan_negative(number),
        _ => scan_unsigned(bytes),
    }
}

#[inline(never)]
fn scan_negative(number: &[u8]) -> (Micro, usize) {
    match scan_unsigned(number) {
        (_, 0) => UNREAD,
        (Micro(value), length) => (Micro(value.wrapping_neg()), length + 1),
    }
}

/// Reads digits with or without a point among them: the point is taken out of the word, and what is left becomes a number
/// by three multiplications (Lemire, "Quickly parsing eight digits").
#[expect(clippy::inline_always, reason = "as `scan_quickly`")]
#[inline(always)]
fn scan_unsigned(bytes: &[u8]) -> (Micro, usize) {
    let Some(eight) = bytes.first_chunk() else { return UNREAD };
    let word = u64::from_le_bytes(*eight);
    let values = word ^ NOUGHTS;
    let others = not_digits(values);
    if others == 0 {
        return scan_long(bytes);
    }
    let wholes = bytes_below(others);
    let (digits, end, decimals) = if (word >> (8 * wholes)) & 0xFF == u64::from(b'.') {
        let beyond = others & (others - 1);
        if beyond == 0 {
            return scan_long(bytes);
        }
        let before = (1 << (8 * wholes)) - 1;
        let end = bytes_below(beyond);
        (values & before | (values >> 8) & !before, end, end.wrapping_sub(wholes + 1) & 7)
    } else {
        (values, wholes, 0)
    };
    let count = wholes + decimals;
    if count == 0 {
        return UNREAD;
    }
    (Micro(joined(digits, count).wrapping_mul(SCALES[decimals])), end)
}

/// Reads a longer number with a point, at most seven digits before and six behind it, as [`scan_unsigned`] does.
#[inline(never)]
fn scan_long(bytes: &[u8]) -> (Micro, usize) {
    let digits = |at: usize| {
        let values = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?) ^ NOUGHTS;
        let count = bytes_below(not_digits(values));
        (0 < count && count < 8).then(|| (joined(values, count), count))
    };
    let number = || {
        let (whole, point) = digits(0)?;
        let (part, decimals) = digits(point + 1)?;
        (bytes[point] == b'.' && decimals < 7)
            .then(|| (Micro(whole * SCALES[0] + part * SCALES[decimals]), point + 1 + decimals))
    };
    number().unwrap_or(UNREAD)
}

/// Returns the highest bit of each byte that is no digit. Only the first such byte is sure, and the second if the first is
/// ASCII: what lies beyond is noise.
#[inline]
fn not_digits(values: u64) -> u64 {
    (values.wrapping_add(TEN_UP) | values) & HIGH_BITS
}

/// Returns how many bytes of a word lie below the lowest of its `highs`, the highest bits of bytes.
#[inline]
fn bytes_below(highs: u64) -> usize {
    highs.trailing_zeros() as usize / 8
}

/// Joins the lowest `count` digits of a word, one to seven, the first of them lowest, to a number.
#[inline]
fn joined(digits: u64, count: usize) -> i64 {
    const EVERY_FOURTH: u64 = 0x0000_00FF_0000_00FF;
    // To the upper end: noughts come before them.
    let digits = digits << ((8 * count).wrapping_neg() % 64);
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let high = (pairs & EVERY_FOURTH).wrapping_mul(0x000F_4240_0000_0064);
    let low = (pairs >> 16 & EVERY_FOURTH).wrapping_mul(0x0000_2710_0000_0001);
    i64::from((high.wrapping_add(low) >> 32) as u32)
}

#[cfg(test)]
mod tests;
