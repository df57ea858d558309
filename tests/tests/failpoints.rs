//! Programs that die just before, or just after, each thing they make durable, in the course of one
//! plate on a real OctoPrint. Started again, they count what really came off the bed, once, and no
//! lease is started a second time; where nobody can know, a person looks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use visorfarm_protocol::status::Activity;
use visorfarm_tests::farm::{Audit, Farm, Plan};
use visorfarm_tests::gcode::plate;
use visorfarm_tests::octoprint::OctoPrint;
use visorfarm_tests::story::PRINTER;
use visorfarm_tests::wait::until;

/// For a machine that also compiles.
const SOON: Duration = Duration::from_mins(2);

const PIECES: u32 = 4;

/// Who dies.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Agent,
    Coordinator,
}

impl Victim {
    /// Starts it anew, to die at `point`.
    async fn arm(self, farm: &mut Farm, point: &str) -> Result<()> {
        match self {
            Self::Agent => {
                farm.agents[0].stop().await?;
                farm.agents[0].trouble().dies_at(point);
                farm.agents[0].start().await
            }
            Self::Coordinator => {
                farm.coordinator.stop().await?;
                farm.coordinator.trouble().dies_at(point);
                farm.coordinator.restart().await?;
                // Deaths in a row make it wait ever longer.
                farm.agents[0].stop().await?;
                farm.agents[0].start().await
            }
        }
    }

    fn has_died(self, farm: &mut Farm) -> Result<bool> {
        match self {
            Self::Agent => farm.agents[0].has_died(),
            Self::Coordinator => farm.coordinator.has_died(),
        }
    }

    async fn start_again(self, farm: &mut Farm) -> Result<()> {
        match self {
            Self::Agent => {
                farm.agents[0].ended().await?;
                farm.agents[0].start().await
            }
            Self::Coordinator => {
                farm.coordinator.ended().await?;
                farm.coordinator.restart().await
            }
        }
    }
}

/// Prints one plate for each of `points`, at which `victim` dies.
async fn check(victim: Victim, points: &[&str]) {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.publish("band", &plate(1), PIECES).await.unwrap();
    farm.clear_beds().await.unwrap();
    for (index, point) in points.iter().enumerate() {
        victim.arm(&mut farm, point).await.unwrap();
        // Who dies of the request itself does not answer.
        farm.coordinator.request("band", i64::from(PIECES)).await.ok();
        until_dead(&mut farm, victim, point).await;
        victim.start_again(&mut farm).await.unwrap();
        until_done(&farm, point, index + 1).await;
        is_counted_once(&farm, point).await;
    }
    farm.coordinator.check().await.unwrap();
}

async fn until_dead(farm: &mut Farm, victim: Victim, point: &str) {
    until(&format!("{victim:?} dies {point}"), SOON, async || {
        if victim.has_died(farm)? {
            return Ok(Some(()));
        }
        // The programs may die while they are asked.
        farm.tend().await.ok();
        Ok(None)
    })
    .await
    .unwrap();
}

/// Waits until `requests` of them are printed and told, and does meanwhile what makers do.
async fn until_done(farm: &Farm, point: &str, requests: usize) {
    farm.until(&format!("all is told after a death {point}"), SOON, async || {
        farm.tend().await?;
        farm.look(PIECES).await?;
        let totals = farm.coordinator.farm().await?.totals;
        if totals.wanted < i64::from(PIECES) * i64::try_from(requests)? {
            // The request died with who took it: a person asks again.
            farm.coordinator.request("band", i64::from(PIECES)).await?;
            return Ok(None);
        }
        let untold = farm.agents[0].status().await?.facts_untold;
        Ok(((totals.outstanding, totals.in_flight, untold) == (0, 0, 0)).then_some(()))
    })
    .await
    .unwrap();
}

async fn is_counted_once(farm: &Farm, point: &str) {
    let Audit { asked, shown, ledger, plates } = farm.audit().await.unwrap();
    let bed = i64::try_from(plates).unwrap() * i64::from(PIECES);
    assert_eq!((shown, ledger), (bed, bed), "{point}");
    assert_eq!(asked, bed, "one plate was printed in vain {point}");
    let started = farm.octoprints.iter().map(OctoPrint::started).sum::<Result<u64>>().unwrap();
    let outcomes = farm.coordinator.outcomes().await.unwrap().len() as u64;
    assert!(started <= outcomes, "{started} prints were begun, {outcomes} have an outcome {point}");
}

#[tokio::test]
async fn an_agent_that_dies_on_the_way_to_a_print_starts_it_once_or_asks() {
    let points = [
        "before:Granted",
        "after:Granted",
        "before:Accepted",
        "after:Accepted",
        "before:Starting",
        "after:Starting",
        "before:Started",
        "after:Started",
    ];
    check(Victim::Agent, &points).await;
}

