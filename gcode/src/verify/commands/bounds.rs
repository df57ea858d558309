//! Ranges that the parameters of allowed commands must stay in.

use crate::finding::Severity;
use crate::rule::Rule;

use super::SLOWEST;

/// A range that a parameter must stay in.
pub(super) struct Limit {
    pub(super) name: &'static str,
    pub(super) letters: &'static str,
    pub(super) bound: Bound,
    pub(super) severity: Severity,
    pub(super) rule: Rule,
}

/// A range: fixed, or the printer's.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    Between(f64, f64),
    /// By axis, of what its motor turns.
    Feed,
    Acceleration,
    Jerk,
    /// Seconds of pressure advance, by firmware.
    Advance,
    Fans,
    Extruders,
    /// Nought, which stands for "for ever", or so many millimetres: below them a mesh counts for nothing that is printed.
    Fade(f64),
    /// Listed by letter in the profile.
    MotorCurrent,
    /// The parameter may stand, but not with a number.
    Bare,
    /// It may stand without a number, or with nought.
    Nought,
}

impl Bound {
    /// Returns whether it bounds a number that must be there: firmwares differ in what a letter alone means. Marlin takes
    /// `M302 P` and `M200 S` for a yes.
    pub(super) fn counts(self) -> bool {
        match self {
            Self::Bare | Self::Nought => false,
            Self::Between(..)
            | Self::Feed
            | Self::Acceleration
            | Self::Jerk
            | Self::Advance
            | Self::Fade(_)
            | Self::Fans
            | Self::Extruders
            | Self::MotorCurrent => true,
        }
    }
}

const fn limit(name: &'static str, letters: &'static str, bound: Bound, rule: Rule) -> Limit {
    Limit { name, letters, bound, severity: Severity::Forbid, rule }
}

/// Lower than anybody lets a mesh fade out: start codes ask for 2 mm at least.
const FADE_MM_MIN: f64 = 1.0;

/// A number must be there, whatever it is.
const ANY_NUMBER: Bound = Bound::Between(f64::NEG_INFINITY, f64::INFINITY);

