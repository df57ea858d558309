//! What a supervisor does because time passed.

use std::time::Duration;

use visorfarm_protocol::message::{End, Return};

use super::Supervisor;
use super::event::{Decision, Now};
use super::work::Work;

/// How long after the order to start something must be seen of it. OctoPrint begins within a
/// second; a busy Pi takes a few.
const SEEN_STARTING_WITHIN: Duration = Duration::from_secs(20);

/// How long the news of a cancelled or failed print may take to arrive in full. They come together.
const STOPPING_WITHIN: Duration = Duration::from_secs(5);

/// How often witnesses are asked that had nothing to tell, or could not be reached.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(2);

impl Supervisor {
    /// Decides that time passed.
    pub(super) fn decide_tick(&self, now: Now) -> Decision {
        let mut decision = self.decide_overdue(now);
        if decision == Decision::default() {
            decision = self.decide_gap(now);
        }
        if decision == Decision::default() {
            decision = self.decide_heated(now);
        }
        let also = [
            self.decide_due(now),
            self.decide_leftovers(now),
            self.decide_histories(now),
            self.decide_traces(now),
        ];
        for due in also {
            decision.notes.extend(due.notes);
            decision.actions.extend(due.actions);
        }
        decision
    }

    fn decide_overdue(&self, now: Now) -> Decision {
        let Some(run) = &self.memory.run else { return Decision::default() };
        match self.watch.work {
            Work::Preparing { .. } if self.is_late(now) => self.give_back(Return::Late, ""),
            Work::Starting { since } if SEEN_STARTING_WITHIN <= now.moment.since(since) => {
                self.ask_witnesses(now, 0)
            }
            Work::Stopping { since, reset } if STOPPING_WITHIN <= now.moment.since(since) => {
                self.stopped(run, reset)
            }
            Work::Failing { since, note } if STOPPING_WITHIN <= now.moment.since(since) => {
                self.end(run, End::Failed, self.watch.fault.as_deref().unwrap_or(note))
            }
            Work::Asking { began, .. } if self.is_unanswered(now, began) => {
                self.end(run, End::Unknown, "OctoPrint does not tell how it ended")
            }
            Work::Asking { silent, since, .. } if ASK_AGAIN_AFTER <= now.moment.since(since) => {
                self.ask_witnesses(now, silent)
            }
            Work::Watching
            | Work::Preparing { .. }
            | Work::Starting { .. }
            | Work::Finishing { .. }
            | Work::Stopping { .. }
            | Work::Failing { .. }
            | Work::Asking { .. } => Decision::default(),
        }
    }
}
