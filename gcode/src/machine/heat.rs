//! Heaters and the fan: what was asked of them, and what is still asked when the file ends.

use crate::extent::raise;
use crate::mark::{Here, Mark};
use crate::number::Micro;
use crate::words::Words;

use super::{TOOLS, tool_place};

/// What a heater was last asked for.
pub(crate) type Target = Option<(Micro, Mark)>;

/// No filament of a printer flows below this, and no slicer lets firmwares push any: `M302 S155` is the least of stock codes.
const MELTS: Micro = Micro::whole(150);

/// All heaters. S and R both set a target: R only adds that cooling is waited for. Where both stand, Marlin takes S and other
/// firmwares R: the hotter one counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heat {
    pub(crate) nozzles: [Target; TOOLS],
    /// The greatest of their targets.
    hottest: Micro,
    pub(crate) bed_target: Target,
    pub(crate) chamber_target: Target,
    pub(crate) nozzle_peak: Option<(Micro, Mark)>,
    pub(crate) bed_peak: Option<(Micro, Mark)>,
    pub(crate) chamber_peak: Option<(Micro, Mark)>,
    pub(crate) fan_peak: Micro,
}

impl Heat {
    pub(crate) fn nozzle(&mut self, words: &Words, active: usize, here: Here<'_>) {
        let tool = words.number(b'T').map_or(active, |tool| tool_place(tool.0 / 1_000_000));
        self.set_nozzle(tool, words, here);
    }

    /// `G10 P0 S200 R150` of `RepRapFirmware`.
    pub(crate) fn standby(&mut self, words: &Words, active: usize, here: Here<'_>) {
        let tool = words.number(b'P').map_or(active, |tool| tool_place(tool.0 / 1_000_000));
        self.set_nozzle(tool, words, here);
    }

    pub(crate) fn bed(&mut self, words: &Words, here: Here<'_>) {
        set(&mut self.bed_target, &mut self.bed_peak, words, here);
    }

    pub(crate) fn chamber(&mut self, words: &Words, here: Here<'_>) {
        set(&mut self.chamber_target, &mut self.chamber_peak, words, here);
    }

    pub(crate) fn fan(&mut self, words: &Words) {
        let speed = words.number(b'S').unwrap_or(Micro::whole(255));
        self.fan_peak = self.fan_peak.max(speed);
    }

    /// Returns whether a nozzle is asked to be as warm as filament melts. Any: extruders may share one.
    #[inline]
    pub(crate) fn melts(&self) -> bool {
        MELTS <= self.hottest
    }

    fn set_nozzle(&mut self, tool: usize, words: &Words, here: Here<'_>) {
        set(&mut self.nozzles[tool], &mut self.nozzle_peak, words, here);
        let targets = self.nozzles.iter().flatten().map(|(value, _)| *value);
        self.hottest = targets.max().unwrap_or_default();
    }

    /// Returns the line from which on the file has every nozzle that it names and the bed turned off, if it does.
    pub(crate) fn all_off(&self) -> Option<u64> {
        let nozzle = self.nozzles.iter().flatten().map(|(_, mark)| mark.line()).max()?;
        let (_, bed) = self.bed_target.as_ref()?;
        self.still_hot().next().is_none().then(|| nozzle.min(bed.line()))
    }

    /// Returns the heaters that are still asked to be warm, with the line that asked.
    pub(crate) fn still_hot(&self) -> impl Iterator<Item = (Micro, &Mark)> {
        let all = self.nozzles.iter().chain([&self.bed_target, &self.chamber_target]);
        all.filter_map(|target| match target {
            Some((value, mark)) if Micro::ZERO < *value => Some((*value, mark)),
            Some(_) | None => None,
        })
    }
}

fn set(target: &mut Target, peak: &mut Option<(Micro, Mark)>, words: &Words, here: Here<'_>) {
    if let Some(value) = words.number(b'S').max(words.number(b'R')) {
        *target = Some((value, here.mark()));
        raise(peak, value, here);
    }
}
