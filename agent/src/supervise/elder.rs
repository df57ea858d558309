//! Coordinators of every version that ever was, heard by an agent of today. What they say are the golden fixtures; only the
//! numbers that the agent draws and the name of its printer are put in.

use visorfarm_protocol::message::{Down, End, Grant, Receipt, Return};
use visorfarm_protocol::status::WaitsFor;

use super::leftover::path_of;
use super::testing::{Bench, CLEAR, PATH};
use super::{Action, Event, LinkChange, Memory, Question, StartAnswer};
use crate::octoprint::model::{Markings, PrinterCondition};
use crate::octoprint::push::PushEvent;
use crate::testing::written_by_coordinators;

/// Returns all that was ever written, and which fixture it is.
fn written() -> Vec<(String, Down)> {
    let read = |(name, bytes): (String, Vec<u8>)| (name, Down::read(&bytes).unwrap());
    written_by_coordinators().into_iter().map(read).collect()
}

/// An idle printer with a clear bed, that was welcomed by such a coordinator.
fn welcomed(welcome: &Down) -> Bench {
    let mut bench = Bench::cold(Memory::default());
    bench.push(PushEvent::Connected { markings: Markings::default() });
    bench.put(CLEAR);
    bench.idle();
    bench.put(Event::Link(LinkChange::Up));
    bench.down(welcome.clone());
    bench
}

/// A printer that was welcomed by any of them.
fn waiting() -> Bench {
    let welcome = written().into_iter().find(|(_, said)| matches!(said, Down::Welcome { .. }));
    welcomed(&welcome.unwrap().1)
}

/// A printer whose ask was answered by such a grant.
fn granted(grant: &Grant) -> Bench {
    let mut bench = waiting();
    let ask = bench.ask().expect("a printer that was welcomed asks");
    let printer = "p".parse().unwrap();
    bench.down(Down::Grant(Box::new(Grant { ask, printer, ..grant.clone() })));
    bench
}

/// A printer that prints under such a grant.
fn printing(grant: &Grant) -> Bench {
    let mut bench = granted(grant);
    bench.fetched(Ok(()));
    bench.uploaded();
    bench.answered(StartAnswer::Taken);
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.seen(PrinterCondition::Printing, Some(PATH));
    bench
}

/// A printer that has printed under such a grant, and was heard by nobody.
fn printed(grant: &Grant) -> Bench {
    let mut bench = printing(grant);
    bench.push(PushEvent::PrintDone { path: PATH.into() });
    bench.push(PushEvent::StateChanged(PrinterCondition::Operational));
    bench
}

fn any_grant() -> Grant {
    let grant = written().into_iter().find_map(|(_, said)| match said {
        Down::Grant(grant) => Some(*grant),
        Down::Welcome { .. }
        | Down::Trace(_)
        | Down::Withdraw { .. }
        | Down::Receipt(_)
        | Down::Frozen
        | Down::Memo { .. }
        | Down::Letters { .. } => None,
    });
    grant.unwrap()
}

#[test]
fn what_a_coordinator_of_any_version_says_is_done() {
    for (name, said) in written() {
        match &said {
            Down::Welcome { .. } => assert!(welcomed(&said).ask().is_some(), "{name}"),
            Down::Grant(grant) => {
                let bench = printed(grant);
                assert_eq!(
                    (bench.starts(), bench.ends()),
                    (1, vec![(0, End::Completed)]),
                    "{name}"
                );
            }
            Down::Trace(grant) => {
                let mut bench = waiting();
                bench.down(said.clone());
                let (lease, asked) = (grant.lease, bench.now.moment);
                let question = Question { lease, path: path_of(lease), asked };
                assert!(bench.actions.contains(&Action::Ask(question)), "{name}");
            }
            Down::Withdraw { lease, .. } => {
                let grant = Grant { lease: *lease, ..any_grant() };
                let mut early = granted(&grant);
                early.down(said.clone());
                assert_eq!(early.returns(), [Return::Withdrawn], "{name}");
                let mut late = printing(&grant);
                late.down(said.clone());
                assert_eq!(late.returns(), [], "{name}: a print under way was given back");
            }
            Down::Receipt(receipt) => {
                let mut bench = printed(&any_grant());
                let told = bench.supervisor.untold();
                // Who told it is a number that each process draws.
                let teller = receipt.teller.map(|_| bench.supervisor.watch.teller);
                bench.down(Down::Receipt(Receipt { teller, ..receipt.clone() }));
                assert_eq!((told, bench.supervisor.untold()), (3, 0), "{name}");
            }
            Down::Frozen => {
                let mut bench = waiting();
                bench.down(said.clone());
                assert_eq!(bench.waits_for(), Some(WaitsFor::Copied), "{name}");
            }
            // These are the agent's, not a printer's.
            Down::Memo { .. } | Down::Letters { .. } => {}
        }
    }
}
