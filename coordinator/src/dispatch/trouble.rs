//! What the dispatcher decides when agents are away, mistaken or hostile, as stories.

use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{Down, End, Fact, Up};
use visorfarm_protocol::status::{Activity, Bed, PrinterStatus};
use visorfarm_protocol::text::QUOTE_BYTES_MAX;

use super::testing::{EPOCH, Farm, agent, ended, ended_as, printer, some_plate, started};
use super::{Channel, Event, LeaseState};

/// A farm with printers `a` and `b` that said hello, and no request.
fn farm() -> Farm {
    let mut farm = Farm::new();
    farm.hello("a", &[]);
    farm.hello("b", &[]);
    farm
}

#[test]
fn a_printer_that_was_taken_out_of_the_settings_is_given_nothing() {
    let mut farm = farm();
    farm.ask("a");
    farm.leave("a");
    farm.request(4);
    assert!(farm.dispatcher.held.is_empty(), "nobody will ever answer that grant");
}

#[test]
fn what_was_offered_to_a_printer_that_is_gone_is_offered_again() {
    for recalled in [false, true] {
        let mut farm = farm();
        let request = farm.request(4);
        let grant = farm.ask("a").unwrap();
        if recalled {
            farm.put(Event::RequestCancelled { request });
            farm.request(4);
        }
        farm.leave("a");
        assert_eq!(farm.state(grant.lease), LeaseState::Lapsed);
        assert!(farm.ask("b").is_some());
    }
}

