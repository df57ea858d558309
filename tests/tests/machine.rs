//! The machine fails the programs in mid-print: its disk is full, another process holds the database,
//! the journal is gone. Nothing that was printed is lost, nothing is started on a guess, and whoever
//! has to do something is told what.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use serde_json::json;
use tempfile::TempDir;
use visorfarm_agent::cli::Exit;
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::agent::{Agent, Bed};
use visorfarm_tests::card::Card;
use visorfarm_tests::disk::SmallDisk;
use visorfarm_tests::farm::{Audit, Farm, Plan};
use visorfarm_tests::gcode::plate;
use visorfarm_tests::holder::Holder;
use visorfarm_tests::story::{PRINTER, SOON};
use visorfarm_tests::wait::until;

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

#[tokio::test]
async fn an_agent_on_a_small_disk_takes_no_work_and_says_what_to_do() {
    let mut place = cramped("agent-1", 200).await;
    place.farm.publish("band", &plate(1), 4).await.unwrap();
    // It looks at its disk when it starts, and each minute.
    place.farm.agents[0].stop().await.unwrap();
    place.disk.fill_but(20).unwrap();
    place.farm.agents[0].start().await.unwrap();
    place.farm.clear_beds().await.unwrap();
    place.farm.until_waits_for(WaitsFor::Disk).await.unwrap();
    place.farm.coordinator.request("band", 4).await.unwrap();
    let said = place.farm.agents[0].says().await.unwrap();
    assert!(said.contains(">> make room on the disk"), "{said}");
    place.farm.until_advised("disk full", "makes room on the disk").await.unwrap();
    assert_eq!(place.farm.coordinator.leases().await.unwrap().len(), 0);
    place.disk.clear().unwrap();
    place.farm.is_counted_once().await.unwrap();
}

#[tokio::test]
async fn an_agent_whose_small_disk_fills_up_in_mid_print_counts_its_plate_once() {
    let mut place = cramped("agent-1", 200).await;
    place.farm.print(4).await.unwrap();
    place.disk.fill().unwrap();
    place.farm.until_finished(1).await.unwrap();
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
    place.farm.is_counted_once().await.unwrap();
}

/// What a maker reads of a disk that can only be read: what is wrong, and the one thing to do.
const READ_ONLY: [&str; 2] =
    ["can only be read", "restart this machine, and replace its memory card"];

/// What a maker may say to an agent, or ask of it.
const SAID: [&[&str]; 7] = [
    &["status"],
    &["bed-clear"],
    &["recount", "3"],
    &["spool", "500"],
    &["read"],
    &["pause"],
    &["resume"],
];

/// The maker gives a command, which must end so and say what is wrong with the disk.
async fn is_told_of_the_disk(agent: &Agent, words: &[&str], exit: Exit) {
    let said = agent.command(words).await.unwrap();
    let all = [said.stdout, said.stderr].concat();
    let all = String::from_utf8(all).unwrap();
    assert_eq!(said.status.code(), Some(exit as i32), "{words:?}: {all}");
    assert!(READ_ONLY.iter().all(|part| all.contains(part)), "{words:?}: {all}");
    assert!(!all.contains("os error"), "{words:?}: {all}");
}

#[tokio::test]
async fn an_agent_is_not_started_on_a_small_disk_that_can_only_be_read_and_every_command_says_why()
{
    let mut place = cramped("agent-1", 200).await;
    place.farm.print(4).await.unwrap();
    place.farm.agents[0].kill().await.unwrap();
    place.disk.protect().unwrap();
    is_told_of_the_disk(&place.farm.agents[0], &["run"], Exit::Failed).await;
    for words in SAID {
        is_told_of_the_disk(&place.farm.agents[0], words, Exit::NotRunning).await;
    }
    place.farm.until_finished(1).await.unwrap();
    place.disk.unprotect().unwrap();
    place.farm.agents[0].start().await.unwrap();
    place.farm.is_counted_once().await.unwrap();
}

/// How much of the print is left when the card wears out must be enough to ask and be told everything.
const LASTS: u32 = 30;

