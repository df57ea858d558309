//! A program in JavaScript that drives a browser, and asks the test for what a browser cannot do.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

/// Runs `program` with `words`; each line in which it asks for something goes to `act`.
pub(crate) async fn drive(
    program: &str,
    words: &[&str],
    mut act: impl AsyncFnMut(&[&str]) -> Result<()>,
) -> Result<()> {
    let folder = folder();
    ensure!(
        folder.join("node_modules").exists(),
        "there is no {}/node_modules: run `tests/run --prepare`",
        folder.display()
    );
    let mut node = Command::new("node")
        .arg(folder.join(program))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot run node: run `tests/run --prepare`")?;
    let mut answers = node.stdin.take().context("node has no input")?;
    let said = node.stdout.take().context("node has no output")?;
    let mut lines = BufReader::new(said).lines();
    let mut report = String::new();
    while let Some(line) = lines.next_line().await? {
        let Some(asked) = line.strip_prefix("! ") else {
            report.push_str(&line);
            report.push('\n');
            continue;
        };
        let asked: Vec<String> = serde_json::from_str(asked).context("an odd question")?;
        let asked: Vec<_> = asked.iter().map(String::as_str).collect();
        let answer: Value = match act(&asked).await {
            Ok(()) => json!({ "ok": true }),
            Err(error) => json!({ "error": format!("{error:#}") }),
        };
        answers.write_all(format!("{answer}\n").as_bytes()).await?;
    }
    let ended = node.wait().await?;
    ensure!(ended.success(), "{program} ended with {ended}:\n{report}");
    Ok(())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}
