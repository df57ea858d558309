//! Shares of all speeds and of all that is pushed, and the limits that a file sets.

use super::{Machine, tool_place};
use crate::dialect::Dialect;
use crate::mark::Here;
use crate::number::Micro;
use crate::words::Words;

impl Machine {
    /// The printer's own limits are changed.
    pub(crate) fn limit(&mut self, here: Here<'_>) {
        self.last_said.limits = Some(here.mark());
    }

    /// M220: S in percent. On Prusa's printers B keeps the present one, and R takes it back; to Klipper no S is 100. Prusa, M220;
    /// Prusa-Firmware-Buddy, `M220.cpp`; Klipper, `gcode_move.py`, `cmd_M220`.
    pub(super) fn set_speed_factor(&mut self, words: &Words, here: Here<'_>) {
        self.last_said.speed = Some(here.mark());
        let said = words.number(b'S');
        match self.dialect {
            Dialect::Prusa | Dialect::Buddy => {
                let before = self.speed_factor;
                if words.has(b'R') {
                    self.speed_factor = self.speed_factor_kept;
                }
                if words.has(b'B') {
                    self.speed_factor_kept = before;
                }
            }
            Dialect::Klipper if said.is_none() => self.speed_factor = 1.0,
            Dialect::Marlin | Dialect::Klipper | Dialect::RepRapFirmware => {}
        }
        if let Some(percent) = said {
            self.speed_factor = percent.to_f64().clamp(1.0, 1000.0) / 100.0;
        }
        self.note_crawl(here);
    }

    /// M221: of the tool that T names. To Klipper no S is 100. Marlin, M221; Klipper, `gcode_move.py`, `cmd_M221`.
    pub(super) fn set_flow_factor(&mut self, words: &Words, here: Here<'_>) {
        self.last_said.flow = Some(here.mark());
        let tool = words.number(b'T').map_or(self.tool, |tool| tool_place(tool.0 / 1_000_000));
        let unsaid = (self.dialect == Dialect::Klipper).then_some(Micro::whole(100));
        if let Some(percent) = words.number(b'S').or(unsaid) {
            self.feeders[tool].flow_factor = percent.to_f64().clamp(0.0, 1000.0) / 100.0;
        }
    }
}
