//! What a run of the model has met. Rules that no case ever reached hold nothing.

use std::collections::BTreeMap;
use std::fmt;

use visorfarm_protocol::message::{End, Fact};

use super::super::Change;

/// How often each thing was met.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached {
    pub(super) cases: usize,
    pub(super) steps: usize,
    met: BTreeMap<&'static str, usize>,
}

/// All that must be met, apart from the steps themselves.
pub(super) const ALL: [&str; 28] = [
    "an ask",
    "a grant",
    "accepted",
    "a start",
    "started",
    "given back",
    "completed",
    "failed",
    "cancelled",
    "unknown",
    "a repetition",
    "judged",
    "weighed",
    "a spool",
    "filament used",
    "receipted",
    "another life",
    "frozen",
    "a cleared bed",
    "a bed in doubt",
    "a taken bed",
    "a vase",
    "one of ours again",
    "a restart of OctoPrint",
    "a restart of the agent",
    "paused",
    "a file left behind",
    "all healed",
];

impl Reached {
    pub(super) fn meet(&mut self, mark: &'static str) {
        *self.met.entry(mark).or_default() += 1;
    }

    /// Takes down what the journal says.
    pub(super) fn read(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Fact { fact, .. } => self.meet(of(fact)),
                Change::Weighed { .. } => self.meet("weighed"),
                Change::SpoolSaid { .. } => self.meet("a spool"),
                Change::FilamentUsed { .. } => self.meet("filament used"),
                Change::Receipted { .. } => self.meet("receipted"),
                Change::Welcomed { .. } => self.meet("another life"),
                Change::BedDoubted => self.meet("a bed in doubt"),
                Change::BedTaken => self.meet("a taken bed"),
                Change::Paused => self.meet("paused"),
                Change::FileLeft { .. } => self.meet("a file left behind"),
                Change::Remembered { .. }
                | Change::Granted { .. }
                // No journal is lost here.
                | Change::Found { .. }
                | Change::Starting { .. }
                | Change::PlateForgotten { .. }
                | Change::FileGone { .. }
                | Change::BedCleared { .. }
                | Change::BedStillClear { .. }
                | Change::HistoryRead { .. }
                | Change::Resumed => {}
            }
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.steps += other.steps;
        for (mark, times) in other.met {
            *self.met.entry(mark).or_default() += times;
        }
    }

    /// Returns what was met less often.
    pub(super) fn rarer_than(&self, times: usize) -> Vec<&'static str> {
        let met = |mark: &&str| self.met.get(mark).copied().unwrap_or(0);
        ALL.into_iter().filter(|mark| met(mark) < times).collect()
    }
}

fn of(fact: &Fact) -> &'static str {
    match fact {
        Fact::Accepted { .. } => "accepted",
        Fact::Returned { .. } => "given back",
        Fact::Started { .. } => "started",
        Fact::Ended { ordinal: 1.., .. } => "a repetition",
        Fact::Ended { end: End::Completed, .. } => "completed",
        Fact::Ended { end: End::Failed, .. } => "failed",
        Fact::Ended { end: End::Cancelled, .. } => "cancelled",
        Fact::Ended { end: End::Unknown, .. } => "unknown",
        Fact::Judged { .. } => "judged",
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} workshops, {} steps", self.cases, self.steps)?;
        self.met.iter().try_for_each(|(mark, times)| writeln!(f, "{times:8} {mark}"))
    }
}
