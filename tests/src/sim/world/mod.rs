//! The world: one coordinator, some agents with their `OctoPrint`s and makers, a network between them,
//! and one queue of what happens next. Everything comes from one seed, and time is a number.

mod happen;
mod healed;

use std::collections::BTreeMap;

use visorfarm_agent::clock::Moment;
use visorfarm_agent::config::BedCare;
use visorfarm_agent::octoprint::model::FileRecord;
use visorfarm_agent::octoprint::push::PushEvent;
use visorfarm_agent::supervise::{Event, Question};
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{Down, Up};

use super::agent::Agent;
use super::books;
use super::chance::Chance;
use super::coordinator::{Command, Coordinator, Kept};
use super::disk::SimDisk;
use super::fault::{self, FAULTS_FOR, Planned};
use super::mutant::Mutant;
use super::octoprint::{OctoPrint, Words};
use super::panel::Panel;
use super::row::Reached;
use super::truth::{PIECES, Truth, Violation};

/// When every world begins, in milliseconds since 1970: some time in 2027.
pub(super) const BEGINS_AT: u64 = 1_800_000_000_000;

/// How long a healed world may take until everything is told and done: a silent lease lapses after
/// 40 minutes, three plates in a row take half an hour, and makers come by every few minutes.
const HEALS_WITHIN: u64 = 8 * 3_600_000;

/// What one world is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed {
    /// All chance comes from it.
    pub(super) number: u64,
    /// Only so many of its faults happen; all of them without a number.
    pub(super) faults: Option<usize>,
    /// A mistake that is made.
    pub(super) mutant: Option<Mutant>,
    /// Whether the story is kept.
    pub(super) story: Story,
}

/// Whether the story of a world is kept, which takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// It is.
    Kept,
    /// It is not.
    Untold,
}

/// What happens next.
#[derive(Debug)]
pub(super) enum Happening {
    /// The agent looks at its OctoPrint, and at the time.
    Beat { agent: usize, process: u64 },
    /// A look is answered.
    Seen { agent: usize, process: u64, event: Event },
    /// OctoPrint's events begin to be heard.
    Socket { agent: usize, process: u64 },
    /// OctoPrint's event arrives.
    Push { agent: usize, socket: u64, event: PushEvent },
    /// The print on the printer goes on.
    Due { agent: usize },
    /// OctoPrint writes a history.
    History { agent: usize, life: u64, path: String, success: bool },
    /// What the agent waited for has ended.
    Answer { agent: usize, process: u64, event: Event },
    /// An order to start arrives at OctoPrint.
    Order { agent: usize, process: u64, lease: LeaseId, path: String },
    /// A question for witnesses arrives at OctoPrint.
    Asked { agent: usize, process: u64, question: Question },
    /// OctoPrint's answer that a file is deleted arrives.
    Deleted { agent: usize, process: u64, path: String, asked: Moment },
    /// The second half of that question.
    Job { agent: usize, process: u64, question: Question, record: Option<FileRecord> },
    /// The agent tries to connect to the coordinator.
    Connect { agent: usize, process: u64 },
    /// The agent notices that its connection is dead.
    KeepAlive { agent: usize, link: u64 },
    /// A message arrives at the coordinator.
    Up { agent: usize, link: u64, sent: u64, message: Up },
    /// A message arrives at an agent.
    Down { agent: usize, link: u64, message: Down },
    /// The coordinator decides and commits.
    Commit,
    /// The coordinator looks at the time.
    Tick,
    /// The coordinator is started.
    CoordinatorStarts,
    /// The agent is started.
    AgentStarts { agent: usize },
    /// OctoPrint is started, or goes on.
    OctoPrintStarts { agent: usize },
    /// The maker comes by.
    Maker { agent: usize },
    /// The agent's machine wakes, and notices.
    Wakes { agent: usize, process: u64 },
    /// The owner resumes a print.
    OwnerResumes { agent: usize },
    /// The owner prints our file again.
    OwnerRepeats { agent: usize },
    /// The owner prints something of their own.
    OwnerPrints { agent: usize },
    /// The owner has taken off what was on the bed, and says so.
    TapsWhileItHeats { agent: usize },
    /// What the owner began at the panel is on the bed.
    PanelPrints { agent: usize, panel: Panel, since: u64 },
    /// What the owner printed at the panel is over.
    PanelEnds { agent: usize, panel: Panel, since: u64 },
    /// The owner cancels.
    OwnerCancels { agent: usize },
    /// The printer fails.
    PrinterFaults { agent: usize },
    /// The owner disconnects the printer.
    OwnerDisconnects { agent: usize },
    /// The disk of the agent is repaired.
    DiskRepaired { agent: usize },
    /// The coordinator of before the restore is found and switched off.
    OldEnds,
    /// The copy of an agent is switched off.
    SwitchedOff { agent: usize },
    /// A fault of the plan.
    Fault(usize),
    /// Faults end.
    Heals,
    /// Is everything told and done?
    AtRest,
}

