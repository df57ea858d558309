//! What each change does to the farm that is remembered, and each sighting to what need not be.

use super::{Change, Dispatcher, Heard, Job, JobState, RequestState, Sighting};
use crate::dispatch::board::SILENT_AFTER_MILLIS;

impl Dispatcher {
    /// Carries out a durable change.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::PrinterKnown { key, card } => self.apply_printer(key, card),
            Change::PrinterGone { key } => {
                self.printers.remove(key);
            }
            Change::RevisionPublished { design, revision, published } => {
                self.catalogue.publish(design.clone(), revision.clone(), published.clone());
                self.unsettle_design(design);
            }
            Change::RevisionWithdrawn { design, revision, why } => {
                self.catalogue.withdraw(design, revision, why);
                self.unsettle_design(design);
            }
            Change::RequestOpened(request) => self.apply_request(request),
            Change::RequestCancelled { request } => {
                self.request_mut(*request).state = RequestState::Cancelled;
                self.unsettled.insert(*request);
            }
            Change::RequestRanked { request, rank } => self.request_mut(*request).rank = *rank,
            Change::JobQueued { job, request } => {
                self.next.job = self.next.job.max(job.0 + 1);
                self.jobs.insert(*job, Job { request: *request, state: JobState::Queued });
            }
            Change::JobRequeued { job } => self.job_mut(*job).state = JobState::Queued,
            Change::JobWithdrawn { job } | Change::JobDone { job } => {
                self.jobs.remove(job).expect("a job is withdrawn or done once");
            }
            Change::LeaseGranted(lease) => self.apply_granted(lease),
            Change::LeaseMoved { lease, state, .. } => self.apply_moved(*lease, *state),
            Change::OutcomeCounted(outcome) => self.apply_outcome(outcome),
            Change::Judged(judgement) => self.apply_judgement(judgement),
            Change::FailureSeen(seen) => self.apply_seen(seen),
            Change::Entered(entry) => self.apply_entry(entry),
            Change::LifeBegan { ended, epoch } => self.apply_life(*ended, *epoch),
            Change::AgentFrozen { agent, at } => self.apply_frozen(agent, *at),
            Change::AgentReleased { agent, .. } => self.apply_released(agent),
            Change::MemoWritten(memo) => self.apply_memo(memo),
            Change::MemoRead { memo, at } => self.apply_read(*memo, *at),
            Change::AnomalyNoted { agent, at, .. } => self.apply_anomaly(agent, *at),
        }
    }

    /// Takes note of something that need not survive a restart.
    pub fn sight(&mut self, sighting: &Sighting) {
        match sighting {
            Sighting::Heard { agent, at } => {
                let before = self.heard.get(agent);
                let goes_on = before.filter(|heard| at.0 < heard.at.0 + SILENT_AFTER_MILLIS);
                let since = goes_on.map_or(*at, |heard| heard.since);
                self.heard.insert(agent.clone(), Heard { at: *at, since, connected: true });
            }
            Sighting::Connection { agent, connected } => {
                if let Some(heard) = self.heard.get_mut(agent) {
                    heard.connected = *connected;
                }
            }
            Sighting::Took { agent, at, kind, count } => {
                self.shares.take(*at, agent, *kind, *count);
            }
            Sighting::PutOff { agent, at } => self.shares.put_off(*at, agent),
            Sighting::MemosTold { agent, at } => self.sight_memos_told(agent, *at),
            Sighting::Speaks { agent, session } => {
                self.sessions.entry(agent.clone()).or_default().speaks(*session);
            }
            Sighting::Status { key, status } => {
                if let Some(printer) = self.printers.get_mut(key) {
                    printer.status = Some(status.clone());
                }
            }
            Sighting::Waits { key, waiting } => {
                if let Some(printer) = self.printers.get_mut(key) {
                    printer.waiting = Some(waiting.clone());
                }
            }
            Sighting::WaitsNoMore { key } => {
                if let Some(printer) = self.printers.get_mut(key) {
                    printer.waiting = None;
                }
            }
            Sighting::Knows { key, forgot } => {
                if let Some(printer) = self.printers.get_mut(key) {
                    printer.forgot = *forgot;
                }
            }
            Sighting::Settled { request } => {
                self.unsettled.remove(request);
            }
        }
    }
}
