//! How long a newcomer waits: from a clean checkout to printers that print.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::Instant;

use super::figure::Figure;
use super::programs::Programs;

/// What the demo says when the first printer prints.
const PRINTING: &str = "The first print has begun";

pub(super) async fn measure(programs: &Programs) -> Result<Vec<Figure>> {
    let folder = programs.scratch()?;
    let clone = folder.path().join("visorfarm");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut git = Command::new("git");
    git.args(["clone", "--quiet", "--no-hardlinks"]).arg(&from).arg(&clone);
    ensure!(git.status().await.context("cannot run git")?.success(), "{git:?} failed");
    let (printing, ended) = demo(&clone).await?;
    let how = "fresh clone of the last commit, `cargo demo -- --exit-when-done`; crates and packages \
               by the network or from what cargo and pip keep of earlier builds";
    let figure = |what: &str, took: Duration| {
        Figure::new(format!("clean checkout to {what}"), took.as_secs_f64(), "s", how)
    };
    Ok(vec![figure("printers that print", printing), figure("the end of the demo", ended)])
}

/// Returns when the demo printed and when it ended, everyone agreeing.
async fn demo(clone: &Path) -> Result<(Duration, Duration)> {
    let began = Instant::now();
    let mut demo = Command::new("cargo")
        .args(["demo", "--", "--exit-when-done"])
        .current_dir(clone)
        // A clone builds into a folder of its own, as a newcomer's would.
        .env_remove("CARGO_TARGET_DIR")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot run cargo")?;
    let told = demo.stdout.take().context("the demo has no output")?;
    let mut lines = BufReader::new(told).lines();
    let mut printing = None;
    while let Some(line) = lines.next_line().await? {
        if line.starts_with(PRINTING) && printing.is_none() {
            printing = Some(began.elapsed());
        }
    }
    let status = demo.wait().await?;
    ensure!(status.success(), "the demo failed with {status}");
    Ok((printing.context("the demo never printed")?, began.elapsed()))
}
