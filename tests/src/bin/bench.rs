//! `cargo bench-farm`: the figures of this project. See `--help`.

use anyhow::Result;
use clap::Parser;
use visorfarm_tests::bench::{Args, run};

// Two threads carry a thousand simulated agents: what they take, the coordinator cannot have.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let args = Args::parse();
    drop(rustls::crypto::ring::default_provider().install_default());
    run(args).await
}
