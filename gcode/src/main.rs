//! `visorfarm-gcode`: the crate's reader and verdict on the command line.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
