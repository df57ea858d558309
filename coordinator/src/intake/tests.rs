//! Good and bad files in the drop folder, without waiting: each look is made by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use tokio::sync::mpsc;
use visorfarm_protocol::id::FarmId;

use super::watch::Known;
use super::{Intake, Places};
use crate::brain::Brain;
use crate::clock::Clock;
use crate::dispatch::{Channel, Event};
use crate::store::Store;

const GOOD: &str = "G28\nM104 S200\nG92 E0\nG1 X10 E1 F1200\nM104 S0\nM84\n";
const LABEL: &str = "pieces = 4\nmaterial = \"PETG\"\n";

struct Folder {
    dir: TempDir,
    intake: Intake,
    brain: Brain,
    known: Known,
}

impl Folder {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let clock = Arc::new(Clock::new());
        let farm: FarmId = "lyon".parse().unwrap();
        let (store, dispatcher) = Store::open(dir.path(), &farm, clock.now()).unwrap();
        let (outgoing, _) = mpsc::channel(16);
        let brain = Brain::start(dispatcher, store, Arc::clone(&clock), outgoing);
        let (designs, gcode) = (dir.path().join("designs"), dir.path().join("gcode"));
        let places = Places { designs, gcode, bytes_max: 100_000 };
        let intake = Intake::open(brain.clone(), clock, places).unwrap();
        Self { dir, intake, brain, known: Known::default() }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join("designs").join(path)
    }

    fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    async fn look(&mut self) {
        self.known.look_again(&self.intake).await;
    }

    /// Looks until what lies there has settled.
    async fn settle(&mut self) {
        self.look().await;
        self.look().await;
    }

    fn problem(&self, path: &str) -> Option<String> {
        let problems = self.intake.problems();
        problems.into_iter().find(|problem| problem.path == path).map(|problem| problem.problem)
    }

    /// Returns what is published, as `design/revision/profile`.
    fn published(&self) -> Vec<String> {
        let board = self.brain.board();
        let names = board.revisions.iter().flat_map(|row| {
            let of = |slice: &crate::dispatch::board::SliceRow| {
                format!("{}/{}/{}", row.design, row.revision, slice.profile)
            };
            row.slices.iter().map(of).collect::<Vec<_>>()
        });
        names.collect()
    }

    fn kept(&self) -> usize {
        fs::read_dir(self.dir.path().join("gcode")).unwrap().count()
    }
}

