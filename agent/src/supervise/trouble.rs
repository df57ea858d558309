//! What a supervisor does in trouble, as stories.

use super::Change;
use super::testing::Bench;

#[test]
fn a_journal_that_was_made_short_is_read_again() {
    let mut bench = Bench::ready();
    bench.completed();
    let memory = Box::new(bench.supervisor.memory().clone());
    bench.journal = vec![Change::Remembered { memory }];
    bench.restart();
}
