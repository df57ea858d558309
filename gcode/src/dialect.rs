//! The firmwares' ways of reading the same commands.

mod modes;

use serde::{Deserialize, Serialize};

use crate::words::Case;
pub(crate) use modes::{Doubt, Modes, Origin, Positioning};

/// How the printer's firmware reads G-code. Told by the printer's profile, never trusted from the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Marlin 1.1 and 2: the last of G90, G91, M82, M83 decides how E is read.
    #[default]
    Marlin,
    /// Prusa's firmware for boards of 8 bits (MK3S and before): G90 and G91 leave E alone.
    Prusa,
    /// Prusa's Buddy firmware (MINI, MK4, XL), made of Marlin 2: the last of G90, G91, M82, M83 decides how E is read. Buddy,
    /// `GcodeSuite::set_relative_mode`.
    Buddy,
    /// Klipper: E is relative when either G91 or M83 holds; macros have names.
    Klipper,
    /// `RepRapFirmware`: G90 and G91 leave E alone; `G10 P S R` sets temperatures.
    RepRapFirmware,
}

impl Dialect {
    /// Returns which letters the firmware heeds. Marlin, `GCODE_CASE_INSENSITIVE`, which is off where nobody switched it on;
    /// Prusa, `code_seen`; Klipper, `line.upper()`; `RepRapFirmware`, "G-code dictionary".
    pub(crate) fn case(self) -> Case {
        match self {
            Self::Marlin | Self::Prusa | Self::Buddy => Case::Capitals,
            Self::Klipper | Self::RepRapFirmware => Case::Both,
        }
    }

    pub(crate) const ALL: [Self; 5] =
        [Self::Marlin, Self::Prusa, Self::Buddy, Self::Klipper, Self::RepRapFirmware];
}
