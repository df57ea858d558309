//! What the file leaves behind: firmwares keep it until they are switched off, and the next print need not say otherwise.

use super::Machine;
use crate::dialect::Positioning;
use crate::mark::Mark;
use crate::number::Micro;

/// The last lines that changed what outlives the file.
#[derive(Clone, Debug, Default)]
pub(super) struct LastSaid {
    /// G91.
    pub(super) steps: Option<Mark>,
    /// M220.
    pub(super) speed: Option<Mark>,
    /// M221.
    pub(super) flow: Option<Mark>,
    /// M201, M203, M204, `SET_VELOCITY_LIMIT`.
    pub(super) limits: Option<Mark>,
    /// M207, M208.
    pub(super) retraction: Option<Mark>,
}

/// What is left at the end, each with the line that did it.
pub(crate) struct Left {
    pub(crate) steps: Option<Mark>,
    /// In percent, where it is not 100.
    pub(crate) speed: Option<(Micro, Mark)>,
    /// Of the tool that is furthest from 100 upwards, or else downwards.
    pub(crate) flow: Option<(Micro, Mark)>,
    /// The printer would move at a tenth of its speed.
    pub(crate) slow: Option<Mark>,
    /// What each G11 would push beyond what G10 pulled back.
    pub(crate) extra: Option<(Micro, Mark)>,
}

impl Machine {
    /// Returns what the next print would find.
    pub(crate) fn left(&self) -> Left {
        let percent = |factor: f64| Micro::from_f64((factor * 100.0).round());
        let other = |percent: &(Micro, Mark)| percent.0 != Micro::whole(100);
        let factors = self.feeders.iter().map(|feeder| feeder.flow_factor);
        let (least, most) = factors
            .fold((1.0f64, 1.0f64), |(least, most), factor| (least.min(factor), most.max(factor)));
        let flow = if 1.0 < most { most } else { least };
        let said = &self.last_said;
        let relative = self.modes.axes == Positioning::Relative;
        let extra = self.retraction.extra();
        Left {
            steps: said.steps.filter(|_| relative),
            speed: said.speed.map(|at| (percent(self.speed_factor), at)).filter(other),
            flow: said.flow.map(|at| (percent(flow), at)).filter(other),
            slow: said.limits.filter(|_| self.clock.is_slowed()),
            extra: said.retraction.map(|at| (extra, at)).filter(|(mm, _)| Micro::ZERO < *mm),
        }
    }
}
