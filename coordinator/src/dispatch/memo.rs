//! Memos: short texts of the farm's people to a maker, told until the maker has read them.

use std::collections::BTreeMap;
use std::time::Duration;

use visorfarm_protocol::id::{AgentId, MemoId};
use visorfarm_protocol::memo::{MEMO_CHARS_MAX, memo_text};
use visorfarm_protocol::message::Down;

use super::{Change, Decision, Dispatcher, Refused, Sighting};
use crate::clock::Timestamp;

/// The most memos that wait to be read by one maker: whoever reads none of these reads no more.
pub const UNREAD_MAX: usize = 8;

/// How many memos of one maker are kept after they were read, for the farm's people to see when.
const READ_KEPT: usize = 4;

/// How often memos are told again on a standing connection: one may get lost.
const TOLD_EVERY: Duration = Duration::from_mins(5);

/// A text to a maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memo {
    /// Which one: it is written later than all with a smaller number.
    pub id: MemoId,
    /// To whose agent.
    pub agent: AgentId,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
    /// When its maker said to have read it.
    pub read: Option<Timestamp>,
}

/// All memos that are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Memos {
    kept: BTreeMap<MemoId, Memo>,
    /// The last number that was given.
    last: u64,
    /// When each agent was told its memos. Not durable.
    told: BTreeMap<AgentId, Timestamp>,
}

impl Memos {
    /// Returns the memos, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Memo> {
        self.kept.values()
    }

    /// Returns what must survive a restart.
    #[cfg(test)]
    pub(super) fn durable(&self) -> impl PartialEq + std::fmt::Debug {
        (&self.kept, self.last)
    }

    fn unread<'a>(&'a self, agent: &'a AgentId) -> impl Iterator<Item = &'a Memo> {
        self.all().filter(move |memo| memo.agent == *agent && memo.read.is_none())
    }

    /// Forgets the oldest of the memos that the maker of `agent` has read, beyond what is kept.
    fn forget(&mut self, agent: &AgentId) {
        let read = |memo: &&Memo| memo.agent == *agent && memo.read.is_some();
        let read: Vec<_> = self.all().filter(read).map(|memo| memo.id).collect();
        for id in &read[..read.len().saturating_sub(READ_KEPT)] {
            self.kept.remove(id);
        }
    }
}

impl Dispatcher {
    pub(super) fn decide_memo(&self, now: Timestamp, agent: &AgentId, text: &str) -> Decision {
        let text = memo_text(text);
        let characters = text.chars().count();
        if characters == 0 || MEMO_CHARS_MAX < characters {
            return Decision::refuse(Refused::Memo { characters });
        }
        if UNREAD_MAX <= self.memos.unread(agent).count() {
            return Decision::refuse(Refused::Unread { agent: agent.clone() });
        }
        // The time, so that no life of the database gives a number that an earlier one gave.
        let id = MemoId(now.0.max(self.memos.last + 1));
        let memo = Memo { id, agent: agent.clone(), text, at: now, read: None };
        let messages = vec![(agent.clone(), message(&memo))];
        Decision { messages, ..Decision::change(Change::MemoWritten(memo)) }
    }

    /// The maker has read memos. What is known already, or was never written to it, changes nothing.
    pub(super) fn decide_read(
        &self,
        now: Timestamp,
        agent: &AgentId,
        memos: &[MemoId],
    ) -> Decision {
        let unread = self.memos.unread(agent).filter(|memo| memos.contains(&memo.id));
        let changes = unread.map(|memo| Change::MemoRead { memo: memo.id, at: now });
        Decision { changes: changes.collect(), ..Decision::default() }
    }

    /// Adds the memos that the maker of `agent` has not read.
    pub(super) fn tell_memos(&self, now: Timestamp, agent: &AgentId, decision: &mut Decision) {
        let messages: Vec<_> =
            self.memos.unread(agent).map(|memo| (agent.clone(), message(memo))).collect();
        if !messages.is_empty() {
            decision.messages.extend(messages);
            decision.sightings.push(Sighting::MemosTold { agent: agent.clone(), at: now });
        }
    }

    /// Adds them if they were not told lately.
    pub(super) fn repeat_memos(&self, now: Timestamp, agent: &AgentId, decision: &mut Decision) {
        let told = self.memos.told.get(agent);
        if told.is_none_or(|at| TOLD_EVERY <= now.since(*at)) {
            self.tell_memos(now, agent, decision);
        }
    }

    pub(super) fn apply_memo(&mut self, memo: &Memo) {
        self.memos.last = self.memos.last.max(memo.id.0);
        self.memos.kept.insert(memo.id, memo.clone());
        self.memos.forget(&memo.agent);
    }

    pub(super) fn apply_read(&mut self, memo: MemoId, at: Timestamp) {
        let read = self.memos.kept.get_mut(&memo).expect("a memo that is read was written");
        read.read = Some(at);
        let agent = read.agent.clone();
        self.memos.forget(&agent);
    }

