//! The rules of the verdict, each with the reason why it exists and where that is written.
//!
//! "Marlin" is Marlin's G-code reference, "Klipper" its G-code reference and configuration checks, "`OctoPrint`" its
//! documentation of host commands.

use serde::{Deserialize, Serialize};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The bytes are another format: an archive, a model, a web page.
    NotGcode,
    /// No command in it.
    Empty,
    /// The slicer's closing lines or layers are missing: the download broke off.
    Truncated,
    /// A line that cannot be read, or that firmwares read in different ways.
    Syntax,
    /// The slicer left `{...}` in: Klipper would run it as a template.
    Placeholder,
    /// More code on a line than a buffer of 96 bytes holds: the rest becomes a command of its own, or is dropped with the checksum, so
    /// that the line is asked for again and again. Prusa, `cmdqueue.cpp`; Marlin and Prusa-Firmware-Buddy, `queue.cpp`.
    LineTooLong,
    /// A wrong checksum: the file was altered after it was numbered. Marlin, M110.
    Checksum,
    /// Line numbers belong to the sender, not to the file. Marlin, M110.
    LineNumbers,
    /// Neither the dialect nor the printer's owner allows it.
    UnknownCommand,
    /// An allowed command with a parameter that slicers do not write.
    UnknownParameter,
    /// More different commands than any slicer writes.
    TooManyCommands,
    /// `@pause` and its kind act in the print server, and plugins add more. OctoPrint, "@ commands".
    HostCommand,
    /// "M118 A1 action:cancel" drives the host through the printer, "M118 ok" speaks in the printer's place. Marlin, M118.
    HostAction,
    /// Outlives the print: "save settings to EEPROM", "restore factory defaults". Marlin, M500 to M504. Klipper, `SAVE_CONFIG`.
    Settings,
    /// "In-application firmware update". Marlin, M997.
    Firmware,
    /// Leaves a safety stop, or breaks a wait. Marlin, M999, M112, M410, M108. Klipper, `FIRMWARE_RESTART`.
    SafetyStop,
    /// "Disable cold extrusion checking." Marlin, M302. Prusa's MK3 firmware does so wherever it finds no S.
    ColdExtrusion,
    /// Heats by itself and changes how heaters are held. Marlin, M301, M303, M304. Klipper, `PID_CALIBRATE`.
    HeaterTuning,
    /// All later positions would be wrong. Marlin, M92, M350. Klipper, `SET_EXTRUDER_ROTATION_DISTANCE`.
    Steps,
    /// "Excessive value can damage the printer", says the stock start code. Marlin, M906, M907.
    MotorCurrent,
    /// Accelerations and speeds beyond the printer's. Marlin, M201 to M205. Klipper, `SET_VELOCITY_LIMIT`.
    MotionLimits,
    /// No more clipping "to the physical boundaries". Marlin, M211.
    Endstops,
    /// Moves the origin, or the mesh under it: every later check of bounds would be void. Marlin, G29, G92, M206, M420, M851.
    /// Prusa, G28 with a value. Klipper, `SET_GCODE_OFFSET`, `BED_MESH_CLEAR`.
    OriginShift,
    /// "No boundary checks are performed." Klipper, `FORCE_MOVE`.
    RawMotion,
    /// Pins, servos, buses, lasers. Marlin, M3, M42, M280, M260. Klipper, `SET_PIN`.
    Pins,
    /// "May also shut down the electronics", and so the fan of a hot nozzle. Marlin, M81.
    Power,
    /// A fan other than the part's: the hotend's and the electronics' must not stop, nor wait for more heat, while it is hot.
    /// Marlin, M106 (P), M710. `RepRapFirmware`, M106 (H, T). Prusa, M142. Klipper, `SET_FAN_SPEED`.
    Fan,
    /// Other files, loops, stored macros: what was read is not what would run. Marlin, M23, M32, M808, M810. Klipper, SDCARD_*.
    OtherCode,
    /// Runs programs of the host, or changes macros while printing. Klipper, `RUN_SHELL_COMMAND`, `SET_GCODE_VARIABLE`.
    Shell,
    /// The serial line itself. Marlin, M110, M111, M575.
    Serial,
    /// Waits for a person while the nozzle is hot. Marlin, M0, M600, M601.
    WaitsForPerson,
    /// Waits long in one place while the nozzle is hot, or moves as good as not. Marlin, G4, M300.
    LongDwell,
    /// S and R alike: R also sets the target. Marlin, M109.
    NozzleTooHot,
    /// Marlin, M140, M190.
    BedTooHot,
    /// Marlin, M141, M191.
    ChamberTooHot,
    /// Heats through a command whose targets are not followed here, or maybe by a macro's word that nobody explains. Klipper,
    /// `SET_HEATER_TEMPERATURE`, "Commands templates".
    HeaterSideDoor,
    /// Turns off the timer that cools an abandoned printer. Marlin, M85, M86. Klipper, `SET_IDLE_TIMEOUT`.
    IdleTimeout,
    /// The file ends and a heater is still on: truncated, or meant so. Firmwares hold what they were last asked for, and no end of
    /// a file asks for less. Marlin, M104, M140; Klipper, "G-Codes", M104; its `[idle_timeout]` comes ten minutes later.
    LeftHot,
    /// Moves before it knows where the nozzle is, or lets the motors go that hold it there. Marlin, G28, M84, M1001.
    Unhomed,
    /// Relative moves from a place that is not known when the file is checked: G28 and G29 end where the firmware's build says, a
    /// macro where its author says. Marlin, G91, G28, `Z_SAFE_HOMING`; Klipper, `[safe_z_home]`.
    RelativeFromUnknown,
    /// Beyond where the nozzle may travel: on a delta the less far out, the higher up. Marlin, M665.
    OutsideTravel,
    /// Extrudes where there is no bed.
    OutsidePrint,
    /// Lower than the bed. Not every build stops there, and one that was probed may be off. Marlin, M211, M851; Klipper,
    /// `position_min` of `[stepper_z]`.
    BelowBed,
    /// Looks for Z at the bed where a print may stand by then, or for X and Y lower than its top. Marlin, G28, G29. Klipper,
    /// `BED_MESH_CALIBRATE`.
    OntoPrint,
    /// A G2 or G3 that firmwares refuse or guess at. Marlin, G2. Klipper, `gcode_arcs`.
    Arc,
    /// Faster than the printer; firmwares cap it, so the time will differ. Marlin, M203; Klipper, `max_velocity` of `[printer]`.
    Feed,
    /// More filament than the hotend melts: gears grind, layers starve. M221 counts. Marlin, M221.
    Flow,
    /// More filament in one move, or in several in one place, than any slicer's purge, also by G10 and G11; or so much pulled back
    /// that it leaves the gears. Marlin, M207; Klipper, `max_extrude_only_distance`.
    LongExtrusion,
    /// Extrudes, and the nozzle is not said to be so hot that filament flows: it is off, or on its way, or another is heated. Firmwares
    /// push nothing below 170 or 175 °C: the print is air, or Klipper's error. Marlin and Prusa, `EXTRUDE_MINTEMP`, M302; Klipper,
    /// `min_extrude_temp`.
    ExtrudesCold,
    /// Multiplies what is extruded or how fast. Marlin, M220, M221, M200.
    FlowFactor,
    /// X, Y or Z are told before the file says whether numbers are places or steps: the last print's word would hold. A warning, since
    /// stock start codes of Cura say nothing, and whoever leaves steps behind asks; but a number of Z below nought, which as a step leads
    /// into the bed, asks too. Marlin, G90.
    PlaceModeUnknown,
    /// What the printer keeps for the next print: steps, shares of speed and flow, limits, what each G11 pushes. Marlin, G91, M220,
    /// M221, M203, M204, M208; Klipper, `gcode_move.py`.
    LeavesBehind,
    /// E is used before the file says how it is read, and from where it counts: the last print's word would hold. Marlin, M82, G92.
    ExtrusionModeUnknown,
    /// After `G91` and `M82` (and the reverse) firmwares read E in different ways, Marlin 1.1 and 2 among them. Marlin, G90;
    /// Klipper, `gcode_move`.
    ExtrusionModeAmbiguous,
    /// Lengths in inches, also those of M203, M205 and M207. Marlin knows them only if it was built so; Klipper has no G20.
    Inches,
    /// A tool that the printer does not have. Marlin, T.
    Tool,
    /// Sliced for another machine. Marlin/Prusa, M862.
    OtherPrinter,
    /// Sliced for another nozzle. Prusa, M862.1.
    OtherNozzle,
    /// Sliced for a material that the printer is not set up for.
    OtherMaterial,
    /// The slicer's own figure is far from what the file does.
    ClaimsDiffer,
}
