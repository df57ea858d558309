//! Where the limits of motion come from.
//!
//! Three sources, never mixed silently: the printer's [`Profile`](crate::Profile) for the verdict, the slicer's own
//! configuration ([`Motion::claimed`]) to compare with the slicer's own estimate, and the commands of the file itself,
//! which the firmware obeys from their line on.

use crate::dialect::Dialect;
use crate::profile::{Corner, Motion};

impl Motion {
    /// Returns what firmwares of `dialect` are delivered with.
    ///
    /// Marlin, `Configuration.h`: `DEFAULT_MAX_FEEDRATE`, `DEFAULT_MAX_ACCELERATION`, `DEFAULT_ACCELERATION`, `DEFAULT_XJERK`.
    /// Klipper, "Config reference": the example's `max_velocity` and `max_accel`, the defaults of the rest.
    #[must_use]
    pub fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Marlin | Dialect::Prusa | Dialect::Buddy | Dialect::RepRapFirmware => Self {
                speed_mm_s: [300.0, 300.0, 5.0, 25.0],
                acceleration_mm_s2: [3000.0, 3000.0, 100.0, 10_000.0],
                print_mm_s2: 3000.0,
                travel_mm_s2: 3000.0,
                retract_mm_s2: 3000.0,
                set_mm_s2_max: [f64::INFINITY; 3],
                corner: Corner::Jerk { mm_s: [10.0, 10.0, 0.3, 5.0] },
            },
            Dialect::Klipper => Self {
                speed_mm_s: [300.0, 300.0, 5.0, 120.0],
                acceleration_mm_s2: [100_000.0, 100_000.0, 100.0, 5000.0],
                print_mm_s2: 3000.0,
                travel_mm_s2: 3000.0,
                retract_mm_s2: 3000.0,
                set_mm_s2_max: [f64::INFINITY; 3],
                corner: Corner::SquareCorner { mm_s: 5.0, minimum_cruise_ratio: 0.5 },
            },
        }
    }

    /// Returns these limits, none greater than a printer's greatest speed and acceleration.
    pub(crate) fn within(mut self, speed_mm_s: f64, acceleration_mm_s2: f64) -> Self {
        for speed in &mut self.speed_mm_s {
            *speed = speed.min(speed_mm_s);
        }
        for kind in [&mut self.print_mm_s2, &mut self.travel_mm_s2, &mut self.retract_mm_s2] {
            *kind = kind.min(acceleration_mm_s2);
        }
        self
    }

    /// Returns the limits by which a slicer estimated, from the settings it wrote into the file: `; machine_max_jerk_x = 8,8`.
    /// Of a pair the first counts, the printer's normal mode. `None` when the text holds no such settings.
    ///
    /// `PrusaSlicer`, "Machine limits"; its estimate follows Marlin's classic jerk for every firmware.
    #[must_use]
    pub fn claimed(comments: &[u8]) -> Option<Self> {
        let mut motion = Self::of(Dialect::Marlin);
        let mut jerk = [10.0, 10.0, 0.3, 5.0];
        let mut found = false;
        let (mut flavor, mut travel) = ("", None);
        for line in comments.split(|&byte| byte == b'\n') {
            let Some((key, value)) = std::str::from_utf8(line).ok().and_then(setting) else {
                continue;
            };
            if key == "gcode_flavor" {
                flavor = value;
            }
            let Some(limit) = key.strip_prefix("machine_max_") else { continue };
            let Some(value) = first(value) else { continue };
            found = true;
            if limit == "acceleration_travel" {
                travel = Some(value);
            }
            motion.claim(limit, value, &mut jerk);
        }
        // Marlin 1.1 and Klipper have no acceleration for travels of its own, nor had the slicer before 2.4.
        let own = travel.filter(|_| !matches!(flavor, "marlin" | "klipper"));
        motion.travel_mm_s2 = own.unwrap_or(motion.print_mm_s2);
        motion.set_mm_s2_max = [motion.print_mm_s2, motion.travel_mm_s2, motion.retract_mm_s2];
        motion.corner = Corner::Jerk { mm_s: jerk };
        found.then_some(motion)
    }

    fn claim(&mut self, limit: &str, value: f64, jerk: &mut [f64; 4]) {
        match limit {
            "acceleration_extruding" => self.print_mm_s2 = value,
            "acceleration_retracting" => self.retract_mm_s2 = value,
            _ => {
                let axis = |name| AXES.iter().position(|axis| *axis == name);
                let Some((kind, Some(axis))) =
                    limit.rsplit_once('_').map(|(kind, name)| (kind, axis(name)))
                else {
                    return;
                };
                match kind {
                    "feedrate" | "speed" => self.speed_mm_s[axis] = value,
                    "acceleration" => self.acceleration_mm_s2[axis] = value,
                    "jerk" => jerk[axis] = value,
                    _ => {}
                }
            }
        }
    }
}

impl Default for Motion {
    fn default() -> Self {
        Self::of(Dialect::default())
    }
}

const AXES: [&str; 4] = ["x", "y", "z", "e"];

/// Reads `; key = value`.
fn setting(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.strip_prefix(';')?.split_once('=')?;
    Some((key.trim(), value.trim()))
}

/// Reads the first of a list of limits; a limit is a number above nought.
fn first(list: &str) -> Option<f64> {
    let number: f64 = list.split(',').next()?.trim().parse().ok()?;
    (number.is_finite() && 0.0 < number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slicers_settings_are_its_limits() {
        let tail = b"; gcode_flavor = marlin2\n; machine_max_acceleration_e = 5000,4000\n\
            ; machine_max_acceleration_extruding = 1250,1200\r\n; machine_max_acceleration_travel = 1500\n\
            ; machine_max_feedrate_z = 12\n; machine_max_jerk_x = 8,7\n; machine_max_jerk_y = none\n";
        let motion = Motion::claimed(tail).expect("settings");
        assert!((motion.acceleration_mm_s2[3] - 5000.0).abs() < 1e-9);
        assert_eq!((motion.print_mm_s2, motion.travel_mm_s2), (1250.0, 1500.0));
        assert!((motion.speed_mm_s[2] - 12.0).abs() < 1e-9);
        assert_eq!(motion.corner, Corner::Jerk { mm_s: [8.0, 10.0, 0.3, 5.0] });
    }

    #[track_caller]
    fn check_travel(settings: &str, mm_s2: f64) {
        let tail = format!("; machine_max_acceleration_extruding = 500\n{settings}");
        let motion = Motion::claimed(tail.as_bytes()).expect("settings");
        assert_eq!((motion.print_mm_s2, motion.travel_mm_s2), (500.0, mm_s2), "{settings}");
    }

    #[test]
    fn travels_are_as_quick_as_prints_unless_the_firmware_tells_them_apart() {
        let own = "; machine_max_acceleration_travel = 1500,1250\n";
        check_travel(&format!("; gcode_flavor = marlin2\n{own}"), 1500.0);
        check_travel(&format!("{own}; gcode_flavor = marlin\n"), 500.0);
        check_travel(&format!("; gcode_flavor = klipper\n{own}"), 500.0);
        check_travel("; gcode_flavor = reprap\n", 500.0);
    }

    #[test]
    fn without_settings_nothing_is_claimed() {
        assert_eq!(Motion::claimed(b"; layer_height = 0.2\nG1 X1\n"), None);
        assert_eq!(Motion::claimed(b"; machine_max_jerk_x = 0\n"), None);
    }
}
