//! Clocks that are years off, and set in mid-print: leases go by the time that passes, and whoever cannot
//! believe a certificate because of the date says so.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use visorfarm_agent::local::LinkState;
use visorfarm_tests::clock::WrongClock;
use visorfarm_tests::farm::{Farm, Plan};
use visorfarm_tests::story::SOON;

/// Starts a farm whose programs go by `clock`, and waits until it prints a plate.
async fn printing(clock: &WrongClock) -> Farm {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.agents[0].stop().await.unwrap();
    farm.agents[0].trouble().goes_by(clock);
    farm.coordinator.stop().await.unwrap();
    farm.coordinator.trouble().goes_by(clock);
    farm.coordinator.restart().await.unwrap();
    farm.agents[0].start().await.unwrap();
    farm.print(6).await.unwrap();
    farm
}

#[tokio::test]
async fn a_clock_set_by_days_in_mid_print_gives_no_lease_twice() {
    for offset in ["+3d", "-3d"] {
        let folder = tempfile::tempdir().unwrap();
        let clock = WrongClock::new(folder.path()).unwrap();
        let farm = printing(&clock).await;
        clock.set(offset).unwrap();
        farm.is_counted_once().await.unwrap();
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
                LinkState::Connecting
                | LinkState::Online
                | LinkState::Outlived
                | LinkState::Refused => None,
            })
        })
        .await
        .unwrap();
    assert!(why.contains("clock"), "{why}");
    behind.set("+0s").unwrap();
    farm.is_counted_once().await.unwrap();
}
