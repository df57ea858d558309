//! What became of a print that nobody watched to its end. Three witnesses: our journal, OctoPrint's
//! current job, and OctoPrint's history of the file, which has a name of its own for each lease.
//! If they cannot tell, nobody guesses: the end is unknown, and a person looks at the bed.

use std::time::Duration;

use visorfarm_protocol::message::{End, Fact, Return};
use visorfarm_protocol::text::quote;

use super::Supervisor;
use super::change::Change;
use super::event::{Action, Decision, Now, Question, Witnesses};
use super::memory::{Phase, Run};
use super::note::Note;
use super::senses::{Engine, Events};
use super::work::Work;
use crate::clock::Moment;
use crate::octoprint::model::{FileRecord, Markings, PrinterCondition, SincePrint};

/// How often witnesses may have nothing to tell. OctoPrint writes a file's history a moment after
/// the event, on another thread.
const SILENT_MAX: u32 = 4;

/// For how long witnesses may answer nothing at all: longer than a restart of OctoPrint takes, or a disk's bad minute.
const ANSWERED_WITHIN: Duration = Duration::from_mins(10);

/// What a file's history tells of the one print that we ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum History {
    /// Nothing yet.
    Silent,
    Completed,
    Failed,
    /// A success and a failure: of several prints, or of one that broke off in its last moves, which OctoPrint writes down as
    /// both.
    Mixed,
}

impl History {
    fn of(record: Option<&FileRecord>) -> Self {
        let Some(record) = record else { return Self::Silent };
        match (record.successes, record.failures) {
            (0, 0) => Self::Silent,
            (_, 0) => Self::Completed,
            (0, _) => Self::Failed,
            (_, _) => Self::Mixed,
        }
    }
}

impl Supervisor {
    /// Asks the witnesses; `silent` is how often they had nothing to tell.
    pub(super) fn ask_witnesses(&self, now: Now, silent: u32) -> Decision {
        let Some(run) = &self.memory.run else { return Decision::default() };
        let (Phase::Starting { path, .. } | Phase::Printing { path }) = &run.phase else {
            return Decision::default();
        };
        let (began, counted) = match self.watch.work {
            Work::Asking { began, counted, .. } => (began, counted),
            Work::Watching
            | Work::Preparing { .. }
            | Work::Starting { .. }
            | Work::Finishing { .. }
            | Work::Stopping { .. }
            | Work::Failing { .. } => (now.moment, now.moment),
        };
        let (lease, asked) = (run.grant.lease, now.moment);
        Decision::note(Note::Work(Work::Asking { silent, since: asked, began, counted }))
            .and_act(Action::Ask(Question { lease, path: path.clone(), asked }))
    }

    pub(super) fn decide_witnesses(&self, now: Now, witnesses: &Witnesses) -> Decision {
        let run = self.memory.run.as_ref().filter(|run| run.grant.lease == witnesses.lease);
        match (run, self.watch.work) {
            (Some(run), Work::Asking { silent, counted, .. }) => {
                self.hear(now, run, (silent, counted), witnesses)
            }
            (Some(_), _) => Decision::default(),
            (None, _) => match self.traced(witnesses.lease) {
                Some(trace) => self.hear_of_trace(now, trace, witnesses),
                None => self.hear_of_repetition(now, witnesses),
            },
        }
    }

