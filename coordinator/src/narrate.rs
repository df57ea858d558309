//! One log line for each thing that changed, in words that a coordinator understands. Prints of one
//! lease that were counted together are one thing: whoever repeats a file tells of it in dozens.

use tracing::{info, warn};
use visorfarm_protocol::id::ProfileId;
use visorfarm_protocol::message::End;

use crate::dispatch::{Answered, Change, EntryKind, LeaseState, Outcome};

/// Logs what changed in one commit, in order.
pub(crate) fn narrate(changes: &[Change]) {
    for said in grouped(changes) {
        match said {
            Said::Counted(counted) => counted.narrate(),
            Said::Change(change) => narrate_one(change),
        }
    }
}

/// What gets a line.
#[derive(Debug, PartialEq)]
enum Said<'a> {
    Counted(Counted<'a>),
    Change(&'a Change),
}

/// Prints of one lease that ended well.
#[derive(Debug, PartialEq)]
struct Counted<'a> {
    first: &'a Outcome,
    prints: u32,
    pieces: u64,
}

fn grouped(changes: &[Change]) -> Vec<Said<'_>> {
    let mut lines = Vec::new();
    for change in changes {
        match (change, lines.last_mut()) {
            // It comes with its outcome.
            (Change::Entered(entry), _) if entry.kind == EntryKind::Printed => {}
            (Change::OutcomeCounted(outcome), Some(Said::Counted(counted)))
                if counted.is_of(outcome) =>
            {
                counted.prints += 1;
                counted.pieces += u64::from(outcome.pieces);
            }
            (Change::OutcomeCounted(outcome), _) if outcome.end == End::Completed => {
                let (prints, pieces) = (1, u64::from(outcome.pieces));
                lines.push(Said::Counted(Counted { first: outcome, prints, pieces }));
            }
            _ => lines.push(Said::Change(change)),
        }
    }
    lines
}

impl Counted<'_> {
    fn is_of(&self, outcome: &Outcome) -> bool {
        outcome.lease == self.first.lease && outcome.end == self.first.end
    }

    fn narrate(&self) {
        let Self { first, prints, pieces } = self;
        let of = if *prints == 1 { String::new() } else { format!(" of {prints} prints") };
        info!(lease = %first.lease, printer = %first.printer,
            "Counted {pieces} pieces{of} under {:?}", first.lease);
    }
}

fn narrate_one(change: &Change) {
    match change {
        Change::PrinterKnown { key, card } => {
            let octoprint = card.octoprint.as_deref().unwrap_or("an OctoPrint not yet heard of");
            info!(printer = %key, "Printer {key} ({}) takes {} and is driven by {octoprint}", card.title, card.profile);
        }
        Change::PrinterGone { key } => info!(printer = %key, "Printer {key} left the farm"),
        Change::RevisionPublished { design, revision, published } => {
            let profiles: Vec<_> = published.slices.keys().map(ProfileId::as_str).collect();
            info!(%design, %revision, "Published {design} {revision} for {}", profiles.join(", "));
        }
        Change::RevisionWithdrawn { design, revision, why } => {
            info!(%design, %revision, "Withdrew {design} {revision}: {why}");
        }
        Change::RequestOpened(request) => {
            info!(request = %request.id, "Opened request {} for {}", request.id, request.design);
        }
        Change::RequestCancelled { request } => {
            info!(%request, "Cancelled request {request}");
        }
        Change::RequestRanked { request, rank } => {
            let due = rank.due.map_or_else(String::new, |day| format!(", needed by {day}"));
            info!(%request, "Request {request} has priority {}{due}", rank.priority.code());
        }
        Change::LeaseGranted(lease) if lease.job.is_none() => {
            info!(lease = %lease.id, printer = %lease.holder,
                "Heard from {} of {:?}, which was given before this database was restored",
                lease.holder, lease.id);
        }
        Change::LeaseGranted(lease) => {
            let (pieces, design) = (lease.plate.pieces, &lease.plate.design);
            info!(lease = %lease.id, printer = %lease.holder,
                "Granted {:?} to {}: {pieces} of {design}", lease.id, lease.holder);
        }
        Change::LeaseMoved { lease, state, note, .. } => narrate_lease(*lease, *state, note),
        Change::OutcomeCounted(outcome) => {
            info!(lease = %outcome.lease, printer = %outcome.printer,
                "The print under {:?} ended: {:?} {}", outcome.lease, outcome.end, outcome.note);
        }
        Change::Judged(judgement) => {
            let (good, bad) = (judgement.good, judgement.bad);
            info!(lease = %judgement.lease, "{good} good and {bad} bad under {:?}", judgement.lease);
        }
        Change::Entered(entry) if entry.kind == EntryKind::Delivered => {
            info!("Delivered {} pieces", entry.pieces);
        }
        Change::FailureSeen(seen) => {
            let by = seen.by.as_deref().unwrap_or("A program");
            info!(lease = %seen.lease, "{by} saw that the print under {:?} failed", seen.lease);
        }
        Change::MemoWritten(memo) => {
            info!(agent = %memo.agent, "Wrote a message to the maker of {}", memo.agent);
        }
        Change::MemoRead { memo, .. } => info!("The message of {memo} was read"),
        Change::LifeBegan { epoch, .. } => {
            warn!(
                "The database was set back: its life goes on as {epoch:?}, and agents tell all once more"
            );
        }
        Change::AgentReleased { agent, .. } => info!(%agent, "{agent} may start prints again"),
        Change::AnomalyNoted { agent, note, .. } => warn!(%agent, "{note}"),
        // What a person wants to know of these is said by the changes they come with.
        Change::Entered(_)
        | Change::AgentFrozen { .. }
        | Change::JobQueued { .. }
        | Change::JobRequeued { .. }
        | Change::JobWithdrawn { .. }
        | Change::JobDone { .. } => {}
    }
}

