//! What the dispatcher decides: what to keep, what to tell, what to answer.

use visorfarm_protocol::id::{AgentId, DesignId, LeaseId, ProfileId, RequestId, RevisionId};
use visorfarm_protocol::memo::MEMO_CHARS_MAX;
use visorfarm_protocol::message::Down;

use super::{Change, Sighting};

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
    #[error("the title has {bytes} bytes: use up to {}", super::request::TITLE_BYTES_MAX)]
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
    /// No print that failed.
    #[error("no print failed under {lease:?}: there is nothing to see")]
    NotFailed {
        /// Which was named.
        lease: LeaseId,
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
