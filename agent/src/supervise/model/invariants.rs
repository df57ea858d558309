//! The invariants of the design, as far as an agent can keep or break them: each by its number and its sentence.

use std::collections::{BTreeMap, BTreeSet};

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, FACTS_PER_MESSAGE_MAX, Fact, Numbered};

use super::super::{Bed, Phase, leftover};
use super::workshop::{PLATE, Workshop};

/// Checks all that must hold when a start is ordered.
pub(super) fn check_start(shop: &Workshop, lease: LeaseId) {
    i4_a_start_is_ordered_once_for_a_lease(shop, lease);
    i4_a_start_is_written_down_before_it_is_ordered(shop, lease);
    i5_a_start_is_ordered_on_a_clear_bed(shop, lease);
    i5_a_start_is_ordered_as_the_maker_agreed(shop, lease);
    i5_a_start_is_ordered_in_time(shop, lease);
    i5_a_start_is_ordered_with_enough_filament(shop, lease);
    assert!(!shop.scene.is_frozen(), "I12: {lease:?} is started by one of two");
}

/// Checks that whoever asks may begin.
pub(super) fn check_ask(shop: &Workshop) {
    assert!(!shop.scene.is_frozen(), "I12: one of two asks for work");
    assert!(shop.printer.bed.is_none(), "I5: {:?} asks with a full bed", shop.scene);
    assert!(shop.scene.agrees(), "I5: {:?} asks against the maker's wish", shop.scene);
}

pub(super) fn check_message(facts: &[Numbered]) {
    assert!(facts.len() <= FACTS_PER_MESSAGE_MAX, "I15: {} facts in one message", facts.len());
}

/// Checks all that must hold after every step.
pub(super) fn check(shop: &Workshop) {
    i1_and_i6_what_ended_ends_once(shop);
    i2_what_is_told_is_what_came_off_the_bed(shop);
    i7_state_is_what_the_journal_says(shop);
    i10_a_fact_is_told_until_this_life_has_receipted_it(shop);
    i11_a_restored_coordinator_is_told_everything_again(shop);
    i15_what_is_kept_is_bounded(shop);
    what_nobody_knows_a_person_is_asked(shop);
}

fn i4_a_start_is_ordered_once_for_a_lease(shop: &Workshop, lease: LeaseId) {
    assert!(!shop.started.contains(&lease), "I4: {lease:?} is started twice");
}

fn i4_a_start_is_written_down_before_it_is_ordered(shop: &Workshop, lease: LeaseId) {
    let run = shop.disk.run.as_ref().filter(|run| run.grant.lease == lease);
    let written = run.is_some_and(|run| matches!(run.phase, Phase::Starting { .. }));
    assert!(written, "I4: {lease:?} is started before that is written down");
}

fn i5_a_start_is_ordered_on_a_clear_bed(shop: &Workshop, lease: LeaseId) {
    let bed = &shop.printer.bed;
    assert!(bed.is_none(), "I5: {lease:?} is started on a bed with {bed:?}");
}

fn i5_a_start_is_ordered_as_the_maker_agreed(shop: &Workshop, lease: LeaseId) {
    let scene = &shop.scene;
    assert!(scene.agrees(), "I5: {lease:?} is started against the maker's wish: {scene:?}");
}

fn i5_a_start_is_ordered_in_time(shop: &Workshop, lease: LeaseId) {
    let late = shop.given[&lease] <= shop.scene.now.moment;
    assert!(!late, "I5: {lease:?} is started late");
}

fn i5_a_start_is_ordered_with_enough_filament(shop: &Workshop, lease: LeaseId) {
    let left = shop.disk.spool;
    let enough = left.is_none_or(|left| PLATE <= left);
    assert!(enough, "I5: {lease:?} is started with {left:?} on the spool");
}

fn i1_and_i6_what_ended_ends_once(shop: &Workshop) {
    let mut over = BTreeSet::new();
    for fact in shop.bench.facts() {
        let print = match fact {
            // What was never given may be withdrawn again and again.
            Fact::Returned { lease, .. } if shop.given.contains_key(lease) => (*lease, 0),
            Fact::Ended { lease, ordinal, .. } => (*lease, *ordinal),
            Fact::Returned { .. }
            | Fact::Accepted { .. }
            | Fact::Started { .. }
            | Fact::Judged { .. } => continue,
        };
        assert!(over.insert(print), "I6: {print:?} ended twice");
    }
}

