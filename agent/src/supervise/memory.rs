//! What a printer's journal remembers: the print at hand, the plates of the past, the bed, the
//! maker's pause, and every fact until it is receipted.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{End, Fact, Grant, HOLDS_PER_PRINTER_MAX, Plate};

use super::change::Change;
use super::leftover;
use super::past::{PastPlate, Printed, Purpose};
use super::print_id::PrintId;
use super::spool::Milligrams;
use crate::octoprint::model::Markings;

/// The most ends of plates and looks at them that are kept after their receipt, for a coordinator that comes back from a
/// backup: a thousand plates, which is half a year of a busy printer.
const PLATES_KEPT_MAX: usize = 2_000;

/// The most other facts kept after their receipt: a restored coordinator asks for none of them, but a lease that was given
/// back must not be taken for one of a lost journal if it is asked back late.
const OTHERS_KEPT_MAX: usize = 500;

/// How many past plates keep their files in OctoPrint, where the owner may print them again.
pub(super) const PAST_KEPT: usize = 3;

/// How many are remembered where OctoPrint shows no histories or deletes no files: others are forgotten when their file is gone.
pub(super) const PAST_UNREAD_KEPT: usize = 32;

/// How many files wait to be deleted from an OctoPrint that will not: beyond that the oldest stays
/// there. More than a month of an unlucky printer's leases.
const LEFTOVERS_MAX: usize = 64;

/// How many purposes are remembered: plates of requests older than the last so many are told by number.
const PURPOSES_KEPT: usize = 64;

/// The durable state of one printer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    pub(super) run: Option<Run>,
    pub(super) past: Vec<PastPlate>,
    /// What the latest requests are for, the one granted last at the end.
    #[serde(default)]
    pub(super) purposes: Vec<Purpose>,
    /// Files in OctoPrint that are to be deleted, oldest first.
    #[serde(default)]
    pub(super) leftovers: Vec<String>,
    pub(super) bed: Bed,
    /// The marks that OctoPrint's process had set when the bed was cleared, if they were heard.
    #[serde(default)]
    pub(super) cleared_at: Option<Markings>,
    pub(super) consent: Consent,
    /// What is left on the spool; nothing if the maker did not say what was on it.
    #[serde(default)]
    pub(super) spool: Option<Milligrams>,
    /// What the plate needs that was weighed last, printed or not.
    #[serde(default)]
    pub(super) weighed: Option<Milligrams>,
    #[serde(with = "listed")]
    pub(super) facts: BTreeMap<u64, Told>,
    pub(super) next_seq: u64,
    pub(super) epoch: Option<Epoch>,
    /// How much the coordinator has committed in this epoch, as far as it told.
    #[serde(default)]
    pub(super) mark: Option<u64>,
}

/// The lease at hand and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What was granted.
    pub grant: Grant,
    /// How far it is.
    pub phase: Phase,
    /// The filament that it needs, once that is known.
    #[serde(default)]
    pub weight: Option<Milligrams>,
}

/// How far a run is, as far as it must survive a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing irrevocable yet: the file is fetched and uploaded.
    Preparing,
    /// The start is ordered, or about to be: from here on only witnesses tell.
    Starting {
        /// Where OctoPrint keeps the file.
        path: String,
        /// The marks that OctoPrint's process had set before.
        #[serde(default)]
        marks: Markings,
    },
    /// Seen printing.
    Printing {
        /// Where OctoPrint keeps the file.
        path: String,
    },
}

/// What stands on the bed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bed {
    /// Nobody has said yet, or something that is not ours was printed.
    Unconfirmed,
    /// Nothing: confirmed by the maker.
    Clear,
    /// The plate of this lease.
    Plate(LeaseId),
}

/// Whether the maker wants prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Consent {
    Given,
    Paused,
}

/// A fact and who heard it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) fact: Fact,
    /// The life of the coordinator's database that receipted it.
    pub(super) receipted: Option<Epoch>,
}

/// Facts as a list of pairs: in a tagged line of JSON, a number that is a key cannot be read back.
mod listed {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::Told;

