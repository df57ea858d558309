//! How long the head stands in one place: a hot nozzle chars its filament, and the print below it.

use crate::extent::raise;
use crate::mark::{Here, Mark};
use crate::number::Micro;

/// Less far away is the same place.
const ELSEWHERE: Micro = Micro::whole(1);

/// The dwells since the head was last elsewhere, the longest row of them, and all of them together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rest {
    at: [Option<Micro>; 3],
    time: Micro,
    pub(crate) peak: Option<(Micro, Mark)>,
    all: Micro,
    pub(crate) total: Option<(Micro, Mark)>,
}

impl Rest {
    /// The head stands at `at` for `time`, in seconds.
    pub(super) fn go_on(&mut self, at: [Option<Micro>; 3], time: Micro, here: Here<'_>) {
        if !self.at.iter().zip(at).all(|(one, other)| is_near(*one, other)) {
            self.at = at;
            self.time = Micro::ZERO;
        }
        let time = time.max(Micro::ZERO);
        self.time = self.time.plus(time);
        raise(&mut self.peak, self.time, here);
        self.all = self.all.plus(time);
        raise(&mut self.total, self.all, here);
    }
}

fn is_near(one: Option<Micro>, other: Option<Micro>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.minus(other).abs() < ELSEWHERE,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
