//! What is told again while nobody receipts it, as stories.

use visorfarm_protocol::message::Up;

use super::Action;
use super::testing::Bench;

impl Bench {
    /// Lets so many seconds pass; returns after how many of them facts were told.
    fn tells_within(&mut self, seconds: u64) -> Vec<u64> {
        let mut told = Vec::new();
        for second in 1..=seconds {
            self.actions.clear();
            self.pass(1);
            let tells = |action: &Action| matches!(action, Action::Say(Up::Facts { .. }));
            told.extend(self.actions.iter().any(tells).then_some(second));
        }
        told
    }
}

#[test]
fn facts_that_nobody_receipts_are_told_again_after_ever_longer_pauses() {
    let mut bench = Bench::ready();
    bench.completed();
    let told = bench.tells_within(1_200);
    let pauses: Vec<_> = told.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses, [30, 60, 120, 240, 240, 240, 240]);
    assert!(told[0] <= 15, "{told:?}");
}

#[test]
fn what_is_new_is_told_again_soon_however_long_older_facts_have_waited() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.tells_within(1_000);
    bench.put(super::Event::BedClear { good: None });
    assert_eq!(bench.tells_within(60), [15, 45]);
}

#[test]
fn a_receipt_lets_what_is_left_be_told_again_soon() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.tells_within(1_000);
    let first = bench.supervisor.memory().unheard().next().map(|(seq, _)| seq);
    bench.receipt(first.into_iter().collect());
    assert_eq!(bench.tells_within(60), [15, 45]);
}

#[test]
fn everything_is_told_at_once_on_the_next_connection() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.tells_within(1_000);
    bench.join();
    assert_eq!(bench.tells_within(60), [1, 16, 46]);
}
