//! Mistakes on purpose, each of which an invariant must find.

#![expect(clippy::wildcard_enum_match_arm, reason = "a mistake is about few things")]

use visorfarm_protocol::id::{Epoch, JobId, LeaseId};
use visorfarm_protocol::message::{Down, End, Fact};

use super::super::testing::Decides;
use super::super::{
    Answer, Change, Channel, Decision, Dispatcher, Entry, EntryKind, Event, Lease, LeaseState,
};
use crate::clock::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutant {
    /// No mistake.
    None,
    EntersTwice,
    CountsAgainWhatWasTold,
    ForgetsWhatIsLate,
    ForgetsOtherLives,
    GivesAJobTwice,
    NumbersAllAlike,
    GivesWhatIsWithdrawn,
    MovesWhatIsOver,
    DeliversWhatIsNotThere,
    WritesNothingOff,
    WelcomesToALifeThatIsOver,
    ForgetsToFreeze,
    TakesAlongWhatItPrinted,
    GivesNothing,
    QueuesWithoutLimit,
    /// Of the disk.
    LosesAChange,
    /// Of the shell.
    ReceiptsBeforeTheCommit,
    /// Of whoever restores a copy.
    KeepsTheEpoch,
}

impl Mutant {
    /// Returns the dispatcher with the mistake.
    pub(super) fn decides(self) -> Decides {
        match self {
            Self::EntersTwice => enters_twice,
            Self::CountsAgainWhatWasTold => counts_again_what_was_told,
            Self::ForgetsWhatIsLate => forgets_what_is_late,
            Self::ForgetsOtherLives => forgets_other_lives,
            Self::GivesAJobTwice => gives_a_job_twice,
            Self::NumbersAllAlike => numbers_all_alike,
            Self::GivesWhatIsWithdrawn => gives_what_is_withdrawn,
            Self::MovesWhatIsOver => moves_what_is_over,
            Self::DeliversWhatIsNotThere => delivers_what_is_not_there,
            Self::WritesNothingOff => writes_nothing_off,
            Self::WelcomesToALifeThatIsOver => welcomes_to_a_life_that_is_over,
            Self::ForgetsToFreeze => forgets_to_freeze,
            Self::TakesAlongWhatItPrinted => takes_along_what_it_printed,
            Self::GivesNothing => gives_nothing,
            Self::QueuesWithoutLimit => queues_without_limit,
            Self::None
            | Self::LosesAChange
            | Self::ReceiptsBeforeTheCommit
            | Self::KeepsTheEpoch => Dispatcher::decide,
        }
    }
}

fn without(mut decision: Decision, is_left_out: impl Fn(&Change) -> bool) -> Decision {
    decision.changes.retain(|change| !is_left_out(change));
    decision
}

fn is_printed(change: &Change) -> bool {
    matches!(change, Change::Entered(Entry { kind: EntryKind::Printed, .. }))
}

fn enters_twice(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = dispatcher.decide(now, event);
    let again: Vec<_> =
        decision.changes.iter().filter(|change| is_printed(change)).cloned().collect();
    decision.changes.extend(again);
    decision
}

fn counts_again_what_was_told(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = dispatcher.decide(now, event);
    if let Some(print) = completed(event)
        && let Some(outcome) = dispatcher.outcomes.get(&print)
        && outcome.end == End::Completed
    {
        let request = dispatcher.leases[&print.0].request;
        let (kind, pieces) = (EntryKind::Printed, i64::from(outcome.pieces));
        let entry = Entry { request, lease: Some(print), kind, pieces, at: now };
        decision.changes.push(Change::Entered(entry));
    }
    decision
}

/// Returns the print that is told to be completed.
fn completed(event: &Event) -> Option<(LeaseId, u32)> {
    let Event::Told { numbered, .. } = event else { return None };
    match numbered.fact {
        Fact::Ended { lease, ordinal, end: End::Completed, .. } => Some((lease, ordinal)),
        _ => None,
    }
}

fn forgets_what_is_late(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let lease = completed(event).and_then(|(id, _)| dispatcher.leases.get(&id));
    match lease.map(|lease| lease.state) {
        Some(LeaseState::Lapsed) => Decision::default(),
        _ => dispatcher.decide(now, event),
    }
}

fn forgets_other_lives(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    match completed(event) {
        Some((lease, _)) if lease.epoch != dispatcher.epoch => Decision::default(),
        _ => dispatcher.decide(now, event),
    }
}

