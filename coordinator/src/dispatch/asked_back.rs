//! What becomes of leases that are asked back, or never answered, as stories.

use visorfarm_protocol::message::{Down, End, Fact, Up};

use super::testing::{EPOCH, Farm, ended};
use super::{Answered, Event, LeaseState};

/// A farm with printers `a` and `b` that said hello, and a request for one plate.
fn farm() -> Farm {
    let mut farm = Farm::new();
    farm.hello("a", &[]);
    farm.hello("b", &[]);
    farm.request(4);
    farm
}

fn request(farm: &Farm) -> visorfarm_protocol::id::RequestId {
    *farm.dispatcher.requests.keys().next().unwrap()
}

#[test]
fn a_lease_that_was_taken_and_asked_back_and_is_forgotten_calls_for_a_look() {
    for (taken, state) in
        [(true, LeaseState::Unknown), (false, LeaseState::Recalled(Answered::NotYet))]
    {
        let mut farm = farm();
        let grant = farm.ask("a").unwrap();
        if taken {
            farm.tell("a", Fact::Accepted { lease: grant.lease });
        }
        farm.put(Event::RequestCancelled { request: request(&farm) });
        farm.hello_in("a", Some(EPOCH), &["p"], &[]);
        assert_eq!((farm.state(grant.lease), farm.dispatcher.anomalies), (state, u64::from(taken)));
    }
}

#[test]
fn an_answer_that_crosses_the_word_that_asks_back_is_remembered() {
    let mut farm = farm();
    let grant = farm.ask("a").unwrap();
    farm.put(Event::RequestCancelled { request: request(&farm) });
    farm.tell("a", Fact::Accepted { lease: grant.lease });
    assert_eq!(farm.state(grant.lease), LeaseState::Recalled(Answered::Taken));
}

#[test]
fn an_agent_that_speaks_of_all_else_holds_no_job_for_ever() {
    let speaks = |farm: &mut Farm, seconds: u64| {
        for _ in 0..seconds / 30 {
            farm.pass(30);
            farm.said("a", Up::Status { printers: vec![] });
        }
    };
    for taken in [false, true] {
        let mut farm = farm();
        let grant = farm.ask("a").unwrap();
        if taken {
            farm.tell("a", Fact::Accepted { lease: grant.lease });
        }
        let before = farm.state(grant.lease);
        // Silent for a while, and back: what it has to tell comes next.
        speaks(&mut farm, 990);
        farm.pass(900);
        speaks(&mut farm, 300);
        assert_eq!(farm.state(grant.lease), before);
        speaks(&mut farm, 60);
        assert_eq!(farm.state(grant.lease), if taken { before } else { LeaseState::Lapsed });
        assert_eq!(farm.ask("b").is_some(), !taken);
        // Whatever was printed under it counts all the same.
        farm.tell("a", ended(&grant, End::Completed));
        assert_eq!(farm.state(grant.lease), LeaseState::Ended(End::Completed));
    }
}

#[test]
fn a_print_of_unknown_end_is_not_looked_for_when_it_is_given_up() {
    let mut farm = farm();
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    farm.tell("a", ended(&grant, End::Unknown));
    farm.put(Event::LeaseAbandoned { lease: grant.lease });
    let withdrawn = |(_, down): &(_, Down)| matches!(down, Down::Withdraw { lease, grant: None, .. } if *lease == grant.lease);
    assert!(farm.sent.iter().any(withdrawn), "OctoPrint may have a repetition by the owner");
}
