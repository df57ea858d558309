//! Numbers of any shape, digit by digit.

use super::{Micro, SCALE, Scanned, WHOLE_DIGITS_MAX};

/// Reads any number, digit by digit.
#[cold]
#[inline(never)]
pub(super) fn scan_slowly(bytes: &[u8]) -> Scanned {
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
    let mut dropped = 0;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        while let Some(digit) = digit(bytes, at) {
            if 1 < scale {
                value = value.wrapping_mul(10).wrapping_add(digit);
                scale /= 10;
            } else {
                dropped |= digit;
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
    let value = match value.wrapping_mul(scale) {
        0 if dropped != 0 => 1,
        value => value,
    };
    Scanned::Number(Micro(if negative { -value } else { value }), at)
}

#[inline]
fn digit(bytes: &[u8], at: usize) -> Option<i64> {
    match bytes.get(at) {
        Some(byte @ b'0'..=b'9') => Some(i64::from(byte - b'0')),
        _ => None,
    }
}
