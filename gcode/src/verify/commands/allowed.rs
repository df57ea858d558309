//! What files may say: commands with their parameters, by dialect.

use crate::dialect::Dialect;

/// A command that files may hold.
pub(super) struct Allowed {
    pub(super) name: &'static str,
    pub(super) letters: Letters,
    pub(super) speakers: Speakers,
}

/// Which parameters it may carry.
pub(super) enum Letters {
    Only(&'static str),
    /// What follows is a text, or concerns nobody but the printer's display.
    Any,
}

/// Which firmwares know it in this sense.
pub(super) enum Speakers {
    All,
    Only(Dialect),
    AllBut(Dialect),
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

/// Moves stand here for the letters that they may not carry.
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
    // No C: Prusa's firmware stores where the motors stood. Prusa, G28. What homes precisely takes Q for O, older versions of it
    // for nothing. Prusa-Firmware-Buddy, G28.
    only(Dialect::Buddy, "G28", "XYZWORLQ"),
    all("G28", "XYZWORL"),
    // What probes or loads a mesh; nothing that stores one (S), shifts it (C, Z) or writes a point of it (W, I, Z, Q). J throws
    // it away where the mesh is bilinear. Marlin, `abl/G29.cpp`.
    only(Dialect::Marlin, "G29", "AEFLOPRTVXYB"),
    only(Dialect::RepRapFirmware, "G29", "S"),
    // `P1 X0 Y0 W50 H20 C` probes where the print is, `G` lets the bed warm through, in the start codes of its own slicer.
    only(Dialect::Buddy, "G29", "APXYWHCG"),
    // Klipper has none of these: they are macros, if its owner has them.
    but(Dialect::Klipper, "G32", ""),
    but(Dialect::Klipper, "G34", "ITAE"),
    but(Dialect::Klipper, "G80", "NXYWH"),
    all("G90", ""),
    all("G91", ""),
    all("G92", "XYZE"),
    all("M17", "XYZE"),
    all("M18", "XYZES"),
    all("M31", ""),
    all("M73", "PRQSCD"),
    only(Dialect::Buddy, "M74", "W"),
    all("M75", ""),
    all("M76", ""),
    all("M77", ""),
    all("M82", ""),
    all("M83", ""),
    all("M84", "XYZES"),
    all("M85", "S"),
    all("M104", "STR"),
    // When the XL will need a tool, and how hot. Prusa-Firmware-Buddy, M104.1.
    only(Dialect::Buddy, "M104.1", "TPQS"),
    all("M105", "T"),
    // T is a speed to come back to; on RepRapFirmware it is how hot the nozzle must be before its fan turns.
    but(Dialect::RepRapFirmware, "M106", "SPT"),
    only(Dialect::RepRapFirmware, "M106", "SP"),
    // To no firmware T is a fan here. Older profiles of deltas end with `M107 T0`.
    all("M107", "PT"),
    all("M109", "STR"),
    all("M114", "D"),
    any("M115"),
    // Waits until heaters are as warm as they were asked to be; what stands below 40 °C it does not wait for.
    // RepRapFirmware, `Heat::HeaterAtSetTemperature`.
    only(Dialect::RepRapFirmware, "M116", "PHCS"),
    any("M117"),
    any("M118"),
    all("M119", ""),
    all("M140", "SR"),
    all("M141", "S"),
    only(Dialect::Buddy, "M142", "SR"),
    all("M150", "RUBWPIS"),
    all("M155", "S"),
    all("M190", "SR"),
    all("M191", "S"),
    all("M200", "DTS"),
    all("M201", "XYZE"),
    all("M203", "XYZE"),
    all("M204", "PRTS"),
    all("M205", "XYZEJBST"),
    // No W: what G10 S1 pulls back for a change of filament is the printer's own affair.
    all("M207", "SFZR"),
    all("M208", "SFR"),
    all("M211", "S"),
    // How far the XL lifts the nozzle to change tools, and (P0) how it parks one.
    only(Dialect::Buddy, "M217", "Z"),
    only(Dialect::Buddy, "P0", "SLDM"),
    all("M220", "SBR"),
    all("M221", "STD"),
    all("M300", "SP"),
    all("M302", "S"),
    all("M355", "SP"),
    all("M400", ""),
    only(Dialect::Buddy, "M403", "EF"),
    all("M412", "SHRD"),
    all("M413", "S"),
    all("M420", "SZV"),
    // No P, C, U: of an object that is cancelled firmwares skip the moves, so that none is where it seems. Marlin, M486.
    all("M486", "AST"),
    all("M501", ""),
    all("M503", ""),
    only(Dialect::Buddy, "M555", "XYWH"),
    only(Dialect::RepRapFirmware, "M566", "XYZEP"),
    // A tool's temperatures, as by G10; and whether it is off, on standby or active, which turns nothing off for sure here.
    // RepRapFirmware, M568.
    only(Dialect::RepRapFirmware, "M568", "PSRA"),
    all("M569", "SXYZE"),
    all("M572", "DSW"),
    // No P: "the change is permanent". Prusa-Firmware-Buddy, `M591.cpp`.
    only(Dialect::Buddy, "M591", "SR"),
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
    // Raise3D's start and end of a print, which ideaMaker writes for all. Marlin takes the first for the print's end, as M84.
    all("M1001", ""),
    all("M1002", ""),
    all("M0", "SP"),
    all("M1", "SP"),
    all("M25", ""),
    // Where to wait, and how far to pull and push the filament, is the printer's own affair.
    all("M600", "BT"),
    all("M601", ""),
];
