//! `cargo screenshots`: pictures of every page, in both languages, widths and themes.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use tokio::process::Command;
use visorfarm_tests::showcase::{NAME, PASSWORD, Scene, Showcase};

/// Makes a picture of every page below target/screenshots
///
/// Starts a coordinator with a believable farm of simulated agents, and looks at it in Chromium.
/// Needs node with npm, and chromium; `tests/run --prepare` installs them.
#[derive(Debug, Parser)]
#[command(name = "cargo screenshots --", bin_name = "cargo screenshots --")]
struct Args {
    /// Only pages whose name contains this
    #[arg(long, default_value = "")]
    only: String,
    /// Only this scene; may be given several times
    #[arg(long, value_enum)]
    scene: Vec<Named>,
    /// Make no pictures: say where the farm is, and keep it until Ctrl-C
    #[arg(long)]
    serve: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Named {
    Empty,
    Workshop,
    Crowd,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(io::stderr(), "no pictures: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<()> {
    let all = [Named::Empty, Named::Workshop, Named::Crowd];
    for named in all.into_iter().filter(|n| args.scene.is_empty() || args.scene.contains(n)) {
        let (name, scene) = match named {
            Named::Empty => ("empty", Scene::Empty),
            Named::Workshop => ("workshop", Scene::Workshop),
            Named::Crowd => ("crowd", Scene::Crowd(5_000)),
        };
        let showcase = Showcase::start(scene).await?;
        let origin = showcase.coordinator.origin();
        writeln!(io::stdout(), "{name}: {origin} (log in as {NAME:?}, {PASSWORD:?})")?;
        if args.serve {
            tokio::signal::ctrl_c().await.context("cannot listen for Ctrl-C")?;
            return Ok(());
        }
        let ended = Command::new("node")
            .arg(browser().join("screenshots.mjs"))
            .args([origin, name, NAME, PASSWORD, &args.only])
            .arg(browser().join("../../target/screenshots"))
            .kill_on_drop(true)
            .status()
            .await
            .context("cannot run node")?;
        ensure!(ended.success(), "the pictures of {name} failed with {ended}");
    }
    Ok(())
}

fn browser() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}
