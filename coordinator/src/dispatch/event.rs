//! What comes in and what goes out of the [`Dispatcher`](super::Dispatcher).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visorfarm_protocol::id::{
    AgentId, DesignId, LeaseId, PrinterId, ProfileId, RequestId, RevisionId,
};
use visorfarm_protocol::message::{Numbered, Up};

use super::{Channel, Day, Priority, Rank, Slice};
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
    /// A person has seen how a print failed: nobody else need look.
    FailureSeen {
        /// Under which lease.
        lease: LeaseId,
        /// Which print under it.
        ordinal: u32,
        /// Who says so; none for a program.
        by: Option<String>,
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