fn granted(change: &mut Change) -> Option<&mut Lease> {
    match change {
        Change::LeaseGranted(lease) if lease.state == LeaseState::Offered => Some(lease),
        _ => None,
    }
}

fn gives_a_job_twice(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = dispatcher.decide(now, event);
    let Some(lease) = decision.changes.iter_mut().find_map(granted).cloned() else {
        return decision;
    };
    let other = |key: &&_| **key != lease.holder && !dispatcher.held.contains_key(*key);
    if let Some(holder) = dispatcher.printers.keys().find(other) {
        let id = LeaseId { number: lease.id.number + 1, ..lease.id };
        decision.changes = vec![
            Change::LeaseGranted(lease.clone()),
            Change::LeaseGranted(Lease { id, holder: holder.clone(), ..lease }),
        ];
    }
    decision
}

fn numbers_all_alike(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = dispatcher.decide(now, event);
    decision.changes.iter_mut().filter_map(granted).for_each(|lease| lease.id.number = 1);
    decision
}

fn gives_what_is_withdrawn(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = dispatcher.decide(now, event);
    let revisions = dispatcher.catalogue.designs().flat_map(|(_, revisions)| revisions);
    let mut withdrawn = revisions.filter(|(_, revision)| revision.channel == Channel::Withdrawn);
    if let Some((name, _)) = withdrawn.next() {
        let granted = decision.changes.iter_mut().filter_map(granted);
        granted.for_each(|lease| lease.plate.revision = name.clone());
    }
    decision
}

fn moves_what_is_over(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = dispatcher.decide(now, event);
    if let Event::Told { numbered, .. } = event
        && let Fact::Started { lease, .. } = numbered.fact
        && dispatcher.leases.get(&lease).is_some_and(|known| known.state.is_terminal())
    {
        let (state, note) = (LeaseState::Printing, String::new());
        decision.changes.push(Change::LeaseMoved { lease, state, note, at: now });
    }
    decision
}

fn delivers_what_is_not_there(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = dispatcher.decide(now, event);
    if let Event::Delivered { request, pieces: pieces @ 1.. } = *event
        && dispatcher.requests.contains_key(&request)
    {
        let (request, kind) = (Some(request), EntryKind::Delivered);
        decision.answer = Answer::Done;
        let entry = Entry { request, lease: None, kind, pieces, at: now };
        decision.changes = vec![Change::Entered(entry)];
    }
    decision
}

fn writes_nothing_off(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    without(dispatcher.decide(now, event), |change| {
        matches!(change, Change::Entered(Entry { kind: EntryKind::Wanted, pieces: ..0, .. }))
    })
}

fn welcomes_to_a_life_that_is_over(d: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = d.decide(now, event);
    for (_, down) in &mut decision.messages {
        if let (Down::Welcome { epoch, .. }, Some(life)) = (down, d.lives.last()) {
            *epoch = Epoch(life.epoch.0);
        }
    }
    decision
}

fn forgets_to_freeze(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    without(dispatcher.decide(now, event), |change| matches!(change, Change::AgentFrozen { .. }))
}

fn takes_along_what_it_printed(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = dispatcher.decide(now, event);
    let Event::AgentRevoked { agent } = event else { return decision };
    let own = dispatcher.outcomes.values().filter(|outcome| outcome.printer.agent == *agent);
    decision.changes.extend(own.map(|outcome| {
        let request = dispatcher.leases[&outcome.lease].request;
        let lease = Some((outcome.lease, outcome.ordinal));
        let pieces = -i64::from(outcome.pieces);
        Change::Entered(Entry { request, lease, kind: EntryKind::Printed, pieces, at: now })
    }));
    decision
}

fn gives_nothing(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    match event {
        Event::Settle if dispatcher.is_settled() => Decision::default(),
        _ => dispatcher.decide(now, event),
    }
}

fn queues_without_limit(dispatcher: &Dispatcher, now: Timestamp, event: &Event) -> Decision {
    let mut decision = dispatcher.decide(now, event);
    if let Some(Change::JobQueued { job, request }) = decision.changes.last().cloned() {
        let more =
            (job.0 + 1..job.0 + 200).map(|job| Change::JobQueued { job: JobId(job), request });
        decision.changes.extend(more);
    }
    decision
}
