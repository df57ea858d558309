//! A lease that the journal does not know, because the journal was lost with its memory card: the
//! coordinator names it, or asks it back, and OctoPrint has its file under a name of its own. What OctoPrint can prove
//! of the print is taken up and told. What it cannot prove stays open, for a person to settle: a file
//! may lie there without ever having been started. Only of a lease that is asked back, the maker is
//! asked to look at the bed: nobody else would settle it.

use std::collections::BTreeMap;
use std::time::Duration;

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, Grant, Return};

use super::Supervisor;
use super::change::Change;
use super::event::{Action, Decision, Now, Question, Witnesses};
use super::leftover::path_of;
use super::memory::{Phase, Run};
use super::note::Note;
use super::senses::Engine;
use crate::clock::Moment;
use crate::config::BedCare;
use crate::octoprint::model::{Markings, PrinterCondition, Snapshot};

/// How often OctoPrint is asked until it can prove something: a printer that is away comes back, and
/// last moves end.
const ASKED_EVERY: Duration = Duration::from_secs(30);

/// How long a file lies there without a trace of a print before a person is asked: an order to start it may still be on
/// its way.
const SILENT_FOR: Duration = Duration::from_mins(2);

/// How many leases are looked for at once: those that the coordinator names beyond it wait for the next hello.
const TRACES_MAX: usize = 16;

/// Leases of which OctoPrint is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Traces(BTreeMap<LeaseId, Trace>);

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    grant: Box<Grant>,
    /// When OctoPrint was asked last.
    asked: Moment,
    /// What is told if OctoPrint has no such file; nothing if that, too, is for a person to settle.
    otherwise: Option<Return>,
    /// Since when the file lies there, beside an idle printer, and no print of it is known.
    silent: Option<Moment>,
}

/// What OctoPrint proves of a file's prints.
enum Proof {
    /// Nothing yet.
    Nothing,
    /// The file lies there, the printer is idle, and no print of it is known.
    Silent,
    /// It has no such file.
    Absent,
    /// The lease's own print runs.
    Printing,
    /// The lease's own print ended.
    Ended(End, &'static str),
}

impl Proof {
    fn of(witnesses: &Witnesses, path: &str) -> Self {
        let history = witnesses.record.as_ref().map(|record| (record.successes, record.failures));
        let idle = Engine::of(&witnesses.snapshot.printer) == Engine::Idle;
        match (at_printer(&witnesses.snapshot, path), history) {
            // While its last moves run, somebody can still cancel.
            (Some(PrinterCondition::Finishing), _) => Self::Nothing,
            (None, Some((0, 0))) => {
                if idle {
                    Self::Silent
                } else {
                    Self::Nothing
                }
            }
            (Some(_), Some((0, 0)) | None) => Self::Printing,
            (None, None) => Self::Absent,
            // What runs now, if anything, is a repetition by its owner.
            (_, Some((_, 0))) => Self::Ended(End::Completed, "found in OctoPrint's history"),
            (_, Some((0, _))) => Self::Ended(End::Failed, "found in OctoPrint's history"),
            (_, Some((_, _))) => Self::Ended(End::Unknown, "its file was printed more than once"),
        }
    }
}

/// What is told of a lease that was looked for.
enum Told {
    Returned(Return),
    Started,
    Ended(End, &'static str),
}

impl Trace {
    /// Returns what is looked for.
    pub(super) fn grant(&self) -> &Grant {
        &self.grant
    }

    /// Returns what is looked for after this was heard.
    fn heard(&self, now: Now, proof: &Proof) -> Self {
        let silent = match proof {
            Proof::Silent => self.silent.or(Some(now.moment)),
            Proof::Nothing | Proof::Absent | Proof::Printing | Proof::Ended(..) => None,
        };
        Self { silent, ..self.clone() }
    }
}

impl Traces {
    /// Looks for a lease, or goes on to.
    pub(super) fn add(&mut self, trace: &Trace) {
        let lease = trace.grant.lease;
        if self.0.len() < TRACES_MAX || self.0.contains_key(&lease) {
            self.0.insert(lease, trace.clone());
        }
    }

    pub(super) fn end(&mut self, lease: LeaseId) {
        self.0.remove(&lease);
    }
}

impl Supervisor {
    /// Decides that the coordinator names a lease which we should know. If we do, it has lost what it was told of it.
    pub(super) fn decide_trace(&self, now: Now, grant: &Grant) -> Decision {
        if self.memory.knows(grant.lease) {
            return self.tell_beyond_accepted(grant.lease);
        }
        let known = self.traced(grant.lease);
        self.ask_of(Trace {
            grant: Box::new(grant.clone()),
            asked: now.moment,
            otherwise: known.and_then(|trace| trace.otherwise),
            silent: known.and_then(|trace| trace.silent),
        })
    }

