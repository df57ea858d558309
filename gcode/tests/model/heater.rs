//! A heater of the small printer: what each firmware takes a temperature for.

use super::firmware::{Command, Firmware};

/// A heater that breaks above `max`.
#[derive(Debug)]
pub(super) struct Heater {
    held: f64,
    /// A Duet's second target, which it falls back to when its tool is let go.
    standby: f64,
    /// As warm as it is for sure: what was waited for, or less.
    reached: f64,
    max: f64,
}

impl Heater {
    pub(super) fn of(max: f64) -> Self {
        Self { held: 0.0, standby: 0.0, reached: 0.0, max }
    }

    /// Holds what is asked for. In Marlin's family that is a whole number of 16 bits; a Duet takes less than -273 °C for off, and
    /// refuses what no heater reaches; Klipper takes nothing for nought, and refuses what is below it.
    pub(super) fn hold(&mut self, firmware: Firmware, asked: Option<f64>) -> Result<(), String> {
        let asked = match firmware {
            Firmware::Klipper => Some(asked.unwrap_or(0.0)).filter(|celsius| 0.0 <= *celsius),
            Firmware::Duet => asked.filter(|celsius| *celsius < -273.0 || 0.0 <= *celsius),
            Firmware::Marlin1 | Firmware::Marlin2 | Firmware::Prusa | Firmware::Buddy => {
                asked.map(|celsius| (celsius.trunc() + 32_768.0).rem_euclid(65_536.0) - 32_768.0)
            }
        };
        self.held = asked.unwrap_or(self.held);
        self.reached = self.reached.min(self.held);
        self.bear(self.held)
    }

    /// What it is held at is waited for.
    pub(super) fn await_it(&mut self) {
        self.reached = self.held;
    }

    /// Returns whether the firmware pushes filament.
    pub(super) fn melts(&self, firmware: Firmware) -> bool {
        let least = match firmware {
            Firmware::Prusa => 175.0,
            Firmware::Duet => 160.0,
            Firmware::Marlin1 | Firmware::Marlin2 | Firmware::Buddy | Firmware::Klipper => 170.0,
        };
        least <= self.reached
    }

    /// M104 and M109 set a Duet's standby, too.
    pub(super) fn hold_both(
        &mut self,
        firmware: Firmware,
        asked: Option<f64>,
    ) -> Result<(), String> {
        self.stand_by(firmware, asked)?;
        self.hold(firmware, asked)
    }

    pub(super) fn stand_by(
        &mut self,
        firmware: Firmware,
        asked: Option<f64>,
    ) -> Result<(), String> {
        if let (Firmware::Duet, Some(celsius)) = (firmware, asked) {
            self.standby = celsius;
        }
        self.bear(self.standby)
    }

    pub(super) fn is_on(&self) -> bool {
        0.0 < self.held.max(self.standby)
    }

    fn bear(&self, celsius: f64) -> Result<(), String> {
        if self.max < celsius { Err(format!("{celsius} °C")) } else { Ok(()) }
    }
}

/// What M109 and M190 wait for: R, where there is no S, also when it cools. A Duet takes R before S, and Klipper knows no R.
pub(super) fn awaited(firmware: Firmware, command: &Command) -> Option<f64> {
    let [held, cooled] = ['S', 'R'].map(|letter| command.value(letter));
    match firmware {
        Firmware::Duet => cooled.or(held),
        Firmware::Klipper => held,
        Firmware::Marlin1 | Firmware::Marlin2 | Firmware::Prusa | Firmware::Buddy => {
            held.or(cooled)
        }
    }
}