#[tokio::test]
async fn a_good_file_is_published_once_it_is_still() {
    let mut folder = Folder::new();
    folder.put("visor/r1/workshop.gcode", GOOD);
    folder.put("visor/r1/workshop.toml", LABEL);
    folder.look().await;
    assert_eq!(folder.published(), Vec::<String>::new(), "it may still grow");
    folder.look().await;
    assert_eq!(folder.published(), ["visor/r1/workshop"]);
    let board = folder.brain.board();
    let slice = &board.revisions[0].slices[0].slice;
    assert_eq!((slice.pieces, slice.material.as_deref()), (4, Some("PETG")));
    let kept = folder.dir.path().join("gcode").join(slice.digest.to_string());
    assert_eq!(fs::read(kept).unwrap(), GOOD.as_bytes());
    assert_eq!(folder.intake.problems(), []);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_vanishes_when_mended() {
    let bad: [(&str, &[u8], &str); 10] = [
        ("empty", b"", "the file is empty"),
        ("blank", b"\n; nothing\n\n", "the file is empty"),
        ("hot", b"G28\nM104 S200\nG92 E0\nG1 X10 E1 F1200\n", "cut short"),
        ("mid", b"G28\nM104 S200\nG1 X10 F1200\nM104 S0\nG1 X1", "line 5 has no end"),
        ("page", b"<!DOCTYPE html><html><body>404</body></html>\n", "a web page"),
        ("model", b"solid visor\nfacet normal 0 0 1\nouter loop\n", "a model (STL)"),
        ("archive", b"PK\x03\x04\x14\x00\x00\x00\x08\x00", "a ZIP file"),
        ("noise", &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F'], "a picture"),
        ("prose", b"Dear makers,\nplease print this.\n", "not G-code"),
        ("nulls", &[0; 4096], "not G-code"),
    ];
    let mut folder = Folder::new();
    for (name, bytes, _) in bad {
        folder.put(&format!("visor/r1/{name}.gcode"), bytes);
        folder.put(&format!("visor/r1/{name}.toml"), LABEL);
    }
    folder.settle().await;
    for (name, _, said) in bad {
        let problem = folder.problem(&format!("visor/r1/{name}.gcode")).unwrap_or_default();
        assert!(problem.contains(said), "{name}: {problem:?}");
    }
    assert_eq!((folder.published().len(), folder.kept()), (0, 0), "nothing is left behind");
    for (name, _, _) in bad {
        folder.put(&format!("visor/r1/{name}.gcode"), format!("{GOOD}; {name}\n"));
    }
    folder.settle().await;
    folder.look().await;
    assert_eq!(folder.intake.problems(), []);
    assert_eq!((folder.published().len(), folder.kept()), (bad.len(), bad.len()));
}

#[tokio::test]
async fn labels_and_places_are_checked() {
    let mut folder = Folder::new();
    folder.put("visor/r1/alone.gcode", GOOD);
    folder.put("visor/r1/missing.toml", LABEL);
    folder.put("visor/r1/typo.gcode", GOOD);
    folder.put("visor/r1/typo.toml", "pieces = 4\nmateral = \"PETG\"\n");
    folder.put("visor/r1/binary.gcode", GOOD);
    folder.put("visor/r1/binary.toml", [0xff, 0xfe, 0]);
    folder.put("visor/r1/large.gcode", "G1 X1\n".repeat(20_000));
    folder.put("visor/r1/large.toml", LABEL);
    // A file of 2 GiB that takes no room: reading it would take minutes.
    folder.put("visor/r1/huge.gcode", "");
    fs::File::options()
        .write(true)
        .open(folder.path("visor/r1/huge.gcode"))
        .and_then(|file| file.set_len(2 << 30))
        .unwrap();
    folder.put("visor/r1/huge.toml", LABEL);
    folder.put("visor/r1/ender3.bgcode", GOOD);
    folder.put("visor/loose.gcode", GOOD);
    folder.put("Visor!/r1/workshop.gcode", GOOD);
    folder.put("visor/r1/LOUD.GCODE", GOOD);
    folder.put("README.md", "notes may lie here");
    folder.put("visor/design.toml", "so may settings");
    folder.put("visor/r1/visor.stl", "and a model");
    folder.put("visor/r1/.workshop.gcode.swp", "hidden");
    folder.settle().await;
    for (path, said) in [
        ("visor/r1/alone.gcode", "there is no alone.toml beside it"),
        ("visor/r1/missing.gcode", "there is no missing.gcode beside it"),
        ("visor/r1/typo.gcode", "line 2: unknown field `materal`"),
        ("visor/r1/binary.gcode", "no text"),
        ("visor/r1/large.gcode", "which is the limit"),
        ("visor/r1/huge.gcode", "which is the limit"),
        ("visor/r1/ender3.bgcode", "is not read"),
        ("visor/loose.gcode", "is not read"),
        ("visor/r1/LOUD.GCODE", "is not read"),
        ("Visor!", "is no design name"),
    ] {
        let problem = folder.problem(path).unwrap_or_default();
        assert!(problem.contains(said), "{path}: {problem:?}");
    }
    assert_eq!(folder.intake.problems().len(), 10);
    assert_eq!(folder.published(), Vec::<String>::new());
}

#[tokio::test]
async fn a_growing_file_is_waited_for() {
    let mut folder = Folder::new();
    folder.put("visor/r1/workshop.toml", LABEL);
    let mut text = String::new();
    for line in GOOD.lines() {
        text += line;
        text += "\n";
        folder.put("visor/r1/workshop.gcode", &text);
        folder.look().await;
        assert_eq!(folder.published(), Vec::<String>::new());
    }
    let problem = folder.problem("visor/r1/workshop.gcode").unwrap();
    assert!(problem.contains("still growing"), "{problem}");
    folder.look().await;
    assert_eq!((folder.published().len(), folder.problem("visor/r1/workshop.gcode")), (1, None));
}

#[tokio::test]
async fn a_disk_that_cannot_be_written_is_tried_again() {
    let mut folder = Folder::new();
    let gcode = folder.dir.path().join("gcode");
    fs::remove_dir(&gcode).unwrap();
    folder.put("visor/r1/workshop.gcode", GOOD);
    folder.put("visor/r1/workshop.toml", LABEL);
    folder.settle().await;
    let problem = folder.problem("visor/r1/workshop.gcode").unwrap();
    assert!(problem.contains("cannot read or write") && problem.contains("full disk"), "{problem}");
    fs::create_dir(&gcode).unwrap();
    folder.look().await;
    assert_eq!((folder.published().len(), folder.intake.problems().len()), (1, 0));
}

#[tokio::test]
async fn a_revision_never_changes() {
    let mut folder = Folder::new();
    folder.put("visor/r1/workshop.gcode", GOOD);
    folder.put("visor/r1/workshop.toml", LABEL);
    folder.settle().await;
    let digest = folder.brain.board().revisions[0].slices[0].slice.digest;
    folder.put("visor/r1/workshop.gcode", format!("{GOOD}; changed\n"));
    folder.settle().await;
    folder.look().await;
    let problem = folder.problem("visor/r1/workshop.gcode").unwrap();
    assert!(problem.contains("a revision never changes"), "{problem}");
    assert_eq!(folder.brain.board().revisions[0].slices[0].slice.digest, digest);
}

#[tokio::test]
async fn a_withdrawn_revision_is_no_problem_after_a_restart() {
    let mut folder = Folder::new();
    folder.put("visor/r1/workshop.gcode", GOOD);
    folder.put("visor/r1/workshop.toml", LABEL);
    folder.settle().await;
    let (design, revision) = ("visor".parse().unwrap(), "r1".parse().unwrap());
    let why = "breaks".to_owned();
    folder.brain.put(Event::RevisionWithdrawn { design, revision, why }).await.unwrap();
    folder.known = Known::default();
    folder.settle().await;
    assert_eq!(folder.intake.problems(), []);
    assert_eq!(folder.brain.board().revisions[0].channel, Channel::Withdrawn);
    folder.put("visor/r1/other.gcode", GOOD);
    folder.put("visor/r1/other.toml", LABEL);
    folder.settle().await;
    assert!(folder.problem("visor/r1/other.gcode").unwrap().contains("is withdrawn"));
}

#[tokio::test]
async fn a_file_no_printer_of_its_profile_may_run_is_refused() {
    let mut folder = Folder::new();
    folder.put("visor/r1/ender3.gcode", GOOD.replace("S200", "S400"));
    folder.put("visor/r1/ender3.toml", LABEL);
    folder.settle().await;
    let problem = folder.problem("visor/r1/ender3.gcode").unwrap();
    assert!(problem.contains("the profile ender3 would refuse it"), "{problem}");
}

#[test]
fn half_copied_files_of_an_earlier_process_are_swept() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("0123.part"), "half").unwrap();
    fs::write(dir.path().join("whole"), "whole").unwrap();
    super::keep::sweep(dir.path()).unwrap();
    let left = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(left.collect::<Vec<_>>(), [Path::new(&dir.path().join("whole"))]);
}
