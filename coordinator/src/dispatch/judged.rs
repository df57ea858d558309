//! What follows when a person has looked at a plate.

use visorfarm_protocol::message::End;

use super::{Change, Decision, Dispatcher, Entry, EntryKind, Judgement, Lease, Sums};
use crate::clock::Timestamp;

impl Dispatcher {
    pub(super) fn decide_judged(
        &self,
        now: Timestamp,
        lease: &Lease,
        judgement: &Judgement,
    ) -> Decision {
        let key = (judgement.lease, judgement.ordinal);
        let before = self.judgements.get(&key);
        if before.is_some_and(|before| judgement.seq <= before.seq) {
            return Decision::default();
        }
        let seen = judgement.good.saturating_add(judgement.bad);
        let end = self.outcomes.get(&key).map(|outcome| outcome.end);
        let printed_max = match end {
            Some(End::Completed | End::Unknown) => lease.plate.pieces,
            Some(End::Failed | End::Cancelled) | None => 0,
        };
        if end.is_none() && self.is_deferring(now, &lease.holder.agent) {
            return Decision::later();
        }
        if end.is_none() || printed_max < seen {
            let note = format!(
                "{} judged {seen} pieces under {:?}, which gave no such plate",
                lease.holder, lease.id
            );
            return self.decide_anomaly(now, &lease.holder.agent, note);
        }
        let was_unknown = end == Some(End::Unknown);
        let entry = |kind, now_pieces: u32, before_pieces: u32| {
            let pieces = i64::from(now_pieces) - i64::from(before_pieces);
            let lease = Some((judgement.lease, judgement.ordinal));
            Change::Entered(Entry {
                request: self.leases[&key.0].request,
                lease,
                kind,
                pieces,
                at: now,
            })
        };
        let (good_before, bad_before) = before.map_or((0, 0), |before| (before.good, before.bad));
        let mut changes = vec![Change::Judged(judgement.clone())];
        if was_unknown {
            // Only the person's look says that anything was printed.
            changes.push(entry(EntryKind::Printed, seen, good_before + bad_before));
        }
        changes.push(entry(EntryKind::Good, judgement.good, good_before));
        changes.push(entry(EntryKind::Bad, judgement.bad, bad_before));
        changes.retain(|change| !matches!(change, Change::Entered(Entry { pieces: 0, .. })));
        changes.extend(self.taken_back(now, lease, judgement, good_before));
        if was_unknown && key.1 == 0 && !lease.state.is_terminal() {
            let end = if seen == 0 { End::Failed } else { End::Completed };
            changes.extend(self.close(now, lease, end, "seen by a person"));
        }
        let decision = Decision { changes, ..Decision::default() };
        let agent = &lease.holder.agent;
        match before {
            Some(_) => self.share_repeat(now, agent, decision),
            None if judgement.good == 0 => self.share_fruitless(now, agent, decision),
            None => decision,
        }
    }

    /// A piece that turns out bad is no good piece that reached the requester: as much of the delivery is
    /// taken back as exceeds what is good, so that it is printed and delivered again.
    fn taken_back(
        &self,
        now: Timestamp,
        lease: &Lease,
        judgement: &Judgement,
        good_before: u32,
    ) -> Option<Change> {
        let Sums { good, delivered, .. } = self.requests[&lease.request?].sums;
        let good = good + i64::from(judgement.good) - i64::from(good_before);
        let entry = Entry {
            request: lease.request,
            lease: Some((judgement.lease, judgement.ordinal)),
            kind: EntryKind::Delivered,
            pieces: good - delivered,
            at: now,
        };
        (good < delivered).then_some(Change::Entered(entry))
    }
}
