//! The figures of this project, measured on the machine at hand with real processes on loopback.
//!
//! Every measurement starts what it needs, checks that what it measured was right (what is shown
//! equals what was printed), and fails rather than print a figure it does not believe.

mod agent;
mod checkout;
mod coordinator;
mod crowd;
mod delay;
mod farm;
mod figure;
mod journal;
mod machine;
mod outcomes;
mod page;
mod pages;
mod plate;
mod process;
mod programs;
mod returning;
mod samples;
mod sizes;
mod workshop;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};

use self::figure::Figure;
use self::programs::Programs;

/// Measures what the README says, and prints it as one table.
#[derive(Debug, Parser)]
#[command(name = "cargo bench-farm")]
pub struct Args {
    /// Measure only this; may be given several times
    #[arg(long, value_enum, value_name = "NAME")]
    only: Vec<Measurement>,
    /// Also write the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Shorter windows and fewer samples: to see that it works, not to quote
    #[arg(long)]
    quick: bool,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Measurement {
    /// Bytes of the stripped programs
    Sizes,
    /// Memory and CPU of an agent with one printer
    Agent,
    /// Memory and CPU of a coordinator with 3, 100 and 1,000 agents
    Coordinator,
    /// From `OctoPrint`'s `PrintDone` to the page
    Delay,
    /// Outcomes a second, durable
    Outcomes,
    /// What the pages cost a browser, with 2,000 printers changing every second
    Pages,
    /// 1,000 agents returning after the coordinator was killed
    Returning,
    /// One append to the agent's journal
    Journal,
    /// From a clean checkout to a demo that prints, everything built anew
    Checkout,
}

/// How long to look and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// To be quoted.
    Full,
    /// To see that it works.
    Quick,
}

impl Pace {
    /// Returns `full`, or `quick` where speed matters more than figures.
    fn pick<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

/// Measures what `args` ask for and prints the table.
pub async fn run(args: Args) -> Result<()> {
    let pace = if args.quick { Pace::Quick } else { Pace::Full };
    let programs = Programs::build().await?;
    let (mut figures, mut missing) = (Vec::new(), Vec::new());
    for measurement in Measurement::value_variants() {
        if !args.only.is_empty() && !args.only.contains(measurement) {
            continue;
        }
        let load = machine::load()?;
        note(&format!("{measurement:?} (load {load:.2})"))?;
        let measured = match measure(*measurement, pace, &programs).await {
            Ok(measured) => measured,
            Err(error) => {
                note(&format!("  NOT MEASURED: {error:#}"))?;
                missing.push(format!("{measurement:?}"));
                continue;
            }
        };
        for mut figure in measured {
            figure.load_before = load;
            note(&format!("  {}", figure.line()))?;
            figures.push(figure);
        }
    }
    let machine = machine::describe(pace == Pace::Quick)?;
    if let Some(path) = &args.json {
        let written = serde_json::to_vec_pretty(&serde_json::json!({
            "machine": machine,
            "figures": figures,
        }))?;
        std::fs::write(path, written)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{machine}{}", figure::table(&figures))?;
    ensure!(missing.is_empty(), "not measured, for the reasons above: {}", missing.join(", "));
    Ok(())
}

async fn measure(measurement: Measurement, pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    match measurement {
        Measurement::Sizes => sizes::measure(programs),
        Measurement::Agent => agent::measure(pace, programs).await,
        Measurement::Coordinator => coordinator::measure(pace, programs).await,
        Measurement::Delay => delay::measure(pace, programs).await,
        Measurement::Outcomes => outcomes::measure(pace, programs).await,
        Measurement::Pages => pages::measure(pace, programs).await,
        Measurement::Returning => returning::measure(pace, programs).await,
        Measurement::Journal => journal::measure(pace, programs),
        Measurement::Checkout => checkout::measure(programs).await,
    }
}

/// Says how far it is; the table is for the standard output.
fn note(line: &str) -> Result<()> {
    writeln!(io::stderr(), "{line}").context("cannot write progress")
}
