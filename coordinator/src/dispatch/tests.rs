//! What the dispatcher decides, as stories.

use visorfarm_protocol::id::{Epoch, LeaseId, RequestId};
use visorfarm_protocol::message::{Down, End, Fact, Return};

use super::board::Numbers;
use super::testing::{Farm, agent, design, ended, ended_as, returned, slice};
use super::{
    Answer, Answered, Channel, Event, LeaseState, NewRequest, Priority, Publication, Rank, Refused,
    Slice,
};

/// A farm with a request and printers `a`, `b`, `c` that said hello.
pub(super) fn farm(pieces: i64) -> (Farm, RequestId) {
    let mut farm = Farm::new();
    for name in ["a", "b", "c"] {
        farm.hello(name, &[]);
    }
    let request = farm.request(pieces);
    (farm, request)
}

#[test]
fn twelve_visors_are_three_plates_and_no_more() {
    let (mut farm, request) = farm(12);
    let grants: Vec<_> = ["a", "b", "c"].iter().filter_map(|name| farm.ask(name)).collect();
    assert_eq!(grants.len(), 3);
    for (grant, name) in grants.iter().zip(["a", "b", "c"]) {
        farm.tell(name, Fact::Accepted { lease: grant.lease });
        farm.starts(name, grant);
        farm.tell(name, ended(grant, End::Completed));
    }
    assert_eq!(farm.ask("a"), None);
    let expected = Numbers { wanted: 12, printed: 12, ..Numbers::default() };
    assert_eq!(farm.numbers(request), expected);
    assert!(farm.dispatcher.jobs.is_empty());
}

#[test]
fn a_plate_too_large_for_the_rest_is_surplus() {
    let (mut farm, request) = farm(10);
    for name in ["a", "b", "c"] {
        let grant = farm.ask(name).unwrap();
        farm.tell(name, ended(&grant, End::Completed));
    }
    let numbers = farm.numbers(request);
    assert_eq!((numbers.printed, numbers.outstanding, numbers.surplus), (12, 0, 2));
}

#[test]
fn a_fact_told_twice_counts_once() {
    let (mut farm, request) = farm(8);
    let grant = farm.ask("a").unwrap();
    for _ in 0..3 {
        farm.tell("a", ended(&grant, End::Completed));
    }
    assert_eq!(farm.numbers(request).printed, 4);
}

#[test]
fn no_plate_is_given_that_needs_more_filament_than_is_left() {
    for (needs, left, given) in [
        (Some(38), Some(37), false),
        (Some(38), Some(38), true),
        (Some(38), None, true),
        // The agent weighs it.
        (None, Some(1), true),
    ] {
        let mut farm = Farm::new();
        farm.hello("a", &[]);
        let slice = Slice { filament_grams: needs, ..slice(9, 4) };
        let slices = vec![("ender3".parse().unwrap(), slice)];
        farm.put(Event::Published {
            design: design(),
            revision: "r2".parse().unwrap(),
            slices: Publication { channel: Channel::Prototype, at: farm.now, slices },
        });
        let revision = Some("r2".parse().unwrap());
        let new = NewRequest { revision, ..NewRequest::new(design(), 4, "CHU") };
        farm.put(Event::Requested(new));
        assert_eq!(farm.ask_of("a", left).is_some(), given, "{needs:?} of {left:?}");
    }
}

#[test]
fn an_outcome_alone_proves_the_print() {
    let (mut farm, _) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Completed));
    assert_eq!(farm.state(grant.lease), LeaseState::Ended(End::Completed));
}

#[test]
fn a_failed_plate_is_offered_again() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Failed));
    assert_eq!(farm.numbers(request).outstanding, 4);
    let again = farm.ask("b").unwrap();
    assert_eq!(again.plate.job, grant.plate.job);
    assert_ne!(again.lease, grant.lease);
}

#[test]
fn refusing_is_free() {
    let (mut farm, _) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", returned(grant.lease));
    assert_eq!(farm.state(grant.lease), LeaseState::Returned(Return::Maker));
    assert!(farm.ask("b").is_some());
}

