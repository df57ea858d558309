//! A machine's clock that is wrong, and set while programs run: by libfaketime, which lies to one program
//! about the time of day. The time that passes stays true, as it does where a clock is set.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Where Debian keeps it, whatever the machine is.
const LIBRARIES: &str = "/usr/lib";

/// The time of day for programs that are started by it. Cheap to clone: all clones are one clock.
#[derive(Clone, Debug)]
pub struct WrongClock {
    library: PathBuf,
    offset: PathBuf,
}

impl WrongClock {
    /// Makes a clock that is right for now; what it is off by is kept in `folder`.
    ///
    /// # Errors
    ///
    /// Fails where the Debian package `faketime` is not installed.
    pub fn new(folder: &Path) -> Result<Self> {
        let clock = Self { library: library()?, offset: folder.join("offset") };
        clock.set("+0s")?;
        Ok(clock)
    }

    /// Sets it: `+10y`, `-3d`, `+0s`.
    pub fn set(&self, offset: &str) -> Result<()> {
        // Renamed into place: nobody reads half of it.
        let new = self.offset.with_extension("new");
        fs::write(&new, offset)
            .and_then(|()| fs::rename(&new, &self.offset))
            .with_context(|| format!("cannot write {}", self.offset.display()))
    }

    /// Returns what has to stand in a program's environment.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        vec![
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.offset)),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }
}

fn library() -> Result<PathBuf> {
    let places = fs::read_dir(LIBRARIES).with_context(|| format!("cannot list {LIBRARIES}"))?;
    let of_each = places.flatten().map(|place| place.path().join("faketime/libfaketime.so.1"));
    of_each
        .into_iter()
        .find(|library| library.exists())
        .context("there is no libfaketime: install the Debian package faketime")
}
