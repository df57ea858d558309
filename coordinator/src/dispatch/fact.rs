//! What follows from a fact. Facts arrive late, twice, and under leases that lapsed long ago: each
//! print is counted once all the same, because the lease and the print's ordinal are its key.

use visorfarm_protocol::id::{AgentId, LeaseId, PrinterId};
use visorfarm_protocol::message::{End, Fact, Numbered, Plate, Return};
use visorfarm_protocol::text::quote;

use super::lease::moved;
use super::{
    Answered, Change, Decision, Dispatcher, Entry, EntryKind, Judgement, Lease, LeaseState,
    Outcome, PIECES_MAX, PrinterKey, Sighting,
};
use crate::clock::Timestamp;

/// An [`Fact::Ended`], taken apart.
struct Ended<'a> {
    ordinal: u32,
    end: End,
    seconds: Option<u32>,
    note: &'a str,
}

impl Dispatcher {
    /// Decides a fact. The shell receipts every one once this is committed: a fact that cannot be
    /// is noted for a person, and telling it again would change nothing.
    pub(super) fn decide_fact(
        &self,
        now: Timestamp,
        agent: &AgentId,
        printer: &PrinterId,
        numbered: &Numbered,
    ) -> Decision {
        let key = PrinterKey { agent: agent.clone(), printer: printer.clone() };
        let fact = &numbered.fact;
        match self.leases.get(&fact.lease()) {
            Some(lease) if lease.holder == key => self.decide_known(now, lease, numbered),
            None if self.may_be_forgotten(fact) => self.decide_unremembered(now, &key, fact),
            Some(_) | None => {
                let note = format!("{key} told of {:?}, which it was never given", fact.lease());
                self.decide_anomaly(now, agent, note)
            }
        }
    }

    /// Says whether the fact may be of a lease that this database has forgotten, and of a plate that
    /// can be.
    fn may_be_forgotten(&self, fact: &Fact) -> bool {
        let possible = match fact {
            Fact::Ended { plate, .. } | Fact::Started { plate: Some(plate), .. } => {
                plate.pieces <= PIECES_MAX
            }
            Fact::Accepted { .. }
            | Fact::Returned { .. }
            | Fact::Started { plate: None, .. }
            | Fact::Judged { .. } => true,
        };
        possible && self.may_have_forgotten(fact.lease())
    }

    fn decide_known(&self, now: Timestamp, lease: &Lease, numbered: &Numbered) -> Decision {
        match &numbered.fact {
            Fact::Accepted { .. } => self.decide_accepted(now, lease),
            Fact::Started { .. } => self.decide_started(now, lease),
            Fact::Returned { why, note, .. } => self.decide_returned(now, lease, *why, note),
            Fact::Ended { ordinal, end, seconds, note, .. } => {
                let ended = Ended { ordinal: *ordinal, end: *end, seconds: *seconds, note };
                let decision = self.decide_ended(now, lease, &ended);
                self.share_ended(now, &lease.holder.agent, &ended, decision)
            }
            Fact::Judged { ordinal, good, bad, .. } => {
                let judgement = Judgement {
                    lease: lease.id,
                    ordinal: *ordinal,
                    seq: numbered.seq,
                    good: *good,
                    bad: *bad,
                    at: now,
                };
                self.decide_judged(now, lease, &judgement)
            }
        }
    }

    fn decide_accepted(&self, now: Timestamp, lease: &Lease) -> Decision {
        match lease.state {
            LeaseState::Offered => Decision::change(moved(now, lease.id, LeaseState::Accepted, "")),
            // It was asked back while the answer was on its way.
            LeaseState::Recalled(Answered::NotYet) => {
                let why = self.why_recalled(lease);
                let taken = moved(now, lease.id, LeaseState::Recalled(Answered::Taken), &why);
                Decision { changes: vec![taken], ..self.send_again(lease.id) }
            }
            LeaseState::Recalled(Answered::Taken) => self.send_again(lease.id),
            LeaseState::Accepted
            | LeaseState::Printing
            | LeaseState::Unknown
            | LeaseState::Lapsed
            | LeaseState::Returned(_)
            | LeaseState::Ended(_) => Decision::default(),
        }
    }

    fn decide_started(&self, now: Timestamp, lease: &Lease) -> Decision {
        match lease.state {
            LeaseState::Offered | LeaseState::Accepted | LeaseState::Recalled(_) => {
                Decision::change(moved(now, lease.id, LeaseState::Printing, ""))
            }
            // Back from a long silence: the print is in flight again, and settling recalls a twin.
            LeaseState::Lapsed if self.is_revivable(lease) => {
                Decision::change(moved(now, lease.id, LeaseState::Printing, "heard of again"))
            }
            // Its agent had forgotten it, and found it at OctoPrint.
            LeaseState::Unknown if !self.knows_end(lease) => {
                let found = moved(now, lease.id, LeaseState::Printing, "found at OctoPrint");
                let known = Sighting::Knows { key: lease.holder.clone(), forgot: None };
                Decision { sightings: vec![known], ..Decision::change(found) }
            }
            LeaseState::Lapsed
            | LeaseState::Printing
            | LeaseState::Unknown
            | LeaseState::Returned(_)
            | LeaseState::Ended(_) => Decision::default(),
        }
    }