/// A world.
pub(super) struct World {
    /// The true time.
    pub(super) now: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    queued: u64,
    /// Where everything else comes from.
    pub(super) chance: Chance,
    /// The agents with all that is theirs.
    pub(super) agents: Vec<Agent>,
    /// The coordinator.
    pub(super) coordinator: Coordinator,
    /// What really happened.
    pub(super) truth: Truth,
    /// Which faults were met.
    pub(super) reached: Reached,
    /// What is done wrong.
    pub(super) mutant: Option<Mutant>,
    pub(super) plan: Vec<Planned>,
    /// The network is worse than usual until then.
    pub(super) storm_until: u64,
    /// A commit waits until then.
    pub(super) locked_until: u64,
    pub(super) phase: Phase,
    rested_millis: Option<u64>,
    /// When each ask was said first.
    pub(super) asks: BTreeMap<(usize, u64), u64>,
    /// Which agent, in which life of its journal, took each lease.
    pub(super) holders: BTreeMap<LeaseId, (usize, u64)>,
    /// The number of the last message up that arrived, by agent.
    pub(super) arrived: Vec<u64>,
    /// When the last message up that is under way arrives, by agent.
    pub(super) under_way: Vec<u64>,
    /// How often something was killed.
    pub(super) kills: u64,
    pub(super) armed: Vec<Armed>,
    kept: Story,
    /// What happened, if it is kept.
    pub(super) story: Vec<(u64, String)>,
}

/// What an owner does as soon as it is possible.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Armed {
    pub(super) own_print: bool,
    pub(super) last_moves: LastMoves,
    pub(super) repeat: bool,
}

/// What becomes of the next last moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LastMoves {
    /// They are made.
    #[default]
    Made,
    /// The owner cancels in them.
    Cancelled,
    /// The printer fails in them.
    Failing,
}

/// Whether faults still come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Faulty,
    Healed { since: u64 },
}

/// What a world came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What must never be, if it was.
    pub violation: Option<Violation>,
    /// Which faults were met.
    pub reached: Reached,
    /// How many faults were planned.
    pub faults: usize,
    /// How long its printers existed, in milliseconds, all together.
    pub printer_millis: u64,
    /// How long it took from the end of its faults until everything was told and done, in milliseconds; nothing if that
    /// never was.
    pub rested_millis: Option<u64>,
    /// How many prints ran.
    pub prints: usize,
    /// How often something was killed.
    pub kills: u64,
    /// What happened, if it was to be kept.
    pub story: Vec<String>,
}

