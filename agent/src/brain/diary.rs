//! One printer's journal, kept short: it is read as a whole at a start, and lies on a small card.

use tracing::warn;
use visorfarm_protocol::id::PrinterId;

use crate::journal::{Disk, Journal, JournalError, Replay};
use crate::supervise::{Change, Memory};

/// A journal is made short when it has grown beyond this, and beyond twice what was left of it last
/// time: a memory that is itself long is not written again for every few lines.
const BYTES_MIN: u64 = 256 * 1024;

/// The journal of a printer.
#[derive(Debug)]
pub(super) struct Diary<D: Disk> {
    printer: PrinterId,
    journal: Journal<Change, D>,
    /// Beyond this it is made short.
    bytes_max: u64,
}

impl<D: Disk> Diary<D> {
    /// Returns the diary in `journal`, and the memory that it holds.
    pub(super) fn read(
        printer: PrinterId,
        journal: Journal<Change, D>,
        replay: &Replay<Change>,
    ) -> (Self, Memory) {
        if 0 < replay.torn_bytes {
            warn!(%printer, "The last line of the journal was torn by a power cut; what it said is asked of OctoPrint");
        }
        let mut memory = Memory::default();
        for change in &replay.records {
            memory.apply(change);
        }
        let mut diary = Self { printer, journal, bytes_max: BYTES_MIN };
        diary.shorten(&memory);
        (diary, memory)
    }

    /// Remembers `changes`, all of them or none.
    pub(super) fn append(&mut self, changes: &[Change]) -> Result<(), JournalError> {
        self.journal.append(changes)
    }

    /// Makes the journal short if it has grown; `memory` is what all of its lines say. If that fails
    /// for want of room the journal goes on as it was; if nobody knows what the disk holds, it
    /// refuses the next line.
    pub(super) fn shorten(&mut self, memory: &Memory) {
        if self.journal.bytes() <= self.bytes_max {
            return;
        }
        let snapshot = Change::Remembered { memory: Box::new(memory.clone()) };
        if let Err(error) = self.journal.compact(&[snapshot]) {
            warn!(printer = %self.printer, "The journal could not be made short: {error}");
        }
        self.bytes_max = BYTES_MIN.max(2 * self.journal.bytes());
    }
}

#[cfg(test)]
mod tests {
    use visorfarm_protocol::id::{Epoch, LeaseId};
    use visorfarm_protocol::message::{Fact, Return};

    use super::*;
    use crate::journal::Files;

    fn open(path: &std::path::Path) -> (Diary<Files>, Memory) {
        let (journal, replay) = Journal::open(path).unwrap();
        Diary::read("p".parse().unwrap(), journal, &replay)
    }

    /// A fact that is told and receipted: most of a busy printer's journal.
    fn told(seq: u64) -> [Change; 2] {
        let lease = LeaseId { epoch: Epoch(1), number: seq };
        let fact = Fact::Returned { lease, why: Return::Printer, note: "x".repeat(200) };
        [
            Change::Fact { seq, fact },
            Change::Receipted { seqs: vec![seq], epoch: Epoch(1), mark: None },
        ]
    }

    #[test]
    fn a_journal_stays_short_while_the_agent_runs_and_says_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.journal");
        let (mut diary, mut memory) = open(&path);
        let mut written = 0;
        let mut longest = 0;
        let mut seqs = 1..;
        for _ in 0..400 {
            let mut changes = vec![Change::Welcomed { epoch: Epoch(1) }];
            changes.extend(seqs.by_ref().take(20).flat_map(told));
            let before = diary.journal.bytes();
            diary.append(&changes).unwrap();
            written += diary.journal.bytes() - before;
            for change in &changes {
                memory.apply(change);
            }
            diary.shorten(&memory);
            longest = longest.max(std::fs::metadata(&path).unwrap().len());
        }
        // Of 2,000 facts the memory itself is more than half a megabyte.
        assert!(longest < 2 << 20 && longest < written / 2, "{longest} of {written}");
        drop(diary);
        let (_, again) = open(&path);
        assert_eq!(again, memory);
    }

    #[test]
    fn a_journal_that_cannot_be_made_short_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.journal");
        let (mut diary, mut memory) = open(&path);
        // Where the short one would be written stands something else.
        std::fs::create_dir(folder.path().join("p.journal.new")).unwrap();
        let mut append = |diary: &mut Diary<Files>, change: Change| {
            diary.append(std::slice::from_ref(&change)).unwrap();
            memory.apply(&change);
            diary.shorten(&memory);
        };
        while diary.journal.bytes() <= BYTES_MIN {
            let path = "x".repeat(4_000);
            append(&mut diary, Change::FileLeft { path });
        }
        append(&mut diary, Change::Paused);
        drop(diary);
        let (_, again) = open(&path);
        assert_eq!(again, memory);
    }
}
