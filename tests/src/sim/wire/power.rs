//! Processes that end: the agents, with or without what their disks held, and OctoPrint.

use visorfarm_agent::octoprint::push::Lost;
use visorfarm_agent::supervise::Phase;

use super::row::Row;
use super::scene::{Happening as Next, Scene};
use super::shop::{Happening, Process};
use crate::sim::disk::Health;
use crate::sim::octoprint::Process as Server;

impl Scene {
    /// An agent's process is no more; neither is what its disk had not synced, if the power went.
    pub(super) fn agent_fell(&mut self, shop: usize) {
        let found = &mut self.shops[shop];
        if let Some(Process { untold, run, .. }) = found.process.take() {
            let at_hand = match run {
                Some((_, Phase::Preparing)) => Some(Row::AgentKilledPreparing),
                Some((_, Phase::Printing { .. })) => Some(Row::AgentKilledPrinting),
                Some((_, Phase::Starting { .. })) | None => None,
            };
            let untold = (0 < untold).then_some(Row::AgentKilledUntold);
            at_hand.into_iter().chain(untold).for_each(|row| self.mark(row));
        }
        match self.shops[shop].disk.health() {
            Health::Full => self.mark(Row::DiskFull),
            Health::Failing => self.power_cut(shop),
            Health::Good | Health::ReadOnly => {}
        }
    }

    fn power_cut(&mut self, shop: usize) {
        self.mark(Row::PowerCut);
        self.shops[shop].disk.set_health(Health::Good);
        if self.shops[shop].disk.power_cut(&mut self.chance) {
            self.mark(Row::TornWrite);
        }
        if self.chance.percent(50) {
            self.kill_octoprint(shop, 20_000);
        }
    }

    /// OctoPrint is killed, and comes back.
    pub(super) fn kill_octoprint(&mut self, shop: usize, back_in: u64) {
        if self.shops[shop].octoprint.process == Server::Down {
            return;
        }
        self.tell(format!("in shop {shop}: OctoPrint is killed"));
        if let Some((print, end)) = self.shops[shop].octoprint.kill() {
            self.mark(Row::OctoPrintKilled);
            self.truth.end(print, end);
        }
        self.deafen(shop, Lost::Closed);
        self.later(back_in, Next::Shop(shop, Happening::OctoPrintStarts));
    }
}
