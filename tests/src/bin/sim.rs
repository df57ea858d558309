//! `cargo sim`: plays worlds of the simulation. See `--help`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use visorfarm_tests::sim::mutant::Mutant;
use visorfarm_tests::sim::{LINES_SHOWN, explain, play_many, wire};

/// Plays deterministic worlds: real decisions, real journals, and everything that goes wrong.
///
/// `SIM_SEED=7 cargo sim` plays the world of seed 7 alone and tells its story if something is wrong.
/// A run of 2,000 worlds, or of 40 with `--wire`, that never met some fault fails as well.
///
/// With `--wire` the agents' real shells and MQTT client play, over a simulated network: some worlds a
/// second, not thousands a minute.
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
    /// Play real shells and the real MQTT client.
    #[arg(long, conflicts_with = "mutant")]
    wire: bool,
    /// How many lines are told of the end of a story.
    #[arg(long, default_value_t = LINES_SHOWN)]
    lines: usize,
    /// How many bad worlds are enough.
    #[arg(long, default_value_t = 1)]
    failures: usize,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let (first, count) = args.seed.map_or((args.first, args.seeds), |seed| (seed, 1));
    let (mut text, failed, missed): (_, _, Vec<String>) = if args.wire {
        let tally = wire::play_many(first, count, None, args.failures);
        let missed = tally.must_have_met().into_iter().map(str::to_owned).collect();
        (tally.report(), tally.failed, missed)
    } else {
        let tally = play_many(first, count, args.mutant, args.failures);
        let missed = tally.must_have_met();
        (tally.report(), tally.failed, missed)
    };
    let untested = |row: &String| format!("never met, so nothing is tested there: {row}\n");
    text.extend(missed.iter().map(untested));
    for seed in &failed {
        let story = if args.wire {
            wire::explain(*seed, None)
        } else {
            explain(*seed, args.mutant, args.lines)
        };
        text.push_str(&story.unwrap_or_default());
    }
    // A reader that closed the pipe has read enough.
    std::io::stdout().write_all(text.as_bytes()).ok();
    if failed.is_empty() && missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
