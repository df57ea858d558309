//! Machines that sleep, as laptops do when their lids are shut: their printers go on beside an OctoPrint of their own,
//! and what was under way to them arrives when they wake.

use visorfarm_agent::octoprint::push::Lost;

use super::mutant::Mutant;
use super::row::Row;
use super::world::{Happening, World};

/// How soon an agent notices that its machine slept, in milliseconds: its own figure.
const NOTICES_WITHIN: u64 = 1_000;

/// How long a connection to the coordinator stands without a word, in milliseconds: the broker's keep-alive.
const LINK_STANDS: u64 = 45_000;

/// Whether a machine slept since its agent felt its pulse last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Slept {
    /// It did not, as far as the agent knows.
    #[default]
    No,
    /// It did, or still does.
    Unnoticed,
}

impl World {
    /// Says whether the agent's machine sleeps.
    pub(super) fn is_asleep(&self, agent: usize) -> bool {
        self.now < self.agents[agent].asleep_until
    }

    /// Says whether what is pushed to the agent now is lost.
    pub(super) fn is_deaf(&self, agent: usize) -> bool {
        self.is_asleep(agent) && self.agents[agent].deaf_from <= self.now
    }

    /// The machine of an agent sleeps for so long.
    pub(super) fn sleep(&mut self, agent: usize, millis: u64) {
        let Some(process) = &self.agents[agent].process else { return };
        if self.is_asleep(agent) {
            return;
        }
        let process = process.number;
        self.reached.mark(Row::Slept);
        self.agents[agent].asleep_until = self.now + millis;
        self.agents[agent].slept = Slept::Unnoticed;
        self.misses(agent, millis);
        // What is sent to a machine that sleeps is lost, or kept for it for a while, or for good.
        let kept_for = if self.chance.percent(50) { 0 } else { self.chance.between(0, 2 * millis) };
        self.agents[agent].deaf_from = self.now + kept_for;
        let notices = self.chance.between(0, NOTICES_WITHIN);
        self.later(millis + notices, Happening::Wakes { agent, process });
        if LINK_STANDS < millis {
            let link = self.agents[agent].links;
            self.later(millis, Happening::KeepAlive { agent, link });
        }
    }

    /// The machine is awake again, and its agent is about to notice.
    pub(super) fn wakes(&mut self, agent: usize, process: u64) {
        if self.runs(agent, process) {
            self.feels_a_sleep(agent);
        }
    }

    /// An agent whose machine slept since it felt its pulse last listens to OctoPrint anew.
    pub(super) fn feels_a_sleep(&mut self, agent: usize) {
        let slept = std::mem::take(&mut self.agents[agent].slept);
        if slept == Slept::Unnoticed && self.mutant != Some(Mutant::SleepUnnoticed) {
            self.tell(|world| format!("{} wakes", world.agents[agent].id));
            self.lose_socket(agent, Lost::Slept);
        }
    }

    /// Returns how long it takes until a sleeping machine lets this happen, if it is for one.
    pub(super) fn sleeps_for(&self, happening: &Happening) -> Option<u64> {
        let agent = match happening {
            Happening::Beat { agent, .. }
            | Happening::Seen { agent, .. }
            | Happening::Socket { agent, .. }
            | Happening::Push { agent, .. }
            | Happening::Answer { agent, .. }
            | Happening::Deleted { agent, .. }
            | Happening::Job { agent, .. }
            | Happening::Connect { agent, .. }
            | Happening::KeepAlive { agent, .. }
            | Happening::Down { agent, .. } => *agent,
            _ => return None,
        };
        self.is_asleep(agent).then(|| self.agents[agent].asleep_until - self.now)
    }
}
