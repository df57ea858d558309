//! A time in which nobody watched OctoPrint: its owner may have printed in it, so a bed that was clear
//! before need not be.

use std::time::Duration;

use super::Supervisor;
use super::change::Change;
use super::event::{Decision, Now};
use super::senses::{Engine, KeptHot};
use crate::clock::Moment;
use crate::octoprint::model::{Marking, MarkingKind, Markings, SincePrint};

/// How long an OctoPrint that restarts may not answer: a Pi Zero needs two minutes (a guess). No plate
/// worth the name is printed meanwhile.
const RESTARTS_WITHIN: Duration = Duration::from_mins(3);

/// How long an OctoPrint that answers may keep its events to itself before its maker is asked
/// instead. Its socket opens within seconds, and is tried again until it does.
const MARKS_WITHIN: Duration = Duration::from_mins(1);

/// Whether OctoPrint was watched for as long as the bed is said to be clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// It was, or its marks or the maker said since how it is.
    Closed,
    /// It was not, and nothing is known yet of that time.
    Open,
    /// The printer was not connected to it: it may have printed from a card of its own, and no mark tells.
    Away,
}

/// Whether the printer is connected to OctoPrint, as far as it was watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Nobody has looked yet.
    Unlooked,
    /// It is.
    Here,
    /// It is not, since then.
    AwaySince(Moment),
    /// It is not, and was not when somebody looked first: nobody knows since when.
    AwayBefore,
}

/// How OctoPrint was watched so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watched {
    /// Whether something may have been printed that nobody saw.
    pub(super) gap: Gap,
    /// When it answered last, whether it still does or not, or the maker looked at the bed.
    pub(super) seen_at: Option<Moment>,
    /// Since when it answers; nothing while it does not.
    pub(super) answers_since: Option<Moment>,
    /// Whether the printer is connected to it.
    pub(super) presence: Presence,
    /// Whether the printer stands still with a heater that is to be hot.
    pub(super) kept_hot: KeptHot,
}

impl Presence {
    /// Says whether it was away until `now` for so long that a plate may have been printed from a card of its own.
    fn is_long(self, now: Moment) -> bool {
        match self {
            Self::AwaySince(since) => RESTARTS_WITHIN < now.since(since),
            Self::AwayBefore => true,
            Self::Unlooked | Self::Here => false,
        }
    }
}

impl Watched {
    /// A process begins: nobody watched before.
    pub(super) const UNWATCHED: Self = Self {
        gap: Gap::Open,
        seen_at: None,
        answers_since: None,
        presence: Presence::Unlooked,
        kept_hot: KeptHot::No,
    };

    /// OctoPrint answered.
    pub(super) fn answered(&mut self, now: Moment) {
        if self.was_silent(now) {
            self.slept();
        }
        self.seen_at = Some(now);
        self.answers_since.get_or_insert(now);
    }

    /// The printer was seen, in this state.
    pub(super) fn saw(&mut self, now: Moment, engine: Engine) {
        match (engine, self.presence) {
            // One that is just being connected was away as well.
            (Engine::Away | Engine::Unclear, Presence::Unlooked) => {
                self.presence = Presence::AwayBefore;
            }
            (Engine::Away, Presence::Here) => self.presence = Presence::AwaySince(now),
            (Engine::Away, Presence::AwaySince(_) | Presence::AwayBefore)
            | (Engine::Unclear, _) => {}
            (Engine::Idle | Engine::Busy, presence) => {
                if presence.is_long(now) {
                    self.gap = Gap::Away;
                }
                self.presence = Presence::Here;
            }
        }
    }

    /// Nobody watched for a while, however short.
    pub(super) fn slept(&mut self) {
        self.gap = Gap::Open;
        self.answers_since = None;
        if self.presence == Presence::Here {
            self.presence = Presence::Unlooked;
        }
    }

    /// Its marks are heard; what they tell is decided.
    pub(super) fn heard(&mut self, now: Moment) {
        self.answered(now);
        if self.gap != Gap::Away {
            self.gap = Gap::Closed;
        }
    }

    /// The maker looked at the bed. That says how it is now, and nothing of what is printed after it
    /// while OctoPrint does not answer.
    pub(super) fn looked_at(&mut self, now: Moment) {
        self.gap = Gap::Closed;
        self.seen_at = Some(now);
        if self.presence != Presence::Here {
            self.presence = Presence::AwaySince(now);
        }
    }

    /// Returns the gap if OctoPrint answers at `now`: a long silence opens one.
    fn gap_at(self, now: Moment) -> Gap {
        if self.gap == Gap::Closed && self.was_silent(now) { Gap::Open } else { self.gap }
    }

    /// Says whether it was silent until `now` for so long that a plate may have been printed. So it seems, too, to
    /// a machine that slept.
    fn was_silent(self, now: Moment) -> bool {
        self.seen_at.is_some_and(|seen| RESTARTS_WITHIN < now.since(seen))
    }
}

impl Supervisor {
    /// Decides what OctoPrint's marks tell when it is heard again. A start that it has marked since
    /// the bed was cleared takes the bed; marks that prove nothing leave it in doubt, unless the
    /// restart that lost them was watched: what came before it was seen, and what came after it
    /// would be marked.
    pub(super) fn printed_unseen(&self, now: Now, marks: &Markings) -> Decision {
        if self.bed_clear().is_err() {
            return Decision::default();
        }
        let before = self.memory.cleared_at.as_ref();
        let unseen = |mark: &Marking| {
            let known = |before: &Markings| before.0.contains(mark);
            mark.kind == MarkingKind::Print && before.is_some_and(|before| !known(before))
        };
        if marks.0.iter().any(unseen) {
            return self.bed_lost(Change::BedTaken);
        }
        let proved = before.is_some_and(|before| {
            marks.since(before) == SincePrint::NoneStarted
                && marks.longest_away(before) <= RESTARTS_WITHIN
        });
        match self.watch.watched.gap_at(now.moment) {
            Gap::Away => self.bed_lost(Change::BedDoubted),
            Gap::Open if !proved => self.bed_lost(Change::BedDoubted),
            // What a later process needs to prove the same.
            Gap::Closed if !proved && before != Some(marks) => {
                Decision::change(Change::BedStillClear { marks: marks.clone() })
            }
            Gap::Open | Gap::Closed => Decision::default(),
        }
    }

    /// Decides that OctoPrint answers and still does not let its marks be heard.
    pub(super) fn decide_gap(&self, now: Now) -> Decision {
        let Watched { gap, answers_since, .. } = self.watch.watched;
        let overdue = answers_since.is_some_and(|since| MARKS_WITHIN <= now.moment.since(since));
        match gap {
            Gap::Open if overdue && self.bed_clear().is_ok() => self.bed_lost(Change::BedDoubted),
            Gap::Away if self.bed_clear().is_ok() => self.bed_lost(Change::BedDoubted),
            Gap::Open | Gap::Closed | Gap::Away => Decision::default(),
        }
    }

    /// Returns how OctoPrint was watched, for the supervisor that takes over in this process.
    pub(crate) fn watched(&self) -> Watched {
        self.watch.watched
    }

    /// Takes over from the supervisor that `watched` the same OctoPrint in this process.
    pub(crate) fn goes_on(&mut self, watched: Watched) {
        self.watch.watched = Watched { answers_since: None, ..watched };
    }
}
