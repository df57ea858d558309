//! What OctoPrint tells of a print by itself, and what that means for it.

use visorfarm_protocol::message::End;

use super::Supervisor;
use super::event::{Decision, Now};
use super::memory::{Phase, Run};
use super::note::Note;
use super::senses::{Course, Events, Socket};
use super::work::{Reset, Work};
use crate::octoprint::model::{Markings, PrinterCondition};
use crate::octoprint::push::{FailReason, Lost, PushEvent};

/// What OctoPrint 2.0 says of a failed print instead of the fault, which it told before.
const NO_WORDS: &str = "unknown";

impl Supervisor {
    /// Decides something that OctoPrint told by itself.
    pub(super) fn decide_push(&self, now: Now, push: &PushEvent) -> Decision {
        match push {
            PushEvent::Connected { markings } => self.decide_connected(now, markings),
            PushEvent::Lost(Lost::Slept) => {
                Decision::note(Note::Socket(Socket::Down)).and_note(Note::Slept)
            }
            PushEvent::Lost(_) => Decision::note(Note::Socket(Socket::Down)),
            // Made some time before it is sent, so it may come after the event that outdates it:
            // progress and temperatures are taken from it, and nothing is concluded.
            PushEvent::Current(snapshot) => {
                Decision::note(Note::Current(Box::new(snapshot.clone())))
            }
            PushEvent::PrintStarted { path } => match self.running(path) {
                Some(run) => self.decide_begun(now, run),
                None => self.foreign_print(Some(path)),
            },
            PushEvent::PrintDone { path } => match self.running(path) {
                Some(run) if self.is_anybodys() => self.started(run),
                Some(run) => {
                    let (events, still) = (Events::Whole, None);
                    self.started(run).and_note(Note::Work(Work::Finishing { events, still }))
                }
                None => self.repetition_done(path),
            },
            PushEvent::PrintFailed { path, reason } => match self.running(path) {
                Some(run) if !self.is_anybodys() => self.failed(now, run, reason),
                Some(_) | None => Decision::default(),
            },
            PushEvent::PrintCancelled { path, by_user } => match self.running(path) {
                Some(run) if !self.is_anybodys() => self.cancelled(now, run, by_user.as_deref()),
                Some(_) | None => Decision::default(),
            },
            PushEvent::PrinterReset => {
                let Work::Stopping { since, .. } = self.watch.work else {
                    return Decision::default();
                };
                Decision::note(Note::Work(Work::Stopping { since, reset: Reset::Seen }))
            }
            PushEvent::StateChanged(condition) => self.condition_changed(now, condition),
            PushEvent::Marked(markings) => self.decide_marked(markings),
            PushEvent::Error { text } => match (&self.memory.run, self.watch.work) {
                (Some(run), Work::Failing { .. }) => self.end(run, End::Failed, text),
                _ => Decision::note(Note::Fault(text.clone())),
            },
            PushEvent::PrintPaused { .. } => Decision::default(),
        }
    }

    /// Decides that OctoPrint is heard again. What was taken for the lease's own print may have ended meanwhile, and what
    /// runs now be a repetition by its owner.
    fn decide_connected(&self, now: Now, markings: &Markings) -> Decision {
        let mut decision = self
            .printed_unseen(now, markings)
            .and_note(Note::Socket(Socket::Up))
            .and_note(Note::Marks(markings.clone()));
        if matches!(self.watch.work, Work::Watching | Work::Finishing { .. }) {
            let asked = self.ask_witnesses(now, 0);
            decision.notes.extend(asked.notes);
            decision.actions.extend(asked.actions);
        }
        decision
    }

    /// Decides that OctoPrint told that the run's file begins to be printed: the lease's own print, or where events were
    /// missed perhaps a repetition.
    fn decide_begun(&self, now: Now, run: &Run) -> Decision {
        let decision = self.started(run);
        match self.watch.events {
            Events::Whole => decision.and_note(Note::Work(Work::Watching)).and_note(Note::Begun),
            Events::Missed => {
                let asked = self.ask_witnesses(now, 0);
                Decision { changes: decision.changes, ..asked }
            }
        }
    }

