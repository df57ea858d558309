//! Decides which printer prints what, and what has been counted. Pure: time comes in, changes and
//! messages go out, nothing here waits, asks a clock, draws a random number or touches a disk.
//!
//! [`Dispatcher::decide`] only reads; [`Dispatcher::apply`] only writes and cannot fail. The shell
//! makes the changes durable before it applies the next batch and sends messages. What follows
//! from a change (jobs to queue, leases to grant or recall) is decided by [`Event::Settle`], which
//! the shell repeats until nothing more follows.

mod anomaly;
mod apply;
#[cfg(test)]
mod asked_back;
mod assign;
pub mod board;
mod catalogue;
mod change;
mod copied;
mod decision;
mod event;
mod fact;
mod fit;
mod hello;
mod judged;
mod lease;
mod ledger;
mod life;
mod memo;
#[cfg(test)]
pub(crate) mod model;
mod printer;
mod rank;
mod request;
mod say;
mod seen;
mod set_back;
mod settle;
mod share;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod turns;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use visorfarm_protocol::id::{AgentId, Epoch, FarmId, JobId, LeaseId, RequestId};
use visorfarm_protocol::message::Up;

pub use self::catalogue::{Catalogue, Channel, Revision, Slice};
pub use self::change::{Change, Sighting};
use self::copied::Sessions;
pub use self::decision::{Answer, Decision, Refused};
pub use self::event::{Event, NewRequest, Publication};
pub(crate) use self::fit::{Misfit, Terms};
pub use self::lease::{Answered, Lease, LeaseState};
pub use self::ledger::{Entry, EntryKind, Judgement, Outcome, Sums};
pub use self::life::Life;
pub(crate) use self::memo::Memos;
pub use self::memo::{Memo, UNREAD_MAX};
pub use self::printer::{Printer, PrinterKey, Waiting};
pub use self::rank::{Day, NoDay, Priority, Rank};
pub use self::request::{PIECES_MAX, Request, RequestState};
pub use self::seen::Seen;
pub use self::share::Kind;
pub(crate) use self::share::Shares;
use crate::clock::Timestamp;

/// The longest time between two looks at what agents say: a commit waits that long for the disk.
const LISTENS_EVERY: Duration = Duration::from_mins(1);

/// All that one farm's coordinator knows.
///
/// The price of deciding everything in one place is that one process decides for one farm; a farm
/// grows by hundreds of printers, and then there are more farms.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispatcher {
    pub(crate) farm: FarmId,
    pub(crate) epoch: Epoch,
    /// The lives before this one, oldest first.
    pub(crate) lives: Vec<Life>,
    pub(crate) catalogue: Catalogue,
    pub(crate) requests: BTreeMap<RequestId, Request>,
    /// Jobs that are not over: queued, or leased under the named lease.
    pub(crate) jobs: BTreeMap<JobId, Job>,
    pub(crate) leases: BTreeMap<LeaseId, Lease>,
    pub(crate) outcomes: BTreeMap<(LeaseId, u32), Outcome>,
    pub(crate) judgements: BTreeMap<(LeaseId, u32), Judgement>,
    /// The failed prints that a person has seen.
    pub(crate) seen: BTreeMap<(LeaseId, u32), Seen>,
    pub(crate) printers: BTreeMap<PrinterKey, Printer>,
    pub(crate) memos: Memos,
    pub(crate) anomalies: u64,
    pub(crate) shares: Shares,
    /// How much is committed of what each agent told.
    pub(crate) marks: BTreeMap<AgentId, u64>,
    pub(crate) next: Next,
    /// What this process was to give first. Not durable.
    pub(crate) began_at: Next,
    /// Since when this process has listened without a gap: nobody was silent before. Not durable.
    pub(crate) listens_since: Timestamp,
    /// When this process listened last. Not durable.
    listened_at: Timestamp,
    /// When each agent was last heard of, and whether its connection stands. Not durable.
    pub(crate) heard: BTreeMap<AgentId, Heard>,
    /// Agents whose identity two machines have, and since when: they start nothing.
    pub(crate) frozen: BTreeMap<AgentId, Timestamp>,
    /// Which processes spoke as each agent. Not durable.
    pub(crate) sessions: BTreeMap<AgentId, Sessions>,
    /// Requests whose jobs must be looked at again.
    pub(crate) unsettled: BTreeSet<RequestId>,
    /// Leases that are not over, by request: what [`Request`]'s numbers in flight are summed from.
    pub(crate) live: BTreeMap<RequestId, BTreeSet<LeaseId>>,
    /// The lease that each printer holds.
    pub(crate) held: BTreeMap<PrinterKey, LeaseId>,
    /// The leases of each printer that were given up in a silence.
    pub(crate) lapsed: BTreeMap<PrinterKey, BTreeSet<LeaseId>>,
}

/// One plate to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// What for.
    pub request: RequestId,
    /// Where it is.
    pub state: JobState,
}

