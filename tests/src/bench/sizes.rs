//! How large the programs are that makers and coordinators install.

use std::fs;

use anyhow::{Context, Result};

use super::figure::{Figure, Goal};
use super::process::megabytes;
use super::programs::{Program, Programs};

/// In megabytes, for the agent: an old Raspberry Pi's card, and a village's line.
const AGENT_MB_MAX: f64 = 6.0;

pub(super) fn measure(programs: &Programs) -> Result<Vec<Figure>> {
    [Program::Agent, Program::Coordinator, Program::Gcode]
        .into_iter()
        .map(|program| {
            let path = programs.path(program);
            let file = fs::metadata(&path).with_context(|| format!("no {}", path.display()))?;
            let what = format!("{}, stripped", program.name());
            let figure = Figure::new(what, megabytes(file.len()), "MB", "profile dist");
            Ok(match program {
                Program::Agent => figure.goal(Goal::Below(AGENT_MB_MAX)),
                Program::Coordinator | Program::Gcode => figure,
            })
        })
        .collect()
}
