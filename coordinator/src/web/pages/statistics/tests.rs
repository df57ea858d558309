//! Days where clocks are set: one has 23 hours then, another 25.

use std::process::Command;

use chrono::DateTime;
use tempfile::TempDir;
use visorfarm_protocol::message::End;

use super::*;
use crate::dispatch::testing::{Farm, ended};
use crate::store::Store;
use crate::store::history::History;

/// Central Europe, as POSIX writes it: clocks are set on the last Sundays of March and October.
const ZONE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

const HOUR_MILLIS: u64 = 3_600_000;

/// Runs a test in a process of its own that stands in [`ZONE`]: a process has one zone for all its tests.
#[track_caller]
fn passes_there(test: &str) {
    let own = std::env::current_exe().unwrap();
    let name = format!("web::pages::statistics::tests::{test}");
    let ran = Command::new(own).args([&name, "--exact", "--ignored"]).env("TZ", ZONE).output();
    let ran = ran.unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_time_begins_at_midnight_however_long_its_days_are() {
    passes_there("begins_at_midnight");
}

#[test]
fn what_is_drawn_is_what_was_printed_on_the_days_on_which_clocks_are_set() {
    passes_there("is_what_was_printed");
}

fn at(text: &str) -> u64 {
    u64::try_from(DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()).unwrap()
}

#[test]
#[ignore = "another test runs it where clocks are set"]
fn begins_at_midnight() {
    for (now, days, midnight) in [
        ("2026-03-30T00:30:00+02:00", 1, "2026-03-30T00:00:00+02:00"),
        ("2026-03-30T00:30:00+02:00", 2, "2026-03-29T00:00:00+01:00"),
        ("2026-04-27T00:30:00+02:00", 30, "2026-03-29T00:00:00+01:00"),
        ("2026-10-25T23:30:00+01:00", 1, "2026-10-25T00:00:00+02:00"),
        ("2026-10-26T23:30:00+01:00", 2, "2026-10-25T00:00:00+02:00"),
        ("2026-11-23T23:30:00+01:00", 30, "2026-10-25T00:00:00+02:00"),
    ] {
        assert_eq!(since(days, Timestamp(at(now))), at(midnight), "{days} days to {now}");
    }
}

#[test]
#[ignore = "another test runs it where clocks are set"]
fn is_what_was_printed() {
    let folder = TempDir::new().unwrap();
    let (mut store, _) =
        Store::open(folder.path(), &"lyon".parse().unwrap(), Timestamp(1)).unwrap();
    let mut farm = Farm::new();
    farm.hello("a", &[]);
    farm.request(1_000);
    // A plate an hour.
    for (first, hours) in [("2026-03-28T00:30:00+01:00", 71), ("2026-10-24T00:30:00+02:00", 73)] {
        for hour in 0..hours {
            farm.now = Timestamp(at(first) + hour * HOUR_MILLIS);
            let grant = farm.ask("a").unwrap();
            farm.tell("a", ended(&grant, End::Completed));
            store.commit(&std::mem::take(&mut farm.changes)).unwrap();
            let history = History::open(folder.path()).unwrap();
            let days = history.sums(By::Day, since(2, farm.now)).unwrap();
            let summed: u64 = days.iter().map(|day| day.completed).sum();
            let drawn = every_day(2, farm.now, days);
            assert_eq!(
                drawn.iter().map(|(_, day)| day.completed).sum::<u64>(),
                summed,
                "{drawn:?}"
            );
        }
    }
    let days = History::open(folder.path()).unwrap().sums(By::Day, 0).unwrap();
    let hours: Vec<_> = days.iter().map(|day| (day.key.as_str(), day.completed)).collect();
    let long = [
        ("2026-03-28", 24),
        ("2026-03-29", 23),
        ("2026-03-30", 24),
        ("2026-10-24", 24),
        ("2026-10-25", 25),
        ("2026-10-26", 24),
    ];
    assert_eq!(hours, long);
}
