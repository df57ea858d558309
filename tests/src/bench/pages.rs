//! What the pages cost a browser and the coordinator, with every printer changing every second.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use serde::Deserialize;
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

/// What a browser found.
#[derive(Debug, Deserialize)]
struct Found {
    desktop: Cost,
    phone: Cost,
    delays: Vec<f64>,
    now: Size,
    printers: Size,
}

#[derive(Debug, Deserialize)]
struct Cost {
    main_thread_percent: f64,
    bytes_per_second: f64,
    nodes_before: f64,
    nodes_after: f64,
    updates_shown_per_second: f64,
    rows: usize,
}

#[derive(Debug, Deserialize)]
struct Size {
    packed: f64,
}

pub(super) async fn measure(pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    let coordinator = programs.path(Program::Coordinator);
    let binaries = Binaries::below(coordinator.parent().context("a program lies in a folder")?)?;
    let showcase = Showcase::start_with(&binaries, Scene::Crowd(PRINTERS)).await?;
    let found = look(&showcase, pace.pick(30, 10)).await?;
    let viewers = watched(&showcase, pace).await?;
    drop(showcase);
    let showcase = Showcase::start_with(&binaries, Scene::Crowd(PRINTERS_TIMED)).await?;
    let timed = look(&showcase, pace.pick(100, 10)).await?;
    ensure!(found.desktop.rows == PRINTERS, "only {} printers were shown", found.desktop.rows);
    Ok([costs(&found), vec![viewers], delays(&timed)].concat())
}

fn costs(found: &Found) -> Vec<Figure> {
    let how = format!("{PRINTERS} cards, each changing every second");
    let kb = |bytes: f64| bytes / 1e3;
    let grown = found.desktop.nodes_after - found.desktop.nodes_before;
    vec![
        Figure::new("page: main thread", found.desktop.main_thread_percent, "%", how.clone())
            .goal(Goal::Below(5.0)),
        Figure::new(
            "page: main thread, phone slowed four times",
            found.phone.main_thread_percent,
            "%",
            how.clone(),
        )
        .goal(Goal::Below(15.0)),
        Figure::new(
            "page: updates of one printer shown, phone",
            found.phone.updates_shown_per_second,
            "1/s",
            how.clone(),
        )
        .goal(Goal::AtLeast(0.9)),
        Figure::new("page: live stream", kb(found.desktop.bytes_per_second), "kB/s", how.clone())
            .goal(Goal::Below(50.0)),
        Figure::new("page: DOM nodes grown", grown, "", how),
        Figure::new(
            "page: first page, gzip",
            kb(found.now.packed),
            "kB",
            format!("{PRINTERS} printers"),
        )
        .goal(Goal::Below(60.0)),
        Figure::new(
            "page: list of printers, gzip",
            kb(found.printers.packed),
            "kB",
            "its first 60".to_owned(),
        )
        .goal(Goal::Below(60.0)),
    ]
}

fn delays(found: &Found) -> Vec<Figure> {
    let samples: Samples =
        found.delays.iter().map(|millis| Duration::from_secs_f64(millis / 1e3)).collect();
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

/// Lets a browser look.
async fn look(showcase: &Showcase, seconds: u64) -> Result<Found> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/budget.mjs");
    let output = Command::new("node")
        .arg(program)
        .args([showcase.coordinator.origin(), NAME, PASSWORD, &seconds.to_string()])
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
