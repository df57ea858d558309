//! What a person should know before it runs, and what is refused for a reason that has a name.

use crate::finding::Severity;
use crate::rule::Rule;
use crate::say::{Text, commands as say};

/// Allowed, but a person should know before it runs.
pub(super) const SUSPECT: &[(&str, Severity, Rule, Text)] = &[
    ("M0", Severity::Ask, Rule::WaitsForPerson, say::WAITS),
    ("M1", Severity::Ask, Rule::WaitsForPerson, say::WAITS),
    ("M25", Severity::Ask, Rule::WaitsForPerson, say::PAUSES),
    ("M600", Severity::Ask, Rule::WaitsForPerson, say::WAITS_FOR_FILAMENT),
    ("M85", Severity::Warn, Rule::IdleTimeout, say::IDLE_TIMER),
    ("M601", Severity::Ask, Rule::WaitsForPerson, say::PAUSES),
    ("PAUSE", Severity::Ask, Rule::WaitsForPerson, say::PAUSES),
    // No slicer writes it, and which number is which printer only its firmware knows. Prusa, M862.2.
    ("M862.2", Severity::Ask, Rule::OtherPrinter, say::MODEL_BY_NUMBER),
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
        ],
        Rule::Pins,
        say::PINS,
    ),
    (&["M80", "M81"], Rule::Power, say::POWER),
    (&["M710", "SET_FAN_SPEED", "SET_TEMPERATURE_FAN_TARGET"], Rule::Fan, say::OTHER_FAN),
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