    pub(super) fn sight_memos_told(&mut self, agent: &AgentId, at: Timestamp) {
        self.memos.told.insert(agent.clone(), at);
    }
}

fn message(memo: &Memo) -> Down {
    Down::Memo { memo: memo.id, text: memo.text.clone(), at: memo.at.seconds() }
}

#[cfg(test)]
mod tests {
    use visorfarm_protocol::message::Up;

    use super::super::testing::{Farm, agent};
    use super::super::{Answer, Event};
    use super::*;

    impl Farm {
        fn write(&mut self, name: &str, text: &str) -> Answer {
            self.now.0 += 1;
            self.put(Event::MemoWritten { agent: agent(name), text: text.to_owned() })
        }

        /// Returns the texts that were sent to `name` since message number `from`.
        fn memos(&self, from: usize, name: &str) -> Vec<(MemoId, &str)> {
            let told = self.sent[from..].iter().filter(|(to, _)| *to == agent(name));
            let told = told.filter_map(|(_, down)| match down {
                Down::Memo { memo, text, .. } => Some((*memo, text.as_str())),
                Down::Welcome { .. }
                | Down::Grant(_)
                | Down::Trace(_)
                | Down::Withdraw { .. }
                | Down::Receipt(_)
                | Down::Frozen
                | Down::Letters { .. } => None,
            });
            told.collect()
        }

        fn reads(&mut self, name: &str, memos: &[MemoId]) {
            self.said(name, Up::Read { memos: memos.to_vec() });
        }

        fn read_at(&self) -> Vec<Option<Timestamp>> {
            self.dispatcher.memos.all().map(|memo| memo.read).collect()
        }
    }

    #[test]
    fn a_memo_is_told_when_it_is_written_after_each_hello_and_now_and_then_until_it_is_read() {
        let mut farm = Farm::new();
        farm.hello("a", &[]);
        assert_eq!(farm.write("a", "Thank you!"), Answer::Done);
        let told = farm.memos(0, "a");
        assert_eq!(told.iter().map(|(_, text)| *text).collect::<Vec<_>>(), ["Thank you!"]);
        let id = told[0].0;

        let before = farm.sent.len();
        farm.hello("a", &[]);
        farm.hello("b", &[]);
        assert_eq!((farm.memos(before, "a").len(), farm.memos(before, "b").len()), (1, 0));

        let before = farm.sent.len();
        let status = || Up::Status { printers: Vec::new() };
        farm.said("a", status());
        assert_eq!(farm.memos(before, "a"), []);
        farm.now.0 += 300_000;
        farm.said("a", status());
        assert_eq!(farm.memos(before, "a").len(), 1);

        farm.reads("b", &[id]);
        assert_eq!(farm.read_at(), [None], "it was written to somebody else");
        farm.reads("a", &[id, MemoId(7)]);
        let read = farm.now;
        farm.now.0 += 1_000;
        farm.reads("a", &[id]);
        assert_eq!(farm.read_at(), [Some(read)], "the first time counts");
        let before = farm.sent.len();
        farm.hello("a", &[]);
        assert_eq!(farm.memos(before, "a"), []);
    }

    #[test]
    fn a_text_is_short_and_without_commands_for_a_terminal() {
        let mut farm = Farm::new();
        let refused = |characters| Answer::Refused(Refused::Memo { characters });
        assert_eq!(farm.write("a", " \n\u{1b} "), refused(0));
        assert_eq!(farm.write("a", &"é".repeat(MEMO_CHARS_MAX + 1)), refused(501));
        assert_eq!(farm.write("a", &"é".repeat(MEMO_CHARS_MAX)), Answer::Done);
        assert_eq!(farm.write("a", "red\u{1b}[31m\u{202e}\nnext"), Answer::Done);
        assert_eq!(farm.memos(0, "a")[1].1, "red[31m next");
    }

    #[test]
    fn memos_that_nobody_reads_are_bounded_and_so_are_those_that_were_read() {
        let mut farm = Farm::new();
        for _ in 0..3 {
            for _ in 0..UNREAD_MAX {
                assert_eq!(farm.write("a", "x"), Answer::Done);
            }
            let unread = Refused::Unread { agent: agent("a") };
            assert_eq!(farm.write("a", "x"), Answer::Refused(unread));
            assert_eq!(farm.write("b", "x"), Answer::Done);
            let all: Vec<_> = farm.dispatcher.memos.all().map(|memo| memo.id).collect();
            farm.reads("a", &all);
            farm.reads("b", &all);
        }
        assert_eq!(farm.dispatcher.memos.kept.len(), READ_KEPT + 3);
    }

    #[test]
    fn no_two_memos_have_one_number_even_if_the_clock_stands_still() {
        let mut farm = Farm::new();
        for _ in 0..3 {
            farm.write("a", "x");
            farm.now.0 -= 1;
        }
        assert_eq!(farm.dispatcher.memos.kept.len(), 3);
    }
}
