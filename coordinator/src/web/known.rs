//! What pages know besides the board: the names of makers, and a number for each printer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use visorfarm_protocol::id::{AgentId, PrinterId};

use crate::accounts::Accounts;
use crate::clock::Timestamp;

/// The names of makers, and a number for each printer.
pub(super) struct Known {
    /// When this coordinator began: until agents had time to speak, silence says nothing.
    pub(super) started: Timestamp,
    accounts: Arc<Accounts>,
    /// No code that can panic runs while it is held.
    learnt: Mutex<Learnt>,
}

#[derive(Default)]
struct Learnt {
    makers: BTreeMap<AgentId, Arc<str>>,
    numbers: BTreeMap<(AgentId, PrinterId), u32>,
}

/// The names, held for as long as a view is made.
pub(super) struct Names<'a> {
    accounts: &'a Accounts,
    learnt: MutexGuard<'a, Learnt>,
}

/// How a printer is called.
pub(super) struct Name {
    /// The same for as long as the coordinator runs; counts up from 0.
    pub(super) number: u32,
    pub(super) maker: Arc<str>,
}

impl Known {
    pub(super) fn new(started: Timestamp, accounts: Arc<Accounts>) -> Self {
        Self { started, accounts, learnt: Mutex::default() }
    }

    pub(super) fn names(&self) -> Names<'_> {
        let learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        Names { accounts: &self.accounts, learnt }
    }
}

impl Names<'_> {
    pub(super) fn of(&mut self, agent: &AgentId, printer: &PrinterId) -> Name {
        let numbers = &mut self.learnt.numbers;
        let next = u32::try_from(numbers.len()).expect("printers are bounded by agents");
        let number = match numbers.get(&(agent.clone(), printer.clone())) {
            Some(number) => *number,
            None => *numbers.entry((agent.clone(), printer.clone())).or_insert(next),
        };
        Name { number, maker: self.maker(agent) }
    }

    /// Returns the name of an agent's maker. A new one is looked up once; a maker whose name cannot
    /// be read is called by its agent's.
    pub(super) fn maker(&mut self, agent: &AgentId) -> Arc<str> {
        if !self.learnt.makers.contains_key(agent) {
            let agents = self.accounts.agents().unwrap_or_default();
            let names = agents.into_iter().map(|known| (known.agent, Arc::from(known.title)));
            self.learnt.makers.extend(names);
        }
        let own = || Arc::from(agent.as_str());
        Arc::clone(self.learnt.makers.entry(agent.clone()).or_insert_with(own))
    }
}
