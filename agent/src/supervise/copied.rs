//! Another machine with our identity, as stories.

use visorfarm_protocol::message::{Down, End, Receipt, Return};
use visorfarm_protocol::status::WaitsFor;

use super::Event;
use super::testing::Bench;

#[test]
fn a_frozen_agent_asks_for_nothing_until_it_is_no_longer_told() {
    let mut bench = Bench::ready();
    bench.down(Down::Frozen);
    assert_eq!(bench.ask(), None);
    assert_eq!(bench.waits_for(), Some(WaitsFor::Copied));
    bench.pass(99);
    assert_eq!(bench.ask(), None);
    bench.down(Down::Frozen);
    bench.pass(99);
    assert_eq!(bench.ask(), None);
    bench.pass(2);
    assert!(bench.ask().is_some());
}

#[test]
fn what_is_not_started_is_given_back() {
    let mut bench = Bench::ready();
    bench.grant();
    bench.fetched(Ok(()));
    bench.down(Down::Frozen);
    bench.uploaded();
    assert_eq!((bench.returns(), bench.starts()), (vec![Return::Other], 0));
}

#[test]
fn what_prints_ends_and_is_told() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.down(Down::Frozen);
    bench.push(crate::octoprint::push::PushEvent::PrintDone { path: super::testing::PATH.into() });
    bench.stands_still();
    assert_eq!(bench.ends(), [(0, End::Completed)]);
}

#[test]
fn a_receipt_for_the_copy_is_none_for_us() {
    let mut bench = Bench::ready();
    bench.completed();
    let untold = bench.supervisor.untold();
    let receipt = |teller| {
        let printer = "p".parse().unwrap();
        Event::Down(Down::Receipt(Receipt { printer, seqs: (1..99).collect(), teller, mark: None }))
    };
    bench.put(receipt(Some(8)));
    assert_eq!(bench.supervisor.untold(), untold);
    bench.put(receipt(Some(7)));
    assert_eq!(bench.supervisor.untold(), 0);
}
