//! The coordinator in the simulation: the real decisions and the real order of decide, commit, send;
//! around them a database that can be slow, and a process that can be killed on either side of a
//! commit.

use std::path::Path;

use tempfile::TempDir;
use visorfarm_coordinator::brain::{Mind, Outgoing, Round, Told};
use visorfarm_coordinator::clock::Timestamp;
use visorfarm_coordinator::dispatch::board::Board;
use visorfarm_coordinator::dispatch::{Change, Dispatcher, Event};
use visorfarm_coordinator::store::{self, Store};
use visorfarm_protocol::id::{AgentId, Epoch, FarmId};

use super::chance::Chance;

/// Memory that is a folder, where there is one: a commit there costs no disk.
const RAM: &str = "/dev/shm";

/// What came in and is not yet decided.
#[derive(Debug)]
pub(super) enum Command {
    /// An event.
    Event(Event),
    /// Facts, to be receipted together.
    Facts {
        /// Who told them.
        agent: AgentId,
        /// What.
        told: Told,
    },
}

/// When the coordinator is to be killed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deadline {
    /// Before it commits.
    BeforeCommit,
    /// After it committed, before it sends.
    AfterCommit,
}

/// What becomes of a clock that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    Jumps,
    Stays,
}

/// The coordinator.
#[derive(Debug)]
pub(super) struct Coordinator {
    farm: FarmId,
    /// The process; nothing while it is down.
    pub(super) mind: Option<Mind>,
    memory: Memory,
    /// What came in since the last commit.
    pub(super) inbox: Vec<Command>,
    /// What it is killed at.
    pub(super) deadline: Option<Deadline>,
    /// Its clock beside the true time, in milliseconds.
    clock_ahead: u64,
    latest: u64,
    backup: Option<Backup>,
    /// The mind of before the last restore, which still runs somewhere.
    pub(super) old: Option<Mind>,
}

/// What survives the process.
#[derive(Debug)]
enum Memory {
    /// Every change since a new farm of this epoch, replayed at a start: quick.
    Replayed { epoch: Epoch, changes: Vec<Change> },
    /// The real database.
    Database { folder: TempDir, store: Option<Store>, changes: Vec<Change> },
}

#[derive(Debug)]
struct Backup {
    changes: usize,
    copy: Option<TempDir>,
    snapshot: Option<TempDir>,
}

/// What takes the place of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A copy that the program made, put there by the program.
    Copy,
    /// The files as they once were, as by a snapshot of the whole machine: nothing marks them.
    Snapshot,
}

/// How the memory is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// As a list of changes.
    Replayed,
    /// In the real database.
    Database,
}

impl Coordinator {
    /// Returns the coordinator of a new farm at `now`.
    #[must_use]
    pub(super) fn new(kept: Kept, now: u64) -> Self {
        let farm: FarmId = "lyon".parse().expect("a name");
        let memory = match kept {
            Kept::Replayed => Memory::Replayed { epoch: epoch(now), changes: Vec::new() },
            Kept::Database => {
                Memory::Database { folder: folder(), store: None, changes: Vec::new() }
            }
        };
        let mut coordinator = Self {
            farm,
            mind: None,
            memory,
            inbox: Vec::new(),
            deadline: None,
            clock_ahead: 0,
            latest: 0,
            backup: None,
            old: None,
        };
        coordinator.start(now);
        coordinator
    }

    /// Returns what its clock shows: never less than before.
    pub(super) fn clock(&mut self, now: u64) -> Timestamp {
        self.latest = self.latest.max(now + self.clock_ahead);
        Timestamp(self.latest)
    }

    /// Sets its clock so far ahead of the true time; says whether that is a jump.
    pub(super) fn set_clock(&mut self, ahead: u64) -> Clock {
        let before = std::mem::replace(&mut self.clock_ahead, ahead);
        if before == ahead { Clock::Stays } else { Clock::Jumps }
    }

    /// Starts the process.
    pub(super) fn start(&mut self, now: u64) {
        self.latest = 0;
        let now = self.clock(now);
        let dispatcher = match &mut self.memory {
            Memory::Replayed { epoch, changes } => replayed(&self.farm, *epoch, changes),
            Memory::Database { folder, store, .. } => {
                let opened = Store::open(folder.path(), &self.farm, now);
                let (opened, dispatcher) = opened.expect("the farm's database opens");
                *store = Some(opened);
                dispatcher
            }
        };
        let mut mind = Mind::new(dispatcher);
        mind.listen(now);
        self.mind = Some(mind);
    }

    /// Kills the process. What it had not committed is gone.
    pub(super) fn kill(&mut self) {
        self.mind = None;
        self.inbox.clear();
        self.deadline = None;
        if let Memory::Database { store, .. } = &mut self.memory {
            *store = None;
        }
    }

    /// Decides all that came in, and what follows.
    pub(super) fn decide(&mut self, now: u64) -> Option<Round> {
        let now = self.clock(now);
        let commands = std::mem::take(&mut self.inbox);
        let mind = self.mind.as_mut()?;
        mind.listen(now);
        mind.tick();
        for command in commands {
            match command {
                Command::Event(event) => drop(mind.take(now, &event)),
                Command::Facts { agent, told } => mind.take_facts(now, &agent, told),
            }
        }
        mind.settle(now);
        Some(mind.round())
    }

