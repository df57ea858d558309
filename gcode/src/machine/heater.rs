//! One heater: what was asked of it last.

use super::heat::Pace;
use crate::extent::raise;
use crate::mark::{Here, Mark};
use crate::number::Micro;
use crate::words::Words;

/// What a heater was last asked for.
pub(super) type Target = Option<(Micro, Mark)>;

/// One heater.
///
/// S is what it is held at. R is so only where it is waited for: it adds that cooling is waited for, too. Where both stand,
/// Marlin takes S and other firmwares R: the hotter one counts. Where nothing is waited for, R is a Duet's standby, and other
/// firmwares pass over it: neither turns the other off. Marlin, `M104_M109.cpp`, `M140_M190.cpp`; `RepRapFirmware`,
/// `GCodes2.cpp`, M140.
#[derive(Clone, Debug, Default)]
pub(super) struct Heater {
    pub(super) target: Target,
    pub(super) standby: Target,
}

impl Heater {
    /// Returns what it shall be held at from now on, if the words say it.
    pub(super) fn set(
        &mut self,
        pace: Pace,
        words: &Words,
        peak: &mut Target,
        here: Here<'_>,
    ) -> Option<Micro> {
        let [held, other] = [b'S', b'R'].map(|letter| words.number(letter));
        let (target, standby) = match pace {
            Pace::GoesOn => (held, other),
            Pace::Waits => (held.max(other), None),
        };
        for (slot, asked) in [(&mut self.target, target), (&mut self.standby, standby)] {
            let Some(value) = asked else { continue };
            *slot = Some((value, here.mark()));
            raise(peak, value, here);
        }
        target
    }

    /// Returns the line that turned it off.
    pub(super) fn off(&self) -> Option<u64> {
        let (value, mark) = self.target?;
        let standby = self.standby.is_some_and(|(value, _)| Micro::ZERO < value);
        (value <= Micro::ZERO && !standby).then(|| mark.line())
    }
}
