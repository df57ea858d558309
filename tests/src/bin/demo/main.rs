//! `cargo demo`: a whole farm at work on this machine, with real OctoPrint servers and virtual
//! printers.

mod account;
mod prepare;
mod screen;
mod verdict;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use tokio::time::{Instant, interval};
use visorfarm_protocol::status::Activity;
use visorfarm_tests::farm::{Farm, Plan};

use crate::screen::Screen;
use crate::verdict::Verdict;

/// What is printed, and how many pieces a plate of it gives.
const DESIGN: &str = "visor-band";
const PIECES_A_PLATE: u32 = 4;

/// A virtual printer moves ten times as fast as a real one; this many percent on top let four hours
/// pass in about a minute, of which the serial link takes most.
const SPEED_PERCENT: u32 = 5_000;

/// Often enough for bars to move.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Shows a whole farm at work on this machine
///
/// Starts a coordinator, OctoPrint servers with virtual printers, and an agent for each, all below
/// target/demo, afresh each time. Publishes the face visor headband that the project ships, asks for
/// some, and plays the maker who takes finished plates off the beds. Open the address that it prints
/// to see the farm's page. The first run installs OctoPrint below target/octoprint, for which it
/// needs python3 with venv, python3-dev and gcc.
#[derive(Debug, Parser)]
#[command(
    name = "cargo demo --",
    bin_name = "cargo demo --",
    after_help = "\
Exit codes: 0 ended by Ctrl-C, or printed and everyone agrees; 1 something failed or does not agree."
)]
struct Args {
    /// Headbands to ask for; a plate gives four
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pieces: u32,
    /// Printers to start, each with an OctoPrint and an agent of its own
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=16))]
    printers: u32,
    /// End once all is printed, with a table of who counted what
    #[arg(long)]
    exit_when_done: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse_from(typed());
    let ended = tokio::select! {
        ended = show(&args) => ended,
        interrupted = interrupted() => interrupted,
    };
    match ended {
        Ok(code) => code,
        Err(error) => {
            say(&format!("\nThe demo failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Returns what was typed. `cargo demo` itself ends in `--`, so that options may follow at once;
/// whoever sets another one, as is usual with cargo, means the same.
fn typed() -> impl Iterator<Item = OsString> {
    let words = std::env::args_os().enumerate();
    words
        .filter(|(place, word)| (*place, word.as_os_str()) != (1, OsStr::new("--")))
        .map(|(_, word)| word)
}

async fn show(args: &Args) -> Result<ExitCode> {
    let began = Instant::now();
    let (farm, _alone) = open(args).await?;
    let address = farm.coordinator.origin();
    let password = account::make_first(&farm.coordinator).await?;
    say(&format!(
        "\nThe farm's page   {address}\n  name            {}\n  password        {password}\n\
         Your browser warns of the certificate: the farm made it itself a moment ago.\n",
        account::NAME
    ));

    prepare::publish(&farm, DESIGN).await?;
    farm.clear_beds().await?;
    farm.coordinator.request(DESIGN, i64::from(args.pieces)).await?;
    let asked = Instant::now();
    say(&format!("Asked for {} of {DESIGN}", args.pieces));

    let mut screen = Screen::new(i64::from(args.pieces));
    let mut looks = interval(LOOK_EVERY);
    let mut printing_since = None;
    loop {
        looks.tick().await;
        let (printers, totals) =
            (farm.coordinator.printers().await?, farm.coordinator.farm().await?.totals);
        screen.show(&printers, &totals);
        let prints = printers.iter().any(|row| row.activity == Some(Activity::Printing));
        if prints && printing_since.is_none() {
            printing_since = Some(began.elapsed());
            let seconds = began.elapsed().as_secs();
            screen.say(&format!("The first print has begun, {seconds} s after the demo began"));
        }
        let beds_done = printers.iter().all(|row| row.waits_for.is_none());
        let done = totals.wanted <= totals.printed && totals.in_flight == 0 && beds_done;
        if done && args.exit_when_done {
            screen.finish();
            let verdict = Verdict::of(&farm, PIECES_A_PLATE).await?;
            say(&verdict.table(asked.elapsed(), printing_since));
            return Ok(if verdict.agrees() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        if done {
            screen.finish_once("All is printed. Ask for more on the page, or end with Ctrl-C.");
        }
        farm.tend().await?;
    }
}

/// Builds what is missing and starts the farm, in a folder that no other demo clears meanwhile.
async fn open(args: &Args) -> Result<(Farm, File)> {
    say("Building the coordinator and the agent");
    prepare::build().await?;
    let (folder, alone) = prepare::fresh_folder()?;
    say(&format!(
        "Starting {} OctoPrints below {} (the first time they are installed: about a minute)",
        args.printers,
        folder.display()
    ));
    let plan = Plan {
        agents: vec![1; args.printers as usize],
        speed: Some(SPEED_PERCENT),
        folder: Some(folder),
        ..Plan::default()
    };
    Ok((Farm::start(plan).await?, alone))
}

async fn interrupted() -> Result<ExitCode> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    tokio::select! {
        told = tokio::signal::ctrl_c() => told.context("cannot listen for Ctrl-C")?,
        _ = terminated.recv() => {}
    }
    say("\nEnding the farm");
    Ok(ExitCode::SUCCESS)
}

/// Tells the person at the terminal; whoever closed it misses nothing else.
fn say(text: &str) {
    writeln!(io::stdout(), "{text}").ok();
}