    /// Decides that a lease which the journal does not know is to be given back: only what OctoPrint never had was surely
    /// never started.
    pub(super) fn decide_otherwise(&self, now: Now, grant: &Grant, why: Return) -> Decision {
        self.ask_of(Trace {
            grant: Box::new(grant.clone()),
            asked: now.moment,
            otherwise: Some(why),
            silent: self.traced(grant.lease).and_then(|trace| trace.silent),
        })
    }

    /// Asks OctoPrint once more of what is due.
    pub(super) fn decide_traces(&self, now: Now) -> Decision {
        let mut decision = Decision::default();
        let due = |trace: &&Trace| ASKED_EVERY <= now.moment.since(trace.asked);
        for trace in self.watch.traces.0.values().filter(due) {
            let asked = self.ask_of(Trace { asked: now.moment, ..trace.clone() });
            decision.notes.extend(asked.notes);
            decision.actions.extend(asked.actions);
        }
        decision
    }

    /// Looks for a lease. While a print is at hand, none is asked for that could only be taken up.
    fn ask_of(&self, trace: Trace) -> Decision {
        let (lease, asked) = (trace.grant.lease, trace.asked);
        let moot = trace.otherwise.is_none() && self.memory.run.is_some();
        let decision = Decision::note(Note::Traced(trace));
        if moot {
            return decision;
        }
        decision.and_act(Action::Ask(Question { lease, path: path_of(lease), asked }))
    }

    /// Returns what is looked for under this lease.
    pub(super) fn traced(&self, lease: LeaseId) -> Option<&Trace> {
        self.watch.traces.0.get(&lease)
    }

    /// Decides what OctoPrint says of a lease that is looked for.
    pub(super) fn hear_of_trace(&self, now: Now, trace: &Trace, witnesses: &Witnesses) -> Decision {
        let lease = trace.grant.lease;
        if self.memory.knows(lease) {
            return Decision::note(Note::TraceOver(lease));
        }
        let path = path_of(lease);
        let proof = Proof::of(witnesses, &path);
        let trace = trace.heard(now, &proof);
        let Some(told) = self.conclude(now, &trace, proof) else {
            return Decision::note(Note::Traced(trace));
        };
        let phase = Phase::Starting { path: path.clone(), marks: Markings::default() };
        let run = Run { grant: trace.grant.as_ref().clone(), phase, weight: None };
        let found = Change::Found { grant: trace.grant, path };
        let decision = match told {
            Told::Returned(why) => {
                let returned = Fact::Returned { lease, why, note: String::new() };
                // It was taken for held, and whatever is asked for such a printer is not listened to.
                Decision::changes(self.facts([returned])).and_note(Note::AskUnheard)
            }
            Told::Started => self.on_a_doubted_bed(first(found, self.started(&run))),
            Told::Ended(end, note) => first(found, self.end(&run, end, note)),
        };
        decision.and_note(Note::TraceOver(lease))
    }

    /// Adds to a print that was found running that nobody knows on what it was begun: its bed will not have cleared itself.
    /// Of a plate with an unknown end a person must tell first.
    fn on_a_doubted_bed(&self, mut found: Decision) -> Decision {
        if self.setup.bed == BedCare::ClearsItself && !self.memory.awaits_look() {
            found.changes.push(Change::BedDoubted);
        }
        found
    }

    /// Returns what is to be told of a lease that is looked for, if it can be told by now.
    fn conclude(&self, now: Now, trace: &Trace, proof: Proof) -> Option<Told> {
        let told = match (proof, trace.otherwise) {
            (Proof::Nothing, _) | (Proof::Absent | Proof::Silent, None) => return None,
            (Proof::Absent, Some(why)) => Told::Returned(why),
            // Whether it was ever started a person must say: OctoPrint forgets a print in which it is killed.
            (Proof::Silent, Some(_)) => {
                let waited = SILENT_FOR <= now.moment.since(trace.silent?);
                let note = "its file is in OctoPrint, which knows of no print";
                waited.then_some(Told::Ended(End::Unknown, note))?
            }
            (Proof::Printing, _) => Told::Started,
            (Proof::Ended(end, note), _) => Told::Ended(end, note),
        };
        let free = self.memory.run.is_none();
        let room = match told {
            Told::Returned(_) => true,
            Told::Started => free,
            // The maker says first what became of the plate that stands there: a word for one must not be taken for another.
            Told::Ended(..) => free && self.memory.plate_on_bed().is_none(),
        };
        room.then_some(told)
    }
}

/// Puts a change before all others.
fn first(change: Change, mut decision: Decision) -> Decision {
    decision.changes.insert(0, change);
    decision
}

/// Returns what the printer does with the file at `path`, if it is at it.
fn at_printer<'a>(snapshot: &'a Snapshot, path: &str) -> Option<&'a PrinterCondition> {
    let ours = snapshot.job.as_ref().is_some_and(|job| job.path == path);
    (ours && Engine::of(&snapshot.printer) == Engine::Busy).then_some(&snapshot.printer)
}
