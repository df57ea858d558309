//! Clocks that are years off, and set in mid-print: leases go by the time that passes, and whoever cannot
//! believe a certificate because of the date says so.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::time::Duration;

use visorfarm_agent::local::LinkState;
use visorfarm_protocol::status::Activity;
use visorfarm_tests::clock::WrongClock;
use visorfarm_tests::farm::{Audit, Farm, Plan};
use visorfarm_tests::gcode::plate;

/// For a machine that also compiles.
const SOON: Duration = Duration::from_mins(2);

const PRINTER: &str = "printer-1";

/// Starts a farm whose programs go by `clock`, and waits until it prints a plate.
async fn printing(clock: &WrongClock) -> Farm {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.agents[0].stop().await.unwrap();
    farm.agents[0].trouble().goes_by(clock);
    farm.coordinator.stop().await.unwrap();
    farm.coordinator.trouble().goes_by(clock);
    farm.coordinator.restart().await.unwrap();
    farm.agents[0].start().await.unwrap();
    farm.publish("band", &plate(6), 4).await.unwrap();
    farm.clear_beds().await.unwrap();
    farm.coordinator.request("band", 4).await.unwrap();
    farm.until("the agent sees its print", SOON, async || {
        let seen = farm.agents[0].report(PRINTER).await?.status.activity;
        Ok((seen == Activity::Printing).then_some(()))
    })
    .await
    .unwrap();
    farm
}

async fn is_counted_once(farm: &Farm) {
    farm.until_counted(4, SOON).await.unwrap();
    let audit = farm.audit().await.unwrap();
    assert_eq!(audit, Audit { asked: 4, shown: 4, ledger: 4, plates: 1 });
    assert_eq!(farm.coordinator.leases().await.unwrap().len(), 1, "it was given once");
    farm.coordinator.check().await.unwrap();
}

#[tokio::test]
async fn a_clock_set_by_days_in_mid_print_gives_no_lease_twice() {
    for offset in ["+3d", "-3d"] {
        let folder = tempfile::tempdir().unwrap();
        let clock = WrongClock::new(folder.path()).unwrap();
        let farm = printing(&clock).await;
        clock.set(offset).unwrap();
        is_counted_once(&farm).await;
    }
}

#[tokio::test]
async fn an_agent_whose_clock_is_years_behind_says_so_and_goes_on_once_it_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let clock = WrongClock::new(folder.path()).unwrap();
    let mut farm = printing(&clock).await;
    farm.agents[0].kill().await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let behind = WrongClock::new(elsewhere.path()).unwrap();
    behind.set("-20y").unwrap();
    farm.agents[0].trouble().goes_by(&behind);
    farm.agents[0].start().await.unwrap();
    let why = farm
        .until("the agent cannot believe the coordinator", SOON, async || {
            Ok(match farm.agents[0].status().await?.link {
                LinkState::Offline { why } => Some(why),
                LinkState::Connecting | LinkState::Online | LinkState::Refused => None,
            })
        })
        .await
        .unwrap();
    assert!(why.contains("clock"), "{why}");
    behind.set("+0s").unwrap();
    is_counted_once(&farm).await;
}
