//! What a file does: figures with units in their names, and the evidence a verdict needs.

mod build;
mod digest;
mod evidence;
mod gather;
mod left;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::claims::Claims;
use crate::dialect::Dialect;
use crate::extent::Interval;
use crate::thumbnail::Thumbnail;

pub(crate) use build::build;
pub use digest::Sha256Digest;
pub use evidence::{Content, Evidence, Fault, Peak, TurnedOff};
pub use left::Left;

/// Enough of a file's start to tell other formats by.
pub(crate) const HEAD_MAX: usize = 64;

/// What a G-code file does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub sha256: Sha256Digest,
    pub bytes: u64,
    pub lines: u64,
    /// How the file was read; the printer's profile tells, not the file.
    pub dialect: Dialect,
    pub slicer: Claims,
    /// Motion and dwells, without heating, homing, probing and macros. Nought when it was not asked for.
    pub time_s: f64,
    /// The same by layer; what comes before the first counts to it.
    #[serde(default)]
    pub time_per_layer_s: Vec<f64>,
    pub layers: u64,
    /// What the slicer allows for changing the filament of a shared nozzle. No move of the file: not in `time_s`.
    #[serde(default)]
    pub changes_s: f64,
    pub filament: Vec<Filament>,
    pub envelope: Envelope,
    pub nozzle_c_max: f64,
    pub bed_c_max: f64,
    pub chamber_c_max: f64,
    /// 0 to 100.
    pub fan_percent_max: f64,
    /// The greatest speed of the head that is reached, corners and accelerations considered.
    pub feed_mm_s_max: f64,
    /// The most filament that is melted, at the speed that is reached; M221 counts.
    #[serde(default)]
    pub flow_mm3_s_max: f64,
    pub tools: Vec<u8>,
    /// Names of the objects on the plate, as far as M486 and `EXCLUDE_OBJECT_*` tell them apart.
    #[serde(default)]
    pub objects: Vec<String>,
    /// Pictures that the slicer put in, whole and of the size they say.
    #[serde(default)]
    pub thumbnails: Vec<Thumbnail>,
    /// How often each command stands in the file.
    pub commands: BTreeMap<String, u64>,
    pub evidence: Evidence,
}

/// What one extruder pushes: the greatest value of the running sum of E.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filament {
    pub tool: u8,
    pub mm: f64,
    pub cm3: f64,
    /// Known when the slicer says the density of its filament.
    pub g: Option<f64>,
}

/// Boxes in physical coordinates, in millimetres, arcs by their extremes. An axis that never moves stands at its home.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// All moves that extrude while moving in X or Y.
    pub print: Option<Interval<[f64; 3]>>,
    /// All moves.
    pub travel: Option<Interval<[f64; 3]>>,
}

/// The bytes as such.
pub(crate) struct Source {
    pub(crate) sha256: Sha256Digest,
    pub(crate) bytes: u64,
    pub(crate) head: Vec<u8>,
}
