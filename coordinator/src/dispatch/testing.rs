//! A farm in a test: agents that say things, a clock that is set by hand, and every message that
//! was sent.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::needless_pass_by_value,
    reason = "a story picks the few things it is about"
)]

use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{
    AgentId, DesignId, Epoch, JobId, LeaseId, PrinterId, RequestId, RevisionId,
};
use visorfarm_protocol::message::{
    Ask, Down, End, Fact, Grant, Hello, Numbered, Plate, Return, Up,
};
use visorfarm_protocol::status::PrinterCard;

use super::board::Numbers;
use super::event::Publication;
use super::{
    Answer, Change, Channel, Decision, Dispatcher, Event, LeaseState, Life, NewRequest, Slice,
};
use crate::clock::Timestamp;

pub(crate) const EPOCH: Epoch = Epoch(1_000);

/// How a dispatcher decides: as it does, or with a mistake.
pub(crate) type Decides = fn(&Dispatcher, Timestamp, &Event) -> Decision;

pub(crate) struct Farm {
    pub(crate) dispatcher: Dispatcher,
    pub(crate) decides: Decides,
    pub(crate) now: Timestamp,
    /// Everything that was to be made durable since the last look.
    pub(crate) changes: Vec<Change>,
    /// Every message that was sent.
    pub(crate) sent: Vec<(AgentId, Down)>,
    asks: u64,
    seq: u64,
}

pub(crate) fn agent(name: &str) -> AgentId {
    name.parse().unwrap()
}

pub(crate) fn printer() -> PrinterId {
    "p".parse().unwrap()
}

pub(crate) fn card(printer: &str) -> PrinterCard {
    PrinterCard {
        printer: printer.parse().unwrap(),
        title: "Ender".into(),
        profile: "ender3".parse().unwrap(),
        octoprint: None,
        place: None,
        consent: None,
    }
}

pub(crate) fn design() -> DesignId {
    "visor".parse().unwrap()
}

pub(crate) fn slice(content: u8, pieces: u32) -> Slice {
    Slice {
        digest: Digest([content; 32]),
        bytes: 10,
        pieces,
        material: None,
        expected_seconds: Some(3_600),
        filament_grams: None,
        notes: String::new(),
    }
}

impl Farm {
    /// A farm with revision `r1` of a visor, four on a plate.
    pub(crate) fn new() -> Self {
        let dispatcher = Dispatcher::new("lyon".parse().unwrap(), EPOCH);
        Self::of(dispatcher).with_revision("r1")
    }

    pub(crate) fn of(dispatcher: Dispatcher) -> Self {
        let now = Timestamp(1_000_000);
        let decides = Dispatcher::decide;
        Self { dispatcher, decides, now, changes: vec![], sent: vec![], asks: 0, seq: 0 }
    }

    /// The same farm, restored from a copy that was made in life 7 after one lease and before request
    /// `next_request`.
    pub(crate) fn restored(mut self, next_request: u64) -> Self {
        self.dispatcher.lives.push(Life { epoch: Epoch(7), next_request });
        self
    }

    fn with_revision(mut self, revision: &str) -> Self {
        self.publish(revision, Channel::Validated);
        self
    }

    pub(crate) fn publish(&mut self, revision: &str, channel: Channel) -> Answer {
        self.now.0 += 1;
        let content = revision.bytes().fold(0_u8, u8::wrapping_add);
        let slices = vec![("ender3".parse().unwrap(), slice(content, 4))];
        self.put(Event::Published {
            design: design(),
            revision: revision.parse().unwrap(),
            slices: Publication { channel, at: self.now, slices },
        })
    }

    pub(crate) fn withdraw(&mut self, revision: &str) -> Answer {
        let revision: RevisionId = revision.parse().unwrap();
        self.put(Event::RevisionWithdrawn { design: design(), revision, why: "sharp edge".into() })
    }

    /// Takes an event as the shell does: decides, applies, and settles until nothing follows.
    pub(crate) fn put(&mut self, event: Event) -> Answer {
        let answer = self.step(&event);
        loop {
            let settled = self.dispatcher.is_settled();
            let before = self.changes.len();
            self.step(&Event::Settle);
            if settled && self.changes.len() == before {
                return answer;
            }
        }
    }

    fn step(&mut self, event: &Event) -> Answer {
        let decision = (self.decides)(&self.dispatcher, self.now, event);
        for change in &decision.changes {
            self.dispatcher.apply(change);
        }
        for sighting in &decision.sightings {
            self.dispatcher.sight(sighting);
        }
        self.changes.extend(decision.changes);
        self.sent.extend(decision.messages);
        decision.answer
    }

