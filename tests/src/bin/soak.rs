//! `cargo soak`: kills real processes every few seconds, and counts in the end. See `--help`.

use std::io::Write as _;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use visorfarm_tests::soak::soak;

/// Kills the coordinator and agents of a farm with real OctoPrint servers every few seconds, and holds the
/// ledger against what the printers printed in the end.
#[derive(Debug, Parser)]
struct Args {
    /// For how long, before everything is left to settle.
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// What chooses the victims and the moments.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let soaked = soak(Duration::from_mins(args.minutes), args.seed).await?;
    let line = format!("{} minutes with seed {}: {soaked:?}\n", args.minutes, args.seed);
    // A reader that closed the pipe has read enough.
    std::io::stdout().write_all(line.as_bytes()).ok();
    Ok(())
}
