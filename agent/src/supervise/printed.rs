//! What was printed for the farm, for whom, and how much of it was good, as far as the journal knows:
//! it keeps the facts of the last months.

use std::collections::BTreeMap;

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, Plate};

use super::Supervisor;
use super::print_id::PrintId;

/// A print that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintedPlate<'a> {
    /// Which one.
    pub print: PrintId,
    /// What was printed.
    pub plate: &'a Plate,
    /// How it ended.
    pub end: End,
    /// How many pieces are good and how many bad, by the last who counted.
    pub judged: Option<(u32, u32)>,
    /// What it was for; nothing if that is too long ago.
    pub purpose: Option<&'a str>,
}

impl Supervisor {
    /// Returns the prints that the journal knows of, in the order in which they ended.
    #[must_use]
    pub fn printed(&self) -> Vec<PrintedPlate<'_>> {
        let facts = || self.memory.facts.values().map(|told| &told.fact);
        let judged: BTreeMap<_, _> = facts().filter_map(judgement).collect();
        facts()
            .filter_map(ending)
            .map(|(print, end, plate)| PrintedPlate {
                print,
                plate,
                end,
                judged: judged.get(&print).copied(),
                purpose: self.purpose(print.lease, plate),
            })
            .collect()
    }

    /// Returns the lease whose plate stands on the bed, if its print has ended.
    #[must_use]
    pub fn on_bed(&self) -> Option<LeaseId> {
        self.memory.plate_on_bed().map(|past| past.lease)
    }

    fn purpose(&self, lease: LeaseId, plate: &Plate) -> Option<&str> {
        let is_its = |kept: &&super::past::Purpose| {
            (kept.epoch, kept.request) == (lease.epoch, plate.request)
        };
        self.memory.purposes.iter().find(is_its).map(|kept| kept.text.as_str())
    }
}

fn ending(fact: &Fact) -> Option<(PrintId, End, &Plate)> {
    match fact {
        Fact::Ended { lease, ordinal, end, plate, .. } => {
            Some((PrintId { lease: *lease, ordinal: *ordinal }, *end, plate))
        }
        Fact::Accepted { .. }
        | Fact::Returned { .. }
        | Fact::Started { .. }
        | Fact::Judged { .. } => None,
    }
}

fn judgement(fact: &Fact) -> Option<(PrintId, (u32, u32))> {
    match fact {
        Fact::Judged { lease, ordinal, good, bad } => {
            Some((PrintId { lease: *lease, ordinal: *ordinal }, (*good, *bad)))
        }
        Fact::Accepted { .. }
        | Fact::Returned { .. }
        | Fact::Started { .. }
        | Fact::Ended { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::Event;
    use super::super::testing::Bench;
    use super::*;

    /// Checks the only plate: how it ended, and how many of it are good and bad.
    #[track_caller]
    fn check(bench: &Bench, end: End, judged: Option<(u32, u32)>) {
        let printed = bench.supervisor.printed();
        let [plate] = printed.as_slice() else { panic!("{printed:?}") };
        assert_eq!((plate.print.lease.number, plate.end, plate.judged), (1, end, judged));
        assert_eq!(plate.purpose, Some("CHU"));
    }

    #[test]
    fn a_plate_is_told_with_its_purpose_and_the_last_count_even_after_a_restart() {
        let mut bench = Bench::ready();
        let lease = bench.completed();
        check(&bench, End::Completed, None);
        assert_eq!(bench.supervisor.on_bed(), Some(lease));
        bench.put(Event::BedClear { good: None });
        check(&bench, End::Completed, Some((4, 0)));
        bench.put(Event::Recount { plate: None, good: 3 });
        assert_eq!(bench.supervisor.on_bed(), None);
        check(&bench.restart(), End::Completed, Some((3, 1)));
    }

    #[test]
    fn a_plate_that_still_prints_is_none_of_the_past() {
        let mut bench = Bench::ready();
        bench.printing();
        assert_eq!((bench.supervisor.printed(), bench.supervisor.on_bed()), (vec![], None));
    }
}
