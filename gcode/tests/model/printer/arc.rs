//! G2 and G3, walked in small steps.

use super::{Printer, reach};
use crate::firmware::{Command, Firmware};

impl Printer {
    pub(super) fn arc(&mut self, command: &Command, turn: f64) -> Result<(), String> {
        let value = |wanted| command.value(wanted);
        let centred = command.has('I') || command.has('J');
        if self.firmware == Firmware::Klipper && (command.has('R') || !centred || !self.absolute) {
            return Ok(());
        }
        let start = self.at;
        self.go(&value)?;
        let end = self.at;
        let centre = [start[0] + value('I').unwrap_or(0.0), start[1] + value('J').unwrap_or(0.0)];
        let (spoke, last) = (
            [start[0] - centre[0], start[1] - centre[1]],
            [end[0] - centre[0], end[1] - centre[1]],
        );
        let radius = spoke[0].hypot(spoke[1]);
        let from = spoke[1].atan2(spoke[0]);
        let mut sweep = (turn * (last[1].atan2(last[0]) - from)).rem_euclid(std::f64::consts::TAU);
        if sweep < 1e-9 {
            sweep = std::f64::consts::TAU;
        }
        let mut furthest = 0.0f64;
        for step in 0..=720 {
            let angle = from + turn * sweep * f64::from(step) / 720.0;
            let at = [centre[0] + radius * angle.cos(), centre[1] + radius * angle.sin()];
            reach(0, at[0])?;
            reach(1, at[1])?;
            furthest = furthest.max((at[0] - start[0]).hypot(at[1] - start[1]));
        }
        self.push(command, furthest, 0.0)
    }
}
