//! `cargo sim`: plays worlds of the simulation. See `--help`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use visorfarm_tests::sim::mutant::Mutant;
use visorfarm_tests::sim::{explain, play_many};

/// Plays deterministic worlds: real decisions, real journals, and everything that goes wrong.
///
/// `SIM_SEED=7 cargo sim` plays the world of seed 7 alone and tells its story if something is wrong.
#[derive(Debug, Parser)]
struct Args {
    /// How many worlds.
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The seed of the first one.
    #[arg(long, default_value_t = 1)]
    first: u64,
    /// Only the world of this seed.
    #[arg(long, env = "SIM_SEED")]
    seed: Option<u64>,
    /// A mistake to be made, which must be caught.
    #[arg(long, value_enum)]
    mutant: Option<Mutant>,
    /// How many bad worlds are enough.
    #[arg(long, default_value_t = 1)]
    failures: usize,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let (first, count) = args.seed.map_or((args.first, args.seeds), |seed| (seed, 1));
    let tally = play_many(first, count, args.mutant, args.failures);
    let mut text = tally.report();
    for seed in &tally.failed {
        text.push_str(&explain(*seed, args.mutant).unwrap_or_default());
    }
    // A reader that closed the pipe has read enough.
    std::io::stdout().write_all(text.as_bytes()).ok();
    if tally.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
