//! What comes in and what goes out of the [`Dispatcher`](super::Dispatcher).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visorfarm_protocol::id::{
    AgentId, DesignId, JobId, LeaseId, MemoId, PrinterId, ProfileId, RequestId, RevisionId,
};
use visorfarm_protocol::memo::MEMO_CHARS_MAX;
use visorfarm_protocol::message::{Down, Numbered, Up};
use visorfarm_protocol::status::{PrinterCard, PrinterStatus};

use super::{
    Channel, Day, Entry, Judgement, Kind, Lease, LeaseState, Memo, Outcome, PrinterKey, Priority,
    Rank, Request, Revision, Slice, Waiting,
};
use crate::clock::Timestamp;

/// Something that happened outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An agent said something that is no fact.
    Said {
        /// Who; the broker vouches for it.
        agent: AgentId,
        /// What.
        message: Up,
    },
    /// An agent told one fact.
    Told {
        /// Who; the broker vouches for it.
        agent: AgentId,
        /// Whose journal remembers it.
        printer: PrinterId,
        /// The fact and its number.
        numbered: Numbered,
    },
    /// An agent's connection came or went: a hint.
    Connection {
        /// Whose.
        agent: AgentId,
        /// Whether it stands.
        connected: bool,
    },
    /// Somebody needs pieces.
    Requested(NewRequest),
    /// A request is no longer needed.
    RequestCancelled {
        /// Which one.
        request: RequestId,
    },
    /// A request is more or less pressing than it was.
    RequestRanked {
        /// Which one.
        request: RequestId,
        /// How pressing it is from now on.
        rank: Rank,
    },
    /// Good pieces reached the requester.
    Delivered {
        /// Of which request.
        request: RequestId,
        /// How many. Signed and wide, so that nonsense is refused by name.
        pieces: i64,
    },
    /// A revision, or further slices of one, may be printed.
    Published {
        /// Of which design.
        design: DesignId,
        /// Which one.
        revision: RevisionId,
        /// What it brings.
        slices: Publication,
    },
    /// A revision must not be started any more.
    RevisionWithdrawn {
        /// Of which design.
        design: DesignId,
        /// Which one.
        revision: RevisionId,
        /// Why, for the makers.
        why: String,
    },
    /// A person decided that a silent lease is lost.
    LeaseAbandoned {
        /// Which one.
        lease: LeaseId,
    },
    /// A person took an agent's credentials away.
    AgentRevoked {
        /// Whose.
        agent: AgentId,
    },
    /// A person made sure that only one machine speaks as this agent.
    AgentReleased {
        /// Which one.
        agent: AgentId,
    },
    /// A person writes to a maker.
    MemoWritten {
        /// To whose agent.
        agent: AgentId,
        /// What; not yet looked at.
        text: String,
    },
    /// An agent sent something that is no message.
    Quarantined {
        /// Who.
        agent: AgentId,
        /// What was wrong.
        note: String,
    },
    /// Look at what follows from the last changes. Repeated until nothing does.
    Settle,
}

/// What a publication brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// How far the revision is proven.
    pub channel: Channel,
    /// When it was published first.
    pub at: Timestamp,
    /// One per printer profile.
    pub slices: Vec<(ProfileId, Slice)>,
}

/// What a requester asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with design and pieces")]
pub struct NewRequest {
    /// The object.
    #[schema(value_type = String, example = "visor-band")]
    pub design: DesignId,
    /// Only this version of it; without it, the newest that is clinical or validated.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub revision: Option<RevisionId>,
    /// How many pieces. Signed and wide, so that nonsense is refused by name.
    #[schema(example = 12)]
    pub pieces: i64,
    /// Who needs it and where, for makers to read.
    #[serde(default)]
    pub title: String,
    /// How pressing it is.
    #[serde(default)]
    pub priority: Priority,
    /// The last day on which it is of use.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2026-12-24")]
    pub due: Option<Day>,
}

impl NewRequest {
    /// Returns what somebody asks for who says no more than what, how many and for whom.
    #[must_use]
    pub fn new(design: DesignId, pieces: i64, title: impl Into<String>) -> Self {
        let Rank { priority, due } = Rank::default();
        Self { design, revision: None, pieces, title: title.into(), priority, due }
    }

