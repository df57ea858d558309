//! The programs under measurement, built by the benchmark itself so that no old one is measured.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// Our programs as they are shipped, and the coordinator as `cargo build --release` makes it.
#[derive(Debug)]
pub(super) struct Programs {
    target: PathBuf,
}

/// A program of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Agent,
    Coordinator,
    Gcode,
}

impl Program {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Agent => "visorfarm-agent",
            Self::Coordinator => "visorfarm-coordinator",
            Self::Gcode => "visorfarm-gcode",
        }
    }
}

impl Programs {
    /// Builds what is measured: the profile `dist`, which is what is shipped.
    pub(super) async fn build() -> Result<Self> {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--profile", "dist"]);
        for program in [Program::Agent, Program::Coordinator, Program::Gcode] {
            cargo.args(["--package", program.name()]);
        }
        let status = cargo.status().await.context("cannot run cargo")?;
        ensure!(status.success(), "{cargo:?} failed with {status}");
        // We are <target>/<profile>/visorfarm-bench ourselves.
        let own = env::current_exe().context("cannot find this program")?;
        let target = own.ancestors().nth(2).context("this program lies in no target folder")?;
        Ok(Self { target: target.to_owned() })
    }

    pub(super) fn path(&self, program: Program) -> PathBuf {
        self.target.join("dist").join(program.name())
    }

    /// Returns where measurements keep their files: on the disk of the target folder, because a
    /// folder for temporary files may be in memory, where a commit costs nothing.
    pub(super) fn scratch(&self) -> Result<tempfile::TempDir> {
        scratch_in(&self.target)
    }
}

fn scratch_in(target: &Path) -> Result<tempfile::TempDir> {
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)
        .and_then(|()| tempfile::tempdir_in(&folder))
        .with_context(|| format!("cannot make a folder in {}", folder.display()))
}
