//! The print itself, as looks at OctoPrint find it, and its end. Events come quickly and may be missed; looks come slowly
//! and cannot lie. An event moves a print on; where looks and events do not explain each other, the witnesses are asked.

use std::time::Duration;

use visorfarm_protocol::message::{End, Fact, Return};
use visorfarm_protocol::text::quote;

use super::Supervisor;
use super::change::Change;
use super::event::{Decision, Now};
use super::memory::{Bed, Phase, Run};
use super::note::Note;
use super::senses::{Blind, Course, Engine, Events};
use super::willing::SEEN_WITHIN;
use super::work::Work;
use crate::clock::Moment;
use crate::octoprint::model::{PrinterCondition, Snapshot};

/// How long the event may take that tells how the last moves ended: a plugin that mails a photo of each print holds up all
/// events (OctoPrint's `events.py`, one worker).
const ENDING_TOLD_WITHIN: Duration = Duration::from_secs(10);

impl Supervisor {
    /// Decides an answer of OctoPrint's. One that was asked for before the print last moved on says
    /// nothing of it: an idle printer of then would end a print whose last moves still run, and a
    /// busy one would take our last print for somebody else's. One that took too long, or was under way while this machine
    /// slept, says nothing of now.
    pub(super) fn decide_look(&self, now: Now, asked: Moment, snapshot: &Snapshot) -> Decision {
        if SEEN_WITHIN < now.moment.since(asked) {
            return Decision::note(Note::Blind(Blind::Unreachable));
        }
        if asked < self.watch.moved_at {
            return Decision::default();
        }
        self.decide_seen(now, snapshot)
    }

    /// Decides what OctoPrint says of the printer now.
    pub(super) fn decide_seen(&self, now: Now, snapshot: &Snapshot) -> Decision {
        let decision = match &self.memory.run {
            None if self.cooled(now, snapshot) => self.doubted(),
            None => self.seen_without_run(snapshot),
            Some(run) => match &run.phase {
                Phase::Preparing if self.cooled(now, snapshot) => self.doubted(),
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
    pub(super) fn foreign_print(&self, path: Option<&str>) -> Decision {
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
                self.seen_finished(now, events, still)
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
    fn seen_finished(&self, now: Now, events: Events, still: Option<Moment>) -> Decision {
        match (events, still) {
            (Events::Missed, _) => self.ask_witnesses(now, 0),
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
            seconds: self.print_seconds(run),
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
        ended && self.watch.events == Events::Whole && self.watch.course != Course::Done
    }

    /// Returns how long the run's print took, if it is the one that OctoPrint shows.
    fn print_seconds(&self, run: &Run) -> Option<u32> {
        let (_, snapshot) = self.watch.seen.as_ref()?;
        let (Phase::Starting { path, .. } | Phase::Printing { path }) = &run.phase else {
            return None;
        };
        let ours = snapshot.job.as_ref().is_some_and(|job| job.path == *path);
        ours.then_some(snapshot.progress.print_seconds)?
    }
}
