//! Whether a nozzle is so warm that filament flows, as far as the file tells.

use super::TOOLS;
use super::heat::Pace;
use crate::dialect::Dialect;
use crate::number::Micro;
use crate::profile::Nozzles;

/// No filament of a printer flows below this, and no slicer lets firmwares push any: `M302 S155` is the least of stock codes.
const MELTS: Micro = Micro::whole(150);

/// What was last told of a nozzle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Nothing,
    Asked(Micro),
    /// Waited for, or asked for from where filament flowed already.
    Reached(Micro),
    /// By the owner of a macro, who vouches that it heats.
    Vouched,
}

/// How warm it is. Of several that share a nozzle the last of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Warmth {
    Unsaid,
    Off,
    Warming,
    Hot,
}

/// All nozzles, and the one that is held.
#[derive(Clone, Debug)]
pub(super) struct Warmths {
    told: [Told; TOOLS],
    nozzles: Nozzles,
    held: usize,
    /// Below this the firmware pushes nothing.
    least: Micro,
    /// Asked at each push: ready.
    now: Warmth,
}

impl Warmths {
    /// Firmwares push nothing below 170 °C, Prusa's of 8 bits nothing below 175 and `RepRapFirmware` nothing below 160. Marlin and
    /// Prusa, `EXTRUDE_MINTEMP`; Klipper, `min_extrude_temp`; `RepRapFirmware`, M302.
    pub(super) fn new(dialect: Dialect, nozzles: Nozzles) -> Self {
        let least = match dialect {
            Dialect::Prusa => 175,
            Dialect::RepRapFirmware => 160,
            Dialect::Marlin | Dialect::Buddy | Dialect::Klipper => 170,
        };
        Self {
            told: [Told::Nothing; TOOLS],
            nozzles,
            held: 0,
            least: Micro::whole(least),
            now: Warmth::Unsaid,
        }
    }

    #[inline]
    pub(super) fn now(&self) -> Warmth {
        self.now
    }

    pub(super) fn ask(&mut self, tool: usize, target: Micro, pace: Pace) {
        let was = self.warmth(self.told[tool]);
        if self.nozzles == Nozzles::Shared {
            // What a macro heated is what this is about.
            self.told
                .iter_mut()
                .filter(|told| **told == Told::Vouched)
                .for_each(|told| *told = Told::Nothing);
        }
        let reached = pace == Pace::Waits || was == Warmth::Hot && self.least <= target;
        self.told[tool] = if reached { Told::Reached(target) } else { Told::Asked(target) };
        self.reckon();
    }

    /// All that was asked for is waited for. `RepRapFirmware`, M116.
    pub(super) fn wait(&mut self) {
        for told in &mut self.told {
            if let Told::Asked(target) = *told {
                *told = Told::Reached(target);
            }
        }
        self.reckon();
    }

    /// A macro heats whatever it prints with.
    pub(super) fn vouch(&mut self) {
        self.told = [Told::Vouched; TOOLS];
        self.reckon();
    }

    /// All heaters are turned off.
    pub(super) fn cool(&mut self) {
        self.told = [Told::Asked(Micro::ZERO); TOOLS];
        self.reckon();
    }

    pub(super) fn hold(&mut self, tool: usize) {
        self.held = tool;
        self.reckon();
    }

    /// M302 S: filament may be pushed from `celsius` on. Klipper knows no M302.
    pub(super) fn guard(&mut self, celsius: Micro) {
        self.least = celsius.max(MELTS);
        self.reckon();
    }

    fn warmth(&self, told: Told) -> Warmth {
        match told {
            Told::Nothing => Warmth::Unsaid,
            Told::Vouched => Warmth::Hot,
            Told::Reached(target) if self.least <= target => Warmth::Hot,
            Told::Asked(target) if self.least <= target => Warmth::Warming,
            Told::Reached(_) | Told::Asked(_) => Warmth::Off,
        }
    }

    fn reckon(&mut self) {
        self.now = match self.nozzles {
            Nozzles::Own => self.warmth(self.told[self.held]),
            Nozzles::Shared => {
                let all = self.told.iter().map(|told| self.warmth(*told));
                all.max().unwrap_or(Warmth::Unsaid)
            }
        };
    }
}
