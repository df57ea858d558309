//! From a grant to the order to start.

use std::time::Duration;

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{Fact, Grant, Return};
use visorfarm_protocol::status::WaitsFor;
use visorfarm_protocol::text::quote;

use super::change::Change;
use super::event::{Action, Decision, FetchFailed, Now, StartAnswer};
use super::memory::{PAST_UNREAD_KEPT, Phase, Run};
use super::note::Note;
use super::trace::Trace;
use super::watch::Link;
use super::willing::too_long;
use super::work::Work;
use super::{Supervisor, leftover};
use crate::clock::Moment;

impl Supervisor {
    pub(super) fn decide_grant(&self, now: Now, grant: &Grant) -> Decision {
        if self.watch.link != Link::Welcomed {
            return Decision::default();
        }
        if self.memory.knows(grant.lease) {
            return self.tell_again(grant.lease);
        }
        let start_by = match self.may_take(now, grant) {
            Ok(start_by) => start_by,
            Err(Unwelcome { why, note }) => {
                // Of an earlier process's ask, the journal that could know may be lost.
                if why == Return::Stale || self.traced(grant.lease).is_some() {
                    return self.decide_otherwise(now, grant, why);
                }
                let fact = returned(grant.lease, why, &note);
                let decision = Decision::changes(self.facts([fact])).and_note(Note::AskUnheard);
                // The maker said no to this print, not to all: another may be asked for, not at once.
                let this = why == Return::Maker && self.willing(now).is_ok();
                return if this { decision.and_note(Note::GaveBack) } else { decision };
            }
        };
        let mut changes = vec![Change::Granted { grant: Box::new(grant.clone()) }];
        changes.extend(self.facts([Fact::Accepted { lease: grant.lease }]));
        let forgotten = self.memory.forgettable(PAST_UNREAD_KEPT);
        changes.extend(forgotten.map(|past| Change::PlateForgotten { lease: past.lease }));
        Decision::changes(changes)
            .and_note(Note::AskOver)
            .and_note(Note::Work(Work::Preparing { start_by }))
            .and_act(Action::Fetch(Box::new(grant.clone())))
    }

    /// Returns when the grant must be started by, if it may be taken.
    fn may_take(&self, now: Now, grant: &Grant) -> Result<Moment, Unwelcome> {
        let asked = self.watch.ask.filter(|asked| asked.ask == grant.ask).ok_or(Return::Stale)?;
        if grant.printer != self.printer || grant.plate.profile != self.setup.profile {
            return Err(Return::Stale.into());
        }
        self.willing(now).map_err(unwilling)?;
        match (self.setup.seconds_max, grant.expected_seconds) {
            (Some(seconds_max), Some(seconds)) if seconds_max < seconds => {
                let note = too_long(seconds.into(), seconds_max);
                return Err(Unwelcome { why: Return::Maker, note });
            }
            (Some(_) | None, Some(_) | None) => {}
        }
        let start_by = asked.since + Duration::from_secs(grant.start_within_seconds.into());
        if start_by <= now.moment { Err(Return::Late.into()) } else { Ok(start_by) }
    }

    pub(super) fn decide_withdraw(
        &self,
        now: Now,
        lease: LeaseId,
        why: &str,
        grant: Option<&Grant>,
    ) -> Decision {
        let traced = self.traced(lease).map(Trace::grant);
        let grant = grant.filter(|grant| grant.lease == lease).or(traced);
        match (self.run_in_preparation(), grant) {
            (Some(run), _) if run.grant.lease == lease => self.give_back(Return::Withdrawn, why),
            _ if self.memory.knows(lease) => self.tell_beyond_accepted(lease),
            // The grant got lost on its way, or the journal that knew it did.
            (_, Some(grant)) => self.decide_otherwise(now, grant, Return::Withdrawn),
            (_, None) => Decision::changes(self.facts([returned(lease, Return::Withdrawn, why)])),
        }
    }

    pub(super) fn decide_fetched(
        &self,
        lease: LeaseId,
        result: &Result<(), FetchFailed>,
    ) -> Decision {
        let Some(run) = self.preparing(lease) else { return Decision::default() };
        match result {
            Ok(()) => Decision::default().and_act(Action::Upload(Box::new(run.grant.clone()))),
            Err(failed) => self.give_back_file(failed),
        }
    }

