//! What no order of words and wishes may break.

use proptest::prelude::*;
use visorfarm_protocol::id::{Epoch, LeaseId, RequestId};
use visorfarm_protocol::message::{End, Fact};

use super::testing::{Farm, agent, ended_as, returned, some_plate, started};
use super::tests::farm;
use super::{Change, Channel, Event, LeaseState};

/// Something that agents and people do, by small numbers.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Request(i64),
    Cancel(u64),
    Ask(usize),
    Tell {
        lease: u64,
        fact: u8,
        twice: bool,
    },
    Hello {
        agent: usize,
        holds: bool,
    },
    /// A printer is taken out of its agent's settings.
    Leave {
        agent: usize,
    },
    /// Of a lease that this database may have forgotten.
    Forgotten {
        agent: usize,
        number: u64,
        pieces: u32,
    },
    Pass(u64),
    Abandon(u64),
    Withdraw,
    Publish(u8),
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (1..30_i64).prop_map(Step::Request),
        1 => (1..5_u64).prop_map(Step::Cancel),
        8 => (0..3_usize).prop_map(Step::Ask),
        12 => (1..12_u64, 0..9_u8, any::<bool>())
            .prop_map(|(lease, fact, twice)| Step::Tell { lease, fact, twice }),
        2 => (0..3_usize, any::<bool>()).prop_map(|(agent, holds)| Step::Hello { agent, holds }),
        1 => (0..3_usize).prop_map(|agent| Step::Leave { agent }),
        1 => (0..3_usize, 1..3_u64, prop_oneof![Just(4), Just(u32::MAX)])
            .prop_map(|(agent, number, pieces)| Step::Forgotten { agent, number, pieces }),
        2 => (1..10_000_u64).prop_map(Step::Pass),
        1 => (1..12_u64).prop_map(Step::Abandon),
        1 => Just(Step::Withdraw),
        1 => (2..5_u8).prop_map(Step::Publish),
    ]
}

const AGENTS: [&str; 3] = ["a", "b", "c"];

impl Farm {
    pub(crate) fn take(&mut self, step: &Step) {
        match step {
            Step::Request(pieces) => {
                self.request(*pieces);
            }
            Step::Cancel(id) => {
                self.put(Event::RequestCancelled { request: RequestId(*id) });
            }
            Step::Ask(agent) => {
                self.ask(AGENTS[*agent]);
            }
            Step::Tell { lease, fact, twice } => self.tell_some(*lease, *fact, *twice),
            Step::Hello { agent: index, holds } => {
                let name = AGENTS[*index];
                let held = self.held_by(name);
                self.hello(name, if *holds { &held } else { &[] });
            }
            Step::Leave { agent } => self.leave(AGENTS[*agent]),
            Step::Forgotten { agent, number, pieces } => {
                let mut plate = some_plate(RequestId(1));
                plate.pieces = *pieces;
                let lease = LeaseId { epoch: Epoch(7), number: *number };
                self.tell(AGENTS[*agent], ended_as(lease, 0, End::Unknown, &plate));
                for seen in [u32::MAX, 1] {
                    let judged = Fact::Judged { lease, ordinal: 0, good: seen, bad: seen };
                    self.tell(AGENTS[*agent], judged);
                }
            }
            Step::Pass(seconds) => self.pass(*seconds),
            Step::Abandon(number) => {
                let lease = LeaseId { epoch: super::testing::EPOCH, number: *number };
                self.put(Event::LeaseAbandoned { lease });
            }
            Step::Withdraw => {
                self.withdraw("r1");
            }
            Step::Publish(number) => {
                self.publish(&format!("r{number}"), Channel::Validated);
            }
        }
    }

    /// Once faults stop: agents say what they hold, print it, and ask for more.
    fn heal(&mut self) {
        self.publish("r9", Channel::Validated);
        for _ in 0..200 {
            for name in AGENTS {
                self.hello(name, &self.held_by(name));
                for id in self.held_by(name) {
                    self.bring_to_an_end(name, id);
                }
                self.ask(name);
            }
        }
    }

    fn held_by(&self, name: &str) -> Vec<LeaseId> {
        let held = self.dispatcher.held.iter().filter(|(key, _)| key.agent == agent(name));
        held.map(|(_, lease)| *lease).collect()
    }