#[test]
fn a_lost_grant_is_sent_again_and_not_given_twice() {
    let (mut farm, _) = farm(8);
    let grant = farm.ask("a").unwrap();
    assert_eq!(farm.ask("a").unwrap().lease, grant.lease);
    let before = farm.sent.len();
    farm.hello("a", &[]);
    assert_eq!(farm.granted_since(before, "a").unwrap().lease, grant.lease);
}

#[test]
fn silence_alone_does_not_give_a_plate_away_before_it_could_have_ended() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    farm.pass(2 * 3_600);
    assert_eq!(farm.ask("b"), None);
    farm.pass(3_600);
    assert_eq!(farm.state(grant.lease), LeaseState::Lapsed);
    let twin = farm.ask("b").unwrap();
    // The lost one comes back: its plate counts, and the twin, which has not started, is recalled.
    farm.tell("a", ended(&grant, End::Completed));
    assert_eq!(farm.state(twin.lease), LeaseState::Recalled(Answered::NotYet));
    assert_eq!(farm.numbers(request).printed, 4);
    farm.tell("b", returned(twin.lease));
    let numbers = farm.numbers(request);
    assert_eq!((numbers.in_flight, numbers.outstanding, numbers.surplus), (0, 0, 0));
}

#[test]
fn a_twin_that_started_is_surplus_and_counted() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.pass(4 * 3_600);
    let twin = farm.ask("b").unwrap();
    farm.starts("b", &twin);
    farm.starts("a", &grant);
    farm.tell("a", ended(&grant, End::Completed));
    farm.tell("b", ended(&twin, End::Completed));
    let numbers = farm.numbers(request);
    assert_eq!((numbers.printed, numbers.surplus), (8, 4));
}

#[test]
fn a_withdrawn_revision_leaves_the_queue_and_a_running_print_ends_normally() {
    let (mut farm, request) = farm(12);
    let running = farm.ask("a").unwrap();
    farm.starts("a", &running);
    let waiting = farm.ask("b").unwrap();
    farm.withdraw("r1");
    assert_eq!(farm.state(waiting.lease), LeaseState::Recalled(Answered::NotYet));
    assert_eq!(farm.state(running.lease), LeaseState::Printing);
    assert_eq!(farm.ask("c"), None);
    farm.tell("b", returned(waiting.lease));
    farm.tell("a", ended(&running, End::Completed));
    assert_eq!(farm.numbers(request).printed, 4);
    farm.publish("r2", Channel::Validated);
    assert_eq!(farm.ask("c").unwrap().plate.revision.as_str(), "r2");
}

#[test]
fn the_newest_proven_revision_is_printed_unless_one_is_named() {
    let (mut farm, _) = farm(4);
    farm.publish("r2", Channel::Prototype);
    assert_eq!(farm.ask("a").unwrap().plate.revision.as_str(), "r1");
    let any = NewRequest::new(design(), 4, "");
    farm.put(Event::Requested(NewRequest { revision: Some("r2".parse().unwrap()), ..any }));
    assert_eq!(farm.ask("b").unwrap().plate.revision.as_str(), "r2");
}

#[test]
fn a_cancelled_request_recalls_what_has_not_started() {
    let (mut farm, request) = farm(12);
    let running = farm.ask("a").unwrap();
    farm.starts("a", &running);
    let waiting = farm.ask("b").unwrap();
    farm.put(Event::RequestCancelled { request });
    assert_eq!(farm.state(waiting.lease), LeaseState::Recalled(Answered::NotYet));
    farm.tell("b", returned(waiting.lease));
    farm.tell("a", ended(&running, End::Completed));
    let expected = Numbers { wanted: 4, printed: 4, ..Numbers::default() };
    assert_eq!(farm.numbers(request), expected);
}

#[test]
fn an_unknown_end_waits_for_a_look_and_counts_what_was_seen() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Unknown));
    assert_eq!(farm.ask("b"), None);
    let judged = |good, bad| Fact::Judged { lease: grant.lease, ordinal: 0, good, bad };
    farm.tell("a", judged(3, 1));
    let numbers = farm.numbers(request);
    assert_eq!((numbers.printed, numbers.good, numbers.bad), (4, 3, 1));
    // The bad one is made again: the ask of `b` stood, and takes the plate.
    assert_eq!((numbers.in_flight, numbers.outstanding, numbers.surplus), (4, 0, 3));
    assert_eq!(farm.state(grant.lease), LeaseState::Ended(End::Completed));
}

