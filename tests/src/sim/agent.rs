//! One agent in the simulation: the real brain on a simulated disk, and beside it the OctoPrint that
//! it drives and the maker who owns both.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use visorfarm_agent::brain::{Brain, Step, Waking};
use visorfarm_agent::clock::Moment;
use visorfarm_agent::config::BedCare;
use visorfarm_agent::config::agreed::Agreed;
use visorfarm_agent::config::hours::{Hours, MinuteOfDay};
use visorfarm_agent::journal::{Journal, JournalError};
use visorfarm_agent::supervise::{Change, Event, Now, Setup, Supervisor};
use visorfarm_protocol::id::{AgentId, Incarnation, LeaseId, PrinterId};
use visorfarm_protocol::message::{End, Fact, Hello};
use visorfarm_protocol::status::PrinterCard;

use super::disk::SimDisk;
use super::octoprint::OctoPrint;
use super::shop::path_of;
use super::sleep::Slept;
use super::truth::PrintId;

/// Where the journal is on the simulated disk.
pub(super) const JOURNAL: &str = "/state/p.journal";

/// Where a memory card comes from.
#[derive(Debug)]
pub(super) enum Card {
    /// It was always this machine's.
    Own,
    /// It is a copy of another one's.
    Copy {
        /// The leases that the other one held when it was copied.
        inherited: BTreeSet<LeaseId>,
    },
}

/// Whether a machine is used any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Machine {
    InUse,
    /// Switched off for good.
    Off,
}

/// An agent, its printer, and its maker.
#[derive(Debug)]
pub(super) struct Agent {
    /// Its name.
    pub(super) id: AgentId,
    /// Its memory card.
    pub(super) disk: SimDisk,
    /// What it drives.
    pub(super) octoprint: OctoPrint,
    /// The process; nothing while it is down.
    pub(super) process: Option<Process>,
    /// How often it was started.
    pub(super) starts: u64,
    /// How often its connection to the coordinator was made.
    pub(super) links: u64,
    /// How often it began to hear OctoPrint.
    pub(super) sockets: u64,
    /// When the last push that is under way arrives: they do not overtake each other.
    pub(super) pushed_until: u64,
    /// What stands on the bed.
    pub(super) bed: Vec<PrintId>,
    /// Who clears it.
    pub(super) care: BedCare,
    /// What the maker wishes.
    pub(super) paused: bool,
    /// The lease whose end its journal wrote last.
    pub(super) ended: Option<LeaseId>,
    /// And the one before.
    pub(super) ended_before: Option<LeaseId>,
    /// Its journals' life.
    pub(super) life: u64,
    /// When it is killed next.
    pub(super) deadline: Option<Deadline>,
    /// What happens until then may be missed, or told otherwise than it was.
    pub(super) missed_until: u64,
    /// The lease that was ordered to start last, and when.
    pub(super) ordered: Option<(LeaseId, u64)>,
    /// Its machine sleeps until then.
    pub(super) asleep_until: u64,
    /// Whether it slept since its agent felt its pulse last.
    pub(super) slept: Slept,
    /// What is pushed to it from then on, as long as it sleeps, is lost.
    pub(super) deaf_from: u64,
    /// No connection is made before.
    pub(super) unreachable_until: u64,
    /// Messages vanish until then, and nobody notices.
    pub(super) half_open_until: u64,
    /// Downloads take until then.
    pub(super) slow_until: u64,
    /// The next download fails.
    pub(super) fetch_fails: bool,
    /// The next order to start goes wrong.
    pub(super) next_order: NextOrder,
    /// Where its memory card comes from.
    pub(super) card: Card,
    /// Whether its machine is used any more.
    pub(super) machine: Machine,
    /// When it was told last that it is one of two.
    pub(super) frozen_at: Option<u64>,
    /// Whether the coordinator of before the last restore is the one it reaches.
    pub(super) misled: bool,
}

impl Agent {
    pub(super) fn is_copy(&self) -> bool {
        matches!(self.card, Card::Copy { .. })
    }