/// Where an allowed command would do harm all the same.
pub(super) const LIMITS: &[Limit] = &[
    // "To home and set the position to this value": so Prusa's firmware reads them, others pass over them. Prusa, G28.
    limit("G28", "XYZ", Bound::Nought, Rule::OriginShift),
    // The lift before homing: as far as one by G1 may be. Marlin, G28.
    limit("G28", "R", Bound::Between(0.0, 20.0), Rule::OutsideTravel),
    // The mesh counts as before, or always. Marlin, G28.
    limit("G28", "L", Bound::Between(1.0, 1.0), Rule::OriginShift),
    limit("G29", "C", Bound::Bare, Rule::OriginShift),
    // P0 forgets the mesh. Marlin, "G29 Unified Bed Leveling".
    limit("G29", "P", Bound::Between(1.0, f64::INFINITY), Rule::OriginShift),
    // A height at which the mesh no longer counts. Marlin, G29, as M420.
    limit("G29", "F", Bound::Fade(FADE_MM_MIN), Rule::OriginShift),
    // To probe, or to load what was probed; what more there is stores it under a name. RepRapFirmware, G29.
    limit("G29", "S", Bound::Between(0.0, 2.0), Rule::Settings),
    // Beyond these Marlin does not align, and prints on. Marlin, `G34_M422.cpp`.
    limit("G34", "I", Bound::Between(1.0, 30.0), Rule::UnknownParameter),
    limit("G34", "T", Bound::Between(0.01, 1.0), Rule::UnknownParameter),
    limit("G34", "A", Bound::Between(0.5, 2.0), Rule::UnknownParameter),
    // Below nought Marlin waits for weeks: it counts milliseconds without a sign.
    limit("G4", "SP", Bound::Between(0.0, f64::INFINITY), Rule::LongDwell),
    limit("M17", "XYZE", Bound::Bare, Rule::MotorCurrent),
    // Motors that are let go after so many seconds, as in a dwell, forget where the nozzle is. Marlin, M18.
    Limit {
        severity: Severity::Ask,
        ..limit("M18", "S", Bound::Between(60.0, 86_400.0), Rule::Unhomed)
    },
    Limit {
        severity: Severity::Ask,
        ..limit("M84", "S", Bound::Between(60.0, 86_400.0), Rule::Unhomed)
    },
    // Which tools are heated is asked elsewhere: one that is not there may be turned off. Klipper, `extruder.py`, `cmd_M104`:
    // less than nought is an error, for which nothing cools.
    limit("M104", "T", Bound::Between(0.0, f64::INFINITY), Rule::Tool),
    // What a heater is asked for is bounded elsewhere, by material. Without its number S is nought to Prusa's firmware, nothing
    // to Marlin, an error to Klipper. Prusa, `code_value`; Klipper, `gcode.py`, `get_float`.
    limit("M104", "SR", ANY_NUMBER, Rule::Syntax),
    limit("M109", "SR", ANY_NUMBER, Rule::Syntax),
    limit("M140", "SR", ANY_NUMBER, Rule::Syntax),
    limit("M190", "SR", ANY_NUMBER, Rule::Syntax),
    limit("M141", "SR", ANY_NUMBER, Rule::Syntax),
    limit("M191", "SR", ANY_NUMBER, Rule::Syntax),
    limit("M104.1", "T", Bound::Between(0.0, f64::INFINITY), Rule::Tool),
    limit("M109", "T", Bound::Between(0.0, f64::INFINITY), Rule::Tool),
    limit("M221", "T", Bound::Extruders, Rule::Tool),
    limit("M106", "P", Bound::Fans, Rule::Fan),
    limit("M107", "P", Bound::Fans, Rule::Fan),
    limit("M106", "S", Bound::Between(0.0, 255.0), Rule::UnknownParameter),
    // How warm the hotend's cold end may be before its fan turns: stock files ask for 36 and 40. Prusa-Firmware-Buddy, M142.
    limit("M142", "SR", Bound::Between(0.0, 60.0), Rule::Fan),
    limit("M200", "D", Bound::Between(0.0, 0.0), Rule::FlowFactor),
    limit("M200", "S", Bound::Between(0.0, 0.0), Rule::FlowFactor),
    limit("M201", "XYZ", Bound::Acceleration, Rule::MotionLimits),
    // Stock start codes set E from 2500 to 10 000 mm/s²: the filament's inertia is nothing. By nought Marlin divides: such moves
    // begin at full speed, and motors lose steps. Marlin, `estimate_acceleration_distance`.
    limit("M201", "E", Bound::Between(SLOWEST, 20_000.0), Rule::MotionLimits),
    limit("M203", "XYZE", Bound::Feed, Rule::MotionLimits),
    limit("M204", "PRTS", Bound::Acceleration, Rule::MotionLimits),
    limit("M205", "XYEB", Bound::Between(0.0, 30.0), Rule::MotionLimits),
    limit("M205", "Z", Bound::Jerk, Rule::MotionLimits),
    limit("M205", "J", Bound::Between(0.0, 0.3), Rule::MotionLimits),
    // No move may be slower than this, whatever its F and however much it pushes. Marlin, M205.
    limit("M205", "ST", Bound::Between(0.0, 5.0), Rule::MotionLimits),
    // What G10 pulls back and lifts, and what G11 pushes more than that. Marlin, M207, M208.
    limit("M207", "S", Bound::Between(0.0, 20.0), Rule::LongExtrusion),
    limit("M207", "Z", Bound::Between(0.0, 10.0), Rule::OutsideTravel),
    // In millimetres a minute: with less a hot nozzle stands in one place for minutes. Marlin, M207, M208.
    limit("M207", "F", Bound::Between(SLOWEST * 60.0, f64::INFINITY), Rule::LongDwell),
    limit("M208", "F", Bound::Between(SLOWEST * 60.0, f64::INFINITY), Rule::LongDwell),
    limit("M208", "S", Bound::Between(-5.0, 5.0), Rule::LongExtrusion),
    // On RepRapFirmware what G11 pushes more is M207 R.
    limit("M207", "R", Bound::Between(-5.0, 5.0), Rule::LongExtrusion),
    limit("M211", "S", Bound::Between(1.0, 1.0), Rule::Endstops),
    // How far the nozzle is lifted for another tool: no further than before homing. Marlin, M217.
    limit("M217", "Z", Bound::Between(0.0, 20.0), Rule::OutsideTravel),
    // Stock files set 100, and MK3S ones 95 of M221; whoever wants a tenth or twice of all speeds, or half as much filament again,
    // slices anew. A guess. Marlin, M220, M221.
    limit("M220", "S", Bound::Between(10.0, 200.0), Rule::FlowFactor),
    limit("M221", "S", Bound::Between(50.0, 150.0), Rule::FlowFactor),
    // Nothing else is obeyed while it beeps. Marlin, M300.
    Limit {
        name: "M300",
        letters: "P",
        bound: Bound::Between(0.0, 10_000.0),
        severity: Severity::Ask,
        rule: Rule::LongDwell,
    },
    // Stock start codes of machines with pressing nozzles ask for 155 and 160.
    limit("M302", "S", Bound::Between(150.0, 300.0), Rule::ColdExtrusion),
    // Without its mesh a warped bed is in the way of a nozzle that is as high as it says. Marlin, M420.
    limit("M420", "S", Bound::Between(1.0, 1.0), Rule::OriginShift),
    limit("M420", "Z", Bound::Fade(FADE_MM_MIN), Rule::OriginShift),
    // As M205, in millimetres a minute. RepRapFirmware, M566.
    limit("M566", "XYE", Bound::Between(0.0, 30.0 * 60.0), Rule::MotionLimits),
    limit("M566", "Z", Bound::Jerk, Rule::MotionLimits),
    limit("M566", "P", Bound::Between(0.0, 1.0), Rule::MotionLimits),
    limit("M568", "P", Bound::Extruders, Rule::Tool),
    limit("M568", "A", Bound::Between(0.0, 2.0), Rule::UnknownParameter),
    // Seconds by which filament is pushed ahead. RepRapFirmware's owners of long tubes set up to 1; Prusa's stock files up to 0.27.
    // RepRapFirmware, M572; Prusa-Firmware-Buddy, M572.
    limit("M572", "SW", Bound::Advance, Rule::MotionLimits),
    // Frequencies of a frame, in hertz, and a damping of less than all: shapers divide by what is left of one. Marlin, M593.
    limit("M593", "F", Bound::Between(0.0, 500.0), Rule::MotionLimits),
    limit("M593", "D", Bound::Between(0.0, 0.99), Rule::MotionLimits),
    // Linear advance 1.0 counted to some hundred, of which stock files set up to 200; 1.5 counts to 2. Marlin, M900; Prusa, M900.
    limit("M900", "K", Bound::Between(0.0, 500.0), Rule::MotionLimits),
    // 1.0 multiplies K by the share of the filament's section that a line of W by H has: 0.04 in stock files, and here 0.2 at most.
    // Marlin 1.1, `gcode_M900`.
    limit("M900", "W", Bound::Between(0.0, 1.0), Rule::MotionLimits),
    limit("M900", "H", Bound::Between(0.0, 0.45), Rule::MotionLimits),
    limit("M900", "D", Bound::Between(1.7, 3.2), Rule::MotionLimits),
    limit("M906", "XYZE", Bound::MotorCurrent, Rule::MotorCurrent),
    limit("M907", "XYZE", Bound::MotorCurrent, Rule::MotorCurrent),
];