#[test]
fn a_look_that_finds_nothing_offers_the_plate_again() {
    let (mut farm, _) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Unknown));
    farm.tell("a", Fact::Judged { lease: grant.lease, ordinal: 0, good: 0, bad: 0 });
    assert_eq!(farm.state(grant.lease), LeaseState::Ended(End::Failed));
    assert!(farm.ask("b").is_some());
}

#[test]
fn a_second_look_corrects_the_first_and_an_old_one_does_not() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell_as("a", 1, ended(&grant, End::Completed));
    let judged = |good, bad| Fact::Judged { lease: grant.lease, ordinal: 0, good, bad };
    farm.tell_as("a", 2, judged(4, 0));
    farm.tell_as("a", 3, judged(2, 2));
    farm.tell_as("a", 2, judged(4, 0));
    let numbers = farm.numbers(request);
    assert_eq!((numbers.good, numbers.bad, numbers.outstanding), (2, 2, 2));
}

#[test]
fn a_repetition_by_the_owner_is_one_more_plate() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Completed));
    farm.tell("a", ended_as(grant.lease, 1, End::Completed, &grant.plate));
    let numbers = farm.numbers(request);
    assert_eq!((numbers.printed, numbers.surplus), (8, 4));
}

#[test]
fn a_lease_of_another_life_of_the_database_counts() {
    let (farm, request) = farm(8);
    let mut farm = farm.restored(100);
    let mut grant = farm.ask("a").unwrap();
    farm.tell("a", returned(grant.lease));
    grant.lease = LeaseId { epoch: Epoch(7), number: 5 };
    farm.tell("a", ended(&grant, End::Completed));
    farm.tell("a", ended(&grant, End::Completed));
    assert_eq!(farm.numbers(request).printed, 4);
    assert_eq!(farm.dispatcher.anomalies, 0);
}

#[test]
fn nobody_counts_under_a_lease_that_was_not_theirs() {
    let (mut farm, request) = farm(8);
    let grant = farm.ask("a").unwrap();
    farm.tell("b", ended(&grant, End::Completed));
    let invented = LeaseId { epoch: grant.lease.epoch, number: 99 };
    farm.tell("a", ended_as(invented, 0, End::Completed, &grant.plate));
    assert_eq!(farm.numbers(request).printed, 0);
    assert_eq!(farm.dispatcher.anomalies, 2);
}

#[test]
fn an_agent_that_forgot_what_it_accepted_is_looked_at_by_a_person() {
    let (mut farm, _) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    farm.hello("a", &[grant.lease]);
    assert_eq!(farm.state(grant.lease), LeaseState::Printing);
    farm.hello("a", &[]);
    assert_eq!(farm.state(grant.lease), LeaseState::Unknown);
    assert_eq!(farm.ask("b"), None);
    farm.put(Event::LeaseAbandoned { lease: grant.lease });
    assert!(farm.ask("b").is_some());
}

#[test]
fn an_agent_that_never_got_a_withdrawn_lease_is_told_again() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.put(Event::RequestCancelled { request });
    let before = farm.sent.len();
    farm.hello("a", &[]);
    let withdraw = |(to, down): &(_, Down)| {
        let Down::Withdraw { lease, grant: named, .. } = down else { return false };
        assert_eq!(*lease, grant.lease);
        assert_eq!(named.as_deref(), Some(&grant), "it may have to be looked for");
        *to == agent("a")
    };
    assert!(farm.sent[before..].iter().any(withdraw));
}

#[test]
fn a_coordinator_that_restarts_does_not_take_its_own_absence_for_silence() {
    let (mut farm, _) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    farm.dispatcher.heard.clear();
    farm.now.0 += 24 * 3_600_000;
    farm.dispatcher.listens_since = farm.now;
    farm.pass(60);
    assert_eq!(farm.state(grant.lease), LeaseState::Printing);
}

#[test]
fn a_lease_given_up_in_a_silence_is_live_again_when_its_agent_comes_back() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    farm.pass(4 * 3_600);
    let twin = farm.ask("b").unwrap();
    farm.hello("a", &[grant.lease]);
    assert_eq!(farm.state(twin.lease), LeaseState::Recalled(Answered::NotYet));
    farm.tell("b", returned(twin.lease));
    farm.tell("a", ended(&grant, End::Completed));
    let numbers = farm.numbers(request);
    assert_eq!((numbers.printed, numbers.in_flight, numbers.surplus), (4, 0, 0));
}

