//! Values that Klipper does not take from its own commands: to it they are errors, for which nothing cools.

use serde::de::IgnoredAny;

use crate::census::pair;
use crate::klipper::Named;
use crate::number::{Scanned, scan};
use crate::parameters::{Parameter, Parameters, value_of};
use crate::words::Shape;

/// Longer numbers no slicer writes.
const DIGITS_MAX: usize = 9;

/// How a mesh may be filled in. Klipper, `bed_mesh.py`, `ALGOS`.
const ALGORITHMS: [&[u8]; 3] = [b"lagrange", b"bicubic", b"direct"];

/// Checks the values that `parameters` give to one of Klipper's own commands. A word without a value is another's to tell.
pub(super) fn check(named: Named, parameters: &[u8]) -> Result<(), Shape> {
    for Parameter { name, value } in Parameters::new(parameters).flatten() {
        let sound = value.is_none_or(|value| is_sound(named, name, value));
        if !sound {
            return Err(Shape::Number);
        }
    }
    let crossed = named == Named::Mesh && is_crossed(parameters);
    if crossed { Err(Shape::Number) } else { Ok(()) }
}

/// Says whether the first corner of a mesh does not lie before its last. Klipper, `bed_mesh.py`, "invalid min/max points".
fn is_crossed(parameters: &[u8]) -> bool {
    let corner = |name: &[u8]| value_of(parameters, name).and_then(pair);
    let corners = corner(b"MESH_MIN").zip(corner(b"MESH_MAX"));
    corners.is_some_and(|(min, max)| min.iter().zip(max).any(|(min, max)| max <= *min))
}

/// Klipper, `print_stats.py`; `exclude_object.py`; `bed_mesh.py`, `update_config`; `probe.py`; `z_tilt.py`.
fn is_sound(named: Named, name: &[u8], value: &[u8]) -> bool {
    let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
    match named {
        Named::PrintStats if is("TOTAL_LAYER") || is("CURRENT_LAYER") => is_whole(value),
        // It puts brackets round the first, and reads both as JSON: what is none stops the printer at once.
        Named::Object if is("CENTER") => value.split(|&byte| byte == b',').all(is_json),
        Named::Object if is("POLYGON") => is_json(value),
        Named::Mesh if is("PROBE_COUNT") => are_probes(value),
        Named::Mesh if is("ALGORITHM") => {
            ALGORITHMS.iter().any(|known| value.trim_ascii().eq_ignore_ascii_case(known))
        }
        Named::Mesh if is("PROFILE") => !value.trim_ascii().is_empty(),
        Named::Mesh if is("ADAPTIVE") => is_whole(value),
        Named::Mesh if is("ADAPTIVE_MARGIN") => is_positive(value),
        Named::Level if is("RETRIES") => is_whole(value),
        Named::Level if is("RETRY_TOLERANCE") => is_positive(value),
        Named::Object
        | Named::VelocityLimit
        | Named::PressureAdvance
        | Named::Mesh
        | Named::Level
        | Named::MeshProfile
        | Named::NoMesh
        | Named::HeatersOff
        | Named::PrintStats
        | Named::Other => true,
    }
}

fn is_json(value: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(value).is_ok()
}

/// A mesh has three points along each axis at least.
fn are_probes(value: &[u8]) -> bool {
    let mut counts = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    counts.clone().count() <= 2
        && counts.all(|count| is_whole(count) && !matches!(count, b"0" | b"1" | b"2"))
}

fn is_whole(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    (1..=DIGITS_MAX).contains(&value.len()) && value.iter().all(u8::is_ascii_digit)
}

fn is_positive(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let whole = |length| length == value.len() && !value.starts_with(b"-");
    matches!(scan(value), Scanned::Number(_, length) if whole(length))
}