    pub(super) fn serialize<S: Serializer>(
        facts: &BTreeMap<u64, Told>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(facts)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<u64, Told>, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Default for Memory {
    /// A printer that nobody has said anything of: its bed is not known to be clear.
    fn default() -> Self {
        Self {
            run: None,
            past: Vec::new(),
            purposes: Vec::new(),
            leftovers: Vec::new(),
            bed: Bed::Unconfirmed,
            cleared_at: None,
            consent: Consent::Given,
            spool: None,
            weighed: None,
            facts: BTreeMap::new(),
            next_seq: 1,
            epoch: None,
            mark: None,
        }
    }
}

impl Memory {
    /// Replays a line of the journal.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Remembered { memory } => *self = memory.as_ref().clone(),
            Change::Granted { grant } => self.begin(grant, Phase::Preparing),
            Change::Found { grant, path } => {
                self.begin(
                    grant,
                    Phase::Starting { path: path.clone(), marks: Markings::default() },
                );
                // A plate that is known to stand there is judged first.
                if !matches!(self.bed, Bed::Plate(_)) {
                    self.bed = Bed::Plate(grant.lease);
                }
            }
            Change::Weighed { weight } => {
                self.run.as_mut().expect("only the file of a run is weighed").weight =
                    Some(*weight);
                self.weighed = Some(*weight);
            }
            Change::SpoolSaid { left } => self.spool = *left,
            Change::FilamentUsed { used } => {
                let left = |left: Milligrams| Milligrams(left.0.saturating_sub(used.0));
                self.spool = self.spool.map(left);
            }
            Change::Fact { seq, fact } => self.apply_fact(*seq, fact),
            Change::Starting { path, marks } => {
                let run = self.run.as_mut().expect("only a run starts");
                run.phase = Phase::Starting { path: path.clone(), marks: marks.clone() };
                self.bed = Bed::Plate(run.grant.lease);
            }
            Change::HistoryRead { lease, successes } => {
                let past = self.past.iter_mut().find(|past| past.lease == *lease);
                past.expect("the history is of a plate of ours").read = Some(*successes);
            }
            Change::PlateForgotten { lease } => {
                let forgotten = self.past.iter().find(|past| past.lease == *lease);
                let path = forgotten.map(|past| past.path.clone());
                self.past.retain(|past| past.lease != *lease);
                self.leave(path);
            }
            Change::FileLeft { path } => self.leave(Some(path.clone())),
            Change::FileGone { path } => self.leftovers.retain(|left| left != path),
            Change::BedTaken | Change::BedDoubted => self.bed = Bed::Unconfirmed,
            Change::BedCleared { marks } => {
                self.bed = Bed::Clear;
                self.cleared_at.clone_from(marks);
            }
            Change::BedStillClear { marks } => self.cleared_at = Some(marks.clone()),
            Change::Paused => self.consent = Consent::Paused,
            Change::Resumed => self.consent = Consent::Given,
            Change::Receipted { seqs, epoch, mark } => {
                self.mark = self.mark.max(*mark);
                for seq in seqs {
                    if let Some(told) = self.facts.get_mut(seq) {
                        told.receipted = Some(*epoch);
                    }
                }
                self.forget();
            }
            Change::Welcomed { epoch } => (self.epoch, self.mark) = (Some(*epoch), None),
        }
    }

    fn begin(&mut self, grant: &Grant, phase: Phase) {
        assert_eq!(self.run, None, "{:?} was taken during another", grant.lease);
        self.keep_purpose(grant);
        self.run = Some(Run { grant: grant.clone(), phase, weight: None });
    }

    fn keep_purpose(&mut self, grant: &Grant) {
        let Grant { lease: LeaseId { epoch, .. }, plate: Plate { request, .. }, .. } = *grant;
        self.purposes.retain(|kept| (kept.epoch, kept.request) != (epoch, request));
        self.purposes.push(Purpose { epoch, request, text: grant.purpose.clone() });
        let surplus = self.purposes.len().saturating_sub(PURPOSES_KEPT);
        self.purposes.drain(..surplus);
    }

    fn apply_fact(&mut self, seq: u64, fact: &Fact) {
        assert_eq!(seq, self.next_seq, "facts are numbered without a gap");
        self.next_seq += 1;
        self.facts.insert(seq, Told { fact: fact.clone(), receipted: None });
        match fact {
            Fact::Accepted { .. } | Fact::Judged { .. } => {}
            Fact::Started { .. } => {
                let run = self.run.as_mut().expect("only a run is seen printing");
                if let Phase::Starting { path, .. } = &run.phase {
                    run.phase = Phase::Printing { path: path.clone() };
                }
            }
            Fact::Returned { lease, .. } => {
                if let Some(run) = self.run.take_if(|run| run.grant.lease == *lease) {
                    // Unless it was fetched only, its file is at OctoPrint or on its way there.
                    self.leave(Some(match run.phase {
                        Phase::Preparing => leftover::path_of(*lease),
                        Phase::Starting { path, .. } | Phase::Printing { path } => path,
                    }));
                    // It was shown that nothing was printed.
                    if self.bed == Bed::Plate(*lease) {
                        self.bed = Bed::Clear;
                    }
                }
            }
            Fact::Ended { lease, ordinal, end, plate, .. } => {
                self.apply_ended(*lease, *ordinal, *end, plate);
            }
        }
    }

    fn apply_ended(&mut self, lease: LeaseId, ordinal: u32, end: End, plate: &Plate) {
        if ordinal != 0 {
            let past = self.past.iter_mut().find(|past| past.lease == lease);
            past.expect("a repetition is of a plate of ours").completed += 1;
            return;
        }
        let run = self.run.take().expect("only a run ends");
        let (Phase::Starting { path, .. } | Phase::Printing { path }) = run.phase else {
            unreachable!("{lease:?} ended before it was started")
        };
        if end == End::Unknown {
            // Even if the bed was taken meanwhile: a person must tell what became of it.
            self.bed = Bed::Plate(lease);
        }
        let completed = u32::from(end == End::Completed);
        let (plate, read, weight) = (plate.clone(), None, run.weight);
        self.past.push(PastPlate { lease, path, plate, end, completed, read, weight });
    }

