//! Letters of the farm's people to the maker: kept until the maker has read them. That they were read
//! is told whenever one is told again: the coordinator stops when it has heard.

use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::LetterId;
use visorfarm_protocol::message::Up;

use crate::state_dir::{StateDir, StateError};

/// The most letters that are kept unread: a coordinator has fewer at a time. Beyond it the oldest goes.
const UNREAD_MAX: usize = 16;

/// How many read ones are remembered, so that they are not shown again.
const READ_MAX: usize = 64;

/// A text to the maker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Which one.
    pub letter: LetterId,
    /// What it says.
    pub text: String,
    /// When it was written, in Unix seconds by the coordinator's clock.
    pub at: u64,
}

/// What is kept of letters, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letters {
    unread: Vec<Letter>,
    read: Vec<LetterId>,
}

impl Letters {
    fn knows(&self, letter: LetterId) -> bool {
        self.has_read(letter) || self.unread.iter().any(|known| known.letter == letter)
    }

    fn has_read(&self, letter: LetterId) -> bool {
        self.read.contains(&letter)
    }

    fn with(&self, letter: Letter) -> Self {
        let mut with = self.clone();
        with.unread.push(letter);
        let surplus = with.unread.len().saturating_sub(UNREAD_MAX);
        with.unread.drain(..surplus);
        with
    }

    /// Returns them with `which` read, or all.
    fn with_read(&self, which: Option<LetterId>) -> Self {
        let meant = |letter: &Letter| which.is_none_or(|which| which == letter.letter);
        let (read, unread): (Vec<_>, Vec<_>) = self.unread.iter().cloned().partition(meant);
        let mut ids = self.read.clone();
        ids.extend(read.iter().map(|letter| letter.letter));
        let surplus = ids.len().saturating_sub(READ_MAX);
        ids.drain(..surplus);
        Self { unread, read: ids }
    }
}

/// The letters of this agent, on its disk.
#[derive(Debug)]
pub(crate) struct Mailbox {
    state: StateDir,
    letters: Letters,
}

impl Mailbox {
    /// Returns what was kept.
    pub(crate) fn open(state: StateDir) -> Result<Self, StateError> {
        let letters = state.letters()?;
        Ok(Self { state, letters })
    }

    /// Returns the letters that the maker has not read.
    pub(crate) fn unread(&self) -> Vec<Letter> {
        self.letters.unread.clone()
    }

    /// Keeps a letter that was told. Returns what to say if it was read long ago.
    pub(crate) fn take(&mut self, letter: Letter) -> Result<Option<Up>, StateError> {
        let id = letter.letter;
        if self.letters.has_read(id) {
            return Ok(Some(Up::Read { letters: vec![id] }));
        }
        if !self.letters.knows(id) {
            self.keep(self.letters.with(letter))?;
        }
        Ok(None)
    }

    /// Takes note that the maker has read `which`, or all. Returns what to say of it.
    pub(crate) fn read(&mut self, which: Option<LetterId>) -> Result<Option<Up>, StateError> {
        let after = self.letters.with_read(which);
        let letters = self.letters.unread.iter().map(|letter| letter.letter);
        let letters: Vec<_> = letters.filter(|letter| after.has_read(*letter)).collect();
        if letters.is_empty() {
            return Ok(None);
        }
        self.keep(after)?;
        Ok(Some(Up::Read { letters }))
    }

    /// On the disk first: what is told or shown is kept.
    fn keep(&mut self, letters: Letters) -> Result<(), StateError> {
        self.state.set_letters(&letters)?;
        self.letters = letters;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox(folder: &tempfile::TempDir) -> Mailbox {
        Mailbox::open(StateDir::open(folder.path()).unwrap()).unwrap()
    }

    fn letter(number: u64) -> Letter {
        Letter { letter: LetterId(number), text: format!("letter {number}"), at: number }
    }

    fn read(numbers: impl IntoIterator<Item = u64>) -> Up {
        Up::Read { letters: numbers.into_iter().map(LetterId).collect() }
    }

    fn unread(mailbox: &Mailbox) -> Vec<u64> {
        mailbox.unread().iter().map(|letter| letter.letter.0).collect()
    }

    #[test]
    fn a_letter_is_kept_until_it_is_read_and_not_shown_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = mailbox(&folder);
        for number in [1, 2, 1, 2] {
            assert_eq!(first.take(letter(number)).unwrap(), None);
        }
        let mut second = mailbox(&folder);
        assert_eq!(second.unread(), [letter(1), letter(2)]);
        assert_eq!(second.read(Some(LetterId(1))).unwrap(), Some(read([1])));
        assert_eq!(second.read(Some(LetterId(1))).unwrap(), None);

        let mut third = mailbox(&folder);
        assert_eq!(unread(&third), [2]);
        assert_eq!(third.take(letter(1)).unwrap(), Some(read([1])), "the coordinator did not hear");
        assert_eq!(third.take(letter(3)).unwrap(), None);
        assert_eq!(third.read(None).unwrap(), Some(read([2, 3])));
        assert!(unread(&mailbox(&folder)).is_empty());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let mut mailbox = mailbox(&folder);
        for round in 0..10 {
            for number in 0..20 {
                mailbox.take(letter(round * 100 + number)).unwrap();
            }
            assert_eq!(mailbox.unread().len(), UNREAD_MAX);
            mailbox.read(None).unwrap();
        }
        assert_eq!(mailbox.letters.read.len(), READ_MAX);
    }

    #[test]
    fn a_letter_that_cannot_be_kept_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let mut mailbox = mailbox(&folder);
        // Where the new file would be written stands something else.
        std::fs::create_dir(folder.path().join("letters.new")).unwrap();
        assert!(mailbox.take(letter(1)).is_err());
        assert!(unread(&mailbox).is_empty());
    }
}
