//! Where a printer's nozzle may go.

use serde::{Deserialize, Serialize};

use super::ProfileError;

/// Where the nozzle may go. Travel is more than print: stock start codes purge beside the bed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Volume {
    /// A rectangular bed.
    Box {
        print_min_mm: [f64; 3],
        print_max_mm: [f64; 3],
        travel_min_mm: [f64; 3],
        travel_max_mm: [f64; 3],
    },
    /// A delta's round bed, its centre at the origin.
    Cylinder {
        print_radius_mm: f64,
        /// Firmwares draw what lies further out towards the middle, so that steps from there end elsewhere. Marlin,
        /// `DELTA_PRINTABLE_RADIUS`, `apply_motion_limits`.
        travel_radius_mm: f64,
        travel_z_min_mm: f64,
        height_mm: f64,
        /// Without them its carriages are held to rise as steeply as any delta's.
        #[serde(default)]
        arms: Option<Arms>,
    },
}

/// The arms of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arms {
    /// From joint to joint. Marlin, `DELTA_DIAGONAL_ROD`.
    pub rod_mm: f64,
    /// How far they reach sideways while the nozzle is in the middle. Marlin, `DELTA_RADIUS`.
    pub radius_mm: f64,
}

impl Volume {
    /// Returns how high the nozzle may go, in millimetres.
    pub(crate) fn top(&self) -> f64 {
        match self {
            Self::Box { travel_max_mm: [_, _, top], .. }
            | Self::Cylinder { height_mm: top, .. } => *top,
        }
    }

    pub(super) fn check(&self) -> Result<(), ProfileError> {
        let sound = match self {
            Self::Box { print_min_mm, print_max_mm, travel_min_mm, travel_max_mm } => {
                (0..3).all(|axis| {
                    let order = [
                        travel_min_mm[axis],
                        print_min_mm[axis],
                        print_max_mm[axis],
                        travel_max_mm[axis],
                    ];
                    order.iter().all(|at| at.is_finite()) && order.is_sorted()
                })
            }
            Self::Cylinder {
                print_radius_mm,
                travel_radius_mm,
                travel_z_min_mm,
                height_mm,
                arms,
            } => {
                let arms = arms.is_none_or(|Arms { rod_mm, radius_mm }| {
                    rod_mm.is_finite() && 0.0 < radius_mm && radius_mm < rod_mm
                });
                let order = [0.0, *print_radius_mm, *travel_radius_mm];
                arms && order.iter().all(|at| at.is_finite())
                    && order.is_sorted()
                    && travel_z_min_mm <= height_mm
            }
        };
        if sound {
            Ok(())
        } else {
            Err(ProfileError::Senseless {
                field: "volume",
                why: "does not hold the print volume within the travel volume",
            })
        }
    }
}
