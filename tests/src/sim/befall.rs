//! The faults of a plan befall agents, their `OctoPrint`s, and the farm.

use visorfarm_agent::octoprint::push::Lost;
use visorfarm_agent::supervise::{self, Event};
use visorfarm_coordinator::dispatch;
use visorfarm_protocol::id::RequestId;
use visorfarm_protocol::message::{End, Fact, Numbered, Up};

use super::agent::{NextOrder, printer};
use super::coordinator::{Clock, Command, Place};
use super::disk::Health;
use super::fault::{DAYS, Fault, Owner, Planned};
use super::octoprint::Process;
use super::row::Row;
use super::shop::path_of;
use super::truth::PIECES;
use super::world::{Happening, World};

impl World {
    /// A fault of the plan happens.
    pub(super) fn fault(&mut self, index: usize) {
        let Planned { agent, fault, .. } = self.plan[index];
        self.tell(|world| format!("{}: {fault:?}", world.agents[agent].id));
        if !self.befall_agent(agent, fault) && !self.befall_octoprint(agent, fault) {
            self.befall_farm(agent, fault);
        }
    }

    fn befall_agent(&mut self, agent: usize, fault: Fault) -> bool {
        let now = self.now;
        let found = &mut self.agents[agent];
        match fault {
            Fault::Kill => self.kill_now(agent),
            Fault::KillAt(deadline) => found.deadline = Some(deadline),
            Fault::PowerCut => {
                if found.process.is_some() {
                    self.power_cut(agent);
                }
            }
            Fault::DiskFull(millis) => {
                found.disk.set_health(Health::Full);
                self.later(millis, Happening::DiskRepaired { agent });
            }
            Fault::DiskReadOnly(millis) => {
                found.disk.set_health(Health::ReadOnly);
                self.later(millis, Happening::DiskRepaired { agent });
            }
            Fault::BitRot => {
                let journal = std::path::Path::new(super::agent::JOURNAL);
                if found.disk.decay(journal, &mut self.chance) {
                    self.kill_now(agent);
                }
            }
            Fault::JournalLost => {
                if found.lease().is_some() {
                    self.reached.mark(Row::JournalLost);
                }
                if found.process.is_some() {
                    self.kill_agent(agent);
                }
                self.lose_journal(agent);
            }
            Fault::Unreachable(millis) => {
                if DAYS < millis {
                    self.reached.mark(Row::Partition);
                }
                found.unreachable_until = now + millis;
                self.disconnect(agent);
            }
            Fault::HalfOpen(millis) => {
                found.half_open_until = now + millis;
                found.unreachable_until = found.unreachable_until.max(now + millis);
                let link = found.links;
                // The keep-alive notices.
                self.later(45_000, Happening::KeepAlive { agent, link });
            }
            Fault::Copy => self.copy_card(agent),
            Fault::SlowFetch(millis) => found.slow_until = now + millis,
            Fault::FetchFails => found.fetch_fails = true,
            Fault::OrderUnanswered => found.next_order = NextOrder::Unanswered,
            Fault::OrderLost => found.next_order = NextOrder::Lost,
            Fault::OrderIgnored => found.next_order = NextOrder::Ignored,
            Fault::Sleep { millis, owner } => {
                self.sleep(agent, millis);
                self.armed[agent].repeat = owner == Owner::Repeats;
                if owner == Owner::Prints {
                    self.soon((1_000, millis), Happening::OwnerPrints { agent });
                }
            }
            Fault::PauseMaker(_) => {
                if !self.is_asleep(agent) && self.step(agent, &Event::Pause).is_some() {
                    self.reached.mark(Row::Paused);
                }
            }
            _ => return false,
        }
        true
    }

    fn kill_now(&mut self, agent: usize) {
        let Some(process) = &self.agents[agent].process else { return };
        let phase = process.brain.supervisor().run().map(|run| run.phase.clone());
        match phase {
            Some(supervise::Phase::Preparing) => self.reached.mark(Row::KilledWhilePreparing),
            Some(supervise::Phase::Printing { .. }) => self.reached.mark(Row::KilledWhilePrinting),
            Some(supervise::Phase::Starting { .. }) => self.reached.mark(Row::KilledAfterTheOrder),
            None => {}
        }
        self.kill_agent(agent);
    }

