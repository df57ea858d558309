//! One printer in a test: OctoPrint says what the test makes it say, time is set by hand.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::needless_pass_by_value,
    reason = "a story picks the few things it is about"
)]

use std::time::Duration;

use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{Epoch, JobId, LeaseId, RequestId};
use visorfarm_protocol::message::{Down, End, Fact, Grant, Plate, Receipt, Return, Up};
use visorfarm_protocol::status::WaitsFor;

use super::{
    Action, Answer, Change, Decision, Disk, Event, FetchFailed, LinkChange, Memory, Now, Question,
    Server, Setup, StartAnswer, Supervisor, Witnesses,
};
use crate::clock::Moment;
use crate::config::BedCare;
use crate::config::agreed::Agreed;
use crate::config::hours::{Hours, MinuteOfDay};
use crate::octoprint::model::{
    FileRecord, JobFile, Markings, PrinterCondition, Progress, Snapshot, Temperatures,
};
use crate::octoprint::push::{FailReason, Lost, PushEvent};

pub(super) const EPOCH: Epoch = Epoch(1_000);
pub(super) const PATH: &str = "visorfarm/1000-1.gcode";

/// The maker says that the bed is clear, and nothing of the pieces.
pub(super) const CLEAR: Event = Event::BedClear { good: None };

/// How a supervisor decides: as it does, or with a mistake.
pub(super) type Decides = fn(&Supervisor, Now, &Event) -> Decision;

pub(super) struct Bench {
    pub(super) supervisor: Supervisor,
    pub(super) decides: Decides,
    pub(super) now: Now,
    /// The journal.
    pub(super) journal: Vec<Change>,
    pub(super) actions: Vec<Action>,
    grants: u64,
}

pub(super) fn setup(bed: BedCare) -> Setup {
    Setup {
        profile: "ender3".parse().unwrap(),
        materials: vec![],
        hours: Hours::default(),
        seconds_max: None,
        agrees_to: Agreed::default(),
        bed,
    }
}

