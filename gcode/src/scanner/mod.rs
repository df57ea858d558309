//! Reads a file in chunks of any size, line by line, in one pass and constant memory.
//!
//! No input makes it panic, loop or grow: lines are cut at [`LINE_MAX`](lines::LINE_MAX), commands counted up to a limit,
//! places kept as first or extreme ones only.

mod lines;
mod reader;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::dialect::Dialect;
use crate::picture::Path;
use crate::profile::{Arms, Macro, MacroEffect, Motion, Nozzles, Profile, Volume};
use crate::report::{Report, Sha256Digest};
use crate::thumbnail::Thumbnail;

pub use lines::Lines;
pub(crate) use reader::{EndsIn, Reader};

/// How to read a file: what the printer's profile says about its firmware.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub dialect: Dialect,
    /// Where the nozzle is after G28; none where that is not known.
    pub home_mm: Option<[f64; 3]>,
    /// By what the motion is timed. Without it no time is reckoned, and no speed or flow that depends on it.
    pub motion: Option<Motion>,
    pub frame: Frame,
    /// What macros of the printer do, by their names in capitals.
    pub macros: BTreeMap<String, BTreeSet<MacroEffect>>,
    /// Whether its extruders share a nozzle.
    pub nozzles: Nozzles,
}

/// What carries the nozzle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Frame {
    /// Rails, one for each axis.
    #[default]
    Rails,
    /// The arms of a delta, from three towers: it homes at the top, with all axes at once.
    Towers(Option<Arms>),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            home_mm: Some([0.0; 3]),
            motion: Some(Motion::default()),
            frame: Frame::Rails,
            macros: BTreeMap::new(),
            nozzles: Nozzles::Shared,
        }
    }
}

impl From<&Profile> for Options {
    fn from(profile: &Profile) -> Self {
        let does = |known: &Macro| (known.name.to_uppercase(), known.does.clone());
        Self {
            dialect: profile.dialect,
            home_mm: profile.home_mm,
            motion: Some(profile.motion()),
            frame: match profile.volume {
                Volume::Box { .. } => Frame::Rails,
                Volume::Cylinder { arms, .. } => Frame::Towers(arms),
            },
            macros: profile.macros.iter().map(does).collect(),
            nozzles: profile.nozzles,
        }
    }
}

/// Reads one G-code file. Feed it the bytes in order, then ask for the [`Report`].
///
/// ```
/// use visorfarm_gcode::{Options, Scanner};
///
/// let mut scanner = Scanner::new(&Options::default());
/// scanner.feed(b"G28\nG1 X10 ");
/// scanner.feed(b"Y10 F3000\n");
/// let report = scanner.finish();
/// assert_eq!(report.lines, 2);
/// ```
#[derive(Clone)]
pub struct Scanner {
    hash: Sha256,
    lines: Lines,
}

/// Pieces of this size are still in the nearest cache when they are read for the second time (measured: three per cent).
const NEAR_BYTES: usize = 16 * 1024;

/// What is to be seen of a file.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// Where the filament goes; empty unless the scanner was [`Scanner::watching`].
    pub path: Path,
    /// The largest picture that the slicer put in, with its bytes.
    pub thumbnail: Option<(Thumbnail, Vec<u8>)>,
}

impl Scanner {
    /// Returns a reader at the start of a file.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        Self { hash: Sha256::new(), lines: Lines::new(options) }
    }

    /// Returns a reader that also keeps what is to be seen of the file, as [`Lines::watching`].
    #[must_use]
    pub fn watching(options: &Options) -> Self {
        Self { hash: Sha256::new(), lines: Lines::watching(options) }
    }

    /// Reads the next bytes of the file, wherever they are cut.
    pub fn feed(&mut self, chunk: &[u8]) {
        for piece in chunk.chunks(NEAR_BYTES) {
            self.hash.update(piece);
            self.lines.feed(piece);
        }
    }

    /// Returns what the file does. The last line needs no end.
    #[must_use]
    pub fn finish(self) -> Report {
        self.finish_watching().0
    }

    /// Returns what the file does, and what is to be seen of it.
    #[must_use]
    pub fn finish_watching(self) -> (Report, Sight) {
        self.lines.finish_watching(Sha256Digest(self.hash.finalize().into()))
    }
}
