//! Mistakes on purpose, each of which an invariant must find.

#![expect(clippy::wildcard_enum_match_arm, reason = "a mistake is about few things")]

use std::time::Duration;

use visorfarm_protocol::message::{Down, End, FACTS_PER_MESSAGE_MAX, Fact, Up};

use super::super::due::Histories;
use super::super::event::Now;
use super::super::memory::Consent;
use super::super::testing::Decides;
use super::super::work::Work;
use super::super::{Action, Bed, Change, Decision, Event, StartAnswer, Supervisor};
use crate::config::hours::Hours;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutant {
    /// No mistake.
    None,
    StartsAgainWhenUnsure,
    StartsBeforeItWrites,
    StartsOnAnyBed,
    StartsAgainstTheWish,
    StartsAtAnyHour,
    StartsLate,
    StartsWithoutFilament,
    StartsThoughFrozen,
    GuessesTheEnd,
    ReadsNoHistory,
    BelievesAReceiptForTheCopy,
    ForgetsWhichLifeItTold,
    SaysTooMuch,
    /// Of the disk.
    LosesAChange,
}

impl Mutant {
    /// Returns the supervisor with the mistake.
    pub(super) fn decides(self) -> Decides {
        match self {
            Self::StartsAgainWhenUnsure => starts_again_when_unsure,
            Self::StartsBeforeItWrites => starts_before_it_writes,
            Self::StartsOnAnyBed => starts_on_any_bed,
            Self::StartsAgainstTheWish => starts_against_the_wish,
            Self::StartsAtAnyHour => starts_at_any_hour,
            Self::StartsLate => starts_late,
            Self::StartsWithoutFilament => starts_without_filament,
            Self::StartsThoughFrozen => starts_though_frozen,
            Self::GuessesTheEnd => guesses_the_end,
            Self::ReadsNoHistory => reads_no_history,
            Self::BelievesAReceiptForTheCopy => believes_a_receipt_for_the_copy,
            Self::ForgetsWhichLifeItTold => forgets_which_life_it_told,
            Self::SaysTooMuch => says_too_much,
            Self::None | Self::LosesAChange => Supervisor::decide,
        }
    }

    /// Says whether the disk keeps `change`.
    pub(super) fn is_written(self, change: &Change) -> bool {
        !(self == Self::LosesAChange && matches!(change, Change::Receipted { .. }))
    }
}

/// Decides as one who has `forgotten` something.
fn forgetful(
    supervisor: &Supervisor,
    (now, event): (Now, &Event),
    forgotten: impl Fn(&mut Supervisor),
) -> Decision {
    let mut forgetful = supervisor.clone();
    forgotten(&mut forgetful);
    forgetful.decide(now, event)
}

fn starts_again_when_unsure(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    let decision = supervisor.decide(now, event);
    match event {
        Event::StartAnswered { lease, answer: StartAnswer::Unsure(_) } => {
            let path = super::super::leftover::path_of(*lease);
            decision.and_act(Action::Start { lease: *lease, path })
        }
        _ => decision,
    }
}

fn starts_before_it_writes(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    let mut decision = supervisor.decide(now, event);
    decision.changes.retain(|change| !matches!(change, Change::Starting { .. }));
    decision
}

fn starts_on_any_bed(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    forgetful(supervisor, (now, event), |one| one.memory.bed = Bed::Clear)
}

fn starts_against_the_wish(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    forgetful(supervisor, (now, event), |one| one.memory.consent = Consent::Given)
}

fn starts_at_any_hour(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    forgetful(supervisor, (now, event), |one| one.setup.hours = Hours::default())
}

fn starts_without_filament(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    forgetful(supervisor, (now, event), |one| one.memory.spool = None)
}

fn starts_late(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    forgetful(supervisor, (now, event), |one| {
        if let Work::Preparing { start_by } = &mut one.watch.work {
            *start_by = now.moment + Duration::from_hours(1);
        }
    })
}

fn starts_though_frozen(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    forgetful(supervisor, (now, event), |one| one.watch.frozen_at = None)
}

fn guesses_the_end(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    let mut decision = supervisor.decide(now, event);
    for change in &mut decision.changes {
        if let Change::Fact { fact: Fact::Ended { end: end @ End::Unknown, .. }, .. } = change {
            *end = End::Completed;
        }
    }
    decision
}

fn reads_no_history(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    forgetful(supervisor, (now, event), |one| {
        one.watch.histories = Histories::Asked { at: now.moment, open: 0 };
    })
}

fn believes_a_receipt_for_the_copy(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    match event {
        Event::Down(Down::Receipt(receipt)) => {
            let mut ours = receipt.clone();
            ours.teller = None;
            supervisor.decide(now, &Event::Down(Down::Receipt(ours)))
        }
        _ => supervisor.decide(now, event),
    }
}

fn forgets_which_life_it_told(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    let mut decision = supervisor.decide(now, event);
    let known = supervisor.memory.epoch.is_some();
    decision.changes.retain(|change| !(known && matches!(change, Change::Welcomed { .. })));
    decision
}

fn says_too_much(supervisor: &Supervisor, now: Now, event: &Event) -> Decision {
    let mut decision = supervisor.decide(now, event);
    for action in &mut decision.actions {
        if let Action::Say(Up::Facts { facts, .. }) = action {
            *facts = vec![facts[0].clone(); FACTS_PER_MESSAGE_MAX + 1];
        }
    }
    decision
}
