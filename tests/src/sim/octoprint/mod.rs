//! An OctoPrint that behaves as real ones were measured to: two events for one cancel, a printer
//! that still moves when the print is told done, a history written later and lost by a kill, marks
//! that go with the process, silence when the printer is offline, and a start order that is taken and
//! forgotten.
//!
//! It says what would be pushed; who listens, and when it arrives, is the world's business.

mod print;

use std::collections::BTreeMap;

use visorfarm_agent::octoprint::model::{
    FileRecord, Heat, JobFile, Marking, MarkingKind, Markings, PrinterCondition, Progress,
    Snapshot, Temperatures,
};
use visorfarm_agent::octoprint::push::PushEvent;
use visorfarm_agent::supervise::Question;

use super::truth::{PrintId, TrueEnd};

/// Marks older than this are dropped when another one is set: OctoPrint's `temperature.cutoff`.
const MARKS_KEPT_MILLIS: u64 = 30 * 60 * 1_000;

/// Whose file the owner prints.
pub(super) const OWN_FILE: &str = "vase.gcode";

/// One OctoPrint and its printer.
#[derive(Clone, Debug)]
pub(super) struct OctoPrint {
    /// Whether the server answers.
    pub(super) process: Process,
    /// How often it was started.
    pub(super) life: u64,
    wire: Wire,
    selected: Option<String>,
    /// What runs on the printer.
    pub(super) print: Option<Print>,
    panel: AtPanel,
    files: BTreeMap<String, File>,
    marks: Vec<Marking>,
    /// Orders that came while it hung, done when it goes on.
    pub(super) queued: Vec<Queued>,
    words: Words,
}

/// Whether the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Process {
    /// It does.
    Up,
    /// It takes connections and answers nothing.
    Hung,
    /// It does not run.
    Down,
}

/// Whether the failure of a print tells its fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// It does, as in version 1.11.
    Told,
    /// The fault is told apart from it, as in version 2.0.
    Apart,
}

/// The connection to the printer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wire {
    Connected,
    Offline(Option<String>),
}

/// What the owner has begun at the printer's own panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AtPanel {
    /// Nothing.
    Cold,
    /// A print: its nozzle is to be hot.
    Hot,
}

/// A print on the printer.
#[derive(Clone, Debug)]
pub(super) struct Print {
    /// Which one, in truth.
    pub(super) id: PrintId,
    /// Of which file.
    pub(super) path: String,
    /// How far it is.
    pub(super) stage: Stage,
}

/// How far a print is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Lines are sent until then.
    Printing(u64),
    /// All lines are sent; it moves until then.
    Finishing(u64),
    /// It rests, with so much left.
    Paused(u64),
}

#[derive(Clone, Debug, Default)]
struct File {
    successes: u32,
    failures: u32,
}

/// An order that a hung server has in its queue.
#[derive(Clone, Debug)]
pub(super) enum Queued {
    /// To print a file.
    Start(String),
    /// To keep a file.
    Upload(String),
    /// A question of this process of the agent's.
    Question { process: u64, question: Question },
}

/// What an order to start comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The printer may begin.
    Fine,
    /// It is busy or offline.
    Conflict,
    /// There is no such file.
    Gone,
}

/// What happened, to be pushed and to be held against the truth.
#[derive(Debug, Default)]
pub(super) struct Happened {
    /// In this order.
    pub(super) pushes: Vec<PushEvent>,
    /// The print that ended.
    pub(super) ended: Option<(PrintId, TrueEnd)>,
    /// What will be in the file's history in a moment: its path, and whether it is a success.
    pub(super) history: Option<(String, bool)>,
    /// Whether OctoPrint tells of the end.
    pub(super) told: Told,
}

/// Whether OctoPrint tells how a print ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Told {
    /// It does.
    #[default]
    Aloud,
    /// It does not: only the printer is gone.
    Silently,
}

impl OctoPrint {
    /// Returns one that runs, with a printer that is connected.
    #[must_use]
    pub(super) fn new(now: u64, words: Words) -> Self {
        let mut octoprint = Self {
            process: Process::Up,
            life: 0,
            wire: Wire::Connected,
            selected: None,
            print: None,
            panel: AtPanel::Cold,
            files: BTreeMap::new(),
            marks: Vec::new(),
            queued: Vec::new(),
            words,
        };
        octoprint.mark(now, MarkingKind::Connected);
        octoprint
    }

    /// Returns what a look shows.
    #[must_use]
    pub(super) fn snapshot(&self) -> Snapshot {
        let printer = match (&self.wire, &self.print) {
            (Wire::Offline(error), _) => PrinterCondition::Offline { error: error.clone() },
            (Wire::Connected, None) => PrinterCondition::Operational,
            (Wire::Connected, Some(print)) => match print.stage {
                Stage::Printing(_) => PrinterCondition::Printing,
                Stage::Finishing(_) => PrinterCondition::Finishing,
                Stage::Paused(_) => PrinterCondition::Paused,
            },
        };
        let error = match &self.wire {
            Wire::Offline(error) => error.clone(),
            Wire::Connected => None,
        };
        let job = self.selected.clone();
        Snapshot {
            printer,
            job: job.map(|path| JobFile { origin: "local".into(), path, size: Some(10) }),
            progress: Progress::default(),
            temperatures: self.temperatures(),
            error,
        }
    }

