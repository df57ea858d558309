//! A profile out of what others know of a printer: `OctoPrint`'s printer profile and a configuration of `PrusaSlicer`.
//!
//! Neither says how hot a printer may become: what comes out allows what any hotend and bed stand, and its owner may
//! raise that. Motor currents and macros are taken over from the slicer's own code: whoever printed with it allowed them, and
//! is to look at them again. What a macro does is believed of Klipper's only, and as far as that code counts on it; another
//! firmware has none, so that whoever obeys them is for the owner to say.

mod codes;
mod config;
mod octoprint;
mod own;
mod part;

use std::collections::{BTreeMap, BTreeSet};

use super::{Macro, Profile};
use crate::dialect::Dialect;
use codes::Codes;
use config::Config;
use octoprint::Printer;

/// A hotend with a PTFE tube in it stands no more.
const NOZZLE_CELSIUS: f64 = 250.0;

/// What a bed on a small power supply reaches.
const BED_CELSIUS: f64 = 100.0;

/// Why no profile can be made.
#[derive(Debug, thiserror::Error)]
pub enum Underivable {
    #[error("OctoPrint's printer profile is no JSON of the shape it should have")]
    OctoPrint(#[source] serde_json::Error),
    #[error("the slicer's configuration lacks {0}")]
    Missing(&'static str),
    #[error(
        "the slicer writes for {0}, which is not followed here: only Marlin, Klipper and RepRapFirmware are; if the printer \
         runs one of them, choose it as the G-code flavor and export the configuration again"
    )]
    Firmware(String),
    #[error("what the two say of the printer makes no sense")]
    Senseless(#[source] super::ProfileError),
}

/// What was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Derived {
    pub profile: Profile,
    /// What the slicer's code calls and the firmware does not know, as samples have it. The profile lacks them.
    pub left_out: Vec<Macro>,
}

impl Profile {
    /// Makes a profile of `OctoPrint`'s printer profile (JSON) and `PrusaSlicer`'s configuration (or a file it sliced).
    pub fn derive(octoprint: &str, slicer: &str) -> Result<Derived, Underivable> {
        let printer: Printer = serde_json::from_str(octoprint).map_err(Underivable::OctoPrint)?;
        let config = Config::read(slicer);
        config.check_flavor()?;
        let dialect = config.dialect();
        let motion = config.motion(dialect)?;
        let codes = Codes::read(&config, slicer);
        let (macros, left_out) = if dialect == Dialect::Klipper {
            (codes.macros(), Vec::new())
        } else {
            (Vec::new(), codes.as_samples())
        };
        let speed = |axis: &str| printer.axes.get(axis).map_or(0.0, |axis| axis.speed / 60.0);
        let model = config.text("printer_model").filter(|model| !model.is_empty());
        let head = |limits: &[f64; 4]| limits[0].max(limits[1]);
        let profile = Self {
            feed_mm_s_max: speed("x").max(speed("y")).max(head(&motion.speed_mm_s)),
            acceleration_mm_s2_max: head(&motion.acceleration_mm_s2)
                .max(motion.print_mm_s2)
                .max(motion.travel_mm_s2)
                .max(motion.retract_mm_s2),
            models: model.map(str::to_owned).into_iter().collect::<BTreeSet<_>>(),
            dialect,
            home_mm: printer.home(),
            nozzle_mm: config.number("nozzle_diameter").unwrap_or(printer.extruder.nozzle),
            nozzle_celsius_max: NOZZLE_CELSIUS,
            bed_celsius_max: if printer.heated_bed { BED_CELSIUS } else { 0.0 },
            chamber_celsius_max: 0.0,
            motion: Some(motion),
            flow_mm3_s_max: None,
            extruders: printer.extruder.count,
            nozzles: printer.extruder.nozzles(),
            fans: 1,
            other_fans: BTreeSet::new(),
            volume: printer.volume(),
            macros,
            motor_current_max: codes.currents,
            materials: BTreeMap::new(),
            name: printer.name,
        };
        profile.check().map_err(Underivable::Senseless)?;
        Ok(Derived { profile, left_out })
    }
}

impl Dialect {
    /// Returns how the firmware reads for which a slicer wrote the file, as its settings tell: `; gcode_flavor = klipper`. A
    /// guess to show a file by; what a printer understands, its profile says.
    #[must_use]
    pub fn claimed(comments: &[u8]) -> Self {
        Config::read(&String::from_utf8_lossy(comments)).dialect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Volume;
    use super::*;

    const OCTOPRINT: &str = r#"{"id": "_default", "name": "Attic", "model": "x", "color": "default",
        "volume": {"formFactor": "rectangular", "origin": "lowerleft", "width": 220.0, "depth": 210.0,
                   "height": 250.0, "custom_box": false},
        "heatedBed": true, "heatedChamber": false,
        "axes": {"x": {"speed": 6000, "inverted": false}, "y": {"speed": 6000, "inverted": false},
                 "z": {"speed": 200, "inverted": false}, "e": {"speed": 300, "inverted": false}},
        "extruder": {"count": 1, "offsets": [[0.0, 0.0]], "nozzleDiameter": 0.6, "sharedNozzle": false}}"#;

