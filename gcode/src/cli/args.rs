//! What may be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

/// Reads G-code files once: says what they do, and whether a printer may run them.
#[derive(Debug, Parser)]
#[command(
    name = "visorfarm-gcode",
    version,
    after_help = "Exit codes: 0 fine, 1 a finding forbids printing, 2 a file or profile cannot be read.",
    arg_required_else_help = true
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what files do: time, filament, volume, temperatures, commands.
    Inspect {
        #[command(flatten)]
        files: Files,
        /// Judge the files for this printer, too: a shipped profile's name or a TOML file.
        #[arg(long, short, value_name = "PROFILE")]
        profile: Option<String>,
    },
    /// Say whether a printer may run files, and what speaks against it.
    Verify {
        #[command(flatten)]
        files: Files,
        /// The printer: a shipped profile's name or a TOML file.
        #[arg(long, short, value_name = "PROFILE")]
        profile: String,
    },
    /// List the profiles that come with this program.
    Profiles,
    /// Write completions for a shell.
    Completions { shell: Shell },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Files {
    /// G-code files; `-` is the standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// One JSON object a file, each on its own line.
    #[arg(long)]
    pub(crate) json: bool,
}
