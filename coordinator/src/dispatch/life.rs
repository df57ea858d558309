//! Earlier lives of the database, and what may have happened in them that it does not remember.
//!
//! A copy that is restored knows nothing of what was given after it was made. Plates printed under those
//! leases happened, so they count; but only a restored farm has such leases. Leases are never taken out of a database, and a process
//! leaves numbers out when it begins, so every lease of an earlier life that is not known may be one of them.

use visorfarm_protocol::id::{Epoch, LeaseId, RequestId};
use visorfarm_protocol::message::Plate;

use super::Dispatcher;

/// A life that ended when a copy made in it was restored, or when it was found to have been set back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Its name.
    pub epoch: Epoch,
    /// The first request number that it had not given then. It is given again in the next life, to
    /// another request.
    pub next_request: u64,
}

impl Dispatcher {
    /// Returns this life as a copy of it remembers it: what it has given so far.
    #[must_use]
    pub fn life(&self) -> Life {
        Life { epoch: self.epoch, next_request: self.next.request }
    }

    /// Takes note of an earlier life. They come oldest first.
    pub fn lived(&mut self, life: Life) {
        self.lives.push(life);
    }

    /// Says whether `lease` may have been given after the copy was made that this database was
    /// restored from, in that life or in another that was lost with it.
    pub(super) fn may_have_forgotten(&self, lease: LeaseId) -> bool {
        lease.epoch < self.epoch && self.life_before(lease.epoch).is_some()
    }

    /// Returns the request that `plate` of a forgotten `lease` was printed for, if its number still
    /// means what it meant then.
    pub(super) fn remembered_request(&self, lease: LeaseId, plate: &Plate) -> Option<RequestId> {
        let life = self.life_before(lease.epoch)?;
        let request = self.requests.get(&plate.request)?;
        let same = plate.request.0 < life.next_request && request.design == plate.design;
        same.then_some(plate.request)
    }

    /// Returns the last life known of that began no later than `epoch`.
    fn life_before(&self, epoch: Epoch) -> Option<&Life> {
        self.lives.iter().rev().find(|life| life.epoch <= epoch)
    }
}
