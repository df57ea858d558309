//! The people of the world: makers who clear beds and tell how many pieces are good, and owners who use
//! their printers for themselves.

use std::collections::BTreeSet;

use visorfarm_agent::config::BedCare;
use visorfarm_agent::supervise::{Answer, Event, MakerRefused};
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::status::{Bed, WaitsFor};

use super::agent::{Agent, Card, Machine, NextOrder};
use super::disk::Health;
use super::fault::FAULTS_FOR;
use super::octoprint::{OWN_FILE, OctoPrint, Order, Process, Stage, Words};
use super::row::Row;
use super::shop::path_of;
use super::truth::{By, PIECES};
use super::world::{Armed, Happening, Phase, World};

/// How long the owner's own prints take, in milliseconds. Shorter ones than the shortest restart of
/// an OctoPrint are below what an agent can promise to notice.
const OWNER_PRINTS: (u64, u64) = (200_000, 420_000);

/// When the copy of a memory card is switched off, once faults are over: what it was printing has
/// ended by then, and was told.
const SWITCHED_OFF_AFTER: u64 = 3_600_000;

/// What a maker comes by for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// Nobody comes.
    Nothing,
    /// To connect the printer.
    Printer,
    /// To take off what is on the bed.
    Bed,
}

impl World {
    /// A copy of an agent is switched off for good.
    pub(super) fn switch_off(&mut self, agent: usize) {
        let process = self.agents[agent].process.as_ref();
        let busy = process.is_none_or(|process| {
            let supervisor = process.brain.supervisor();
            supervisor.run().is_some() || supervisor.untold() != 0
        });
        if busy {
            return self.later(60_000, Happening::SwitchedOff { agent });
        }
        self.disconnect(agent);
        self.agents[agent].process = None;
        self.agents[agent].machine = Machine::Off;
    }

    /// The maker comes by: takes off what is on the bed if nothing moves, and says so.
    pub(super) fn maker(&mut self, agent: usize) {
        self.soon((60_000, 240_000), Happening::Maker { agent });
        if self.agents[agent].octoprint.moves() {
            return;
        }
        match self.asked_for(agent) {
            Asked::Nothing => return,
            // From afar: the bed is left as it is.
            Asked::Printer => {}
            Asked::Bed => self.agents[agent].bed.clear(),
        }
        let events = match self.agents[agent].octoprint.process {
            Process::Up => self.agents[agent].octoprint.connect(self.now),
            Process::Hung | Process::Down => Vec::new(),
        };
        self.push(agent, events);
        if self.agents[agent].paused && (self.is_healed() || self.chance.percent(30)) {
            self.step(agent, &Event::Resume);
        }
        if self.agents[agent].bed.is_empty() {
            self.say_bed_clear(agent);
        }
    }

    /// Returns what the maker of a bed that clears itself is asked for: nobody comes by otherwise.
    fn asked_for(&self, agent: usize) -> Asked {
        let Some(process) = &self.agents[agent].process else { return Asked::Bed };
        let waits_for = process.brain.supervisor().status(process.time(self.now)).waits_for;
        match (self.agents[agent].care, waits_for) {
            (BedCare::ClearsItself, None) => Asked::Nothing,
            (BedCare::ClearsItself, Some(WaitsFor::Printer)) => Asked::Printer,
            _ => Asked::Bed,
        }
    }

    pub(super) fn say_bed_clear(&mut self, agent: usize) {
        if self.is_asleep(agent) {
            return;
        }
        let Some(process) = &self.agents[agent].process else { return };
        let status = process.brain.supervisor().status(process.time(self.now));
        if status.bed == Bed::Clear {
            return;
        }
        if status.waits_for == Some(WaitsFor::Look) {
            return self.look(agent);
        }
        let good = self.chance.percent(15).then_some(PIECES - 1);
        let answer = self.step(agent, &Event::BedClear { good });
        let refused = [MakerRefused::NotCompleted, MakerRefused::NoPlate].map(Answer::Refused);
        if answer.is_some_and(|answer| refused.contains(&answer)) {
            self.step(agent, &Event::BedClear { good: None });
        }
    }

    /// A person says what was on the bed.
    fn look(&mut self, agent: usize) {
        let Some(lease) = self.agents[agent].ended else { return };
        let inherited = self.agents[agent].inherited(lease);
        let good = Some(if inherited { 0 } else { self.truth.seen(lease) });
        self.reached.mark(Row::Judged);
        self.step(agent, &Event::BedClear { good });
    }

    /// The owner prints something of their own; says whether it began.
    pub(super) fn own_print(&mut self, agent: usize) -> bool {
        self.agents[agent].octoprint.upload(OWN_FILE);
        self.owner_prints(agent, OWN_FILE)
    }

    fn owner_prints(&mut self, agent: usize, path: &str) -> bool {
        let found = &mut self.agents[agent];
        let up = found.octoprint.process == Process::Up;
        if !up || found.octoprint.may_start(path) != Order::Fine {
            return false;
        }
        // Nobody prints on top of something.
        found.bed.clear();
        let takes = self.chance.between(OWNER_PRINTS.0, OWNER_PRINTS.1);
        self.begin_print(agent, (path, By::Owner), takes);
        true
    }

    pub(super) fn owner_resumes(&mut self, agent: usize) {
        let events = self.agents[agent].octoprint.resume(self.now);
        self.push(agent, events);
        if let Some(print) = &self.agents[agent].octoprint.print
            && let Stage::Printing(until) = print.stage
        {
            let left = until.saturating_sub(self.now);
            self.later(left, Happening::Due { agent });
        }
    }