    /// Everything is ready: the start is journaled, then ordered. This is the only place that
    /// orders a start, and it is reached once for a lease.
    pub(super) fn decide_uploaded(
        &self,
        now: Now,
        lease: LeaseId,
        result: &Result<String, FetchFailed>,
    ) -> Decision {
        let path = match (self.preparing(lease), result) {
            (Some(_), Ok(path)) => path,
            (Some(_), Err(failed)) => return self.give_back_file(failed),
            // Unless the answer came twice, the lease was given back while its file was on its way.
            (None, Ok(path)) if !self.memory.uses(path) => return leftover::arrived_late(path),
            (None, Ok(_) | Err(_)) => return Decision::default(),
        };
        let unstartable = if self.is_late(now) {
            Some(Return::Late)
        } else {
            self.startable(now).err().map(unwilling)
        };
        if let Some(why) = unstartable {
            let mut decision = self.give_back(why, "");
            // Where OctoPrint has put it, which need not be where it was asked to.
            decision.changes.push(Change::FileLeft { path: path.clone() });
            return decision;
        }
        let marks = self.watch.marks.clone().unwrap_or_default();
        Decision::change(Change::Starting { path: path.clone(), marks })
            .and_note(Note::Work(Work::Starting { since: now.moment }))
            .and_act(Action::Start { lease, path: path.clone() })
    }

    pub(super) fn decide_start_answered(
        &self,
        now: Now,
        lease: LeaseId,
        answer: &StartAnswer,
    ) -> Decision {
        let ordered = self.memory.run.as_ref().is_some_and(|run| {
            run.grant.lease == lease && matches!(run.phase, Phase::Starting { .. })
        });
        if !ordered {
            return Decision::default();
        }
        match answer {
            StartAnswer::Taken => Decision::default(),
            // What stands in the way may be dead before it is seen: nobody but a person knows what it
            // left on the bed.
            StartAnswer::Conflict(note) => {
                let mut decision = self.give_back_order(lease, note);
                decision.changes.push(Change::BedDoubted);
                decision
            }
            StartAnswer::Refused(note) => self.give_back_order(lease, note),
            StartAnswer::Unsure(_) => self.ask_witnesses(now, 0),
        }
    }

    /// Gives back a lease whose print was ordered and refused.
    fn give_back_order(&self, lease: LeaseId, note: &str) -> Decision {
        let fact = returned(lease, Return::Printer, note);
        Decision::changes(self.facts([fact]))
            .and_note(Note::Work(Work::Watching))
            .and_note(Note::GaveBack)
    }

    pub(super) fn is_late(&self, now: Now) -> bool {
        matches!(self.watch.work, Work::Preparing { start_by } if start_by <= now.moment)
    }

    /// Returns the run of which nothing irrevocable was done.
    pub(super) fn run_in_preparation(&self) -> Option<&Run> {
        self.memory.run.as_ref().filter(|run| run.phase == Phase::Preparing)
    }

    pub(super) fn preparing(&self, lease: LeaseId) -> Option<&Run> {
        self.run_in_preparation().filter(|run| run.grant.lease == lease)
    }

    /// Gives back the lease in preparation.
    pub(super) fn give_back(&self, why: Return, note: &str) -> Decision {
        let Some(run) = self.run_in_preparation() else { return Decision::default() };
        let fact = returned(run.grant.lease, why, note);
        let decision = Decision::changes(self.facts([fact])).and_note(Note::Work(Work::Watching));
        if is_trouble(why) { decision.and_note(Note::GaveBack) } else { decision }
    }

    /// Gives back a lease whose file is not printed here. Whatever the reason, the next one may have
    /// the same file.
    pub(super) fn give_back_file(&self, failed: &FetchFailed) -> Decision {
        let decision = self.give_back(failed.why, &failed.note);
        if is_trouble(failed.why) { decision } else { decision.and_note(Note::GaveBack) }
    }

    /// A grant in preparation does not survive a restart: how long ago it was asked for is not
    /// known any more.
    pub(super) fn decide_restarted(&self, now: Now) -> Decision {
        match &self.memory.run {
            None => Decision::default(),
            Some(Run { phase: Phase::Preparing, .. }) => self.give_back(Return::Restarted, ""),
            Some(_) => self.ask_witnesses(now, 0),
        }
    }
}

/// Why a grant is not taken.
struct Unwelcome {
    why: Return,
    note: String,
}

impl From<Return> for Unwelcome {
    fn from(why: Return) -> Self {
        Self { why, note: String::new() }
    }
}

/// Says whether the next lease would be given back as well, unless something changes.
fn is_trouble(why: Return) -> bool {
    match why {
        Return::Printer
        | Return::Fetch
        | Return::Unsafe
        | Return::Disk
        | Return::Filament
        | Return::Other => true,
        Return::Stale | Return::Late | Return::Withdrawn | Return::Maker | Return::Restarted => {
            false
        }
    }
}

fn returned(lease: LeaseId, why: Return, note: &str) -> Fact {
    Fact::Returned { lease, why, note: quote(note) }
}

/// Returns what the coordinator is told of a printer that may not begin.
pub(super) fn unwilling(reason: WaitsFor) -> Return {
    match reason {
        WaitsFor::BedClear | WaitsFor::Look | WaitsFor::Resume | WaitsFor::Hours => Return::Maker,
        WaitsFor::Printer | WaitsFor::ForeignPrint | WaitsFor::Key => Return::Printer,
        WaitsFor::Disk => Return::Disk,
        WaitsFor::Filament => Return::Filament,
        WaitsFor::Copied | WaitsFor::Other => Return::Other,
    }
}
