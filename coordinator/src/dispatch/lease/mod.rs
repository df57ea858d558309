//! A lease: the right of one printer to start one job once.
//!
//! ```text
//! Offered -> Accepted -> Printing -> Ended          the usual way
//!    |          |           \-> Unknown -> Ended    a person looks at the bed
//!    \-> Recalled -> Returned                       no longer needed, and not started
//!           \-> Unknown                             it was taken, and its agent has forgotten it
//! ```
//!
//! A live lease whose agent stays silent lapses, and so does one that its agent never answers, so that
//! its job can be given to another printer. The lease's print, if there was one, still counts whenever it
//! is heard of.

use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::{AgentId, JobId, LeaseId, RequestId};
use visorfarm_protocol::message::{Down, End, Grant, Plate, Return};

use super::{Change, Decision, Dispatcher, Heard, JobState, PrinterKey, Refused, RequestState};
use crate::clock::Timestamp;

/// How long a printer has to start, counted from its ask. Long enough to fetch and upload a
/// hundred megabytes over a slow line, short enough that a job is not held for an evening.
pub(super) const START_WITHIN_SECONDS: u32 = 30 * 60;

/// How long what an agent has to tell may take on a slow line that carries its heartbeat.
const TELLS_WITHIN_MILLIS: u64 = 5 * 60 * 1000;

/// A print's length in seconds where the slicer did not tell: a night.
const EXPECTED_SECONDS_DEFAULT: u32 = 12 * 3600;

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its fencing token.
    pub id: LeaseId,
    /// The job it starts; none if it was given before this database was restored.
    pub job: Option<JobId>,
    /// The request the job belongs to; none if that is not known any more.
    pub request: Option<RequestId>,
    /// Who holds it.
    pub holder: PrinterKey,
    /// The ask it answers.
    pub ask: u64,
    /// What is printed.
    pub plate: Plate,
    /// Size of the G-code in bytes.
    pub bytes: u64,
    /// What it is for.
    pub purpose: String,
    /// When it was granted.
    pub at: Timestamp,
    /// The slicer's estimate of the print.
    pub expected_seconds: Option<u32>,
    /// Where it is.
    pub state: LeaseState,
}

/// Where a lease is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseState {
    /// Sent, not yet answered.
    Offered,
    /// In the agent's journal, not yet started.
    Accepted,
    /// Asked back; it may still turn out to have been started.
    Recalled(Answered),
    /// Started.
    Printing,
    /// The agent cannot tell how it ended; a person must look at the bed.
    Unknown,
    /// Given up: after a long silence, unanswered, or by a person. Its job is offered again; its print still counts.
    Lapsed,
    /// Never started. Terminal.
    Returned(Return),
    /// Ended. Terminal.
    Ended(End),
}

/// What an agent had said to an offer by the time it is asked back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Nothing that we heard.
    NotYet,
    /// It took it.
    Taken,
}

impl LeaseState {
    /// Says whether the printer still holds it.
    #[must_use]
    pub fn is_live(self) -> bool {
        match self {
            Self::Offered | Self::Accepted | Self::Recalled(_) | Self::Printing | Self::Unknown => {
                true
            }
            Self::Lapsed | Self::Returned(_) | Self::Ended(_) => false,
        }
    }

    /// Says whether it is in its agent's journal, unless that was lost.
    pub(super) fn is_taken(self) -> bool {
        match self {
            Self::Accepted | Self::Recalled(Answered::Taken) | Self::Printing | Self::Unknown => {
                true
            }
            Self::Offered
            | Self::Recalled(Answered::NotYet)
            | Self::Lapsed
            | Self::Returned(_)
            | Self::Ended(_) => false,
        }
    }

    /// Says whether it is offered, or was and is asked back, and its agent has not answered yet.
    pub(super) fn is_unanswered(self) -> bool {
        matches!(self, Self::Offered | Self::Recalled(Answered::NotYet))
    }

    /// Says whether it may be asked back.
    pub(super) fn is_unstarted(self) -> bool {
        matches!(self, Self::Offered | Self::Accepted)
    }

    /// Says whether nothing can change it any more.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Returned(_) | Self::Ended(_))
    }
}

impl Lease {
    /// Returns how long a silent agent keeps it, in milliseconds: it may have started at the last
    /// moment and take twice as long as its slicer thought.
    #[must_use]
    pub fn abandon_after_millis(&self) -> u64 {
        let expected = self.expected_seconds.unwrap_or(EXPECTED_SECONDS_DEFAULT);
        (u64::from(START_WITHIN_SECONDS) + 2 * u64::from(expected)) * 1000
    }

    /// Says whether its agent, as it was `heard`, has long told all else, and may not start it any more.
    pub(super) fn is_passed_over(&self, heard: Heard) -> bool {
        let startable_until = self.at.0 + u64::from(START_WITHIN_SECONDS) * 1000;
        let told_by = startable_until.max(heard.since.0) + TELLS_WITHIN_MILLIS;
        self.state.is_unanswered() && told_by < heard.at.0
    }

    fn grant(&self) -> Box<Grant> {
        Box::new(Grant {
            lease: self.id,
            printer: self.holder.printer.clone(),
            ask: self.ask,
            plate: self.plate.clone(),
            bytes: self.bytes,
            purpose: self.purpose.clone(),
            start_within_seconds: START_WITHIN_SECONDS,
            expected_seconds: self.expected_seconds,
        })
    }

    /// Returns the message by which an agent that has forgotten this lease looks for its print.
    pub(super) fn trace(&self) -> (AgentId, Down) {
        (self.holder.agent.clone(), Down::Trace(self.grant()))
    }
}

impl Dispatcher {
    pub(super) fn send_again(&self, lease: LeaseId) -> Decision {
        let messages = self.message(&self.leases[&lease]).into_iter().collect();
        Decision { messages, ..Decision::default() }
    }

    /// Returns the message about `lease` that its agent may not have got.
    pub(super) fn message(&self, lease: &Lease) -> Option<(AgentId, Down)> {
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
    pub(super) fn why_recalled(&self, lease: &Lease) -> String {
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
    pub(super) fn end_unprinted(
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
    pub(super) fn printed_job(&self, lease: &Lease) -> Option<JobId> {
        let job = lease.job?;
        match self.jobs.get(&job)?.state {
            JobState::Queued => Some(job),
            JobState::Leased(current) => (current == lease.id).then_some(job),
        }
    }

    /// Says whether a lease that was given up in a silence may be live again.
    pub(super) fn is_revivable(&self, lease: &Lease) -> bool {
        lease.state == LeaseState::Lapsed
            // A plate of unknown end waits for a look; it is not being printed.
            && !self.knows_end(lease)
            && !self.held.contains_key(&lease.holder)
    }

    /// Says whether the agent has told how the lease's own print ended, if only that nobody can tell.
    pub(super) fn knows_end(&self, lease: &Lease) -> bool {
        self.outcomes.contains_key(&(lease.id, 0))
    }

    pub(super) fn decide_abandoned(&self, now: Timestamp, lease: LeaseId) -> Decision {
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
    pub(super) fn decide_revoked(&self, now: Timestamp, agent: &AgentId) -> Decision {
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

    pub(super) fn apply_granted(&mut self, lease: &Lease) {
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

    pub(super) fn apply_moved(&mut self, id: LeaseId, state: LeaseState) {
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

pub(super) fn moved(at: Timestamp, lease: LeaseId, state: LeaseState, note: &str) -> Change {
    Change::LeaseMoved { lease, state, note: note.to_owned(), at }
}
