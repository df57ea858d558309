//! Commands that are no moves: which part of the printer obeys each.

use super::{Machine, NO_TOOL, Pace};
use crate::dialect::{Dialect, Positioning};
use crate::mark::Here;
use crate::number::Micro;
use crate::words::{Command, Words};

use super::Units;

impl Machine {
    /// Obeys any command but a move. What is unknown here changes nothing here: the verdict knows it from the census.
    pub(crate) fn obey(&mut self, command: Command, words: &Words, here: Here<'_>) {
        match (command.letter, command.number) {
            (b'G', 4) => self.dwell(words, here),
            (b'M', 300) => self.beep(words, here),
            (b'M', number @ (201 | 203 | 204 | 205 | 566)) => {
                self.clock.obey(command, words);
                if matches!(number, 201 | 203 | 204) {
                    self.limit(here);
                }
            }
            (b'M', 220) => self.set_speed_factor(words, here),
            (b'M', 221) => self.set_flow_factor(words, here),
            (b'M', 116) => {
                self.clock.stop();
                self.heat.wait();
            }
            (b'M', 0 | 1 | 25 | 400 | 600 | 601) => self.clock.stop(),
            (b'G', 10)
                if self.modes.heats_by_g10() && words.strays(0)
                    || words.has(b'P')
                    || words.has(b'R') =>
            {
                self.heat.tool(words, self.tool, here);
            }
            (b'G', 10) => self.pull_back(here),
            (b'M', 568) if self.dialect == Dialect::RepRapFirmware => {
                self.heat.tool(words, self.tool, here);
            }
            (b'G', 11) => self.take_back(here),
            (b'M', 207) => self.set_retraction(words, here),
            (b'M', 208) => self.set_recovery(words, here),
            (b'G', 20) => {
                self.units = Units::Inches;
                self.firsts.inches.get_or_insert_with(|| here.mark());
            }
            (b'G', 21) => self.units = Units::Millimetres,
            (b'G', 28) => self.go_home(words, here),
            // Probing moves the head; where it ends is the firmware's affair.
            (b'G', number @ (29 | 30 | 32 | 33 | 34 | 76 | 80 | 81)) => {
                self.note_onto_print(here);
                if number == 29 {
                    self.probe_mesh(words, here);
                }
                self.wander();
            }
            (b'G', 90) => self.modes.set_axes(Positioning::Absolute),
            (b'G', 91) => {
                self.modes.set_axes(Positioning::Relative);
                self.last_said.steps = Some(here.mark());
            }
            (b'M', 486) => self.pass_to_object(words),
            (b'G', 92) => self.rename_position(words, here),
            (b'M', 82) => self.modes.set_extruder(Positioning::Absolute),
            (b'M', 83) => self.modes.set_extruder(Positioning::Relative),
            (b'M', 18 | 84) => self.motors_off(words),
            // "Execute actions for SD print completion", `SD_FINISHED_RELEASECOMMAND` among them, which is M84. Marlin,
            // `M1001.cpp`.
            (b'M', 1001) if matches!(self.dialect, Dialect::Marlin | Dialect::Buddy) => {
                self.motors_off(words);
            }
            // Obeyed only in the mode in which its P or its Q counts: it may heat, and turns nothing off for sure.
            // Prusa-Firmware-Buddy, `PrusaGcodeSuite::M104_1`.
            (b'M', 104)
                if command.sub != 0 && words.number(b'S').is_none_or(|s| s <= Micro::ZERO) => {}
            (b'M', number @ (104 | 109 | 140 | 190 | 141 | 191)) => {
                self.set_heat(number, words, here);
            }
            (b'M', 106) => self.heat.blow(words, here),
            (b'M', 107) => self.heat.name_fan(words, here),
            (b'M', 302) => match words.number(b'S') {
                Some(celsius) => self.heat.guard(celsius),
                None => {
                    self.firsts.cold_unguarded.get_or_insert_with(|| here.mark());
                }
            },
            (b'T', tool) => self.change_tool(tool, words),
            // The XL parks its tool: what names none afterwards is for none.
            (b'P', 0) => self.change_tool(NO_TOOL, words),
            _ => {}
        }
    }

    fn set_heat(&mut self, number: u32, words: &Words, here: Here<'_>) {
        let pace = if matches!(number, 109 | 190 | 191) { Pace::Waits } else { Pace::GoesOn };
        if pace == Pace::Waits {
            self.clock.stop();
        }
        match number {
            104 | 109 => self.heat.nozzle(pace, words, self.tool, here),
            140 | 190 => self.heat.bed(pace, words, here),
            _ => self.heat.chamber(pace, words, here),
        }
    }

    /// G4. Klipper knows no S. Klipper, `toolhead.py`, `cmd_G4`.
    fn dwell(&mut self, words: &Words, here: Here<'_>) {
        let knows = self.dialect != Dialect::Klipper;
        let seconds = words.number(b'S').filter(|_| knows).unwrap_or_default();
        let milliseconds = words.number(b'P').unwrap_or_default();
        let time = seconds.max(Micro(milliseconds.0 / 1000));
        self.clock.dwell(time.to_f64());
        self.rest.go_on(self.axes.map(|axis| axis.place.last()), time, here);
    }

    /// M300: nothing else is obeyed while it beeps, for P milliseconds. Marlin, M300.
    fn beep(&mut self, words: &Words, here: Here<'_>) {
        let time = Micro(words.number(b'P').unwrap_or_default().0 / 1000);
        self.rest.go_on(self.axes.map(|axis| axis.place.last()), time, here);
    }
}
