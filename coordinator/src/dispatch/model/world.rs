//! The reference: what truly happened, and a notebook of what the coordinator can know of it.

use std::collections::BTreeMap;
use std::fmt;

use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{AgentId, Epoch, LeaseId, MemoId, RevisionId};
use visorfarm_protocol::message::{Numbered, Plate, Up};

use super::super::event::Publication;
use super::super::testing::{EPOCH, design, slice};
use super::super::{Channel, Event, PrinterKey};
use super::agents::Lent;
use super::notebook::{Line, Notebook, Stage};
use crate::clock::Timestamp;

/// What happens next.
#[derive(Clone)]
pub(crate) enum Step {
    /// The coordinator hears of something.
    Takes(Event),
    /// It decides something, and its machine loses power before that is committed.
    DiesOver(Event),
    /// So many seconds pass.
    Passes(u64),
    /// So many seconds pass in which its machine sleeps.
    Sleeps(u64),
    Restarts,
    Copies,
    /// The last copy takes the place of the database, and begins a new life.
    Restores,
}

#[derive(Clone)]
pub(crate) struct World {
    pub(super) now: Timestamp,
    pub(super) notebook: Notebook,
    /// The notebook when the last copy was made.
    pub(super) copy: Notebook,
    /// How many lives the database had.
    pub(super) lives: u32,
    /// Every lease that was ever sent out.
    pub(super) lent: BTreeMap<LeaseId, Lent>,
    /// Every fact about one of these that was ever told, and by which printer.
    pub(super) told: Vec<(PrinterKey, Numbered)>,
}

/// The revisions that there may be, and how many pieces a plate of each gives. The last one heals all.
pub(super) const REVISIONS: [(&str, u32); 5] =
    [("r1", 4), ("r2", 2), ("r3", 4), ("r4", 3), ("r5", 4)];

/// The number of a lease that nobody is ever given.
pub(super) const INVENTED: u64 = 999;

/// Publishes the revision of that place in [`REVISIONS`].
pub(super) fn publication(place: usize, at: Timestamp) -> Event {
    let (name, pieces) = REVISIONS[place];
    let slices = vec![("ender3".parse().unwrap(), slice(content(name), pieces))];
    Event::Published {
        design: design(),
        revision: name.parse().unwrap(),
        slices: Publication { channel: Channel::Validated, at, slices },
    }
}

fn content(revision: &str) -> u8 {
    revision.bytes().fold(0, u8::wrapping_add)
}

impl fmt::Debug for Step {
    /// On one line, so that a failure reads like a story.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Takes(event) => write!(f, "takes {event:?}"),
            Self::DiesOver(event) => write!(f, "dies over {event:?}"),
            Self::Passes(seconds) => write!(f, "{seconds} s pass"),
            Self::Sleeps(seconds) => write!(f, "sleeps {seconds} s"),
            Self::Restarts => f.write_str("restarts"),
            Self::Copies => f.write_str("copies"),
            Self::Restores => f.write_str("restores"),
        }
    }
}

impl fmt::Debug for World {
    /// Its steps tell the story; all of it would fill pages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the farm in {:?}, at {}", self.notebook.epoch, self.now)
    }
}

impl World {
    /// A farm on which one revision may be printed.
    pub(super) fn new() -> Self {
        let now = Timestamp(1_000_000);
        let notebook = Notebook::new(EPOCH, now);
        let (lent, told) = (BTreeMap::new(), Vec::new());
        let world = Self { now, copy: notebook.clone(), notebook, lives: 0, lent, told };
        world.after(&Self::first()).after(&Step::Copies)
    }

    /// What happened before the first step.
    pub(super) fn first() -> Step {
        Step::Takes(publication(0, Timestamp(1_000_000)))
    }

    /// The world after `step`. Each takes a millisecond at least.
    pub(super) fn after(mut self, step: &Step) -> Self {
        self.now.0 += 1;
        match step {
            Step::Takes(event) => {
                self.tell(event);
                self.hear(event);
            }
            Step::DiesOver(event) => {
                self.tell(event);
                self.notebook.forget_what_is_not_durable(self.now);
            }
            Step::Passes(seconds) => self.now.0 += seconds * 1_000,
            Step::Sleeps(seconds) => {
                self.now.0 += seconds * 1_000;
                self.notebook.listens = self.now;
            }
            Step::Restarts => self.notebook.forget_what_is_not_durable(self.now),
            Step::Copies => self.copy = self.notebook.clone(),
            Step::Restores => self.restore(),
        }
        self.notebook.settle(self.now);
        self.lend();
        self
    }

