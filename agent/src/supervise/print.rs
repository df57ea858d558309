//! The print itself: from what OctoPrint says, what happens to it. Events come quickly and may be
//! missed; looks come slowly and cannot lie. An event moves a print on; where looks and events do
//! not explain each other, the witnesses are asked.

use std::time::Duration;

use visorfarm_protocol::message::{End, Fact, Return};
use visorfarm_protocol::text::quote;

use super::Supervisor;
use super::change::Change;
use super::event::{Decision, Now};
use super::memory::{Bed, Phase, Run};
use super::note::Note;
use super::senses::{Engine, Events, LastLine, Socket};
use super::willing::SEEN_WITHIN;
use super::work::{Reset, Work};
use crate::clock::Moment;
use crate::octoprint::model::{Markings, PrinterCondition, Snapshot};
use crate::octoprint::push::{FailReason, Lost, PushEvent};

/// How long after the order to start something must be seen of it. OctoPrint begins within a
/// second; a busy Pi takes a few.
const SEEN_STARTING_WITHIN: Duration = Duration::from_secs(20);

/// How long the news of a cancelled or failed print may take to arrive in full. They come together.
const STOPPING_WITHIN: Duration = Duration::from_secs(5);

/// How long the event may take that tells how the last moves ended: a plugin that mails a photo of each print holds up all
/// events (OctoPrint's `events.py`, one worker).
const ENDING_TOLD_WITHIN: Duration = Duration::from_secs(10);

/// What OctoPrint 2.0 says of a failed print instead of the fault, which it told before.
const NO_WORDS: &str = "unknown";

/// How often witnesses are asked that had nothing to tell, or could not be reached.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(2);

impl Supervisor {
    /// Decides an answer of OctoPrint's. One that was asked for before the print last moved on says
    /// nothing of it: an idle printer of then would end a print whose last moves still run, and a
    /// busy one would take our last print for somebody else's. Nor does one that was under way while this machine slept say
    /// anything of now.
    pub(super) fn decide_look(&self, now: Now, asked: Moment, snapshot: &Snapshot) -> Decision {
        if asked < self.watch.moved_at || SEEN_WITHIN < now.moment.since(asked) {
            return Decision::default();
        }
        self.decide_seen(now, snapshot)
    }

    /// Decides what OctoPrint says of the printer now.
    pub(super) fn decide_seen(&self, now: Now, snapshot: &Snapshot) -> Decision {
        let decision = match &self.memory.run {
            None => self.seen_without_run(snapshot),
            Some(run) => match &run.phase {
                Phase::Preparing => self.seen_preparing(snapshot),
                Phase::Starting { path, .. } | Phase::Printing { path } => {
                    self.seen_running(now, run, path, snapshot)
                }
            },
        };
        decision.and_note(Note::Seen(Box::new(snapshot.clone())))
    }

    fn seen_without_run(&self, snapshot: &Snapshot) -> Decision {
        let path = snapshot.job.as_ref().map(|job| job.path.as_str());
        match Engine::of(&snapshot.printer) {
            Engine::Busy => self.foreign_print(path),
            Engine::Idle | Engine::Away => self.repetition_over(),
            Engine::Unclear => Decision::default(),
        }
    }

    /// Somebody prints something that we did not start.
    fn foreign_print(&self, path: Option<&str>) -> Decision {
        let again = self.memory.past.iter().find(|past| Some(past.path.as_str()) == path);
        let kept = match &self.memory.bed {
            Bed::Unconfirmed => true,
            Bed::Clear => false,
            // Of an unknown end a person must tell, whatever was printed since; and a late look at
            // that very print finds its plate still on the bed.
            Bed::Plate(lease) => {
                self.memory.awaits_look() || again.is_some_and(|past| past.lease == *lease)
            }
        };
        let decision = if kept { Decision::default() } else { Decision::change(Change::BedTaken) };
        match again {
            Some(past) => decision.and_note(Note::Repeated(Some(past.path.clone()))),
            None => decision,
        }
    }

    fn seen_preparing(&self, snapshot: &Snapshot) -> Decision {
        if Engine::of(&snapshot.printer) != Engine::Busy {
            return Decision::default();
        }
        let mut decision = self.give_back(Return::Printer, "the printer prints something else");
        decision.changes.push(Change::BedTaken);
        decision
    }

