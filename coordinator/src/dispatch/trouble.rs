//! What the dispatcher decides when agents are away, mistaken or hostile, as stories.

use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{Down, End, Fact, Hello, Up};

use super::testing::{EPOCH, Farm, agent, card, ended, ended_as, printer};
use super::{Event, LeaseState};

/// A farm with printers `a` and `b` that said hello, and no request.
fn farm() -> Farm {
    let mut farm = Farm::new();
    farm.hello("a", &[]);
    farm.hello("b", &[]);
    farm
}

/// `name` says hello, and that it drives these printers and no others.
fn hello_with(farm: &mut Farm, name: &str, printers: &[&str]) {
    let printers = printers.iter().map(|printer| card(printer)).collect();
    let incarnation = "i1".parse().unwrap();
    let software = "test".into();
    let hello = Hello { incarnation, session: 1, software, epoch: None, printers, holds: vec![] };
    farm.said(name, Up::Hello(hello));
}

#[test]
fn a_plate_that_no_printer_has_room_for_is_not_counted() {
    let mut farm = farm();
    let request = farm.request(8);
    let mut grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Failed));
    grant.plate.pieces = u32::MAX;
    grant.lease = LeaseId { epoch: Epoch(7), number: 5 };
    farm.tell("a", ended(&grant, End::Unknown));
    for _ in 0..2 {
        let (good, bad) = (u32::MAX, u32::MAX);
        farm.tell("a", Fact::Judged { lease: grant.lease, ordinal: 0, good, bad });
    }
    assert_eq!(farm.numbers(request).printed, 0);
    assert!(0 < farm.dispatcher.anomalies);
}

#[test]
fn a_lease_of_a_life_to_come_is_nobodys() {
    let mut farm = farm();
    let request = farm.request(8);
    let grant = farm.ask("a").unwrap();
    let lease = LeaseId { epoch: Epoch(EPOCH.0 + 1), number: 1 };
    farm.tell("a", ended_as(lease, 0, End::Completed, &grant.plate));
    assert_eq!(farm.numbers(request).printed, 0);
    assert_eq!(farm.dispatcher.anomalies, 1);
}

#[test]
fn a_time_in_which_nobody_listened_is_no_silence() {
    let mut farm = farm();
    farm.request(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", Fact::Started { lease: grant.lease });
    farm.dispatcher.listen(farm.now);
    // The machine slept, or its clock was set right.
    farm.now.0 += 24 * 3_600_000;
    farm.dispatcher.listen(farm.now);
    farm.put(Event::Settle);
    assert_eq!(farm.state(grant.lease), LeaseState::Printing);
    // From then on silence counts again.
    for _ in 0..4 * 3_600 {
        farm.now.0 += 1_000;
        farm.dispatcher.listen(farm.now);
    }
    farm.put(Event::Settle);
    assert_eq!(farm.state(grant.lease), LeaseState::Lapsed);
}