    /// Returns how pressing it is.
    #[must_use]
    pub fn rank(&self) -> Rank {
        Rank { priority: self.priority, due: self.due }
    }
}

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
    },
    /// A print ended.
    OutcomeCounted(Outcome),
    /// A person looked at the plate.
    Judged(Judgement),
    /// The ledger grows.
    Entered(Entry),
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

/// What follows from an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// To be made durable together, in order.
    pub changes: Vec<Change>,
    /// To be taken note of, in order.
    pub sightings: Vec<Sighting>,
    /// To be sent once the changes are durable. They may be lost: what matters is sent again when
    /// the agent says hello or asks.
    pub messages: Vec<(AgentId, Down)>,
    /// What to answer whoever caused the event.
    pub answer: Answer,
}

/// What a person's event came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Answer {
    /// As wished.
    #[default]
    Done,
    /// A request was opened under this number.
    Opened(RequestId),
    /// Not as wished, and nothing changed.
    Refused(Refused),
    /// A fact that is not taken now: its agent had its share, and tells it again because it gets no
    /// receipt.
    Later,
}

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too few or too many pieces.
    #[error("{pieces} pieces cannot be asked for: ask for 1 to {}", super::PIECES_MAX)]
    Pieces {
        /// How many were asked for.
        pieces: i64,
    },
    /// The title is too long.
    #[error("the title has {bytes} bytes: use up to 200")]
    Title {
        /// How long it is.
        bytes: usize,
    },
    /// No such design.
    #[error("design {design} is not published here: see /api/v1/designs for those that are")]
    Design {
        /// Which was asked for.
        design: DesignId,
    },
    /// No such revision.
    #[error("design {design} has no revision {revision}")]
    Revision {
        /// Of which design.
        design: DesignId,
        /// Which was asked for.
        revision: RevisionId,
    },
    /// A revision that must not be started.
    #[error("revision {revision} of {design} is withdrawn")]
    Withdrawn {
        /// Of which design.
        design: DesignId,
        /// Which was asked for.
        revision: RevisionId,
    },
    /// A slice under the same name with other bytes: revisions never change.
    #[error(
        "revision {revision} of {design} already has another file for {profile}: \
         a revision never changes, publish it under a new name"
    )]
    Changed {
        /// Of which design.
        design: DesignId,
        /// Which revision.
        revision: RevisionId,
        /// For which profile.
        profile: ProfileId,
    },
    /// No such request.
    #[error("there is no request {request}")]
    Request {
        /// Which was named.
        request: RequestId,
    },
    /// More than there are.
    #[error("{pieces} pieces cannot be delivered: request {request} has {good} good ones left")]
    Delivery {
        /// Of which request.
        request: RequestId,
        /// How many were named.
        pieces: i64,
        /// How many there are.
        good: i64,
    },
    /// The agent may start what it is given.
    #[error("{agent} is not held back: there is nothing to release")]
    NotFrozen {
        /// Which was named.
        agent: AgentId,
    },
    /// A memo that says nothing, or too much.
    #[error("a message has 1 to {} characters, not {characters}", MEMO_CHARS_MAX)]
    Memo {
        /// How many there are, apart from what cannot be read.
        characters: usize,
    },
    /// Too many memos wait to be read.
    #[error("the maker of {agent} has not read the last {} messages: telephone", super::UNREAD_MAX)]
    Unread {
        /// To whom was written.
        agent: AgentId,
    },
    /// The lease is over or unknown.
    #[error("{lease:?} is not waiting for anything")]
    Lease {
        /// Which was named.
        lease: LeaseId,
    },
}

impl Decision {
    pub(super) fn change(change: Change) -> Self {
        Self { changes: vec![change], ..Self::default() }
    }

    pub(super) fn sight(sighting: Sighting) -> Self {
        Self { sightings: vec![sighting], ..Self::default() }
    }

    pub(super) fn later() -> Self {
        Self { answer: Answer::Later, ..Self::default() }
    }

    pub(super) fn refuse(refused: Refused) -> Self {
        Self { answer: Answer::Refused(refused), ..Self::default() }
    }

    /// Says whether nothing follows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.sightings.is_empty() && self.messages.is_empty()
    }
}