    fn befall_octoprint(&mut self, agent: usize, fault: Fault) -> bool {
        let now = self.now;
        match fault {
            Fault::KillOctoPrint(millis) => self.kill_octoprint(agent, millis),
            Fault::HangOctoPrint(millis) => {
                if self.agents[agent].octoprint.process == Process::Up {
                    self.reached.mark(Row::OctoPrintHangs);
                    self.agents[agent].octoprint.process = Process::Hung;
                    self.lose_socket(agent, Lost::Silent);
                    self.misses(agent, millis);
                    self.later(millis, Happening::OctoPrintStarts { agent });
                }
            }
            Fault::SocketLost => {
                self.reached.mark(Row::SocketLost);
                self.lose_socket(agent, Lost::Closed);
            }
            Fault::EventsHeldUp(millis) => {
                let found = &mut self.agents[agent];
                if found.octoprint.process == Process::Up {
                    found.pushed_until = found.pushed_until.max(now + millis);
                    self.reached.mark(Row::EventsHeldUp);
                    self.misses(agent, millis);
                }
            }
            Fault::PrinterFaults => self.printer_faults(agent),
            Fault::FirmwareResets => {
                let mut chance = self.chance.split();
                if let Some(happened) = self.agents[agent].octoprint.reset(now, &mut chance) {
                    self.reached.mark(Row::FirmwareResets);
                    self.happened(agent, happened);
                }
            }
            Fault::Disconnect => self.owner_disconnects(agent),
            Fault::PauseAndDisconnect => {
                let events = self.agents[agent].octoprint.pause(now);
                self.push(agent, events);
                self.soon((5_000, 60_000), Happening::OwnerDisconnects { agent });
            }
            Fault::PauseFor(millis) => {
                let events = self.agents[agent].octoprint.pause(now);
                self.push(agent, events);
                self.later(millis, Happening::OwnerResumes { agent });
            }
            Fault::Cancel => self.owner_cancels(agent),
            Fault::LastMoves(fate) => self.armed[agent].last_moves = fate,
            Fault::OwnPrint => {
                if self.own_print(agent) {
                    self.reached.mark(Row::OwnPrintTakesTheBed);
                }
            }
            Fault::PanelPrint(panel) => self.panel_heats(agent, panel),
            Fault::OwnPrintInTheWay => self.armed[agent].own_print = true,
            Fault::Repeat => self.repeat(agent),
            Fault::DeleteFile => {
                let Some(lease) = self.agents[agent].lease().or(self.agents[agent].ended) else {
                    return true;
                };
                if self.agents[agent].octoprint.delete(&path_of(lease)) {
                    self.truth.wipe(&[lease].into());
                    self.misses(agent, 0);
                    self.reached.mark(Row::HistoryWiped);
                }
            }
            _ => return false,
        }
        true
    }

    /// A thermal fault, if anything is printed.
    pub(super) fn printer_faults(&mut self, agent: usize) {
        let mut chance = self.chance.split();
        if let Some(happened) = self.agents[agent].octoprint.fault(self.now, &mut chance) {
            self.reached.mark(Row::PrinterFaults);
            self.happened(agent, happened);
        }
    }

    fn befall_farm(&mut self, agent: usize, fault: Fault) {
        match fault {
            Fault::ClockJumps(ahead) => {
                if self.coordinator.set_clock(ahead) == Clock::Jumps {
                    self.reached.mark(Row::ClockJumps);
                }
            }
            Fault::KillCoordinator(deadline) => self.coordinator.deadline = Some(deadline),
            Fault::SlowDatabase(millis) => self.locked_until = self.now + millis,
            Fault::BackUp => self.coordinator.back_up(),
            Fault::Restore { old_runs_for } => self.restore(Place::Copy, old_runs_for),
            Fault::SetBack => self.restore(Place::Snapshot, 0),
            Fault::Storm(millis) => self.storm_until = self.now + millis,
            Fault::Nonsense => {
                self.reached.mark(Row::Nonsense);
                let agent = self.agents[agent].id.clone();
                let note = format!("{:?}", Up::read(b"{\"v\":1,\"kind\":\"sing\"}"));
                self.hear(Command::Event(dispatch::Event::Quarantined { agent, note }));
            }
            Fault::ForeignFacts => self.tell_foreign(agent),
            Fault::GiveUp => self.give_up(agent),
            Fault::CancelRequest => {
                let event = dispatch::Event::RequestCancelled { request: RequestId(1) };
                self.hear(Command::Event(event));
            }
            Fault::Request => {
                let pieces = self.chance.between(1, 4) * u64::from(PIECES);
                self.request(pieces);
            }
            _ => unreachable!("{fault:?} is for an agent or its printer"),
        }
    }

    /// An agent tells that another one's lease was printed.
    fn tell_foreign(&mut self, agent: usize) {
        // A restored coordinator could not tell: the lease may be one that it forgot.
        if self.coordinator.has_backup() {
            return;
        }
        let foreign = self.coordinator.changes().iter().rev().find_map(|change| match change {
            dispatch::Change::LeaseGranted(lease)
                if lease.holder.agent != self.agents[agent].id =>
            {
                Some(lease.clone())
            }
            _ => None,
        });
        let Some(lease) = foreign else { return };
        self.reached.mark(Row::ForeignFacts);
        let fact = Fact::Ended {
            lease: lease.id,
            ordinal: 0,
            end: End::Completed,
            plate: lease.plate,
            seconds: None,
            note: String::new(),
        };
        let facts = vec![Numbered { seq: 1_000_000, fact }];
        self.say(agent, Up::Facts { printer: printer(), facts, teller: None });
    }

    /// A person gives up what the agent holds, too early.
    fn give_up(&mut self, agent: usize) {
        let held = self.holders.iter().rev().find(|(_, (holder, _))| *holder == agent);
        let Some((lease, _)) = held else { return };
        let event = dispatch::Event::LeaseAbandoned { lease: *lease };
        self.hear(Command::Event(event));
    }
}
