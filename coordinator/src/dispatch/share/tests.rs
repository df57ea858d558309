use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{End, Fact};

use super::super::Answer;
use super::super::testing::{Farm, ended, ended_as, returned, some_plate};
use super::*;

#[test]
fn an_agent_that_says_hello_with_ever_other_printers_is_heard_so_often_an_hour() {
    let mut farm = Farm::new();
    for _ in 0..Kind::Card.max() {
        farm.hello_with("a", &["p"], &[]);
        farm.hello_with("a", &[], &[]);
    }
    let known = |farm: &Farm| farm.dispatcher.printers.len();
    assert!(farm.dispatcher.anomalies <= u64::from(Kind::Note.max()));
    let before = known(&farm);
    farm.hello_with("a", &["q"], &[]);
    assert_eq!(known(&farm), before, "it had its share");
    farm.pass(WINDOW.as_secs());
    farm.hello_with("a", &["q"], &[]);
    assert!(farm.dispatcher.printers.keys().any(|key| key.printer.as_str() == "q"));
}

#[test]
fn an_agent_that_gives_everything_back_gets_so_many_leases_an_hour() {
    let mut farm = Farm::new();
    farm.request(4);
    farm.hello("a", &[]);
    let mut give_back = || {
        let grant = farm.ask("a")?;
        farm.tell("a", returned(grant.lease));
        Some(grant)
    };
    let given = (0..2 * Kind::Fruitless.max()).map_while(|_| give_back()).count();
    assert_eq!(given, Kind::Fruitless.max() as usize);
    assert_eq!(farm.dispatcher.anomalies, 1, "a person is told why it gets none");
    farm.hello("b", &[]);
    assert!(farm.ask("b").is_some(), "another agent's share is its own");
}

#[test]
fn a_count_that_flips_without_end_is_corrected_so_often_an_hour() {
    let mut farm = Farm::new();
    let request = farm.request(4);
    farm.hello("a", &[]);
    let grant = farm.ask("a").unwrap();
    farm.tell("a", ended(&grant, End::Completed));
    let judged = |good| Fact::Judged { lease: grant.lease, ordinal: 0, good, bad: 4 - good };
    for round in 0..3 * Kind::Repeat.max() {
        farm.tell("a", judged(round % 2));
    }
    let is_entry = |change: &&Change| matches!(change, Change::Judged(_));
    let counted = farm.changes.iter().filter(is_entry).count();
    assert_eq!(counted, 1 + Kind::Repeat.max() as usize);
    assert_eq!(farm.tell("a", judged(3)), Answer::Later, "it is told again");
    farm.pass(WINDOW.as_secs());
    assert_eq!(farm.tell("a", judged(3)), Answer::Done);
    assert_eq!(farm.numbers(request).good, 3);
}

#[test]
fn plates_that_never_come_out_right_bring_so_many_leases_an_hour() {
    let mut farm = Farm::new();
    farm.request(4);
    farm.hello("a", &[]);
    let mut fail = || {
        let grant = farm.ask("a")?;
        farm.tell("a", ended(&grant, End::Failed));
        Some(())
    };
    let given = (0..2 * Kind::Fruitless.max()).map_while(|_| fail()).count();
    assert_eq!(given, Kind::Fruitless.max() as usize);
}

#[test]
fn plates_of_which_nothing_is_good_bring_so_many_leases_an_hour() {
    for (end, bad) in [(End::Completed, 4), (End::Unknown, 0)] {
        let mut farm = Farm::new();
        farm.request(4);
        farm.hello("a", &[]);
        let mut spoil = || {
            let lease = farm.ask("a").map(|grant| {
                farm.tell("a", ended(&grant, end));
                grant.lease
            })?;
            farm.tell("a", Fact::Judged { lease, ordinal: 0, good: 0, bad });
            Some(())
        };
        let given = (0..2 * Kind::Fruitless.max()).map_while(|_| spoil()).count();
        assert_eq!(given, Kind::Fruitless.max() as usize, "{end:?}");
    }
}

