//! A supervisor with its journal at a true printer: what it orders is done, or gets lost on the way.

mod agent;
mod farm;
mod maker;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::Up;

use super::super::testing::{Bench, by_day};
use super::super::{Action, Answer, Blind, Event, Memory, Milligrams, Now, Question, StartAnswer};
use super::invariants;
use super::mutant::Mutant;
use super::printer::Printer;
use super::reached::Reached;
use super::scene::{Life, Net, Receipts, Scene};
use super::step::{AgentStep, FarmStep, MakerStep, OctoStep, Step};
use crate::clock::Moment;

/// How long an answer of OctoPrint's is waited for: by then an order was carried out or is lost.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// How often the agent looks while little happens, and while much does, in seconds.
const LOOKS: [u64; 2] = [60, 10];

/// What each plate needs of the spool.
pub(super) const PLATE: Milligrams = Milligrams(40_000);

pub(super) struct Workshop {
    pub(super) bench: Bench,
    pub(super) printer: Printer,
    pub(super) scene: Scene,
    /// What the journal on the disk says.
    pub(super) disk: Memory,
    /// Until when each lease may be started.
    pub(super) given: BTreeMap<LeaseId, Moment>,
    pub(super) started: BTreeSet<LeaseId>,
    /// What the coordinator of each life has heard, and what it has receipted.
    heard: Receipts,
    pub(super) receipted: Receipts,
    pub(super) reached: Reached,
    ordered: Ordered,
    socket: Hears,
    /// The ask that stands, and when it was said first.
    asked: Option<(u64, Moment)>,
    mutant: Mutant,
}

/// What the agent wants done.
#[derive(Debug, Default)]
struct Ordered {
    fetch: Option<LeaseId>,
    upload: Option<LeaseId>,
    start: Option<Order>,
    witnesses: Vec<Question>,
    delete: Vec<(String, Moment)>,
}

/// A start that is on its way to OctoPrint.
#[derive(Debug)]
struct Order {
    lease: LeaseId,
    path: String,
    since: Moment,
}

/// Whether the agent hears OctoPrint's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hears {
    Events,
    Nothing,
}

impl Workshop {
    /// An idle printer with a clear bed and a coordinator that listens.
    pub(super) fn new(scene: Scene, mutant: Mutant) -> Self {
        let mut bench = Bench::cold(Memory::default());
        bench.decides = mutant.decides();
        let mut disk = Memory::default();
        for change in &bench.journal {
            disk.apply(change);
        }
        let mut shop = Self {
            bench,
            printer: Printer::new(),
            scene,
            disk,
            given: BTreeMap::new(),
            started: BTreeSet::new(),
            heard: BTreeMap::new(),
            receipted: BTreeMap::new(),
            reached: Reached::default(),
            ordered: Ordered::default(),
            socket: Hears::Nothing,
            asked: None,
            mutant,
        };
        shop.put(Event::Setup(Box::new(by_day())));
        shop.octo(OctoStep::OpensTheSocket);
        shop.maker(MakerStep::ClearsTheBed(None));
        shop.farm(FarmStep::Connects);
        shop
    }

    /// Does `step`, after which the scene is as given.
    pub(super) fn take(&mut self, step: Step, after: &Scene) {
        let until = after.now.moment;
        let now = Now { moment: self.scene.now.moment, minute: after.now.minute };
        let was = std::mem::replace(&mut self.scene, Scene { now, ..after.clone() });
        match step {
            Step::Agent(AgentStep::Wakes) if was.life == Life::Dead => self.wake(),
            Step::Agent(step) => self.agent(step),
            Step::Maker(step) => self.maker(step),
            Step::Octo(step) => self.octo(step),
            Step::Farm(step) => self.farm(step),
            Step::Passes(_) | Step::Turns(_) => {}
        }
        while self.scene.now.moment < until {
            let [seldom, often] = LOOKS.map(Duration::from_secs);
            let rest = until.since(self.scene.now.moment);
            let next = self.scene.now.moment + if 2 * seldom < rest { seldom } else { often };
            self.scene.now.moment = next.min(until);
            self.look();
        }
        self.look();
    }

    /// The agent looks at its printer, and at its clock.
    fn look(&mut self) {
        let asked = self.scene.now.moment;
        let waits = |order: &Order| ANSWER_WITHIN <= asked.since(order.since);
        if self.ordered.start.as_ref().is_some_and(waits) {
            self.answered(StartAnswer::Unsure("timed out".into()));
        }
        self.put(match self.scene.net {
            Net::Shown => Event::Seen { asked, snapshot: self.printer.looks() },
            Net::Hidden => Event::Blind(Blind::Unreachable),
        });
        self.put(Event::Tick);
    }

    /// The agent hears of an event, if it lives; what it decides is on the disk before it acts.
    fn put(&mut self, event: Event) -> Option<Answer> {
        if !self.scene.is_alive() {
            return None;
        }
        self.bench.now = self.scene.now;
        let written = self.bench.journal.len();
        let answer = self.bench.put(event);
        self.write_down(written);
        answer
    }

    fn write_down(&mut self, written: usize) {
        for change in &self.bench.journal[written..] {
            if self.mutant.is_written(change) {
                self.disk.apply(change);
            }
        }
        self.reached.read(&self.bench.journal[written..]);
        for action in std::mem::take(&mut self.bench.actions) {
            self.order(action);
        }
    }

    fn order(&mut self, action: Action) {
        match action {
            Action::Fetch(grant) => self.ordered.fetch = Some(grant.lease),
            Action::Upload(grant) => self.ordered.upload = Some(grant.lease),
            Action::Start { lease, path } => {
                invariants::check_start(self, lease);
                self.started.insert(lease);
                self.reached.meet("a start");
                let since = self.scene.now.moment;
                self.ordered.start = Some(Order { lease, path, since });
            }
            Action::Ask(question) => self.ordered.witnesses.push(question),
            Action::Delete { path, asked } => self.ordered.delete.push((path, asked)),
            Action::Say(up) => self.say(&up),
        }
    }

    fn say(&mut self, up: &Up) {
        match up {
            Up::Ask(ask) => {
                invariants::check_ask(self);
                self.reached.meet("an ask");
                let asked = self.asked.filter(|(number, _)| *number == ask.ask);
                self.asked = asked.or(Some((ask.ask, self.scene.now.moment)));
            }
            Up::Facts { facts, .. } => {
                invariants::check_message(facts);
                if self.scene.is_heard() {
                    let heard = self.heard.entry(self.scene.epoch).or_default();
                    heard.extend(facts.iter().map(|numbered| numbered.seq));
                }
            }
            Up::Hello(_) | Up::Status { .. } | Up::Read { .. } => {}
        }
    }
}
