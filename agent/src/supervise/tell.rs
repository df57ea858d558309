//! What the coordinator is told: asks while the printer is willing, and facts until they are
//! receipted.

use std::time::Duration;

use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{
    Ask, FACTS_PER_MESSAGE_MAX, Fact, Numbered, Receipt, Return, Up,
};

use super::note::Note;
use super::watch::Link;
use super::{Action, Change, Decision, Now, Supervisor};

/// How often an ask is repeated while it stands: an ask may be lost.
const ASK_EVERY: Duration = Duration::from_secs(30);

/// How old an ask may be before a new one takes its place. The time to start runs from the ask, so
/// an old ask would leave little of it.
const ASK_RENEWED_AFTER: Duration = Duration::from_mins(5);

impl Supervisor {
    /// Returns the messages that tell every fact the coordinator has not receipted.
    pub(super) fn tell_all(&self) -> Vec<Action> {
        if self.watch.link != Link::Welcomed {
            return Vec::new();
        }
        let unheard: Vec<_> =
            self.memory.unheard().map(|(seq, fact)| Numbered { seq, fact: fact.clone() }).collect();
        let messages = unheard.chunks(FACTS_PER_MESSAGE_MAX);
        messages.map(|facts| Action::Say(self.message(facts.to_vec()))).collect()
    }

    /// Adds the telling of the facts among a decision's own changes, each with what is not yet heard
    /// of its lease: a look means nothing to who has not heard of the print.
    pub(super) fn and_tell(&self, mut decision: Decision) -> Decision {
        if self.watch.link != Link::Welcomed {
            return decision;
        }
        let news: Vec<_> = decision
            .changes
            .iter()
            .filter_map(|change| {
                let Change::Fact { seq, fact } = change else { return None };
                Some((*seq, fact))
            })
            .collect();
        let concerned = |fact: &Fact| news.iter().any(|(_, new)| new.lease() == fact.lease());
        let earlier = self.memory.unheard().filter(|(_, fact)| concerned(fact));
        let facts: Vec<_> = earlier
            .chain(news.iter().copied())
            .map(|(seq, fact)| Numbered { seq, fact: fact.clone() })
            .collect();
        let messages = facts.chunks(FACTS_PER_MESSAGE_MAX);
        decision.actions.extend(messages.map(|facts| Action::Say(self.message(facts.to_vec()))));
        if !facts.is_empty() {
            decision.notes.push(Note::TellSoon);
        }
        decision
    }

    /// Returns the message that tells once more what is known of `lease`, receipted or not.
    pub(super) fn tell_again(&self, lease: LeaseId) -> Decision {
        self.tell_those(|fact| fact.lease() == lease)
    }

    /// Returns the message that tells once more what became of `lease` after it was taken; none if
    /// that is still open. That it was taken is no answer to who asks it back: the two would ask and
    /// answer as fast as the network goes.
    pub(super) fn tell_beyond_accepted(&self, lease: LeaseId) -> Decision {
        self.tell_those(|fact| fact.lease() == lease && !matches!(fact, Fact::Accepted { .. }))
    }

    fn tell_those(&self, meant: impl Fn(&Fact) -> bool) -> Decision {
        let meant = self.memory.facts.iter().filter(|(_, told)| meant(&told.fact));
        let facts: Vec<_> = meant
            .map(|(seq, told)| Numbered { seq: *seq, fact: told.fact.clone() })
            .take(FACTS_PER_MESSAGE_MAX)
            .collect();
        if facts.is_empty() {
            return Decision::default();
        }
        Decision::default().and_act(Action::Say(self.message(facts)))
    }

    fn message(&self, facts: Vec<Numbered>) -> Up {
        Up::Facts { printer: self.printer.clone(), facts, teller: Some(self.watch.teller) }
    }

    pub(super) fn decide_welcome(&self, epoch: Epoch) -> Decision {
        match self.memory.epoch {
            // An old copy of the coordinator still runs somewhere. What it hears is lost.
            Some(known) if epoch < known => Decision::default(),
            Some(known) if epoch == known => Decision::note(Note::Welcomed),
            Some(_) | None => Decision::change(Change::Welcomed { epoch }).and_note(Note::Welcomed),
        }
    }

    pub(super) fn decide_receipt(&self, receipt: &Receipt) -> Decision {
        let Some(epoch) = self.memory.epoch else { return Decision::default() };
        // A copy of this agent numbers other facts alike: what was receipted to it is not ours.
        if receipt.teller.is_some_and(|teller| teller != self.watch.teller) {
            return Decision::default();
        }
        let seqs = &receipt.seqs;
        let news: Vec<_> =
            self.memory.unheard().map(|(seq, _)| seq).filter(|seq| seqs.contains(seq)).collect();
        if news.is_empty() || self.watch.link != Link::Welcomed {
            return Decision::default();
        }
        let mark = receipt.mark;
        Decision::change(Change::Receipted { seqs: news, epoch, mark }).and_note(Note::TellSoon)
    }

    /// Another machine has our identity: what is not started is given back, and nothing else is taken.
    pub(super) fn decide_frozen(&self) -> Decision {
        let note = "another machine has this agent's identity";
        self.give_back(Return::Other, note).and_note(Note::Frozen)
    }

    /// Says what is due: an ask, or facts once more.
    pub(super) fn decide_due(&self, now: Now) -> Decision {
        let mut decision = Decision::default();
        if self.watch.link != Link::Welcomed {
            return decision;
        }
        // Facts first: a coordinator that has not heard of an end gives that printer nothing.
        if self.watch.telling.is_none_or(|telling| telling.due <= now.moment) {
            decision.notes.push(Note::Told);
            decision.actions.extend(self.tell_all());
        }
        if self.watch.ask.is_some() && self.willing(now).is_err() {
            // The coordinator forgets it as well, when it is told what the printer waits for.
            decision.notes.push(Note::AskOver);
        }
        if let Some(ask) = self.ask_due(now) {
            decision.notes.push(Note::Asked(ask));
            decision.actions.push(Action::Say(Up::Ask(Ask {
                printer: self.printer.clone(),
                ask,
                profile: self.setup.profile.clone(),
                materials: self.setup.materials.clone(),
                seconds_max: self.setup.seconds_max,
                grams_max: self.grams_max(),
            })));
        }
        decision
    }

    fn ask_due(&self, now: Now) -> Option<u64> {
        self.willing(now).ok()?;
        if self.watch.rest.is_some_and(|rest| now.moment < rest.until) {
            return None;
        }
        match self.watch.ask {
            None => Some(self.watch.next_ask),
            Some(standing) if ASK_RENEWED_AFTER <= now.moment.since(standing.since) => {
                Some(self.watch.next_ask)
            }
            Some(standing) => {
                let due = standing.repeated.is_none_or(|at| ASK_EVERY <= now.moment.since(at));
                due.then_some(standing.ask)
            }
        }
    }
}
