//! The agent's side of the world: its process, and what it asks of its OctoPrint. Orders travel, are
//! answered or not, and are carried out by an OctoPrint that may have changed meanwhile.

use visorfarm_agent::supervise::{Action, Answer, Change, Event, FetchFailed, Phase, StartAnswer};
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, Grant, Return};

use super::agent::{Agent, Deadline, NextOrder, When, Written};
use super::disk::Health;
use super::fault::DAYS;
use super::octoprint::{Order, Process, Queued};
use super::row::Row;
use super::truth::By;
use super::world::{Happening, LastMoves, World};

/// How long a grant may be started for, in milliseconds: the coordinator's own figure.
const START_WITHIN_MILLIS: u64 = 30 * 60 * 1_000;

/// How long the word stands that another machine has the agent's identity: the agent's own figure.
const FROZEN_STANDS_MILLIS: u64 = 100_000;

/// How long the agent waits for OctoPrint's answer to an order.
const ORDER_ANSWERED_WITHIN: u64 = 10_000;

impl World {
    /// The agent takes a step, if it runs; returns its answer.
    pub(super) fn step(&mut self, agent: usize, event: &Event) -> Option<Answer> {
        let process = self.agents[agent].process.as_ref()?.number;
        if self.is_asleep(agent) {
            let wait = self.agents[agent].asleep_until - self.now;
            self.answer((agent, process), wait, event.clone());
            return None;
        }
        let now = self.now;
        let deadline = self.agents[agent].deadline;
        let deadline =
            deadline.filter(|deadline| self.agents[agent].would_write(now, event, deadline.at));
        if let Some(deadline) = deadline {
            self.agents[agent].deadline = None;
            self.mark_deadline(deadline);
            match deadline.when {
                When::Before => {
                    self.kill_agent(agent);
                    return None;
                }
                When::PowerGoes => self.agents[agent].disk.set_health(Health::Failing),
                When::Written | When::Acted => {}
            }
        }
        let Some(step) = self.agents[agent].step(now, event) else {
            self.agent_stopped(agent);
            return None;
        };
        for change in &step.changes {
            self.note_change(agent, change);
        }
        let when = deadline.map(|deadline| deadline.when);
        if when == Some(When::Written) {
            self.kill_agent(agent);
            return None;
        }
        for action in step.actions {
            self.act(agent, action);
        }
        if when == Some(When::Acted) {
            self.kill_agent(agent);
        }
        step.answer
    }

    fn mark_deadline(&mut self, deadline: Deadline) {
        let row = match (deadline.at, deadline.when) {
            (_, When::PowerGoes) => return,
            (Written::Granted, When::Before) => Row::KilledBeforeAccepting,
            (Written::Granted, When::Written | When::Acted) => Row::KilledWhilePreparing,
            (Written::Starting, When::Before) => Row::KilledBeforeStarting,
            (Written::Starting, When::Written) => Row::KilledBeforeTheOrder,
            (Written::Starting, When::Acted) => Row::KilledAfterTheOrder,
            (Written::Started, _) => Row::KilledWhilePrinting,
            (Written::Ended, When::Before) => Row::KilledBeforeTheEndIsWritten,
            (Written::Ended, When::Written) => Row::KilledBeforeTheEndIsTold,
            (Written::Ended, When::Acted) => Row::KilledBeforeTheReceipt,
            (Written::Receipted, _) => Row::KilledBeforeTheReceiptIsWritten,
        };
        self.reached.mark(row);
    }

    fn note_change(&mut self, agent: usize, change: &Change) {
        self.tell(|world| format!("{} writes {change:?}", world.agents[agent].id));
        let found = &self.agents[agent];
        let connected = found.process.as_ref().is_some_and(|process| process.link.is_some());
        match change {
            Change::Granted { grant } => {
                self.holders.insert(grant.lease, (agent, found.life));
                let twin = |(index, other): (usize, &Agent)| index != agent && other.id == found.id;
                if self.agents.iter().enumerate().any(twin) {
                    self.truth.shared.insert(grant.lease);
                }
            }
            Change::Found { grant, .. } => {
                self.reached.mark(Row::FoundAtOctoPrint);
                self.truth.lost.remove(&grant.lease);
            }
            Change::Fact { fact: Fact::Ended { lease, end, .. }, .. } => {
                if !connected {
                    self.reached.mark(Row::EndedOffline);
                }
                if self.now + DAYS < self.agents[agent].unreachable_until {
                    self.reached.mark(Row::EndedInPartition);
                }
                if *end == End::Unknown {
                    self.reached.mark(Row::UnknownEnd);
                    self.check_unknown(agent, *lease);
                }
            }
            _ => {}
        }
    }

