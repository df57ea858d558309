//! A lease that the journal does not know, because the journal was lost with its memory card: the
//! coordinator names it, and OctoPrint has its file under a name of its own. What OctoPrint can prove
//! of the print is taken up and told. What it cannot prove stays open, for a person to settle: a file
//! may lie there without ever having been started.

use std::collections::BTreeMap;
use std::time::Duration;

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, Grant, Return};

use super::Supervisor;
use super::change::Change;
use super::event::{Action, Decision, Now, Witnesses};
use super::leftover::path_of;
use super::memory::{Phase, Run};
use super::senses::Engine;
use super::watch::Note;
use crate::clock::Moment;
use crate::config::BedCare;
use crate::octoprint::model::{Markings, PrinterCondition, Snapshot};

/// How often OctoPrint is asked until it can prove something: a printer that is away comes back, and
/// last moves end.
const ASKED_EVERY: Duration = Duration::from_secs(30);

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
}

/// What OctoPrint proves of a file's prints.
enum Proof {
    /// Nothing, or nothing yet: the file lies there.
    Nothing,
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
        match (at_printer(&witnesses.snapshot, path), history) {
            // While its last moves run, somebody can still cancel.
            (Some(PrinterCondition::Finishing), _) | (None, Some((0, 0))) => Self::Nothing,
            (Some(_), Some((0, 0)) | None) => Self::Printing,
            (None, None) => Self::Absent,
            // What runs now, if anything, is a repetition by its owner.
            (_, Some((_, 0))) => Self::Ended(End::Completed, "found in OctoPrint's history"),
            (_, Some((0, _))) => Self::Ended(End::Failed, "found in OctoPrint's history"),
            (_, Some((_, _))) => Self::Ended(End::Unknown, "its file was printed more than once"),
        }
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
    /// Decides that the coordinator names a lease which we should know.
    pub(super) fn decide_trace(&self, now: Now, grant: &Grant) -> Decision {
        if self.memory.knows(grant.lease) {
            return Decision::default();
        }
        let otherwise = self.traced(grant.lease).and_then(|trace| trace.otherwise);
        self.ask_of(Trace { grant: Box::new(grant.clone()), asked: now.moment, otherwise })
    }

