//! Retraction by the firmware: G10 and G11, as M207 and M208 set them.

use super::Machine;
use super::heap::Stay;
use crate::dialect::Dialect;
use crate::extent::{raise, widen};
use crate::mark::Here;
use crate::number::Micro;
use crate::words::Words;

/// What G10 does, and what G11 does beyond taking it back.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Retraction {
    /// How far the nozzle is lifted for each tool.
    lift: Micro,
    /// What is pushed more than was pulled back.
    extra: Micro,
    /// The tools whose filament is pulled back, by bit.
    pulled: u16,
    /// How far all moves are lifted now. Marlin, `apply_retract`.
    pub(super) hop: Micro,
}

impl Retraction {
    pub(super) fn extra(&self) -> Micro {
        self.extra
    }
}

impl Machine {
    /// M207. While filament is pulled back it is refused: firmwares differ in whether G11 takes back what G10 did, or what is
    /// set by then. Marlin 1.1 and Prusa, `retract`.
    pub(super) fn set_retraction(&mut self, words: &Words, here: Here<'_>) {
        self.last_said.retraction = Some(here.mark());
        if self.retraction.pulled != 0 {
            self.firsts.retraction_changed.get_or_insert_with(|| here.mark());
        }
        self.retraction.lift = words.number(b'Z').unwrap_or(self.retraction.lift);
        // To others R is nothing, or how fast it is taken back. RepRapFirmware, M207.
        if let (Dialect::RepRapFirmware, Some(extra)) = (self.dialect, words.number(b'R')) {
            self.retraction.extra = extra;
        }
    }

    /// M208. To `RepRapFirmware` it is how far the axes go, which is refused.
    pub(super) fn set_recovery(&mut self, words: &Words, here: Here<'_>) {
        self.last_said.retraction = Some(here.mark());
        self.retraction.extra = words.number(b'S').unwrap_or(self.retraction.extra);
    }

    /// G10 pulls filament back and lifts the nozzle until G11. Marlin, M207.
    pub(super) fn pull_back(&mut self, here: Here<'_>) {
        self.retraction.pulled |= 1 << self.tool;
        self.lift_all();
        if let Some(height) = self.axes[2].place.last() {
            self.reach_lifted(height, here);
        }
    }

    /// G11 takes back what G10 did. What it pushes beyond that is counted even where firmwares see nothing to take back.
    pub(super) fn take_back(&mut self, here: Here<'_>) {
        self.retraction.pulled &= !(1 << self.tool);
        self.lift_all();
        for heap in [&mut self.heap, &mut self.heap_unsaid] {
            heap.add(self.retraction.extra, Micro::ZERO, Stay::Here, Micro::ZERO);
        }
        raise(&mut self.push, self.heap.most(), here);
    }

    fn lift_all(&mut self) {
        let tools = i64::from(self.retraction.pulled.count_ones());
        self.retraction.hop = Micro(self.retraction.lift.0.saturating_mul(tools));
    }

    /// Counts where the nozzle is when the file has it at `height`.
    #[cold]
    pub(super) fn reach_lifted(&mut self, height: Micro, here: Here<'_>) {
        let height = height.plus(self.retraction.hop);
        widen(&mut self.travel[2], height, here);
        self.note_reached(height, here);
    }
}