#[tokio::test]
async fn an_agent_that_dies_around_the_end_of_a_print_tells_it_once() {
    let points = [
        "before:Ended",
        "after:Ended",
        "before:Receipted",
        "after:Receipted",
        "before:BedCleared",
        "after:BedCleared",
        "before:Judged",
        "after:Judged",
        // From the fourth plate on the oldest is forgotten, and its file deleted from OctoPrint.
        "before:PlateForgotten",
        "after:PlateForgotten",
        "before:FileGone",
        "after:FileGone",
    ];
    check(Victim::Agent, &points).await;
}

#[tokio::test]
async fn a_coordinator_that_dies_around_a_commit_counts_once() {
    let points = [
        "before:RequestOpened",
        "after:RequestOpened",
        "before:LeaseGranted",
        "after:LeaseGranted",
        "before:Accepted",
        "after:Accepted",
        "before:OutcomeCounted",
        "after:OutcomeCounted",
        "before:Judged",
        "after:Judged",
    ];
    check(Victim::Coordinator, &points).await;
}

/// Starts the agent to die at `point`, which it may do before it answers its maker, and starts it again.
async fn agent_dies_and_comes_back(farm: &mut Farm, point: &str) {
    farm.agents[0].trouble().dies_at(point);
    if farm.agents[0].start().await.is_ok() {
        until_dead(farm, Victim::Agent, point).await;
        farm.agents[0].ended().await.unwrap();
    }
    farm.agents[0].start().await.unwrap();
}

#[tokio::test]
async fn an_agent_that_dies_while_it_finds_the_print_of_a_lost_journal_counts_it_once() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    farm.publish("band", &plate(5), PIECES).await.unwrap();
    let points = ["before:Welcomed", "after:Welcomed", "before:Found", "after:Found"];
    for (index, point) in points.iter().enumerate() {
        farm.clear_beds().await.unwrap();
        farm.coordinator.request("band", i64::from(PIECES)).await.unwrap();
        farm.until_seen(Activity::Printing).await.unwrap();
        farm.agents[0].kill().await.unwrap();
        farm.agents[0].lose_journals().unwrap();
        agent_dies_and_comes_back(&mut farm, point).await;
        until_done(&farm, point, index + 1).await;
        is_counted_once(&farm, point).await;
    }
    farm.coordinator.check().await.unwrap();
}

#[tokio::test]
async fn an_agent_that_dies_while_its_maker_pauses_it_remembers_what_it_wrote() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    let paused = async |farm: &Farm| farm.agents[0].report(PRINTER).await.unwrap().paused;
    let points = [
        ("before:Paused", false),
        ("after:Paused", true),
        ("before:Resumed", true),
        ("after:Resumed", false),
    ];
    for (point, remembered) in points {
        Victim::Agent.arm(&mut farm, point).await.unwrap();
        // Who dies of it does not answer.
        if paused(&farm).await {
            farm.agents[0].resume().await.ok();
        } else {
            farm.agents[0].pause().await.ok();
        }
        until_dead(&mut farm, Victim::Agent, point).await;
        Victim::Agent.start_again(&mut farm).await.unwrap();
        assert_eq!(paused(&farm).await, remembered, "{point}");
    }
}

#[tokio::test]
async fn an_agent_that_dies_while_it_gives_a_lease_back_starts_nothing() {
    let mut farm = Farm::start(Plan::default()).await.unwrap();
    let waits = plate(1).replace("G28\n", "G28\nM0\n");
    farm.publish("band", &waits, PIECES).await.unwrap();
    farm.clear_beds().await.unwrap();
    for point in ["before:Returned", "after:Returned"] {
        Victim::Agent.arm(&mut farm, point).await.unwrap();
        let request = farm.coordinator.request("band", i64::from(PIECES)).await.unwrap();
        until_dead(&mut farm, Victim::Agent, point).await;
        Victim::Agent.start_again(&mut farm).await.unwrap();
        let cancel = format!("/requests/{request}/cancel");
        let (status, body) = farm.coordinator.post(&cancel, &json!({})).await.unwrap();
        assert_eq!(status, 200, "{body}");
        farm.until(&format!("every lease is given back after a death {point}"), SOON, async || {
            let leases = farm.coordinator.leases().await?;
            let back = leases.iter().all(|lease| lease.state == "returned");
            Ok((back && !leases.is_empty()).then_some(()))
        })
        .await
        .unwrap();
    }
    assert_eq!(farm.octoprints[0].started().unwrap(), 0);
    farm.coordinator.check().await.unwrap();
}