    pub(crate) fn request(&mut self, pieces: i64) -> RequestId {
        match self.put(Event::Requested(NewRequest::new(design(), pieces, "CHU"))) {
            Answer::Opened(id) => id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn hello(&mut self, name: &str, holds: &[LeaseId]) {
        self.hello_with(name, &["p"], holds);
    }

    /// `name` says hello, and that its printer is gone.
    pub(crate) fn leave(&mut self, name: &str) {
        self.hello_with(name, &["other"], &[]);
    }

    pub(crate) fn hello_with(&mut self, name: &str, printers: &[&str], holds: &[LeaseId]) {
        self.hello_in(name, None, printers, holds);
    }

    /// `name` says hello, and in which life of the database it was welcomed last.
    pub(crate) fn hello_in(
        &mut self,
        name: &str,
        epoch: Option<Epoch>,
        printers: &[&str],
        holds: &[LeaseId],
    ) {
        self.greet(name, (1, epoch, None), (printers, holds));
    }

    /// The process of `name` that drew `session` says hello.
    pub(crate) fn hello_as(
        &mut self,
        name: &str,
        session: u64,
        (printers, holds): (&[&str], &[LeaseId]),
    ) {
        self.greet(name, (session, None, None), (printers, holds));
    }

    /// `name` says hello, with the epoch and the mark that it was told last.
    pub(crate) fn greet_marked(
        &mut self,
        name: &str,
        (epoch, mark): (Option<Epoch>, Option<u64>),
        holds: &[LeaseId],
    ) {
        self.greet(name, (1, epoch, mark), (&["p"], holds));
    }

    fn greet(
        &mut self,
        name: &str,
        (session, epoch, mark): (u64, Option<Epoch>, Option<u64>),
        (printers, holds): (&[&str], &[LeaseId]),
    ) {
        let hello = Hello {
            incarnation: "i1".parse().unwrap(),
            session,
            software: "test".into(),
            epoch,
            printers: printers.iter().map(|printer| card(printer)).collect(),
            holds: holds.to_vec(),
            mark,
            letters: None,
        };
        self.said(name, Up::Hello(hello));
    }

    pub(crate) fn said(&mut self, name: &str, message: Up) {
        self.put(Event::Said { agent: agent(name), message });
    }

    /// `name` asks for work; returns what it was granted in answer.
    pub(crate) fn ask(&mut self, name: &str) -> Option<Grant> {
        self.ask_of(name, None)
    }

    /// `name` asks for work that needs so much filament at most.
    pub(crate) fn ask_of(&mut self, name: &str, grams_max: Option<u32>) -> Option<Grant> {
        self.asks += 1;
        let ask = Ask {
            printer: printer(),
            ask: self.asks,
            profile: "ender3".parse().unwrap(),
            materials: vec![],
            seconds_max: None,
            grams_max,
        };
        let before = self.sent.len();
        self.said(name, Up::Ask(ask));
        self.granted_since(before, name)
    }

    pub(crate) fn granted_since(&self, before: usize, name: &str) -> Option<Grant> {
        self.sent[before..].iter().find_map(|(to, down)| match down {
            Down::Grant(grant) if *to == agent(name) => Some(grant.as_ref().clone()),
            _ => None,
        })
    }

    pub(crate) fn tell(&mut self, name: &str, fact: Fact) -> Answer {
        self.seq += 1;
        self.tell_as(name, self.seq, fact)
    }

    /// `name` tells that the print under `grant` began.
    pub(crate) fn starts(&mut self, name: &str, grant: &Grant) {
        self.tell(name, grant.started());
    }

    pub(crate) fn tell_as(&mut self, name: &str, seq: u64, fact: Fact) -> Answer {
        let numbered = Numbered { seq, fact };
        self.put(Event::Told { agent: agent(name), printer: printer(), numbered })
    }

    /// Returns how the plate of the farm's printer stands, and whether its agent has forgotten it.
    pub(crate) fn on_the_board(&self) -> (LeaseState, bool) {
        let board = self.dispatcher.board(self.now);
        let plate = board.printers.iter().find_map(|row| row.plate.as_ref()).unwrap();
        (plate.state, plate.forgotten)
    }

    pub(crate) fn state(&self, lease: LeaseId) -> LeaseState {
        self.dispatcher.leases[&lease].state
    }

    pub(crate) fn numbers(&self, request: RequestId) -> Numbers {
        let board = self.dispatcher.board(self.now);
        board.requests.iter().find(|row| row.id == request).unwrap().numbers
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now.0 += seconds * 1_000;
        self.put(Event::Settle);
    }
}

/// A plate that an agent may speak of.
pub(crate) fn some_plate(request: RequestId) -> Plate {
    Plate {
        request,
        job: JobId(1),
        design: design(),
        revision: "r1".parse().unwrap(),
        profile: "ender3".parse().unwrap(),
        digest: Digest([1; 32]),
        pieces: 4,
    }
}

pub(crate) fn started(lease: LeaseId, plate: &Plate) -> Fact {
    Fact::Started { lease, plate: Some(plate.clone()) }
}

pub(crate) fn ended(grant: &Grant, end: End) -> Fact {
    ended_as(grant.lease, 0, end, &grant.plate)
}

pub(crate) fn ended_as(lease: LeaseId, ordinal: u32, end: End, plate: &Plate) -> Fact {
    Fact::Ended { lease, ordinal, end, plate: plate.clone(), seconds: None, note: String::new() }
}

pub(crate) fn returned(lease: LeaseId) -> Fact {
    Fact::Returned { lease, why: Return::Maker, note: String::new() }
}
