//! What files may say: commands with their parameters by dialect, and the refused ones whose reason has a name.

use crate::dialect::Dialect;
use crate::finding::Severity;
use crate::rule::Rule;
use crate::say::{Text, commands as say};

/// A command that files may hold.
pub(super) struct Allowed {
    pub(super) name: &'static str,
    pub(super) letters: Letters,
    pub(super) speakers: Speakers,
}

/// Which parameters it may carry.
pub(super) enum Letters {
    Only(&'static str),
    Any,
}

/// Which firmwares know it in this sense.
pub(super) enum Speakers {
    All,
    Only(Dialect),
    AllBut(Dialect),
}

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
    Feed,
    Acceleration,
    Fans,
    Extruders,
    /// Listed by letter in the profile.
    MotorCurrent,
    /// The parameter may stand, but not with a number.
    Bare,
}

const fn all(name: &'static str, letters: &'static str) -> Allowed {
    Allowed { name, letters: Letters::Only(letters), speakers: Speakers::All }
}

const fn any(name: &'static str) -> Allowed {
    Allowed { name, letters: Letters::Any, speakers: Speakers::All }
}

const fn only(dialect: Dialect, name: &'static str, letters: &'static str) -> Allowed {
    Allowed { name, letters: Letters::Only(letters), speakers: Speakers::Only(dialect) }
}

const fn but(dialect: Dialect, name: &'static str, letters: &'static str) -> Allowed {
    Allowed { name, letters: Letters::Only(letters), speakers: Speakers::AllBut(dialect) }
}

/// Sorted as the references list them. Moves stand here for the letters that they may not carry.
pub(super) const ALLOWED: &[Allowed] = &[
    all("G0", "XYZEF"),
    all("G1", "XYZEF"),
    all("G2", "XYZEFIJRP"),
    all("G3", "XYZEFIJRP"),
    all("G4", "SP"),
    but(Dialect::RepRapFirmware, "G10", "S"),
    only(Dialect::RepRapFirmware, "G10", "PSR"),
    all("G11", ""),
    all("G17", ""),
    all("G20", ""),
    all("G21", ""),
    all("G28", "XYZWORLC"),
    // What probes or loads a mesh; nothing that stores one (S), shifts it (C, Z) or writes a point of it (W, I, J, Z, Q).
    only(Dialect::Marlin, "G29", "AEFJLOPRTVXYB"),
    only(Dialect::Klipper, "G29", ""),
    only(Dialect::RepRapFirmware, "G29", "S"),
    // `P1 X0 Y0 W50 H20 C` probes where the print is, `G` lets the bed warm through, in the start codes of its own slicer.
    only(Dialect::Prusa, "G29", "APXYWHCG"),
    all("G32", ""),
    all("G34", "ITAE"),
    all("G80", "NXYWH"),
    all("G90", ""),
    all("G91", ""),
    all("G92", "XYZE"),
    all("M17", "XYZE"),
    all("M18", "XYZES"),
    all("M31", ""),
    all("M73", "PRQSCD"),
    only(Dialect::Prusa, "M74", "W"),
    any("M75"),
    any("M76"),
    any("M77"),
    all("M82", ""),
    all("M83", ""),
    all("M84", "XYZES"),
    all("M85", "S"),
    all("M104", "STR"),
    all("M105", "T"),
    all("M106", "SPT"),
    all("M107", "P"),
    all("M109", "STR"),
    all("M114", "D"),
    any("M115"),
    any("M117"),
    any("M118"),
    all("M119", ""),
    all("M140", "SR"),
    all("M141", "S"),
    only(Dialect::Prusa, "M142", "SR"),
    all("M150", "RUBWPIS"),
    all("M155", "S"),
    all("M190", "SR"),
    all("M191", "S"),
    all("M200", "DTS"),
    all("M201", "XYZE"),
    all("M203", "XYZE"),
    all("M204", "PRTS"),
    all("M205", "XYZEJBST"),
    all("M207", "SFZWR"),
    all("M208", "SFWR"),
    all("M211", "S"),
    // How far the XL lifts the nozzle to change tools, and (P0) how it parks one.
    only(Dialect::Prusa, "M217", "Z"),
    only(Dialect::Prusa, "P0", "SLDM"),
    all("M220", "SBR"),
    all("M221", "STD"),
    all("M300", "SP"),
    all("M302", "SP"),
    all("M355", "SP"),
    all("M400", ""),
    only(Dialect::Prusa, "M403", "EF"),
    all("M412", "SHRD"),
    all("M413", "S"),
    all("M420", "SZV"),
    all("M486", "ASTPUC"),
    all("M501", ""),
    all("M503", ""),
    only(Dialect::Prusa, "M555", "XYWH"),
    all("M569", "SXYZE"),
    all("M572", "DSW"),
    only(Dialect::Prusa, "M591", "SRP"),
    all("M593", "XYFDTA"),
    any("M862"),
    any("M862.1"),
    any("M862.2"),
    any("M862.3"),
    any("M862.4"),
    any("M862.5"),
    any("M862.6"),
    all("M900", "KTLWHD"),
    all("M907", "XYZE"),
    all("M906", "XYZE"),
    // Raise3D's start and end of a print, which ideaMaker writes for all.
    all("M1001", ""),
    all("M1002", ""),
    all("M0", "SP"),
    all("M1", "SP"),
    all("M25", ""),
    // Where to wait, and how far to pull and push the filament, is the printer's own affair.
    all("M600", "BT"),
    all("M601", ""),
];

