//! What the pages cost a browser and the coordinator, with every printer changing every second.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::process::Command;
use tokio::time::Instant;

use super::Pace;
use super::figure::{Figure, Goal};
use super::process::cpu_of;
use super::programs::{Program, Programs};
use super::samples::Samples;
use crate::binaries::Binaries;
use crate::showcase::{NAME, PASSWORD, Scene, Showcase};

/// Printers on the page whose cost is measured.
const PRINTERS: usize = 2_000;

/// Printers in the farm in which a change is timed, as with the rival.
const PRINTERS_TIMED: usize = 1_000;

const VIEWERS: usize = 50;

/// How long a page stays open before its nodes are counted again, in seconds.
const TEN_MINUTES: u64 = 600;

/// What a browser found a page to cost.
#[derive(Debug, Deserialize)]
struct Cost {
    seconds: f64,
    main_thread_percent: f64,
    bytes_per_second: f64,
    nodes_before: f64,
    nodes_after: f64,
    updates_shown_per_second: f64,
    rows: usize,
}

#[derive(Debug, Deserialize)]
struct Sizes {
    now: Size,
    printers: Size,
}

#[derive(Debug, Deserialize)]
struct Size {
    packed: f64,
}

pub(super) async fn measure(pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    let coordinator = programs.path(Program::Coordinator);
    let binaries = Binaries::below(coordinator.parent().context("a program lies in a folder")?)?;
    let showcase = Showcase::start_with(&binaries, Scene::Crowd(PRINTERS)).await?;
    let desktop: Cost = look(&showcase, "desktop", pace.pick(TEN_MINUTES, 10)).await?;
    let phone: Cost = look(&showcase, "phone", pace.pick(60, 10)).await?;
    let sizes: Sizes = look(&showcase, "sizes", 0).await?;
    let viewers = watched(&showcase, pace).await?;
    drop(showcase);
    let showcase = Showcase::start_with(&binaries, Scene::Crowd(PRINTERS_TIMED)).await?;
    let timed: Vec<f64> = look(&showcase, "delays", pace.pick(100, 10)).await?;
    ensure!(desktop.rows == PRINTERS, "only {} printers were shown", desktop.rows);
    Ok([costs(&desktop, &phone), weights(&sizes), vec![viewers], delays(&timed)].concat())
}

fn costs(desktop: &Cost, phone: &Cost) -> Vec<Figure> {
    let how = |cost: &Cost| {
        format!("{PRINTERS} cards, each changing every second, for {:.0} s", cost.seconds)
    };
    let main = desktop.main_thread_percent;
    let stream = desktop.bytes_per_second / 1e3;
    let grown = desktop.nodes_after - desktop.nodes_before;
    let slow = "phone slowed four times";
    vec![
        Figure::new("page: main thread", main, "%", how(desktop)).goal(Goal::Below(5.0)),
        Figure::new("page: live stream", stream, "kB/s", how(desktop)).goal(Goal::Below(50.0)),
        Figure::new("page: DOM nodes grown", grown, "", how(desktop)).goal(Goal::Below(1.0)),
        Figure::new(
            format!("page: main thread, {slow}"),
            phone.main_thread_percent,
            "%",
            how(phone),
        )
        .goal(Goal::Below(15.0)),
        Figure::new(
            format!("page: updates of one printer shown, {slow}"),
            phone.updates_shown_per_second,
            "1/s",
            how(phone),
        )
        .goal(Goal::AtLeast(0.9)),
    ]
}

/// What goes over the wire before anything is seen.
fn weights(sizes: &Sizes) -> Vec<Figure> {
    let figure = |name: &str, size: &Size, how: String| {
        Figure::new(name, size.packed / 1e3, "kB", how).goal(Goal::Below(60.0))
    };
    vec![
        figure("page: first page, gzip", &sizes.now, format!("{PRINTERS} printers")),
        figure("page: list of printers, gzip", &sizes.printers, "its first 60".to_owned()),
    ]
}

fn delays(millis: &[f64]) -> Vec<Figure> {
    let samples: Samples =
        millis.iter().map(|millis| Duration::from_secs_f64(millis / 1e3)).collect();
    let how = format!(
        "{} changes with {PRINTERS_TIMED} printers, sent to written in the page",
        samples.len()
    );
    let goals = [(50, Some(0.3)), (99, Some(1.0)), (100, None)];
    let figure = |(percent, goal): (usize, Option<f64>)| {
        let seconds = samples.percentile(percent).as_secs_f64();
        let figure =
            Figure::new(format!("page: change visible, p{percent}"), seconds, "s", how.clone());
        match goal {
            Some(most) => figure.goal(Goal::Below(most)),
            None => figure,
        }
    };
    goals.map(figure).into()
}

/// Lets a browser look at `what` for a while.
async fn look<Found: DeserializeOwned>(
    showcase: &Showcase,
    what: &str,
    seconds: u64,
) -> Result<Found> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/budget.mjs");
    let output = Command::new("node")
        .arg(program)
        .args([showcase.coordinator.origin(), NAME, PASSWORD, what, &seconds.to_string()])
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot run node: run `tests/run --prepare`")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the browser failed: {said}");
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("the browser said odd things: {said}"))
}

/// Measures the coordinator's CPU while many people look.
async fn watched(showcase: &Showcase, pace: Pace) -> Result<Figure> {
    let window = pace.pick(Duration::from_secs(30), Duration::from_secs(5));
    let numbers: Vec<_> = (0..60).map(|number: u32| number.to_string()).collect();
    let path = format!("/live?printers={}", numbers.join(","));
    let viewers = try_join_all((0..VIEWERS).map(|_| showcase.coordinator.open(&path))).await?;
    let reading = viewers.into_iter().map(|mut answer| {
        tokio::spawn(async move { while let Ok(Some(_)) = answer.chunk().await {} }).abort_handle()
    });
    let reading: Vec<_> = reading.collect();
    let (began, before) = (Instant::now(), cpu_of(showcase.coordinator.pid()?)?);
    tokio::time::sleep(window).await;
    let used = cpu_of(showcase.coordinator.pid()?)?.saturating_sub(before);
    let percent = 100.0 * used.as_secs_f64() / began.elapsed().as_secs_f64();
    for task in reading {
        task.abort();
    }
    let how = format!("{} s, {PRINTERS} printers, {VIEWERS} pages of 60", window.as_secs());
    Ok(Figure::new(format!("coordinator's CPU with {VIEWERS} viewers"), percent, "%", how))
}
