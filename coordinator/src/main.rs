//! `visorfarm-coordinator`: see `--help`.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;
use visorfarm_coordinator::cli::{Args, run};

#[tokio::main]
#[expect(clippy::print_stderr, reason = "the message is for whoever typed the command")]
async fn main() -> ExitCode {
    let args = Args::parse();
    // RUST_LOG asks for more; the broker's own lines are of no use to coordinators.
    let asked = std::env::var("RUST_LOG").ok().and_then(|asked| asked.parse().ok());
    let usual = || {
        let quiet = ["rmqtt", "rmqtt_net"].map(|target| (target, LevelFilter::ERROR));
        Targets::new().with_default(LevelFilter::INFO).with_targets(quiet)
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    tracing_subscriber::registry().with(asked.unwrap_or_else(usual)).with(lines).init();
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("no other TLS provider is installed before this line");
    match run(args).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}