const fn limit(name: &'static str, letters: &'static str, bound: Bound, rule: Rule) -> Limit {
    Limit { name, letters, bound, severity: Severity::Forbid, rule }
}

/// Where an allowed command would do harm all the same.
pub(super) const LIMITS: &[Limit] = &[
    Limit {
        name: "G4",
        letters: "S",
        bound: Bound::Between(0.0, 600.0),
        severity: Severity::Ask,
        rule: Rule::LongDwell,
    },
    Limit {
        name: "G4",
        letters: "P",
        bound: Bound::Between(0.0, 600_000.0),
        severity: Severity::Ask,
        rule: Rule::LongDwell,
    },
    // "To home and set the position to this value": so Prusa's firmware reads them, others pass over them. Prusa, G28.
    limit("G28", "XYZ", Bound::Between(0.0, 0.0), Rule::OriginShift),
    // The lift before homing.
    limit("G28", "R", Bound::Between(0.0, 20.0), Rule::OutsideTravel),
    limit("G29", "C", Bound::Bare, Rule::OriginShift),
    // A height at which the mesh no longer counts. Marlin, G29, as M420.
    limit("G29", "F", Bound::Between(0.0, 100.0), Rule::OriginShift),
    // To probe, or to load what was probed; what more there is stores it under a name. RepRapFirmware, G29.
    limit("G29", "S", Bound::Between(0.0, 2.0), Rule::Settings),
    limit("M17", "XYZE", Bound::Bare, Rule::MotorCurrent),
    limit("M104", "T", Bound::Extruders, Rule::Tool),
    limit("M109", "T", Bound::Extruders, Rule::Tool),
    limit("M221", "T", Bound::Extruders, Rule::Tool),
    limit("M106", "P", Bound::Fans, Rule::Tool),
    limit("M107", "P", Bound::Fans, Rule::Tool),
    limit("M106", "S", Bound::Between(0.0, 255.0), Rule::UnknownParameter),
    limit("M142", "SR", Bound::Between(0.0, 60.0), Rule::NozzleTooHot),
    limit("M200", "D", Bound::Between(0.0, 0.0), Rule::FlowFactor),
    limit("M200", "S", Bound::Between(0.0, 0.0), Rule::FlowFactor),
    limit("M201", "XYZ", Bound::Acceleration, Rule::MotionLimits),
    // Stock start codes set E from 2500 to 10 000 mm/s²: the filament's inertia is nothing.
    limit("M201", "E", Bound::Between(0.0, 20_000.0), Rule::MotionLimits),
    limit("M203", "XYZE", Bound::Feed, Rule::MotionLimits),
    limit("M204", "PRTS", Bound::Acceleration, Rule::MotionLimits),
    limit("M205", "XYZEB", Bound::Between(0.0, 30.0), Rule::MotionLimits),
    limit("M205", "J", Bound::Between(0.0, 0.3), Rule::MotionLimits),
    // What G10 pulls back and lifts, and what G11 pushes more than that. Marlin, M207, M208.
    limit("M207", "SW", Bound::Between(0.0, 20.0), Rule::LongExtrusion),
    limit("M207", "Z", Bound::Between(0.0, 10.0), Rule::OutsideTravel),
    limit("M208", "SW", Bound::Between(-5.0, 5.0), Rule::LongExtrusion),
    limit("M211", "S", Bound::Between(1.0, 1.0), Rule::Endstops),
    limit("M217", "Z", Bound::Between(0.0, 20.0), Rule::OutsideTravel),
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
    limit("M302", "P", Bound::Between(0.0, 0.0), Rule::ColdExtrusion),
    limit("M420", "Z", Bound::Between(0.0, 100.0), Rule::OriginShift),
    limit("M572", "SW", Bound::Between(0.0, 2.0), Rule::MotionLimits),
    // Frequencies of a frame, in hertz, and a damping of less than all. Marlin, M593.
    limit("M593", "F", Bound::Between(0.0, 500.0), Rule::MotionLimits),
    limit("M593", "D", Bound::Between(0.0, 1.0), Rule::MotionLimits),
    // Linear advance 1.0 counted to some hundred, 1.5 counts to 2.
    limit("M900", "K", Bound::Between(0.0, 500.0), Rule::MotionLimits),
    limit("M906", "XYZE", Bound::MotorCurrent, Rule::MotorCurrent),
    limit("M907", "XYZE", Bound::MotorCurrent, Rule::MotorCurrent),
];

