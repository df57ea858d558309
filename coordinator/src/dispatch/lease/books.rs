//! Which leases there are, and which of them are live, held or given up: kept true as they change.

use visorfarm_protocol::id::LeaseId;

use super::{Lease, LeaseState};
use crate::dispatch::{Dispatcher, JobState};

impl Dispatcher {
    pub(in crate::dispatch) fn apply_granted(&mut self, lease: &Lease) {
        if lease.id.epoch == self.epoch {
            self.next.lease = self.next.lease.max(lease.id.number + 1);
        }
        if let Some(job) = lease.job {
            self.job_mut(job).state = JobState::Leased(lease.id);
        }
        if let Some(printer) = self.printers.get_mut(&lease.holder) {
            printer.waiting = None;
        }
        let before = self.leases.insert(lease.id, lease.clone());
        assert_eq!(before, None, "{:?} was given twice", lease.id);
        self.index(lease.id);
    }

    pub(in crate::dispatch) fn apply_moved(&mut self, id: LeaseId, state: LeaseState) {
        let lease = self.leases.get_mut(&id).expect("a change names a lease that was granted");
        let before = std::mem::replace(&mut lease.state, state);
        assert!(!before.is_terminal(), "{id:?} went from {before:?} to {state:?}");
        self.index(id);
    }

    /// Keeps the indexes of live and held leases true after `id` changed.
    pub(crate) fn index(&mut self, id: LeaseId) {
        let lease = &self.leases[&id];
        if lease.state.is_live() {
            let before = self.held.insert(lease.holder.clone(), id);
            assert!(
                before.is_none_or(|before| before == id),
                "{before:?} and {id:?} on one printer"
            );
        } else if self.held.get(&lease.holder) == Some(&id) {
            self.held.remove(&lease.holder);
        }
        if lease.state == LeaseState::Lapsed {
            self.lapsed.entry(lease.holder.clone()).or_default().insert(id);
        } else if let Some(lapsed) = self.lapsed.get_mut(&lease.holder) {
            lapsed.remove(&id);
        }
        let Some(request) = lease.request else { return };
        let live = self.live.entry(request).or_default();
        if lease.state.is_live() {
            live.insert(id);
        } else {
            live.remove(&id);
        }
        self.unsettled.insert(request);
    }
}