    /// Says whether the other one held `lease` when its card was copied.
    pub(super) fn inherited(&self, lease: LeaseId) -> bool {
        matches!(&self.card, Card::Copy { inherited } if inherited.contains(&lease))
    }
}

/// A running agent.
#[derive(Debug)]
pub(super) struct Process {
    /// Which of its processes this is.
    pub(super) number: u64,
    /// The number that it drew at its start.
    pub(super) session: u64,
    /// When it was started.
    pub(super) born: u64,
    /// The real thing.
    pub(super) brain: Brain<SimDisk>,
    /// Its connection to the coordinator.
    pub(super) link: Option<u64>,
    /// Whether it hears OctoPrint's events.
    pub(super) socket: Option<u64>,
}

/// At which step of its work an agent is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deadline {
    /// When it is about to write this.
    pub(super) at: Written,
    /// And where in that step.
    pub(super) when: When,
}

/// What an agent writes into its journal, as far as deadlines go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// A grant.
    Granted,
    /// The start.
    Starting,
    /// That the print is seen.
    Started,
    /// How it ended.
    Ended,
    /// A receipt.
    Receipted,
}

/// Where in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Before it writes.
    Before,
    /// The power goes while it writes.
    PowerGoes,
    /// After it wrote, before it acts.
    Written,
    /// After it acted.
    Acted,
}

/// What becomes of the next order to start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum NextOrder {
    /// It is carried out and answered.
    #[default]
    Fine,
    /// It is carried out, and the answer is lost.
    Unanswered,
    /// It is lost, and so is any answer.
    Lost,
    /// It is answered and not carried out.
    Ignored,
}

impl Agent {
    /// Returns an agent that was never started.
    #[must_use]
    pub(super) fn new(id: AgentId, disk: SimDisk, octoprint: OctoPrint, care: BedCare) -> Self {
        Self {
            id,
            disk,
            octoprint,
            process: None,
            starts: 0,
            links: 0,
            sockets: 0,
            pushed_until: 0,
            bed: Vec::new(),
            care,
            paused: false,
            ended: None,
            ended_before: None,
            life: 1,
            deadline: None,
            missed_until: 0,
            ordered: None,
            asleep_until: 0,
            slept: Slept::No,
            deaf_from: 0,
            unreachable_until: 0,
            half_open_until: 0,
            slow_until: 0,
            fetch_fails: false,
            next_order: NextOrder::Fine,
            card: Card::Own,
            machine: Machine::InUse,
            frozen_at: None,
            misled: false,
        }
    }

    /// Starts the process: opens the journal, replays it, wakes the brain.
    pub(super) fn start(&mut self, now: u64, asks_from: u64) -> Result<(), JournalError> {
        let (journal, replay) =
            Journal::<Change, _>::open_on(self.disk.clone(), Path::new(JOURNAL))?;
        (self.ended, self.ended_before) = (None, None);
        replay.records.iter().for_each(|change| self.note(change));
        let waking = Waking { printer: printer(), setup: setup(self.care), asks_from };
        let brain = Brain::wake(waking, journal, &replay);
        self.starts += 1;
        self.frozen_at = None;
        self.process = Some(Process {
            number: self.starts,
            session: asks_from,
            born: now,
            brain,
            link: None,
            socket: None,
        });
        Ok(())
    }

    /// Takes a step of the real brain; nothing if it does not run. An error ends the process.
    pub(super) fn step(&mut self, now: u64, event: &Event) -> Option<Step> {
        let process = self.process.as_mut()?;
        let Ok(step) = process.brain.step(process.time(now), event) else {
            self.process = None;
            return None;
        };
        step.changes.iter().for_each(|change| self.note(change));
        Some(step)
    }

    /// Says whether the event would make the agent write something of this kind.
    #[must_use]
    pub(super) fn would_write(&self, now: u64, event: &Event, kind: Written) -> bool {
        let Some(process) = &self.process else { return false };
        let decision = process.brain.supervisor().decide(process.time(now), event);
        decision.changes.iter().any(|change| kind.is(change))
    }