    /// Hears witnesses that have told nothing so often, the last time at that moment.
    fn hear(
        &self,
        now: Now,
        run: &Run,
        (silent, counted): (u32, Moment),
        witnesses: &Witnesses,
    ) -> Decision {
        let (Phase::Starting { path, .. } | Phase::Printing { path }) = &run.phase else {
            return Decision::default();
        };
        let snapshot = &witnesses.snapshot;
        let ours = snapshot.job.as_ref().is_some_and(|job| job.path == *path);
        let engine = Engine::of(&snapshot.printer);
        let history = History::of(witnesses.record.as_ref());
        match (ours && engine == Engine::Busy, history) {
            (true, History::Silent) => {
                return self.started(run).and_note(Note::Work(Work::Watching));
            }
            // The end that is written may be theirs, or the one before them if they are a repetition's.
            (true, _) if snapshot.printer == PrinterCondition::Finishing => {
                return Decision { changes: self.started(run).changes, ..answered(now, silent) };
            }
            // What runs after an end that is written is a repetition by its owner.
            (true | false, _) => {}
        }
        match history {
            History::Completed => {
                let ended = self.end(run, End::Completed, "read from OctoPrint's history");
                match (self.watch.events, engine) {
                    (Events::Whole, Engine::Idle) => self.clearing_itself(run, ended),
                    // A printer that went away may have done so in its last moves.
                    (Events::Whole, Engine::Busy | Engine::Away | Engine::Unclear)
                    | (Events::Missed, _) => ended,
                }
            }
            History::Failed => {
                let fault = snapshot.error.as_deref().unwrap_or("read from OctoPrint's history");
                read(self.end(run, End::Failed, fault), witnesses)
            }
            History::Mixed => {
                let note = "its file's history shows a success and a failure: it broke off in its last moves, or was printed again";
                read(self.end(run, End::Unknown, note), witnesses)
            }
            // Those of one burst, as of an OctoPrint that goes on after it hung, have told nothing once.
            History::Silent if witnesses.asked < counted => Decision::default(),
            // The printer is on its way back: what it will say counts, not this moment.
            History::Silent if engine == Engine::Unclear => answered(now, silent),
            History::Silent if silent < SILENT_MAX => answered(now, silent + 1),
            History::Silent => self.nothing_told(run, engine),
        }
    }

    /// Says whether witnesses have answered nothing since `began` for so long, beside a printer that does nothing, that a
    /// person must look: OctoPrint shows its job, and refuses to show files, or is broken.
    pub(super) fn is_unanswered(&self, now: Now, began: Moment) -> bool {
        let seen = self.watch.seen.as_ref().map(|(_, snapshot)| Engine::of(&snapshot.printer));
        seen == Some(Engine::Idle) && ANSWERED_WITHIN <= now.moment.since(began)
    }

    /// Neither the current job nor the history knows of the print.
    fn nothing_told(&self, run: &Run, engine: Engine) -> Decision {
        match (&run.phase, self.watch.events, engine) {
            // Every event since the order was heard, and none told of a print; or OctoPrint's
            // process is the same as before the order, and has marked no print since.
            (Phase::Starting { marks, .. }, events, Engine::Idle)
                if events == Events::Whole || self.none_marked_since(marks) =>
            {
                let fact = Fact::Returned {
                    lease: run.grant.lease,
                    why: Return::Printer,
                    note: quote("OctoPrint took the order and started nothing"),
                };
                Decision::changes(self.facts([fact]))
                    .and_note(Note::Work(Work::Watching))
                    .and_note(Note::GaveBack)
            }
            // Disconnecting a paused printer ends its print without an event or a history.
            (Phase::Printing { .. }, Events::Whole, Engine::Away) => {
                self.end(run, End::Failed, "the printer was disconnected")
            }
            _ => self.end(run, End::Unknown, "OctoPrint does not know how it ended"),
        }
    }

    /// Says whether OctoPrint's own marks prove that no print was started since `before`.
    fn none_marked_since(&self, before: &Markings) -> bool {
        let marks = self.watch.marks.as_ref();
        marks.is_some_and(|marks| marks.since(before) == SincePrint::NoneStarted)
    }
}

/// Adds to an end other than completed which successes its file's history showed: what is more, later, is a repetition.
fn read(mut ended: Decision, witnesses: &Witnesses) -> Decision {
    let Witnesses { lease, record, .. } = witnesses;
    let read = record
        .as_ref()
        .map(|record| Change::HistoryRead { lease: *lease, successes: record.successes });
    ended.changes.extend(read);
    ended
}

/// The witnesses answered, and have told nothing so often.
fn answered(now: Now, silent: u32) -> Decision {
    let at = now.moment;
    Decision::note(Note::Work(Work::Asking { silent, since: at, began: at, counted: at }))
}