    /// Nobody is sent to look at a plate of which all was told, unless only a look can tell.
    fn check_unknown(&mut self, agent: usize, lease: LeaseId) {
        if self.truth.needs_look(lease) {
            return;
        }
        let found = &self.agents[agent];
        let begun = found.ordered.filter(|(ordered, _)| *ordered == lease);
        if begun.is_some_and(|(_, at)| found.missed_until < at) {
            self.truth.violate(format!("{lease:?} is unknown, and nothing was missed of it"));
        }
    }

    fn act(&mut self, agent: usize, action: Action) {
        let Some(process) = self.agents[agent].process.as_ref().map(|process| process.number)
        else {
            return;
        };
        match action {
            Action::Say(message) => self.say(agent, message),
            Action::Fetch(grant) => self.fetch(agent, process, &grant),
            Action::Upload(grant) => self.upload(agent, process, &grant),
            Action::Start { lease, path } => {
                self.check_order(agent, lease);
                self.soon((10, 300), Happening::Order { agent, process, lease, path });
            }
            Action::Ask(question) => {
                self.soon((5, 100), Happening::Asked { agent, process, question });
            }
            Action::Delete { path, asked } => {
                let octoprint = &mut self.agents[agent].octoprint;
                if octoprint.process == Process::Up && octoprint.delete(&path) {
                    self.soon((5, 100), Happening::Deleted { agent, process, path, asked });
                }
            }
        }
    }

    /// No start twice, late, against the maker's wish, or without its journal.
    fn check_order(&mut self, agent: usize, lease: LeaseId) {
        self.truth.ordered(lease);
        self.agents[agent].ordered = Some((lease, self.now));
        let found = &self.agents[agent];
        if found.frozen_at.is_some_and(|at| self.now < at + FROZEN_STANDS_MILLIS) {
            self.truth.violate(format!("{lease:?} is started by one of two"));
        }
        let found = &self.agents[agent];
        if found.paused {
            self.truth.violate(format!("{lease:?} is started against the maker's wish"));
        }
        let Some(process) = &found.process else { return };
        let Some(run) = process.brain.supervisor().run() else {
            return self.truth.violate(format!("{lease:?} is started and not at hand"));
        };
        if !matches!(run.phase, Phase::Starting { .. }) {
            self.truth.violate(format!("{lease:?} is started from {:?}", run.phase));
        }
        let asked = self.asks.get(&(agent, run.grant.ask)).copied();
        if asked.is_none_or(|asked| asked + START_WITHIN_MILLIS < self.now) {
            self.truth.violate(format!("{lease:?} is started late: asked for at {asked:?}"));
        }
    }

    pub(super) fn answer(&mut self, (agent, process): (usize, u64), millis: u64, event: Event) {
        self.later(millis, Happening::Answer { agent, process, event });
    }

    fn fetch(&mut self, agent: usize, process: u64, grant: &Grant) {
        let found = &mut self.agents[agent];
        let slow = found.slow_until.saturating_sub(self.now);
        let result = if std::mem::take(&mut found.fetch_fails) {
            self.reached.mark(Row::FetchFails);
            Err(FetchFailed { why: Return::Fetch, note: "the network broke".to_owned() })
        } else {
            Ok(())
        };
        if START_WITHIN_MILLIS < slow {
            self.reached.mark(Row::SlowFetch);
        }
        let takes = slow + self.chance.between(200, 3_000);
        self.answer((agent, process), takes, Event::Fetched { lease: grant.lease, result });
        if std::mem::take(&mut self.armed[agent].own_print) && self.own_print(agent) {
            self.reached.mark(Row::OwnPrintInTheWay);
        }
    }

    fn upload(&mut self, agent: usize, process: u64, grant: &Grant) {
        let lease = grant.lease;
        let path = path_of(lease);
        let octoprint = &mut self.agents[agent].octoprint;
        let (takes, result) = match octoprint.process {
            Process::Up => {
                octoprint.upload(&path);
                (self.chance.between(100, 2_000), Ok(path))
            }
            Process::Hung => {
                octoprint.queued.push(Queued::Upload(path));
                (30_000, Err(unreached()))
            }
            Process::Down => (100, Err(unreached())),
        };
        self.answer((agent, process), takes, Event::Uploaded { lease, result });
    }

