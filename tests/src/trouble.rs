//! What befalls a program by its environment.

use visorfarm_protocol::failpoint;

use crate::clock::WrongClock;

/// What befalls a program that is started; nothing by default.
#[derive(Debug, Default)]
pub struct Trouble {
    dies_at: Option<String>,
    clock: Option<WrongClock>,
}

impl Trouble {
    /// Lets the program die at a failpoint, such as `after:Ended`, once.
    pub fn dies_at(&mut self, point: &str) {
        self.dies_at = Some(point.to_owned());
    }

    /// Lets the program go by another clock than the machine's.
    pub fn goes_by(&mut self, clock: &WrongClock) {
        self.clock = Some(clock.clone());
    }

    /// Returns what has to stand in the environment of the program that is started now.
    pub(crate) fn variables(&mut self) -> Vec<(&'static str, String)> {
        let mut variables: Vec<_> =
            self.dies_at.take().map(|point| (failpoint::VARIABLE, point)).into_iter().collect();
        variables.extend(self.clock.iter().flat_map(WrongClock::variables));
        variables
    }
}
