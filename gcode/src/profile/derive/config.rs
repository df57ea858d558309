//! A configuration of `PrusaSlicer`, or what stands of it in the comments of a file that it sliced.

use std::collections::BTreeMap;

use super::Underivable;
use crate::dialect::Dialect;
use crate::profile::{Corner, Motion};

/// Words in the names of Prusa's printers whose boards run the Buddy firmware. Prusa-Firmware-Buddy, "Supported printers".
const BUDDIES: [&str; 7] = ["MINI", "MK4", "XL", "MK3.5", "MK3.9", "CORE", "iX"];

/// Keys and values of a configuration, or of the comments at the end of a sliced file.
pub(super) struct Config<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Config<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let lines = text.lines().filter_map(|line| {
            let (key, value) = line.trim_start_matches(';').split_once(" = ")?;
            let key = key.trim();
            let plain = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            plain.then_some((key, value.trim()))
        });
        Self(lines.collect())
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).copied()
    }

    /// Yields what the slicer writes beside what it makes of the model: start and end codes, those of layers, filaments and tools.
    pub(super) fn codes(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(|(key, _)| key.ends_with("_gcode")).map(|(_, code)| *code)
    }

    /// Returns the first of the values: the others are for other extruders, or for a silent mode.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.text(key)?.split(',').next()?.parse().ok()
    }

    /// Refuses firmwares that read G-code in their own ways: held against Marlin's a file might do something else on them.
    /// `PrusaSlicer`, "G-code flavor"; its "RepRap/Sprinter" is what Marlin was made of.
    pub(super) fn check_flavor(&self) -> Result<(), Underivable> {
        match self.text("gcode_flavor") {
            None
            | Some("marlin" | "marlin2" | "reprap" | "sprinter" | "klipper" | "reprapfirmware") => {
                Ok(())
            }
            Some(other) => Err(Underivable::Firmware(other.to_owned())),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        let is = |name: &str| {
            let id = self.text("printer_settings_id").or_else(|| self.text("printer_model"));
            id.is_some_and(|id| id.contains(name))
        };
        match self.text("gcode_flavor") {
            Some("klipper") => Dialect::Klipper,
            Some("reprapfirmware") => Dialect::RepRapFirmware,
            _ if is("Prusa") && BUDDIES.iter().any(|model| is(model)) => Dialect::Buddy,
            _ if is("Prusa") => Dialect::Prusa,
            _ => Dialect::Marlin,
        }
    }

    pub(super) fn motion(&self, dialect: Dialect) -> Result<Motion, Underivable> {
        let axes = |kind: &str, missing| {
            let axis = |axis: &str| self.number(&format!("machine_max_{kind}_{axis}"));
            let four = [axis("x"), axis("y"), axis("z"), axis("e")];
            let [Some(x), Some(y), Some(z), Some(e)] = four else {
                return Err(Underivable::Missing(missing));
            };
            Ok([x, y, z, e])
        };
        let kind = |kind: &str| self.number(&format!("machine_max_acceleration_{kind}"));
        let print_mm_s2 = kind("extruding").ok_or(Underivable::Missing(
            "machine_max_acceleration_extruding: export it from PrusaSlicer",
        ))?;
        // Nought stands for "as the firmware does": then travel is as fast as printing.
        let travel = kind("travel").filter(|limit| 0.0 < *limit);
        let motion = Motion::of(dialect);
        let corner = match motion.corner {
            Corner::Jerk { .. } => {
                Corner::Jerk { mm_s: axes("jerk", "machine_max_jerk_x, y, z and e")? }
            }
            other @ (Corner::JunctionDeviation { .. } | Corner::SquareCorner { .. }) => other,
        };
        Ok(Motion {
            speed_mm_s: axes("feedrate", "machine_max_feedrate_x, y, z and e")?,
            acceleration_mm_s2: axes("acceleration", "machine_max_acceleration_x, y, z and e")?,
            print_mm_s2,
            travel_mm_s2: travel.unwrap_or(print_mm_s2),
            retract_mm_s2: kind("retracting").unwrap_or(print_mm_s2),
            corner,
            ..motion
        })
    }
}