    /// Remembers that a file is to be deleted.
    fn leave(&mut self, path: Option<String>) {
        self.leftovers.extend(path.filter(|path| !self.leftovers.contains(path)));
        let surplus = self.leftovers.len().saturating_sub(LEFTOVERS_MAX);
        self.leftovers.drain(..surplus);
    }

    /// Says whether the file at `path` is printed, or kept for its owner.
    pub(super) fn uses(&self, path: &str) -> bool {
        let at_hand = self.run.as_ref().is_some_and(|run| match &run.phase {
            Phase::Preparing => false,
            Phase::Starting { path: ours, .. } | Phase::Printing { path: ours } => ours == path,
        });
        at_hand || self.past.iter().any(|past| past.path == path)
    }

    /// Drops the oldest facts that were receipted in the current epoch, beyond what is kept.
    fn forget(&mut self) {
        self.forget_all_but(PLATES_KEPT_MAX, is_of_a_plate);
        self.forget_all_but(OTHERS_KEPT_MAX, |fact| !is_of_a_plate(fact));
    }

    fn forget_all_but(&mut self, kept: usize, meant: impl Fn(&Fact) -> bool) {
        let epoch = self.epoch;
        let receipted = |told: &Told| told.receipted.is_some() && told.receipted == epoch;
        let meant = |(_, told): &(&u64, &Told)| receipted(told) && meant(&told.fact);
        let surplus = self.facts.iter().filter(meant).count().saturating_sub(kept);
        let oldest = self.facts.iter().filter(meant).map(|(seq, _)| *seq).take(surplus);
        for seq in oldest.collect::<Vec<_>>() {
            self.facts.remove(&seq);
        }
    }

    /// Returns the facts that the coordinator, in this life of its database, has not receipted.
    pub(super) fn unheard(&self) -> impl Iterator<Item = (u64, &Fact)> {
        let unheard = |told: &Told| told.receipted.is_none() || told.receipted != self.epoch;
        self.facts
            .iter()
            .filter(move |(_, told)| unheard(told))
            .map(|(seq, told)| (*seq, &told.fact))
    }

    /// Returns the leases that the coordinator may think we hold, rightly: the latest of them, since a printer holds one at a
    /// time, and another life of its database has to be told all of a thousand plates.
    pub(super) fn holds(&self) -> Vec<LeaseId> {
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

    pub(super) fn past(&self, lease: LeaseId) -> Option<&PastPlate> {
        self.past.iter().find(|past| past.lease == lease)
    }

    /// Returns the past plates that nobody needs any more: told, off the bed, and not of the last so many.
    pub(super) fn forgettable(&self, kept: usize) -> impl Iterator<Item = &PastPlate> {
        let old = self.past.len().saturating_sub(kept);
        self.past[..old].iter().filter(|past| {
            self.bed != Bed::Plate(past.lease)
                && !self.unheard().any(|(_, fact)| fact.lease() == past.lease)
        })
    }

    /// Returns the plate on the bed that a person can judge.
    pub(super) fn plate_on_bed(&self) -> Option<&PastPlate> {
        match self.bed {
            Bed::Plate(lease) => self.past(lease),
            Bed::Unconfirmed | Bed::Clear => None,
        }
    }

    /// Returns the print that ended last.
    pub(super) fn last_printed(&self) -> Option<Printed> {
        self.facts.values().rev().find_map(|told| Printed::told_by(&told.fact))
    }

    /// Returns the print of that name, if it has ended and the journal still knows of it.
    pub(super) fn printed(&self, named: PrintId) -> Option<Printed> {
        let mut printed = self.facts.values().filter_map(|told| Printed::told_by(&told.fact));
        printed.find(|printed| printed.print == named)
    }

    /// Says whether a person must tell what became of the plate on the bed.
    pub(super) fn awaits_look(&self) -> bool {
        self.plate_on_bed().is_some_and(|past| past.end == End::Unknown)
    }

    /// Says whether the lease is known, running or past.
    pub(super) fn knows(&self, lease: LeaseId) -> bool {
        self.run.as_ref().is_some_and(|run| run.grant.lease == lease)
            || self.facts.values().any(|told| told.fact.lease() == lease)
    }
}

/// Says whether a fact is one that plates are counted by.
fn is_of_a_plate(fact: &Fact) -> bool {
    match fact {
        Fact::Ended { .. } | Fact::Judged { .. } => true,
        Fact::Accepted { .. } | Fact::Started { .. } | Fact::Returned { .. } => false,
    }
}
