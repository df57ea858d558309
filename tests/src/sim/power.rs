//! Processes that end and begin again: the agents, with or without their disks, and OctoPrint.

use visorfarm_agent::octoprint::push::Lost;
use visorfarm_agent::supervise::{Disk, Event, Server};

use super::agent::Machine;
use super::disk::Health;
use super::octoprint::{Order, Process, Queued};
use super::row::Row;
use super::sleep::Slept;
use super::world::{Happening, World};

impl World {
    /// The agent is killed; it is started again soon.
    pub(super) fn kill_agent(&mut self, agent: usize) {
        self.tell(|world| format!("{} is killed", world.agents[agent].id));
        self.kills += 1;
        self.misses(agent, 0);
        self.agents[agent].process = None;
        self.agents[agent].asleep_until = 0;
        self.agents[agent].slept = Slept::No;
        self.soon((1_000, 40_000), Happening::AgentStarts { agent });
    }

    /// The agent ended by itself: its disk failed it.
    pub(super) fn agent_stopped(&mut self, agent: usize) {
        match self.agents[agent].disk.health() {
            Health::Failing => self.power_cut(agent),
            Health::Full => self.reached.mark(Row::DiskFull),
            Health::ReadOnly => self.reached.mark(Row::DiskReadOnly),
            Health::Good => self.truth.violate("a good disk refused a write".to_owned()),
        }
        self.tell(|world| format!("{} stops: its disk fails", world.agents[agent].id));
        self.misses(agent, 0);
        self.soon((1_000, 20_000), Happening::AgentStarts { agent });
    }

    /// The power goes for the agent, and often for OctoPrint on the same machine.
    pub(super) fn power_cut(&mut self, agent: usize) {
        self.reached.mark(Row::PowerCut);
        self.tell(|world| format!("{}: the power is cut", world.agents[agent].id));
        self.kills += 1;
        self.misses(agent, 0);
        self.agents[agent].process = None;
        self.agents[agent].asleep_until = 0;
        self.agents[agent].slept = Slept::No;
        self.agents[agent].disk.set_health(Health::Good);
        if self.agents[agent].disk.power_cut(&mut self.chance) {
            self.reached.mark(Row::TornWrite);
        }
        if self.chance.percent(50) {
            self.kill_octoprint(agent, 20_000);
        }
        self.soon((1_000, 40_000), Happening::AgentStarts { agent });
    }

    /// The agent is started.
    pub(super) fn agent_starts(&mut self, agent: usize) {
        if self.agents[agent].process.is_some() || self.agents[agent].machine == Machine::Off {
            return;
        }
        self.misses(agent, 0);
        let asks_from = self.chance.next() >> 16;
        match self.agents[agent].start(self.now, asks_from) {
            Ok(()) => {}
            Err(visorfarm_agent::journal::JournalError::File { .. }) => {
                return self.soon((5_000, 30_000), Happening::AgentStarts { agent });
            }
            Err(error) => {
                self.tell(|world| format!("{} does not start: {error}", world.agents[agent].id));
                self.reached.mark(Row::BitRot);
                self.lose_journal(agent);
                return self.soon((5_000, 30_000), Happening::AgentStarts { agent });
            }
        }
        self.tell(|world| format!("{} is started", world.agents[agent].id));
        self.step(agent, &Event::Restarted);
        self.step(agent, &Event::Disk(Disk::Roomy));
        self.step(agent, &Event::Server(Server::OctoPrint));
        let process = self.agents[agent].starts;
        self.later(10, Happening::Beat { agent, process });
        self.soon((100, 3_000), Happening::Socket { agent, process });
        self.soon((100, 3_000), Happening::Connect { agent, process });
    }

    /// The maker begins a new life of the journals: what was in the old one is known to nobody.
    pub(super) fn lose_journal(&mut self, agent: usize) {
        let found = &mut self.agents[agent];
        found.disk.wipe();
        found.life += 1;
        found.paused = false;
        let held = self.holders.iter().filter(|(_, (holder, _))| *holder == agent);
        self.truth.lose(held.map(|(lease, _)| *lease));
    }

    /// OctoPrint is killed, and comes back.
    pub(super) fn kill_octoprint(&mut self, agent: usize, back_in: u64) {
        if self.agents[agent].octoprint.process == Process::Down {
            return;
        }
        self.tell(|world| format!("{}: OctoPrint is killed", world.agents[agent].id));
        if let Some((print, end)) = self.agents[agent].octoprint.kill() {
            self.reached.mark(Row::OctoPrintKilledWhilePrinting);
            self.truth.end(print, end);
        }
        self.lose_socket(agent, Lost::Closed);
        self.misses(agent, back_in);
        self.later(back_in, Happening::OctoPrintStarts { agent });
    }

    /// OctoPrint is started, or goes on with what waited for it.
    pub(super) fn octoprint_starts(&mut self, agent: usize) {
        match self.agents[agent].octoprint.process {
            Process::Up => {}
            Process::Down => self.agents[agent].octoprint.start(self.now),
            Process::Hung => {
                self.agents[agent].octoprint.process = Process::Up;
                for queued in std::mem::take(&mut self.agents[agent].octoprint.queued) {
                    match queued {
                        Queued::Question { process, question } => {
                            if self.still_waits(agent, process, &question) {
                                self.asked(agent, process, question);
                            }
                        }
                        Queued::Upload(path) => self.agents[agent].octoprint.upload(&path),
                        Queued::Start(path) => {
                            if self.agents[agent].octoprint.may_start(&path) == Order::Fine {
                                self.begin_ours(agent, &path);
                            }
                        }
                    }
                }
                self.due(agent);
            }
        }
    }
}
