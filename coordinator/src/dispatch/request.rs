//! What is asked for, and its numbers.

use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::{DesignId, RequestId, RevisionId};
use visorfarm_protocol::text::plain;

use super::event::NewRequest;
use super::{Answer, Change, Channel, Decision, Dispatcher, Entry, EntryKind, Rank, Refused, Sums};
use crate::clock::Timestamp;

/// The most pieces in one request: more is a typing error, or a hospital that should be called.
pub const PIECES_MAX: u32 = 100_000;

/// The longest title in bytes: a hundred characters, as forms take them, in any writing.
pub(super) const TITLE_BYTES_MAX: usize = 400;

/// Somebody needs pieces of a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub id: RequestId,
    /// The object.
    pub design: DesignId,
    /// Only this version, if the requester insists.
    pub revision: Option<RevisionId>,
    /// Who needs it and where.
    pub title: String,
    /// When it was taken.
    pub at: Timestamp,
    /// How pressing it is.
    pub rank: Rank,
    /// Whether it still is.
    pub state: RequestState,
    /// What the ledger says of it.
    pub sums: Sums,
}

/// Whether a request is still wanted. That it is fulfilled is read off its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Wanted.
    Open,
    /// Not wanted any more; what is printing ends normally.
    Cancelled,
}

impl Dispatcher {
    pub(super) fn decide_requested(&self, now: Timestamp, new: &NewRequest) -> Decision {
        let wanted = match self.check_request(new) {
            Ok(wanted) => wanted,
            Err(refused) => return Decision::refuse(refused),
        };
        let id = RequestId(self.next.request);
        let request = Request {
            id,
            design: new.design.clone(),
            revision: new.revision.clone(),
            title: plain(&new.title),
            at: now,
            rank: new.rank(),
            state: RequestState::Open,
            sums: Sums::default(),
        };
        let entry = Entry {
            request: Some(id),
            lease: None,
            kind: EntryKind::Wanted,
            pieces: i64::from(wanted),
            at: now,
        };
        Decision {
            changes: vec![Change::RequestOpened(request), Change::Entered(entry)],
            answer: Answer::Opened(id),
            ..Decision::default()
        }
    }

    fn check_request(&self, new: &NewRequest) -> Result<u32, Refused> {
        let pieces = u32::try_from(new.pieces)
            .ok()
            .filter(|pieces| (1..=PIECES_MAX).contains(pieces))
            .ok_or(Refused::Pieces { pieces: new.pieces })?;
        if TITLE_BYTES_MAX < new.title.len() {
            return Err(Refused::Title { bytes: new.title.len() });
        }
        if !self.catalogue.designs().any(|(design, _)| *design == new.design) {
            return Err(Refused::Design { design: new.design.clone() });
        }
        let Some(revision) = &new.revision else { return Ok(pieces) };
        let design = new.design.clone();
        match self.catalogue.revision(&new.design, revision) {
            None => Err(Refused::Revision { design, revision: revision.clone() }),
            Some(found) if found.channel == Channel::Withdrawn => {
                Err(Refused::Withdrawn { design, revision: revision.clone() })
            }
            Some(_) => Ok(pieces),
        }
    }

    pub(super) fn decide_cancelled(&self, request: RequestId) -> Decision {
        match self.requests.get(&request).map(|request| request.state) {
            None => Decision::refuse(Refused::Request { request }),
            Some(RequestState::Cancelled) => Decision::default(),
            Some(RequestState::Open) => Decision::change(Change::RequestCancelled { request }),
        }
    }

    pub(super) fn decide_ranked(&self, request: RequestId, rank: Rank) -> Decision {
        match self.requests.get(&request).map(|request| request.rank) {
            None => Decision::refuse(Refused::Request { request }),
            Some(before) if before == rank => Decision::default(),
            Some(_) => Decision::change(Change::RequestRanked { request, rank }),
        }
    }

    pub(super) fn decide_delivered(
        &self,
        now: Timestamp,
        request: RequestId,
        pieces: i64,
    ) -> Decision {
        let Some(Request { sums, .. }) = self.requests.get(&request) else {
            return Decision::refuse(Refused::Request { request });
        };
        let good = sums.good - sums.delivered;
        if !(1..=good).contains(&pieces) {
            return Decision::refuse(Refused::Delivery { request, pieces, good });
        }
        Decision::change(Change::Entered(Entry {
            request: Some(request),
            lease: None,
            kind: EntryKind::Delivered,
            pieces,
            at: now,
        }))
    }

    pub(super) fn apply_request(&mut self, request: &Request) {
        self.next.request = self.next.request.max(request.id.0 + 1);
        self.unsettled.insert(request.id);
        self.requests.insert(request.id, request.clone());
    }

    /// Returns the pieces of `request` that printers hold: granted, printing, or unknown.
    #[must_use]
    pub fn in_flight(&self, request: RequestId) -> u64 {
        let live = self.live.get(&request).into_iter().flatten();
        live.map(|lease| u64::from(self.leases[lease].plate.pieces)).sum()
    }
}
