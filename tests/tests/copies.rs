//! What was copied and is used again: a memory card, so that two machines have one identity; and a farm's
//! database, so that the farm goes back in time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use serde_json::json;
use visorfarm_agent::cli::Exit;
use visorfarm_protocol::status::WaitsFor;
use visorfarm_tests::agent::{Agent, Machine};
use visorfarm_tests::farm::{Farm, Plan};
use visorfarm_tests::octoprint::{DEFAULT, OctoPrint, Options, install};
use visorfarm_tests::story::{PRINTER, SOON};

/// Waits until both machines have connected once more, and so spoken again.
async fn until_they_took_turns(farm: &Farm) {
    let turns = || Ok::<_, anyhow::Error>(farm.coordinator.log()?.matches("is connected").count());
    let before = turns().unwrap();
    farm.until("both have spoken again", SOON, async || Ok((before + 2 <= turns()?).then_some(())))
        .await
        .unwrap();
}

#[tokio::test]
async fn two_machines_with_one_identity_start_nothing_until_one_is_switched_off() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.print(3).await.unwrap();
    farm.until_waits_for(WaitsFor::BedClear).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let venv = install(DEFAULT).await.unwrap();
    let other = OctoPrint::start(&venv, Options::default()).await.unwrap();
    let original = farm.agents[0].machines()[0].clone();
    let machine = Machine { octoprint: other.url(), key: other.api_key().to_owned(), ..original };
    let mut copy = farm.agents[0].copied(elsewhere.path(), vec![machine]).await.unwrap();
    copy.start().await.unwrap();
    farm.until_noted("speaks from two machines: its memory card was copied").await.unwrap();

    // Both beds are clear and there is work: nobody begins it.
    for agent in [&farm.agents[0], &copy] {
        agent.bed_clear(PRINTER, None).await.unwrap();
        until_held_back(&farm, agent).await;
    }
    farm.coordinator.request("band", 4).await.unwrap();
    until_they_took_turns(&farm).await;
    assert_eq!(farm.coordinator.leases().await.unwrap().len(), 1, "one of two got work");
    farm.until_advised("doubled identity", "switches one of the two machines off").await.unwrap();

    copy.kill().await.unwrap();
    farm.agents[0].stop().await.unwrap();
    release(&farm).await;
    farm.agents[0].start().await.unwrap();
    farm.are_counted_once(2).await.unwrap();
    assert_eq!(other.finished().unwrap(), 0);
}

/// Waits until an agent tells its maker that another machine is the same, and what to do.
async fn until_held_back(farm: &Farm, agent: &Agent) {
    farm.until("the maker is told of the other machine", SOON, async || {
        let said = agent.says().await?;
        Ok(said.contains(">> two machines have this agent's identity").then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_card_copied_in_mid_print_and_put_beside_the_same_octoprint_counts_the_print_once() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.print(15).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let machines = farm.agents[0].machines().to_vec();
    let mut copy = farm.agents[0].copied(elsewhere.path(), machines).await.unwrap();
    copy.start().await.unwrap();
    farm.until_noted("speaks from two machines: its memory card was copied").await.unwrap();
    farm.until_advised("doubled identity", "switches one of the two machines off").await.unwrap();
    assert_eq!(farm.octoprints[0].finished().unwrap(), 0, "the print must outlast this");

    // Both see the end of the one print, tell of it, and are held back.
    farm.until_finished(1).await.unwrap();
    farm.coordinator.request("band", 4).await.unwrap();
    for agent in [&farm.agents[0], &copy] {
        until_held_back(&farm, agent).await;
        agent.bed_clear(PRINTER, None).await.unwrap();
        until_all_is_told(&farm, agent).await;
    }
    assert_eq!(farm.coordinator.leases().await.unwrap().len(), 1, "one of two got work");
    assert_eq!(farm.coordinator.farm().await.unwrap().totals.printed, 4);

    copy.kill().await.unwrap();
    farm.agents[0].stop().await.unwrap();
    release(&farm).await;
    farm.agents[0].start().await.unwrap();
    farm.are_counted_once(2).await.unwrap();
    assert_eq!(farm.octoprints[0].started().unwrap(), 2);
}

async fn until_all_is_told(farm: &Farm, agent: &Agent) {
    farm.until("the coordinator has receipted all", SOON, async || {
        Ok((agent.status().await?.facts_untold == 0).then_some(()))
    })
    .await
    .unwrap();
}

/// Says that only one machine is left of two that had one identity.
async fn release(farm: &Farm) {
    let agent = farm.coordinator.printers().await.unwrap().remove(0).agent;
    let release = format!("/agents/{agent}/release");
    let (status, body) = farm.coordinator.post(&release, &json!({})).await.unwrap();
    assert_eq!(status, 204, "{body}");
}

#[tokio::test]
async fn an_agent_that_is_started_twice_runs_once_and_the_second_names_the_first() {
    let farm = Farm::start(Plan::default()).await.unwrap();
    farm.print(6).await.unwrap();
    let second = farm.agents[0].command(&["run"]).await.unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(Exit::Failed as i32), "{said}");
    let first = farm.agents[0].process().unwrap();
    let socket = farm.agents[0].folder().join("state/agent.sock");
    let names =
        format!("another visorfarm-agent runs with the state folder of {}", socket.display());
    assert!(said.contains(&names) && said.contains(&format!("as process {first}")), "{said}");
    assert!(said.contains("stop that one first"), "{said}");
    assert_eq!(farm.octoprints[0].finished().unwrap(), 0, "the print must outlast this");
    farm.is_counted_once().await.unwrap();
    assert_eq!(farm.octoprints[0].started().unwrap(), 1);
    assert_eq!(farm.agents[0].process().unwrap(), first);
}

#[tokio::test]
async fn a_farm_restored_to_before_a_plate_was_counted_counts_it_again() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.print(3).await.unwrap();
    let copy = farm.coordinator.backup().await.unwrap();
    farm.is_counted_once().await.unwrap();
    farm.coordinator.kill().await.unwrap();
    farm.coordinator.restore(&copy).await.unwrap();
    farm.coordinator.restart().await.unwrap();
    farm.is_counted_once().await.unwrap();
}
