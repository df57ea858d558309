//! What the file leaves behind for the next print.

use serde::{Deserialize, Serialize};

use super::evidence::Peak;
use crate::machine;
use crate::mark::{Mark, Spot};

/// What the printer keeps until somebody says otherwise, each with the line that did it last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Left {
    /// Numbers are read as steps.
    pub steps: Option<Spot>,
    /// All speeds are this share of what is asked for, in percent.
    pub speed: Option<Peak>,
    /// What is pushed is this share of what is asked for, in percent.
    pub flow: Option<Peak>,
    /// The printer moves at a tenth of its speed.
    pub slow: Option<Spot>,
    /// Each G11 pushes so many millimetres more than G10 pulled back.
    pub extra: Option<Peak>,
}

impl From<machine::Left> for Left {
    fn from(left: machine::Left) -> Self {
        let spot = |mark: Option<Mark>| mark.as_ref().map(Mark::spot);
        Self {
            steps: spot(left.steps),
            speed: left.speed.map(Peak::from),
            flow: left.flow.map(Peak::from),
            slow: spot(left.slow),
            extra: left.extra.map(Peak::from),
        }
    }
}
