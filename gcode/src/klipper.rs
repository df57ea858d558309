//! Klipper's own named commands, each with what it does: whoever follows a file and whoever judges it go by one table.

/// What a named command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Marks where an object's lines begin and end: nothing moves. Klipper, "Exclude objects".
    Object,
    VelocityLimit,
    PressureAdvance,
    /// Brings the nozzle down all over the bed, and keeps what it finds as the mesh.
    Mesh,
    /// Brings it down to set gantry or bed straight.
    Level,
    /// Loads a mesh, or stores one.
    MeshProfile,
    NoMesh,
    HeatersOff,
    /// Tells how many layers there are.
    PrintStats,
    /// Shows, tells or waits.
    Other,
}

/// Those that print nothing but what slicers mean by them. Klipper, "G-Codes".
const NAMED: [(&str, Named); 17] = [
    ("EXCLUDE_OBJECT_DEFINE", Named::Object),
    ("EXCLUDE_OBJECT_START", Named::Object),
    ("EXCLUDE_OBJECT_END", Named::Object),
    ("SET_PRESSURE_ADVANCE", Named::PressureAdvance),
    ("SET_VELOCITY_LIMIT", Named::VelocityLimit),
    ("SET_PRINT_STATS_INFO", Named::PrintStats),
    ("SET_DISPLAY_TEXT", Named::Other),
    ("BED_MESH_CALIBRATE", Named::Mesh),
    ("BED_MESH_CLEAR", Named::NoMesh),
    ("BED_MESH_PROFILE", Named::MeshProfile),
    ("QUAD_GANTRY_LEVEL", Named::Level),
    ("Z_TILT_ADJUST", Named::Level),
    ("CLEAR_PAUSE", Named::Other),
    ("GET_POSITION", Named::Other),
    ("STATUS", Named::Other),
    ("PAUSE", Named::Other),
    ("TURN_OFF_HEATERS", Named::HeatersOff),
];

impl Named {
    /// Returns what the command `name` does, in capitals or not; none where it is not Klipper's own, or refused.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let is = |known: &str| known.as_bytes().eq_ignore_ascii_case(name);
        NAMED.iter().find(|(known, _)| is(known)).map(|(_, named)| *named)
    }
}
