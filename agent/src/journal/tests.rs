use std::fs::{self, File};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

type Note = (u32, String);

fn notes(count: u32) -> Vec<Note> {
    (1..=count).map(|n| (n, format!("note {n} é\n"))).collect()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("ender.journal")
    }

    /// Makes a journal of one frame for each of `frames`, and returns its bytes.
    fn with(&self, frames: &[Vec<Note>]) -> Vec<u8> {
        let (mut journal, _) = Journal::open(&self.path()).unwrap();
        for frame in frames {
            journal.append(frame).unwrap();
        }
        fs::read(self.path()).unwrap()
    }

    fn open(&self) -> Result<(Journal<Note>, Replay<Note>), JournalError> {
        Journal::open(&self.path())
    }

    fn open_with(&self, bytes: &[u8]) -> Result<(Journal<Note>, Replay<Note>), JournalError> {
        fs::write(self.path(), bytes).unwrap();
        self.open()
    }
}

#[test]
fn what_was_appended_is_replayed() {
    let folder = Folder::new();
    let bytes = folder.with(&[notes(2), notes(0), notes(3)]);
    let (journal, replay) = folder.open().unwrap();
    assert_eq!(replay, Replay { records: [notes(2), notes(3)].concat(), torn_bytes: 0 });
    assert_eq!(journal.bytes(), bytes.len() as u64);
}

#[test]
fn a_torn_write_is_cut_off_once_and_appending_goes_on() {
    let folder = Folder::new();
    let whole = folder.with(&[notes(1)]);
    let (mut journal, replay) =
        folder.open_with(&[&whole, b"\x20\0\0\0torn".as_slice()].concat()).unwrap();
    assert_eq!(replay, Replay { records: notes(1), torn_bytes: 8 });
    assert_eq!(fs::read(folder.path()).unwrap(), whole);
    journal.append(&notes(2)).unwrap();
    drop(journal);
    assert_eq!(
        folder.open().unwrap().1,
        Replay { records: [notes(1), notes(2)].concat(), torn_bytes: 0 }
    );
}

#[test]
fn damage_in_the_middle_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    let mut bytes = folder.with(&[notes(1), notes(2), notes(3)]);
    let second = HEADER.len() + frame_bytes(&notes(1));
    bytes[second + 10] ^= 1;
    let error = folder.open_with(&bytes).unwrap_err();
    let third = second + frame_bytes(&notes(2));
    assert!(
        matches!(error, JournalError::Damaged { from, to, .. } if (from, to) == (second, third)),
        "{error}"
    );
    assert_eq!(fs::read(folder.path()).unwrap(), bytes);
}

fn frame_bytes(records: &[Note]) -> usize {
    encode(Path::new(""), records).unwrap().len()
}

#[test]
fn two_processes_never_share_one() {
    let folder = Folder::new();
    let (mut journal, _) = folder.open().unwrap();
    assert!(matches!(folder.open(), Err(JournalError::InUse { .. })));
    // Compaction replaces the file; the lock must outlive that.
    journal.compact(&notes(1)).unwrap();
    assert!(matches!(folder.open(), Err(JournalError::InUse { .. })));
    drop(journal);
    assert_eq!(folder.open().unwrap().1.records, notes(1));
}

#[test]
fn after_a_failed_write_it_refuses_more() {
    let folder = Folder::new();
    let (mut journal, _) = folder.open().unwrap();
    journal.state = State::Open(File::open(folder.path()).unwrap());
    assert!(matches!(journal.append(&notes(1)), Err(JournalError::File { .. })));
    assert!(matches!(journal.append(&notes(1)), Err(JournalError::Poisoned { .. })));
    assert!(matches!(journal.compact(&notes(1)), Err(JournalError::Poisoned { .. })));
    drop(journal);
    assert_eq!(folder.open().unwrap().1.records, []);
}

