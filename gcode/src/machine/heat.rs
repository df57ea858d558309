//! Heaters and the fan: what was asked of them, and what is still asked when the file ends.

use crate::dialect::Dialect;
use crate::extent::{Extent, widen};
use crate::mark::{Here, Mark};
use crate::number::Micro;
use crate::profile::Nozzles;
use crate::words::Words;

use super::heater::{Heater, Target};
use super::warmth::{Warmth, Warmths};
use super::{TOOLS, tool_place};

/// What is less than this `RepRapFirmware` takes for "off". `RepRapFirmware`, `NEARLY_ABS_ZERO`.
const NEARLY_ABSOLUTE_ZERO: Micro = Micro::whole(-273);

/// A room on a hot day: what stands in it cools no further, however long it is waited for.
const ROOM: Micro = Micro::whole(35);

/// More fans than any profile may list, and a place for all that are beyond.
pub(crate) const FANS: usize = 8;

/// Whether the firmware goes on at once, or waits until it is as warm as it was asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    GoesOn,
    Waits,
}

/// All heaters.
#[derive(Clone, Debug)]
pub(crate) struct Heat {
    dialect: Dialect,
    nozzles: [Heater; TOOLS],
    warmths: Warmths,
    bed: Heater,
    chamber: Heater,
    pub(crate) nozzle_peak: Target,
    pub(crate) bed_peak: Target,
    pub(crate) chamber_peak: Target,
    /// Less than nought was asked for.
    pub(crate) below_zero: Option<Mark>,
    /// What no room lets cool that far is waited for.
    pub(crate) endless_wait: Option<Mark>,
    /// The tools that are heated by their numbers.
    pub(crate) named: Option<Extent>,
    /// How much the part's fan blew, at most.
    pub(crate) fan_peak: Micro,
    /// Where each fan was first told anything; the last stands for all beyond.
    pub(crate) fans: [Option<Mark>; FANS],
}

impl Heat {
    pub(crate) fn new(dialect: Dialect, nozzles: Nozzles) -> Self {
        Self {
            dialect,
            nozzles: Default::default(),
            warmths: Warmths::new(dialect, nozzles),
            bed: Heater::default(),
            chamber: Heater::default(),
            nozzle_peak: None,
            bed_peak: None,
            chamber_peak: None,
            below_zero: None,
            endless_wait: None,
            named: None,
            fan_peak: Micro::ZERO,
            fans: [None; FANS],
        }
    }

    /// M104 and M109: of the tool that T names. To turn off one that is not there changes nothing: firmwares tell of it, or
    /// pass over it. Marlin, `get_target_extruder_from_command`; Klipper, `extruder.py`, `cmd_M104`.
    pub(crate) fn nozzle(&mut self, pace: Pace, words: &Words, active: usize, here: Here<'_>) {
        self.note_odd(pace, words, here);
        let off = words.number(b'S') == Some(Micro::ZERO)
            && words.number(b'R').is_none_or(|asked| asked == Micro::ZERO);
        if let Some(tool) = words.number(b'T').filter(|_| !off) {
            self.name_tool(tool, here);
        }
        let tool = named(words, b'T', active);
        self.set_nozzle(tool, pace, words, here);
        // Who writes M104 knows of no standby: it is set, too. `RepRapFirmware`, `GCodes2.cpp`, M104.
        if self.dialect == Dialect::RepRapFirmware && (words.has(b'S') || pace == Pace::Waits) {
            self.nozzles[tool].standby = self.nozzles[tool].target;
        }
    }

    /// `G10 P0 S200 R150` of `RepRapFirmware`.
    pub(crate) fn tool(&mut self, words: &Words, active: usize, here: Here<'_>) {
        self.note_odd(Pace::GoesOn, words, here);
        self.set_nozzle(named(words, b'P', active), Pace::GoesOn, words, here);
    }

    /// M140 and M190.
    pub(crate) fn bed(&mut self, pace: Pace, words: &Words, here: Here<'_>) {
        self.note_odd(pace, words, here);
        self.bed.set(pace, words, &mut self.bed_peak, here);
    }

    /// M141 and M191.
    pub(crate) fn chamber(&mut self, pace: Pace, words: &Words, here: Here<'_>) {
        self.note_odd(pace, words, here);
        self.chamber.set(pace, words, &mut self.chamber_peak, here);
    }

    /// M106.
    pub(crate) fn blow(&mut self, words: &Words, here: Here<'_>) {
        self.name_fan(words, here);
        let parts = words.number(b'P').is_none_or(|fan| fan < Micro::whole(1));
        let speed = words.number(b'S').unwrap_or(Micro::whole(255));
        if parts {
            self.fan_peak = self.fan_peak.max(speed);
        }
    }