impl World {
    /// Makes the world of `seed`.
    #[must_use]
    pub(super) fn new(seed: Seed) -> Self {
        let mut chance = Chance::new(seed.number);
        let count = usize::try_from(chance.between(2, 3)).expect("a few");
        let mut plan = fault::plan(&mut chance.split(), count);
        plan.truncate(seed.faults.unwrap_or(usize::MAX));
        let now = BEGINS_AT;
        // The real database is slower: some worlds show that it remembers like the list does.
        let kept = if seed.number.is_multiple_of(40) { Kept::Database } else { Kept::Replayed };
        let agents = (0..count).map(|index| {
            let words = if index == 1 { Words::Apart } else { Words::Told };
            let care = if chance.percent(33) { BedCare::ClearsItself } else { BedCare::Ask };
            Agent::new(
                format!("a{index}").parse().expect("a name"),
                SimDisk::new(seed.mutant),
                OctoPrint::new(now, words),
                care,
            )
        });
        let agents: Vec<_> = agents.collect();
        let mut world = Self {
            now,
            queue: BTreeMap::new(),
            queued: 0,
            chance,
            agents,
            coordinator: Coordinator::new(kept, now),
            truth: Truth::default(),
            reached: Reached::default(),
            mutant: seed.mutant,
            plan,
            storm_until: 0,
            locked_until: 0,
            phase: Phase::Faulty,
            rested_millis: None,
            asks: BTreeMap::new(),
            holders: BTreeMap::new(),
            arrived: vec![0; count],
            under_way: vec![0; count],
            kills: 0,
            armed: vec![Armed::default(); count],
            kept: seed.story,
            story: Vec::new(),
        };
        world.begin();
        world
    }

    fn begin(&mut self) {
        self.publish();
        let pieces = self.chance.between(2, 8) * u64::from(PIECES);
        self.request(pieces);
        for agent in 0..self.agents.len() {
            self.later(100, Happening::AgentStarts { agent });
            self.soon((20_000, 120_000), Happening::Maker { agent });
        }
        for index in 0..self.plan.len() {
            self.later(self.plan[index].at, Happening::Fault(index));
        }
        self.later(30_000, Happening::Tick);
        let faults_for = self.plan.iter().map(|planned| planned.at + planned.fault.lasts()).max();
        self.later(faults_for.unwrap_or(0).max(FAULTS_FOR), Happening::Heals);
    }

    /// Lets the world run until it is at rest, or something is wrong.
    #[must_use]
    pub(super) fn run(mut self) -> Outcome {
        while self.truth.violation.is_none() {
            let Some(((at, _), happening)) = self.queue.pop_first() else { break };
            self.now = self.now.max(at);
            if matches!(happening, Happening::AtRest) {
                if self.at_rest() {
                    break;
                }
            } else {
                self.happen(happening);
            }
        }
        let told = |(at, line): &(u64, String)| format!("{} {line}", books::clock(at - BEGINS_AT));
        Outcome {
            violation: self.truth.violation.clone(),
            faults: self.plan.len(),
            printer_millis: (self.now - BEGINS_AT) * self.agents.len() as u64,
            rested_millis: self.rested_millis,
            prints: self.truth.prints(),
            kills: self.kills,
            story: self.story.iter().map(told).collect(),
            reached: self.reached,
        }
    }

    fn publish(&mut self) {
        let at = self.coordinator.clock(self.now);
        self.hear(Command::Event(books::published(at)));
    }

    /// Somebody needs pieces.
    pub(super) fn request(&mut self, pieces: u64) {
        self.hear(Command::Event(books::requested(pieces)));
    }

    /// Lets something happen in `millis`.
    pub(super) fn later(&mut self, millis: u64, happening: Happening) {
        self.queued += 1;
        self.queue.insert((self.now + millis, self.queued), happening);
    }

    /// Lets something happen after a time between these two.
    pub(super) fn soon(&mut self, (least, most): (u64, u64), happening: Happening) {
        let millis = self.chance.between(least, most);
        self.later(millis, happening);
    }

    /// For so long, and as long as it takes to listen again, what happens at the printer may be missed.
    pub(super) fn misses(&mut self, agent: usize, millis: u64) {
        let until = self.now + millis + super::sight::LISTENS_AGAIN_WITHIN;
        let found = &mut self.agents[agent];
        found.missed_until = found.missed_until.max(until);
    }

    /// Says whether that process of the agent still runs.
    pub(super) fn runs(&self, agent: usize, process: u64) -> bool {
        self.agents[agent].process.as_ref().is_some_and(|running| running.number == process)
    }

    /// Says whether faults are over.
    pub(super) fn is_healed(&self) -> bool {
        matches!(self.phase, Phase::Healed { .. })
    }

    /// Keeps a line of the story.
    pub(super) fn tell(&mut self, line: impl FnOnce(&Self) -> String) {
        if self.kept == Story::Kept {
            let line = line(self);
            self.story.push((self.now, line));
        }
    }
}
