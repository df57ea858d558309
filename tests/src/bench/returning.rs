//! How long it takes until everybody is back after the coordinator was killed, and whether
//! everybody holds what they held before.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::Value;
use tokio::time::{Duration, Instant, sleep};

use super::Pace;
use super::crowd;
use super::farm::{Farm, Restart};
use super::figure::Figure;
use super::plate::Plate;
use super::programs::Programs;
use super::samples::Samples;
use crate::simulated::connection::Connection;
use crate::simulated::member::Member;

/// How soon a refused agent tries again. Real ones spread over a second at first; here they are
/// to come all at once.
const RETRY: Duration = Duration::from_millis(100);

pub(super) async fn measure(pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    let agents = pace.pick(1_000, 100);
    let farm = Farm::start(programs).await?;
    let crowd = crowd::at_work(&farm, agents, &Plate::quick()).await?;
    let before = held(&farm).await?;
    ensure!(before.len() == agents, "{} of {agents} hold a lease", before.len());

    let (farm, Restart { killed, serves_after }) = farm.kill_and_restart().await?;
    let farm = Arc::new(farm);
    let returns = crowd.into_iter().map(|(member, connection)| {
        let farm = Arc::clone(&farm);
        tokio::spawn(come_back(farm, member, connection))
    });
    let mut welcomed = Samples::default();
    let mut tries = 0;
    let mut there = Vec::new();
    for back in try_join_all(returns).await? {
        let Back { at, tried, connection } = back?;
        welcomed.push(at.duration_since(killed + serves_after));
        tries += tried;
        // Whoever leaves is missed.
        there.push(connection);
    }
    let after = held(&farm).await?;
    ensure!(before == after, "leases changed over the restart");
    farm.check().await?;

    let how = format!(
        "{agents} agents with TLS, killed with SIGKILL, all try every {RETRY:?} ({tries} tries); \
         every lease is held as before, check clean"
    );
    let figure = |percent: usize| {
        let seconds = welcomed.percentile(percent).as_secs_f64();
        let what = format!("{agents} agents return, p{percent} welcomed");
        Figure::new(what, seconds, "s", "from the first page served".to_owned())
    };
    let serves = Figure::new("restart: serves again", serves_after.as_secs_f64(), "s", how);
    Ok(vec![serves, figure(50), figure(99), figure(100)])
}

struct Back {
    at: Instant,
    tried: u32,
    connection: Connection,
}

async fn come_back(farm: Arc<Farm>, member: Member, lost: Connection) -> Result<Back> {
    drop(lost);
    let mut tried = 0;
    loop {
        tried += 1;
        let back = async {
            let mut connection = Connection::open(&farm.broker(), &member.credentials).await?;
            member.greet(&mut connection).await?;
            anyhow::Ok(connection)
        };
        match back.await {
            Ok(connection) => return Ok(Back { at: Instant::now(), tried, connection }),
            Err(error) if 600 < tried => return Err(error),
            Err(_) => sleep(RETRY).await,
        }
    }
}

/// Returns which printer holds which lease, and how far that is.
async fn held(farm: &Farm) -> Result<BTreeMap<String, Value>> {
    // What was told last is shown a fraction of a second later.
    sleep(Duration::from_secs(2)).await;
    let mut held = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = farm.get(&format!("/api/v1/printers?limit=500&after={after}")).await?;
        for printer in page["items"].as_array().context("there is no list of printers")? {
            if !printer["plate"].is_null() {
                held.insert(printer["agent"].to_string(), printer["plate"].clone());
            }
        }
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => return Ok(held),
        }
    }
}
