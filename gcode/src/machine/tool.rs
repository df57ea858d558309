//! Which tool is held.

use super::{Machine, NO_TOOL, TOOLS, tool_place};
use crate::dialect::Dialect;
use crate::number::Micro;
use crate::words::Words;

impl Machine {
    /// `T-1`: no tool is held. `RepRapFirmware`, T.
    pub(crate) fn put_down_tool(&mut self) {
        self.select(NO_TOOL);
    }

    fn select(&mut self, tool: u32) {
        self.clock.stop();
        self.tool = tool_place(tool);
        self.heat.hold(self.tool);
    }

    /// T, and P0. On the XL with S1 the nozzle stays at the docks, as it does where no tool is held before or after, and with D0 as
    /// high as it was lifted for that. Prusa-Firmware-Buddy, `T.cpp`.
    pub(super) fn change_tool(&mut self, tool: u32, words: &Words) {
        let none = [self.tool, tool_place(tool)].contains(&(TOOLS - 1));
        self.select(tool);
        if self.dialect != Dialect::Buddy {
            return;
        }
        let stays = words.has(b'S') && words.number(b'S').is_none_or(|s| Micro::whole(1) <= s);
        if stays || none {
            self.stray(0);
            self.stray(1);
        }
        if words.number(b'D') == Some(Micro::ZERO) {
            self.stray(2);
        }
    }
}