    fn temperatures(&self) -> Temperatures {
        match (&self.wire, self.panel) {
            (Wire::Connected, AtPanel::Hot) => {
                let nozzle = Some(Heat { actual: 205.0, target: 210.0 });
                Temperatures { nozzle, ..Temperatures::default() }
            }
            (Wire::Offline(_), _) | (_, AtPanel::Cold) => Temperatures::default(),
        }
    }

    /// Says whether nothing is printed, as far as anybody beside the printer can tell.
    #[must_use]
    pub(super) fn is_free(&self) -> bool {
        self.wire == Wire::Connected && self.print.is_none() && self.panel == AtPanel::Cold
    }

    /// Says whether something moves on the printer, whoever began it.
    #[must_use]
    pub(super) fn moves(&self) -> bool {
        self.print.is_some() || self.panel == AtPanel::Hot
    }

    /// The owner begins a print at the panel.
    pub(super) fn heat_at_panel(&mut self) -> Vec<PushEvent> {
        self.panel = AtPanel::Hot;
        vec![PushEvent::Current(self.snapshot())]
    }

    /// The print that was begun at the panel is over.
    pub(super) fn cool_at_panel(&mut self) -> Vec<PushEvent> {
        self.panel = AtPanel::Cold;
        vec![PushEvent::Current(self.snapshot())]
    }

    /// The owner takes the idle printer from OctoPrint.
    pub(super) fn unplug(&mut self, now: u64) -> Vec<PushEvent> {
        self.wire = Wire::Offline(None);
        self.selected = None;
        self.mark(now, MarkingKind::Disconnected);
        vec![
            PushEvent::StateChanged(PrinterCondition::Offline { error: None }),
            PushEvent::Marked(self.markings()),
        ]
    }

    /// Returns what is remembered of the file at `path`.
    #[must_use]
    pub(super) fn record(&self, path: &str) -> Option<FileRecord> {
        let file = self.files.get(path)?;
        Some(FileRecord {
            path: path.to_owned(),
            successes: file.successes,
            failures: file.failures,
        })
    }

    /// Returns the marks of this process.
    #[must_use]
    pub(super) fn markings(&self) -> Markings {
        Markings(self.marks.clone())
    }

    /// Keeps a file. One of the same name keeps its history, as in OctoPrint.
    pub(super) fn upload(&mut self, path: &str) {
        self.files.entry(path.to_owned()).or_default();
    }

    /// Deletes a file with its history; refused while it is printed.
    pub(super) fn delete(&mut self, path: &str) -> bool {
        if self.print.as_ref().is_some_and(|print| print.path == path) {
            return false;
        }
        self.files.remove(path);
        if self.selected.as_deref() == Some(path) {
            self.selected = None;
        }
        true
    }

    /// Says whether an order to print the file at `path` is taken.
    #[must_use]
    pub(super) fn may_start(&self, path: &str) -> Order {
        let idle = self.wire == Wire::Connected && self.print.is_none();
        match (self.files.contains_key(path), idle) {
            (true, true) => Order::Fine,
            (true, false) => Order::Conflict,
            (false, _) => Order::Gone,
        }
    }

    /// The owner connects the printer.
    pub(super) fn connect(&mut self, now: u64) -> Vec<PushEvent> {
        if self.wire == Wire::Connected {
            return Vec::new();
        }
        self.wire = Wire::Connected;
        self.mark(now, MarkingKind::Connected);
        vec![
            PushEvent::StateChanged(PrinterCondition::Connecting),
            PushEvent::StateChanged(PrinterCondition::Operational),
            PushEvent::Marked(self.markings()),
        ]
    }

    /// Ends the server as a power cut does. The printer runs dry: its print has failed, unless all
    /// its lines were sent.
    pub(super) fn kill(&mut self) -> Option<(PrintId, TrueEnd)> {
        self.process = Process::Down;
        self.queued.clear();
        self.selected = None;
        self.marks.clear();
        let print = self.print.take()?;
        let end = match print.stage {
            Stage::Finishing(_) => TrueEnd::InItsLastMoves,
            Stage::Printing(_) | Stage::Paused(_) => TrueEnd::Failed,
        };
        Some((print.id, end))
    }

    /// Starts the server again; it connects to its printer.
    pub(super) fn start(&mut self, now: u64) {
        self.process = Process::Up;
        self.life += 1;
        self.wire = Wire::Connected;
        self.mark(now, MarkingKind::Connected);
    }

    /// Writes how a print of the file at `path` ended.
    pub(super) fn write_history(&mut self, path: &str, success: bool) {
        // A file that was deleted meanwhile has no history.
        if let Some(file) = self.files.get_mut(path) {
            file.successes += u32::from(success);
            file.failures += u32::from(!success);
        }
    }

    fn mark(&mut self, now: u64, kind: MarkingKind) {
        self.marks.retain(|mark| now <= mark.at_ms + MARKS_KEPT_MILLIS);
        self.marks.push(Marking { kind, at_ms: now });
    }
}
