//! One log line for each thing that changed, in words that a coordinator understands.

use tracing::{info, warn};
use visorfarm_protocol::id::ProfileId;
use visorfarm_protocol::message::End;

use crate::dispatch::{Change, EntryKind, LeaseState};

/// Logs `change`.
pub(crate) fn narrate(change: &Change) {
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
        Change::LeaseMoved { lease, state, note } => narrate_lease(*lease, *state, note),
        Change::OutcomeCounted(outcome) => match outcome.end {
            End::Completed => {
                info!(lease = %outcome.lease, printer = %outcome.printer,
                    "Counted {} pieces under {:?}", outcome.pieces, outcome.lease);
            }
            End::Failed | End::Cancelled | End::Unknown => {
                info!(lease = %outcome.lease, printer = %outcome.printer,
                    "The print under {:?} ended: {:?} {}", outcome.lease, outcome.end, outcome.note);
            }
        },
        Change::Judged(judgement) => {
            let (good, bad) = (judgement.good, judgement.bad);
            info!(lease = %judgement.lease, "{good} good and {bad} bad under {:?}", judgement.lease);
        }
        Change::Entered(entry) if entry.kind == EntryKind::Delivered => {
            info!("Delivered {} pieces", entry.pieces);
        }
        Change::AgentReleased { agent } => info!(%agent, "{agent} may start prints again"),
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
        LeaseState::Recalled => info!(%lease, "Asked back {lease:?}: {note}"),
        LeaseState::Printing => info!(%lease, "Printing under {lease:?}"),
        LeaseState::Unknown => {
            warn!(%lease, "A person must look at the plate of {lease:?}: {note}");
        }
        LeaseState::Lapsed => warn!(%lease, "Gave up {lease:?}: {note}"),
        LeaseState::Returned(why) => info!(%lease, "Returned unstarted, {why:?}: {lease:?} {note}"),
    }
}
