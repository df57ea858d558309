//! What a person with a notebook would know who hears all that the dispatcher hears: what is wanted, which
//! printer holds what, how each plate ended. No number is kept; all are counted anew from the lines.

use std::collections::{BTreeMap, BTreeSet};

use visorfarm_protocol::id::{AgentId, Epoch, JobId, LeaseId, MemoId, RequestId, RevisionId};
use visorfarm_protocol::message::End;

use super::super::board::Numbers;
use super::super::{PrinterKey, Rank};
use crate::clock::Timestamp;

/// The notebook of one life of the database.
#[derive(Clone, Debug)]
pub(super) struct Notebook {
    pub(super) epoch: Epoch,
    pub(super) wishes: BTreeMap<RequestId, Wish>,
    /// A slip of paper for each plate to be printed, in the order they were hung up.
    pub(super) slips: BTreeMap<JobId, Slip>,
    pub(super) leases: BTreeMap<LeaseId, Line>,
    /// How each print ended that was heard of.
    pub(super) plates: BTreeMap<(LeaseId, u32), Seen>,
    /// The printers on the farm, and since when each waits for work.
    pub(super) printers: BTreeMap<PrinterKey, Option<Timestamp>>,
    pub(super) frozen: BTreeSet<AgentId>,
    /// The memos that were written.
    pub(super) memos: BTreeSet<MemoId>,
    /// The processes that spoke as each agent, one after the other.
    pub(super) spoke: BTreeMap<AgentId, Vec<u64>>,
    pub(super) heard: BTreeMap<AgentId, Spoke>,
    /// Since when somebody listens without a gap.
    pub(super) listens: Timestamp,
    pub(super) revisions: BTreeMap<RevisionId, Sheet>,
    pub(super) next: Next,
}

/// The numbers that were not given yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Next {
    pub(super) request: u64,
    pub(super) slip: u64,
    pub(super) lease: u64,
}

/// Somebody needs pieces.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) wanted: i64,
    pub(super) delivered: i64,
    pub(super) rank: Rank,
    pub(super) stands: Stands,
    /// In which life it was taken: another one gives its number again.
    pub(super) born: Epoch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    Open,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    pub(super) request: RequestId,
    /// Who took it down.
    pub(super) taken: Option<LeaseId>,
}

/// A lease, as the notebook has it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) holder: PrinterKey,
    pub(super) request: Option<RequestId>,
    pub(super) slip: Option<JobId>,
    pub(super) revision: RevisionId,
    pub(super) pieces: u32,
    pub(super) at: Timestamp,
    /// How long its agent may be silent, in milliseconds.
    pub(super) patience: u64,
    pub(super) stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Offered,
    Accepted,
    /// Asked back before it was answered.
    Recalled,
    /// Asked back after it was taken.
    RecalledTaken,
    Printing,
    Unknown,
    Lapsed,
    Over,
}

/// When an agent spoke last, and since when without being silent for forty seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spoke {
    pub(super) since: Timestamp,
    pub(super) last: Timestamp,
}

/// What was heard of a print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) end: End,
    pub(super) judged: Option<Judged>,
}

/// What a person saw on the bed, and the number of the fact that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) seq: u64,
    pub(super) good: u32,
    pub(super) bad: u32,
}

/// A revision: pieces on its plate, and whether it may be started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub(super) pieces: u32,
    pub(super) at: Timestamp,
    pub(super) state: SheetState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SheetState {
    Startable,
    Withdrawn,
}

impl Stage {
    /// Says whether the printer has it.
    pub(super) fn is_live(self) -> bool {
        self < Self::Lapsed
    }

    pub(super) fn is_recalled(self) -> bool {
        matches!(self, Self::Recalled | Self::RecalledTaken)
    }

    pub(super) fn is_unstarted(self) -> bool {
        matches!(self, Self::Offered | Self::Accepted)
    }
}

impl Notebook {
    /// Somebody speaks.
    pub(super) fn hears(&mut self, agent: &AgentId, now: Timestamp) {
        let new = Spoke { since: now, last: now };
        let spoke = self.heard.entry(agent.clone()).or_insert(new);
        let goes_on = now.0 - spoke.last.0 < 40_000;
        *spoke = if goes_on { Spoke { last: now, ..*spoke } } else { new };
    }

