use super::*;
use crate::accounts::UserId;
use crate::dispatch::PrinterKey;

fn words(about: &str) -> Vec<String> {
    about.split(' ').map(str::to_owned).collect()
}

fn person(user: i64, about: &str) -> Reader {
    Reader::Person(Notice {
        user: UserId(user),
        address: "anne@farm.example".into(),
        about: words(about),
        language: "en".into(),
        confirmed: true,
    })
}

fn maker(agent: &str, about: &str) -> Reader {
    Reader::Maker(MakerNotice {
        agent: agent.parse().unwrap(),
        address: "anne@farm.example".into(),
        about: words(about),
        language: "en".into(),
        ends: "secret".into(),
    })
}

/// A desk of a farm that tells nobody anything yet.
fn desk() -> Desk {
    Desk::new(Timestamp(0), BTreeMap::new())
}

/// A printer called `agent/printer`, and what it needs.
fn needs(name: &str, trouble: Trouble) -> Alert {
    let (agent, printer) = name.split_once('/').unwrap();
    let key = PrinterKey { agent: agent.parse().unwrap(), printer: printer.parse().unwrap() };
    Alert { key: name.into(), trouble, printer: Some(key), ..Alert::default() }
}

fn bed(name: &str) -> Alert {
    let trouble = Trouble::Printer(Doing::BedClear);
    Alert { key: name.into(), trouble, ..Alert::default() }
}

fn user(reader: &Reader) -> i64 {
    match reader {
        Reader::Person(notice) => notice.user.0,
        Reader::Maker(notice) => panic!("{notice:?} is nobody's account"),
    }
}

/// What a desk tells whom, at minutes of a day.
#[track_caller]
fn check(desk: &mut Desk, minute: u64, alerts: &[Alert], told: &[(i64, &[&str])]) {
    let readers = [person(1, "beds requests"), person(2, "results")];
    let due = desk.look(Timestamp(minute * 60_000), alerts, &readers);
    let due: Vec<(i64, Vec<&str>)> = due
        .iter()
        .map(|due| (user(&due.reader), due.alerts.iter().map(|a| a.key.as_str()).collect()))
        .collect();
    let told: Vec<_> = told.iter().map(|(user, keys)| (*user, keys.to_vec())).collect();
    assert_eq!(due, told, "at minute {minute}");
}

#[test]
fn what_stands_is_told_once_to_who_wants_it() {
    let mut desk = desk();
    check(&mut desk, 0, &[bed("a")], &[]);
    check(&mut desk, 1, &[bed("a")], &[]);
    check(&mut desk, 2, &[bed("a")], &[(1, &["a"])]);
    check(&mut desk, 60, &[bed("a")], &[]);
}

#[test]
fn what_comes_while_a_reader_is_left_alone_is_told_together() {
    let mut desk = desk();
    check(&mut desk, 0, &[bed("a")], &[]);
    check(&mut desk, 2, &[bed("a")], &[(1, &["a"])]);
    check(&mut desk, 5, &[bed("a"), bed("b")], &[]);
    check(&mut desk, 10, &[bed("a"), bed("b"), bed("c")], &[]);
    check(&mut desk, 17, &[bed("a"), bed("b"), bed("c")], &[(1, &["b", "c"])]);
}

#[test]
fn what_is_settled_and_comes_again_is_told_again() {
    let mut desk = desk();
    check(&mut desk, 0, &[bed("a")], &[]);
    check(&mut desk, 2, &[bed("a")], &[(1, &["a"])]);
    check(&mut desk, 20, &[], &[]);
    check(&mut desk, 21, &[bed("a")], &[]);
    check(&mut desk, 23, &[bed("a")], &[(1, &["a"])]);
}

/// The desk after a restart at `minute`.
fn restarted(desk: &Desk, minute: u64) -> Desk {
    Desk::new(Timestamp(minute * 60_000), desk.told().clone())
}

