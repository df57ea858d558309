//! What the printer and its OctoPrint truly do. OctoPrint tells its events to whoever listens just then, forgets its
//! job when it restarts, and keeps a history of each file until somebody deletes that.

use std::collections::BTreeMap;

use visorfarm_protocol::message::End;

use super::super::testing::snapshot;
use crate::octoprint::model::{
    FileRecord, Marking, MarkingKind, Markings, PrinterCondition, Snapshot,
};
use crate::octoprint::push::{FailReason, PushEvent};

/// A file of the owner's own.
pub(super) const VASE: &str = "vase.gcode";

#[derive(Clone, Debug)]
pub(super) struct Printer {
    pub(super) condition: PrinterCondition,
    job: Option<String>,
    /// How often each file was printed well and badly, as OctoPrint remembers.
    history: BTreeMap<String, FileRecord>,
    marks: Vec<Marking>,
    /// What stands on the bed, whoever printed it.
    pub(super) bed: Option<String>,
    /// How each print truly ended, in order.
    pub(super) ends: Vec<(String, End)>,
    clock_ms: u64,
}

impl Printer {
    pub(super) fn new() -> Self {
        let mut printer = Self {
            condition: PrinterCondition::Operational,
            job: None,
            history: BTreeMap::new(),
            marks: vec![],
            bed: None,
            ends: vec![],
            clock_ms: 0,
        };
        printer.mark(MarkingKind::Connected);
        printer
    }

    fn mark(&mut self, kind: MarkingKind) {
        self.clock_ms += 1;
        self.marks.push(Marking { kind, at_ms: self.clock_ms });
    }

    pub(super) fn marks(&self) -> Markings {
        Markings(self.marks.clone())
    }

    pub(super) fn looks(&self) -> Snapshot {
        snapshot(self.condition.clone(), self.job.as_deref())
    }

    pub(super) fn record(&self, path: &str) -> Option<FileRecord> {
        self.history.get(path).cloned()
    }

    pub(super) fn is_idle(&self) -> bool {
        self.condition == PrinterCondition::Operational
    }

    pub(super) fn is_printing(&self) -> bool {
        self.condition == PrinterCondition::Printing
    }

    /// Says whether anything moves.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.condition, PrinterCondition::Printing | PrinterCondition::Finishing)
    }

    pub(super) fn has(&mut self, path: &str) {
        let record = FileRecord { path: path.into(), successes: 0, failures: 0 };
        self.history.entry(path.into()).or_insert(record);
    }

    /// Begins to print the file at `path`.
    pub(super) fn starts(&mut self, path: &str) -> Vec<PushEvent> {
        self.has(path);
        self.condition = PrinterCondition::Printing;
        self.job = Some(path.into());
        self.bed = Some(path.into());
        self.mark(MarkingKind::Print);
        vec![PushEvent::PrintStarted { path: path.into() }]
    }

    /// Has sent the last line; the last moves still run.
    pub(super) fn is_done(&mut self) -> Vec<PushEvent> {
        let path = self.ends_with(End::Completed);
        self.condition = PrinterCondition::Finishing;
        self.mark(MarkingKind::Done);
        vec![PushEvent::PrintDone { path }]
    }

    /// The last moves are over.
    pub(super) fn stands_still(&mut self) -> Vec<PushEvent> {
        self.condition = PrinterCondition::Operational;
        vec![PushEvent::StateChanged(PrinterCondition::Operational)]
    }

    pub(super) fn fails(&mut self) -> Vec<PushEvent> {
        let path = self.ends_with(End::Failed);
        let reason = FailReason::Error("thermal runaway".into());
        [vec![PushEvent::PrintFailed { path, reason }], self.stands_still()].concat()
    }

    /// Somebody cancels in OctoPrint, which tells that in two events.
    pub(super) fn is_cancelled(&mut self) -> Vec<PushEvent> {
        let path = self.ends_with(End::Cancelled);
        self.mark(MarkingKind::Cancel);
        let by_user = Some("ana".to_owned());
        let reason = FailReason::Cancelled { by_user: true };
        let told = vec![
            PushEvent::PrintCancelled { path: path.clone(), by_user },
            PushEvent::PrintFailed { path, reason },
        ];
        [told, self.stands_still()].concat()
    }

    fn ends_with(&mut self, end: End) -> String {
        let path = self.job.clone().expect("what is printed is a job");
        if let Some(record) = self.history.get_mut(&path) {
            record.successes += u32::from(end == End::Completed);
            record.failures += u32::from(end != End::Completed);
        }
        self.ends.push((path.clone(), end));
        path
    }

    /// OctoPrint is restarted: what it printed is lost, and it knows nothing of it.
    pub(super) fn restarts(&mut self) {
        if let (true, Some(path)) = (self.is_printing(), self.job.take()) {
            self.ends.push((path, End::Failed));
        }
        self.job = None;
        self.marks.clear();
        self.condition = PrinterCondition::Operational;
        self.mark(MarkingKind::Connected);
    }

    /// Its owner deletes a file that is not being printed.
    pub(super) fn deletes(&mut self, path: &str) {
        if !(self.is_busy() && self.job.as_deref() == Some(path)) {
            self.history.remove(path);
        }
    }

    /// How often the file at `path` was truly printed to its end.
    pub(super) fn completed(&self, path: &str) -> usize {
        self.ends.iter().filter(|(of, end)| of == path && *end == End::Completed).count()
    }
}
