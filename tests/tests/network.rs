//! Power cuts and dead networks in mid-print: whatever is killed or cut, every plate is counted
//! once, and nothing is printed that nobody asked for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::time::Duration;

use visorfarm_protocol::message::End;
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::farm::{Farm, Network, Plan};
use visorfarm_tests::proxy::Weather;
use visorfarm_tests::rows::{EntryKind, Numbers};
use visorfarm_tests::story::{PRINTER, SOON};

/// Returns a farm of one printer that is printing a plate of four, of which one is asked for.
async fn printing(plan: Plan, seconds: u32) -> Farm {
    let farm = Farm::start(plan).await.unwrap();
    farm.print(seconds).await.unwrap();
    farm
}

/// One plate was asked for: everyone must have counted that one.
async fn is_counted_once(farm: &Farm) {
    farm.is_counted_once().await.unwrap();
    assert_eq!(farm.coordinator.farm().await.unwrap().anomalies, 0);
}

#[tokio::test]
async fn a_coordinator_killed_in_mid_print_counts_the_plate() {
    let mut farm = printing(Plan::default(), 6).await;
    farm.coordinator.kill().await.unwrap();
    farm.coordinator.restart().await.unwrap();
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn a_plate_that_ends_while_the_coordinator_is_down_is_counted() {
    let mut farm = printing(Plan::default(), 3).await;
    farm.coordinator.kill().await.unwrap();
    farm.until_finished(1).await.unwrap();
    farm.until_told_nobody().await.unwrap();
    farm.coordinator.restart().await.unwrap();
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn an_agent_killed_in_mid_print_finds_its_print_again() {
    let mut farm = printing(Plan::default(), 8).await;
    farm.agents[0].kill().await.unwrap();
    farm.agents[0].start().await.unwrap();
    farm.until_seen(Activity::Printing).await.unwrap();
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn an_agent_that_was_dead_at_the_end_finds_out_how_it_was() {
    let mut farm = printing(Plan::default(), 3).await;
    farm.agents[0].kill().await.unwrap();
    farm.until_finished(1).await.unwrap();
    farm.agents[0].start().await.unwrap();
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn an_agent_frozen_over_the_end_counts_once_when_it_thaws() {
    let farm = printing(Plan::default(), 3).await;
    farm.agents[0].freeze().unwrap();
    farm.until_finished(1).await.unwrap();
    farm.agents[0].thaw().unwrap();
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn a_plate_printed_without_any_network_is_counted_when_it_returns() {
    let plan = Plan { network: Network::Proxied, ..Plan::default() };
    let farm = printing(plan, 3).await;
    farm.weather(Weather::Cut);
    farm.until_finished(1).await.unwrap();
    farm.until_told_nobody().await.unwrap();
    assert_eq!(farm.coordinator.farm().await.unwrap().totals.printed, 0);
    farm.weather(Weather::Pass);
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn a_stalled_network_loses_nothing_that_was_on_its_way() {
    let plan = Plan { network: Network::Proxied, ..Plan::default() };
    let farm = printing(plan, 3).await;
    farm.weather(Weather::Stall);
    farm.until_finished(1).await.unwrap();
    farm.until_told_nobody().await.unwrap();
    farm.weather(Weather::Reset);
    farm.until("the agent sees that the connection is gone", SOON, async || {
        Ok((!farm.agents[0].is_online().await?).then_some(()))
    })
    .await
    .unwrap();
    farm.weather(Weather::Delay(Duration::from_millis(100)));
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn a_half_closed_network_is_left_and_loses_nothing() {
    let plan = Plan { network: Network::Proxied, ..Plan::default() };
    let farm = printing(plan, 3).await;
    farm.weather(Weather::HalfClose);
    farm.until("the agent sees that nobody answers any more", SOON, async || {
        Ok((!farm.agents[0].is_online().await?).then_some(()))
    })
    .await
    .unwrap();
    farm.until_finished(1).await.unwrap();
    farm.until_told_nobody().await.unwrap();
    farm.weather(Weather::Pass);
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn a_print_that_octoprint_died_under_is_looked_at_and_printed_again() {
    let mut farm = printing(Plan::default(), 5).await;
    farm.octoprints[0].kill().await.unwrap();
    farm.octoprints[0].restart().await.unwrap();
    farm.until_waits_for(WaitsFor::Look).await.unwrap();
    farm.until_advised("result unknown", "Its maker looks at the bed").await.unwrap();
    assert_eq!(farm.coordinator.farm().await.unwrap().totals.printed, 0);
    let said = farm.agents[0].says().await.unwrap();
    assert!(said.contains(">> look at the bed"), "{said}");
    assert!(farm.agents[0].bed_clear(PRINTER, None).await.is_err(), "a guess was taken");

    farm.agents[0].bed_clear(PRINTER, Some(0)).await.unwrap();
    farm.until("the plate is printed again", SOON, async || {
        farm.tend().await?;
        let Numbers { good, in_flight, .. } = farm.coordinator.farm().await?.totals;
        Ok((good == 4 && in_flight == 0).then_some(()))
    })
    .await
    .unwrap();
    let numbers = farm.coordinator.farm().await.unwrap().totals;
    assert_eq!((numbers.printed, numbers.bad, numbers.outstanding), (4, 0, 0));
    assert_eq!(farm.coordinator.ledger_sum(EntryKind::Good).await.unwrap(), 4);
    assert_eq!(farm.octoprints[0].finished().unwrap(), 1);
    let ends: Vec<_> =
        farm.coordinator.outcomes().await.unwrap().iter().map(|row| row.end).collect();
    assert_eq!(ends, [End::Unknown, End::Completed]);
    farm.coordinator.check().await.unwrap();
}
