//! What must be there before the farm starts, and the design that it prints.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use tokio::process::Command;
use visorfarm_tests::farm::Farm;

/// Builds the programs beside this one, in the same profile. Cargo tells how far it is.
pub(crate) async fn build() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // What cargo tells the program that it runs. Build scripts that look at it would run again.
    for (name, _) in std::env::vars_os() {
        let told = ["CARGO_PKG_", "CARGO_MANIFEST_"]
            .iter()
            .any(|prefix| name.to_str().is_some_and(|name| name.starts_with(prefix)));
        if told {
            command.env_remove(name);
        }
    }
    command.current_dir(workspace()).args(["build", "--locked", "--bins"]);
    // The demo among them: it makes cargo choose the features that it was built with itself, so that
    // no dependency is built twice.
    for package in ["visorfarm-tests", "visorfarm-agent", "visorfarm-coordinator"] {
        command.args(["--package", package]);
    }
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let ended = command.status().await.context("cannot run cargo")?;
    ensure!(ended.success(), "cargo could not build the programs");
    Ok(())
}

/// Returns an empty folder below the target folder, and what keeps it to this demo while it is held.
pub(crate) fn fresh_folder() -> Result<(PathBuf, File)> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace().join("target"), PathBuf::from);
    let folder = target.join("demo");
    let lock = target.join("demo.lock");
    let alone = File::create(&lock).with_context(|| format!("cannot make {}", lock.display()))?;
    alone.try_lock().map_err(|_| anyhow!("another demo runs here: end it first"))?;
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot clear {}", folder.display()));
        }
        Ok(()) | Err(_) => {}
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = folder.canonicalize().context("cannot find the folder that was just made")?;
    Ok((folder, alone))
}

/// Drops a shipped design into the farm's folder, and waits until it can be asked for.
pub(crate) async fn publish(farm: &Farm, design: &str) -> Result<()> {
    let shipped = workspace().join("designs").join(design);
    copy(&shipped, &farm.coordinator.designs().join(design))
        .with_context(|| format!("cannot copy {}", shipped.display()))?;
    farm.published(design).await
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (from, to) = (entry?.path(), to);
        let to = to.join(from.file_name().unwrap_or_default());
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is in a workspace").into()
}