    /// An order to start is at OctoPrint's door.
    pub(super) fn order(&mut self, agent: usize, process: u64, lease: LeaseId, path: &str) {
        let fate = std::mem::take(&mut self.agents[agent].next_order);
        if fate != NextOrder::Fine {
            self.misses(agent, 0);
        }
        let octoprint = &mut self.agents[agent].octoprint;
        let unsure = || StartAnswer::Unsure("no answer".to_owned());
        let (takes, answer) = match (octoprint.process, fate) {
            (Process::Down, _) => (50, StartAnswer::Refused("not reached".to_owned())),
            (Process::Hung, _) => {
                octoprint.queued.push(Queued::Start(path.to_owned()));
                (ORDER_ANSWERED_WITHIN, unsure())
            }
            (Process::Up, NextOrder::Lost) => {
                self.reached.mark(Row::OrderUnanswered);
                (ORDER_ANSWERED_WITHIN, unsure())
            }
            (Process::Up, NextOrder::Ignored) => {
                self.reached.mark(Row::OrderIgnored);
                (20, StartAnswer::Taken)
            }
            (Process::Up, NextOrder::Fine | NextOrder::Unanswered) => {
                match octoprint.may_start(path) {
                    Order::Conflict => (20, StartAnswer::Conflict("status 409".to_owned())),
                    Order::Gone => (20, StartAnswer::Refused("status 404".to_owned())),
                    Order::Fine => {
                        self.begin_ours(agent, path);
                        if fate == NextOrder::Unanswered {
                            self.reached.mark(Row::OrderUnanswered);
                            (ORDER_ANSWERED_WITHIN, unsure())
                        } else {
                            (20, StartAnswer::Taken)
                        }
                    }
                }
            }
        };
        self.answer((agent, process), takes, Event::StartAnswered { lease, answer });
    }

    /// The printer begins what the agent ordered.
    pub(super) fn begin_ours(&mut self, agent: usize, path: &str) {
        let lease = lease_of(path).expect("the agent starts files of its leases");
        if !self.agents[agent].bed.is_empty() {
            self.truth.violate(format!("{lease:?} is started on a bed that is not clear"));
        }
        let takes = self.chance.between(40_000, 420_000);
        self.begin_print(agent, (path, By::Order), takes);
    }

    /// Begins a print that somebody ordered.
    pub(super) fn begin_print(&mut self, agent: usize, (path, by): (&str, By), takes: u64) {
        let print = self.truth.begin(self.now, lease_of(path), by);
        self.tell(|world| format!("{}: {path} begins to print", world.agents[agent].id));
        let found = &mut self.agents[agent];
        found.bed.push(print);
        let happened = found.octoprint.begin(self.now, self.now + takes, print, path);
        self.happened(agent, happened);
        self.later(takes, Happening::Due { agent });
    }

    /// The print on the printer goes on.
    pub(super) fn due(&mut self, agent: usize) {
        // Some files let everything cool down before they push their plate off.
        let most = if self.chance.percent(10) { 180_000 } else { 3_000 };
        let tail = self.chance.between(1, most);
        let happened = self.agents[agent].octoprint.go_on(self.now, tail);
        if happened.history.is_some() {
            self.later(tail, Happening::Due { agent });
            match std::mem::take(&mut self.armed[agent].last_moves) {
                LastMoves::Made => {}
                LastMoves::Cancelled => self.later(tail / 2, Happening::OwnerCancels { agent }),
                LastMoves::Failing => self.later(tail / 2, Happening::PrinterFaults { agent }),
            }
        }
        self.happened(agent, happened);
    }
}

fn unreached() -> FetchFailed {
    FetchFailed { why: Return::Printer, note: "OctoPrint does not answer".to_owned() }
}

/// Returns where OctoPrint keeps the file of `lease`.
pub(super) fn path_of(lease: LeaseId) -> String {
    format!("visorfarm/{lease}.gcode")
}

/// Returns the lease that the file at `path` is named for.
pub(super) fn lease_of(path: &str) -> Option<LeaseId> {
    path.strip_prefix("visorfarm/")?.strip_suffix(".gcode")?.parse().ok()
}
