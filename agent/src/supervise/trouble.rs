//! What a supervisor does in trouble, as stories.

use visorfarm_gcode::Rule;
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, Return, Up};
use visorfarm_protocol::status::WaitsFor;
use visorfarm_protocol::text::QUOTE_BYTES_MAX;

use super::testing::{Bench, CLEAR, EPOCH, PATH, record, setup, snapshot};
use super::{Action, Answer, Change, Event, MakerRefused, Memory};
use crate::config::BedCare;
use crate::journal::Journal;
use crate::octoprint::model::PrinterCondition;
use crate::octoprint::push::{FailReason, PushEvent};

#[test]
fn a_journal_that_was_made_short_is_read_again() {
    let mut bench = Bench::ready();
    bench.completed();
    let memory = Box::new(bench.supervisor.memory().clone());
    bench.journal = vec![Change::Remembered { memory }];
    bench.restart();
}

#[test]
fn a_memory_of_long_words_fits_a_short_journal() {
    let mut memory = Memory::default();
    for seq in 1..5_000 {
        let lease = LeaseId { epoch: EPOCH, number: seq };
        let note = "\"".repeat(QUOTE_BYTES_MAX);
        let fact = Fact::Returned { lease, why: Return::Printer, note };
        memory.apply(&Change::Fact { seq, fact });
    }
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("p.journal");
    let (mut journal, _) = Journal::open(&path).unwrap();
    journal.compact(&[Change::Remembered { memory: Box::new(memory.clone()) }]).unwrap();
    drop(journal);
    let (_, replay) = Journal::<Change>::open(&path).unwrap();
    assert_eq!(replay.records, [Change::Remembered { memory: Box::new(memory) }]);
}

#[test]
fn a_file_of_ours_that_its_owner_prints_again_takes_a_bed_that_was_clear() {
    let started = |bench: &mut Bench| bench.push(PushEvent::PrintStarted { path: PATH.into() });
    let seen = |bench: &mut Bench| bench.seen(PrinterCondition::Printing, Some(PATH));
    for begun in [started, seen] {
        let mut bench = Bench::ready();
        bench.completed();
        bench.put(CLEAR);
        begun(&mut bench);
        bench.push(PushEvent::PrintDone { path: PATH.into() });
        bench.actions.clear();
        assert_eq!(bench.ask(), None, "a plate stands on the bed");
        assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
        bench.histories(&record(2, 0));
        assert_eq!(bench.ends(), [(0, End::Completed), (1, End::Completed)]);
    }
}

#[test]
fn a_bed_that_clears_itself_is_not_trusted_after_its_owners_own_try() {
    let mut bench = Bench::ready();
    bench.put(Event::Setup(Box::new(setup(BedCare::ClearsItself))));
    bench.completed();
    bench.push(PushEvent::PrintStarted { path: PATH.into() });
    bench.failed(FailReason::Error("jam".into()));
    bench.idle();
    assert_eq!(bench.waits_for(), Some(WaitsFor::BedClear));
}

/// A print of ours whose end nobody can tell.
fn lost(bench: &mut Bench) {
    bench.lost();
    bench.idle();
    bench.witnesses(&snapshot(PrinterCondition::Operational, None), Some(&record(0, 0)));
    assert_eq!(bench.ends(), [(0, End::Unknown)]);
}

#[test]
fn a_plate_of_unknown_end_is_asked_for_whatever_its_owner_prints() {
    let own = |bench: &mut Bench| bench.push(PushEvent::PrintStarted { path: "own.gcode".into() });
    let seen = |bench: &mut Bench| {
        bench.seen(PrinterCondition::Printing, Some("own.gcode"));
        bench.idle();
    };
    let none = |_: &mut Bench| ();
    let happens: [fn(&mut Bench); 3] = [none, own, seen];
    for (before, after) in [(1, 0), (0, 1), (0, 2)] {
        let mut bench = Bench::ready();
        let lease = bench.printing();
        happens[before](&mut bench);
        lost(&mut bench);
        happens[after](&mut bench);
        assert_eq!(bench.waits_for(), Some(WaitsFor::Look), "nobody asks what became of it");
        bench.receipt_all();
        assert_eq!(bench.supervisor.holds(), [lease], "the coordinator waits for the look");
        bench.put(Event::BedClear { good: Some(0) });
        bench.idle();
        assert_eq!(bench.waits_for(), None);
    }
}

#[test]
fn no_word_is_taken_for_a_bed_on_which_its_owner_prints() {
    let mut bench = Bench::ready();
    bench.printing();
    lost(&mut bench);
    bench.seen(PrinterCondition::Printing, Some("own.gcode"));
    let refused = bench.put(Event::BedClear { good: Some(0) });
    assert_eq!(refused, Some(Answer::Refused(MakerRefused::Printing)));
    bench.idle();
    assert_eq!(bench.put(Event::BedClear { good: Some(0) }), Some(Answer::Done));
}

#[test]
fn each_repetition_of_a_print_that_failed_has_a_number_of_its_own() {
    let mut bench = Bench::ready();
    bench.printing();
    bench.failed(FailReason::Error("jam".into()));
    for _ in 0..2 {
        bench.push(PushEvent::PrintStarted { path: PATH.into() });
        bench.push(PushEvent::PrintDone { path: PATH.into() });
    }
    bench.histories(&record(2, 1));
    let ends = [(0, End::Failed), (1, End::Completed), (2, End::Completed)];
    assert_eq!(bench.ends(), ends);
}

#[test]
fn settings_that_change_while_a_file_is_fetched_give_the_lease_back() {
    let mut profile = setup(BedCare::Ask);
    profile.profile = "prusa".parse().unwrap();
    let mut materials = setup(BedCare::Ask);
    materials.materials = vec!["TPU".into()];
    let mut shorter = setup(BedCare::Ask);
    shorter.seconds_max = Some(60);
    let mut agreed = setup(BedCare::Ask);
    agreed.agrees_to = [Rule::WaitsForPerson].into_iter().collect();
    for changed in [profile, materials, shorter, agreed] {
        let mut bench = Bench::ready();
        let asked = bench.ask();
        bench.put(Event::Setup(Box::new(changed.clone())));
        assert_ne!(bench.ask(), asked, "that ask was for other work");
        let mut bench = Bench::ready();
        bench.grant();
        bench.put(Event::Setup(Box::new(changed)));
        bench.fetched(Ok(()));
        bench.uploaded();
        assert_eq!((bench.starts(), bench.returns()), (0, vec![Return::Maker]));
    }
}

#[test]
fn a_fact_is_told_together_with_what_came_before_it_under_its_lease() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.actions.clear();
    bench.put(CLEAR);
    let Some(Action::Say(Up::Facts { facts, .. })) = bench.actions.first() else { panic!() };
    let seqs: Vec<_> = facts.iter().map(|numbered| numbered.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4], "a look means nothing to who has not heard of the print");
}

#[test]
fn a_history_that_cannot_be_is_not_counted_to_its_end() {
    let mut bench = Bench::ready();
    bench.completed();
    bench.histories(&record(1_000_000, 0));
    assert!(bench.ends().len() < 100);
}
