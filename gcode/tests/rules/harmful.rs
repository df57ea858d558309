//! Commands that no parameter makes harmless, each refused for its own reason.

use visorfarm_gcode::Rule;

use super::{forbids, klipper};

#[test]
fn each_command_that_does_harm_is_refused_for_its_own_reason() {
    for (rule, commands) in HARMFUL {
        for command in *commands {
            forbids(*rule, command, "M105");
        }
    }
}

#[test]
fn each_named_command_that_does_harm_is_refused_for_its_own_reason() {
    for (rule, commands) in HARMFUL_BY_NAME {
        for command in *commands {
            klipper(*rule, command, "STATUS");
        }
    }
}

/// No parameter makes them harmless.
const HARMFUL: &[(Rule, &[&str])] = &[
    (Rule::Settings, &["M500", "M502", "M504"]),
    (Rule::SafetyStop, &["M999", "M112", "M410", "M108"]),
    (Rule::HeaterTuning, &["M301 P20", "M303 S200", "M304 P20", "M306 T"]),
    (Rule::Steps, &["M92 X80", "M350 X16"]),
    (Rule::MotorCurrent, &["M906 X900", "M907 X900", "M908 P0 S200", "M910"]),
    (
        Rule::OriginShift,
        &[
            "M206 Z-1",
            "M428",
            "M851 Z-1",
            "M290 Z-1",
            "M421 I0 J0 Z-1",
            "M665 H300",
            "M666 X-1",
            "M218 T1 X9",
            "G53",
            "G55",
            "G56",
            "G57",
            "G58",
            "G59",
            "G59.1",
            "G59.2",
            "G59.3",
            "G92 X9",
            "G92 Y9",
            "G92",
        ],
    ),
    (
        Rule::Pins,
        &["M3 S9", "M4", "M5", "M42 P4", "M43", "M226 P4", "M280 P0", "M281", "M260", "M261"],
    ),
    (Rule::Power, &["M80", "M81"]),
    (
        Rule::OtherCode,
        &[
            "M20",
            "M21",
            "M22",
            "M23 a.gco",
            "M24",
            "M26",
            "M27",
            "M28 a.gco",
            "M29",
            "M30 a.gco",
            "M32 a.gco",
            "M33 a.gco",
            "M34",
            "M36",
            "M37",
            "M38",
            "M98 P\"a.g\"",
            "M808 L5",
            "M810",
            "M811",
            "M812",
            "M813",
            "M814",
            "M815",
            "M816",
            "M817",
            "M818",
            "M819",
            "M928 a.log",
        ],
    ),
    (Rule::Serial, &["M110 N5", "M111 S7", "M575 P0 B250000"]),
    (Rule::HeaterSideDoor, &["M145 S0 H300", "G26"]),
    (Rule::IdleTimeout, &["M86"]),
    (Rule::UnknownCommand, &["G18", "G19", "G38.2 Z-5", "M569.1", "M1000"]),
];

/// The same under Klipper.
const HARMFUL_BY_NAME: &[(Rule, &[&str])] = &[
    (Rule::Settings, &["SAVE_VARIABLE VARIABLE=a VALUE=1", "Z_OFFSET_APPLY_ENDSTOP"]),
    (Rule::SafetyStop, &["RESTART", "FIRMWARE_RESTART"]),
    (Rule::HeaterTuning, &["PID_CALIBRATE HEATER=extruder TARGET=300", "MPC_CALIBRATE"]),
    (
        Rule::Steps,
        &[
            "SET_EXTRUDER_ROTATION_DISTANCE EXTRUDER=extruder DISTANCE=1",
            "SET_EXTRUDER_STEP_DISTANCE EXTRUDER=extruder DISTANCE=1",
        ],
    ),
    (
        Rule::MotorCurrent,
        &["SET_TMC_CURRENT STEPPER=x CURRENT=3", "SET_TMC_FIELD", "INIT_TMC", "SET_DIGIPOT"],
    ),
    (Rule::OriginShift, &["SET_KINEMATIC_POSITION X=0", "BED_MESH_OFFSET X=9"]),
    (
        Rule::RawMotion,
        &[
            "STEPPER_BUZZ STEPPER=x",
            "MANUAL_STEPPER STEPPER=x MOVE=5",
            "SET_STEPPER_ENABLE STEPPER=x",
            "SYNC_EXTRUDER_MOTION EXTRUDER=e",
            "SET_DUAL_CARRIAGE CARRIAGE=1",
        ],
    ),
    (Rule::Pins, &["SET_PIN PIN=a VALUE=1", "SET_SERVO SERVO=a ANGLE=9", "SET_LED LED=a"]),
    (Rule::OtherCode, &["SDCARD_PRINT_FILE FILENAME=a", "SDCARD_LOOP_BEGIN COUNT=5"]),
    (
        Rule::Shell,
        &["RESPOND TYPE=command", "UPDATE_DELAYED_GCODE ID=a", "SET_GCODE_VARIABLE MACRO=a"],
    ),
    (
        Rule::HeaterSideDoor,
        &["SET_HEATER_TEMPERATURE HEATER=extruder", "TEMPERATURE_WAIT SENSOR=extruder"],
    ),
    (Rule::IdleTimeout, &["SET_IDLE_TIMEOUT TIMEOUT=0"]),
];
