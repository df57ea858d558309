//! What lies in the drop folder, and since when it has not changed. Blocks for the disk; decides
//! nothing about the content of files.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use visorfarm_gcode::Sentence;
use visorfarm_protocol::id::{DesignId, NotAName, ProfileId, RevisionId};

use super::{Address, shown};

/// The most files and folders looked at: a home folder dropped here by mistake has more.
const ENTRIES_MAX: usize = 20_000;

/// What a file of G-code may be called, as text or packed.
const GCODE: [&str; 4] = [".gcode", ".gcode.gz", ".bgcode", ".gcode.3mf"];

/// What the label beside it is called.
const LABEL: &str = ".toml";

/// Endings of G-code that a person expects to be taken.
const GCODE_NAMES: [&str; 8] = ["gcode", "gco", "g", "bgcode", "nc", "ufp", "gz", "3mf"];

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
    pub(super) misplaced: BTreeMap<String, Sentence>,
    entries: usize,
}

/// Looks at everything in the drop folder.
pub(super) fn look(folder: &Path) -> Look {
    let mut look = Look::default();
    if let Err(error) = look.designs(folder) {
        let problem = Sentence {
            english: format!("the drop folder cannot be read: {error}"),
            french: format!("le dossier de dépôt ne peut être lu : {error}"),
        };
        look.misplaced.insert(".".to_owned(), problem);
    }
    look
}

impl Look {
    fn designs(&mut self, root: &Path) -> io::Result<()> {
        for (path, name, meta) in self.entries(root)? {
            let design = DesignId::new(&name);
            match (meta.is_dir(), design) {
                (true, Ok(design)) => self.revisions(root, &path, &design)?,
                (true, Err(error)) => self.misplace(root, &path, no_name(&error)),
                (false, _) => self.misplace_gcode(root, &path),
            }
        }
        Ok(())
    }

    fn revisions(&mut self, root: &Path, folder: &Path, design: &DesignId) -> io::Result<()> {
        for (path, name, meta) in self.entries(folder)? {
            match (meta.is_dir(), RevisionId::new(&name)) {
                (true, Ok(revision)) => self.slices(root, &path, design, &revision)?,
                (true, Err(error)) => self.misplace(root, &path, no_name(&error)),
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
        for (path, name, meta) in self.entries(folder)? {
            let ending = GCODE.into_iter().chain([LABEL]).find(|ending| name.ends_with(ending));
            let Some(ending) = ending.filter(|_| meta.is_file()) else {
                self.misplace_gcode(root, &path);
                continue;
            };
            let stem = &name[..name.len() - ending.len()];
            let profile = match ProfileId::new(stem) {
                Ok(profile) => profile,
                Err(error) => {
                    self.misplace(root, &path, no_name(&error));
                    continue;
                }
            };
            let named = |ending: &str| folder.join(format!("{stem}{ending}"));
            let there = GCODE.map(named).into_iter().find(|gcode| mark(gcode).is_some());
            let gcode = there.unwrap_or_else(|| named(GCODE[0]));
            if ending != LABEL && gcode != path {
                self.misplace(root, &path, one_of(&shown(root, &gcode)));
                continue;
            }
            let label = named(LABEL);
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
            let english = "G-code of this name or in this place is not read: put it at <design>/<revision>/<profile>.gcode, with <profile>.toml beside it";
            let french = "le G-code de ce nom ou à cette place n'est pas lu : mettez-le à <modèle>/<révision>/<profil>.gcode, avec <profil>.toml à côté";
            let problem = Sentence { english: english.to_owned(), french: french.to_owned() };
            self.misplace(root, path, problem);
        }
    }

    fn misplace(&mut self, root: &Path, path: &Path, problem: Sentence) {
        self.misplaced.insert(shown(root, path), problem);
    }
}

fn no_name(error: &NotAName) -> Sentence {
    let rule =
        "utilisez a-z, 0-9, « - », « _ » et « . », en commençant par une lettre ou un chiffre";
    Sentence { english: error.to_string(), french: format!("ce nom ne convient pas : {rule}") }
}

fn one_of(taken: &str) -> Sentence {
    Sentence {
        english: format!("it is not read, because {taken} is there as well: keep one of them"),
        french: format!("il n'est pas lu, car {taken} est là aussi : gardez l'un des deux"),
    }
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().into_owned()
}

fn mark(path: &Path) -> Option<Mark> {
    let meta = fs::metadata(path).ok().filter(Metadata::is_file)?;
    Some(Mark { bytes: meta.len(), modified: meta.modified().ok() })
}
