//! Reads what is committed, change by change, in the order of the disk, and knows nothing else.

use std::collections::{BTreeMap, BTreeSet};

use visorfarm_protocol::id::{AgentId, JobId, LeaseId, RevisionId};

use super::super::{Change, EntryKind, Lease, PrinterKey};

#[derive(Clone, Debug, Default)]
pub(super) struct Auditor {
    /// What the ledger says of each print.
    pub(super) prints: BTreeMap<(LeaseId, u32), Pieces>,
    pieces: BTreeMap<LeaseId, u32>,
    counted: BTreeSet<(LeaseId, u32)>,
    over: BTreeSet<LeaseId>,
    held: BTreeMap<PrinterKey, LeaseId>,
    holders: BTreeMap<LeaseId, PrinterKey>,
    taken: BTreeMap<JobId, LeaseId>,
    withdrawn: BTreeSet<RevisionId>,
    frozen: BTreeSet<AgentId>,
}

/// Sums of the entries of one print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pieces {
    pub(super) printed: i64,
    pub(super) good: i64,
    pub(super) bad: i64,
}

impl Auditor {
    pub(super) fn read(&mut self, change: &Change) {
        match change {
            Change::LeaseGranted(lease) => self.granted(lease),
            Change::LeaseMoved { lease, state, .. } => {
                self.i6_terminal_is_terminal(*lease);
                if state.is_terminal() {
                    self.over.insert(*lease);
                }
                let holder = self.holders[lease].clone();
                if state.is_live() {
                    self.i3_a_printer_has_one_live_lease(&holder, *lease);
                    self.held.insert(holder, *lease);
                } else if self.held.get(&holder) == Some(lease) {
                    self.held.remove(&holder);
                }
            }
            Change::JobRequeued { job }
            | Change::JobWithdrawn { job }
            | Change::JobDone { job } => {
                self.taken.remove(job);
            }
            Change::OutcomeCounted(outcome) => {
                self.i1_a_print_is_counted_at_most_once((outcome.lease, outcome.ordinal));
                self.counted.insert((outcome.lease, outcome.ordinal));
            }
            Change::Entered(entry) => {
                if let Some(print) = entry.lease {
                    self.entered(print, entry.kind, entry.pieces);
                }
            }
            Change::RevisionWithdrawn { revision, .. } => {
                self.withdrawn.insert(revision.clone());
            }
            Change::AgentFrozen { agent, .. } => {
                self.frozen.insert(agent.clone());
            }
            Change::AgentReleased { agent, .. } => {
                self.frozen.remove(agent);
            }
            Change::LifeBegan { .. }
            | Change::PrinterKnown { .. }
            | Change::PrinterGone { .. }
            | Change::RevisionPublished { .. }
            | Change::RequestOpened(_)
            | Change::RequestCancelled { .. }
            | Change::RequestRanked { .. }
            | Change::JobQueued { .. }
            | Change::Judged(_)
            | Change::FailureSeen(_)
            | Change::MemoWritten(_)
            | Change::MemoRead { .. }
            | Change::AnomalyNoted { .. } => {}
        }
    }

    fn granted(&mut self, lease: &Lease) {
        self.holders.insert(lease.id, lease.holder.clone());
        self.pieces.insert(lease.id, lease.plate.pieces);
        if !lease.state.is_live() {
            // Heard of again by a restored farm.
            return;
        }
        self.i3_a_printer_has_one_live_lease(&lease.holder, lease.id);
        self.i5_nothing_withdrawn_is_given(lease);
        self.i12_a_copied_agent_is_given_nothing(lease);
        self.held.insert(lease.holder.clone(), lease.id);
        let job = lease.job.expect("what is given is a job");
        self.i3_a_job_has_one_current_lease(job, lease.id);
        self.taken.insert(job, lease.id);
    }

    fn entered(&mut self, print: (LeaseId, u32), kind: EntryKind, pieces: i64) {
        let of_it = self.prints.entry(print).or_default();
        match kind {
            EntryKind::Printed => of_it.printed += pieces,
            EntryKind::Good => of_it.good += pieces,
            EntryKind::Bad => of_it.bad += pieces,
            // A piece that turned out bad was no good one that reached anybody.
            EntryKind::Delivered => assert!(pieces < 0, "{print:?} delivers nothing"),
            EntryKind::Wanted => panic!("{print:?} is asked for by nobody"),
        }
        let printed = of_it.printed;
        let most = i64::from(self.pieces[&print.0]);
        assert!(printed <= most, "I1: {print:?} gave {printed} pieces of {most}");
    }

    fn i1_a_print_is_counted_at_most_once(&self, print: (LeaseId, u32)) {
        assert!(!self.counted.contains(&print), "I1: {print:?} was counted twice");
    }

    fn i3_a_printer_has_one_live_lease(&self, holder: &PrinterKey, lease: LeaseId) {
        let held = self.held.get(holder).is_none_or(|held| *held == lease);
        assert!(held, "I3: {holder} holds {:?} and {lease:?}", self.held.get(holder));
    }

    fn i3_a_job_has_one_current_lease(&self, job: JobId, lease: LeaseId) {
        let taken = self.taken.get(&job);
        assert!(taken.is_none(), "I3: {job:?} is given under {lease:?} and {taken:?}");
    }

    fn i5_nothing_withdrawn_is_given(&self, lease: &Lease) {
        let withdrawn = self.withdrawn.contains(&lease.plate.revision);
        assert!(!withdrawn, "I5: {:?} would start what was withdrawn", lease.id);
    }

    fn i6_terminal_is_terminal(&self, lease: LeaseId) {
        assert!(!self.over.contains(&lease), "I6: {lease:?} was over");
    }

    fn i12_a_copied_agent_is_given_nothing(&self, lease: &Lease) {
        let frozen = self.frozen.contains(&lease.holder.agent);
        assert!(!frozen, "I12: {:?} was given to {}, which is frozen", lease.id, lease.holder);
    }
}
