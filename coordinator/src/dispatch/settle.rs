//! What follows from the numbers: jobs to queue or withdraw, leases to recall, to let lapse, to
//! grant.

use visorfarm_protocol::id::{JobId, LeaseId, RequestId};

use super::lease::moved;
use super::{
    Answered, Change, Decision, Dispatcher, Entry, EntryKind, JobState, LeaseState, Request,
    RequestState, Sighting,
};
use crate::clock::Timestamp;

/// The most jobs of one request that wait in the queue. The rest of the request is queued as these
/// are taken: a request of 100,000 pieces needs no 25,000 rows today.
const QUEUED_PER_REQUEST_MAX: usize = 64;

impl Dispatcher {
    /// Decides the next round of what follows: first the jobs of requests that changed, then,
    /// once nothing changed any more, the leases.
    pub(super) fn decide_settle(&self, now: Timestamp) -> Decision {
        if self.unsettled.is_empty() {
            let lapsed = self.decide_lapsed(now);
            return if lapsed.is_empty() { self.decide_grants(now) } else { lapsed };
        }
        let mut decision = Decision::default();
        let mut next_job = self.next.job;
        for id in &self.unsettled {
            self.settle_request(now, &self.requests[id], &mut next_job, &mut decision);
            decision.sightings.push(Sighting::Settled { request: *id });
        }
        decision
    }

    fn settle_request(
        &self,
        now: Timestamp,
        request: &Request,
        next_job: &mut u64,
        decision: &mut Decision,
    ) {
        let in_flight = self.in_flight(request.id);
        let plate = self.catalogue.pieces_per_plate(&request.design, request.revision.as_ref());
        let outstanding = request.sums.outstanding(in_flight);
        let needed = match request.state {
            RequestState::Open => outstanding,
            RequestState::Cancelled => {
                decision.changes.extend(no_longer_wanted(now, request.id, outstanding));
                0
            }
        };
        // Without a revision that may be started there is nothing to queue.
        let plates = plate.map_or(0, |pieces| needed.div_ceil(u64::from(pieces)));
        let target = usize::try_from(plates)
            .map_or(QUEUED_PER_REQUEST_MAX, |plates| plates.min(QUEUED_PER_REQUEST_MAX));
        let queued = self.queued(request.id);
        for _ in queued.len()..target {
            decision.changes.push(Change::JobQueued { job: JobId(*next_job), request: request.id });
            *next_job += 1;
        }
        for job in queued.iter().skip(target) {
            decision.changes.push(Change::JobWithdrawn { job: *job });
        }
        self.recall(now, request, in_flight, decision);
    }

    /// Returns the queued jobs of `request`, oldest first.
    pub(super) fn queued(&self, request: RequestId) -> Vec<JobId> {
        let queued = self
            .jobs
            .iter()
            .filter(|(_, job)| job.request == request && job.state == JobState::Queued);
        queued.map(|(id, _)| *id).collect()
    }

    /// Asks back leases that were not started and are not needed, newest first, and those on a
    /// revision that was withdrawn.
    fn recall(&self, now: Timestamp, request: &Request, in_flight: u64, decision: &mut Decision) {
        let recalled = |state| matches!(state, LeaseState::Recalled(_));
        let live: Vec<LeaseId> =
            self.live.get(&request.id).into_iter().flatten().copied().collect();
        let coming_back: u64 = live
            .iter()
            .map(|id| &self.leases[id])
            .filter(|lease| recalled(lease.state))
            .map(|lease| u64::from(lease.plate.pieces))
            .sum();
        let mut surplus = match request.state {
            RequestState::Open => request.sums.surplus(in_flight).saturating_sub(coming_back),
            RequestState::Cancelled => u64::MAX,
        };
        for id in live.iter().rev() {
            let lease = &self.leases[id];
            if !lease.state.is_unstarted() {
                continue;
            }
            let pieces = u64::from(lease.plate.pieces);
            if pieces <= surplus {
                surplus -= pieces;
            } else if self.is_startable(lease) {
                continue;
            }
            let answered = if lease.state.is_taken() { Answered::Taken } else { Answered::NotYet };
            let mut back = lease.clone();
            back.state = LeaseState::Recalled(answered);
            let why = self.why_recalled(lease);
            decision.changes.push(moved(now, *id, back.state, &why));
            decision.messages.extend(self.message(&back));
        }
    }

    /// Lets leases lapse whose agents have been silent for too long, or speak of everything but them.
    fn decide_lapsed(&self, now: Timestamp) -> Decision {
        let mut decision = Decision::default();
        for (key, id) in &self.held {
            let lease = &self.leases[id];
            let heard = self.heard.get(&key.agent);
            let spoke = heard.map_or(self.listens_since, |heard| heard.at);
            let spoke = spoke.max(self.listens_since).max(lease.at);
            let why = if spoke.0 + lease.abandon_after_millis() < now.0 {
                "the agent has been silent for too long"
            } else if heard.is_some_and(|heard| lease.is_passed_over(*heard)) {
                "the agent speaks, and not of this: it can no longer be started"
            } else {
                continue;
            };
            decision.changes.extend(self.end_unprinted(now, lease, LeaseState::Lapsed, why));
        }
        decision
    }
}

/// Returns the ledger's correction for what a cancelled request will not get, so that its numbers
/// add up like those of any other.
fn no_longer_wanted(now: Timestamp, request: RequestId, outstanding: u64) -> Option<Change> {
    let pieces = i64::try_from(outstanding).expect("a request is bounded");
    let entry = Entry {
        request: Some(request),
        lease: None,
        kind: EntryKind::Wanted,
        pieces: -pieces,
        at: now,
    };
    (0 < pieces).then_some(Change::Entered(entry))
}
