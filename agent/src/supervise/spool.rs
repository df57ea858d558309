//! What is on the spool: what its maker said, less what each print of ours used. A plate that needs
//! more is not begun. The maker's own prints are not known, so that the maker says it again now and
//! then.

use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Return};
use visorfarm_protocol::status::WaitsFor;

use super::Supervisor;
use super::change::Change;
use super::event::{Answer, Decision, FetchFailed, MakerRefused};
use super::note::Note;

/// The most that a maker may say is on a spool: the largest that are sold hold 10 kg.
pub(super) const SPOOL_GRAMS_MAX: u32 = 20_000;

/// What a start code may purge, which slicers do not count: a file that needs as much as is left would
/// be given, and then given back.
const PURGED_GRAMS: u32 = 1;

/// A mass of filament in milligrams: what plates are rounded by must not add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Milligrams(pub u32);

impl Milligrams {
    /// Returns `grams`, rounded up; what cannot be weighed is nothing or all.
    #[must_use]
    pub fn of_grams(grams: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "out of range it saturates, and nonsense is nothing"
        )]
        let milligrams = (grams * 1000.0).ceil() as u32;
        Self(milligrams)
    }

    /// Returns the whole grams in it.
    #[must_use]
    pub fn grams(self) -> u32 {
        self.0 / 1000
    }

    fn grams_rounded_up(self) -> u32 {
        self.0.div_ceil(1000)
    }

    fn part(self, fraction: f32) -> Self {
        Self::of_grams(f64::from(self.0) / 1000.0 * f64::from(fraction.clamp(0.0, 1.0)))
    }
}

impl Supervisor {
    /// The fetched file was weighed: it is printed only if the spool gives so much.
    pub(super) fn decide_weighed(&self, lease: LeaseId, weight: Milligrams) -> Decision {
        if self.preparing(lease).is_none() {
            return Decision::default();
        }
        let weighed = Change::Weighed { weight };
        match self.memory.spool {
            Some(left) if left < weight => {
                let failed = FetchFailed { why: Return::Filament, note: too_heavy(weight, left) };
                let mut decision = self.give_back_file(&failed);
                decision.changes.insert(0, weighed);
                decision
            }
            Some(_) | None => Decision::change(weighed),
        }
    }

    /// Returns the change that takes off the spool what a print of that weight used. A print that was
    /// broken off used as much as was sent of its file; where nobody knows, all of it counts as used,
    /// so that the next print does not run out.
    pub(super) fn used(&self, weight: Option<Milligrams>, end: End) -> Option<Change> {
        let (Some(_), Some(weight)) = (self.memory.spool, weight) else { return None };
        let used = match (end, self.watch.sent) {
            (End::Failed | End::Cancelled, Some(sent)) => weight.part(sent),
            (End::Failed | End::Cancelled, None) | (End::Completed | End::Unknown, _) => weight,
        };
        Some(Change::FilamentUsed { used })
    }

    /// Says whether the spool gives what the plate at hand needs, or anything at all.
    pub(super) fn filament_ready(&self) -> Result<(), WaitsFor> {
        let weight = self.memory.run.as_ref().and_then(|run| run.weight);
        let enough = match (self.memory.spool, weight) {
            (None, _) => true,
            (Some(left), Some(weight)) => weight <= left,
            (Some(_), None) => self.grams_max() != Some(0),
        };
        if enough { Ok(()) } else { Err(WaitsFor::Filament) }
    }

    /// Returns the most that a plate may need by its slicer's word.
    pub(super) fn grams_max(&self) -> Option<u32> {
        self.memory.spool.map(|left| left.grams().saturating_sub(PURGED_GRAMS))
    }

    /// Returns how many grams the plate needs that was weighed last, if that is more than is left.
    #[must_use]
    pub fn short_of_grams(&self) -> Option<u32> {
        let (left, weight) = (self.memory.spool?, self.memory.weighed?);
        (left < weight).then(|| weight.grams_rounded_up())
    }
}

/// The maker says what is on the spool now; nothing if nobody knows.
pub(super) fn said(grams: Option<u32>) -> Decision {
    if grams.is_some_and(|grams| SPOOL_GRAMS_MAX < grams) {
        return Decision::refuse(MakerRefused::SpoolTooHeavy { grams_max: SPOOL_GRAMS_MAX });
    }
    let left = grams.map(|grams| Milligrams(grams * 1000));
    let decision = Decision::change(Change::SpoolSaid { left }).and_note(Note::SpoolSaid);
    Decision { answer: Some(Answer::Done), ..decision }
}

fn too_heavy(weight: Milligrams, left: Milligrams) -> String {
    let (needs, left) = (weight.grams_rounded_up(), left.grams());
    format!("it needs {needs} g of filament, and {left} g are left on the spool")
}