    fn restore(&mut self) {
        self.lives += 1;
        self.notebook = self.copy.clone();
        self.notebook.epoch = Epoch(EPOCH.0 + self.lives);
        self.notebook.next.lease = 1;
        self.notebook.forget_what_is_not_durable(self.now);
    }

    /// Says whether `step` can happen here: of what was never sent out only its inventors tell.
    pub(super) fn allows(&self, step: &Step) -> bool {
        let (Step::Takes(event) | Step::DiesOver(event)) = step else { return true };
        let Event::Told { numbered, .. } = event else { return true };
        let lease = numbered.fact.lease();
        lease.number == INVENTED || self.lent.contains_key(&lease)
    }

    /// Agents remember what they told, whether anybody heard it or not.
    fn tell(&mut self, event: &Event) {
        let Event::Told { agent, printer, numbered } = event else { return };
        let key = PrinterKey { agent: agent.clone(), printer: printer.clone() };
        let told = (key, numbered.clone());
        if self.lent.contains_key(&numbered.fact.lease()) && !self.told.contains(&told) {
            self.told.push(told);
        }
    }

    fn hear(&mut self, event: &Event) {
        let notebook = &mut self.notebook;
        match event {
            Event::Said { agent, message } => self.hear_said(agent, message),
            Event::Told { agent, printer, numbered } => {
                let key = PrinterKey { agent: agent.clone(), printer: printer.clone() };
                let lent = self.lent.get(&numbered.fact.lease());
                notebook.told(self.now, &key, (numbered, lent));
            }
            Event::Requested(new) => notebook.requested(new),
            Event::RequestCancelled { request } => notebook.cancelled(*request),
            Event::RequestRanked { request, rank } => notebook.ranked(*request, *rank),
            Event::Delivered { request, pieces } => notebook.delivered(*request, *pieces),
            Event::Published { revision, slices, .. } => notebook.published(revision, slices),
            Event::RevisionWithdrawn { revision, .. } => notebook.withdrawn(revision),
            Event::LeaseAbandoned { lease } => notebook.abandoned(*lease),
            Event::AgentRevoked { agent } => notebook.revoked(agent),
            Event::AgentReleased { agent } => notebook.released(agent),
            Event::MemoWritten { .. } => {
                notebook.memos.insert(MemoId(self.now.0));
            }
            Event::FailureSeen { .. }
            | Event::Connection { .. }
            | Event::Quarantined { .. }
            | Event::Settle => {}
        }
    }

    fn hear_said(&mut self, agent: &AgentId, message: &Up) {
        match message {
            Up::Hello(hello) => self.notebook.hello(agent, hello),
            Up::Ask(ask) => self.notebook.ask(self.now, agent, ask),
            Up::Status { printers } => self.notebook.status(agent, printers),
            Up::Facts { .. } | Up::Read { .. } => {}
        }
        self.notebook.hears(agent, self.now);
    }

    /// What was given just now was sent out.
    fn lend(&mut self) {
        for (id, line) in self.given_now() {
            let born = self.notebook.wishes[&line.request.unwrap()].born;
            let lent = Lent { holder: line.holder.clone(), plate: plate(&line), born };
            self.lent.insert(id, lent);
        }
    }

    /// Returns the leases that were given in the last step.
    pub(super) fn given_now(&self) -> Vec<(LeaseId, Line)> {
        let fresh = |line: &Line| line.at == self.now && line.stage == Stage::Offered;
        let fresh = self.notebook.live().filter(|(_, line)| fresh(line));
        fresh.map(|(id, line)| (id, line.clone())).collect()
    }
}

fn plate(line: &Line) -> Plate {
    let revision: RevisionId = line.revision.clone();
    Plate {
        request: line.request.expect("what is given now has a request"),
        job: line.slip.expect("what is given now has a slip"),
        design: design(),
        digest: Digest([content(revision.as_str()); 32]),
        revision,
        profile: "ender3".parse().unwrap(),
        pieces: line.pieces,
    }
}
