//! What has been counted. Append-only: every number shown is a sum over entries, and a correction
//! is an entry.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visorfarm_protocol::id::{LeaseId, RequestId};
use visorfarm_protocol::message::End;

use super::{Dispatcher, PrinterKey};
use crate::clock::Timestamp;

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// For which request; none if a restored coordinator does not know it.
    pub request: Option<RequestId>,
    /// Which print brought it: the lease and the print's ordinal under it.
    pub lease: Option<(LeaseId, u32)>,
    /// Of what.
    pub kind: EntryKind,
    /// How many; negative in a correction.
    pub pieces: i64,
    /// When it was entered.
    pub at: Timestamp,
}

/// What an entry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Asked for.
    Wanted,
    /// Came off a bed.
    Printed,
    /// Looked at and to be used.
    Good,
    /// Looked at and thrown away.
    Bad,
    /// Reached the requester.
    Delivered,
}

/// The sums of a request's entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sums {
    /// Asked for.
    pub wanted: i64,
    /// Came off a bed.
    pub printed: i64,
    /// Looked at and to be used.
    pub good: i64,
    /// Looked at and thrown away.
    pub bad: i64,
    /// Reached the requester.
    pub delivered: i64,
}

/// How one print ended. Never changes; there is one for a lease and ordinal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Under which lease.
    pub lease: LeaseId,
    /// Which print under it: 0 for the lease's own, higher for a repetition by the owner.
    pub ordinal: u32,
    /// Where.
    pub printer: PrinterKey,
    /// How.
    pub end: End,
    /// Pieces of the plate.
    pub pieces: u32,
    /// How long it took.
    pub seconds: Option<u32>,
    /// Details.
    pub note: String,
    /// When it was counted.
    pub at: Timestamp,
}

/// What a person saw on the bed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Under which lease.
    pub lease: LeaseId,
    /// Which print under it.
    pub ordinal: u32,
    /// The fact's number: a later judgement corrects an earlier one, never the other way round.
    pub seq: u64,
    /// Pieces to be used.
    pub good: u32,
    /// Pieces to be thrown away.
    pub bad: u32,
    /// When it was counted.
    pub at: Timestamp,
}

impl Outcome {
    /// Returns its place in time among the prints of a printer; the same after a restart, also where
    /// two were heard of in the same millisecond.
    pub(super) fn order(&self) -> (Timestamp, LeaseId, u32) {
        (self.at, self.lease, self.ordinal)
    }
}

impl Sums {
    /// Adds an entry.
    pub fn add(&mut self, kind: EntryKind, pieces: i64) {
        let sum = match kind {
            EntryKind::Wanted => &mut self.wanted,
            EntryKind::Printed => &mut self.printed,
            EntryKind::Good => &mut self.good,
            EntryKind::Bad => &mut self.bad,
            EntryKind::Delivered => &mut self.delivered,
        };
        *sum += pieces;
    }

    /// Returns the pieces that are still to be granted, given those in flight.
    #[must_use]
    pub fn outstanding(&self, in_flight: u64) -> u64 {
        u64::try_from(self.balance(in_flight)).unwrap_or(0)
    }

    /// Returns the pieces that are printed or in flight beyond what was asked for.
    #[must_use]
    pub fn surplus(&self, in_flight: u64) -> u64 {
        u64::try_from(-self.balance(in_flight)).unwrap_or(0)
    }

    /// wanted = pipeline + outstanding - surplus, so outstanding - surplus = wanted - pipeline.
    fn balance(&self, in_flight: u64) -> i64 {
        let in_flight = i64::try_from(in_flight).expect("pieces in flight are bounded by leases");
        self.wanted - (self.printed - self.bad) - in_flight
    }
}

impl Dispatcher {
    pub(super) fn apply_outcome(&mut self, outcome: &Outcome) {
        self.advance(&outcome.printer.agent);
        let before = self.outcomes.insert((outcome.lease, outcome.ordinal), outcome.clone());
        assert_eq!(before, None, "{:?} was counted twice", outcome.lease);
        let printer = self.printers.get_mut(&outcome.printer);
        let older = |last: &Outcome| last.order() <= outcome.order();
        if let Some(printer) = printer.filter(|printer| printer.last.as_ref().is_none_or(older)) {
            printer.last = Some(outcome.clone());
        }
    }

    pub(super) fn apply_judgement(&mut self, judgement: &Judgement) {
        let agent = self.leases[&judgement.lease].holder.agent.clone();
        self.advance(&agent);
        let print = (judgement.lease, judgement.ordinal);
        self.judgements.insert(print, judgement.clone());
        let holder = &self.outcomes[&print].printer;
        if let Some(printer) = self.printers.get_mut(holder) {
            printer.judged = printer.judged.max(Some(judgement.at));
        }
    }

    pub(super) fn apply_entry(&mut self, entry: &Entry) {
        if let (EntryKind::Printed, Some((lease, _))) = (entry.kind, entry.lease) {
            let holder = &self.leases[&lease].holder;
            if let Some(printer) = self.printers.get_mut(holder) {
                printer.printed += entry.pieces;
            }
        }
        let Some(id) = entry.request else { return };
        self.request_mut(id).sums.add(entry.kind, entry.pieces);
        self.unsettled.insert(id);
    }
}
