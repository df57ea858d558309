//! The mesh of the bed: taken away by the file, and maybe not there while something is printed.

use super::Machine;
use crate::dialect::Dialect;
use crate::mark::{Here, Mark};
use crate::number::Micro;
use crate::words::Words;

/// What G29 does without a person: forgets the mesh, which is refused; probes; fills in what it could not reach; and clears the
/// nozzle. Marlin, "G29 Unified Bed Leveling"; Prusa-Firmware-Buddy, G29.
const BY_ITSELF: [i64; 4] = [0, 1, 3, 9];

/// Since when there is no mesh, and where there was none for what was printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mesh {
    cleared: Option<Mark>,
    missed: Option<Mark>,
}

impl Machine {
    /// The mesh is taken away. Klipper, `BED_MESH_CLEAR`.
    pub(crate) fn clear_mesh(&mut self, here: Here<'_>) {
        self.mesh.cleared.get_or_insert_with(|| here.mark());
    }

    /// G29. With S2 `RepRapFirmware` takes the mesh away. Klipper knows none: whether there is a mesh after it, the owner of the
    /// macro says. `RepRapFirmware`, `GCodes2.cpp`, G29.
    pub(super) fn probe_mesh(&mut self, words: &Words, here: Here<'_>) {
        let by = words.number(b'P').map_or(1, |phase| phase.0 / 1_000_000);
        if !BY_ITSELF.contains(&by) && matches!(self.dialect, Dialect::Marlin | Dialect::Buddy) {
            self.firsts.probed_at_panel.get_or_insert_with(|| here.mark());
        }
        let clears = words.number(b'S').is_some_and(|what| Micro::whole(2) <= what);
        match self.dialect {
            Dialect::RepRapFirmware if clears => self.clear_mesh(here),
            Dialect::Klipper => {}
            Dialect::Marlin | Dialect::Prusa | Dialect::Buddy | Dialect::RepRapFirmware => {
                self.make_mesh();
            }
        }
    }

    /// There is a mesh again: probed, or loaded.
    pub(crate) fn make_mesh(&mut self) {
        self.mesh.missed = self.printed_without_mesh();
        self.mesh.cleared = None;
    }

    /// Returns what took the mesh away before something was printed without one.
    pub(crate) fn printed_without_mesh(&self) -> Option<Mark> {
        let cleared = self.mesh.cleared.filter(|mark| mark.line() < self.printed_at);
        self.mesh.missed.or(cleared)
    }
}