    fn seen_running(&self, now: Now, run: &Run, path: &str, snapshot: &Snapshot) -> Decision {
        let ours = snapshot.job.as_ref().is_some_and(|job| job.path == path);
        let engine = Engine::of(&snapshot.printer);
        if ours && engine == Engine::Busy {
            return self.seen_printing(run, snapshot);
        }
        let mut decision = match (self.watch.work, engine) {
            (Work::Finishing { events, still }, Engine::Idle) => {
                self.seen_finished(now, run, (events, still))
            }
            // An event will tell more within moments, or time will.
            (
                Work::Stopping { .. }
                | Work::Failing { .. }
                | Work::Starting { .. }
                | Work::Asking { .. },
                _,
            )
            | (_, Engine::Unclear) => Decision::default(),
            (Work::Watching | Work::Preparing { .. } | Work::Finishing { .. }, _) => {
                self.ask_witnesses(now, 0)
            }
        };
        // Something else is printed before ours is known to be over.
        if let (Engine::Busy, Some(other)) = (engine, &snapshot.job) {
            decision.changes.extend(self.foreign_print(Some(&other.path)).changes);
        }
        decision
    }

    /// The printer stands still after its last moves. Whether it made them all, an event is about to tell, and if none does,
    /// its file's history.
    fn seen_finished(
        &self,
        now: Now,
        run: &Run,
        (events, still): (Events, Option<Moment>),
    ) -> Decision {
        match (events, still) {
            (Events::Missed, _) => self.end(run, End::Completed, ""),
            (Events::Whole, None) => {
                let still = Some(now.moment);
                Decision::note(Note::Work(Work::Finishing { events, still }))
            }
            (Events::Whole, Some(since)) if ENDING_TOLD_WITHIN <= now.moment.since(since) => {
                self.ask_witnesses(now, 0)
            }
            (Events::Whole, Some(_)) => Decision::default(),
        }
    }

    fn seen_printing(&self, run: &Run, snapshot: &Snapshot) -> Decision {
        let mut decision = self.started(run);
        // `Finishing` and `Stopping` stand until their end is seen. Whether it is the lease's own print that runs, or a
        // repetition by its owner, only the witnesses know who are being asked.
        let settled = matches!(self.watch.work, Work::Starting { .. });
        if settled && snapshot.printer != PrinterCondition::Finishing {
            decision.notes.push(Note::Work(Work::Watching));
        }
        decision
    }

    /// Returns the fact that the print began, if that is news.
    pub(super) fn started(&self, run: &Run) -> Decision {
        match run.phase {
            Phase::Starting { .. } => Decision::changes(self.facts([run.grant.started()])),
            Phase::Preparing | Phase::Printing { .. } => Decision::default(),
        }
    }

    /// Ends the run.
    pub(super) fn end(&self, run: &Run, end: End, note: &str) -> Decision {
        let lease = run.grant.lease;
        let ended = Fact::Ended {
            lease,
            ordinal: 0,
            end,
            plate: run.grant.plate.clone(),
            seconds: self.print_seconds(),
            note: quote(note),
        };
        let facts = match run.phase {
            Phase::Starting { .. } => vec![run.grant.started(), ended],
            Phase::Preparing | Phase::Printing { .. } => vec![ended],
        };
        let mut changes = self.facts(facts);
        changes.extend(self.used(run.weight, end));
        if self.broke_off(end) {
            // So that whatever success its file's history shows is a repetition.
            changes.push(Change::HistoryRead { lease, successes: 0 });
        }
        Decision::changes(changes).and_note(Note::Work(Work::Watching))
    }

    /// Says whether a print that ended so surely left no success in its file's history.
    fn broke_off(&self, end: End) -> bool {
        let ended = match end {
            End::Failed | End::Cancelled => true,
            End::Completed | End::Unknown => false,
        };
        ended && self.watch.events == Events::Whole && self.watch.last_line == LastLine::Unsent
    }

    fn print_seconds(&self) -> Option<u32> {
        let (_, snapshot) = self.watch.seen.as_ref()?;
        snapshot.progress.print_seconds
    }

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
            PushEvent::StateChanged(condition) => self.condition_changed(condition),
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
            Events::Whole => decision.and_note(Note::Work(Work::Watching)),
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
    fn condition_changed(&self, condition: &PrinterCondition) -> Decision {
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
                let work = Work::Failing { since: now.moment };
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
    fn stopped(&self, run: &Run, reset: Reset) -> Decision {
        match reset {
            Reset::Seen => self.end(run, End::Failed, "the printer's firmware restarted"),
            Reset::NotSeen => self.end(run, End::Cancelled, "cancelled at the printer"),
        }
    }

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
            Work::Failing { since } if STOPPING_WITHIN <= now.moment.since(since) => {
                self.end(run, End::Failed, "OctoPrint gave no reason")
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
