//! What the dispatcher keeps: what must be durable, and what need not be.

use visorfarm_protocol::id::{
    AgentId, DesignId, Epoch, JobId, LeaseId, MemoId, RequestId, RevisionId,
};
use visorfarm_protocol::status::{PrinterCard, PrinterStatus};

use super::{
    Entry, Judgement, Kind, Lease, LeaseState, Life, Memo, Outcome, PrinterKey, Rank, Request,
    Revision, Seen, Waiting,
};
use crate::clock::Timestamp;

/// What must be durable before anything else happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A printer told its card for the first time, or another one.
    PrinterKnown {
        /// Which one.
        key: PrinterKey,
        /// Its card.
        card: PrinterCard,
    },
    /// A printer left the farm with its agent. What it printed stays counted.
    PrinterGone {
        /// Which one.
        key: PrinterKey,
    },
    /// A revision with all of its slices, old and new.
    RevisionPublished {
        /// Of which design.
        design: DesignId,
        /// Which one.
        revision: RevisionId,
        /// All of it.
        published: Revision,
    },
    /// A revision must not be started any more.
    RevisionWithdrawn {
        /// Of which design.
        design: DesignId,
        /// Which one.
        revision: RevisionId,
        /// Why.
        why: String,
    },
    /// A request was taken.
    RequestOpened(Request),
    /// A request was cancelled.
    RequestCancelled {
        /// Which one.
        request: RequestId,
    },
    /// A request is more or less pressing than it was.
    RequestRanked {
        /// Which one.
        request: RequestId,
        /// How pressing it is.
        rank: Rank,
    },
    /// A new job waits for a printer.
    JobQueued {
        /// Which one.
        job: JobId,
        /// What for.
        request: RequestId,
    },
    /// A job waits for a printer again.
    JobRequeued {
        /// Which one.
        job: JobId,
    },
    /// A queued job is no longer needed.
    JobWithdrawn {
        /// Which one.
        job: JobId,
    },
    /// A job was printed.
    JobDone {
        /// Which one.
        job: JobId,
    },
    /// A lease begins, and its job with it.
    LeaseGranted(Lease),
    /// A lease goes on or ends.
    LeaseMoved {
        /// Which one.
        lease: LeaseId,
        /// To where.
        state: LeaseState,
        /// Why, for a person.
        note: String,
        /// When.
        at: Timestamp,
    },
    /// A print ended.
    OutcomeCounted(Outcome),
    /// A person looked at the plate.
    Judged(Judgement),
    /// A person has seen how a print failed.
    FailureSeen(Seen),
    /// The ledger grows.
    Entered(Entry),
    /// The database was set back to an earlier state behind the coordinator's back: its life goes on as another one, in which
    /// agents tell everything once more.
    LifeBegan {
        /// The one that ended.
        ended: Life,
        /// The name of the one that began.
        epoch: Epoch,
    },
    /// Two machines speak as one agent: neither starts anything.
    AgentFrozen {
        /// Which one.
        agent: AgentId,
        /// When it showed.
        at: Timestamp,
    },
    /// Only one machine speaks as the agent again, as a person says.
    AgentReleased {
        /// Which one.
        agent: AgentId,
        /// When the person said so.
        at: Timestamp,
    },
    /// A memo waits to be read.
    MemoWritten(Memo),
    /// A maker has read a memo.
    MemoRead {
        /// Which one.
        memo: MemoId,
        /// When that was heard.
        at: Timestamp,
    },
    /// An agent said something that cannot be.
    AnomalyNoted {
        /// Who.
        agent: AgentId,
        /// What.
        note: String,
        /// When.
        at: Timestamp,
    },
}

/// What need not survive a restart.
#[derive(Clone, Debug, PartialEq)]
pub enum Sighting {
    /// An agent said something.
    Heard {
        /// Who.
        agent: AgentId,
        /// When.
        at: Timestamp,
    },
    /// An agent's connection came or went.
    Connection {
        /// Whose.
        agent: AgentId,
        /// Whether it stands.
        connected: bool,
    },
    /// An agent took some of its share of what is bounded.
    Took {
        /// Who.
        agent: AgentId,
        /// When.
        at: Timestamp,
        /// Of what.
        kind: Kind,
        /// How many.
        count: u32,
    },
    /// What an agent told is for later, since its share is used up.
    PutOff {
        /// Whose.
        agent: AgentId,
        /// When.
        at: Timestamp,
    },
    /// An agent was told the memos that its maker has not read.
    MemosTold {
        /// Which one.
        agent: AgentId,
        /// When.
        at: Timestamp,
    },
    /// A process said hello.
    Speaks {
        /// As whom.
        agent: AgentId,
        /// The number that it drew at its start.
        session: u64,
    },
    /// How a printer is doing.
    Status {
        /// Which one.
        key: PrinterKey,
        /// How.
        status: PrinterStatus,
    },
    /// A printer wants work.
    Waits {
        /// Which one.
        key: PrinterKey,
        /// What it asked for.
        waiting: Waiting,
    },
    /// A printer has work, or its ask grew old.
    WaitsNoMore {
        /// Which one.
        key: PrinterKey,
    },
    /// An agent said hello, and which leases it knows.
    Knows {
        /// Which printer.
        key: PrinterKey,
        /// The lease that this printer holds, if its agent does not know it any more.
        forgot: Option<LeaseId>,
    },
    /// A request's jobs are as many as they must be.
    Settled {
        /// Which one.
        request: RequestId,
    },
}
