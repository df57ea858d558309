//! `visorfarm-coordinator`: see `--help`.

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;
use visorfarm_coordinator::cli::{Args, run};

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    // RUST_LOG asks for more; the broker's own lines are of no use to coordinators.
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,rmqtt=error,rmqtt_net=error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_writer(std::io::stderr)
        .init();
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("no other TLS provider is installed before this line");
    match run(args).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::from(1)
        }
    }
}
