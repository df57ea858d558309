//! Letters: short texts of the farm's people to a maker, told until the maker has read them.

use std::collections::BTreeMap;
use std::time::Duration;

use visorfarm_protocol::id::{AgentId, LetterId};
use visorfarm_protocol::letter::{LETTER_CHARS_MAX, letter_text};
use visorfarm_protocol::message::Down;

use super::{Change, Decision, Dispatcher, Refused, Sighting};
use crate::clock::Timestamp;

/// The most letters that wait to be read by one maker: whoever reads none of these reads no more.
pub const UNREAD_MAX: usize = 8;

/// How many letters of one maker are kept after they were read, for the farm's people to see when.
const READ_KEPT: usize = 4;

/// How often letters are told again on a standing connection: one may get lost.
const TOLD_EVERY: Duration = Duration::from_mins(5);

/// A text to a maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Which one: it is written later than all with a smaller number.
    pub id: LetterId,
    /// To whose agent.
    pub agent: AgentId,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
    /// When its maker said to have read it.
    pub read: Option<Timestamp>,
}

/// All letters that are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Letters {
    kept: BTreeMap<LetterId, Letter>,
    /// The last number that was given.
    last: u64,
    /// When each agent was told its letters. Not durable.
    told: BTreeMap<AgentId, Timestamp>,
}

impl Letters {
    /// Returns the letters, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Letter> {
        self.kept.values()
    }

    /// Returns what must survive a restart.
    #[cfg(test)]
    pub(super) fn durable(&self) -> impl PartialEq + std::fmt::Debug {
        (&self.kept, self.last)
    }

    fn unread<'a>(&'a self, agent: &'a AgentId) -> impl Iterator<Item = &'a Letter> {
        self.all().filter(move |letter| letter.agent == *agent && letter.read.is_none())
    }

    /// Forgets the oldest of the letters that the maker of `agent` has read, beyond what is kept.
    fn forget(&mut self, agent: &AgentId) {
        let read = |letter: &&Letter| letter.agent == *agent && letter.read.is_some();
        let read: Vec<_> = self.all().filter(read).map(|letter| letter.id).collect();
        for id in &read[..read.len().saturating_sub(READ_KEPT)] {
            self.kept.remove(id);
        }
    }
}

impl Dispatcher {
    pub(super) fn decide_letter(&self, now: Timestamp, agent: &AgentId, text: &str) -> Decision {
        let text = letter_text(text);
        let characters = text.chars().count();
        if characters == 0 || LETTER_CHARS_MAX < characters {
            return Decision::refuse(Refused::Letter { characters });
        }
        if UNREAD_MAX <= self.letters.unread(agent).count() {
            return Decision::refuse(Refused::Unread { agent: agent.clone() });
        }
        // The time, so that no life of the database gives a number that an earlier one gave.
        let id = LetterId(now.0.max(self.letters.last + 1));
        let letter = Letter { id, agent: agent.clone(), text, at: now, read: None };
        let messages = vec![(agent.clone(), message(&letter))];
        Decision { messages, ..Decision::change(Change::LetterWritten(letter)) }
    }

    /// The maker has read letters. What is known already, or was never written to it, changes nothing.
    pub(super) fn decide_read(
        &self,
        now: Timestamp,
        agent: &AgentId,
        letters: &[LetterId],
    ) -> Decision {
        let unread = self.letters.unread(agent).filter(|letter| letters.contains(&letter.id));
        let changes = unread.map(|letter| Change::LetterRead { letter: letter.id, at: now });
        Decision { changes: changes.collect(), ..Decision::default() }
    }

    /// Adds the letters that the maker of `agent` has not read.
    pub(super) fn tell_letters(&self, now: Timestamp, agent: &AgentId, decision: &mut Decision) {
        let messages: Vec<_> =
            self.letters.unread(agent).map(|letter| (agent.clone(), message(letter))).collect();
        if !messages.is_empty() {
            decision.messages.extend(messages);
            decision.sightings.push(Sighting::LettersTold { agent: agent.clone(), at: now });
        }
    }

    /// Adds them if they were not told lately.
    pub(super) fn repeat_letters(&self, now: Timestamp, agent: &AgentId, decision: &mut Decision) {
        let told = self.letters.told.get(agent);
        if told.is_none_or(|at| TOLD_EVERY <= now.since(*at)) {
            self.tell_letters(now, agent, decision);
        }
    }

    pub(super) fn apply_letter(&mut self, letter: &Letter) {
        self.letters.last = self.letters.last.max(letter.id.0);
        self.letters.kept.insert(letter.id, letter.clone());
        self.letters.forget(&letter.agent);
    }