    /// Says whether it is not known whose print runs: the lease's own, or a repetition by its owner. What ends then is
    /// left to the witnesses.
    fn is_anybodys(&self) -> bool {
        self.watch.events == Events::Missed && matches!(self.watch.work, Work::Asking { .. })
    }

    /// Returns the run that prints the file at `path`.
    fn running(&self, path: &str) -> Option<&Run> {
        self.memory.run.as_ref().filter(|run| match &run.phase {
            Phase::Starting { path: ours, .. } | Phase::Printing { path: ours } => ours == path,
            Phase::Preparing => false,
        })
    }

    /// The last moves are done when the printer is Operational again, not when OctoPrint has sent
    /// the last line: until then somebody can still cancel.
    /// And a printer that goes away takes its print with it, told or not: a paused one's end OctoPrint does not tell.
    fn condition_changed(&self, now: Now, condition: &PrinterCondition) -> Decision {
        let decision = match (&self.memory.run, self.watch.work, condition) {
            (Some(run), Work::Finishing { events, .. }, PrinterCondition::Operational) => {
                let ended = self.end(run, End::Completed, "");
                match events {
                    Events::Whole => self.clearing_itself(run, ended),
                    Events::Missed => ended,
                }
            }
            (Some(run), Work::Stopping { reset, .. }, PrinterCondition::Operational) => {
                self.stopped(run, reset)
            }
            (
                Some(Run { phase: Phase::Printing { .. }, .. }),
                Work::Watching | Work::Asking { .. },
                PrinterCondition::Offline { .. } | PrinterCondition::Error { .. },
            ) if (self.watch.events, self.watch.course) == (Events::Whole, Course::Begun) => {
                let note = "the printer was disconnected";
                Decision::note(Note::Work(Work::Failing { since: now.moment, note }))
            }
            _ => Decision::default(),
        };
        decision.and_note(Note::Condition(condition.clone()))
    }

    fn failed(&self, now: Now, run: &Run, reason: &FailReason) -> Decision {
        match (reason, self.watch.work) {
            (FailReason::Error(text), _) if text != NO_WORDS => self.end(run, End::Failed, text),
            (FailReason::Cancelled { by_user: true }, _) => {
                self.end(run, End::Cancelled, "cancelled in OctoPrint")
            }
            // That the firmware restarted is told before this or after it.
            (FailReason::Cancelled { by_user: false }, Work::Stopping { .. }) => {
                Decision::default()
            }
            (FailReason::Cancelled { by_user: false }, _) => self.cancelled(now, run, None),
            (FailReason::Error(_) | FailReason::Unknown, _) => {
                if let Some(fault) = &self.watch.fault {
                    return self.end(run, End::Failed, fault);
                }
                // It may be told after the failure.
                let work = Work::Failing { since: now.moment, note: "OctoPrint gave no reason" };
                self.started(run).and_note(Note::Work(work))
            }
        }
    }

    fn cancelled(&self, now: Now, run: &Run, by_user: Option<&str>) -> Decision {
        let Some(user) = by_user else {
            // A person at the printer, or its firmware restarting: the next events tell.
            let work = Work::Stopping { since: now.moment, reset: Reset::NotSeen };
            return self.started(run).and_note(Note::Work(work));
        };
        let finishing = matches!(self.watch.work, Work::Finishing { .. });
        let when = if finishing { " while its last moves ran" } else { "" };
        self.end(run, End::Cancelled, &format!("cancelled by {user} in OctoPrint{when}"))
    }

    /// Ends a print that was cancelled by nobody in OctoPrint.
    pub(super) fn stopped(&self, run: &Run, reset: Reset) -> Decision {
        match reset {
            Reset::Seen => self.end(run, End::Failed, "the printer's firmware restarted"),
            Reset::NotSeen => self.end(run, End::Cancelled, "cancelled at the printer"),
        }
    }
}
