//! Pictures of a printer's camera, where its maker allows them: the address and the limits that both
//! sides hold.

use std::time::Duration;

use crate::id::PrinterId;

/// The largest picture in bytes: a webcam's is a tenth of it.
pub const PICTURE_BYTES_MAX: usize = 1 << 20;

/// The longest side of a picture in pixels: twice what webcams have.
pub const PICTURE_SIDE_MAX: u32 = 4096;

/// How often a picture is sent while a printer prints for the farm, at most.
pub const PICTURE_EVERY: Duration = Duration::from_mins(1);

/// Says whether a picture of so many bytes and pixels is within the limits.
#[must_use]
pub fn fits(bytes: usize, sides: [u32; 2]) -> bool {
    bytes <= PICTURE_BYTES_MAX && sides.iter().all(|side| (1..=PICTURE_SIDE_MAX).contains(side))
}

/// Returns where at the coordinator an agent puts the picture of its `printer`.
#[must_use]
pub fn path(printer: &PrinterId) -> String {
    format!("/camera/{printer}")
}