    /// M106 and M107: which fan it is. Firmwares drop what follows the point.
    pub(crate) fn name_fan(&mut self, words: &Words, here: Here<'_>) {
        let fan = words.number(b'P').map_or(0, |fan| fan.0 / 1_000_000);
        let place = usize::try_from(fan).map_or(FANS - 1, |fan| fan.min(FANS - 1));
        self.fans[place].get_or_insert_with(|| here.mark());
    }

    /// Returns how warm the nozzle is that is held.
    #[inline]
    pub(crate) fn warmth(&self) -> Warmth {
        self.warmths.now()
    }

    /// A macro heats, and its owner vouches for it.
    pub(crate) fn vouch(&mut self) {
        self.warmths.vouch();
    }

    /// Whoever has a name for it turned all heaters off. That they stay so is asked elsewhere.
    pub(crate) fn cool(&mut self) {
        self.warmths.cool();
    }

    /// `RepRapFirmware`, M116.
    pub(crate) fn wait(&mut self) {
        self.warmths.wait();
    }

    /// Another tool is held.
    pub(crate) fn hold(&mut self, tool: usize) {
        self.warmths.hold(tool);
    }

    /// M302 S.
    pub(crate) fn guard(&mut self, celsius: Micro) {
        if self.dialect != Dialect::Klipper {
            self.warmths.guard(celsius);
        }
    }

    /// A tool is told of by its number.
    pub(crate) fn name_tool(&mut self, tool: Micro, here: Here<'_>) {
        widen(&mut self.named, tool, here);
    }

    fn set_nozzle(&mut self, tool: usize, pace: Pace, words: &Words, here: Here<'_>) {
        if let Some(target) = self.nozzles[tool].set(pace, words, &mut self.nozzle_peak, here) {
            self.warmths.ask(tool, target, pace);
        }
    }

    /// Notes what firmwares read in their own ways. Marlin cuts a temperature to 16 bits, so that -65 236 °C is 300;
    /// Klipper raises an error and stays as hot as it was. Marlin, `value_celsius`; Klipper, `heaters.py`.
    fn note_odd(&mut self, pace: Pace, words: &Words, here: Here<'_>) {
        let [held, cooled] = [b'S', b'R'].map(|letter| words.number(letter));
        let off = |value| self.dialect == Dialect::RepRapFirmware && value < NEARLY_ABSOLUTE_ZERO;
        if [held, cooled].into_iter().flatten().any(|value| value < Micro::ZERO && !off(value)) {
            self.below_zero.get_or_insert_with(|| here.mark());
        }
        // Klipper waits until it is neither warmer nor colder, but for nought not at all. Klipper, `heaters.py`.
        let settles = held.filter(|value| self.dialect == Dialect::Klipper && Micro::ZERO < *value);
        let waits =
            pace == Pace::Waits && [cooled, settles].into_iter().flatten().any(|v| v < ROOM);
        if waits {
            self.endless_wait.get_or_insert_with(|| here.mark());
        }
    }

    /// Returns the line that turned each nozzle off, by number; none where it is hot, or nothing was said of it.
    pub(crate) fn nozzles_off(&self) -> [Option<u64>; TOOLS] {
        std::array::from_fn(|tool| self.nozzles[tool].off())
    }

    pub(crate) fn bed_off(&self) -> Option<u64> {
        self.bed.off()
    }

    pub(crate) fn chamber_off(&self) -> Option<u64> {
        self.chamber.off()
    }

    /// Returns what heaters are still asked for, with the line that asked.
    pub(crate) fn still_hot(&self) -> impl Iterator<Item = (Micro, &Mark)> {
        let all = self.nozzles.iter().chain([&self.bed, &self.chamber]);
        let asked = all.flat_map(|heater| {
            // Where one line set both alike, it is told once.
            let said = |asked: &Target| asked.map(|(value, mark)| (value, mark.line()));
            let other = said(&heater.target) != said(&heater.standby);
            [Some(&heater.target), Some(&heater.standby).filter(|_| other)]
        });
        asked.flatten().filter_map(|asked| match asked {
            Some((value, mark)) if Micro::ZERO < *value => Some((*value, mark)),
            Some(_) | None => None,
        })
    }
}

/// Returns the tool that `letter` names; without it the one that is held.
fn named(words: &Words, letter: u8, held: usize) -> usize {
    words.number(letter).map_or(held, |tool| tool_place(tool.0 / 1_000_000))
}
