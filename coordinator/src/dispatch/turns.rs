//! Copies of one agent that take turns, as stories.

use visorfarm_protocol::message::{Down, End, Fact};
use visorfarm_protocol::status::WaitsFor;

use super::testing::{Farm, agent, ended};
use super::tests::farm;
use super::{Answer, Event, Refused};

/// Processes of the agent `a` say hello, one after the other.
fn turns(farm: &mut Farm, sessions: &[u64]) {
    for session in sessions {
        farm.hello_as("a", *session, (&["p"], &[]));
    }
}

fn is_frozen(farm: &Farm) -> bool {
    let board = farm.dispatcher.board(farm.now);
    let row = board.printers.iter().find(|row| row.agent == agent("a")).unwrap();
    row.waits_for == Some(WaitsFor::Copied)
}

#[track_caller]
fn check(sessions: &[u64], frozen: bool) {
    let (mut farm, _) = farm(12);
    turns(&mut farm, sessions);
    assert_eq!(is_frozen(&farm), frozen, "{sessions:?}");
    assert_eq!(farm.ask("a").is_none(), frozen, "{sessions:?}");
    let told = farm.sent.iter().any(|(to, down)| *to == agent("a") && *down == Down::Frozen);
    assert_eq!(told, frozen, "{sessions:?}");
    assert!(farm.ask("b").is_some(), "others go on");
}

#[test]
fn an_agent_that_is_restarted_is_no_copy() {
    check(&[7], false);
    check(&[7, 7, 7], false);
    check(&[7, 8, 9, 9], false);
}

#[test]
fn who_speaks_again_after_another_spoke_is_one_of_two() {
    check(&[7, 8, 7], true);
    check(&[7, 8, 9, 8], true);
}

#[test]
fn what_a_frozen_agent_prints_is_counted() {
    let (mut farm, request) = farm(12);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", Fact::Accepted { lease: grant.lease });
    for session in [7, 8, 7] {
        farm.hello_as("a", session, (&["p"], &[grant.lease]));
    }
    farm.tell("a", ended(&grant, End::Completed));
    assert_eq!(farm.numbers(request).printed, 4);
    assert_eq!(farm.ask("a"), None);
}

#[test]
fn a_person_releases_it_and_turns_freeze_it_again() {
    let (mut farm, _) = farm(12);
    let release = || Event::AgentReleased { agent: agent("a") };
    assert_eq!(farm.put(release()), Answer::Refused(Refused::NotFrozen { agent: agent("a") }));
    turns(&mut farm, &[7, 8, 7]);
    assert_eq!(farm.put(release()), Answer::Done);
    assert!(!is_frozen(&farm));
    assert!(farm.ask("a").is_some());
    turns(&mut farm, &[8, 7]);
    assert!(!is_frozen(&farm), "one of them may have been the last");
    turns(&mut farm, &[8]);
    assert!(is_frozen(&farm));
}

#[test]
fn a_frozen_agent_that_is_shut_out_is_forgotten() {
    let (mut farm, _) = farm(12);
    turns(&mut farm, &[7, 8, 7]);
    farm.put(Event::AgentRevoked { agent: agent("a") });
    assert!(farm.dispatcher.frozen.is_empty());
}
