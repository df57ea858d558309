//! The reference: what the maker, the owner's network and the coordinator do, whatever the agent makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use visorfarm_protocol::id::Epoch;

use super::super::event::Now;
use super::super::testing::{EPOCH, by_day};
use super::step::{AgentStep, FarmStep, MakerStep, OctoStep, Step, USUAL};
use crate::clock::Moment;
use crate::config::hours::MinuteOfDay;

#[derive(Clone)]
pub(super) struct Scene {
    pub(super) now: Now,
    pub(super) wish: Wish,
    pub(super) spool: Spool,
    pub(super) life: Life,
    pub(super) net: Net,
    /// The life of the coordinator's database.
    pub(super) epoch: Epoch,
    pub(super) line: Line,
    pub(super) frozen_at: Option<Moment>,
    /// How many steps of the [usual way](USUAL) of a plate were gone.
    pub(super) gone: usize,
}

/// Whether the maker wants prints, apart from the hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Prints,
    NoPrints,
}

/// What the maker said last of the spool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spool {
    Unsaid,
    /// Too little for many plates.
    Scarce,
    Plenty,
}

/// Whether the agent's process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Alive,
    Dead,
}

/// Whether OctoPrint can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Net {
    Shown,
    Hidden,
}

/// The line between agent and coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Down,
    /// To whom it leads.
    To(Epoch),
}

/// The times of the day that there are: before the maker's hours, in them, and at their end.
const TIMES: [(u32, u32); 3] = [(7, 59), (12, 0), (22, 0)];

/// How long the word of the coordinator stands that another machine has the same identity.
const FROZEN_FOR: Duration = Duration::from_secs(100);

/// The shortest print: what is shorter than the three minutes that an OctoPrint may be silent leaves nothing on a
/// bed.
const A_PRINT: Duration = Duration::from_secs(200);

impl fmt::Debug for Scene {
    /// Its steps tell the story.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a printer at {:?}", self.now)
    }
}

pub(super) fn minute(time: u8) -> MinuteOfDay {
    let (hour, minute) = TIMES[usize::from(time) % TIMES.len()];
    MinuteOfDay::new(hour, minute).unwrap()
}

impl Scene {
    pub(super) fn new() -> Self {
        Self {
            now: Now { moment: Moment(1_000), minute: minute(1) },
            wish: Wish::Prints,
            spool: Spool::Unsaid,
            life: Life::Alive,
            net: Net::Shown,
            epoch: EPOCH,
            line: Line::To(EPOCH),
            frozen_at: None,
            gone: 0,
        }
    }

    /// Returns what would happen next if all went well.
    pub(super) fn usual(&self) -> Step {
        USUAL[self.gone % USUAL.len()]
    }

    pub(super) fn after(mut self, step: Step) -> Self {
        self.gone += usize::from(step == self.usual());
        match step {
            Step::Agent(AgentStep::Dies) => (self.life, self.line) = (Life::Dead, Line::Down),
            Step::Agent(AgentStep::Wakes) => self.life = Life::Alive,
            // The maker speaks to the agent: a dead one hears nothing.
            Step::Maker(MakerStep::Pauses) if self.is_alive() => self.wish = Wish::NoPrints,
            Step::Maker(MakerStep::Resumes) if self.is_alive() => self.wish = Wish::Prints,
            Step::Maker(MakerStep::SaysOfTheSpool(grams)) if self.is_alive() => {
                self.spool = match grams {
                    None => Spool::Unsaid,
                    Some(..=500) => Spool::Scarce,
                    Some(_) => Spool::Plenty,
                };
            }
            Step::Octo(OctoStep::Hides) => self.net = Net::Hidden,
            Step::Octo(OctoStep::Shows) => self.net = Net::Shown,
            Step::Farm(FarmStep::Connects) if self.is_alive() => {
                self.line = Line::To(self.epoch);
                // Told again with the welcome, as long as it stands.
                self.frozen_at =
                    self.frozen_at.filter(|_| self.is_frozen()).map(|_| self.now.moment);
            }
            Step::Farm(FarmStep::IsOld) if self.is_alive() => {
                self.line = Line::To(Epoch(EPOCH.0 - 1));
            }
            Step::Farm(FarmStep::Disconnects) => self.line = Line::Down,
            Step::Farm(FarmStep::IsRestored) => {
                self.epoch.0 += 1;
                self.line = Line::Down;
            }
            Step::Farm(FarmStep::Freezes) if self.is_heard() => {
                self.frozen_at = Some(self.now.moment);
            }
            Step::Passes(seconds) => {
                self.now.moment = self.now.moment + Duration::from_secs(seconds);
            }
            Step::Maker(MakerStep::PrintsAVase | MakerStep::PrintsOursAgain) => {
                self.now.moment = self.now.moment + A_PRINT;
            }
            Step::Turns(time) => self.now.minute = minute(time),
            Step::Agent(_) | Step::Maker(_) | Step::Octo(_) | Step::Farm(_) => {}
        }
        self
    }

    pub(super) fn is_alive(&self) -> bool {
        self.life == Life::Alive
    }

    /// Says whether the coordinator of the present life is at the other end of the line.
    pub(super) fn is_heard(&self) -> bool {
        self.line == Line::To(self.epoch)
    }

    /// Says whether the maker agrees to a print that begins now.
    pub(super) fn agrees(&self) -> bool {
        self.wish == Wish::Prints && by_day().hours.open_at(self.now.minute)
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.frozen_at.is_some_and(|at| self.now.moment.since(at) < FROZEN_FOR)
    }
}

/// What the coordinator of each life has receipted, by the facts' numbers.
pub(super) type Receipts = BTreeMap<Epoch, BTreeSet<u64>>;