#[test]
fn a_lease_that_was_asked_back_in_vain_is_asked_back_again() {
    let mut farm = farm();
    farm.request(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", Fact::Accepted { lease: grant.lease });
    farm.withdraw("r1");
    let before = farm.sent.len();
    farm.hello("a", &[grant.lease]);
    let withdraw = |(to, down): &(_, Down)| {
        *to == agent("a") && matches!(down, Down::Withdraw { lease, .. } if *lease == grant.lease)
    };
    assert!(farm.sent[before..].iter().any(withdraw), "it would start a withdrawn revision");
}

#[test]
fn a_plate_that_no_printer_has_room_for_is_not_counted() {
    let mut farm = farm().restored(100);
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
fn only_a_restored_farm_has_forgotten_leases() {
    let told = |farm: Farm, epoch, number| {
        let mut farm = farm;
        let request = farm.request(8);
        let lease = LeaseId { epoch: Epoch(epoch), number };
        farm.tell("a", ended_as(lease, 0, End::Completed, &some_plate(request)));
        (farm.numbers(request).printed, farm.dispatcher.anomalies)
    };
    assert_eq!(told(farm(), 7, 5), (0, 1), "never restored");
    assert_eq!(told(farm().restored(100), 6, 5), (0, 1), "before its first life");
    assert_eq!(told(farm().restored(100), 7, 2), (4, 0), "in the life of the copy");
    assert_eq!(told(farm().restored(100), 9, 1), (4, 0), "in a life that was lost");
}

#[test]
fn a_plate_that_is_printing_while_the_farm_is_restored_is_not_offered_again() {
    let mut farm = farm().restored(100);
    let request = farm.request(8);
    let plate = some_plate(request);
    let lease = LeaseId { epoch: Epoch(7), number: 5 };
    for _ in 0..2 {
        farm.tell("a", started(lease, &plate));
        assert_eq!(farm.numbers(request).in_flight, 4);
    }
    assert_eq!(farm.dispatcher.queued(request).len(), 1);
    farm.hello("a", &[lease]);
    farm.tell("a", ended_as(lease, 0, End::Completed, &plate));
    let numbers = farm.numbers(request);
    assert_eq!((numbers.in_flight, numbers.printed, numbers.surplus), (0, 4, 0));
}

#[test]
fn nobody_is_sent_to_a_bed_by_a_restored_farm_that_has_yet_to_hear_of_the_end() {
    let mut farm = farm();
    farm.request(8);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    farm.hello_in("a", Some(Epoch(EPOCH.0 - 1)), &["p"], &[]);
    assert_eq!((farm.state(grant.lease), farm.dispatcher.anomalies), (LeaseState::Printing, 0));
    assert_eq!(farm.on_the_board(), (LeaseState::Printing, false));
    farm.tell("a", ended(&grant, End::Completed));
    assert_eq!(farm.state(grant.lease), LeaseState::Ended(End::Completed));
    // In the life that it knows, an agent that forgot a lease has lost its memory.
    let next = farm.ask("a").unwrap();
    farm.starts("a", &next);
    farm.hello_in("a", Some(EPOCH), &["p"], &[]);
    assert_eq!((farm.state(next.lease), farm.dispatcher.anomalies), (LeaseState::Unknown, 1));
}

#[test]
fn a_forgotten_print_takes_no_printer_from_a_lease_that_is_known() {
    let mut farm = farm().restored(100);
    let request = farm.request(8);
    let grant = farm.ask("a").unwrap();
    let lease = LeaseId { epoch: Epoch(7), number: 5 };
    farm.tell("a", started(lease, &some_plate(request)));
    assert_eq!(farm.state(grant.lease), LeaseState::Offered);
    assert_eq!(farm.numbers(request).in_flight, 4);
    farm.tell("a", ended_as(lease, 0, End::Completed, &some_plate(request)));
    assert_eq!(farm.numbers(request).printed, 4, "it is counted all the same");
}

#[test]
fn a_forgotten_plate_is_not_counted_for_a_request_that_took_its_requests_number() {
    let mut farm = farm().restored(1);
    let request = farm.request(8);
    let lease = LeaseId { epoch: Epoch(7), number: 2 };
    farm.tell("a", ended_as(lease, 0, End::Completed, &some_plate(request)));
    assert_eq!(farm.numbers(request).printed, 0);
    assert_eq!(farm.dispatcher.outcomes.len(), 1, "it happened all the same");
}

#[test]
fn a_printer_that_its_agent_no_longer_drives_leaves_once_its_lease_is_over() {
    let mut farm = farm();
    let printers = |farm: &Farm| farm.dispatcher.printers.len();
    farm.leave("b");
    assert_eq!(printers(&farm), 2, "the other one came in its place");
    farm.request(4);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    farm.hello_with("a", &[], &[grant.lease]);
    assert_eq!(printers(&farm), 2, "it still prints");
    farm.tell("a", ended(&grant, End::Completed));
    farm.hello_with("a", &[], &[]);
    assert_eq!(printers(&farm), 1);
    farm.hello("a", &[]);
    let printed: i64 = farm.dispatcher.printers.values().map(|printer| printer.printed).sum();
    assert_eq!(printed, 4, "it comes back with what it printed");
}

#[test]
fn a_printer_that_is_heard_of_again_stays_until_its_lease_is_over() {
    let mut farm = farm();
    farm.request(4);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    farm.put(Event::LeaseAbandoned { lease: grant.lease });
    farm.hello_with("a", &[], &[grant.lease]);
    assert_eq!(farm.state(grant.lease), LeaseState::Accepted);
    let holder = super::PrinterKey { agent: agent("a"), printer: printer() };
    assert!(farm.dispatcher.printers.contains_key(&holder), "nobody would see what it prints");
}

#[test]
fn a_design_without_a_startable_revision_has_an_empty_queue() {
    let mut farm = farm();
    farm.request(12);
    assert_eq!(farm.dispatcher.jobs.len(), 3);
    farm.withdraw("r1");
    assert_eq!(farm.dispatcher.jobs.len(), 0);
    farm.publish("r2", Channel::Validated);
    assert_eq!(farm.dispatcher.jobs.len(), 3);
}

#[test]
fn words_from_outside_are_shown_short_and_without_control_characters() {
    let mut farm = farm();
    farm.request(4);
    let grant = farm.ask("a").unwrap();
    let shouted = format!("\u{1b}[2J{}", "A".repeat(60_000));
    let Fact::Ended { lease, ordinal, end, plate, seconds, .. } = ended(&grant, End::Failed) else {
        unreachable!()
    };
    farm.tell("a", Fact::Ended { lease, ordinal, end, plate, seconds, note: shouted.clone() });
    let status = PrinterStatus {
        printer: printer(),
        activity: Activity::Idle,
        bed: Bed::Clear,
        waits_for: None,
        lease: None,
        fraction: None,
        seconds_left: None,
        nozzle_celsius: None,
        bed_celsius: None,
        filament_left_grams: None,
        fault: Some(shouted),
    };
    farm.said("a", Up::Status { printers: vec![status] });
    let note = farm.dispatcher.outcomes[&(lease, 0)].note.clone();
    let shown = farm.dispatcher.printers.values().find_map(|printer| printer.status.clone());
    for words in [note, shown.unwrap().fault.unwrap()] {
        assert!(words.len() <= QUOTE_BYTES_MAX && !words.contains('\u{1b}'), "{words}");
    }
}

#[test]
fn an_agent_has_a_bounded_number_of_printers() {
    let mut farm = farm();
    let names: Vec<_> = (0..100).map(|number| format!("p{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    farm.hello_with("a", &names, &[]);
    assert!(farm.dispatcher.printers.len() < 100);
    assert!(0 < farm.dispatcher.anomalies);
    farm.hello("b", &[]);
    farm.request(4);
    assert!(farm.ask("b").is_some());
}

#[test]
fn a_time_in_which_nobody_listened_is_no_silence() {
    let mut farm = farm();
    farm.request(4);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
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

#[test]
fn a_plate_of_unknown_end_that_was_given_up_is_not_printing_when_it_is_told_again() {
    let mut farm = farm();
    farm.request(4);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    farm.tell("a", ended(&grant, End::Unknown));
    farm.put(Event::LeaseAbandoned { lease: grant.lease });
    // The agent answers the withdrawal with all it knows.
    farm.starts("a", &grant);
    assert_eq!(farm.state(grant.lease), LeaseState::Lapsed);
}

#[test]
fn a_plate_that_its_agent_has_forgotten_is_shown_until_the_agent_knows_it_again() {
    for end in [None, Some(End::Unknown)] {
        let mut farm = farm();
        farm.request(4);
        let grant = farm.ask("a").unwrap();
        farm.starts("a", &grant);
        if let Some(end) = end {
            farm.tell("a", ended(&grant, end));
        }
        farm.hello_in("a", Some(EPOCH), &["p"], &[grant.lease]);
        assert!(!farm.on_the_board().1, "{end:?}");
        farm.hello_in("a", None, &["p"], &[]);
        assert_eq!(farm.on_the_board(), (LeaseState::Unknown, true), "{end:?}");
        // Whoever asks for more knows of nothing at hand, whatever was said.
        farm.hello_in("a", Some(EPOCH), &["p"], &[grant.lease]);
        farm.ask("a");
        assert!(farm.on_the_board().1, "{end:?}");
        // A copy of its journal was found.
        farm.hello_in("a", Some(EPOCH), &["p"], &[grant.lease]);
        assert!(!farm.on_the_board().1, "{end:?}");
    }
}

impl Farm {
    /// Returns the leases that `name` was told to look for since message number `from`.
    fn traced(&self, from: usize, name: &str) -> Vec<LeaseId> {
        let traced = self.sent[from..].iter().filter_map(|(to, down)| match down {
            Down::Trace(grant) if *to == agent(name) => Some(grant.lease),
            Down::Trace(_)
            | Down::Welcome { .. }
            | Down::Grant(_)
            | Down::Withdraw { .. }
            | Down::Receipt(_)
            | Down::Frozen
            | Down::Memo { .. }
            | Down::Letters { .. } => None,
        });
        traced.collect()
    }
}

#[test]
fn a_print_that_its_agent_had_forgotten_is_in_flight_and_counted_once_it_is_found() {
    let mut farm = farm();
    let request = farm.request(4);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", Fact::Accepted { lease: grant.lease });
    let before = farm.sent.len();
    farm.hello("a", &[]);
    assert_eq!(farm.traced(before, "a"), [grant.lease]);
    farm.starts("a", &grant);
    assert_eq!(farm.state(grant.lease), LeaseState::Printing);
    let board = farm.dispatcher.board(farm.now);
    assert!(board.printers.iter().filter_map(|row| row.plate.as_ref()).all(|it| !it.forgotten));
    farm.tell("a", ended(&grant, End::Completed));
    assert_eq!(
        (farm.numbers(request).printed, farm.state(grant.lease)),
        (4, LeaseState::Ended(End::Completed))
    );
}

#[test]
fn what_an_agent_does_not_name_is_looked_for_before_it_is_asked_for_an_answer() {
    let mut farm = farm();
    farm.request(8);
    let offered = farm.ask("b").unwrap();
    let before = farm.sent.len();
    farm.hello("b", &[]);
    let told: Vec<_> = farm.sent[before..].iter().map(|(_, down)| down.kind()).collect();
    assert_eq!(
        (farm.traced(before, "b"), &told[1..]),
        (vec![offered.lease], &["trace", "grant"][..])
    );
}

#[test]
fn a_plate_that_was_given_up_is_looked_for_and_one_that_nobody_judged() {
    let mut farm = farm();
    farm.request(8);
    let [a, b] = ["a", "b"].map(|name| farm.ask(name).unwrap());
    farm.starts("a", &a);
    farm.put(Event::LeaseAbandoned { lease: a.lease });
    farm.starts("b", &b);
    farm.tell("b", ended(&b, End::Completed));
    let before = farm.sent.len();
    farm.hello("a", &[]);
    farm.hello("b", &[]);
    assert_eq!(
        (farm.traced(before, "a"), farm.traced(before, "b")),
        (vec![a.lease], vec![b.lease])
    );
    farm.tell("a", ended(&a, End::Completed));
    for (name, grant) in [("a", &a), ("b", &b)] {
        farm.tell(name, Fact::Judged { lease: grant.lease, ordinal: 0, good: 4, bad: 0 });
    }
    let before = farm.sent.len();
    farm.hello("a", &[]);
    farm.hello("b", &[]);
    assert_eq!((farm.traced(before, "a"), farm.traced(before, "b")), (vec![], vec![]));
}

#[test]
fn nobody_looks_for_a_print_that_is_held_or_whose_end_nobody_can_tell() {
    let mut farm = farm();
    farm.request(4);
    let grant = farm.ask("a").unwrap();
    farm.starts("a", &grant);
    let before = farm.sent.len();
    farm.hello("a", &[grant.lease]);
    farm.tell("a", ended(&grant, End::Unknown));
    farm.hello("a", &[]);
    assert_eq!(farm.traced(before, "a"), []);
}