    /// Makes changes durable.
    pub(super) fn commit(&mut self, new: &[Change]) {
        match &mut self.memory {
            Memory::Replayed { changes, .. } => changes.extend_from_slice(new),
            Memory::Database { store, changes, .. } => {
                let store = store.as_mut().expect("a process that decides has its database");
                store.commit(new).expect("a commit in memory succeeds");
                changes.extend_from_slice(new);
            }
        }
    }

    /// Copies the database.
    pub(super) fn back_up(&mut self) {
        let (copy, snapshot) = match &self.memory {
            Memory::Replayed { .. } => (None, None),
            Memory::Database { folder, .. } => (Some(copy(folder)), Some(snapshot(folder))),
        };
        self.backup = Some(Backup { changes: self.changes().len(), copy, snapshot });
    }

    /// Kills the process and puts the last copy in the place of the database; returns whether there
    /// was one that remembers less.
    pub(super) fn restore(&mut self, now: u64, place: Place) -> bool {
        let Some(backup) = self.backup.take() else { return false };
        if backup.changes == self.changes().len() {
            return false;
        }
        self.put(backup, now, place);
        true
    }

    /// A person makes a backup and restores it, so that another life of the database begins.
    pub(super) fn renew(&mut self, now: u64) {
        self.back_up();
        let backup = self.backup.take().expect("it was just made");
        self.put(backup, now, Place::Copy);
        self.old = None;
    }

    fn put(&mut self, backup: Backup, now: u64, place: Place) {
        let old = self.mind.take();
        self.kill();
        self.old = old.filter(|_| place == Place::Copy);
        match &mut self.memory {
            Memory::Replayed { epoch: first, changes } => {
                changes.truncate(backup.changes);
                if place == Place::Copy {
                    let ended = replayed(&self.farm, *first, changes).life();
                    let epoch = Epoch(epoch(now).0.max(ended.epoch.0 + 1));
                    changes.push(Change::LifeBegan { ended, epoch });
                }
            }
            Memory::Database { folder, changes, .. } => {
                changes.truncate(backup.changes);
                let files = match place {
                    Place::Copy => backup.copy,
                    Place::Snapshot => backup.snapshot,
                };
                *folder = files.expect("a database was copied to a folder");
            }
        }
    }

    /// Says whether there is a copy that may take the place of the database.
    #[must_use]
    pub(super) fn has_backup(&self) -> bool {
        self.backup.is_some()
    }

    /// Returns everything that it remembers for good.
    #[must_use]
    pub(super) fn changes(&self) -> &[Change] {
        match &self.memory {
            Memory::Replayed { changes, .. } | Memory::Database { changes, .. } => changes,
        }
    }

    /// Returns what everybody sees; nothing while it is down.
    #[must_use]
    pub(super) fn board(&self, now: u64) -> Option<Board> {
        Some(self.mind.as_ref()?.dispatcher().board(Timestamp(now)))
    }

    /// Lets the real database check itself, where there is one.
    pub(super) fn check(&self) -> Result<(), String> {
        let Memory::Database { folder, .. } = &self.memory else { return Ok(()) };
        match store::check(folder.path()) {
            Ok(broken) if broken.is_empty() => Ok(()),
            other => Err(format!("{other:?}")),
        }
    }

    /// Lets the coordinator of before the restore hear one message; returns its answers.
    pub(super) fn old_hears(&mut self, now: u64, command: Command) -> Vec<Outgoing> {
        let now = self.clock(now);
        let Some(old) = &mut self.old else { return Vec::new() };
        old.listen(now);
        match command {
            Command::Event(event) => drop(old.take(now, &event)),
            Command::Facts { agent, told } => old.take_facts(now, &agent, told),
        }
        old.settle(now);
        old.round().messages
    }
}

/// Returns the farm that `changes` come to.
fn replayed(farm: &FarmId, epoch: Epoch, changes: &[Change]) -> Dispatcher {
    let mut dispatcher = Dispatcher::new(farm.clone(), epoch);
    for change in changes {
        dispatcher.apply(change);
    }
    dispatcher
}

/// Copies the database in a folder as the program does.
fn copy(from: &TempDir) -> TempDir {
    let to = folder();
    Store::backup(from.path(), &to.path().join(store::FILE_NAME))
        .expect("a database in memory can be copied");
    to
}

/// Copies the files in a folder as they are.
fn snapshot(from: &TempDir) -> TempDir {
    let to = folder();
    for entry in from.path().read_dir().expect("the folder is there") {
        let file = entry.expect("the folder can be read");
        std::fs::copy(file.path(), to.path().join(file.file_name())).expect("a file can be copied");
    }
    to
}

/// Which life of the database begins at `now`.
fn epoch(now: u64) -> Epoch {
    Epoch(u32::try_from(now / 1_000).expect("it is before the year 2106"))
}

fn folder() -> TempDir {
    let ram = Path::new(RAM);
    let folder = if ram.is_dir() { TempDir::new_in(ram) } else { TempDir::new() };
    folder.expect("a folder can be made")
}

/// Returns when the coordinator commits what comes in next.
pub(super) fn commits_after(chance: &mut Chance) -> u64 {
    chance.between(5, 60)
}
