//! What a printer's memory answers: what its coordinator has not heard, which leases it holds, and what became of its plates.

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, HOLDS_PER_PRINTER_MAX};

use super::{Bed, Memory, Phase, Told};
use crate::supervise::past::{PastPlate, Printed};
use crate::supervise::print_id::PrintId;

impl Memory {
    /// Says whether the file at `path` is printed, or kept for its owner.
    pub(in crate::supervise) fn uses(&self, path: &str) -> bool {
        let at_hand = self.run.as_ref().is_some_and(|run| match &run.phase {
            Phase::Preparing => false,
            Phase::Starting { path: ours, .. } | Phase::Printing { path: ours } => ours == path,
        });
        at_hand || self.past.iter().any(|past| past.path == path)
    }

    /// Returns the facts that the coordinator, in this life of its database, has not receipted.
    pub(in crate::supervise) fn unheard(&self) -> impl Iterator<Item = (u64, &Fact)> {
        let unheard = |told: &Told| told.receipted.is_none() || told.receipted != self.epoch;
        self.facts
            .iter()
            .filter(move |(_, told)| unheard(told))
            .map(|(seq, told)| (*seq, &told.fact))
    }

    /// Returns the leases that the coordinator may think we hold, rightly: the latest of them, since a printer holds one at a
    /// time, and another life of its database has to be told all of a thousand plates.
    pub(in crate::supervise) fn holds(&self) -> Vec<LeaseId> {
        // An unknown end is held until the maker has looked.
        let unknown = self
            .past
            .iter()
            .filter(|past| past.end == End::Unknown && self.bed == Bed::Plate(past.lease));
        let mut holds: Vec<_> = self.run.iter().map(|run| run.grant.lease).collect();
        holds.extend(unknown.map(|past| past.lease));
        let mut untold: Vec<_> = self.unheard().map(|(_, fact)| fact.lease()).collect();
        untold.sort_unstable();
        untold.dedup();
        untold.retain(|lease| !holds.contains(lease));
        let room = HOLDS_PER_PRINTER_MAX.saturating_sub(holds.len());
        holds.extend(untold.into_iter().rev().take(room));
        holds.sort_unstable();
        holds
    }

    pub(in crate::supervise) fn past(&self, lease: LeaseId) -> Option<&PastPlate> {
        self.past.iter().find(|past| past.lease == lease)
    }

    /// Returns the past plates that nobody needs any more: told, off the bed, and not of the last so many.
    pub(in crate::supervise) fn forgettable(
        &self,
        kept: usize,
    ) -> impl Iterator<Item = &PastPlate> {
        let old = self.past.len().saturating_sub(kept);
        self.past[..old].iter().filter(|past| {
            self.bed != Bed::Plate(past.lease)
                && !self.unheard().any(|(_, fact)| fact.lease() == past.lease)
        })
    }

    /// Returns the plate on the bed that a person can judge.
    pub(in crate::supervise) fn plate_on_bed(&self) -> Option<&PastPlate> {
        match self.bed {
            Bed::Plate(lease) => self.past(lease),
            Bed::Unconfirmed | Bed::Clear => None,
        }
    }

    /// Returns the print that ended last.
    pub(in crate::supervise) fn last_printed(&self) -> Option<Printed> {
        self.facts.values().rev().find_map(|told| Printed::told_by(&told.fact))
    }

    /// Returns the print of that name, if it has ended and the journal still knows of it.
    pub(in crate::supervise) fn printed(&self, named: PrintId) -> Option<Printed> {
        let mut printed = self.facts.values().filter_map(|told| Printed::told_by(&told.fact));
        printed.find(|printed| printed.print == named)
    }

    /// Says whether a person must tell what became of the plate on the bed.
    pub(in crate::supervise) fn awaits_look(&self) -> bool {
        self.plate_on_bed().is_some_and(|past| past.end == End::Unknown)
    }

    /// Says whether the lease is known, running or past.
    pub(in crate::supervise) fn knows(&self, lease: LeaseId) -> bool {
        self.run.as_ref().is_some_and(|run| run.grant.lease == lease)
            || self.facts.values().any(|told| told.fact.lease() == lease)
    }
}
