//! How a journal's lines make what a printer remembers.

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, Grant, Plate};

use super::{Bed, Consent, Memory, Phase, Run, Told};
use crate::octoprint::model::Markings;
use crate::supervise::change::Change;
use crate::supervise::leftover;
use crate::supervise::past::{PastPlate, Purpose};
use crate::supervise::spool::Milligrams;

/// The most ends of plates and looks at them that are kept after their receipt, for a coordinator that comes back from a
/// backup: a thousand plates, which is half a year of a busy printer.
const PLATES_KEPT_MAX: usize = 2_000;

/// The most other facts kept after their receipt: a restored coordinator asks for none of them, but a lease that was given
/// back must not be taken for one of a lost journal if it is asked back late.
const OTHERS_KEPT_MAX: usize = 500;

/// How many files wait to be deleted from an OctoPrint that will not: beyond that the oldest stays
/// there. More than a month of an unlucky printer's leases.
const LEFTOVERS_MAX: usize = 64;

/// How many purposes are remembered: plates of requests older than the last so many are told by number.
const PURPOSES_KEPT: usize = 64;

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
}

/// Says whether a fact is one that plates are counted by.
fn is_of_a_plate(fact: &Fact) -> bool {
    match fact {
        Fact::Ended { .. } | Fact::Judged { .. } => true,
        Fact::Accepted { .. } | Fact::Started { .. } | Fact::Returned { .. } => false,
    }
}