#[test]
fn a_batch_over_the_limit_is_refused_before_it_is_written() {
    let folder = Folder::new();
    let (mut journal, _) = folder.open().unwrap();
    let huge = vec![(1, "x".repeat(frame::PAYLOAD_BYTES_MAX))];
    assert!(matches!(journal.append(&huge), Err(JournalError::TooLarge { .. })));
    assert!(matches!(journal.compact(&huge), Err(JournalError::TooLarge { .. })));
    journal.append(&notes(1)).unwrap();
}

#[test]
fn other_files_are_not_journals() {
    let folder = Folder::new();
    assert!(matches!(folder.open_with(b"#!/bin/sh\n"), Err(JournalError::Foreign { .. })));
    let newer = folder.open_with(b"visorfarm journal 2\n");
    assert!(matches!(newer, Err(JournalError::Version { offset: 0, .. })));
}

#[test]
fn a_record_of_another_shape_is_refused_not_skipped() {
    let folder = Folder::new();
    {
        let (mut journal, _) = Journal::<String>::open(&folder.path()).unwrap();
        journal.append(&["a newer record".to_owned()]).unwrap();
    }
    assert!(matches!(folder.open(), Err(JournalError::Version { source: Some(_), .. })));
}

#[test]
fn a_compaction_that_was_interrupted_leaves_the_old_records() {
    let folder = Folder::new();
    folder.with(&[notes(3)]);
    fs::write(beside(&folder.path(), ".new"), b"half a snap").unwrap();
    let (mut journal, replay) = folder.open().unwrap();
    assert_eq!(replay.records, notes(3));
    journal.compact(&notes(1)).unwrap();
    journal.append(&notes(2)).unwrap();
    drop(journal);
    assert_eq!(folder.open().unwrap().1.records, [notes(1), notes(2)].concat());
}

#[test]
fn a_snapshot_that_finds_no_room_leaves_the_journal_usable() {
    let folder = Folder::new();
    let (mut journal, _) = folder.open().unwrap();
    let in_the_way = beside(&folder.path(), ".new");
    fs::create_dir(&in_the_way).unwrap();
    assert!(matches!(journal.compact(&notes(1)), Err(JournalError::File { .. })));
    journal.append(&notes(2)).unwrap();
    drop(journal);
    assert_eq!(folder.open().unwrap().1.records, notes(2));
}

#[test]
fn every_truncation_replays_whole_frames() {
    let folder = Folder::new();
    let frames = [notes(1), notes(2), notes(1)];
    let bytes = folder.with(&frames);
    for length in 0..=bytes.len() {
        let (_, replay) = folder.open_with(&bytes[..length]).unwrap();
        let prefixes = [&frames[..0], &frames[..1], &frames[..2], &frames[..]].map(<[_]>::concat);
        assert!(prefixes.contains(&replay.records), "cut at {length}: {replay:?}");
        assert_eq!(folder.open().unwrap().1, Replay { torn_bytes: 0, ..replay });
    }
}

proptest! {
    #[test]
    fn flipped_bits_never_invent_a_record(
        frames in vec(vec((any::<u32>(), ".{0,12}"), 1..4), 0..5),
        flips in vec((any::<prop::sample::Index>(), 0..8_u8), 1..4),
    ) {
        let folder = Folder::new();
        let mut bytes = folder.with(&frames);
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        if let Ok((_, replay)) = folder.open_with(&bytes) {
            let records = frames.concat();
            let replayed = replay.records;
            prop_assert!(records.starts_with(&replayed), "{replayed:?} from {records:?}");
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..400), framed: bool) {
        let folder = Folder::new();
        let bytes = if framed { [HEADER, bytes.as_slice()].concat() } else { bytes };
        if let Ok((_, replay)) = folder.open_with(&bytes) {
            prop_assert_eq!(replay.records, []);
        }
    }

    #[test]
    fn compaction_replays_like_appending(
        before in vec((any::<u32>(), ".*"), 0..4),
        records in vec((any::<u32>(), ".*"), 0..9),
    ) {
        let folder = Folder::new();
        folder.with(&[before]);
        folder.open().unwrap().0.compact(&records).unwrap();
        prop_assert_eq!(folder.open().unwrap().1, Replay { records, torn_bytes: 0 });
    }
}
