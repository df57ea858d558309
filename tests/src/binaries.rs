//! The programs under test: found, never built here.
//!
//! Every test is a process of its own. If each called cargo, they would queue for its lock, and a
//! test could start programs of another build than the rest. So they are looked for beside the
//! test's own executable, and refused if a source file is younger: the compiler's own list of
//! sources says so in milliseconds. `tests/run` builds them first.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail, ensure};

/// Names a folder with other binaries to test, as they are: a release, another version.
pub const FOLDER_VARIABLE: &str = "VISORFARM_BINARIES";

/// What makes them.
const BUILD: &str = "cargo build --workspace --bins";

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Binaries {
    pub(crate) agent: PathBuf,
    pub(crate) coordinator: PathBuf,
}

impl Binaries {
    /// Finds the programs of this build.
    pub fn find() -> Result<Self> {
        if let Some(folder) = std::env::var_os(FOLDER_VARIABLE) {
            return Self::below(Path::new(&folder));
        }
        let own = std::env::current_exe().context("a test does not know where it is")?;
        // A test lies in `deps`, a program beside that folder.
        let folder = own.parent().context("an executable lies in a folder")?;
        let folder = match folder.file_name() {
            Some(name) if name == "deps" => folder.parent().unwrap_or(folder),
            Some(_) | None => folder,
        };
        let found = Self::below(folder)?;
        for program in [&found.agent, &found.coordinator] {
            check_fresh(program)?;
        }
        Ok(found)
    }

    /// Finds the programs in `folder`, as they are.
    pub(crate) fn below(folder: &Path) -> Result<Self> {
        let [agent, coordinator] =
            ["visorfarm-agent", "visorfarm-coordinator"].map(|name| folder.join(name));
        for program in [&agent, &coordinator] {
            ensure!(program.exists(), "there is no {}: run `{BUILD}`", program.display());
        }
        Ok(Self { agent, coordinator })
    }
}

fn check_fresh(program: &Path) -> Result<()> {
    let built = modified(program)?;
    let list = program.with_extension("d");
    let list = fs::read_to_string(&list)
        .with_context(|| format!("there is no {}: run `{BUILD}`", list.display()))?;
    for source in sources(&list) {
        if modified(&source).is_ok_and(|changed| built < changed) {
            let (program, source) = (program.display(), source.display());
            bail!("{program} is older than {source}: run `{BUILD}`");
        }
    }
    Ok(())
}

/// Reads what follows the colon of a make rule: paths parted by spaces, their own spaces escaped.
fn sources(rule: &str) -> impl Iterator<Item = PathBuf> {
    let escaped = '\u{0}';
    let (_, paths) = rule.split_once(": ").unwrap_or_default();
    let paths = paths.replace("\\ ", &escaped.to_string());
    let restored = |path: &str| PathBuf::from(path.replace(escaped, " "));
    paths.split_whitespace().map(restored).collect::<Vec<_>>().into_iter()
}

fn modified(path: &Path) -> Result<SystemTime> {
    let time = fs::metadata(path).and_then(|meta| meta.modified());
    time.with_context(|| format!("cannot see the age of {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_sources_may_have_spaces_in_its_paths() {
        let listed: Vec<_> = sources("/t/agent: /a/main.rs /my\\ work/lib.rs\n").collect();
        assert_eq!(listed, [PathBuf::from("/a/main.rs"), PathBuf::from("/my work/lib.rs")]);
    }

    #[test]
    fn a_program_older_than_its_source_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let [program, source] = ["program", "main.rs"].map(|name| folder.path().join(name));
        for file in [&program, &source] {
            fs::write(file, "").unwrap();
        }
        let list = format!("{}: {}", program.display(), source.display());
        fs::write(program.with_extension("d"), list).unwrap();
        let long_ago = SystemTime::UNIX_EPOCH;
        fs::File::options().write(true).open(&program).unwrap().set_modified(long_ago).unwrap();
        let error = check_fresh(&program).unwrap_err().to_string();
        assert!(error.contains("main.rs: run `cargo build"), "{error}");
        fs::File::options().write(true).open(&source).unwrap().set_modified(long_ago).unwrap();
        check_fresh(&program).unwrap();
    }
}
