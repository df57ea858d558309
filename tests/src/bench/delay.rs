//! How long it takes from the moment `OctoPrint` says that a print is done until the live page
//! counts it, with a real `OctoPrint`, agent and coordinator in between.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, sleep};
use visorfarm_agent::octoprint::push::{self, PushEvent};
use visorfarm_agent::octoprint::rest::Rest;

use super::Pace;
use super::farm::Farm;
use super::figure::{Figure, Goal};
use super::page::{Look, Page};
use super::plate::Plate;
use super::programs::Programs;
use super::samples::Samples;
use super::workshop::{self, Workshop};

/// Side by side, so that it does not take all day.
const PRINTERS: usize = 3;

const SECONDS_MAX: f64 = 0.5;

/// For one print with all that comes before it, on a machine that also compiles.
const PRINT_TAKES_AT_MOST: Duration = Duration::from_secs(30);

pub(super) async fn measure(pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    let prints: usize = pace.pick(120, 12);
    let farm = Farm::start(programs).await?;
    let workshop = Workshop::start(programs, &farm, PRINTERS).await?;
    let rows = workshop::all_are(&farm, PRINTERS, "idle").await?;
    let agent = rows[0]["agent"].as_str().unwrap_or_default().to_owned();
    let viewer = Page::open(&farm, Watcher::default()).await?;
    let (tell, mut done) = mpsc::unbounded_channel();
    let mut listening = listen(&workshop, &tell)?;

    farm.ask_for(&Plate::quick(), prints as u64).await?;
    let mut ends = Vec::new();
    while ends.len() < prints {
        match tokio::time::timeout(PRINT_TAKES_AT_MOST, done.recv()).await {
            Ok(Some(end)) => ends.push(end),
            Ok(None) | Err(_) => bail!("only {} of {prints} prints were done", ends.len()),
        }
    }
    // The last one is still on its way to the page.
    sleep(Duration::from_secs(3)).await;
    listening.abort_all();
    let (watcher, _) = viewer.close().await?;
    let delays = watcher.delays(&agent, &ends)?;
    // Its file history cannot be asked: the agent deletes what is printed and receipted.
    ensure!(done.is_empty(), "{prints} asked for, OctoPrint printed {} more", done.len());
    farm.check_printed(prints as u64).await?;

    let how = format!(
        "{} prints on {PRINTERS} OctoPrint 1.11.8; PrintDone on its push socket to the count on \
         the stream; as many counted as OctoPrint told done, check clean",
        delays.len()
    );
    let figure = |percent: usize| {
        let seconds = delays.percentile(percent).as_secs_f64();
        Figure::new(format!("PrintDone to the page, p{percent}"), seconds, "s", how.clone())
            .goal(Goal::Below(SECONDS_MAX))
    };
    Ok([50, 90, 99, 100].map(figure).into())
}

/// Tells when `OctoPrint` itself says that a print is done, and on which printer.
fn listen(workshop: &Workshop, tell: &mpsc::UnboundedSender<Done>) -> Result<JoinSet<()>> {
    let mut listening = JoinSet::new();
    for (number, octoprint) in workshop.octoprints.iter().enumerate() {
        let rest = Rest::new(&octoprint.url(), octoprint.api_key())?;
        let (sender, mut pushed) = mpsc::channel(64);
        listening.spawn(push::watch(rest, sender));
        let tell = tell.clone();
        listening.spawn(async move {
            while let Some(event) = pushed.recv().await {
                let at = Instant::now();
                if matches!(event, PushEvent::PrintDone { .. }) && tell.send((number, at)).is_err()
                {
                    return;
                }
            }
        });
    }
    Ok(listening)
}

/// Which printer was done, and when.
type Done = (usize, Instant);

/// Notes when the page's count of each printer rises.
#[derive(Default)]
struct Watcher(BTreeMap<String, Vec<(u64, Instant)>>);

impl Look for Watcher {
    fn see(&mut self, shown: &Value, at: Instant) {
        for (key, row) in shown["printers"].as_object().into_iter().flatten() {
            if let Some(printed) = row["printed"].as_u64() {
                self.0.entry(key.clone()).or_default().push((printed, at));
            }
        }
    }
}

impl Watcher {
    /// Returns how long after each end its printer's count had risen.
    fn delays(&self, agent: &str, ends: &[Done]) -> Result<Samples> {
        let mut counted = [0; PRINTERS];
        let mut delays = Samples::default();
        for (number, done) in ends {
            counted[*number] += 1;
            let key = format!("{agent}/{}", workshop::name(*number));
            let shown = self.0.get(&key).into_iter().flatten();
            let shown = shown.filter(|(printed, _)| counted[*number] <= *printed);
            let Some(at) = shown.map(|(_, at)| *at).min() else {
                bail!("the page never counted print {} of {key}", counted[*number]);
            };
            delays.push(at.saturating_duration_since(*done));
        }
        Ok(delays)
    }
}
