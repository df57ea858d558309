//! Installs OctoPrint from the Python package index into a virtual environment below the target folder, once per version.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The release that makers are told to run.
pub const DEFAULT: &str = "1.11.8";

/// What Debian and its children call the parts that the installation needs.
const PACKAGES: &str = "python3-venv, python3-dev and gcc";

/// An installed OctoPrint.
#[derive(Clone, Debug)]
pub struct Venv {
    version: String,
    python: PathBuf,
}

impl Venv {
    /// The version as the Python package index names it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn python(&self) -> &Path {
        &self.python
    }
}

/// Installs `version`, or finds it installed. Processes that want it at once wait for the first.
pub async fn install(version: &str) -> Result<Venv> {
    let version = version.to_owned();
    tokio::task::spawn_blocking(move || install_below(&target_folder(), version))
        .await
        .context("the installation of OctoPrint panicked")?
}

fn install_below(target: &Path, version: String) -> Result<Venv> {
    let folder = target.join("octoprint").join(&version);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let venv = folder.join("venv");
    let python = venv.join("bin").join("python");
    let installed = Venv { version, python };

    // The stamp is written last: without it the folder is a torn installation.
    let stamp = folder.join("installed");
    if stamp.exists() {
        return Ok(installed);
    }
    let lock = folder.join("lock");
    let lock = File::create(&lock).with_context(|| format!("cannot create {}", lock.display()))?;
    lock.lock().context("cannot lock the installation of OctoPrint")?;
    if stamp.exists() {
        return Ok(installed);
    }

    clear(&venv)?;
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    run(Command::new(&installed.python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(requirements(&installed.version)))?;
    fs::write(&stamp, b"").with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(installed)
}

/// Returns what pip is asked for: OctoPrint, and what must be held back for it to start.
fn requirements(version: &str) -> Vec<String> {
    let mut wanted = vec![format!("OctoPrint=={version}")];
    if version.starts_with("1.9.") || version.starts_with("1.10.") {
        // Later releases dropped the strategy that these versions name, and the server dies at start.
        wanted.push("limits==3.14.1".to_owned());
    }
    wanted
}

fn clear(venv: &Path) -> Result<()> {
    match fs::remove_dir_all(venv) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot clear {}", venv.display())),
    }
}

fn run(command: &mut Command) -> Result<()> {
    let words: Vec<_> = [command.get_program()]
        .into_iter()
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    let words = words.join(" ");
    let output = command
        .output()
        .with_context(|| format!("cannot run `{words}`: install {PACKAGES} (Debian's names)"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    if lacks_packages(&said) {
        bail!("OctoPrint cannot be installed: install {PACKAGES} (Debian's names), then try again");
    }
    bail!("`{words}` failed: {}", last_lines(&said));
}

fn lacks_packages(said: &str) -> bool {
    ["ensurepip is not", "No module named venv", "Python.h: No such file", "gcc' failed: No such"]
        .iter()
        .any(|sign| said.contains(sign))
}

fn last_lines(said: &str) -> String {
    let lines: Vec<_> = said.trim().lines().collect();
    let skipped = lines.len().saturating_sub(12);
    lines[skipped..].join("\n")
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("target"),
        PathBuf::from,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_hold_back_the_library_that_kills_them() {
        assert_eq!(requirements("1.9.3"), ["OctoPrint==1.9.3", "limits==3.14.1"]);
        assert_eq!(requirements(DEFAULT), ["OctoPrint==1.11.8"]);
    }

    #[test]
    fn an_installed_version_is_found_without_running_anything() {
        let target = tempfile::tempdir().unwrap();
        let folder = target.path().join("octoprint").join("0.0.1");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("installed"), b"").unwrap();
        let venv = install_below(target.path(), "0.0.1".to_owned()).unwrap();
        assert!(venv.python().ends_with("octoprint/0.0.1/venv/bin/python"));
    }

    #[test]
    fn a_missing_compiler_is_said_in_debians_words() {
        let error = run(Command::new("sh").args(["-c", "echo Python.h: No such file >&2; exit 1"]))
            .unwrap_err();
        assert!(error.to_string().contains("python3-dev"), "{error}");
    }
}
