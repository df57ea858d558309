//! What comes of what the agent ordered.

use visorfarm_protocol::message::Return;

use super::super::super::testing::{Bench, by_day};
use super::super::super::{Event, FetchFailed, Memory, Question, StartAnswer, Witnesses, leftover};
use super::super::scene::Net;
use super::super::step::AgentStep;
use super::{Hears, Order, Ordered, PLATE, Workshop};

impl Workshop {
    pub(super) fn wake(&mut self) {
        let dead = std::mem::replace(&mut self.bench, Bench::cold(Memory::default()));
        let written = dead.journal.len();
        self.reached.meet("a restart of the agent");
        self.bench = dead.restart();
        self.write_down(written);
        self.put(Event::Setup(Box::new(by_day())));
    }

    pub(super) fn agent(&mut self, step: AgentStep) {
        match step {
            AgentStep::Works => self.work(),
            AgentStep::Fetches => self.fetched(Ok(())),
            AgentStep::CannotFetch => {
                let note = "the line is bad".to_owned();
                self.fetched(Err(FetchFailed { why: Return::Fetch, note }));
            }
            AgentStep::Uploads => self.uploaded(),
            AgentStep::IsObeyed => self.obeyed(StartAnswer::Taken),
            AgentStep::IsObeyedUnheard => self.obeyed(StartAnswer::Unsure("timed out".into())),
            AgentStep::IsRefused => self.answered(StartAnswer::Refused("415".into())),
            AgentStep::IsNotHeard => self.answered(StartAnswer::Unsure("reset".into())),
            AgentStep::HearsWitnesses => self.witnessed(),
            AgentStep::Dies => {
                self.ordered = Ordered::default();
                self.socket = Hears::Nothing;
                self.asked = None;
            }
            AgentStep::Wakes => {}
        }
    }

    fn work(&mut self) {
        self.fetched(Ok(()));
        self.uploaded();
        self.witnessed();
        for (path, asked) in std::mem::take(&mut self.ordered.delete) {
            if self.scene.net == Net::Shown {
                self.printer.deletes(&path);
                self.put(Event::Deleted { path, asked });
            }
        }
    }

    fn fetched(&mut self, result: Result<(), FetchFailed>) {
        if let Some(lease) = self.ordered.fetch.take() {
            if result.is_ok() {
                self.put(Event::Weighed { lease, weight: PLATE });
            }
            self.put(Event::Fetched { lease, result });
        }
    }

    fn uploaded(&mut self) {
        if let (Some(lease), Net::Shown) = (self.ordered.upload, self.scene.net) {
            self.ordered.upload = None;
            let path = leftover::path_of(lease);
            self.printer.has(&path);
            self.put(Event::Uploaded { lease, result: Ok(path) });
        }
    }

    /// OctoPrint does as it was told, if it can.
    fn obeyed(&mut self, answer: StartAnswer) {
        let Some(path) = self.ordered.start.as_ref().map(|order| order.path.clone()) else {
            return;
        };
        match (self.scene.net, self.printer.is_idle()) {
            (Net::Hidden, _) => self.answered(StartAnswer::Unsure("timed out".into())),
            (Net::Shown, false) => self.answered(StartAnswer::Conflict("it prints".into())),
            (Net::Shown, true) => {
                let events = self.printer.starts(&path);
                self.answered(answer);
                self.push(events);
            }
        }
    }

    pub(super) fn answered(&mut self, answer: StartAnswer) {
        if let Some(Order { lease, .. }) = self.ordered.start.take() {
            self.put(Event::StartAnswered { lease, answer });
        }
    }

    fn witnessed(&mut self) {
        for Question { lease, path, asked } in std::mem::take(&mut self.ordered.witnesses) {
            if self.scene.net == Net::Shown {
                let (snapshot, record) = (self.printer.looks(), self.printer.record(&path));
                self.put(Event::Witnesses(Witnesses { lease, asked, snapshot, record }));
            }
        }
    }
}