fn narrate_lease(lease: visorfarm_protocol::id::LeaseId, state: LeaseState, note: &str) {
    match state {
        LeaseState::Offered | LeaseState::Ended(_) => {}
        LeaseState::Accepted => info!(%lease, "Accepted: {lease:?}"),
        LeaseState::Recalled(Answered::NotYet) => info!(%lease, "Asked back {lease:?}: {note}"),
        LeaseState::Recalled(Answered::Taken) => {
            info!(%lease, "Asked back {lease:?}, which was taken: {note}");
        }
        LeaseState::Printing => info!(%lease, "Printing under {lease:?}"),
        LeaseState::Unknown => {
            warn!(%lease, "A person must look at the plate of {lease:?}: {note}");
        }
        LeaseState::Lapsed => warn!(%lease, "Gave up {lease:?}: {note}"),
        LeaseState::Returned(why) => info!(%lease, "Returned unstarted, {why:?}: {lease:?} {note}"),
    }
}

#[cfg(test)]
mod tests {
    use visorfarm_protocol::id::{Epoch, LeaseId};

    use super::*;
    use crate::clock::Timestamp;
    use crate::dispatch::{Entry, PrinterKey};

    fn outcome(number: u64, ordinal: u32, end: End) -> [Change; 2] {
        let lease = LeaseId { epoch: Epoch(1), number };
        let printer = PrinterKey { agent: "a".parse().unwrap(), printer: "p".parse().unwrap() };
        let (note, at) = (String::new(), Timestamp(1));
        let (kind, pieces) = (EntryKind::Printed, 4);
        let entry = Entry { request: None, lease: Some((lease, ordinal)), kind, pieces, at };
        let (pieces, seconds) = (4, None);
        let outcome = Outcome { lease, ordinal, printer, end, pieces, seconds, note, at };
        [Change::OutcomeCounted(outcome), Change::Entered(entry)]
    }

    #[track_caller]
    fn check(changes: &[[Change; 2]], lines: &[Option<(u32, u64)>]) {
        let changes = changes.concat();
        let found: Vec<_> = grouped(&changes)
            .iter()
            .map(|said| match said {
                Said::Counted(counted) => Some((counted.prints, counted.pieces)),
                Said::Change(_) => None,
            })
            .collect();
        assert_eq!(found, lines);
    }

    #[test]
    fn prints_of_one_lease_get_one_line_and_those_of_another_their_own() {
        let done = |number, ordinal| outcome(number, ordinal, End::Completed);
        let failed = |number, ordinal| outcome(number, ordinal, End::Failed);
        check(&[done(1, 0)], &[Some((1, 4))]);
        check(&[done(1, 0), done(1, 1), done(1, 2)], &[Some((3, 12))]);
        check(&[done(1, 0), done(2, 0), done(1, 1)], &[Some((1, 4)), Some((1, 4)), Some((1, 4))]);
        let in_between = [done(1, 1), failed(1, 2), done(1, 3)];
        check(&in_between, &[Some((1, 4)), None, Some((1, 4))]);
    }
}