/// Allowed, but a person should know before it runs.
pub(super) const SUSPECT: &[(&str, Severity, Rule, Text)] = &[
    ("M0", Severity::Ask, Rule::WaitsForPerson, say::WAITS),
    ("M1", Severity::Ask, Rule::WaitsForPerson, say::WAITS),
    ("M25", Severity::Ask, Rule::WaitsForPerson, say::PAUSES),
    ("M600", Severity::Ask, Rule::WaitsForPerson, say::WAITS_FOR_FILAMENT),
    ("M85", Severity::Warn, Rule::IdleTimeout, say::IDLE_TIMER),
    ("M601", Severity::Ask, Rule::WaitsForPerson, say::PAUSES),
    ("PAUSE", Severity::Ask, Rule::WaitsForPerson, say::PAUSES),
    ("M501", Severity::Warn, Rule::Settings, say::RELOADS_SETTINGS),
];

/// Refused with a reason better than "not known". A name ending in `*` stands for all that begin so.
pub(super) const REFUSED: &[(&[&str], Rule, Text)] = &[
    (
        &["M500", "M502", "M504", "SAVE_CONFIG", "SAVE_VARIABLE", "Z_OFFSET_APPLY_*"],
        Rule::Settings,
        say::LASTING_SETTINGS,
    ),
    (&["@*"], Rule::HostCommand, say::HOST_COMMAND),
    (&["M997"], Rule::Firmware, say::FIRMWARE),
    (
        &["M999", "M112", "M410", "M108", "RESTART", "FIRMWARE_RESTART"],
        Rule::SafetyStop,
        say::SAFETY_STOP,
    ),
    (
        &["M301", "M303", "M304", "M306", "PID_CALIBRATE", "MPC_CALIBRATE"],
        Rule::HeaterTuning,
        say::HEATER_TUNING,
    ),
    (
        &["M92", "M350", "SET_EXTRUDER_ROTATION_DISTANCE", "SET_EXTRUDER_STEP_DISTANCE"],
        Rule::Steps,
        say::STEPS,
    ),
    (
        &["M908", "M910", "SET_TMC_*", "INIT_TMC", "DUMP_TMC", "SET_DIGIPOT"],
        Rule::MotorCurrent,
        say::MOTOR_DRIVERS,
    ),
    (
        &[
            "M206",
            "M208",
            "M428",
            "M851",
            "M290",
            "M421",
            "M665",
            "M666",
            "M218",
            "G53",
            "G54",
            "G55",
            "G56",
            "G57",
            "G58",
            "G59",
            "G59.1",
            "G59.2",
            "G59.3",
            "SET_GCODE_OFFSET",
            "SET_KINEMATIC_POSITION",
            "BED_MESH_OFFSET",
        ],
        Rule::OriginShift,
        say::ORIGIN,
    ),
    (
        &[
            "FORCE_MOVE",
            "STEPPER_BUZZ",
            "MANUAL_STEPPER",
            "SET_STEPPER_*",
            "SYNC_*",
            "SET_DUAL_CARRIAGE",
        ],
        Rule::RawMotion,
        say::RAW_MOTION,
    ),
    (
        &[
            "M3",
            "M4",
            "M5",
            "M42",
            "M43",
            "M226",
            "M280",
            "M281",
            "M260",
            "M261",
            "SET_PIN",
            "SET_SERVO",
            "SET_LED*",
            "SET_FAN_SPEED",
        ],
        Rule::Pins,
        say::PINS,
    ),
    (&["M80", "M81"], Rule::Power, say::POWER),
    (
        &[
            "M20", "M21", "M22", "M23", "M24", "M26", "M27", "M28", "M29", "M30", "M32", "M33",
            "M34", "M36", "M37", "M38", "M98", "M808", "M810", "M811", "M812", "M813", "M814",
            "M815", "M816", "M817", "M818", "M819", "M928", "SDCARD_*",
        ],
        Rule::OtherCode,
        say::OTHER_CODE,
    ),
    (
        &[
            "RESPOND",
            "RUN_SHELL_COMMAND",
            "UPDATE_DELAYED_GCODE",
            "SET_GCODE_VARIABLE",
            "CALL_REMOTE*",
        ],
        Rule::Shell,
        say::HOST,
    ),
    (&["M110", "M111", "M575"], Rule::Serial, say::SERIAL),
    (
        &["SET_HEATER_TEMPERATURE", "TEMPERATURE_WAIT", "M145", "G26"],
        Rule::HeaterSideDoor,
        say::SIDE_DOOR,
    ),
    (&["M86", "SET_IDLE_TIMEOUT"], Rule::IdleTimeout, say::IDLE_TIMER),
];