#[test]
fn a_plate_of_unknown_end_that_a_person_gave_up_stays_given_up() {
    let (mut farm, _) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Unknown));
    farm.put(Event::LeaseAbandoned { lease: grant.lease });
    let again = farm.ask("b").unwrap();
    farm.hello("a", &[grant.lease]);
    assert_eq!(farm.state(grant.lease), LeaseState::Lapsed);
    assert_eq!(farm.state(again.lease), LeaseState::Offered);
}

#[test]
fn a_revoked_agents_printers_leave_and_its_plate_is_offered_again() {
    let (mut farm, _) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.put(Event::AgentRevoked { agent: agent("a") });
    assert_eq!(farm.state(grant.lease), LeaseState::Lapsed);
    assert_eq!(farm.dispatcher.board(farm.now).printers.len(), 2);
    assert!(farm.ask("b").is_some());
}

#[test]
fn impossible_requests_are_refused_by_name() {
    let (mut farm, _) = farm(4);
    let new = |pieces, name: &str| NewRequest::new(name.parse().unwrap(), pieces, "");
    for pieces in [0, -1, 100_001, 1_000_000_000_000, i64::MIN, i64::MAX] {
        let answer = farm.put(Event::Requested(new(pieces, "visor")));
        assert_eq!(answer, Answer::Refused(Refused::Pieces { pieces }));
    }
    let answer = farm.put(Event::Requested(new(4, "mask")));
    assert_eq!(answer, Answer::Refused(Refused::Design { design: "mask".parse().unwrap() }));
}

#[test]
fn what_is_most_pressing_is_given_first_and_can_change() {
    let (mut farm, first) = farm(8);
    let second = farm.request(8);
    let asks = |farm: &mut Farm, name| farm.ask(name).unwrap().plate.request;
    assert_eq!(asks(&mut farm, "a"), first);
    let rank = Rank { priority: Priority::High, due: None };
    assert_eq!(farm.put(Event::RequestRanked { request: second, rank }), Answer::Done);
    assert_eq!(asks(&mut farm, "b"), second);
    let rank = Rank { priority: Priority::High, due: Some("2026-04-01".parse().unwrap()) };
    farm.put(Event::RequestRanked { request: first, rank });
    assert_eq!(asks(&mut farm, "c"), first);
    let unknown = RequestId(99);
    let answer = farm.put(Event::RequestRanked { request: unknown, rank });
    assert_eq!(answer, Answer::Refused(Refused::Request { request: unknown }));
}

#[test]
fn a_large_request_queues_a_bounded_number_of_jobs() {
    let (farm, _) = farm(100_000);
    assert!(farm.dispatcher.jobs.len() <= 64);
}

#[test]
fn no_more_is_delivered_than_is_good() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Completed));
    let refused = farm.put(Event::Delivered { request, pieces: 1 });
    assert_eq!(refused, Answer::Refused(Refused::Delivery { request, pieces: 1, good: 0 }));
    farm.tell("a", Fact::Judged { lease: grant.lease, ordinal: 0, good: 4, bad: 0 });
    assert_eq!(farm.put(Event::Delivered { request, pieces: 3 }), Answer::Done);
    assert_eq!(farm.numbers(request).delivered, 3);
}

#[test]
fn a_delivered_piece_that_turns_out_bad_is_printed_and_delivered_again() {
    let (mut farm, request) = farm(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Completed));
    let judged = |good, bad| Fact::Judged { lease: grant.lease, ordinal: 0, good, bad };
    farm.tell("a", judged(4, 0));
    farm.put(Event::Delivered { request, pieces: 4 });
    farm.tell("a", judged(3, 1));
    let numbers = farm.numbers(request);
    assert_eq!((numbers.good, numbers.delivered, numbers.outstanding), (3, 3, 1));
    let again = farm.ask("b").unwrap();
    farm.tell("b", ended(&again, End::Completed));
    farm.tell("b", Fact::Judged { lease: again.lease, ordinal: 0, good: 4, bad: 0 });
    assert_eq!(farm.put(Event::Delivered { request, pieces: 1 }), Answer::Done);
}