    fn bring_to_an_end(&mut self, name: &str, id: LeaseId) {
        let lease = self.dispatcher.leases[&id].clone();
        let last = match lease.state {
            LeaseState::Recalled => returned(id),
            LeaseState::Unknown => {
                self.tell(name, ended_as(id, 0, End::Unknown, &lease.plate));
                Fact::Judged { lease: id, ordinal: 0, good: 4, bad: 0 }
            }
            LeaseState::Offered
            | LeaseState::Accepted
            | LeaseState::Printing
            | LeaseState::Lapsed
            | LeaseState::Returned(_)
            | LeaseState::Ended(_) => ended_as(id, 0, End::Completed, &lease.plate),
        };
        self.tell(name, last);
    }

    fn tell_some(&mut self, number: u64, fact: u8, twice: bool) {
        let id = LeaseId { epoch: super::testing::EPOCH, number };
        let Some(lease) = self.dispatcher.leases.get(&id).cloned() else { return };
        let ended = |ordinal, end| ended_as(id, ordinal, end, &lease.plate);
        let judged = |good, bad| Fact::Judged { lease: id, ordinal: 0, good, bad };
        let fact = match fact {
            0 => Fact::Accepted { lease: id },
            1 => started(id, &lease.plate),
            2 => returned(id),
            3 => ended(0, End::Completed),
            4 => ended(0, End::Failed),
            5 => ended(0, End::Unknown),
            6 => ended(1, End::Completed),
            7 => judged(4, 0),
            _ => judged(1, 2),
        };
        for _ in 0..=u8::from(twice) {
            self.tell(lease.holder.agent.as_str(), fact.clone());
        }
    }
}

/// Checks every invariant that the dispatcher alone can break.
fn check_invariants(farm: &Farm) {
    let dispatcher = &farm.dispatcher;
    for row in dispatcher.board(farm.now).requests {
        let n = row.numbers;
        let in_flight = i64::try_from(n.in_flight).unwrap();
        let outstanding = i64::try_from(n.outstanding).unwrap();
        let surplus = i64::try_from(n.surplus).unwrap();
        // I9: what is asked for is in the pipeline, outstanding, or there is too much of it.
        assert_eq!(n.wanted, in_flight + n.printed - n.bad + outstanding - surplus, "{row:?}");
        assert!(0 <= n.wanted && n.good + n.bad <= n.printed, "{row:?}");
    }
    let completed: i64 = (dispatcher.outcomes.values())
        .filter(|outcome| outcome.end == End::Completed)
        .map(|outcome| i64::from(outcome.pieces))
        .sum();
    let unknown: i64 = (dispatcher.judgements.iter())
        .filter(|(key, _)| dispatcher.outcomes[key].end == End::Unknown)
        .map(|(_, judgement)| i64::from(judgement.good + judgement.bad))
        .sum();
    let printed: i64 = dispatcher.requests.values().map(|request| request.sums.printed).sum();
    assert_eq!(printed, completed + unknown, "the ledger is what came off the beds");
    for (job, found) in &dispatcher.jobs {
        if let super::JobState::Leased(lease) = found.state {
            assert!(dispatcher.leases[&lease].state.is_live(), "{job:?} under {lease:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_is_told_in_whatever_order_the_numbers_add_up(
        steps in proptest::collection::vec(step(), 1..60)
    ) {
        let mut farm = farm(12).0.restored(100);
        for step in &steps {
            farm.take(step);
            check_invariants(&farm);
        }
    }

    #[test]
    fn terminal_is_terminal(steps in proptest::collection::vec(step(), 1..60)) {
        let mut farm = farm(12).0.restored(100);
        for step in &steps {
            farm.take(step);
        }
        let mut ended = std::collections::BTreeSet::new();
        for change in &farm.changes {
            if let Change::LeaseMoved { lease, state, .. } = change {
                prop_assert!(!ended.contains(lease));
                if state.is_terminal() {
                    ended.insert(*lease);
                }
            }
        }
    }

    /// I14, and that the numbers are then what was asked for.
    #[test]
    fn once_faults_stop_every_open_request_is_fulfilled(
        steps in proptest::collection::vec(step(), 1..60)
    ) {
        let mut farm = farm(12).0.restored(100);
        for step in &steps {
            farm.take(step);
        }
        farm.heal();
        check_invariants(&farm);
        for row in farm.dispatcher.board(farm.now).requests {
            prop_assert_eq!((row.numbers.outstanding, row.numbers.in_flight), (0, 0), "{:?}", row);
        }
        prop_assert!(farm.dispatcher.jobs.is_empty() && farm.dispatcher.held.is_empty());
    }
}
