//! Power cuts and dead networks in mid-print: whatever is killed or cut, every plate is counted
//! once, and nothing is printed that nobody asked for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::time::Duration;

use visorfarm_agent::local::Happened;
use visorfarm_protocol::message::{End, Fact};
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::farm::{Audit, Farm, Network, Plan};
use visorfarm_tests::gcode::plate;
use visorfarm_tests::proxy::Weather;
use visorfarm_tests::rows::{EntryKind, Numbers};

/// For a machine that also compiles.
const SOON: Duration = Duration::from_mins(2);

const PRINTER: &str = "printer-1";

/// Returns a farm of one printer that is printing a plate of four, of which one is asked for.
async fn printing(plan: Plan, seconds: u32) -> Farm {
    let farm = Farm::start(plan).await.unwrap();
    farm.publish("band", &plate(seconds), 4).await.unwrap();
    farm.clear_beds().await.unwrap();
    farm.coordinator.request("band", 4).await.unwrap();
    until_seen(&farm, Activity::Printing).await;
    farm
}

/// Waits until the agent itself says what its printer does.
async fn until_seen(farm: &Farm, activity: Activity) {
    farm.until(&format!("the agent sees {activity:?}"), SOON, async || {
        Ok((farm.agents[0].report(PRINTER).await?.status.activity == activity).then_some(()))
    })
    .await
    .unwrap();
}

/// Waits until OctoPrint has finished its plates, whoever hears of it.
async fn until_finished(farm: &Farm, plates: u64) {
    farm.until("OctoPrint has finished", SOON, async || {
        Ok((farm.octoprints[0].finished()? == plates).then_some(()))
    })
    .await
    .unwrap();
}

/// One plate was asked for: everyone must have counted that one.
async fn is_counted_once(farm: &Farm) {
    farm.until_counted(4, SOON).await.unwrap();
    // The maker's word on the plate is the last that is told of it.
    farm.until("the plate is judged", SOON, async || {
        farm.tend().await?;
        Ok((farm.coordinator.ledger_sum(EntryKind::Good).await? == 4).then_some(()))
    })
    .await
    .unwrap();
    let audit = farm.audit().await.unwrap();
    assert_eq!(audit, Audit { asked: 4, shown: 4, ledger: 4, plates: 1 });
    assert_eq!(farm.coordinator.leases().await.unwrap().len(), 1);
    assert_eq!(farm.coordinator.farm().await.unwrap().anomalies, 0);
    farm.coordinator.check().await.unwrap();
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
    until_finished(&farm, 1).await;
    until_told_nobody(&farm).await;
    farm.coordinator.restart().await.unwrap();
    is_counted_once(&farm).await;
}

/// Waits until the agent knows the end of its print and has nobody to tell it to.
async fn until_told_nobody(farm: &Farm) {
    farm.until("the agent keeps what it cannot tell", SOON, async || {
        let completed =
            |happened: &Happened| matches!(happened.fact, Fact::Ended { end: End::Completed, .. });
        let ended = farm.agents[0].report(PRINTER).await?.happened.iter().any(completed);
        Ok((ended && 0 < farm.agents[0].status().await?.facts_untold).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_agent_killed_in_mid_print_finds_its_print_again() {
    let mut farm = printing(Plan::default(), 8).await;
    farm.agents[0].kill().await.unwrap();
    farm.agents[0].start().await.unwrap();
    until_seen(&farm, Activity::Printing).await;
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn an_agent_that_was_dead_at_the_end_finds_out_how_it_was() {
    let mut farm = printing(Plan::default(), 3).await;
    farm.agents[0].kill().await.unwrap();
    until_finished(&farm, 1).await;
    farm.agents[0].start().await.unwrap();
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn an_agent_frozen_over_the_end_counts_once_when_it_thaws() {
    let farm = printing(Plan::default(), 3).await;
    farm.agents[0].freeze().unwrap();
    until_finished(&farm, 1).await;
    farm.agents[0].thaw().unwrap();
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn a_plate_printed_without_any_network_is_counted_when_it_returns() {
    let plan = Plan { network: Network::Proxied, ..Plan::default() };
    let farm = printing(plan, 3).await;
    farm.weather(Weather::Cut);
    until_finished(&farm, 1).await;
    until_told_nobody(&farm).await;
    assert_eq!(farm.coordinator.farm().await.unwrap().totals.printed, 0);
    farm.weather(Weather::Pass);
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn a_stalled_network_loses_nothing_that_was_on_its_way() {
    let plan = Plan { network: Network::Proxied, ..Plan::default() };
    let farm = printing(plan, 3).await;
    farm.weather(Weather::Stall);
    until_finished(&farm, 1).await;
    until_told_nobody(&farm).await;
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
async fn a_print_that_octoprint_died_under_is_looked_at_and_printed_again() {
    let mut farm = printing(Plan::default(), 5).await;
    farm.octoprints[0].kill().await.unwrap();
    farm.octoprints[0].restart().await.unwrap();
    farm.until("the agent asks for somebody to look", SOON, async || {
        let status = farm.agents[0].report(PRINTER).await?.status;
        Ok((status.waits_for == Some(WaitsFor::Look)).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(farm.coordinator.farm().await.unwrap().totals.printed, 0);
    let said = farm.agents[0].command(&["status"]).await.unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("look at the bed"), "{said}");
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
