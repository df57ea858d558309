//! `OctoPrint`'s printer profile: how large the printer is, and how fast.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::profile::{Nozzles, Volume};

/// How far beyond the bed stock start codes purge and wipe.
const BESIDE_MM: f64 = 5.0;

/// A nozzle that probes or purges goes no deeper.
const BELOW_MM: f64 = 0.2;

/// `OctoPrint`'s data model of a printer profile, as far as it is used.
#[derive(Deserialize)]
pub(super) struct Printer {
    pub(super) name: String,
    volume: Size,
    pub(super) axes: BTreeMap<String, Axis>,
    pub(super) extruder: Extruder,
    #[serde(rename = "heatedBed", default)]
    pub(super) heated_bed: bool,
}

#[derive(Deserialize)]
struct Size {
    #[serde(rename = "formFactor")]
    form: Form,
    #[serde(default)]
    origin: Origin,
    width: f64,
    depth: f64,
    height: f64,
    #[serde(default)]
    custom_box: CustomBox,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Form {
    Rectangular,
    Circular,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Origin {
    #[default]
    LowerLeft,
    Center,
}

/// `false`, or how far the head goes.
#[derive(Deserialize)]
#[serde(untagged)]
enum CustomBox {
    Reach {
        x_min: f64,
        y_min: f64,
        z_min: f64,
        x_max: f64,
        y_max: f64,
        z_max: f64,
    },
    #[expect(dead_code, reason = "it only says that there is none")]
    None(bool),
}

impl Default for CustomBox {
    fn default() -> Self {
        Self::None(false)
    }
}

#[derive(Deserialize)]
pub(super) struct Axis {
    /// Millimetres a minute.
    pub(super) speed: f64,
}

#[derive(Deserialize)]
pub(super) struct Extruder {
    pub(super) count: u8,
    #[serde(rename = "nozzleDiameter")]
    pub(super) nozzle: f64,
    #[serde(rename = "sharedNozzle", default)]
    shared: bool,
}

impl Extruder {
    pub(super) fn nozzles(&self) -> Nozzles {
        if self.count < 2 || self.shared { Nozzles::Shared } else { Nozzles::Own }
    }
}

impl Printer {
    /// A round bed is a delta's: its home is at the top. Of others neither source says it.
    pub(super) fn home(&self) -> Option<[f64; 3]> {
        (self.volume.form == Form::Circular).then_some([0.0, 0.0, self.volume.height])
    }

    pub(super) fn volume(&self) -> Volume {
        let Size { form, origin, width, depth, height, .. } = self.volume;
        if form == Form::Circular {
            let radius = width / 2.0;
            let travel_radius_mm = radius + BESIDE_MM;
            let (print_radius_mm, travel_z_min_mm) = (radius, -BELOW_MM);
            return Volume::Cylinder {
                print_radius_mm,
                travel_radius_mm,
                travel_z_min_mm,
                height_mm: height,
                arms: None,
            };
        }
        let left = match origin {
            Origin::LowerLeft => [0.0, 0.0],
            Origin::Center => [-width / 2.0, -depth / 2.0],
        };
        let print_min_mm = [left[0], left[1], 0.0];
        let print_max_mm = [left[0] + width, left[1] + depth, height];
        let (least, most) = match self.volume.custom_box {
            CustomBox::Reach { x_min, y_min, z_min, x_max, y_max, z_max } => {
                ([x_min, y_min, z_min - BELOW_MM], [x_max, y_max, z_max])
            }
            CustomBox::None(_) => (
                [left[0] - BESIDE_MM, left[1] - BESIDE_MM, -BELOW_MM],
                [print_max_mm[0] + BESIDE_MM, print_max_mm[1] + BESIDE_MM, height + BESIDE_MM],
            ),
        };
        let wider = |axis: usize| least[axis].min(print_min_mm[axis]);
        let higher = |axis: usize| most[axis].max(print_max_mm[axis]);
        Volume::Box {
            print_min_mm,
            print_max_mm,
            travel_min_mm: [0, 1, 2].map(wider),
            travel_max_mm: [0, 1, 2].map(higher),
        }
    }
}
