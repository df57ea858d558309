//! How long it takes from the moment `OctoPrint` says that a print is done until the live page
//! counts it, with a real `OctoPrint`, agent and coordinator in between.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, sleep};
use visorfarm_agent::octoprint::model::PrinterCondition;
use visorfarm_agent::octoprint::push::{self, PushEvent};
use visorfarm_agent::octoprint::rest::Rest;

use super::Pace;
use super::farm::Farm;
use super::figure::{Figure, Goal};
use super::page::{Look, Page, Shown};
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
    let (tell, mut heard) = mpsc::unbounded_channel();
    let mut listening = listen(&workshop, &tell)?;

    farm.ask_for(&Plate::quick(), prints as u64).await?;
    let mut ends = Vec::new();
    while ends.len() < prints {
        match tokio::time::timeout(PRINT_TAKES_AT_MOST, heard.recv()).await {
            Ok(Some(heard)) => note(&mut ends, heard),
            Ok(None) | Err(_) => bail!("only {} of {prints} prints were done", ends.len()),
        }
    }
    // The last one is still on its way to the page.
    sleep(Duration::from_secs(3)).await;
    listening.abort_all();
    while let Ok(heard) = heard.try_recv() {
        note(&mut ends, heard);
    }
    // Its file history cannot be asked: the agent deletes what is printed and receipted.
    ensure!(ends.len() == prints, "{prints} asked for, OctoPrint printed {}", ends.len());
    let (watcher, _) = viewer.close().await?;
    let seen = watcher.seen(&agent, &ends)?;
    let early = ends.iter().zip(&seen).filter(|(end, seen)| **seen < end.done).count();
    ensure!(early == 0, "{early} of {prints} prints were counted before OctoPrint told them done");
    farm.check_printed(prints as u64).await?;
    Ok(figures(&ends, &seen))
}

fn figures(ends: &[End], seen: &[Instant]) -> Vec<Figure> {
    let since = |from: fn(&End) -> Option<Instant>| -> Samples {
        let both = ends.iter().zip(seen);
        both.filter_map(|(end, seen)| Some(seen.saturating_duration_since(from(end)?))).collect()
    };
    let done = since(|end| Some(end.done));
    let idle = since(|end| end.idle);
    let how = format!(
        "{} prints on {PRINTERS} OctoPrint 1.11.8; PrintDone on its push socket to the count on \
         the stream; as many counted as OctoPrint told done, check clean",
        done.len()
    );
    let seconds = |samples: &Samples, percent| samples.percentile(percent).as_secs_f64();
    let mut figures: Vec<_> = [50, 90, 99, 100]
        .map(|percent| {
            let what = format!("PrintDone to the page, p{percent}");
            Figure::new(what, seconds(&done, percent), "s", how.clone())
                .goal(Goal::Below(SECONDS_MAX))
        })
        .into();
    figures.extend([50, 99].map(|percent| {
        let how = format!("{} of them: without OctoPrint's own Finishing", idle.len());
        let what = format!("printer idle again to the page, p{percent}");
        Figure::new(what, seconds(&idle, percent), "s", how)
    }));
    figures
}

/// A print that is done: when `OctoPrint` said so, and when it said that the printer stood still.
struct End {
    printer: usize,
    done: Instant,
    idle: Option<Instant>,
}

/// What `OctoPrint` says of its printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// Every line was sent.
    Done,
    /// The last moves are over.
    Idle,
}

/// Which printer, what of it, and when.
type Heard = (usize, Word, Instant);

fn note(ends: &mut Vec<End>, (printer, word, at): Heard) {
    match word {
        Word::Done => ends.push(End { printer, done: at, idle: None }),
        Word::Idle => {
            if let Some(end) = ends.iter_mut().rfind(|end| end.printer == printer) {
                end.idle.get_or_insert(at);
            }
        }
    }
}

/// Tells what every `OctoPrint` itself says of its prints.
fn listen(workshop: &Workshop, tell: &mpsc::UnboundedSender<Heard>) -> Result<JoinSet<()>> {
    let mut listening = JoinSet::new();
    for (printer, octoprint) in workshop.octoprints.iter().enumerate() {
        let rest = Rest::new(&octoprint.url(), octoprint.api_key())?;
        let (sender, mut pushed) = mpsc::channel(64);
        listening.spawn(push::watch(rest, sender));
        let tell = tell.clone();
        listening.spawn(async move {
            while let Some(event) = pushed.recv().await {
                let at = Instant::now();
                let told = word(&event).map(|word| tell.send((printer, word, at)));
                if told.is_some_and(|told| told.is_err()) {
                    return;
                }
            }
        });
    }
    Ok(listening)
}

fn word(event: &PushEvent) -> Option<Word> {
    match event {
        PushEvent::PrintDone { .. } => Some(Word::Done),
        PushEvent::StateChanged(PrinterCondition::Operational) => Some(Word::Idle),
        PushEvent::Connected { .. }
        | PushEvent::Lost(_)
        | PushEvent::Current(_)
        | PushEvent::Marked(_)
        | PushEvent::PrintStarted { .. }
        | PushEvent::PrintFailed { .. }
        | PushEvent::PrintCancelled { .. }
        | PushEvent::PrintPaused { .. }
        | PushEvent::PrinterReset
        | PushEvent::StateChanged(_)
        | PushEvent::Error { .. } => None,
    }
}

/// Notes when the page's count of each printer rises.
#[derive(Default)]
struct Watcher(BTreeMap<String, Vec<(u64, Instant)>>);

impl Look for Watcher {
    fn see(&mut self, shown: &Shown, at: Instant) {
        let printed = shown.value.as_u64().filter(|_| shown.column == "printed");
        if let Some(printed) = printed {
            self.0.entry(shown.printer.to_owned()).or_default().push((printed, at));
        }
    }
}

impl Watcher {
    /// Returns when the page first counted each of `ends`.
    fn seen(&self, agent: &str, ends: &[End]) -> Result<Vec<Instant>> {
        let mut counted = [0; PRINTERS];
        let mut seen = Vec::new();
        for End { printer, .. } in ends {
            counted[*printer] += 1;
            let key = format!("{agent}/{}", workshop::name(*printer));
            let shown = self.0.get(&key).into_iter().flatten();
            let risen = shown.filter(|(printed, _)| counted[*printer] <= *printed);
            match risen.map(|(_, at)| *at).min() {
                Some(at) => seen.push(at),
                None => bail!("the page never counted print {} of {key}", counted[*printer]),
            }
        }
        Ok(seen)
    }
}
