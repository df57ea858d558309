//! How long it takes until everybody is back after the coordinator was killed, and whether
//! everybody holds what they held before; and, once more, until all plates that ended meanwhile are
//! counted.

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
    let there = all(crowd, |agent| come_back(Arc::clone(&farm), agent)).await?;
    let after = held(&farm).await?;
    ensure!(before == after, "leases changed over the restart");
    farm.check().await?;
    let tries: u32 = there.iter().map(|back| back.tried).sum();
    let how = format!(
        "{agents} agents with TLS, killed with SIGKILL, all try every {RETRY:?} ({tries} tries); \
         every lease is held as before, check clean"
    );
    let serves = Figure::new("restart: serves again", serves_after.as_secs_f64(), "s", how);
    let welcomed = since(killed + serves_after, there.iter().map(|back| back.at));

    let crowd = there.into_iter().map(|back| (back.member, back.connection)).collect();
    let farm = Arc::into_inner(farm).context("somebody is still on the way back")?;
    let (farm, Restart { killed, serves_after }) = farm.kill_and_restart().await?;
    let farm = Arc::new(farm);
    let told = all(crowd, |agent| tell_at_once(Arc::clone(&farm), agent)).await?;
    farm.check_printed(agents as u64 * u64::from(Plate::quick().pieces)).await?;
    let reconciled = since(killed + serves_after, told.iter().map(|back| back.at));

    let figure = |samples: &Samples, percent: usize, what: &str| {
        let seconds = samples.percentile(percent).as_secs_f64();
        let what = format!("{agents} agents return, p{percent} {what}");
        Figure::new(what, seconds, "s", "from the first page served".to_owned())
    };
    let mut figures = vec![serves];
    figures.extend([50, 99, 100].map(|percent| figure(&welcomed, percent, "welcomed")));
    let what = "told what ended meanwhile, and receipted";
    figures.extend([50, 99, 100].map(|percent| figure(&reconciled, percent, what)));
    Ok(figures)
}

fn since(began: Instant, moments: impl IntoIterator<Item = Instant>) -> Samples {
    let mut samples = Samples::default();
    for at in moments {
        samples.push(at.duration_since(began));
    }
    samples
}

type Agent = (Member, Connection);

/// An agent that found the way back. Whoever leaves is missed, so its connection stays.
struct Back {
    at: Instant,
    tried: u32,
    member: Member,
    connection: Connection,
}

/// Lets all agents do something at once.
async fn all<F>(crowd: Vec<Agent>, does: impl Fn(Agent) -> F) -> Result<Vec<Back>>
where
    F: Future<Output = Result<Back>> + Send + 'static,
{
    let tasks = crowd.into_iter().map(|agent| tokio::spawn(does(agent)));
    try_join_all(tasks).await?.into_iter().collect()
}

/// Comes back, and tells of the plate that ended while nobody listened, until it is receipted.
async fn tell_at_once(farm: Arc<Farm>, agent: Agent) -> Result<Back> {
    let mut back = come_back(farm, agent).await?;
    let ended = back.member.ended(0);
    back.member.tell(&mut back.connection, vec![ended]).await?;
    Ok(Back { at: Instant::now(), ..back })
}

async fn come_back(farm: Arc<Farm>, (member, lost): Agent) -> Result<Back> {
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
            Ok(connection) => {
                return Ok(Back { at: Instant::now(), tried, member, connection });
            }
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
