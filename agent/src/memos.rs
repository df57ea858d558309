//! Memos of the farm's people to the maker: kept until the maker has read them. That they were read
//! is told whenever one is told again: the coordinator stops when it has heard.

use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::MemoId;
use visorfarm_protocol::message::Up;

use crate::state_dir::{StateDir, StateError};

/// The most memos that are kept unread: a coordinator has fewer at a time. Beyond it the oldest goes.
const UNREAD_MAX: usize = 16;

/// How many read ones are remembered, so that they are not shown again.
const READ_MAX: usize = 64;

/// A text to the maker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memo {
    /// Which one.
    pub memo: MemoId,
    /// What it says.
    pub text: String,
    /// When it was written, in Unix seconds by the coordinator's clock.
    pub at: u64,
}

/// What is kept of memos, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memos {
    unread: Vec<Memo>,
    read: Vec<MemoId>,
}

impl Memos {
    fn knows(&self, memo: MemoId) -> bool {
        self.has_read(memo) || self.unread.iter().any(|known| known.memo == memo)
    }

    fn has_read(&self, memo: MemoId) -> bool {
        self.read.contains(&memo)
    }

    fn with(&self, memo: Memo) -> Self {
        let mut with = self.clone();
        with.unread.push(memo);
        let surplus = with.unread.len().saturating_sub(UNREAD_MAX);
        with.unread.drain(..surplus);
        with
    }

    /// Returns them with `which` read, or all.
    fn with_read(&self, which: Option<MemoId>) -> Self {
        let meant = |memo: &Memo| which.is_none_or(|which| which == memo.memo);
        let (read, unread): (Vec<_>, Vec<_>) = self.unread.iter().cloned().partition(meant);
        let mut ids = self.read.clone();
        ids.extend(read.iter().map(|memo| memo.memo));
        let surplus = ids.len().saturating_sub(READ_MAX);
        ids.drain(..surplus);
        Self { unread, read: ids }
    }
}

/// The memos of this agent, on its disk.
#[derive(Debug)]
pub(crate) struct Mailbox {
    state: StateDir,
    memos: Memos,
}

impl Mailbox {
    /// Returns what was kept.
    pub(crate) fn open(state: StateDir) -> Result<Self, StateError> {
        let memos = state.memos()?;
        Ok(Self { state, memos })
    }

    /// Returns the memos that the maker has not read.
    pub(crate) fn unread(&self) -> Vec<Memo> {
        self.memos.unread.clone()
    }

    /// Keeps a memo that was told. Returns what to say if it was read long ago.
    pub(crate) fn take(&mut self, memo: Memo) -> Result<Option<Up>, StateError> {
        let id = memo.memo;
        if self.memos.has_read(id) {
            return Ok(Some(Up::Read { memos: vec![id] }));
        }
        if !self.memos.knows(id) {
            self.keep(self.memos.with(memo))?;
        }
        Ok(None)
    }

    /// Takes note that the maker has read `which`, or all. Returns what to say of it.
    pub(crate) fn read(&mut self, which: Option<MemoId>) -> Result<Option<Up>, StateError> {
        let after = self.memos.with_read(which);
        let memos = self.memos.unread.iter().map(|memo| memo.memo);
        let memos: Vec<_> = memos.filter(|memo| after.has_read(*memo)).collect();
        if memos.is_empty() {
            return Ok(None);
        }
        self.keep(after)?;
        Ok(Some(Up::Read { memos }))
    }

    /// On the disk first: what is told or shown is kept.
    fn keep(&mut self, memos: Memos) -> Result<(), StateError> {
        self.state.set_memos(&memos)?;
        self.memos = memos;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox(folder: &tempfile::TempDir) -> Mailbox {
        Mailbox::open(StateDir::open(folder.path()).unwrap()).unwrap()
    }

    fn memo(number: u64) -> Memo {
        Memo { memo: MemoId(number), text: format!("memo {number}"), at: number }
    }

    fn read(numbers: impl IntoIterator<Item = u64>) -> Up {
        Up::Read { memos: numbers.into_iter().map(MemoId).collect() }
    }

    fn unread(mailbox: &Mailbox) -> Vec<u64> {
        mailbox.unread().iter().map(|memo| memo.memo.0).collect()
    }

    #[test]
    fn a_memo_is_kept_until_it_is_read_and_not_shown_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = mailbox(&folder);
        for number in [1, 2, 1, 2] {
            assert_eq!(first.take(memo(number)).unwrap(), None);
        }
        let mut second = mailbox(&folder);
        assert_eq!(second.unread(), [memo(1), memo(2)]);
        assert_eq!(second.read(Some(MemoId(1))).unwrap(), Some(read([1])));
        assert_eq!(second.read(Some(MemoId(1))).unwrap(), None);

        let mut third = mailbox(&folder);
        assert_eq!(unread(&third), [2]);
        assert_eq!(third.take(memo(1)).unwrap(), Some(read([1])), "the coordinator did not hear");
        assert_eq!(third.take(memo(3)).unwrap(), None);
        assert_eq!(third.read(None).unwrap(), Some(read([2, 3])));
        assert!(unread(&mailbox(&folder)).is_empty());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let mut mailbox = mailbox(&folder);
        for round in 0..10 {
            for number in 0..20 {
                mailbox.take(memo(round * 100 + number)).unwrap();
            }
            assert_eq!(mailbox.unread().len(), UNREAD_MAX);
            mailbox.read(None).unwrap();
        }
        assert_eq!(mailbox.memos.read.len(), READ_MAX);
    }

    #[test]
    fn a_memo_that_cannot_be_kept_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let mut mailbox = mailbox(&folder);
        // Where the new file would be written stands something else.
        std::fs::create_dir(folder.path().join("memos.new")).unwrap();
        assert!(mailbox.take(memo(1)).is_err());
        assert!(unread(&mailbox).is_empty());
    }
}