/// The settings of a maker who lets prints begin from 8 to 22 h.
pub(super) fn by_day() -> Setup {
    let hours = serde_json::from_str(r#"["08:00-22:00"]"#).unwrap();
    Setup { hours, ..setup(BedCare::Ask) }
}

pub(super) fn snapshot(printer: PrinterCondition, path: Option<&str>) -> Snapshot {
    let job =
        path.map(|path| JobFile { origin: "local".into(), path: path.into(), size: Some(10) });
    Snapshot {
        printer,
        job,
        progress: Progress::default(),
        temperatures: Temperatures::default(),
        error: None,
    }
}

pub(super) fn record(successes: u32, failures: u32) -> FileRecord {
    FileRecord { path: PATH.into(), successes, failures }
}

/// A plate of four.
pub(super) fn plate() -> Plate {
    Plate {
        request: RequestId(1),
        job: JobId(1),
        design: "visor".parse().unwrap(),
        revision: "r1".parse().unwrap(),
        profile: "ender3".parse().unwrap(),
        digest: Digest([1; 32]),
        pieces: 4,
    }
}

/// A grant for an ask that nobody waits for.
pub(super) fn grant(lease: LeaseId) -> Grant {
    Grant {
        lease,
        printer: "p".parse().unwrap(),
        ask: 3,
        plate: plate(),
        bytes: 10,
        purpose: "CHU".into(),
        start_within_seconds: 1_800,
        expected_seconds: None,
    }
}

/// Such a lease, asked back.
pub(super) fn withdraw(lease: LeaseId) -> Down {
    let grant = Some(Box::new(grant(lease)));
    Down::Withdraw { lease, printer: "p".parse().unwrap(), why: String::new(), grant }
}

impl Bench {
    /// An idle printer with a clear bed and a coordinator that listens.
    pub(super) fn ready() -> Self {
        let mut bench = Self::cold(Memory::default());
        bench.heard_again();
        bench.put(Event::BedClear { good: None });
        bench.idle();
        bench.join();
        bench
    }

    /// A process that has just replayed `memory`, and knows its OctoPrint.
    pub(super) fn cold(memory: Memory) -> Self {
        let mut bench = Self::unsurveyed(memory);
        bench.put(Event::Server(Server::OctoPrint));
        bench.put(Event::Disk(Disk::Roomy));
        bench
    }

    /// A process that has just replayed `memory`.
    pub(super) fn unsurveyed(memory: Memory) -> Self {
        let setup = setup(BedCare::Ask);
        let supervisor = Supervisor::new("p".parse().unwrap(), setup, memory, 7);
        let minute = MinuteOfDay::new(12, 0).unwrap();
        let now = Now { moment: Moment(1_000), minute };
        let decides = Supervisor::decide;
        let (journal, actions) = (vec![], vec![]);
        let mut bench = Self { supervisor, decides, now, journal, actions, grants: 0 };
        bench.put(Event::Restarted);
        bench
    }

    /// Kills the process and starts it again on the same journal.
    pub(super) fn restart(self) -> Self {
        let mut memory = Memory::default();
        for change in &self.journal {
            // Through JSON, as on disk.
            let line = serde_json::to_string(change).unwrap();
            memory.apply(&serde_json::from_str(&line).unwrap());
        }
        assert_eq!(memory, *self.supervisor.memory(), "state is what the journal says");
        let mut bench = Self::cold(memory);
        bench.supervisor.setup = self.supervisor.setup.clone();
        bench.grants = self.grants;
        bench.decides = self.decides;
        bench.journal = [self.journal, bench.journal].concat();
        bench
    }

    pub(super) fn join(&mut self) {
        self.put(Event::Link(LinkChange::Up));
        self.down(Down::Welcome { epoch: EPOCH, farm: "lyon".parse().unwrap() });
    }

    /// Takes an event as the shell does.
    pub(super) fn put(&mut self, event: Event) -> Option<Answer> {
        let decision = (self.decides)(&self.supervisor, self.now, &event);
        for change in &decision.changes {
            self.supervisor.apply(change);
        }
        for note in &decision.notes {
            self.supervisor.note(self.now, note);
        }
        self.journal.extend(decision.changes);
        self.actions.extend(decision.actions);
        decision.answer
    }

    pub(super) fn down(&mut self, down: Down) {
        self.put(Event::Down(down));
    }

    pub(super) fn push(&mut self, event: PushEvent) {
        self.put(Event::Push(event));
    }

    /// OctoPrint's events are heard again, by its word that it was connected to.
    pub(super) fn heard_again(&mut self) {
        self.push(PushEvent::Connected { markings: Markings::default() });
    }

    pub(super) fn lost(&mut self) {
        self.push(PushEvent::Lost(Lost::Closed));
    }

    pub(super) fn seen(&mut self, printer: PrinterCondition, path: Option<&str>) {
        let asked = self.now.moment;
        self.put(Event::Seen { asked, snapshot: snapshot(printer, path) });
    }

    pub(super) fn idle(&mut self) {
        self.seen(PrinterCondition::Operational, None);
    }

    /// Looks find the printer idle, for so long that no event is about to tell more, and its file's history shows a success.
    pub(super) fn stands_still(&mut self) {
        for _ in 0..7 {
            self.idle();
            self.pass(2);
        }
        self.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(1, 0)));
        self.idle();
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        self.now.moment = self.now.moment + Duration::from_secs(seconds);
        self.put(Event::Tick);
    }

    /// Looks at an idle printer and lets it ask; returns the ask.
    pub(super) fn ask(&mut self) -> Option<u64> {
        self.idle();
        self.put(Event::Tick);
        self.actions.iter().rev().find_map(|action| match action {
            Action::Say(Up::Ask(ask)) => Some(ask.ask),
            _ => None,
        })
    }

    /// Grants what the printer asks for.
    pub(super) fn grant(&mut self) -> LeaseId {
        self.grant_of(None)
    }

    /// Grants a print that is expected to take so many seconds.
    pub(super) fn grant_of(&mut self, expected_seconds: Option<u32>) -> LeaseId {
        let ask = self.ask().expect("a ready printer asks");
        self.grants += 1;
        let lease = LeaseId { epoch: EPOCH, number: self.grants };
        self.down(Down::Grant(Box::new(Grant { ask, expected_seconds, ..grant(lease) })));
        lease
    }

    fn lease(&self) -> LeaseId {
        let run = self.supervisor.memory.run.as_ref();
        run.map_or(LeaseId { epoch: EPOCH, number: 0 }, |run| run.grant.lease)
    }

    pub(super) fn fetched(&mut self, result: Result<(), FetchFailed>) {
        self.put(Event::Fetched { lease: self.lease(), result });
    }

    pub(super) fn uploaded(&mut self) {
        self.put(Event::Uploaded { lease: self.lease(), result: Ok(PATH.into()) });
    }

    pub(super) fn answered(&mut self, answer: StartAnswer) {
        self.put(Event::StartAnswered { lease: self.lease(), answer });
    }

    /// From a grant to the order to start, as usual.
    pub(super) fn order(&mut self) -> LeaseId {
        let lease = self.grant();
        self.fetched(Ok(()));
        self.uploaded();
        lease
    }

    /// From a grant to a print that was seen to begin.
    pub(super) fn printing(&mut self) -> LeaseId {
        let lease = self.order();
        self.answered(StartAnswer::Taken);
        self.push(PushEvent::PrintStarted { path: PATH.into() });
        self.seen(PrinterCondition::Printing, Some(PATH));
        lease
    }

    /// To the end as usual.
    pub(super) fn completed(&mut self) -> LeaseId {
        let lease = self.printing();
        self.push(PushEvent::PrintDone { path: PATH.into() });
        self.push(PushEvent::StateChanged(PrinterCondition::Operational));
        lease
    }

    pub(super) fn cancelled_without_user(&mut self) {
        self.push(PushEvent::PrintCancelled { path: PATH.into(), by_user: None });
    }

    pub(super) fn failed(&mut self, reason: FailReason) {
        self.push(PushEvent::PrintFailed { path: PATH.into(), reason });
    }

    /// Answers every open question to OctoPrint until nothing more is asked.
    pub(super) fn witnesses(&mut self, snapshot: &Snapshot, record: Option<&FileRecord>) {
        for _ in 0..20 {
            self.witness(snapshot, record);
            self.pass(2);
        }
    }

    /// Looks find the printer idle until histories are read; the file's is as shown.
    pub(super) fn histories(&mut self, shown: &FileRecord) {
        self.idle();
        self.witnesses(&snapshot(PrinterCondition::Operational, None), Some(shown));
    }

    /// Answers the latest open question to OctoPrint, if there is one.
    pub(super) fn witness(&mut self, snapshot: &Snapshot, record: Option<&FileRecord>) {
        let asked = self.actions.iter().rposition(|a| matches!(a, Action::Ask(_)));
        let Some(index) = asked else { return };
        let Action::Ask(question) = self.actions.remove(index) else { unreachable!() };
        let (snapshot, record) = (snapshot.clone(), record.cloned());
        let Question { lease, asked, .. } = question;
        self.put(Event::Witnesses(Witnesses { lease, asked, snapshot, record }));
    }

    pub(super) fn facts(&self) -> Vec<&Fact> {
        let facts = self.journal.iter().filter_map(|change| match change {
            Change::Fact { fact, .. } => Some(fact),
            _ => None,
        });
        facts.collect()
    }

    pub(super) fn waits_for(&self) -> Option<WaitsFor> {
        self.supervisor.status(self.now).waits_for
    }

    pub(super) fn ends(&self) -> Vec<(u32, End)> {
        let end = |fact: &Fact| match fact {
            Fact::Ended { ordinal, end, .. } => Some((*ordinal, *end)),
            _ => None,
        };
        self.facts().into_iter().filter_map(end).collect()
    }

    pub(super) fn returns(&self) -> Vec<Return> {
        let why = |fact: &Fact| match fact {
            Fact::Returned { why, .. } => Some(*why),
            _ => None,
        };
        self.facts().into_iter().filter_map(why).collect()
    }

    /// What OctoPrint was told to delete.
    pub(super) fn deletes(&self) -> Vec<&str> {
        let paths = self.actions.iter().filter_map(|action| match action {
            Action::Delete { path, .. } => Some(path.as_str()),
            _ => None,
        });
        paths.collect()
    }

    pub(super) fn starts(&self) -> usize {
        self.actions.iter().filter(|action| matches!(action, Action::Start { .. })).count()
    }

    pub(super) fn receipt_all(&mut self) {
        self.receipt(self.supervisor.memory.unheard().map(|(seq, _)| seq).collect());
    }

    pub(super) fn receipt(&mut self, seqs: Vec<u64>) {
        self.down(Down::Receipt(Receipt {
            printer: "p".parse().unwrap(),
            seqs,
            teller: None,
            mark: None,
        }));
    }
}
