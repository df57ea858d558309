//! A maker's shop: the printer with its OctoPrint, the bed, the memory card, and the agent of the
//! moment. What an agent orders arrives late, or at an OctoPrint that has changed.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::mpsc::UnboundedSender;
use visorfarm_agent::clock::Moment;
use visorfarm_agent::octoprint::model::FileRecord;
use visorfarm_agent::supervise::{Event, LinkChange, Phase, Question};
use visorfarm_protocol::id::{AgentId, LeaseId};

use super::mutant::Mutant;
use crate::sim::agent::{Card, Machine, NextOrder};
use crate::sim::disk::SimDisk;
use crate::sim::mutant::Mutant as DiskMutant;
use crate::sim::octoprint::{OctoPrint, Process as Server, Words};
use crate::sim::truth::PrintId;

/// A shop.
pub(super) struct Shop {
    /// The agent's name.
    pub(super) id: AgentId,
    /// The memory card.
    pub(super) disk: SimDisk,
    /// The printer and its server.
    pub(super) octoprint: OctoPrint,
    /// What stands on the bed.
    pub(super) bed: Vec<PrintId>,
    /// The agent; nothing while it is down.
    pub(super) process: Option<Process>,
    /// How often an agent was started.
    pub(super) lives: u64,
    /// When the last push that is under way arrives: they do not overtake each other.
    pub(super) pushed_until: u64,
    /// The network is not as it should be until then.
    pub(super) network_until: u64,
    /// The next download fails.
    pub(super) fetch_fails: bool,
    /// The next order to start goes wrong.
    pub(super) next_order: NextOrder,
    /// The next packet to the agent breaks off.
    pub(super) cut_down: bool,
    /// Whether the maker wants no prints.
    pub(super) paused: bool,
    /// Where its memory card comes from.
    pub(super) card: Card,
    /// Whether its machine is used any more.
    pub(super) machine: Machine,
    /// Which life of the journals it is.
    pub(super) journals: u64,
    /// When the agent is killed.
    pub(super) doom: Option<Doom>,
}

/// At which point of its work an agent is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doom {
    /// As soon as it prepares a print.
    Preparing,
    /// As soon as it prints.
    Printing,
    /// As soon as its journal holds what is not receipted.
    Untold,
}

/// A running agent, as seen from outside.
pub(super) struct Process {
    /// Which of this shop's agents it is.
    pub(super) life: u64,
    /// When it was started.
    pub(super) born: u64,
    /// The way to it.
    pub(super) events: UnboundedSender<Event>,
    /// Whether it hears what OctoPrint pushes.
    pub(super) hears: bool,
    /// Its connection to the coordinator.
    pub(super) link: LinkChange,
    /// What it has at hand, and how far it is.
    pub(super) run: Option<(LeaseId, Phase)>,
    /// How many facts are not receipted.
    pub(super) untold: usize,
    /// How many plates of each lease it knows to have completed.
    pub(super) completed: BTreeMap<LeaseId, u32>,
}

/// What happens next in a shop. `life` says which agent ordered it.
#[derive(Debug)]
pub(super) enum Happening {
    /// The agent looks at OctoPrint.
    Looks { life: u64 },
    /// Something reaches the agent.
    Reaches { life: u64, event: Event },
    /// The agent begins to hear OctoPrint's events.
    Listens { life: u64 },
    /// A download has ended.
    Fetched { life: u64, lease: LeaseId },
    /// An upload has ended.
    Uploaded { life: u64, lease: LeaseId },
    /// An order to start is at OctoPrint's door.
    Ordered { life: u64, lease: LeaseId, path: String },
    /// A question for witnesses is.
    Asked { life: u64, question: Question },
    /// Its second half is.
    Job { life: u64, question: Question, record: Option<FileRecord> },
    /// A wish to delete a file is.
    Deleted { life: u64, path: String, asked: Moment },
    /// The print goes on.
    Due,
    /// OctoPrint writes a history.
    History { server: u64, path: String, success: bool },
    /// OctoPrint is started, or goes on.
    OctoPrintStarts,
    /// The disk has room again.
    Repaired,
}

impl Shop {
    /// Returns a shop whose agent was never started.
    #[must_use]
    pub(super) fn new(index: usize, mutant: Option<Mutant>) -> Self {
        let words = if index == 1 { Words::Apart } else { Words::Told };
        let forgets = mutant == Some(Mutant::FsyncRemoved);
        Self {
            id: format!("a{index}").parse().expect("a name"),
            disk: SimDisk::new(forgets.then_some(DiskMutant::FsyncRemoved)),
            octoprint: OctoPrint::new(crate::sim::world::BEGINS_AT, words),
            bed: Vec::new(),
            process: None,
            lives: 0,
            pushed_until: 0,
            network_until: 0,
            fetch_fails: false,
            next_order: NextOrder::Fine,
            cut_down: false,
            paused: false,
            card: Card::Own,
            machine: Machine::InUse,
            journals: 1,
            doom: None,
        }
    }

    /// Returns a shop with a copy of this one's memory card, and a printer of its own that is still off.
    #[must_use]
    pub(super) fn copied(&self, inherited: BTreeSet<LeaseId>, now: u64) -> Self {
        let mut octoprint = OctoPrint::new(now, Words::Told);
        octoprint.process = Server::Down;
        Self {
            id: self.id.clone(),
            disk: self.disk.copy(),
            octoprint,
            card: Card::Copy { inherited },
            journals: self.journals,
            ..Self::new(0, None)
        }
    }

    /// Says whether its memory card is a copy.
    #[must_use]
    pub(super) fn is_copy(&self) -> bool {
        matches!(self.card, Card::Copy { .. })
    }

    /// Says whether another one held `lease` when its card was copied.
    #[must_use]
    pub(super) fn inherited(&self, lease: LeaseId) -> bool {
        matches!(&self.card, Card::Copy { inherited } if inherited.contains(&lease))
    }

    /// Says whether the agent has come to the point at which it is killed.
    #[must_use]
    pub(super) fn is_doomed(&self) -> bool {
        let (Some(doom), Some(process)) = (self.doom, &self.process) else { return false };
        let phase = process.run.as_ref().map(|(_, phase)| phase);
        match doom {
            Doom::Preparing => matches!(phase, Some(Phase::Preparing)),
            Doom::Printing => matches!(phase, Some(Phase::Printing { .. })),
            Doom::Untold => process.untold != 0,
        }
    }

    /// Returns the agent that ordered something, if it still runs.
    pub(super) fn living(&mut self, life: u64) -> Option<&mut Process> {
        self.process.as_mut().filter(|process| process.life == life)
    }
}
