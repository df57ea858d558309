//! The machine fails the programs in mid-print: its disk is full, another process holds the database,
//! the journal is gone. Nothing that was printed is lost, nothing is started on a guess, and whoever
//! has to do something is told what.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::disk::SmallDisk;
use visorfarm_tests::farm::{Audit, Farm, Plan};
use visorfarm_tests::gcode::plate;
use visorfarm_tests::holder::Holder;
use visorfarm_tests::rows::EntryKind;
use visorfarm_tests::wait::until;

/// For a machine that also compiles.
const SOON: Duration = Duration::from_mins(2);

const PRINTER: &str = "printer-1";

/// A farm of one printer, of which one part lies on a small disk.
struct Cramped {
    farm: Farm,
    // Unmounted after the farm ended, before the folder goes.
    disk: SmallDisk,
    _folder: TempDir,
}

/// Starts a farm whose `part` lies on a disk of so many megabytes.
async fn cramped(part: &str, megabytes: u32) -> Cramped {
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::mount(&folder.path().join(part), megabytes).unwrap();
    let plan = Plan { folder: Some(folder.path().to_owned()), ..Plan::default() };
    let farm = Farm::start(plan).await.unwrap();
    Cramped { farm, disk, _folder: folder }
}

/// Asks for one plate of four, and waits until it is being printed.
async fn print(farm: &Farm, seconds: u32) {
    farm.publish("band", &plate(seconds), 4).await.unwrap();
    farm.clear_beds().await.unwrap();
    farm.coordinator.request("band", 4).await.unwrap();
    farm.until("the agent sees its print", SOON, async || {
        let seen = farm.agents[0].report(PRINTER).await?.status.activity;
        Ok((seen == Activity::Printing).then_some(()))
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

/// Waits until the agent says what it waits for.
async fn until_waits_for(farm: &Farm, what: WaitsFor) {
    farm.until(&format!("the agent waits for {what:?}"), SOON, async || {
        let waits_for = farm.agents[0].report(PRINTER).await?.status.waits_for;
        Ok((waits_for == Some(what)).then_some(()))
    })
    .await
    .unwrap();
}

/// One plate was asked for: everyone must have counted that one.
async fn is_counted_once(farm: &Farm) {
    farm.until_counted(4, SOON).await.unwrap();
    farm.until("the plate is judged", SOON, async || {
        farm.tend().await?;
        Ok((farm.coordinator.ledger_sum(EntryKind::Good).await? == 4).then_some(()))
    })
    .await
    .unwrap();
    let audit = farm.audit().await.unwrap();
    assert_eq!(audit, Audit { asked: 4, shown: 4, ledger: 4, plates: 1 });
    assert_eq!(farm.coordinator.leases().await.unwrap().len(), 1);
    farm.coordinator.check().await.unwrap();
}

#[tokio::test]
async fn an_agent_with_little_room_takes_no_work_and_says_what_to_do() {
    let mut place = cramped("agent-1", 200).await;
    place.farm.publish("band", &plate(1), 4).await.unwrap();
    // It looks at its disk when it starts, and each minute.
    place.farm.agents[0].stop().await.unwrap();
    place.disk.fill_but(20).unwrap();
    place.farm.agents[0].start().await.unwrap();
    place.farm.clear_beds().await.unwrap();
    until_waits_for(&place.farm, WaitsFor::Disk).await;
    place.farm.coordinator.request("band", 4).await.unwrap();
    let said = place.farm.agents[0].command(&["status"]).await.unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains(">> make room on the disk"), "{said}");
    place
        .farm
        .until("the farm sees it", SOON, async || {
            let waits_for = place.farm.coordinator.printers().await?[0].waits_for;
            Ok((waits_for == Some(WaitsFor::Disk)).then_some(()))
        })
        .await
        .unwrap();
    assert_eq!(place.farm.coordinator.leases().await.unwrap().len(), 0);
    place.disk.clear().unwrap();
    is_counted_once(&place.farm).await;
}

#[tokio::test]
async fn an_agent_whose_disk_fills_up_in_mid_print_counts_its_plate_once() {
    let mut place = cramped("agent-1", 200).await;
    print(&place.farm, 4).await;
    place.disk.fill().unwrap();
    until_finished(&place.farm, 1).await;
    // The last page of its journal may hold the end of the print. If not, it ends.
    let (agent, coordinator) = (&mut place.farm.agents[0], &place.farm.coordinator);
    let died = until("the agent tells of the end, or dies of it", SOON, async || {
        let died = agent.has_died()?;
        let told = coordinator.farm().await?.totals.printed == 4;
        Ok((died || told).then_some(died))
    })
    .await
    .unwrap();
    place.disk.clear().unwrap();
    if died {
        let said = place.farm.agents[0].ended().await.unwrap();
        assert!(said.contains("No space left on device"), "{said}");
        place.farm.agents[0].start().await.unwrap();
    }
    is_counted_once(&place.farm).await;
}

#[tokio::test]
async fn an_agent_whose_card_can_no_longer_be_written_starts_nothing_and_says_why() {
    let mut place = cramped("agent-1", 200).await;
    print(&place.farm, 4).await;
    place.farm.agents[0].kill().await.unwrap();
    // The log lies beside the state: what it says must be readable all the same.
    place.disk.protect().unwrap();
    let said = place.farm.agents[0].command(&["run"]).await.unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("Read-only file system"), "{said}");
    until_finished(&place.farm, 1).await;
    place.disk.unprotect().unwrap();
    place.farm.agents[0].start().await.unwrap();
    is_counted_once(&place.farm).await;
}

#[tokio::test]
async fn a_coordinator_whose_disk_fills_up_ends_and_counts_when_there_is_room() {
    let mut place = cramped("farm", 64).await;
    print(&place.farm, 4).await;
    place.disk.fill().unwrap();
    until_finished(&place.farm, 1).await;
    let said = place.farm.coordinator.ended().await.unwrap();
    assert!(said.contains("disk is full"), "{said}");
    place.disk.clear().unwrap();
    place.farm.coordinator.restart().await.unwrap();
    is_counted_once(&place.farm).await;
}

#[tokio::test]
async fn a_database_that_another_process_holds_is_waited_for() {
    let farm = Farm::start(Plan::default()).await.unwrap();
    print(&farm, 3).await;
    let holder = Holder::of(&farm.coordinator.database()).await.unwrap();
    until_finished(&farm, 1).await;
    farm.until("the agent keeps what nobody receipts", SOON, async || {
        Ok((0 < farm.agents[0].status().await?.facts_untold).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(farm.coordinator.farm().await.unwrap().totals.printed, 0);
    holder.let_go().await.unwrap();
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn a_coordinator_frozen_over_the_end_counts_once_when_it_thaws() {
    let farm = Farm::start(Plan::default()).await.unwrap();
    print(&farm, 3).await;
    farm.coordinator.freeze().unwrap();
    until_finished(&farm, 1).await;
    farm.coordinator.thaw().unwrap();
    is_counted_once(&farm).await;
}

#[tokio::test]
async fn an_agent_whose_journal_is_gone_starts_nothing_until_people_have_looked() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    print(&farm, 3).await;
    farm.agents[0].kill().await.unwrap();
    farm.agents[0].lose_journals().unwrap();
    farm.agents[0].start().await.unwrap();
    farm.until("the farm asks for a look", SOON, async || {
        let noted = farm.coordinator.anomalies().await?;
        Ok(noted.iter().any(|row| row.note.contains("its memory was lost")).then_some(()))
    })
    .await
    .unwrap();
    until_finished(&farm, 1).await;
    until_waits_for(&farm, WaitsFor::BedClear).await;
    farm.clear_beds().await.unwrap();
    let leases = farm.coordinator.leases().await.unwrap();
    assert_eq!(leases.len(), 1, "another one was given on a guess: {leases:?}");
    let lost = format!("/leases/{}/abandon", leases[0].id);
    let (status, body) = farm.coordinator.post(&lost, &json!({})).await.unwrap();
    assert_eq!(status, 204, "{body}");
    farm.until_counted(4, SOON).await.unwrap();
    assert_eq!(farm.octoprints[0].finished().unwrap(), 2);
    farm.coordinator.check().await.unwrap();
}
