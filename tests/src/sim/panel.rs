//! Prints that an owner begins at the printer's own panel, from its own card. OctoPrint knows nothing of them: it shows a
//! heater that is to be hot beside a printer that does nothing, or a printer that is not connected.

use super::octoprint::Process;
use super::row::Row;
use super::truth::By;
use super::world::{Happening, World};

/// How long a printer heats before anything is on its bed, in milliseconds.
const HEATS_FOR: u64 = 60_000;

/// How long a print from the card takes, in milliseconds: longer than the agent takes to be sure that it is one.
const PRINTS_FOR: (u64, u64) = (240_000, 420_000);

/// How the owner came to the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Panel {
    /// As the printer was.
    Connected,
    /// With the printer disconnected from OctoPrint, as long as it prints.
    Unplugged,
}

impl World {
    /// The owner begins a print at the panel of an idle printer that somebody watches: of one that nobody watches the
    /// owner takes the plate off.
    pub(super) fn panel_heats(&mut self, agent: usize, panel: Panel) {
        let found = &self.agents[agent];
        let watched = found.process.as_ref().is_some_and(|process| process.socket.is_some())
            && found.octoprint.process == Process::Up
            && found.missed_until < self.now;
        let free = found.octoprint.is_free() && found.lease().is_none();
        if !watched || !free {
            return;
        }
        if panel == Panel::Unplugged {
            let events = self.agents[agent].octoprint.unplug(self.now);
            self.push(agent, events);
        }
        self.tell(|world| format!("{}: its owner prints at the panel", world.agents[agent].id));
        let events = self.agents[agent].octoprint.heat_at_panel();
        self.push(agent, events);
        // Whoever finds a plate there takes it off, and says so.
        self.agents[agent].bed.clear();
        self.soon((1_000, HEATS_FOR), Happening::TapsWhileItHeats { agent });
        let since = self.now;
        self.later(HEATS_FOR, Happening::PanelPrints { agent, panel, since });
    }

    /// The owner says that the bed is clear, while nothing stands on it yet.
    pub(super) fn taps_while_it_heats(&mut self, agent: usize) {
        if self.agents[agent].bed.is_empty() && self.chance.percent(50) {
            self.say_bed_clear(agent);
        }
    }

    /// The first layer is on the bed. If OctoPrint prints by now, the panel showed that to its owner.
    pub(super) fn panel_prints(&mut self, agent: usize, panel: Panel, since: u64) {
        let found = &mut self.agents[agent];
        if found.octoprint.print.is_some() || found.lease().is_some() {
            let events = found.octoprint.cool_at_panel();
            return self.push(agent, events);
        }
        found.bed.clear();
        let print = self.truth.begin(self.now, None, By::Owner);
        self.agents[agent].bed.push(print);
        self.soon(PRINTS_FOR, Happening::PanelEnds { agent, panel, since });
    }

    /// The print is over.
    pub(super) fn panel_ends(&mut self, agent: usize, panel: Panel, since: u64) {
        let events = self.agents[agent].octoprint.cool_at_panel();
        self.push(agent, events);
        if since <= self.agents[agent].missed_until {
            self.agents[agent].bed.clear();
        } else {
            self.reached.mark(match panel {
                Panel::Connected => Row::PrintedAtPanel,
                Panel::Unplugged => Row::PrintedUnplugged,
            });
        }
        if panel == Panel::Unplugged && self.agents[agent].octoprint.process == Process::Up {
            let events = self.agents[agent].octoprint.connect(self.now);
            self.push(agent, events);
        }
    }
}