    fn decide_returned(&self, now: Timestamp, lease: &Lease, why: Return, note: &str) -> Decision {
        if lease.state.is_terminal() {
            return Decision::default();
        }
        let changes = self.end_unprinted(now, lease, LeaseState::Returned(why), &quote(note));
        let decision = Decision { changes, ..Decision::default() };
        if matches!(lease.state, LeaseState::Recalled(_)) {
            return decision;
        }
        self.share_fruitless(now, &lease.holder.agent, decision)
    }

    fn decide_ended(&self, now: Timestamp, lease: &Lease, ended: &Ended) -> Decision {
        if self.outcomes.contains_key(&(lease.id, ended.ordinal)) {
            return Decision::default();
        }
        let mut changes = vec![Change::OutcomeCounted(Outcome {
            lease: lease.id,
            ordinal: ended.ordinal,
            printer: lease.holder.clone(),
            end: ended.end,
            pieces: lease.plate.pieces,
            seconds: ended.seconds,
            note: quote(ended.note),
            at: now,
        })];
        if ended.end == End::Completed {
            changes.push(printed(now, lease, ended.ordinal, lease.plate.pieces));
        }
        // A repetition by the owner is one more plate; the lease itself ended with its own print.
        if ended.ordinal == 0 && !lease.state.is_terminal() {
            changes.extend(self.close(now, lease, ended.end, &quote(ended.note)));
        }
        Decision { changes, ..Decision::default() }
    }

    /// Counts an end under a lease of this farm's among what its agent may do in an hour.
    fn share_ended(
        &self,
        now: Timestamp,
        agent: &AgentId,
        ended: &Ended,
        decision: Decision,
    ) -> Decision {
        match (ended.ordinal, ended.end) {
            _ if decision.changes.is_empty() => decision,
            (0, End::Completed | End::Unknown) => decision,
            (0, End::Failed | End::Cancelled) => self.share_fruitless(now, agent, decision),
            (1.., _) => self.share_repeat(now, agent, decision),
        }
    }

    /// Returns the changes that end `lease` and settle its job.
    pub(super) fn close(&self, now: Timestamp, lease: &Lease, end: End, note: &str) -> Vec<Change> {
        match end {
            End::Completed => {
                let mut changes = vec![moved(now, lease.id, LeaseState::Ended(end), note)];
                changes.extend(self.printed_job(lease).map(|job| Change::JobDone { job }));
                changes
            }
            End::Failed | End::Cancelled => {
                self.end_unprinted(now, lease, LeaseState::Ended(end), note)
            }
            // Lapsed stays lapsed: its job is already offered again.
            End::Unknown if lease.state == LeaseState::Lapsed => Vec::new(),
            End::Unknown => vec![moved(now, lease.id, LeaseState::Unknown, note)],
        }
    }

    /// A lease of another life of the database: given after the backup that this one was restored
    /// from. Its print happened, so it counts, and while it runs it is in flight; whatever else was
    /// said of it is over.
    fn decide_unremembered(&self, now: Timestamp, key: &PrinterKey, fact: &Fact) -> Decision {
        let adopt = |lease, plate| self.adopt(now, lease, key, plate);
        let (adopted, decision) = match fact {
            Fact::Started { lease, plate: Some(plate) } => {
                let adopted = adopt(*lease, plate);
                let decision = self.decide_started(now, &adopted);
                (adopted, decision)
            }
            Fact::Ended { lease, ordinal, end, plate, seconds, note } => {
                let adopted = adopt(*lease, plate);
                let ended = Ended { ordinal: *ordinal, end: *end, seconds: *seconds, note };
                let decision = self.decide_ended(now, &adopted, &ended);
                (adopted, decision)
            }
            // Its plate is told again, and this after it.
            Fact::Judged { .. } if self.is_deferring(now, &key.agent) => return Decision::later(),
            Fact::Accepted { .. }
            | Fact::Returned { .. }
            | Fact::Started { plate: None, .. }
            | Fact::Judged { .. } => return Decision::default(),
        };
        if decision.changes.is_empty() {
            return decision;
        }
        let mut changes = vec![Change::LeaseGranted(adopted)];
        changes.extend(decision.changes);
        self.share_repeat(now, &key.agent, Decision { changes, ..decision })
    }

    fn adopt(&self, now: Timestamp, id: LeaseId, key: &PrinterKey, plate: &Plate) -> Lease {
        Lease {
            id,
            // Job numbers given after the backup are given again: they name other jobs now.
            job: None,
            request: self.remembered_request(id, plate),
            holder: key.clone(),
            ask: 0,
            plate: plate.clone(),
            bytes: 0,
            purpose: String::new(),
            at: now,
            expected_seconds: None,
            state: LeaseState::Lapsed,
        }
    }
}

fn printed(now: Timestamp, lease: &Lease, ordinal: u32, pieces: u32) -> Change {
    Change::Entered(Entry {
        request: lease.request,
        lease: Some((lease.id, ordinal)),
        kind: EntryKind::Printed,
        pieces: i64::from(pieces),
        at: now,
    })
}
