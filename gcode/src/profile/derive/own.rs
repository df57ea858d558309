//! Klipper's own extended commands, which no owner's macro is named like.

/// Those that the reader does not know, in order: Klipper's documentation, "G-Codes". What they do depends on the printer's
/// configuration and state, so that a file which uses them is for its owner to judge, not for a profile that was made of a
/// slicer's text.
const NAMES: [&str; 49] = [
    "ACCELEROMETER_MEASURE",
    "ACCELEROMETER_QUERY",
    "ACTIVATE_EXTRUDER",
    "AXIS_TWIST_COMPENSATION_CALIBRATE",
    "BED_MESH_CLEAR",
    "BED_MESH_MAP",
    "BED_MESH_OFFSET",
    "BED_MESH_OUTPUT",
    "BED_SCREWS_ADJUST",
    "CLEAR_PAUSE",
    "DELTA_ANALYZE",
    "DELTA_CALIBRATE",
    "DUMP_TMC",
    "ENDSTOP_PHASE_CALIBRATE",
    "FORCE_MOVE",
    "GET_POSITION",
    "INIT_TMC",
    "MANUAL_PROBE",
    "MANUAL_STEPPER",
    "MEASURE_AXES_NOISE",
    "PALETTE_CONNECT",
    "PID_CALIBRATE",
    "PROBE",
    "PROBE_ACCURACY",
    "PROBE_CALIBRATE",
    "QUERY_ADC",
    "QUERY_PROBE",
    "RESTORE_DUAL_CARRIAGE_STATE",
    "RESTORE_GCODE_STATE",
    "SAVE_DUAL_CARRIAGE_STATE",
    "SAVE_GCODE_STATE",
    "SCREWS_TILT_CALCULATE",
    "SDCARD_LOOP_BEGIN",
    "SDCARD_LOOP_DESIST",
    "SDCARD_LOOP_END",
    "SET_DIGIPOT",
    "SET_DUAL_CARRIAGE",
    "SET_FILAMENT_SENSOR",
    "SET_IDLE_TIMEOUT",
    "SET_INPUT_SHAPER",
    "SET_LED_TEMPLATE",
    "SET_RETRACTION",
    "SET_SERVO",
    "SET_SKEW",
    "SET_STEPPER_ENABLE",
    "SKEW_PROFILE",
    "SYNC_EXTRUDER_MOTION",
    "TEST_RESONANCES",
    "TUNING_TOWER",
];

/// Says whether `name`, in capitals, is a command of Klipper's own.
pub(super) fn is_klippers(name: &str) -> bool {
    NAMES.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        assert!(NAMES.is_sorted());
        assert!(is_klippers("RESTORE_GCODE_STATE") && !is_klippers("START_PRINT"));
    }
}