    /// Decides that a lease which is looked for is to be given back: only what OctoPrint never had was surely never
    /// started.
    pub(super) fn decide_otherwise(&self, now: Now, trace: &Trace, why: Return) -> Decision {
        let trace = Trace { asked: now.moment, otherwise: Some(why), ..trace.clone() };
        self.ask_of(trace)
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

    /// Looks for a lease. While a print is at hand, nothing is asked: what is found could not be taken up.
    fn ask_of(&self, trace: Trace) -> Decision {
        let lease = trace.grant.lease;
        let decision = Decision::note(Note::Traced(trace));
        if self.memory.run.is_some() {
            return decision;
        }
        decision.and_act(Action::Ask { lease, path: path_of(lease) })
    }

    /// Returns what is looked for under this lease.
    pub(super) fn traced(&self, lease: LeaseId) -> Option<&Trace> {
        self.watch.traces.0.get(&lease)
    }

    /// Decides what OctoPrint says of a lease that is looked for.
    pub(super) fn hear_of_trace(&self, trace: &Trace, witnesses: &Witnesses) -> Decision {
        let lease = trace.grant.lease;
        if self.memory.knows(lease) {
            return Decision::note(Note::TraceOver(lease));
        }
        let path = path_of(lease);
        let phase = Phase::Starting { path: path.clone(), marks: Markings::default() };
        let run = Run { grant: trace.grant.as_ref().clone(), phase, weight: None };
        let found = Change::Found { grant: trace.grant.clone(), path: path.clone() };
        let mut decision = match (Proof::of(witnesses, &path), trace.otherwise) {
            (Proof::Nothing, _) | (Proof::Absent, None) => return Decision::default(),
            // The maker says first what became of the plate that stands there: a word for one must not be taken for another.
            (Proof::Ended(..), _) if self.memory.plate_on_bed().is_some() => {
                return Decision::default();
            }
            (Proof::Absent, Some(why)) => {
                let note = String::new();
                Decision::changes(self.facts([Fact::Returned { lease, why, note }]))
            }
            (Proof::Printing, _) => first(found, self.started(&run)),
            (Proof::Ended(end, note), _) => first(found, self.end(&run, end, note)),
        };
        if self.trusts_no_bed_after(&decision) {
            decision.changes.push(Change::BedDoubted);
        }
        decision.and_note(Note::TraceOver(lease))
    }

    /// Says whether a bed that clears itself is in doubt after what was found: nobody knows on what it was begun, nor what
    /// was printed since. Of an unknown end a person must tell in any case.
    fn trusts_no_bed_after(&self, decision: &Decision) -> bool {
        let unknown = |change: &Change| {
            matches!(change, Change::Fact { fact: Fact::Ended { end: End::Unknown, .. }, .. })
        };
        let found = matches!(decision.changes.first(), Some(Change::Found { .. }));
        found && self.setup.bed == BedCare::ClearsItself && !decision.changes.iter().any(unknown)
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

#[cfg(test)]
mod tests {
    use visorfarm_protocol::message::{Down, Fact};

    use super::super::event::Event;
    use super::super::memory::{Bed, Memory};
    use super::super::testing::{Bench, EPOCH, PATH, plate, record, setup, snapshot};
    use super::*;
    use crate::octoprint::model::FileRecord;
    use crate::octoprint::push::PushEvent;

    const PRINTING: PrinterCondition = PrinterCondition::Printing;
    const IDLE: PrinterCondition = PrinterCondition::Operational;

    fn grant() -> Grant {
        Grant {
            lease: LeaseId { epoch: EPOCH, number: 1 },
            printer: "p".parse().unwrap(),
            ask: 3,
            plate: plate(),
            bytes: 10,
            purpose: "CHU".into(),
            start_within_seconds: 1_800,
            expected_seconds: None,
        }
    }

    /// A process without a journal, which is told what it should know.
    fn told() -> Bench {
        let mut bench = Bench::cold(Memory::default());
        bench.push(PushEvent::Connected { markings: Markings::default() });
        bench.idle();
        bench.join();
        bench.down(Down::Trace(Box::new(grant())));
        bench
    }

    /// Checks what is told when OctoPrint says this; nothing is ever started.
    #[track_caller]
    fn check(
        at: (PrinterCondition, Option<&str>),
        shown: Option<&FileRecord>,
        ends: &[(u32, End)],
    ) {
        let mut bench = told();
        bench.witnesses(&snapshot(at.0, at.1), shown);
        assert_eq!((bench.ends(), bench.starts()), (ends.to_vec(), 0));
        // What is told after a crash is the same.
        bench = bench.restart();
        bench.witnesses(&snapshot(IDLE, None), shown);
        assert_eq!((bench.ends(), bench.starts()), (ends.to_vec(), 0));
    }

    #[test]
    fn what_octoprints_history_shows_is_told_once() {
        check((IDLE, None), Some(&record(1, 0)), &[(0, End::Completed)]);
        check((IDLE, None), Some(&record(0, 1)), &[(0, End::Failed)]);
        check((IDLE, None), Some(&record(1, 1)), &[(0, End::Unknown)]);
    }

    #[test]
    fn what_octoprint_cannot_prove_is_told_by_nobody() {
        check((IDLE, None), None, &[]);
        check((IDLE, None), Some(&record(0, 0)), &[]);
        check((PRINTING, Some("a-vase.gcode")), None, &[]);
        check((PRINTING, Some("a-vase.gcode")), Some(&record(0, 0)), &[]);
    }

    #[test]
    fn a_print_that_still_runs_is_followed_to_its_end() {
        let mut bench = told();
        bench.witnesses(&snapshot(PRINTING, Some(PATH)), Some(&record(0, 0)));
        assert!(matches!(bench.facts()[..], [Fact::Started { .. }]));
        bench.seen(PRINTING, Some(PATH));
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.push(PushEvent::StateChanged(IDLE));
        assert_eq!(bench.ends(), [(0, End::Completed)]);
        assert_eq!(bench.supervisor.memory().bed, Bed::Plate(grant().lease));
    }

    #[test]
    fn last_moves_are_waited_for_and_a_printer_that_is_away() {
        let mut bench = told();
        bench.witnesses(&snapshot(PrinterCondition::Finishing, Some(PATH)), Some(&record(1, 0)));
        assert_eq!(bench.ends(), []);
        bench.pass(30);
        bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
        assert_eq!(bench.ends(), [(0, End::Completed)]);
    }

    #[test]
    fn a_repetition_that_runs_is_one_plate_more() {
        let mut bench = told();
        bench.witnesses(&snapshot(PRINTING, Some(PATH)), Some(&record(1, 0)));
        assert_eq!(bench.ends(), [(0, End::Completed)]);
        bench.seen(PRINTING, Some(PATH));
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        assert_eq!(bench.ends(), [(0, End::Completed), (1, End::Completed)]);
        bench.idle();
        bench.witnesses(&snapshot(IDLE, None), Some(&record(2, 0)));
        assert_eq!(bench.ends(), [(0, End::Completed), (1, End::Completed)]);
    }

    #[test]
    fn a_bed_that_clears_itself_is_not_trusted_after_a_print_that_nobody_watched() {
        let mut bench = told();
        bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
        bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
        assert_eq!(bench.supervisor.memory().bed, Bed::Unconfirmed);
        assert_eq!(bench.ask(), None);
    }

    #[test]
    fn what_the_journal_knows_is_not_looked_for() {
        let mut bench = Bench::ready();
        bench.completed();
        bench.receipt_all();
        bench.actions.clear();
        bench.down(Down::Trace(Box::new(grant())));
        assert_eq!(bench.actions, []);
    }

    #[test]
    fn a_bed_that_clears_itself_is_not_trusted_after_a_print_that_was_found_running() {
        let mut bench = told();
        bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
        bench.witnesses(&snapshot(PRINTING, Some(PATH)), Some(&record(0, 0)));
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.push(PushEvent::StateChanged(IDLE));
        assert_eq!((bench.ends(), bench.ask()), (vec![(0, End::Completed)], None));
    }

    /// Checks what is told of a lease that is given back, as far as OctoPrint knows its file.
    #[track_caller]
    fn check_back(
        asked: Down,
        shown: Option<&FileRecord>,
        returns: &[Return],
        ends: &[(u32, End)],
    ) {
        let mut bench = told();
        bench.down(asked);
        bench.witnesses(&snapshot(IDLE, None), shown);
        assert_eq!((bench.returns(), bench.ends()), (returns.to_vec(), ends.to_vec()));
    }

    #[test]
    fn a_lease_that_is_looked_for_is_given_back_only_if_octoprint_never_had_its_file() {
        let withdraw = || {
            let (lease, printer, why) = (grant().lease, "p".parse().unwrap(), String::new());
            Down::Withdraw { lease, printer, why }
        };
        let stale = || Down::Grant(Box::new(grant()));
        check_back(withdraw(), None, &[Return::Withdrawn], &[]);
        check_back(withdraw(), Some(&record(0, 0)), &[], &[]);
        check_back(withdraw(), Some(&record(1, 0)), &[], &[(0, End::Completed)]);
        check_back(stale(), None, &[Return::Stale], &[]);
        check_back(stale(), Some(&record(0, 0)), &[], &[]);
        check_back(stale(), Some(&record(1, 0)), &[], &[(0, End::Completed)]);
    }

    #[test]
    fn a_plate_of_the_past_is_found_once_the_print_at_hand_is_over() {
        let mut bench = Bench::ready();
        bench.printing();
        let lost = Grant { lease: LeaseId { epoch: EPOCH, number: 900 }, ..grant() };
        bench.actions.clear();
        bench.down(Down::Trace(Box::new(lost)));
        bench.pass(40);
        assert!(!bench.actions.iter().any(|action| matches!(action, Action::Ask { .. })));
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.push(PushEvent::StateChanged(IDLE));
        bench.idle();
        bench.pass(40);
        bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
        assert_eq!(bench.ends(), [(0, End::Completed)], "the plate on the bed is judged first");
        bench.put(Event::BedClear { good: Some(0) });
        bench.pass(40);
        bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
        assert_eq!(bench.ends(), [(0, End::Completed), (0, End::Completed)]);
    }

    #[test]
    fn a_new_connection_ends_the_search_unless_the_coordinator_names_it_again() {
        let mut bench = told();
        bench.join();
        bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
        assert_eq!(bench.ends(), []);
    }
}
