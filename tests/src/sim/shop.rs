//! The agent's side of the world: its process, and what it asks of its OctoPrint. Orders travel, are
//! answered or not, and are carried out by an OctoPrint that may have changed meanwhile.

use visorfarm_agent::octoprint::push::{Lost, PushEvent};
use visorfarm_agent::supervise::{
    Action, Answer, Blind, Change, Disk, Event, FetchFailed, Phase, Server, StartAnswer, Witnesses,
};
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, Grant, Return, Up};

use super::agent::{Deadline, NextOrder, When, Written};
use super::disk::Health;
use super::octoprint::{Happened, Order, Process, Queued};
use super::row::Row;
use super::truth::TrueEnd;
use super::world::{Happening, World};

/// How long a grant may be started for, in milliseconds: the coordinator's own figure.
const START_WITHIN_MILLIS: u64 = 30 * 60 * 1_000;

/// How long the agent waits for OctoPrint's answer to an order.
const ORDER_ANSWERED_WITHIN: u64 = 10_000;

impl World {
    /// The agent takes a step, if it runs; returns its answer.
    pub(super) fn step(&mut self, agent: usize, event: &Event) -> Option<Answer> {
        self.agents[agent].process.as_ref()?;
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
            }
            Change::Fact { fact: Fact::Ended { end, .. }, .. } => {
                if !connected {
                    self.reached.mark(Row::EndedOffline);
                }
                if *end == End::Unknown {
                    self.reached.mark(Row::UnknownEnd);
                }
            }
            _ => {}
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
            Action::Ask { lease, path } => {
                self.soon((5, 100), Happening::Asked { agent, process, lease, path });
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

    fn answer(&mut self, (agent, process): (usize, u64), millis: u64, event: Event) {
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
                if octoprint.may_start(path) == Order::Refused {
                    (20, StartAnswer::Refused("status 409".to_owned()))
                } else {
                    self.begin_ours(agent, path);
                    if fate == NextOrder::Unanswered {
                        self.reached.mark(Row::OrderUnanswered);
                        (ORDER_ANSWERED_WITHIN, unsure())
                    } else {
                        (20, StartAnswer::Taken)
                    }
                }
            }
        };
        self.answer((agent, process), takes, Event::StartAnswered { lease, answer });
    }

    /// The printer begins what the agent ordered.
    fn begin_ours(&mut self, agent: usize, path: &str) {
        let lease = lease_of(path).expect("the agent starts files of its leases");
        if !self.agents[agent].bed.is_empty() {
            self.truth.violate(format!("{lease:?} is started on a bed that is not clear"));
        }
        let takes = self.chance.between(40_000, 420_000);
        self.begin_print(agent, path, takes);
    }

    /// Begins a print that somebody ordered.
    pub(super) fn begin_print(&mut self, agent: usize, path: &str, takes: u64) {
        let print = self.truth.begin(lease_of(path));
        self.tell(|world| format!("{}: {path} begins to print", world.agents[agent].id));
        let found = &mut self.agents[agent];
        found.bed.push(print);
        let happened = found.octoprint.begin(self.now, self.now + takes, print, path);
        self.happened(agent, happened);
        self.later(takes, Happening::Due { agent });
    }

    /// The print on the printer goes on.
    pub(super) fn due(&mut self, agent: usize) {
        let tail = self.chance.between(1, 3_000);
        let happened = self.agents[agent].octoprint.go_on(self.now, tail);
        if happened.history.is_some() {
            self.later(tail, Happening::Due { agent });
            if std::mem::take(&mut self.armed[agent].cancel_in_last_moves) {
                self.later(tail / 2, Happening::OwnerCancels { agent });
            }
        }
        self.happened(agent, happened);
    }

    /// Takes note of what happened at a printer, and pushes it to whoever listens.
    pub(super) fn happened(&mut self, agent: usize, happened: Happened) {
        if let Some((print, end)) = happened.ended {
            self.tell(|world| {
                let lease = world.truth.print(print).lease;
                format!("{}: the print of {lease:?} is {end:?}", world.agents[agent].id)
            });
            if end == TrueEnd::InItsLastMoves {
                self.reached.mark(Row::CancelledInItsLastMoves);
            }
            self.truth.end(print, end);
        }
        if let Some((path, success)) = happened.history {
            let life = self.agents[agent].octoprint.life;
            self.soon((0, 1_500), Happening::History { agent, life, path, success });
        }
        self.push(agent, happened.pushes);
    }

    /// Pushes events to whoever listens, in order.
    pub(super) fn push(&mut self, agent: usize, events: Vec<PushEvent>) {
        let socket = self.agents[agent].process.as_ref().and_then(|process| process.socket);
        let Some(socket) = socket else { return };
        for event in events {
            let least = self.agents[agent].pushed_until.saturating_sub(self.now);
            let late = least + self.chance.between(1, 60);
            self.agents[agent].pushed_until = self.now + late;
            self.later(late, Happening::Push { agent, socket, event });
        }
    }

    /// An event arrives at the agent.
    pub(super) fn pushed(&mut self, agent: usize, socket: u64, event: PushEvent) {
        let process = self.agents[agent].process.as_ref();
        if process.is_some_and(|process| process.socket == Some(socket)) {
            self.tell(|world| format!("{} is pushed {event:?}", world.agents[agent].id));
            self.step(agent, &Event::Push(event));
        }
    }

    /// The agent begins to hear events.
    pub(super) fn socket(&mut self, agent: usize, process: u64) {
        let listens = |world: &Self| world.agents[agent].process.as_ref()?.socket;
        if !self.runs(agent, process) || listens(self).is_some() {
            return;
        }
        let found = &mut self.agents[agent];
        if found.octoprint.process != Process::Up {
            return self.soon((1_000, 5_000), Happening::Socket { agent, process });
        }
        found.sockets += 1;
        found.process.as_mut().expect("it runs").socket = Some(found.sockets);
        let markings = found.octoprint.markings();
        self.step(agent, &Event::Push(PushEvent::Connected { markings }));
    }

    /// Events are heard no more; the agent tries again.
    pub(super) fn lose_socket(&mut self, agent: usize, why: Lost) {
        let Some(process) = &mut self.agents[agent].process else { return };
        if process.socket.take().is_none() {
            return;
        }
        let process = process.number;
        self.step(agent, &Event::Push(PushEvent::Lost(why)));
        self.soon((1_000, 60_000), Happening::Socket { agent, process });
    }

    /// Witnesses are asked for: first the current job.
    pub(super) fn asked(&mut self, agent: usize, process: u64, lease: LeaseId, path: String) {
        if self.agents[agent].octoprint.process == Process::Up {
            let snapshot = self.agents[agent].octoprint.snapshot();
            let then = Happening::Record { agent, process, lease, path, snapshot };
            self.soon((5, 200), then);
        }
    }

    /// And then the history.
    pub(super) fn record(
        &mut self,
        agent: usize,
        process: u64,
        (lease, path): (LeaseId, String),
        snapshot: visorfarm_agent::octoprint::model::Snapshot,
    ) {
        if self.agents[agent].octoprint.process == Process::Up {
            let record = self.agents[agent].octoprint.record(&path);
            let event = Event::Witnesses(Witnesses { lease, snapshot, record });
            let takes = self.chance.between(1, 50);
            self.answer((agent, process), takes, event);
        }
    }

    /// The agent looks at OctoPrint and at the time, and tells how it is.
    pub(super) fn beat(&mut self, agent: usize, process: u64) {
        if !self.runs(agent, process) {
            return;
        }
        let found = &self.agents[agent];
        let running = found.process.as_ref().expect("it runs");
        let time = running.time(self.now);
        let busy = running.brain.supervisor().run().is_some();
        let status = running.brain.supervisor().status(time);
        let (takes, event) = match found.octoprint.process {
            Process::Up => {
                let snapshot = found.octoprint.snapshot();
                let slow = if self.chance.percent(3) { 3_000 } else { 50 };
                let takes = self.chance.between(5, slow);
                (takes, Event::Seen { asked: time.moment, snapshot })
            }
            Process::Hung | Process::Down => (3_000, Event::Blind(Blind::Unreachable)),
        };
        self.later(takes, Happening::Seen { agent, process, event });
        self.later(takes + 1, Happening::Answer { agent, process, event: Event::Tick });
        self.say(agent, Up::Status { printers: vec![status] });
        let next = if busy {
            10_000
        } else if self.is_healed() || self.now < Self::quiet_from() {
            30_000
        } else {
            300_000
        };
        self.later(next, Happening::Beat { agent, process });
    }

    /// The agent is killed; it is started again soon.
    pub(super) fn kill_agent(&mut self, agent: usize) {
        self.tell(|world| format!("{} is killed", world.agents[agent].id));
        self.kills += 1;
        self.agents[agent].process = None;
        self.soon((1_000, 40_000), Happening::AgentStarts { agent });
    }

    /// The agent ended by itself: its disk failed it.
    fn agent_stopped(&mut self, agent: usize) {
        match self.agents[agent].disk.health() {
            Health::Failing => self.power_cut(agent),
            Health::Full => self.reached.mark(Row::DiskFull),
            Health::ReadOnly => self.reached.mark(Row::DiskReadOnly),
            Health::Good => self.truth.violate("a good disk refused a write".to_owned()),
        }
        self.tell(|world| format!("{} stops: its disk fails", world.agents[agent].id));
        self.soon((1_000, 20_000), Happening::AgentStarts { agent });
    }

    /// The power goes for the agent, and often for OctoPrint on the same machine.
    pub(super) fn power_cut(&mut self, agent: usize) {
        self.reached.mark(Row::PowerCut);
        self.tell(|world| format!("{}: the power is cut", world.agents[agent].id));
        self.kills += 1;
        self.agents[agent].process = None;
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
        if self.agents[agent].process.is_some() {
            return;
        }
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
        let lost = self.holders.iter().filter(|(_, (holder, _))| *holder == agent);
        self.truth.unknowable.extend(lost.map(|(lease, _)| *lease));
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
