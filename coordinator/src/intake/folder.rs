//! What lies in the drop folder, and since when it has not changed. Blocks for the disk; decides
//! nothing about the content of files.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use visorfarm_protocol::id::{DesignId, ProfileId, RevisionId};

use super::{Address, shown};

/// The most files and folders looked at: a home folder dropped here by mistake has more.
const ENTRIES_MAX: usize = 20_000;

/// Endings of G-code that a person expects to be taken.
const GCODE_NAMES: [&str; 6] = ["gcode", "gco", "g", "bgcode", "nc", "ufp"];

/// A G-code file with the label beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) address: Address,
    pub(super) gcode: PathBuf,
    pub(super) label: PathBuf,
    pub(super) stamp: Stamp,
}

/// What tells that files have not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) gcode: Option<Mark>,
    pub(super) label: Option<Mark>,
}

/// Size and time of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) bytes: u64,
    modified: Option<SystemTime>,
}

/// What one look found.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// By path as shown.
    pub(super) pairs: BTreeMap<String, Pair>,
    /// What is in the wrong place, by path as shown.
    pub(super) misplaced: BTreeMap<String, String>,
    entries: usize,
}

/// Looks at everything in the drop folder.
pub(super) fn look(folder: &Path) -> Look {
    let mut look = Look::default();
    if let Err(error) = look.designs(folder) {
        look.misplaced.insert(".".to_owned(), format!("the drop folder cannot be read: {error}"));
    }
    look
}

impl Look {
    fn designs(&mut self, root: &Path) -> io::Result<()> {
        for (path, name, meta) in self.entries(root)? {
            let design = DesignId::new(&name);
            match (meta.is_dir(), design) {
                (true, Ok(design)) => self.revisions(root, &path, &design)?,
                (true, Err(error)) => self.misplace(root, &path, error.to_string()),
                (false, _) => self.misplace_gcode(root, &path),
            }
        }
        Ok(())
    }

    fn revisions(&mut self, root: &Path, folder: &Path, design: &DesignId) -> io::Result<()> {
        for (path, name, meta) in self.entries(folder)? {
            match (meta.is_dir(), RevisionId::new(&name)) {
                (true, Ok(revision)) => self.slices(root, &path, design, &revision)?,
                (true, Err(error)) => self.misplace(root, &path, error.to_string()),
                (false, _) => self.misplace_gcode(root, &path),
            }
        }
        Ok(())
    }

    fn slices(
        &mut self,
        root: &Path,
        folder: &Path,
        design: &DesignId,
        revision: &RevisionId,
    ) -> io::Result<()> {
        for (path, _name, meta) in self.entries(folder)? {
            if !meta.is_file() || !matches!(extension(&path).as_str(), "gcode" | "toml") {
                self.misplace_gcode(root, &path);
                continue;
            }
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let profile = match ProfileId::new(&stem.unwrap_or_default()) {
                Ok(profile) => profile,
                Err(error) => {
                    self.misplace(root, &path, error.to_string());
                    continue;
                }
            };
            let [gcode, label] = ["gcode", "toml"].map(|kind| path.with_extension(kind));
            let stamp = Stamp { gcode: mark(&gcode), label: mark(&label) };
            let address = Address { design: design.clone(), revision: revision.clone(), profile };
            let name = shown(root, &gcode);
            self.pairs.insert(name, Pair { address, gcode, label, stamp });
        }
        Ok(())
    }

    /// Returns the entries of `folder` in order, without hidden and half-copied ones.
    fn entries(&mut self, folder: &Path) -> io::Result<Vec<(PathBuf, String, Metadata)>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') || name.ends_with(['~', '#']) {
                continue;
            }
            self.entries += 1;
            if ENTRIES_MAX < self.entries {
                return Err(io::Error::other(format!("it has more than {ENTRIES_MAX} entries")));
            }
            // Follows links: a design may lie elsewhere. What is gone meanwhile is not there.
            if let Ok(meta) = fs::metadata(&path) {
                entries.push((path, name, meta));
            }
        }
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(entries)
    }

    /// Models, pictures and notes may lie beside what is printed; G-code in another place or under
    /// another name was meant to be taken.
    fn misplace_gcode(&mut self, root: &Path, path: &Path) {
        if GCODE_NAMES.contains(&extension(path).to_ascii_lowercase().as_str()) {
            let place =
                "put it at <design>/<revision>/<profile>.gcode, with <profile>.toml beside it";
            let problem = format!("G-code of this name or in this place is not read: {place}");
            self.misplace(root, path, problem);
        }
    }

    fn misplace(&mut self, root: &Path, path: &Path, problem: String) {
        self.misplaced.insert(shown(root, path), problem);
    }
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().into_owned()
}

fn mark(path: &Path) -> Option<Mark> {
    let meta = fs::metadata(path).ok().filter(Metadata::is_file)?;
    Some(Mark { bytes: meta.len(), modified: meta.modified().ok() })
}
