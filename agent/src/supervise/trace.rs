//! A lease that the journal does not know, because the journal was lost with its memory card: the
//! coordinator names it, and OctoPrint has its file under a name of its own. What OctoPrint can prove
//! of the print is taken up and told. What it cannot prove stays open, for a person to settle: a file
//! may lie there without ever having been started.

use std::time::Duration;

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Grant};

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

/// A lease of which OctoPrint is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    grant: Box<Grant>,
    /// When OctoPrint was asked last.
    asked: Moment,
}

/// What OctoPrint proves of a file's prints.
enum Proof {
    /// Nothing, or nothing yet.
    Nothing,
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
            (Some(PrinterCondition::Finishing), _) | (None, Some((0, 0)) | None) => Self::Nothing,
            (Some(_), Some((0, 0)) | None) => Self::Printing,
            // What runs now, if anything, is a repetition by its owner.
            (_, Some((_, 0))) => Self::Ended(End::Completed, "found in OctoPrint's history"),
            (_, Some((0, _))) => Self::Ended(End::Failed, "found in OctoPrint's history"),
            (_, Some((_, _))) => Self::Ended(End::Unknown, "its file was printed more than once"),
        }
    }
}

impl Trace {
    fn of(&self, lease: LeaseId) -> Option<&Grant> {
        Some(self.grant.as_ref()).filter(|grant| grant.lease == lease)
    }
}

impl Supervisor {
    /// Decides that the coordinator names a lease which we should know.
    pub(super) fn decide_trace(&self, now: Now, grant: &Grant) -> Decision {
        if self.memory.run.is_some() || self.memory.knows(grant.lease) {
            return Decision::default();
        }
        ask(Trace { grant: Box::new(grant.clone()), asked: now.moment })
    }

    /// Asks OctoPrint once more, if that is due.
    pub(super) fn decide_trace_due(&self, now: Now) -> Decision {
        match &self.watch.trace {
            Some(trace) if ASKED_EVERY <= now.moment.since(trace.asked) => {
                ask(Trace { asked: now.moment, ..trace.clone() })
            }
            Some(_) | None => Decision::default(),
        }
    }

    /// Returns the grant of the lease that is looked for, if it is this one.
    pub(super) fn traced(&self, lease: LeaseId) -> Option<&Grant> {
        if self.memory.run.is_some() || self.memory.knows(lease) {
            return None;
        }
        self.watch.trace.as_ref().and_then(|trace| trace.of(lease))
    }

    /// Decides what OctoPrint says of the lease that is looked for.
    pub(super) fn hear_of_trace(&self, grant: &Grant, witnesses: &Witnesses) -> Decision {
        let path = path_of(grant.lease);
        let run = Run {
            grant: grant.clone(),
            phase: Phase::Starting { path: path.clone(), marks: Markings::default() },
            weight: None,
        };
        let mut decision = match Proof::of(witnesses, &path) {
            Proof::Nothing => return Decision::default(),
            Proof::Printing => self.started(&run),
            Proof::Ended(end, note) => self.found_ended(&run, end, note),
        };
        decision.changes.insert(0, Change::Found { grant: Box::new(grant.clone()), path });
        decision.and_note(Note::Trace(None))
    }

    fn found_ended(&self, run: &Run, end: End, note: &str) -> Decision {
        let mut decision = self.end(run, end, note);
        // Nobody watched what was printed since: a bed that clears itself is trusted no further. Of an
        // unknown end a person must tell in any case.
        if self.setup.bed == BedCare::ClearsItself && end != End::Unknown {
            decision.changes.push(Change::BedDoubted);
        }
        decision
    }
}

fn ask(trace: Trace) -> Decision {
    let lease = trace.grant.lease;
    Decision::note(Note::Trace(Some(trace))).and_act(Action::Ask { lease, path: path_of(lease) })
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
    fn a_new_connection_ends_the_search_unless_the_coordinator_names_it_again() {
        let mut bench = told();
        bench.join();
        bench.witnesses(&snapshot(IDLE, None), Some(&record(1, 0)));
        assert_eq!(bench.ends(), []);
    }
}