#[test]
fn a_restart_tells_nothing_twice_though_nothing_is_known_of_the_printers_at_first() {
    let mut desk = desk();
    check(&mut desk, 0, &[bed("a")], &[]);
    check(&mut desk, 2, &[bed("a")], &[(1, &["a"])]);
    let mut desk = restarted(&desk, 30);
    check(&mut desk, 30, &[], &[]);
    check(&mut desk, 31, &[bed("a")], &[]);
    check(&mut desk, 40, &[bed("a")], &[]);
    check(&mut desk, 50, &[], &[]);
    check(&mut desk, 51, &[bed("a")], &[]);
    check(&mut desk, 53, &[bed("a")], &[(1, &["a"])]);
}

#[test]
fn a_restart_leaves_people_alone_for_as_long_as_without_one() {
    let mut desk = desk();
    check(&mut desk, 0, &[bed("a")], &[]);
    check(&mut desk, 2, &[bed("a")], &[(1, &["a"])]);
    let mut desk = restarted(&desk, 5);
    check(&mut desk, 5, &[bed("a"), bed("b")], &[]);
    check(&mut desk, 16, &[bed("a"), bed("b")], &[]);
    check(&mut desk, 17, &[bed("a"), bed("b")], &[(1, &["b"])]);
}

#[test]
fn another_trouble_of_the_same_printer_is_another_thing() {
    let mut desk = desk();
    let look = || Alert { trouble: Trouble::Printer(Doing::Look), ..bed("a") };
    check(&mut desk, 0, &[look()], &[]);
    check(&mut desk, 2, &[look()], &[(2, &["a"])]);
    check(&mut desk, 3, &[bed("a")], &[]);
    check(&mut desk, 5, &[bed("a")], &[(1, &["a"])]);
}

/// Of which of these alerts the maker of `attic` is told, who chose `about`.
#[track_caller]
fn check_maker(about: &str, alerts: &[Alert], told: &[&str]) {
    let mut desk = desk();
    let readers = [maker("attic", about), person(1, "requests")];
    let at = |minute: u64| Timestamp(minute * 60_000);
    assert!(desk.look(at(0), alerts, &readers).is_empty());
    let due = desk.look(at(2), alerts, &readers);
    let of_maker = due.iter().filter(|due| matches!(due.reader, Reader::Maker(_)));
    let keys = of_maker.flat_map(|due| due.alerts.iter().map(|alert| alert.key.as_str()));
    assert_eq!(keys.collect::<Vec<_>>(), told, "about {about}");
    assert!(desk.look(at(60), alerts, &readers).is_empty(), "once");
}

#[test]
fn a_maker_is_told_of_the_own_printers_and_of_nothing_else() {
    let of = |doing| Trouble::Printer(doing);
    let alerts = [
        needs("attic/bed", of(Doing::BedClear)),
        needs("cellar/bed", of(Doing::BedClear)),
        needs("attic/look", of(Doing::Look)),
        needs("attic/fault", of(Doing::Faulted)),
        needs("attic/failed", Trouble::Failed),
        needs("attic/copied", of(Doing::Copied)),
        needs("cellar/failed", Trouble::Failed),
        needs("attic/silent", of(Doing::Silent)),
        needs("attic/key", of(Doing::Key)),
        Alert { key: "request/1".into(), trouble: Trouble::Late, ..Alert::default() },
    ];
    check_maker("beds", &alerts, &["attic/bed"]);
    let results = ["attic/look", "attic/fault", "attic/failed", "attic/copied"];
    check_maker("results", &alerts, &results);
    check_maker("stuck", &alerts, &["attic/silent", "attic/key"]);
    check_maker("requests", &alerts, &[]);
}

#[test]
fn a_letter_that_was_not_taken_is_tried_again() {
    let mut desk = desk();
    let readers = [person(1, "beds")];
    let at = |minute: u64| Timestamp(minute * 60_000);
    desk.look(at(0), &[bed("a")], &readers);
    let due = desk.look(at(2), &[bed("a")], &readers);
    desk.failed(&due[0]);
    assert!(desk.look(at(10), &[bed("a")], &readers).is_empty(), "not at once");
    assert_eq!(desk.look(at(17), &[bed("a")], &readers).len(), 1);
}
