//! One printer and its limits: what the verdict holds a file against.
//!
//! Written by the printer's owner as TOML, or taken from the shipped ones. Every limit has its unit in its name; a word
//! that is not known is an error, since a mistyped limit would be no limit.

mod derive;
mod macros;
mod motion;
mod shipped;
mod volume;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::dialect::Dialect;

pub use derive::{Derived, Underivable};
pub use macros::{Macro, MacroEffect, Meaning};
pub use motion::{Corner, Motion};
pub use volume::{Arms, Volume};

/// One printer and its limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// As findings name it: `mk3-07`.
    pub name: String,
    /// The `printer_model` of files sliced for this printer. Empty: any.
    #[serde(default)]
    pub models: BTreeSet<String>,
    pub dialect: Dialect,
    /// Where the nozzle is after homing. Without it nobody knows: printers with a probe home Z over the bed, some go on to
    /// measure it.
    #[serde(default)]
    pub home_mm: Option<[f64; 3]>,
    pub nozzle_mm: f64,
    pub nozzle_celsius_max: f64,
    pub bed_celsius_max: f64,
    /// Nought for printers without a heated chamber.
    #[serde(default)]
    pub chamber_celsius_max: f64,
    pub feed_mm_s_max: f64,
    pub acceleration_mm_s2_max: f64,
    /// What the time is reckoned with; without it, what the firmware is delivered with, within the limits above.
    #[serde(default)]
    pub motion: Option<Motion>,
    /// The most filament that its hotend melts, in mm³/s; without it any flow is let pass.
    #[serde(default)]
    pub flow_mm3_s_max: Option<f64>,
    #[serde(default = "one")]
    pub extruders: u8,
    #[serde(default, skip_serializing_if = "Nozzles::are_shared")]
    pub nozzles: Nozzles,
    /// Part-cooling fans that M106 P may name.
    #[serde(default = "one")]
    pub fans: u8,
    /// Other fans that M106 P may name, and tell how to mind themselves: a chamber's or a bed's, whose rest harms nothing. Never a
    /// hotend's.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub other_fans: BTreeSet<u8>,
    pub volume: Volume,
    /// Greatest motor currents that M907 and its kin may set, by axis letter. Without an entry they are refused.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub motor_current_max: BTreeMap<char, f64>,
    /// Materials this printer may be fed; empty: any, within the printer's own limits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub materials: BTreeMap<String, Material>,
    /// Macros of this printer that files may call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub macros: Vec<Macro>,
}

/// How many nozzles several extruders have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nozzles {
    /// One for all, as with a unit that changes filaments: whichever is heated, it is hot.
    #[default]
    Shared,
    /// One for each, with a heater of its own.
    Own,
}

impl Nozzles {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    fn are_shared(&self) -> bool {
        *self == Self::Shared
    }
}

/// How hot a material may become. The printer's own limits hold as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    pub nozzle_celsius_max: f64,
    pub bed_celsius_max: f64,
}

/// Why a text is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("line {line} of the printer profile: {message}")]
    Toml { line: usize, message: String },
    #[error("the printer profile's {field} {why}")]
    Senseless { field: &'static str, why: &'static str },
}

/// No desktop hotend is rated beyond this; a greater limit is a slip of the pen.
pub(crate) const CELSIUS_MAX: f64 = 500.0;

impl Profile {
    /// Reads a profile from TOML.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or(text);
            ProfileError::Toml {
                line: before.matches('\n').count() + 1,
                message: error.message().trim().to_owned(),
            }
        })?;
        profile.check()?;
        Ok(profile)
    }

    /// Returns the profile as TOML, which [`Profile::parse`] reads.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a profile holds nothing that TOML does not")
    }

    /// Returns how the printer moves.
    #[must_use]
    pub fn motion(&self) -> Motion {
        self.motion.clone().unwrap_or_else(|| {
            Motion::of(self.dialect).within(self.feed_mm_s_max, self.acceleration_mm_s2_max)
        })
    }

    /// Returns whether a file that was sliced for `model` is for this printer. `OrcaSlicer` calls printers by their names.
    pub(crate) fn is_for(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.contains(model) || self.name == model
    }

    /// Returns what the owner vouches that the macro `name` does; none when it is not allowed.
    pub(crate) fn macro_named(&self, name: &str) -> Option<&Macro> {
        self.macros.iter().find(|known| known.name.eq_ignore_ascii_case(name))
    }

    fn check(&self) -> Result<(), ProfileError> {
        let senseless = |field, why| Err(ProfileError::Senseless { field, why });
        let heat = [
            ("nozzle_celsius_max", self.nozzle_celsius_max),
            ("bed_celsius_max", self.bed_celsius_max),
            ("chamber_celsius_max", self.chamber_celsius_max),
        ];
        for (field, celsius) in heat {
            if !(0.0..=CELSIUS_MAX).contains(&celsius) {
                return senseless(field, "is not between 0 and 500 °C");
            }
        }
        let positive = [
            ("nozzle_mm", self.nozzle_mm),
            ("feed_mm_s_max", self.feed_mm_s_max),
            ("acceleration_mm_s2_max", self.acceleration_mm_s2_max),
        ];
        for (field, value) in positive {
            if !(value.is_finite() && 0.0 < value) {
                return senseless(field, "is not a number above 0");
            }
        }
        if self.name.trim().is_empty() {
            return senseless("name", "is empty");
        }
        if !self.home_mm.iter().flatten().all(|at| at.is_finite()) {
            return senseless("home_mm", "holds what is no number");
        }
        self.motion.as_ref().map_or(Ok(()), Motion::check)?;
        self.volume.check()
    }
}

fn one() -> u8 {
    1
}

#[cfg(test)]
mod tests;