    fn note(&mut self, change: &Change) {
        match change {
            Change::Fact { fact: Fact::Ended { lease, ordinal: 0, .. }, .. } => {
                self.ended_before = self.ended.replace(*lease);
            }
            Change::Paused => self.paused = true,
            Change::Resumed => self.paused = false,
            _ => {}
        }
    }

    /// Returns the lease at hand.
    #[must_use]
    pub(super) fn lease(&self) -> Option<LeaseId> {
        Some(self.process.as_ref()?.brain.supervisor().run()?.grant.lease)
    }

    /// Returns how many plates of each lease its agent knows to have completed.
    #[must_use]
    pub(super) fn completed(&self) -> BTreeMap<LeaseId, u32> {
        self.process
            .as_ref()
            .map(|process| completed(process.brain.supervisor()))
            .unwrap_or_default()
    }

    /// Returns a plate that the history of one of our files shows beyond those that are told.
    #[must_use]
    pub(super) fn uncounted(&self) -> Option<String> {
        let printed = self.process.as_ref()?.brain.supervisor().printed();
        let told = self.completed();
        let own =
            printed.iter().filter(|plate| (plate.print.ordinal, plate.end) == (0, End::Completed));
        own.map(|plate| (plate.print.lease, told[&plate.print.lease])).find_map(|(lease, told)| {
            let shown = self.octoprint.record(&path_of(lease))?.successes;
            let (id, beyond) = (&self.id, told < shown);
            beyond.then(|| format!("{id}: {lease:?} shows {shown} plates, and {told} are told"))
        })
    }

    /// Returns what it says first on a connection.
    #[must_use]
    pub(super) fn hello(&self) -> Option<Hello> {
        let process = self.process.as_ref()?;
        let incarnation: Incarnation =
            format!("{}-{}", self.id, self.life).parse().expect("a name");
        Some(Hello {
            incarnation,
            session: process.session,
            software: "simulated".to_owned(),
            epoch: process.brain.supervisor().epoch(),
            printers: vec![card()],
            holds: process.brain.supervisor().holds(),
            mark: process.brain.supervisor().mark(),
            letters: None,
        })
    }
}

impl Process {
    /// Returns what its clocks show.
    #[must_use]
    pub(super) fn time(&self, now: u64) -> Now {
        let minute = MinuteOfDay::new(12, 0).expect("noon is a time of day");
        Now { moment: Moment(now - self.born), minute }
    }
}

impl Written {
    fn is(self, change: &Change) -> bool {
        match (self, change) {
            (Self::Granted, Change::Granted { .. })
            | (Self::Starting, Change::Starting { .. })
            | (Self::Started, Change::Fact { fact: Fact::Started { .. }, .. })
            | (Self::Ended, Change::Fact { fact: Fact::Ended { .. }, .. })
            | (Self::Receipted, Change::Receipted { .. }) => true,
            (Self::Granted | Self::Starting | Self::Started | Self::Ended | Self::Receipted, _) => {
                false
            }
        }
    }
}

/// Returns how many plates of each lease a supervisor knows to have completed.
#[must_use]
pub(super) fn completed(supervisor: &Supervisor) -> BTreeMap<LeaseId, u32> {
    let mut completed = BTreeMap::new();
    for plate in supervisor.printed().iter().filter(|plate| plate.end == End::Completed) {
        *completed.entry(plate.print.lease).or_default() += 1;
    }
    completed
}

/// Returns the name of every agent's only printer.
#[must_use]
pub(super) fn printer() -> PrinterId {
    "p".parse().expect("a name")
}

fn card() -> PrinterCard {
    PrinterCard {
        printer: printer(),
        title: "Ender".to_owned(),
        profile: "ender3".parse().expect("a name"),
        octoprint: None,
        place: None,
        consent: None,
    }
}

fn setup(bed: BedCare) -> Setup {
    Setup {
        profile: "ender3".parse().expect("a name"),
        materials: Vec::new(),
        hours: Hours::default(),
        seconds_max: None,
        bed,
        agrees_to: Agreed::default(),
    }
}