    /// The first page, in the life `epoch`.
    pub(super) fn new(epoch: Epoch, listens: Timestamp) -> Self {
        Self {
            epoch,
            wishes: BTreeMap::new(),
            slips: BTreeMap::new(),
            leases: BTreeMap::new(),
            plates: BTreeMap::new(),
            printers: BTreeMap::new(),
            frozen: BTreeSet::new(),
            memos: BTreeSet::new(),
            spoke: BTreeMap::new(),
            heard: BTreeMap::new(),
            listens,
            revisions: BTreeMap::new(),
            next: Next { request: 1, slip: 1, lease: 1 },
        }
    }

    /// Returns the pieces that came off the bed with a print.
    pub(super) fn printed(&self, print: (LeaseId, u32)) -> i64 {
        let seen = &self.plates[&print];
        match (seen.end, seen.judged) {
            (End::Completed, _) => self.leases[&print.0].pieces.into(),
            // Only a person's look says that there was anything.
            (End::Unknown, Some(judged)) => i64::from(judged.good) + i64::from(judged.bad),
            (End::Unknown, None) | (End::Failed | End::Cancelled, _) => 0,
        }
    }

    /// Returns the prints of the leases that `belongs` picks.
    pub(super) fn prints(
        &self,
        belongs: impl Fn(&Line) -> bool,
    ) -> impl Iterator<Item = ((LeaseId, u32), &Seen)> {
        let picked = move |(id, _): &(&(LeaseId, u32), &Seen)| belongs(&self.leases[&id.0]);
        self.plates.iter().filter(picked).map(|(print, seen)| (*print, seen))
    }

    /// Returns the numbers of a request, counted line by line.
    pub(super) fn numbers(&self, request: RequestId) -> Numbers {
        let Wish { wanted, delivered, .. } = self.wishes[&request];
        let of_it = |line: &Line| line.request == Some(request);
        let judged = || self.prints(of_it).filter_map(|(_, seen)| seen.judged);
        let printed = self.prints(of_it).map(|(print, _)| self.printed(print)).sum();
        let bad = judged().map(|judged| i64::from(judged.bad)).sum();
        let in_flight = self.live().filter(|(_, line)| of_it(line));
        let in_flight = in_flight.map(|(_, line)| u64::from(line.pieces)).sum();
        let missing = wanted - (printed - bad) - i64::try_from(in_flight).unwrap();
        Numbers {
            wanted,
            in_flight,
            printed,
            good: judged().map(|judged| i64::from(judged.good)).sum(),
            bad,
            delivered,
            outstanding: missing.max(0).unsigned_abs(),
            surplus: missing.min(0).unsigned_abs(),
        }
    }

    /// Returns the leases that printers hold, oldest first.
    pub(super) fn live(&self) -> impl DoubleEndedIterator<Item = (LeaseId, &Line)> {
        self.leases.iter().filter(|(_, line)| line.stage.is_live()).map(|(id, line)| (*id, line))
    }

    /// Returns the lease that a printer holds.
    pub(super) fn held_by(&self, key: &PrinterKey) -> Option<LeaseId> {
        self.live().find(|(_, line)| line.holder == *key).map(|(id, _)| id)
    }

    /// Returns the newest revision that may be started.
    pub(super) fn newest(&self) -> Option<(RevisionId, Sheet)> {
        let startable = |(_, sheet): &(_, &Sheet)| sheet.state == SheetState::Startable;
        let all = self.revisions.iter().filter(startable);
        all.max_by_key(|(_, sheet)| sheet.at).map(|(name, sheet)| (name.clone(), *sheet))
    }

    /// Returns the slips of a request that nobody took, in the order they were hung up.
    pub(super) fn hanging(&self, request: RequestId) -> Vec<JobId> {
        let hangs = |slip: &Slip| slip.request == request && slip.taken.is_none();
        self.slips.iter().filter(|(_, slip)| hangs(slip)).map(|(id, _)| *id).collect()
    }

    /// What is not durable is gone after a restart, and who was silent till `now` had nobody to speak to.
    pub(super) fn forget_what_is_not_durable(&mut self, now: Timestamp) {
        self.heard.clear();
        self.spoke.clear();
        self.listens = now;
        self.printers.values_mut().for_each(|waits| *waits = None);
    }
}
