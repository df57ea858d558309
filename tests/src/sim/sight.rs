//! What an agent sees of its OctoPrint: what is pushed over the socket, and what looks find.

use std::time::Duration;

use visorfarm_agent::config::BedCare;
use visorfarm_agent::octoprint::model::{FileRecord, Snapshot};
use visorfarm_agent::octoprint::push::{Lost, PushEvent};
use visorfarm_agent::supervise::{Blind, Event, Question, Witnesses};
use visorfarm_protocol::message::Up;

use super::mutant::Mutant;
use super::octoprint::{Happened, Process, Queued, Told};
use super::row::Row;
use super::shop::lease_of;
use super::truth::TrueEnd;
use super::world::{Happening, World};

/// How long it may take until an agent listens to its OctoPrint again and has asked it what it missed, in milliseconds.
pub(super) const LISTENS_AGAIN_WITHIN: u64 = 120_000;

/// How long an agent waits for the answer to a question.
const QUESTION_WAITS: Duration = Duration::from_secs(20);

impl World {
    /// Takes note of what happened at a printer, and pushes it to whoever listens.
    pub(super) fn happened(&mut self, agent: usize, happened: Happened) {
        if let Some((print, end)) = happened.ended {
            self.tell(|world| {
                let lease = world.truth.print(print).lease;
                format!("{}: the print of {lease:?} is {end:?}", world.agents[agent].id)
            });
            match (end, happened.told) {
                (_, Told::Silently) => self.reached.mark(Row::BrokenOffSilently),
                (TrueEnd::InItsLastMoves, Told::Aloud) => {
                    self.reached.mark(Row::CancelledInItsLastMoves);
                }
                (_, Told::Aloud) => {}
            }
            self.truth.end(print, end);
            self.after_the_end(agent, end);
        }
        if let Some((path, success)) = happened.history {
            let life = self.agents[agent].octoprint.life;
            // On a busy machine it takes its time.
            let late = if self.chance.percent(5) { 8_000 } else { 1_500 };
            self.soon((0, late), Happening::History { agent, life, path, success });
        }
        self.push(agent, happened.pushes);
    }

    /// OctoPrint writes a history, unless it was started anew since.
    pub(super) fn history(&mut self, agent: usize, life: u64, path: &str, success: bool) {
        let found = &mut self.agents[agent];
        if found.octoprint.life != life {
            return;
        }
        found.octoprint.write_history(path, success);
        if let Some(lease) = lease_of(path).filter(|_| success) {
            self.truth.written(self.now, lease, found.missed_until);
        }
    }

    /// What follows when a print has ended.
    fn after_the_end(&mut self, agent: usize, end: TrueEnd) {
        let last = self.agents[agent].bed.last();
        let ours = last.is_some_and(|print| self.truth.print(*print).lease.is_some());
        // What the file itself pushes off the bed at its end.
        let clears_itself = self.agents[agent].care == BedCare::ClearsItself;
        if clears_itself && ours && end == TrueEnd::Completed {
            self.agents[agent].bed.clear();
            self.reached.mark(Row::ClearedItself);
        }
        if self.is_asleep(agent) {
            self.reached.mark(Row::EndedAsleep);
            if std::mem::take(&mut self.armed[agent].repeat) {
                self.repeat_asleep(agent);
            }
        }
    }

    /// Pushes events to whoever listens, in order.
    pub(super) fn push(&mut self, agent: usize, events: Vec<PushEvent>) {
        let socket = self.agents[agent].process.as_ref().and_then(|process| process.socket);
        let Some(socket) = socket else { return };
        if self.is_deaf(agent) {
            return;
        }
        let mutant = self.mutant;
        let heard = |event: &PushEvent| mutant.is_none_or(|mutant| mutant.hears(event));
        for event in events.into_iter().filter(heard) {
            let least = self.agents[agent].pushed_until.saturating_sub(self.now);
            let late = least + self.chance.between(1, 60);
            self.agents[agent].pushed_until = self.now + late;
            self.later(late, Happening::Push { agent, socket, event });
        }
    }

    /// An event arrives at the agent.
    pub(super) fn pushed(&mut self, agent: usize, socket: u64, event: PushEvent) {
        self.feels_a_sleep(agent);
        let process = self.agents[agent].process.as_ref();
        if process.is_some_and(|process| process.socket == Some(socket)) {
            self.tell(|world| format!("{} is pushed {event:?}", world.agents[agent].id));
            self.step(agent, &Event::Push(event));
            // As the agent's shell does after each event.
            self.step(agent, &Event::Tick);
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
        self.misses(agent, 0);
        let Some(process) = &mut self.agents[agent].process else { return };
        if process.socket.take().is_none() {
            return;
        }
        let process = process.number;
        self.step(agent, &Event::Push(PushEvent::Lost(why)));
        self.soon((1_000, 60_000), Happening::Socket { agent, process });
    }

    /// Witnesses are asked for: first the history. A server that hangs is asked all that waits for it when it goes on.
    pub(super) fn asked(&mut self, agent: usize, process: u64, question: Question) {
        let octoprint = &mut self.agents[agent].octoprint;
        match octoprint.process {
            Process::Up => {
                let reads = self.mutant != Some(Mutant::EndUnnoticed);
                let record = octoprint.record(&question.path).filter(|_| reads);
                self.soon((5, 200), Happening::Job { agent, process, question, record });
            }
            Process::Hung => octoprint.queued.push(Queued::Question { process, question }),
            Process::Down => {}
        }
    }

    /// Says whether the agent still waits for the answer to a question.
    pub(super) fn still_waits(&self, agent: usize, process: u64, question: &Question) -> bool {
        let asker = self.agents[agent].process.as_ref().filter(|asker| asker.number == process);
        asker
            .is_some_and(|asker| asker.time(self.now).moment.since(question.asked) < QUESTION_WAITS)
    }

    /// And then the current job.
    pub(super) fn job(
        &mut self,
        agent: usize,
        process: u64,
        question: Question,
        record: Option<FileRecord>,
    ) {
        if self.agents[agent].octoprint.process == Process::Up {
            let (snapshot, Question { lease, asked, .. }) = (self.seen(agent), question);
            let event = Event::Witnesses(Witnesses { lease, asked, snapshot, record });
            let takes = self.chance.between(1, 50);
            self.answer((agent, process), takes, event);
        }
    }

    /// Returns what a look finds.
    fn seen(&self, agent: usize) -> Snapshot {
        let snapshot = self.agents[agent].octoprint.snapshot();
        match self.mutant {
            Some(mutant) => mutant.sees(snapshot),
            None => snapshot,
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
                let snapshot = self.seen(agent);
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
}