    pub(super) fn owner_cancels(&mut self, agent: usize) {
        if let Some(happened) = self.agents[agent].octoprint.cancel(self.now) {
            self.reached.mark(Row::Cancelled);
            self.happened(agent, happened);
        }
    }

    pub(super) fn owner_disconnects(&mut self, agent: usize) {
        if let Some(happened) = self.agents[agent].octoprint.disconnect(self.now) {
            self.reached.mark(Row::Disconnected);
            self.happened(agent, happened);
        }
    }

    pub(super) fn disk_repaired(&mut self, agent: usize) {
        self.agents[agent].disk.set_health(Health::Good);
    }

    /// Nothing goes wrong any more: everybody and everything is back soon.
    pub(super) fn heal(&mut self) {
        self.tell(|_| "faults end".to_owned());
        self.phase = Phase::Healed { since: self.now };
        self.storm_until = 0;
        self.locked_until = 0;
        self.coordinator.deadline = None;
        self.old_ends();
        for agent in 0..self.agents.len() {
            if self.agents[agent].is_copy() {
                // What it prints ends; then it is switched off. What it knows it tells until then.
                self.later(SWITCHED_OFF_AFTER, Happening::SwitchedOff { agent });
            }
            self.armed[agent] = Armed::default();
            let found = &mut self.agents[agent];
            found.deadline = None;
            found.unreachable_until = 0;
            found.half_open_until = 0;
            found.slow_until = 0;
            found.fetch_fails = false;
            found.next_order = NextOrder::Fine;
            found.disk.set_health(Health::Good);
            // A connection that was half open is noticed by its keep-alive.
            self.disconnect(agent);
            self.soon((1_000, 20_000), Happening::OctoPrintStarts { agent });
            self.soon((1_000, 20_000), Happening::AgentStarts { agent });
            self.soon((1_000, 20_000), Happening::OwnerResumes { agent });
        }
        self.soon((1_000, 20_000), Happening::CoordinatorStarts);
        self.later(60_000, Happening::AtRest);
    }

    /// Says from when on the world only waits for a long partition to end.
    pub(super) fn quiet_from() -> u64 {
        super::world::BEGINS_AT + FAULTS_FOR
    }

    /// The maker copies the memory card for a second printer, and both run.
    pub(super) fn copy_card(&mut self, agent: usize) {
        if self.agents.iter().any(Agent::is_copy) {
            return;
        }
        let original = &self.agents[agent];
        let octoprint = OctoPrint::new(self.now, Words::Told);
        let (id, disk) = (original.id.clone(), original.disk.copy());
        let mut copy = Agent::new(id, disk, octoprint, original.care);
        copy.life = original.life;
        let held = self.holders.iter().filter(|(_, (holder, _))| *holder == agent);
        let inherited: BTreeSet<_> = held.map(|(lease, _)| *lease).collect();
        // Of what was not over, two machines tell now: only a person knows whom to believe.
        let over = |lease: &&LeaseId| self.truth.is_told(**lease);
        let open: Vec<_> = inherited.iter().filter(|lease| !over(lease)).copied().collect();
        self.truth.unknowable.extend(open);
        copy.card = Card::Copy { inherited };
        self.agents.push(copy);
        self.armed.push(Armed::default());
        self.arrived.push(0);
        self.under_way.push(0);
        let agent = self.agents.len() - 1;
        self.soon((5_000, 60_000), Happening::AgentStarts { agent });
        self.soon((20_000, 120_000), Happening::Maker { agent });
    }

    /// The owner prints our last file again, or the one before it, once its own print is over.
    pub(super) fn repeat(&mut self, agent: usize) {
        let older = self.chance.percent(30);
        let found = &self.agents[agent];
        let last = found.lease().or(found.ended);
        let Some(lease) = found.ended_before.filter(|_| older).or(last) else { return };
        if !self.truth.is_over(lease) || !self.owner_prints(agent, &path_of(lease)) {
            return;
        }
        self.reached.mark(Row::Repetition);
        if self.is_asleep(agent) {
            self.reached.mark(Row::RepeatedAsleep);
            self.may_cancel(agent);
        }
    }

    /// The owner prints our file again while the agent's machine sleeps: soon, or so late that it still runs when that wakes.
    pub(super) fn repeat_asleep(&mut self, agent: usize) {
        let soon = self.chance.between(5_000, 60_000);
        let wakes_in = self.agents[agent].asleep_until - self.now;
        let late = wakes_in.saturating_sub(self.chance.between(30_000, 180_000));
        let millis = if self.chance.percent(50) { soon } else { soon.max(late) };
        self.later(millis, Happening::OwnerRepeats { agent });
    }

    /// The owner prints something of their own while the agent's machine sleeps.
    pub(super) fn own_print_asleep(&mut self, agent: usize) {
        if self.is_asleep(agent) && self.own_print(agent) {
            self.reached.mark(Row::OwnPrintAsleep);
            self.may_cancel(agent);
        }
    }

    /// The owner thinks better of it, perhaps when the agent follows it already.
    fn may_cancel(&mut self, agent: usize) {
        let wakes_in = self.agents[agent].asleep_until - self.now;
        match self.chance.index(4) {
            0 => self.soon((5_000, 600_000), Happening::OwnerCancels { agent }),
            1 => self.soon((wakes_in, wakes_in + 60_000), Happening::OwnerCancels { agent }),
            _ => {}
        }
    }
}