/// Where a job is. A job that is done or withdrawn is no longer kept here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Waits for a printer.
    Queued,
    /// Given to a printer under its one current lease.
    Leased(LeaseId),
}

/// The next numbers to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// Of a request.
    pub request: u64,
    /// Of a job.
    pub job: u64,
    /// Of a lease, in this epoch.
    pub lease: u64,
}

impl Next {
    /// What a new farm gives.
    const FIRST: Self = Self { request: 1, job: 1, lease: 1 };
}

/// When an agent was heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Its last message.
    pub at: Timestamp,
    /// Since when it speaks without a silence.
    pub since: Timestamp,
    /// Whether its connection stands, as far as the broker can tell: a hint.
    pub connected: bool,
}

impl Dispatcher {
    /// Returns a farm that knows nothing yet.
    #[must_use]
    pub fn new(farm: FarmId, epoch: Epoch) -> Self {
        Self {
            farm,
            epoch,
            lives: Vec::new(),
            catalogue: Catalogue::default(),
            requests: BTreeMap::new(),
            jobs: BTreeMap::new(),
            leases: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            judgements: BTreeMap::new(),
            seen: BTreeMap::new(),
            printers: BTreeMap::new(),
            memos: Memos::default(),
            anomalies: 0,
            shares: Shares::default(),
            marks: BTreeMap::new(),
            next: Next::FIRST,
            began_at: Next::FIRST,
            listens_since: Timestamp(0),
            listened_at: Timestamp(0),
            heard: BTreeMap::new(),
            frozen: BTreeMap::new(),
            sessions: BTreeMap::new(),
            unsettled: BTreeSet::new(),
            live: BTreeMap::new(),
            held: BTreeMap::new(),
            lapsed: BTreeMap::new(),
        }
    }

    /// Returns what follows from `event` at `now`. Changes nothing.
    #[must_use]
    pub fn decide(&self, now: Timestamp, event: &Event) -> Decision {
        match event {
            Event::Said { agent, message } => self.decide_said(now, agent, message),
            Event::Told { agent, printer, numbered } => {
                self.decide_fact(now, agent, printer, numbered)
            }
            Event::Connection { agent, connected } => Decision::sight(Sighting::Connection {
                agent: agent.clone(),
                connected: *connected,
            }),
            Event::Requested(new) => self.decide_requested(now, new),
            Event::RequestCancelled { request } => self.decide_cancelled(*request),
            Event::RequestRanked { request, rank } => self.decide_ranked(*request, *rank),
            Event::Delivered { request, pieces } => self.decide_delivered(now, *request, *pieces),
            Event::Published { design, revision, slices } => {
                self.decide_published(design, revision, slices)
            }
            Event::RevisionWithdrawn { design, revision, why } => {
                self.decide_withdrawn(design, revision, why)
            }
            Event::LeaseAbandoned { lease } => self.decide_abandoned(now, *lease),
            Event::FailureSeen { lease, ordinal, by } => {
                self.decide_seen(now, (*lease, *ordinal), by.as_deref())
            }
            Event::AgentRevoked { agent } => self.decide_revoked(now, agent),
            Event::AgentReleased { agent } => self.decide_released(now, agent),
            Event::MemoWritten { agent, text } => self.decide_memo(now, agent, text),
            Event::Quarantined { agent, note } => self.decide_anomaly(now, agent, note.clone()),
            Event::Settle => self.decide_settle(now),
        }
    }

    fn decide_said(&self, now: Timestamp, agent: &AgentId, message: &Up) -> Decision {
        let mut decision = match message {
            Up::Hello(hello) => self.decide_hello(now, agent, hello),
            Up::Ask(ask) => self.decide_ask(now, agent, ask),
            Up::Status { printers } => self.decide_status(now, agent, printers),
            Up::Read { memos } => self.decide_read(now, agent, memos),
            // The shell tells facts one by one, because each is decided on what the last changed.
            Up::Facts { .. } => Decision::default(),
        };
        decision.sightings.push(Sighting::Heard { agent: agent.clone(), at: now });
        decision
    }

    /// Says whether every request's jobs were looked at since it changed.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.unsettled.is_empty()
    }

    /// Takes note that agents are listened to at `now`. A long time since the last is a machine that
    /// slept, or a clock that was set right: nobody was silent then.
    pub fn listen(&mut self, now: Timestamp) {
        if self.listens_anew(now) {
            self.listens_since = now;
        }
        self.listened_at = now;
    }

    /// Says whether nobody listened to agents for a while before `now`.
    #[must_use]
    pub fn listens_anew(&self, now: Timestamp) -> bool {
        LISTENS_EVERY < now.since(self.listened_at)
    }

    fn job_mut(&mut self, job: JobId) -> &mut Job {
        self.jobs.get_mut(&job).expect("a change names a job that is not over")
    }

    fn request_mut(&mut self, request: RequestId) -> &mut Request {
        self.requests.get_mut(&request).expect("a change names a request that was opened")
    }
}
