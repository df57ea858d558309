//! How the machine moves when a file says nothing about it: what the time model starts from.

use serde::{Deserialize, Serialize};

use super::ProfileError;

/// The firmware's own limits of motion, by axis in the order X, Y, Z, E.
///
/// They are what an M201, M203, M204 or M205 of the file overrides; what a file may ask for is the verdict's affair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Motion {
    /// The greatest speed of each axis. Marlin, M203.
    pub speed_mm_s: [f64; 4],
    /// The greatest acceleration of each axis. Marlin, M201.
    pub acceleration_mm_s2: [f64; 4],
    /// Of moves that extrude. Marlin, M204 P.
    pub print_mm_s2: f64,
    /// Of moves that do not extrude. Marlin, M204 T.
    pub travel_mm_s2: f64,
    /// Of E alone. Marlin, M204 R.
    pub retract_mm_s2: f64,
    /// The most that M204 sets for printing, travelling and retracting; more is cut.
    #[serde(default = "unlimited", skip_serializing_if = "is_unlimited")]
    pub set_mm_s2_max: [f64; 3],
    pub corner: Corner,
}

/// How fast the head goes round a corner.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Corner {
    /// Classic jerk: the change of speed that each axis (X, Y, Z, E) may make at once. Marlin, M205 X Y Z E.
    Jerk { mm_s: [f64; 4] },
    /// A corner is taken as an arc that leaves its point by this distance. Marlin, "Junction Deviation" and M205 J.
    JunctionDeviation { mm: f64 },
    /// The speed round a right angle, and how much of a move must be cruised. Klipper, `square_corner_velocity` and
    /// `minimum_cruise_ratio`.
    SquareCorner { mm_s: f64, minimum_cruise_ratio: f64 },
}

fn unlimited() -> [f64; 3] {
    [f64::INFINITY; 3]
}

fn is_unlimited(limits: &[f64; 3]) -> bool {
    limits.iter().all(|limit| limit.is_infinite())
}

impl Motion {
    pub(super) fn check(&self) -> Result<(), ProfileError> {
        let limits = [self.print_mm_s2, self.travel_mm_s2, self.retract_mm_s2];
        let all = limits.iter().chain(&self.speed_mm_s).chain(&self.acceleration_mm_s2);
        if !all.clone().all(|limit| limit.is_finite() && 0.0 < *limit) {
            return Err(ProfileError::Senseless {
                field: "motion",
                why: "holds a speed or an acceleration that is not above 0",
            });
        }
        let sound = match self.corner {
            Corner::Jerk { mm_s } => mm_s.iter().all(|speed| speed.is_finite() && 0.0 <= *speed),
            Corner::JunctionDeviation { mm } => mm.is_finite() && 0.0 < mm,
            Corner::SquareCorner { mm_s, minimum_cruise_ratio } => {
                mm_s.is_finite() && 0.0 <= mm_s && (0.0..1.0).contains(&minimum_cruise_ratio)
            }
        };
        if sound {
            return Ok(());
        }
        Err(ProfileError::Senseless { field: "motion.corner", why: "is not what a machine does" })
    }
}