    const SLICER: &str = "# generated by PrusaSlicer\nprinter_model = ENDER3\nnozzle_diameter = 0.4\n\
gcode_flavor = marlin\nmachine_max_acceleration_e = 5000,5000\nmachine_max_acceleration_extruding = 500,500\n\
machine_max_acceleration_retracting = 1000,1000\nmachine_max_acceleration_travel = 0,0\n\
machine_max_acceleration_x = 501,500\nmachine_max_acceleration_y = 502,500\nmachine_max_acceleration_z = 100,100\n\
machine_max_feedrate_e = 60,60\nmachine_max_feedrate_x = 500,500\nmachine_max_feedrate_y = 500,500\n\
machine_max_feedrate_z = 10,10\nmachine_max_jerk_e = 5,5\nmachine_max_jerk_x = 8,8\nmachine_max_jerk_y = 8,8\n\
machine_max_jerk_z = 0.4,0.4\n";

    #[track_caller]
    fn shown(figures: &[f64], expected: &str) {
        assert_eq!(format!("{figures:?}"), expected);
    }

    fn derive(octoprint: &str, slicer: &str) -> Profile {
        Profile::derive(octoprint, slicer).expect("both are sound").profile
    }

    #[test]
    fn both_tell_what_they_know_of_the_printer() {
        let profile = derive(OCTOPRINT, SLICER);
        assert_eq!((profile.name.as_str(), profile.dialect), ("Attic", Dialect::Marlin));
        assert!(profile.models.contains("ENDER3") && profile.models.len() == 1);
        let figures = [profile.nozzle_mm, profile.feed_mm_s_max, profile.acceleration_mm_s2_max];
        shown(&figures, "[0.4, 500.0, 1000.0]");
        let motion = profile.motion.clone().expect("said by the slicer");
        shown(&motion.acceleration_mm_s2, "[501.0, 502.0, 100.0, 5000.0]");
        shown(&[motion.print_mm_s2, motion.travel_mm_s2], "[500.0, 500.0]");
        let Volume::Box { print_max_mm, travel_min_mm, .. } = profile.volume else { panic!() };
        shown(&print_max_mm, "[220.0, 210.0, 250.0]");
        shown(&travel_min_mm, "[-5.0, -5.0, -0.2]");
    }

    #[test]
    fn the_comments_of_a_sliced_file_do_as_well() {
        let comments = format!("; {}", SLICER.trim_end().replace('\n', "\n; "));
        let sliced = format!("G28\nG1 X1 ; not = this\n{comments}");
        assert_eq!(derive(OCTOPRINT, &sliced), derive(OCTOPRINT, SLICER));
    }

    #[test]
    fn the_head_goes_as_far_as_octoprint_says() {
        let reach =
            r#"{"x_min": -3, "y_min": -4, "z_min": 0, "x_max": 230, "y_max": 100, "z_max": 260}"#;
        let profile = derive(
            &OCTOPRINT.replace(r#""custom_box": false"#, &format!(r#""custom_box": {reach}"#)),
            SLICER,
        );
        let Volume::Box { travel_min_mm, travel_max_mm, .. } = profile.volume else { panic!() };
        shown(&travel_min_mm, "[-3.0, -4.0, -0.2]");
        // Never less than the bed.
        shown(&travel_max_mm, "[230.0, 210.0, 260.0]");
    }

    #[test]
    fn a_round_bed_is_a_deltas() {
        let delta = OCTOPRINT.replace("rectangular", "circular").replace("lowerleft", "center");
        let profile = derive(&delta, SLICER);
        shown(&profile.home_mm.expect("at the top"), "[0.0, 0.0, 250.0]");
        let Volume::Cylinder { print_radius_mm, travel_radius_mm, .. } = profile.volume else {
            panic!()
        };
        shown(&[print_radius_mm, travel_radius_mm], "[110.0, 115.0]");
    }

    #[test]
    fn a_profile_that_was_made_can_be_read() {
        let profile = derive(OCTOPRINT, SLICER);
        assert_eq!(Profile::parse(&profile.to_toml()).expect("its own TOML"), profile);
        for name in Profile::shipped_names() {
            let shipped = Profile::shipped(name).expect("it is shipped");
            assert_eq!(Profile::parse(&shipped.to_toml()).expect("its own TOML"), shipped);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |octoprint: &str, slicer: &str| {
            Profile::derive(octoprint, slicer).expect_err("something is missing").to_string()
        };
        assert!(error("{}", SLICER).contains("OctoPrint"));
        let without = SLICER.replace("machine_max_feedrate_x", "machine_max_speed_x");
        assert!(error(OCTOPRINT, &without).contains("machine_max_feedrate_x"));
        for flavor in ["smoothie", "repetier", "sailfish", "machinekit", "mach3", "teacup"] {
            let other =
                SLICER.replace("gcode_flavor = marlin", &format!("gcode_flavor = {flavor}"));
            let told = error(OCTOPRINT, &other);
            assert!(
                told.contains(flavor) && told.contains("choose it as the G-code flavor"),
                "{told}"
            );
        }
        for flavor in ["marlin2", "klipper", "reprapfirmware"] {
            let known =
                SLICER.replace("gcode_flavor = marlin", &format!("gcode_flavor = {flavor}"));
            assert!(Profile::derive(OCTOPRINT, &known).is_ok(), "{flavor}");
        }
        let small = OCTOPRINT.replace("220.0", "-220.0");
        assert!(error(&small, SLICER).contains("no sense"));
    }
}
