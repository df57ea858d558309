//! Agents of every version of the messages that was ever written, at a coordinator of today. What they say
//! are the golden fixtures; only the lease that they speak of is one that this farm gave.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::fs;
use std::path::Path;

use visorfarm_protocol::id::{AgentId, LeaseId};
use visorfarm_tests::coordinator::Encryption;
use visorfarm_tests::farm::{Farm, Plan};
use visorfarm_tests::gcode::plate;
use visorfarm_tests::story::SOON;
use visorfarm_tests::stranger::Stranger;

/// The lease that the fixtures speak of.
const LEASE: &str = "1774310400-17";

/// Returns the fixtures of one kind of message, in all their versions.
fn fixtures(kind: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/fixtures");
    let versions = fs::read_dir(root).unwrap().map(|version| version.unwrap().path().join("up"));
    let files = versions.flat_map(|folder| fs::read_dir(folder).unwrap());
    let text = |file: std::io::Result<fs::DirEntry>| {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_one = name == kind || name.starts_with(&format!("{kind}-"));
        is_one.then(|| fs::read_to_string(&path).unwrap())
    };
    let mut found: Vec<_> = files.filter_map(text).collect();
    found.sort_by_key(String::len);
    assert!(!found.is_empty(), "there is no {kind}");
    found
}

/// Waits until the farm has given a lease to `agent`.
async fn given(farm: &Farm, agent: &AgentId) -> LeaseId {
    let given = async || {
        let leases = farm.coordinator.leases().await?;
        Ok(leases.into_iter().find(|row| row.agent == *agent).map(|row| row.id))
    };
    farm.until("the old agent is given work", SOON, given).await.unwrap()
}

#[tokio::test]
async fn agents_of_every_version_are_given_work_and_their_plates_are_counted() {
    let plan = Plan { encryption: Encryption::Plain, agents: Vec::new(), ..Plan::default() };
    let farm = Farm::start(plan).await.unwrap();
    farm.publish("band", &plate(1), 4).await.unwrap();
    for (plates, hello) in (1..).zip(fixtures("hello")) {
        let agent = farm.join(&format!("old-{plates}"), Vec::new()).await.unwrap();
        let membership = agent.membership().unwrap();
        let mqtt = farm.coordinator.ports().mqtt;
        let stranger = Stranger::connect(&membership, mqtt).await.unwrap();
        stranger.say("hello", hello).await.unwrap();
        farm.coordinator.request("band", 4).await.unwrap();
        for ask in fixtures("ask") {
            stranger.say("ask", ask).await.unwrap();
        }
        let lease = given(&farm, stranger.agent()).await;
        for kind in ["status", "facts"] {
            for message in fixtures(kind) {
                stranger.say(kind, message.replace(LEASE, &lease.to_string())).await.unwrap();
            }
        }
        farm.until("its plate is counted and judged", SOON, async || {
            let totals = farm.coordinator.farm().await?.totals;
            Ok(((totals.printed, totals.good, totals.bad) == (4 * plates, 3 * plates, plates))
                .then_some(()))
        })
        .await
        .unwrap();
    }
    let noted = farm.coordinator.anomalies().await.unwrap();
    assert!(!noted.iter().any(|row| row.note.contains("readable")), "{noted:?}");
    farm.coordinator.check().await.unwrap();
}
