//! How a lease goes on: what is said of it to its agent, and how it ends without a print.

use visorfarm_protocol::id::{AgentId, JobId, LeaseId};
use visorfarm_protocol::message::{Down, Plate};

use super::{Lease, LeaseState, moved};
use crate::clock::Timestamp;
use crate::dispatch::{Change, Decision, Dispatcher, JobState, Refused, RequestState};

impl Dispatcher {
    pub(in crate::dispatch) fn send_again(&self, lease: LeaseId) -> Decision {
        let messages = self.message(&self.leases[&lease]).into_iter().collect();
        Decision { messages, ..Decision::default() }
    }

    /// Returns the message about `lease` that its agent may not have got.
    pub(in crate::dispatch) fn message(&self, lease: &Lease) -> Option<(AgentId, Down)> {
        let down = match lease.state {
            LeaseState::Offered => Down::Grant(lease.grant()),
            LeaseState::Recalled(_) => self.withdraw(lease, self.why_recalled(lease)),
            LeaseState::Accepted
            | LeaseState::Printing
            | LeaseState::Unknown
            | LeaseState::Lapsed
            | LeaseState::Returned(_)
            | LeaseState::Ended(_) => return None,
        };
        Some((lease.holder.agent.clone(), down))
    }

    /// Returns the message that asks `lease` back. Who does not know it looks for its print, unless that is known.
    fn withdraw(&self, lease: &Lease, why: String) -> Down {
        Down::Withdraw {
            lease: lease.id,
            printer: lease.holder.printer.clone(),
            why,
            grant: (!self.knows_end(lease)).then(|| lease.grant()),
        }
    }

    /// Says, for the maker, why a lease is asked back.
    pub(in crate::dispatch) fn why_recalled(&self, lease: &Lease) -> String {
        let Plate { design, revision, .. } = &lease.plate;
        if let Some(why) = self.catalogue.why_withdrawn(design, revision) {
            return format!("{revision} of {design} is withdrawn: {why}");
        }
        let request = lease.request.and_then(|request| self.requests.get(&request));
        match request.map(|request| request.state) {
            Some(RequestState::Cancelled) => "the request was cancelled".to_owned(),
            Some(RequestState::Open) | None => "enough is printed or printing".to_owned(),
        }
    }

    /// Returns the changes that end `lease` without a print, and offer its job again.
    pub(in crate::dispatch) fn end_unprinted(
        &self,
        now: Timestamp,
        lease: &Lease,
        state: LeaseState,
        note: &str,
    ) -> Vec<Change> {
        let mut changes = vec![moved(now, lease.id, state, note)];
        if let Some(job) = self.current_job(lease) {
            changes.push(Change::JobRequeued { job });
        }
        changes
    }

    /// Returns the job whose current lease this is.
    fn current_job(&self, lease: &Lease) -> Option<JobId> {
        let job = lease.job?;
        let state = self.jobs.get(&job)?.state;
        (state == JobState::Leased(lease.id)).then_some(job)
    }

    /// Returns the job that a print under `lease` did, unless another print did it before or is
    /// at it: a job that was offered again and not yet taken is done, too.
    pub(in crate::dispatch) fn printed_job(&self, lease: &Lease) -> Option<JobId> {
        let job = lease.job?;
        match self.jobs.get(&job)?.state {
            JobState::Queued => Some(job),
            JobState::Leased(current) => (current == lease.id).then_some(job),
        }
    }

    /// Says whether a lease that was given up in a silence may be live again.
    pub(in crate::dispatch) fn is_revivable(&self, lease: &Lease) -> bool {
        lease.state == LeaseState::Lapsed
            // A plate of unknown end waits for a look; it is not being printed.
            && !self.knows_end(lease)
            && !self.held.contains_key(&lease.holder)
    }

    /// Says whether the agent has told how the lease's own print ended, if only that nobody can tell.
    pub(in crate::dispatch) fn knows_end(&self, lease: &Lease) -> bool {
        self.outcomes.contains_key(&(lease.id, 0))
    }

    pub(in crate::dispatch) fn decide_abandoned(&self, now: Timestamp, lease: LeaseId) -> Decision {
        match self.leases.get(&lease) {
            Some(found) if found.state.is_live() => Decision {
                changes: self.end_unprinted(now, found, LeaseState::Lapsed, "given up by a person"),
                messages: vec![(
                    found.holder.agent.clone(),
                    self.withdraw(found, "a dispatcher gave it up".to_owned()),
                )],
                ..Decision::default()
            },
            _ => Decision::refuse(Refused::Lease { lease }),
        }
    }

    /// An agent without credentials can neither print for the farm nor tell of a print: its leases
    /// are given up, and its printers leave.
    pub(in crate::dispatch) fn decide_revoked(&self, now: Timestamp, agent: &AgentId) -> Decision {
        let held = self.held.iter().filter(|(key, _)| key.agent == *agent);
        let lapse = |(_, lease)| {
            let lease = &self.leases[lease];
            self.end_unprinted(now, lease, LeaseState::Lapsed, "the agent was revoked")
        };
        let mut changes: Vec<_> = held.flat_map(lapse).collect();
        let printers = self.printers.keys().filter(|key| key.agent == *agent);
        changes.extend(printers.map(|key| Change::PrinterGone { key: key.clone() }));
        if self.is_frozen(agent) {
            changes.push(Change::AgentReleased { agent: agent.clone(), at: now });
        }
        Decision { changes, ..Decision::default() }
    }
}
