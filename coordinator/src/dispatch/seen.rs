//! Failed prints that a person of the farm has seen: nobody is asked to look at them any more.

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::End;

use super::{Change, Decision, Dispatcher, Refused};
use crate::clock::Timestamp;

/// That a person has seen how a print failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Under which lease.
    pub lease: LeaseId,
    /// Which print under it.
    pub ordinal: u32,
    /// Who says so; none for a program.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Dispatcher {
    /// Whoever says it first has seen it: saying it again changes nothing.
    pub(super) fn decide_seen(
        &self,
        now: Timestamp,
        (lease, ordinal): (LeaseId, u32),
        by: Option<&str>,
    ) -> Decision {
        let outcome = self.outcomes.get(&(lease, ordinal));
        if outcome.is_none_or(|outcome| outcome.end != End::Failed) {
            return Decision::refuse(Refused::NotFailed { lease });
        }
        if self.seen.contains_key(&(lease, ordinal)) {
            return Decision::default();
        }
        let by = by.map(str::to_owned);
        Decision::change(Change::FailureSeen(Seen { lease, ordinal, by, at: now }))
    }

    pub(super) fn apply_seen(&mut self, seen: &Seen) {
        self.seen.insert((seen.lease, seen.ordinal), seen.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Farm, ended, started};
    use super::super::{Answer, Event};
    use super::*;

    impl Farm {
        fn sees(&mut self, lease: LeaseId, by: &str) -> Answer {
            self.now.0 += 1;
            self.put(Event::FailureSeen { lease, ordinal: 0, by: Some(by.to_owned()) })
        }

        /// Returns when the last print of the only printer was seen to have failed.
        fn seen(&self) -> Option<Timestamp> {
            self.dispatcher.board(self.now).printers[0].last.as_ref().unwrap().seen
        }
    }

    #[test]
    fn a_failed_print_is_seen_once_and_no_other_print_is() {
        let mut farm = Farm::new();
        farm.hello("a", &[]);
        farm.request(8);
        let grant = farm.ask("a").unwrap();
        farm.tell("a", started(grant.lease, &grant.plate));
        let refused = Answer::Refused(Refused::NotFailed { lease: grant.lease });
        assert_eq!(farm.sees(grant.lease, "Anne"), refused, "it goes on");
        farm.tell("a", ended(&grant, End::Failed));
        assert_eq!(farm.seen(), None);
        assert_eq!(farm.sees(grant.lease, "Anne"), Answer::Done);
        let first = farm.now;
        assert_eq!(farm.sees(grant.lease, "Bob"), Answer::Done);
        assert_eq!(farm.seen(), Some(first));

        let grant = farm.ask("a").unwrap();
        farm.tell("a", started(grant.lease, &grant.plate));
        farm.tell("a", ended(&grant, End::Failed));
        assert_eq!(farm.seen(), None, "another print");
    }
}