fn i2_what_is_told_is_what_came_off_the_bed(shop: &Workshop) {
    let mut completed = BTreeMap::<_, usize>::new();
    for fact in shop.bench.facts() {
        match fact {
            Fact::Ended { lease, end: End::Completed, .. } => {
                *completed.entry(*lease).or_default() += 1;
            }
            Fact::Returned { lease, .. } => {
                let path = leftover::path_of(*lease);
                let printed = shop.printer.ends.iter().any(|(of, _)| *of == path);
                assert!(!printed, "I2: {lease:?} was given back and printed");
            }
            Fact::Ended { .. }
            | Fact::Accepted { .. }
            | Fact::Started { .. }
            | Fact::Judged { .. } => {}
        }
    }
    for (lease, told) in completed {
        let true_ones = shop.printer.completed(&leftover::path_of(lease));
        assert!(told <= true_ones, "I2: {lease:?} gave {true_ones} plates, and {told} are told");
    }
}

fn i7_state_is_what_the_journal_says(shop: &Workshop) {
    assert!(shop.disk == *shop.bench.supervisor.memory(), "I7: a restart would remember otherwise");
}

fn i10_a_fact_is_told_until_this_life_has_receipted_it(shop: &Workshop) {
    let memory = shop.bench.supervisor.memory();
    let receipted = memory.epoch.and_then(|epoch| shop.receipted.get(&epoch));
    let receipted = |seq: &u64| receipted.is_some_and(|receipted| receipted.contains(seq));
    let expected = (1..memory.next_seq).filter(|seq| !receipted(seq));
    let unheard = memory.unheard().map(|(seq, _)| seq);
    assert_eq!(unheard.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "I10: what is told on");
}

fn i11_a_restored_coordinator_is_told_everything_again(shop: &Workshop) {
    if shop.scene.is_heard() {
        let epoch = shop.bench.supervisor.epoch();
        assert_eq!(epoch, Some(shop.scene.epoch), "I11: another life is told");
    }
}

fn i15_what_is_kept_is_bounded(shop: &Workshop) {
    let memory = shop.bench.supervisor.memory();
    let kept =
        [memory.leftovers.len(), memory.purposes.len(), shop.bench.supervisor.watch.deleting.len()];
    assert!(kept.into_iter().all(|kept| kept <= 64), "I15: {kept:?} are kept");
}

fn what_nobody_knows_a_person_is_asked(shop: &Workshop) {
    let memory = shop.bench.supervisor.memory();
    for past in memory.past.iter().filter(|past| past.end == End::Unknown) {
        let judged =
            |fact: &&Fact| matches!(fact, Fact::Judged { lease, .. } if *lease == past.lease);
        let waits = memory.bed == Bed::Plate(past.lease);
        assert!(waits || shop.bench.facts().iter().any(judged), "nobody asks: {past:?}");
    }
}

/// However its owner printed a file of ours again, and whoever listened: what its history shows is counted.
fn i2_what_a_history_shows_is_told(shop: &Workshop) {
    let memory = shop.bench.supervisor.memory();
    for past in &memory.past {
        let shown = shop.printer.record(&past.path).map_or(0, |record| record.successes);
        let accounted = past.accounted();
        // What it shows soon after an end that nobody heard may be of that print, or of one to come.
        let told = accounted.is_none_or(|accounted| shown <= accounted);
        assert!(told, "I2: {:?} shows {shown} plates, and {accounted:?} are told", past.path);
    }
}

/// I2, I10 and I14, once faults stopped and `before` prints were counted.
pub(super) fn check_healed(shop: &Workshop, before: usize) {
    let memory = shop.bench.supervisor.memory();
    assert_eq!(memory.unheard().count(), 0, "I10: something is still to be told");
    let own = shop.bench.facts().into_iter().filter_map(|fact| {
        let Fact::Ended { lease, ordinal: 0, end, .. } = fact else { return None };
        Some((*lease, *end))
    });
    let told: BTreeMap<_, _> = own.collect();
    for lease in &shop.started {
        let path = leftover::path_of(*lease);
        let Some((_, truly)) = shop.printer.ends.iter().find(|(of, _)| *of == path) else {
            continue;
        };
        let told = told.get(lease);
        // A history does not tell a cancelled print from a failed one.
        let gave = |end: &End| *end == End::Completed;
        let honest = told.is_some_and(|told| *told == End::Unknown || gave(told) == gave(truly));
        // Restarting OctoPrint wipes out a print; its owner's next one under the same name is taken for it.
        let again = shop.printer.ends.iter().filter(|(of, _)| *of == path).count();
        assert!(honest || 1 < again, "I2: {lease:?} was {truly:?}, and {told:?} is told");
    }
    i2_what_a_history_shows_is_told(shop);
    assert!(before < shop.completed(), "I14: a willing printer with a clear bed printed nothing");
}
