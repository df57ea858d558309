//! Which printer gets which job. Printers that wait longest come first; the jobs of what is most
//! pressing do, and those that are equally pressing in the order they were queued.

use std::collections::BTreeSet;

use visorfarm_protocol::id::{JobId, LeaseId, ProfileId, RevisionId};
use visorfarm_protocol::message::Plate;

use super::{
    Change, Channel, Decision, Dispatcher, JobState, Kind, Lease, LeaseState, PrinterKey, Request,
    Slice, Waiting,
};
use crate::clock::Timestamp;

/// A slice that a printer can take.
struct Fit<'a> {
    revision: &'a RevisionId,
    profile: &'a ProfileId,
    slice: &'a Slice,
}

impl Dispatcher {
    pub(super) fn decide_grants(&self, now: Timestamp) -> Decision {
        let mut decision = Decision::default();
        let queue = self.queue();
        let mut taken = BTreeSet::new();
        let mut number = self.next.lease;
        for (key, waiting) in self.waiting(now) {
            let Some((job, request, fit)) = self.choose(waiting, &queue, &taken) else { continue };
            taken.insert(job);
            let id = LeaseId { epoch: self.epoch, number };
            number += 1;
            let lease = Lease {
                id,
                job: Some(job),
                request: Some(request.id),
                holder: key.clone(),
                ask: waiting.ask,
                plate: plate(job, request, &fit),
                bytes: fit.slice.bytes,
                purpose: request.title.clone(),
                at: now,
                expected_seconds: fit.slice.expected_seconds,
                state: LeaseState::Offered,
            };
            decision.messages.extend(self.message(&lease));
            decision.changes.push(Change::LeaseGranted(lease));
        }
        decision
    }

    /// Returns the printers that wait for work, longest first.
    fn waiting(&self, now: Timestamp) -> Vec<(&PrinterKey, &Waiting)> {
        let mut waiting: Vec<_> = self
            .printers
            .iter()
            .filter_map(|(key, printer)| Some((key, printer.waiting.as_ref()?)))
            .filter(|(key, waiting)| waiting.stands(now) && !self.held.contains_key(key))
            .filter(|(key, _)| 0 < self.shares.left(now, &key.agent, Kind::Fruitless))
            .collect();
        waiting.sort_by_key(|(_, waiting)| waiting.since);
        waiting
    }

    /// Returns the jobs that wait for a printer, in the order in which they are given away.
    fn queue(&self) -> Vec<(JobId, &Request)> {
        let queued = self.jobs.iter().filter(|(_, job)| job.state == JobState::Queued);
        let mut queue: Vec<_> =
            queued.map(|(id, job)| (*id, &self.requests[&job.request])).collect();
        queue.sort_by_key(|(id, request)| (request.rank, *id));
        queue
    }

    fn choose<'a>(
        &'a self,
        waiting: &Waiting,
        queue: &[(JobId, &'a Request)],
        taken: &BTreeSet<JobId>,
    ) -> Option<(JobId, &'a Request, Fit<'a>)> {
        let mut unfit = BTreeSet::new();
        for (id, request) in queue {
            if taken.contains(id) || unfit.contains(&request.id) {
                continue;
            }
            match self.fit(request, waiting) {
                Some(fit) => return Some((*id, request, fit)),
                None => unfit.insert(request.id),
            };
        }
        None
    }

    /// Returns the newest slice of the request's design that the printer can take.
    fn fit<'a>(&'a self, request: &'a Request, waiting: &Waiting) -> Option<Fit<'a>> {
        let eligible = self.catalogue.eligible(&request.design, request.revision.as_ref());
        let terms = waiting.terms();
        eligible.into_iter().find_map(|(revision, published)| {
            let (profile, slice) = published.slices.get_key_value(&waiting.profile)?;
            terms.are_met_by(profile, slice).then_some(Fit { revision, profile, slice })
        })
    }

    /// Says whether a lease may still be started, as far as its revision goes.
    pub(super) fn is_startable(&self, lease: &Lease) -> bool {
        let revision = self.catalogue.revision(&lease.plate.design, &lease.plate.revision);
        revision.is_some_and(|revision| revision.channel != Channel::Withdrawn)
    }
}

fn plate(job: JobId, request: &Request, fit: &Fit) -> Plate {
    Plate {
        request: request.id,
        job,
        design: request.design.clone(),
        revision: fit.revision.clone(),
        profile: fit.profile.clone(),
        digest: fit.slice.digest,
        pieces: fit.slice.pieces,
    }
}
