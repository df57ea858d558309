//! Drives one printer. Pure: time comes in, changes and actions go out; nothing here waits, asks a
//! clock, draws a random number or touches a disk or the network.
//!
//! [`Supervisor::decide`] only reads, [`Supervisor::apply`] only writes and cannot fail. The shell
//! journals the changes (one fsync) before it carries out any action: what the printer was told to
//! do is written down before it is told.
//!
//! **No start on a guess.** A start is ordered once for a lease, by one line of this module, after
//! `Starting` is in the journal. Whatever happens later, the same lease is never started again: if
//! nobody can tell what became of it, a person looks at the bed.

#[cfg(test)]
mod anybodys;
#[cfg(test)]
mod asking;
mod bed;
mod change;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod copied;
#[cfg(test)]
mod counting;
mod due;
#[cfg(test)]
mod elder;
#[cfg(test)]
mod ends;
mod event;
mod gap;
#[cfg(test)]
mod itself;
mod lease;
mod leftover;
mod maker;
mod memory;
#[cfg(test)]
mod model;
mod note;
#[cfg(test)]
mod panel;
mod past;
mod print;
mod print_id;
mod printed;
mod pushed;
mod repeat;
#[cfg(test)]
mod retold;
#[cfg(test)]
mod seeking;
mod senses;
mod spool;
#[cfg(test)]
mod spooling;
mod status;
mod tell;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tick;
#[cfg(test)]
mod tidying;
mod trace;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod unseen;
mod watch;
mod willing;
mod witness;
mod work;

use visorfarm_protocol::id::{Epoch, LeaseId, PrinterId};
use visorfarm_protocol::message::{Down, Fact};

pub use self::change::Change;
pub use self::event::{
    Action, Answer, Decision, Event, FetchFailed, LinkChange, MakerRefused, Now, Question, Setup,
    StartAnswer, Witnesses,
};
pub(crate) use self::gap::Watched;
pub use self::leftover::file_name;
pub use self::memory::{Bed, Memory, Phase, Run};
pub use self::note::Note;
pub use self::print_id::{NotAPrint, PrintId};
pub use self::printed::PrintedPlate;
pub use self::senses::{Blind, Disk, Server};
pub use self::spool::Milligrams;
use self::watch::Watch;
pub use self::willing::too_long;

/// One printer's brain.
#[derive(Clone, Debug)]
pub struct Supervisor {
    printer: PrinterId,
    setup: Setup,
    memory: Memory,
    watch: Watch,
}

impl Supervisor {
    /// Returns the brain of `printer` with what its journal remembers. `asks_from` is drawn at
    /// random by the shell.
    #[must_use]
    pub fn new(printer: PrinterId, setup: Setup, memory: Memory, asks_from: u64) -> Self {
        let watch = Watch::new(asks_from);
        Self { printer, setup, memory, watch }
    }

    /// Returns what follows from `event`. Changes nothing.
    #[must_use]
    pub fn decide(&self, now: Now, event: &Event) -> Decision {
        let decision = match event {
            Event::Restarted => self.decide_restarted(now),
            Event::Seen { asked, snapshot } => self.decide_look(now, *asked, snapshot),
            Event::Blind(blind) => Decision::note(Note::Blind(*blind)),
            Event::Push(push) => self.decide_push(now, push),
            Event::Link(change) => Decision::note(Note::Link(*change)),
            Event::Down(down) => self.decide_down(now, down),
            Event::Weighed { lease, weight } => self.decide_weighed(*lease, *weight),
            Event::Fetched { lease, result } => self.decide_fetched(*lease, result),
            Event::Uploaded { lease, result } => self.decide_uploaded(now, *lease, result),
            Event::StartAnswered { lease, answer } => {
                self.decide_start_answered(now, *lease, answer)
            }
            Event::Deleted { path, asked } => self.decide_deleted(path, *asked),
            Event::Witnesses(witnesses) => self.decide_witnesses(now, witnesses),
            Event::BedClear { good } => self.decide_bed_clear(now, *good),
            Event::Recount { plate, good } => self.decide_recount(*plate, *good),
            Event::Spool { grams } => spool::said(*grams),
            Event::Pause => self.decide_pause(),
            Event::Resume => self.decide_resume(),
            Event::Setup(setup) => self.decide_setup(setup),
            Event::Disk(disk) => Decision::note(Note::Disk(*disk)),
            Event::Server(server) => self.decide_server(server),
            Event::Tick => self.decide_tick(now),
        };
        self.and_tell(decision)
    }

    /// Carries out a change that is in the journal.
    pub fn apply(&mut self, change: &Change) {
        self.memory.apply(change);
    }

    /// Takes note of something that need not survive a restart.
    pub fn note(&mut self, now: Now, note: &Note) {
        if let Note::Setup(setup) = note {
            self.setup = setup.as_ref().clone();
        } else {
            self.watch.note(now.moment, note);
        }
    }

    fn decide_down(&self, now: Now, down: &Down) -> Decision {
        match down {
            Down::Welcome { epoch, .. } => self.decide_welcome(*epoch),
            Down::Grant(grant) => self.decide_grant(now, grant),
            Down::Trace(grant) => self.decide_trace(now, grant),
            Down::Withdraw { lease, why, grant, .. } => {
                self.decide_withdraw(now, *lease, why, grant.as_deref())
            }
            Down::Receipt(receipt) => self.decide_receipt(receipt),
            Down::Frozen => self.decide_frozen(),
            // It is for the maker.
            Down::Memo { .. } | Down::Letters { .. } => Decision::default(),
        }
    }

    /// Says whether the coordinator may know that this printer holds `lease`.
    #[must_use]
    pub fn holds(&self) -> Vec<LeaseId> {
        self.memory.holds()
    }

    /// Returns the epoch that the coordinator welcomed us to last.
    #[must_use]
    pub fn epoch(&self) -> Option<Epoch> {
        self.memory.epoch
    }

    /// Returns how much the coordinator has committed in that epoch, as far as it told.
    #[must_use]
    pub fn mark(&self) -> Option<u64> {
        self.memory.mark
    }

    /// Returns what the journal remembers, for compaction.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Returns the changes that remember `facts` and have them told until they are receipted.
    fn facts(&self, facts: impl IntoIterator<Item = Fact>) -> Vec<Change> {
        let numbered = facts.into_iter().zip(self.memory.next_seq..);
        numbered.map(|(fact, seq)| Change::Fact { seq, fact }).collect()
    }
}
