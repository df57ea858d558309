//! What an agent says of all its printers together.

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::letters::{About, LetterLanguage};
use visorfarm_protocol::message::Grant;

use super::*;
use crate::clock::Moment;
use crate::config::agreed::Agreed;
use crate::config::hours::Hours;
use crate::config::{BedCare, PrinterConfig};
use crate::journal::Journal;
use crate::run::Equipment;
use crate::supervise::Question;

struct Idle;

impl Hands for Idle {
    fn version(&self) -> Option<String> {
        None
    }
    fn fetch(&mut self, _: Grant, _: &PrinterConfig) {}
    fn upload(&mut self, _: Grant, _: &PrinterConfig) {}
    fn start(&self, _: LeaseId, _: String) {}
    fn ask(&self, _: Question) {}
    fn delete(&self, _: String, _: Moment) {}
    fn picture(&self) {}
}

fn config() -> PrinterConfig {
    PrinterConfig {
        name: "p".parse().unwrap(),
        title: "Ender".to_owned(),
        place: None,
        octoprint: "http://localhost".to_owned(),
        profile: "ender3".parse().unwrap(),
        materials: Vec::new(),
        bed: BedCare::Ask,
        hours: Hours::default(),
        print_seconds_max: None,
        agrees_to: Agreed::default(),
        camera: false,
    }
}

/// An agent with an empty journal connects, and is welcomed to one life after the other; returns
/// of which life it knew at each hello.
fn hellos(welcomed: &[u32]) -> Vec<Option<u32>> {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(&folder.path().join("p.journal")).unwrap();
    let (outgoing, mut said) = mpsc::channel(64);
    let speaker = Speaker { incarnation: "i1".parse().unwrap(), session: 1 << 20 };
    let mut floor = Floor::new(Clock::start(), speaker, outgoing);
    let equipment = Equipment { config: config(), journal, hands: Idle, asks_from: 1 };
    floor.put(Printer::wake(equipment, Clock::start()).unwrap());
    let farm = || "lyon".parse().unwrap();
    let welcome = |epoch| Down::Welcome { epoch: Epoch(epoch), farm: farm() };
    floor.take(Arrival::Coordinator(Incoming::Online)).unwrap();
    for epoch in welcomed {
        floor.take(Arrival::Coordinator(Incoming::Down(welcome(*epoch)))).unwrap();
    }
    drop(floor);
    let said = std::iter::from_fn(|| said.try_recv().ok());
    let epochs = said.filter_map(|up| if let Up::Hello(hello) = up { Some(hello) } else { None });
    epochs.map(|hello| hello.epoch.map(|epoch| epoch.0)).collect()
}

#[test]
fn hello_says_what_the_maker_wants_to_be_told() {
    let (outgoing, mut said) = mpsc::channel(64);
    let speaker = Speaker { incarnation: "i1".parse().unwrap(), session: 1 << 20 };
    let mut floor = Floor::<Idle, Files>::new(Clock::start(), speaker, outgoing);
    let wish = Wish {
        mail: "anne@farm.example".parse().unwrap(),
        about: [About::Beds].into(),
        language: LetterLanguage::French,
    };
    let mut wishes = Vec::new();
    for wanted in [None, Some(wish.clone()), None] {
        floor.wish = wanted;
        floor.take(Arrival::Coordinator(Incoming::Online)).unwrap();
        let Ok(Up::Hello(hello)) = said.try_recv() else { panic!("a hello") };
        wishes.push(hello.letters);
    }
    assert_eq!(wishes, [None, Some(wish), None]);
}

#[test]
fn hello_is_said_again_in_another_life_of_the_coordinators_database() {
    assert_eq!(hellos(&[7]), [None]);
    assert_eq!(hellos(&[7, 7, 7]), [None]);
    assert_eq!(hellos(&[7, 9]), [None, Some(9)]);
    assert_eq!(hellos(&[7, 9, 7, 9]), [None, Some(9)], "an old copy still runs");
    assert_eq!(hellos(&[7, 5, 9]), [None, Some(9)], "it was set back, and learnt of it");
}

#[test]
fn a_hello_that_found_no_room_is_said_once_there_is_some() {
    let (outgoing, mut said) = mpsc::channel(1);
    outgoing.try_send(Up::Read { memos: Vec::new() }).unwrap();
    let speaker = Speaker { incarnation: "i1".parse().unwrap(), session: 1 << 20 };
    let mut floor = Floor::<Idle, Files>::new(Clock::start(), speaker, outgoing);
    floor.take(Arrival::Coordinator(Incoming::Online)).unwrap();
    floor.take(Arrival::Time).unwrap();
    assert_eq!(said.try_recv().unwrap(), Up::Read { memos: Vec::new() });
    for says in [true, false] {
        floor.take(Arrival::Time).unwrap();
        assert_eq!(matches!(said.try_recv(), Ok(Up::Hello(_))), says);
    }
}
