//! What follows from each thing that happens.

use visorfarm_agent::supervise::Event;

use super::{Happening, World};

impl World {
    pub(super) fn happen(&mut self, happening: Happening) {
        if let Some(wait) = self.sleeps_for(&happening) {
            return self.later(wait, happening);
        }
        match happening {
            Happening::Beat { agent, process } => self.beat(agent, process),
            Happening::Seen { agent, process, event }
            | Happening::Answer { agent, process, event } => {
                if self.runs(agent, process) {
                    self.step(agent, &event);
                }
            }
            Happening::Socket { agent, process } => self.socket(agent, process),
            Happening::Push { agent, socket, event } => self.pushed(agent, socket, event),
            Happening::Due { agent } => self.due(agent),
            Happening::History { agent, life, path, success } => {
                self.history(agent, life, &path, success);
            }
            Happening::Order { agent, process, lease, path } => {
                self.order(agent, process, lease, &path);
            }
            Happening::Asked { agent, process, question } => self.asked(agent, process, question),
            Happening::Deleted { agent, process, path, asked } => {
                if self.agents[agent].starts == process {
                    self.step(agent, &Event::Deleted { path, asked });
                }
            }
            Happening::Job { agent, process, question, record } => {
                self.job(agent, process, question, record);
            }
            Happening::Connect { agent, process } => self.connect(agent, process),
            Happening::KeepAlive { agent, link } => self.keep_alive(agent, link),
            Happening::Up { agent, link, sent, message } => self.up(agent, link, sent, message),
            Happening::Down { agent, link, message } => self.down(agent, link, message),
            Happening::Commit => self.commit(),
            Happening::Tick => self.tick(),
            Happening::CoordinatorStarts => self.coordinator_starts(),
            Happening::AgentStarts { agent } => self.agent_starts(agent),
            Happening::OctoPrintStarts { agent } => self.octoprint_starts(agent),
            Happening::Maker { agent } => self.maker(agent),
            Happening::Wakes { agent, process } => self.wakes(agent, process),
            Happening::OwnerResumes { agent } => self.owner_resumes(agent),
            Happening::OwnerRepeats { agent } => self.repeat(agent),
            Happening::OwnerPrints { agent } => self.own_print_asleep(agent),
            Happening::TapsWhileItHeats { agent } => self.taps_while_it_heats(agent),
            Happening::PanelPrints { agent, panel, since } => {
                self.panel_prints(agent, panel, since);
            }
            Happening::PanelEnds { agent, panel, since } => self.panel_ends(agent, panel, since),
            Happening::OwnerCancels { agent } => self.owner_cancels(agent),
            Happening::PrinterFaults { agent } => self.printer_faults(agent),
            Happening::OwnerDisconnects { agent } => self.owner_disconnects(agent),
            Happening::DiskRepaired { agent } => self.disk_repaired(agent),
            Happening::OldEnds => self.old_ends(),
            Happening::SwitchedOff { agent } => self.switch_off(agent),
            Happening::Fault(index) => self.fault(index),
            Happening::Heals => self.heal(),
            Happening::AtRest => unreachable!("it is asked in the loop"),
        }
    }
}