    pub(super) fn apply_read(&mut self, letter: LetterId, at: Timestamp) {
        let read = self.letters.kept.get_mut(&letter).expect("a letter that is read was written");
        read.read = Some(at);
        let agent = read.agent.clone();
        self.letters.forget(&agent);
    }

    pub(super) fn sight_letters_told(&mut self, agent: &AgentId, at: Timestamp) {
        self.letters.told.insert(agent.clone(), at);
    }
}

fn message(letter: &Letter) -> Down {
    Down::Letter { letter: letter.id, text: letter.text.clone(), at: letter.at.seconds() }
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
            self.put(Event::LetterWritten { agent: agent(name), text: text.to_owned() })
        }

        /// Returns the texts that were sent to `name` since message number `from`.
        fn letters(&self, from: usize, name: &str) -> Vec<(LetterId, &str)> {
            let told = self.sent[from..].iter().filter(|(to, _)| *to == agent(name));
            let told = told.filter_map(|(_, down)| match down {
                Down::Letter { letter, text, .. } => Some((*letter, text.as_str())),
                Down::Welcome { .. }
                | Down::Grant(_)
                | Down::Withdraw { .. }
                | Down::Receipt(_)
                | Down::Frozen => None,
            });
            told.collect()
        }

        fn reads(&mut self, name: &str, letters: &[LetterId]) {
            self.said(name, Up::Read { letters: letters.to_vec() });
        }

        fn read_at(&self) -> Vec<Option<Timestamp>> {
            self.dispatcher.letters.all().map(|letter| letter.read).collect()
        }
    }

    #[test]
    fn a_letter_is_told_when_it_is_written_after_each_hello_and_now_and_then_until_it_is_read() {
        let mut farm = Farm::new();
        farm.hello("a", &[]);
        assert_eq!(farm.write("a", "Thank you!"), Answer::Done);
        let told = farm.letters(0, "a");
        assert_eq!(told.iter().map(|(_, text)| *text).collect::<Vec<_>>(), ["Thank you!"]);
        let id = told[0].0;

        let before = farm.sent.len();
        farm.hello("a", &[]);
        farm.hello("b", &[]);
        assert_eq!((farm.letters(before, "a").len(), farm.letters(before, "b").len()), (1, 0));

        let before = farm.sent.len();
        let status = || Up::Status { printers: Vec::new() };
        farm.said("a", status());
        assert_eq!(farm.letters(before, "a"), []);
        farm.now.0 += 300_000;
        farm.said("a", status());
        assert_eq!(farm.letters(before, "a").len(), 1);

        farm.reads("b", &[id]);
        assert_eq!(farm.read_at(), [None], "it was written to somebody else");
        farm.reads("a", &[id, LetterId(7)]);
        let read = farm.now;
        farm.now.0 += 1_000;
        farm.reads("a", &[id]);
        assert_eq!(farm.read_at(), [Some(read)], "the first time counts");
        let before = farm.sent.len();
        farm.hello("a", &[]);
        assert_eq!(farm.letters(before, "a"), []);
    }

    #[test]
    fn a_text_is_short_and_without_commands_for_a_terminal() {
        let mut farm = Farm::new();
        let refused = |characters| Answer::Refused(Refused::Letter { characters });
        assert_eq!(farm.write("a", " \n\u{1b} "), refused(0));
        assert_eq!(farm.write("a", &"é".repeat(LETTER_CHARS_MAX + 1)), refused(501));
        assert_eq!(farm.write("a", &"é".repeat(LETTER_CHARS_MAX)), Answer::Done);
        assert_eq!(farm.write("a", "red\u{1b}[31m\u{202e}\nnext"), Answer::Done);
        assert_eq!(farm.letters(0, "a")[1].1, "red[31m next");
    }

    #[test]
    fn letters_that_nobody_reads_are_bounded_and_so_are_those_that_were_read() {
        let mut farm = Farm::new();
        for _ in 0..3 {
            for _ in 0..UNREAD_MAX {
                assert_eq!(farm.write("a", "x"), Answer::Done);
            }
            let unread = Refused::Unread { agent: agent("a") };
            assert_eq!(farm.write("a", "x"), Answer::Refused(unread));
            assert_eq!(farm.write("b", "x"), Answer::Done);
            let all: Vec<_> = farm.dispatcher.letters.all().map(|letter| letter.id).collect();
            farm.reads("a", &all);
            farm.reads("b", &all);
        }
        assert_eq!(farm.dispatcher.letters.kept.len(), READ_KEPT + 3);
    }

    #[test]
    fn no_two_letters_have_one_number_even_if_the_clock_stands_still() {
        let mut farm = Farm::new();
        for _ in 0..3 {
            farm.write("a", "x");
            farm.now.0 -= 1;
        }
        assert_eq!(farm.dispatcher.letters.kept.len(), 3);
    }
}