#[test]
fn what_an_owner_says_of_a_repetition_that_is_for_later_is_for_later_too() {
    let mut farm = Farm::new();
    let request = farm.request(4);
    farm.hello("a", &[]);
    let grant = farm.ask("a").unwrap();
    for ordinal in 0..=Kind::Repeat.max() {
        farm.tell("a", ended_as(grant.lease, ordinal, End::Completed, &grant.plate));
    }
    let ordinal = Kind::Repeat.max() + 1;
    let one_more = ended_as(grant.lease, ordinal, End::Completed, &grant.plate);
    let judged = Fact::Judged { lease: grant.lease, ordinal, good: 4, bad: 0 };
    assert_eq!(farm.tell("a", one_more.clone()), Answer::Later);
    assert_eq!(farm.tell("a", judged.clone()), Answer::Later);
    farm.pass(WINDOW.as_secs());
    assert_eq!(farm.tell("a", one_more), Answer::Done);
    farm.tell("a", judged);
    assert_eq!(farm.numbers(request).good, 4);
}

#[test]
fn a_printer_that_comes_and_goes_gets_so_many_leases_an_hour() {
    let mut farm = Farm::new();
    farm.request(4);
    let mut leave = || {
        farm.hello("a", &[]);
        let given = farm.ask("a");
        farm.leave("a");
        given.map(drop)
    };
    let given = (0..2 * Kind::Fruitless.max()).map_while(|_| leave()).count();
    assert!(given <= Kind::Fruitless.max() as usize, "{given}");
}

#[test]
fn what_a_restored_farm_has_forgotten_comes_back_so_often_an_hour_and_the_rest_later() {
    let mut farm = Farm::new().restored(100);
    let request = farm.request(4);
    farm.hello("a", &[]);
    let lost = |number| LeaseId { epoch: Epoch(7), number };
    let told = |number| ended_as(lost(number), 0, End::Completed, &some_plate(request));
    let tell = |farm: &mut Farm, number| farm.tell("a", told(number));
    for number in 2..2 + u64::from(Kind::Repeat.max()) {
        assert_eq!(tell(&mut farm, number), Answer::Done);
    }
    let judged = Fact::Judged { lease: lost(9_999), ordinal: 0, good: 3, bad: 1 };
    assert_eq!(tell(&mut farm, 9_999), Answer::Later);
    assert_eq!(farm.tell("a", judged.clone()), Answer::Later, "its plate comes first");
    assert_eq!(farm.dispatcher.anomalies, 1, "told once");
    farm.pass(WINDOW.as_secs());
    assert_eq!(tell(&mut farm, 9_999), Answer::Done);
    assert_eq!(farm.tell("a", judged), Answer::Done);
    assert_eq!(farm.numbers(request).good, 3);
    let plates = i64::from(Kind::Repeat.max()) + 1;
    assert_eq!(farm.numbers(request).printed, 4 * plates);
}

#[test]
fn a_plate_that_is_repeated_without_end_is_counted_so_often_an_hour() {
    let mut farm = Farm::new();
    let request = farm.request(4);
    farm.hello("a", &[]);
    let grant = farm.ask("a").unwrap();
    for ordinal in 0..3 * Kind::Repeat.max() {
        farm.tell("a", ended_as(grant.lease, ordinal, End::Completed, &grant.plate));
    }
    let plates = i64::from(1 + Kind::Repeat.max());
    assert_eq!(farm.numbers(request).printed, 4 * plates);
}

#[test]
fn what_is_said_of_a_plate_that_was_put_off_is_for_later_though_the_hour_has_turned_meanwhile() {
    let mut farm = Farm::new().restored(100);
    let request = farm.request(4);
    farm.hello("a", &[]);
    let lost = |number| LeaseId { epoch: Epoch(7), number };
    let told = |number| ended_as(lost(number), 0, End::Completed, &some_plate(request));
    for number in 2..2 + u64::from(Kind::Repeat.max()) {
        farm.tell("a", told(number));
    }
    farm.pass(WINDOW.as_secs() - 1);
    assert_eq!(farm.tell("a", told(9_999)), Answer::Later);
    farm.pass(1);
    let judged = Fact::Judged { lease: lost(9_999), ordinal: 0, good: 3, bad: 1 };
    assert_eq!(farm.tell("a", judged.clone()), Answer::Later, "its plate comes first");
    farm.tell("a", told(9_999));
    assert_eq!(farm.tell("a", judged), Answer::Done);
    assert_eq!(farm.numbers(request).good, 3);
}
