//! `visorfarm-agent`: see `--help`.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;
use visorfarm_agent::cli::{Cli, Command, Exit, talk};
use visorfarm_agent::state_dir::{StateDir, default_config, default_state};
use visorfarm_agent::{join, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let asked = std::env::var("RUST_LOG").ok().and_then(|asked| asked.parse().ok());
    let lines = tracing_subscriber::fmt::layer()
        .with_target(false)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    tracing_subscriber::registry()
        .with(asked.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO)))
        .with(lines)
        .init();
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("no other TLS provider is installed before this line");
    match carry_out(cli).await {
        Ok(exit) => exit.into(),
        Err(error) => {
            complain(&error);
            Exit::Failed.into()
        }
    }
}

#[expect(clippy::print_stderr, reason = "the message is for whoever typed the command")]
fn complain(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

#[expect(clippy::print_stdout, reason = "the PIN is what was asked for")]
fn show_pin(state: &StateDir, new: bool) -> anyhow::Result<()> {
    let pass = if new { state.renew_page_pass() } else { state.page_pass() };
    println!("{}", pass?.pin);
    Ok(())
}

async fn carry_out(cli: Cli) -> anyhow::Result<Exit> {
    let config = cli.places.config.map_or_else(default_config, Ok)?;
    let state = cli.places.state.map_or_else(default_state, Ok)?;
    // Before anything is made or written: an agent that runs answers even where nothing can be.
    if let Some(exit) = talk(&cli.command, &state).await {
        return Ok(exit);
    }
    let state = StateDir::open(&state)?;
    match cli.command {
        Command::Enrol(enrol) => {
            // Without a name, the one that the invite was made for.
            let title = enrol.title.clone().unwrap_or_default();
            join::join(&state, &enrol.invite, &title).await?;
            if let Some(printer) = enrol.printer() {
                join::add_printer(&state, &config, printer).await?;
            }
        }
        Command::AddPrinter(printer) => join::add_printer(&state, &config, printer).await?,
        Command::OctoprintKey { printer, key } => {
            join::renew_key(&state, &config, &printer, key.as_deref()).await?;
        }
        Command::Run => run::run(&config, state).await?,
        Command::PagePin { new } => show_pin(&state, new)?,
        Command::Completions { shell } => {
            let mut command = Cli::command();
            clap_complete::generate(shell, &mut command, "visorfarm-agent", &mut io::stdout());
        }
        Command::Status { .. }
        | Command::BedClear { .. }
        | Command::Recount { .. }
        | Command::Spool { .. }
        | Command::Read
        | Command::Pause { .. }
        | Command::Resume { .. } => unreachable!("the running agent was asked"),
    }
    Ok(Exit::Done)
}