#[tokio::test]
async fn an_agent_on_a_worn_card_says_so_in_mid_print_starts_nothing_and_counts_once_when_it_is_mended()
 {
    let folder = tempfile::tempdir().unwrap();
    let card = Card::put_in(&folder.path().join("agent-1/state")).unwrap();
    // The next print would begin by itself.
    let (kept, bed) = (Some(folder.path().to_owned()), Bed::ClearsItself);
    let mut farm = Farm::start(Plan { folder: kept, bed, ..Plan::default() }).await.unwrap();
    farm.print(LASTS).await.unwrap();
    farm.publish("strip", &plate(1), 4).await.unwrap();
    farm.coordinator.request("strip", 4).await.unwrap();
    card.wear_out().unwrap();

    // The agent lives, the print goes on, and everybody is told.
    farm.until_waits_for(WaitsFor::Disk).await.unwrap();
    farm.until_advised("disk read-only", "its maker restarts the machine").await.unwrap();
    is_told_of_the_disk(&farm.agents[0], SAID[0], Exit::Done).await;
    for words in &SAID[1..] {
        is_told_of_the_disk(&farm.agents[0], words, Exit::Refused).await;
    }
    let activity = farm.agents[0].report(PRINTER).await.unwrap().status.activity;
    assert_eq!(activity, Activity::Printing, "too late: the print must outlast the questions");

    // It cannot remember how the print ends, so it tells nobody, and ends rather than going on.
    farm.until_finished(1).await.unwrap();
    let said = farm.agents[0].ended().await.unwrap();
    assert!(said.contains("cannot append to journal"), "{said}");
    assert!(READ_ONLY.iter().all(|part| said.contains(part)), "{said}");
    is_told_of_the_disk(&farm.agents[0], &["run"], Exit::Failed).await;
    is_told_of_the_disk(&farm.agents[0], &["status"], Exit::NotRunning).await;
    farm.until_advised("disk read-only", "its maker restarts the machine").await.unwrap();
    assert_eq!(farm.coordinator.farm().await.unwrap().totals.printed, 0);
    assert_eq!(farm.coordinator.leases().await.unwrap().len(), 1);
    assert_eq!(farm.octoprints[0].started().unwrap(), 1);

    card.mend().unwrap();
    farm.agents[0].start().await.unwrap();
    // Nobody looks at a bed that clears itself, so nothing is judged.
    farm.until_counted(8, SOON).await.unwrap();
    let once = Audit { asked: 8, shown: 8, ledger: 8, plates: 2 };
    assert_eq!(farm.audit().await.unwrap(), once);
    assert_eq!(farm.coordinator.leases().await.unwrap().len(), 2);
    assert_eq!(farm.octoprints[0].started().unwrap(), 2);
    farm.coordinator.check().await.unwrap();
}

#[tokio::test]
async fn a_coordinator_whose_small_disk_fills_up_ends_and_counts_when_there_is_room() {
    let mut place = cramped("farm", 64).await;
    place.farm.print(4).await.unwrap();
    place.disk.fill().unwrap();
    place.farm.until_finished(1).await.unwrap();
    let said = place.farm.coordinator.ended().await.unwrap();
    assert!(said.contains("disk is full"), "{said}");
    place.disk.clear().unwrap();
    place.farm.coordinator.restart().await.unwrap();
    place.farm.is_counted_once().await.unwrap();
}

#[tokio::test]
async fn a_database_that_another_process_holds_is_waited_for() {
    let farm = Farm::start(Plan::default()).await.unwrap();
    farm.print(3).await.unwrap();
    let holder = Holder::of(&farm.coordinator.database()).await.unwrap();
    farm.until_finished(1).await.unwrap();
    farm.until("the agent keeps what nobody receipts", SOON, async || {
        Ok((0 < farm.agents[0].status().await?.facts_untold).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(farm.coordinator.farm().await.unwrap().totals.printed, 0);
    holder.let_go().await.unwrap();
    farm.is_counted_once().await.unwrap();
}

#[tokio::test]
async fn a_coordinator_frozen_over_the_end_counts_once_when_it_thaws() {
    let farm = Farm::start(Plan::default()).await.unwrap();
    farm.print(3).await.unwrap();
    farm.coordinator.freeze().unwrap();
    farm.until_finished(1).await.unwrap();
    farm.coordinator.thaw().unwrap();
    farm.is_counted_once().await.unwrap();
}

#[tokio::test]
async fn an_agent_whose_journal_is_gone_finds_the_print_that_runs_at_octoprint() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.print(3).await.unwrap();
    farm.agents[0].kill().await.unwrap();
    farm.agents[0].lose_journals().unwrap();
    farm.agents[0].start().await.unwrap();
    farm.until_noted("its memory was lost").await.unwrap();
    farm.is_counted_once().await.unwrap();
}

#[tokio::test]
async fn an_agent_whose_journal_is_gone_finds_the_print_that_ended_in_octoprints_history() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.print(3).await.unwrap();
    farm.agents[0].kill().await.unwrap();
    farm.agents[0].lose_journals().unwrap();
    farm.until_finished(1).await.unwrap();
    farm.agents[0].start().await.unwrap();
    farm.is_counted_once().await.unwrap();
}

#[tokio::test]
async fn a_print_that_neither_journal_nor_octoprint_knows_is_settled_by_people() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.print(3).await.unwrap();
    farm.agents[0].kill().await.unwrap();
    farm.agents[0].lose_journals().unwrap();
    farm.octoprints[0].kill().await.unwrap();
    farm.octoprints[0].restart().await.unwrap();
    farm.agents[0].start().await.unwrap();
    farm.until_noted("its memory was lost").await.unwrap();
    farm.until_waits_for(WaitsFor::BedClear).await.unwrap();
    let said = farm.agents[0].says().await.unwrap();
    assert!(said.contains("its journal was lost; clear the bed, then:"), "{said}");
    farm.until_advised("memory lost", "then give the print up here").await.unwrap();
    farm.clear_beds().await.unwrap();
    let leases = farm.coordinator.leases().await.unwrap();
    assert_eq!(leases.len(), 1, "another one was given on a guess: {leases:?}");
    let lost = format!("/leases/{}/abandon", leases[0].id);
    let (status, body) = farm.coordinator.post(&lost, &json!({})).await.unwrap();
    assert_eq!(status, 204, "{body}");
    farm.until_counted(4, SOON).await.unwrap();
    assert_eq!(farm.octoprints[0].finished().unwrap(), 1);
    farm.coordinator.check().await.unwrap();
}
