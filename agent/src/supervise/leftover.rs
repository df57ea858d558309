//! Files of ours in OctoPrint that nobody needs any more: those of leases that were given back, and
//! those of old plates. Each is deleted until OctoPrint says that it is gone, whatever dies meanwhile.

use std::time::Duration;

use visorfarm_protocol::id::LeaseId;

use super::Supervisor;
use super::change::Change;
use super::event::{Action, Decision, Now};
use super::memory::PAST_KEPT;
use super::note::Note;
use crate::clock::Moment;
use crate::octoprint::model::FOLDER;

/// How long until a file that could not be deleted is tried again: it may be open in a print of its
/// owner's, or OctoPrint away.
const DELETED_AGAIN_AFTER: Duration = Duration::from_mins(10);

/// Returns the name under which the file of `lease` is uploaded.
#[must_use]
pub fn file_name(lease: LeaseId) -> String {
    format!("{lease}.gcode")
}

/// Returns where OctoPrint keeps the file of `lease`, if it has got one.
pub(super) fn path_of(lease: LeaseId) -> String {
    format!("{FOLDER}/{}", file_name(lease))
}

impl Supervisor {
    /// Deletes what was not tried lately.
    pub(super) fn decide_leftovers(&self, now: Now) -> Decision {
        let mut decision = Decision::default();
        if self.watch.seen.is_none() {
            return decision;
        }
        for path in &self.memory.leftovers {
            let tried = self.watch.deleting.get(path);
            if tried.is_none_or(|at| DELETED_AGAIN_AFTER <= now.moment.since(*at)) {
                let (path, asked) = (path.clone(), now.moment);
                decision.notes.push(Note::Deleting { path: path.clone(), asked });
                decision.actions.push(Action::Delete { path, asked });
            }
        }
        decision
    }

    /// Decides that OctoPrint has no such file. It may have got it since it was asked: only the
    /// answer to the last question counts.
    pub(super) fn decide_deleted(&self, path: &str, asked: Moment) -> Decision {
        if self.watch.deleting.get(path) != Some(&asked) {
            return Decision::default();
        }
        let past = self.memory.forgettable(PAST_KEPT).find(|past| past.path == path);
        let forgotten = past.map(|past| Change::PlateForgotten { lease: past.lease });
        let gone = Change::FileGone { path: path.to_owned() };
        Decision::changes(forgotten.into_iter().chain([gone]).collect())
            .and_note(Note::DeletedAnew(path.to_owned()))
    }
}

/// Decides that a file arrived whose lease was given back before.
pub(super) fn arrived_late(path: &str) -> Decision {
    Decision::change(Change::FileLeft { path: path.to_owned() })
        .and_note(Note::DeletedAnew(path.to_owned()))
}
