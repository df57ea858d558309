//! What is told once more to a coordinator that has lost it, as stories.

use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{Down, End, Fact, HOLDS_PER_PRINTER_MAX, Receipt, Return, Up};

use super::testing::{Bench, EPOCH, grant, plate};
use super::{Action, Change, Memory};

fn lease(number: u64) -> LeaseId {
    LeaseId { epoch: EPOCH, number }
}

fn returned(number: u64) -> Fact {
    Fact::Returned { lease: lease(number), why: Return::Printer, note: String::new() }
}

/// A journal with so many plates, each followed by so many leases that were given back, all of it receipted.
fn journal(plates: u64, given_back: u64) -> Memory {
    let mut memory = Memory::default();
    memory.apply(&Change::Welcomed { epoch: EPOCH });
    let mut seqs = 1..;
    let mut tell = |memory: &mut Memory, fact: Fact| {
        let seq = seqs.next().unwrap();
        memory.apply(&Change::Fact { seq, fact });
        memory.apply(&Change::Receipted { seqs: vec![seq], epoch: EPOCH, mark: Some(seq) });
    };
    let mut numbers = 1..;
    for _ in 0..plates {
        let number = numbers.next().unwrap();
        let path = format!("visorfarm/1000-{number}.gcode");
        memory.apply(&Change::Granted { grant: Box::new(grant(lease(number))) });
        memory
            .apply(&Change::Starting { path, marks: crate::octoprint::model::Markings::default() });
        tell(
            &mut memory,
            Fact::Ended {
                lease: lease(number),
                ordinal: 0,
                end: End::Completed,
                plate: plate(),
                seconds: None,
                note: String::new(),
            },
        );
        memory.apply(&Change::PlateForgotten { lease: lease(number) });
        for _ in 0..given_back {
            tell(&mut memory, returned(numbers.next().unwrap()));
        }
    }
    memory
}

fn ends(memory: &Memory) -> usize {
    let ended = |fact: &&Fact| matches!(fact, Fact::Ended { .. });
    memory.facts.values().map(|told| &told.fact).filter(ended).count()
}

#[test]
fn plates_are_remembered_however_many_leases_were_given_back_since() {
    assert_eq!(ends(&journal(30, 300)), 30);
}

#[test]
fn what_is_remembered_is_bounded() {
    let memory = journal(2_500, 1);
    assert_eq!((ends(&memory), memory.facts.len()), (2_000, 2_500));
}

#[test]
fn a_hello_names_the_latest_leases_of_a_thousand_plates_and_what_is_at_hand() {
    let mut memory = journal(1_000, 0);
    memory.apply(&Change::Granted { grant: Box::new(grant(lease(1))) });
    memory.apply(&Change::Welcomed { epoch: Epoch(EPOCH.0 + 1) });
    let holds = memory.holds();
    assert_eq!(holds.len(), HOLDS_PER_PRINTER_MAX);
    assert!([1, 1_000, 999].iter().all(|number| holds.contains(&lease(*number))), "{holds:?}");
    assert_eq!(memory.unheard().count(), 1_000, "all of it is told");
}

#[test]
fn what_is_known_of_a_lease_is_told_again_to_who_looks_for_it() {
    let mut bench = Bench::ready();
    let lease = bench.completed();
    bench.receipt_all();
    bench.actions.clear();
    bench.down(Down::Trace(Box::new(grant(lease))));
    let [Action::Say(Up::Facts { facts, .. })] = &bench.actions[..] else {
        panic!("{:?}", bench.actions)
    };
    let ended = |fact: &Fact| matches!(fact, Fact::Ended { end: End::Completed, .. });
    assert!(facts.iter().any(|numbered| ended(&numbered.fact)), "{facts:?}");
}

#[test]
fn the_farthest_mark_of_an_epoch_is_remembered() {
    let mut bench = Bench::ready();
    let told = |bench: &mut Bench, mark| {
        bench.completed();
        bench.put(super::testing::CLEAR);
        let seqs = bench.supervisor.memory().unheard().map(|(seq, _)| seq).collect();
        let printer = "p".parse().unwrap();
        bench.down(Down::Receipt(Receipt { printer, seqs, teller: None, mark }));
        bench.supervisor.mark()
    };
    assert_eq!(told(&mut bench, Some(7)), Some(7));
    assert_eq!(told(&mut bench, None), Some(7), "an older coordinator says none");
    assert_eq!(told(&mut bench, Some(9)), Some(9));
    let mut bench = bench.restart();
    assert_eq!(bench.supervisor.mark(), Some(9));
    bench.down(Down::Welcome { epoch: Epoch(EPOCH.0 + 1), farm: "lyon".parse().unwrap() });
    assert_eq!(bench.supervisor.mark(), None);
}
