//! A supervisor and the journal it remembers by: decides, writes down, and only then lets act.

mod diary;

use visorfarm_protocol::failpoint::{self, Moment};
use visorfarm_protocol::id::PrinterId;

use self::diary::Diary;
use crate::journal::{Disk, Files, Journal, JournalError, Replay};
use crate::supervise::{Action, Answer, Change, Decision, Event, Now, Setup, Supervisor, Watched};

/// One printer's supervisor with its journal.
#[derive(Debug)]
pub struct Brain<D: Disk = Files> {
    supervisor: Supervisor,
    diary: Diary<D>,
}

/// What a brain is woken with.
#[derive(Clone, Debug)]
pub struct Waking {
    /// Which printer it drives.
    pub printer: PrinterId,
    /// What the maker agreed to.
    pub setup: Setup,
    /// The number of its first ask: drawn at random, so that none is ever asked twice.
    pub asks_from: u64,
}

/// What a step came to. Its changes are on the disk.
#[derive(Debug)]
pub struct Step {
    /// What is remembered now, for the log.
    pub changes: Vec<Change>,
    /// What has to be done now.
    pub actions: Vec<Action>,
    /// What to answer the maker.
    pub answer: Option<Answer>,
}

impl<D: Disk> Brain<D> {
    /// Returns a brain that remembers what its journal does.
    #[must_use]
    pub fn wake(waking: Waking, journal: Journal<Change, D>, replay: &Replay<Change>) -> Self {
        let Waking { printer, setup, asks_from } = waking;
        let (diary, memory) = Diary::read(printer.clone(), journal, replay);
        Self { supervisor: Supervisor::new(printer, setup, memory, asks_from), diary }
    }

    /// Takes an event. After an error nothing that was decided may be done: only a brain that is
    /// woken anew knows what the disk holds.
    pub fn step(&mut self, now: Now, event: &Event) -> Result<Step, JournalError> {
        let Decision { changes, notes, actions, answer } = self.supervisor.decide(now, event);
        failpoint::reach(Moment::Before, &changes);
        self.diary.append(&changes)?;
        failpoint::reach(Moment::After, &changes);
        for change in &changes {
            self.supervisor.apply(change);
        }
        for note in &notes {
            self.supervisor.note(now, note);
        }
        self.diary.shorten(self.supervisor.memory());
        Ok(Step { changes, actions, answer })
    }

    /// Goes on from the brain that `watched` the same OctoPrint in this process.
    pub(crate) fn goes_on(&mut self, watched: Watched) {
        self.supervisor.goes_on(watched);
    }

    /// Returns the supervisor, for looking at.
    #[must_use]
    pub fn supervisor(&self) -> &Supervisor {
        &self.supervisor
    }
}
