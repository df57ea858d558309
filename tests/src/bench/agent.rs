//! What an agent takes beside one printer: while it waits for work, and while it prints.

use anyhow::{Result, ensure};
use tokio::time::{Duration, sleep};

use super::Pace;
use super::farm::Farm;
use super::figure::{Figure, Goal};
use super::plate::Plate;
use super::process::Usage;
use super::programs::Programs;
use super::workshop::{Workshop, all_are};

/// In megabytes: a Raspberry Pi Zero has 512, and `OctoPrint` needs them.
const RSS_MB_MAX: f64 = 8.0;

pub(super) async fn measure(pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    let farm = Farm::start(programs).await?;
    let workshop = Workshop::start(programs, &farm, 1).await?;

    all_are(&farm, 1, "idle").await?;
    let idle = watch(pace, &workshop).await?;
    all_are(&farm, 1, "idle").await?;
    let mut figures = figures("idle", idle);

    farm.ask_for(&Plate::slow(), 1).await?;
    all_are(&farm, 1, "printing").await?;
    let printing = watch(pace, &workshop).await?;
    let rows = all_are(&farm, 1, "printing").await?;
    ensure!(rows[0]["fraction"].as_f64() < Some(1.0), "the print ended while it was watched");
    farm.check().await?;
    figures.extend(self::figures("printing", printing));
    Ok(figures)
}

async fn watch(pace: Pace, workshop: &Workshop) -> Result<Usage> {
    sleep(pace.pick(Duration::from_secs(15), Duration::from_secs(5))).await;
    workshop.agent.watch(pace.pick(Duration::from_mins(1), Duration::from_secs(10))).await
}

fn figures(doing: &str, usage: Usage) -> Vec<Figure> {
    let window = format!("{:.0} s", usage.window.as_secs_f64());
    let rss = format!("{window}, mean of one look a second; one printer, OctoPrint 1.11.8, TLS");
    let peak = "VmHWM at the end of the window".to_owned();
    vec![
        Figure::new(format!("agent {doing}: RSS"), usage.rss_mean_mb(), "MB", rss)
            .goal(Goal::Below(RSS_MB_MAX)),
        Figure::new(format!("agent {doing}: RSS, peak"), usage.rss_peak_mb(), "MB", peak)
            .goal(Goal::Below(RSS_MB_MAX)),
        Figure::new(format!("agent {doing}: CPU"), usage.cpu_percent(), "%", window),
    ]
}
