//! The invariants of the design, as far as a dispatcher can keep or break them: each by its number and its
//! sentence. Those that concern single changes are the [`Auditor`](super::auditor::Auditor)'s.

use std::collections::BTreeMap;
use std::fmt;

use visorfarm_protocol::message::{Down, Fact};

use super::super::board::{Board, Numbers};
use super::super::{Answered, Dispatcher, JobState, LeaseState, Printer};
use super::auditor::Pieces;
use super::follows::ask_stands;
use super::notebook::{Line, Notebook, Stage};
use super::shop::Shop;
use super::world::World;

/// Checks all that must hold after every step.
pub(super) fn check(shop: &Shop, world: &World) {
    let (dispatcher, notebook) = (&shop.farm.dispatcher, &world.notebook);
    let board = dispatcher.board(shop.farm.now);
    i2_the_ledger_is_what_came_off_the_beds(shop, notebook);
    i3_a_job_that_is_given_is_given_under_a_live_lease(dispatcher);
    i4_and_i14_what_is_to_be_given_is_sent_to_its_holder_and_nothing_else(shop, world);
    i4_what_is_looked_for_was_given_and_is_not_settled(shop, world);
    i7_state_is_what_the_disk_says(shop);
    i8_no_more_is_delivered_than_is_good(&board);
    i9_what_is_wanted_adds_up(&board, notebook);
    i10_what_was_receipted_is_committed(shop);
    i11_a_restored_coordinator_asks_to_hear_everything_again(shop, notebook);
    i12_who_speaks_from_two_machines_is_frozen(dispatcher, notebook);
    i15_every_queue_has_a_limit(dispatcher);
    the_board_is_the_notebook(dispatcher, (&board, notebook));
}

/// Returns all of a dispatcher that must survive a restart. A new field must be looked at here.
pub(crate) fn durable(dispatcher: &Dispatcher) -> impl PartialEq + fmt::Debug {
    let Dispatcher {
        farm,
        epoch,
        lives,
        catalogue,
        requests,
        jobs,
        leases,
        outcomes,
        judgements,
        seen,
        printers,
        memos,
        anomalies,
        shares: _,
        marks,
        next,
        began_at: _,
        listens_since: _,
        listened_at: _,
        heard: _,
        frozen,
        sessions: _,
        unsettled: _,
        live,
        held,
        lapsed,
    } = dispatcher;
    let printers = printers.iter().map(|(key, printer)| {
        let Printer { card, printed, last, judged, status: _, waiting: _, forgot: _ } = printer;
        (key, card, printed, last, judged)
    });
    let live = live.iter().filter(|(_, leases)| !leases.is_empty());
    let lapsed: Vec<_> = lapsed.iter().filter(|(_, leases)| !leases.is_empty()).collect();
    let printers: Vec<_> = printers.collect();
    (
        (farm, epoch, lives, next, catalogue, requests, jobs),
        (leases, held, lapsed, live.collect::<Vec<_>>(), printers, frozen),
        (outcomes, judgements, seen, marks, anomalies, memos.durable()),
    )
}

fn i2_the_ledger_is_what_came_off_the_beds(shop: &Shop, notebook: &Notebook) {
    let entered =
        shop.disk.auditor.prints.iter().filter(|(_, pieces)| **pieces != Pieces::default());
    let entered: BTreeMap<_, _> = entered.map(|(print, pieces)| (*print, *pieces)).collect();
    let came_off = notebook.prints(|_| true).map(|(print, seen)| {
        let judged = seen.judged.map_or((0, 0), |judged| (judged.good.into(), judged.bad.into()));
        (print, Pieces { printed: notebook.printed(print), good: judged.0, bad: judged.1 })
    });
    let came_off = came_off.filter(|(_, pieces)| *pieces != Pieces::default());
    assert_eq!(entered, came_off.collect(), "I2: the ledger is not what came off the beds");
}

fn i3_a_job_that_is_given_is_given_under_a_live_lease(dispatcher: &Dispatcher) {
    for (job, found) in &dispatcher.jobs {
        let JobState::Leased(lease) = found.state else { continue };
        let state = dispatcher.leases[&lease].state;
        assert!(state.is_live(), "I3: {job:?} is given under {lease:?}, which is {state:?}");
    }
}

fn i4_and_i14_what_is_to_be_given_is_sent_to_its_holder_and_nothing_else(
    shop: &Shop,
    world: &World,
) {
    let mut given: BTreeMap<_, _> = world.given_now().into_iter().collect();
    for (place, (to, down)) in shop.sent.iter().enumerate() {
        let Down::Grant(grant) = down else { continue };
        given.remove(&grant.lease);
        let lent = world.lent.get(&grant.lease);
        let lent = lent.unwrap_or_else(|| panic!("I4: nobody decided {:?}", grant.lease));
        assert_eq!((to, &grant.printer), (&lent.holder.agent, &lent.holder.printer), "I4");
        assert_eq!(grant.plate, lent.plate, "I4: {:?} is for another plate", grant.lease);
        let line = world.notebook.leases.get(&grant.lease);
        let stage = line.map(|line| line.stage);
        // Sent once more, and then found to be too many: the withdrawal follows on its heels.
        let back = |(_, down): &(_, Down)| matches!(down, Down::Withdraw { lease, .. } if *lease == grant.lease);
        let asked_back =
            stage.is_some_and(Stage::is_recalled) && shop.sent[place..].iter().any(back);
        // Sent once more, and then given up.
        let passed =
            |line: &Line| line.stage == Stage::Lapsed && world.notebook.speaks_of_all_else(line);
        let startable = stage == Some(Stage::Offered) || asked_back || line.is_some_and(passed);
        assert!(startable, "I4: {:?} is sent and {stage:?}", grant.lease);
    }
    let why = "I14: nothing is sent to printers that wait";
    assert!(given.is_empty(), "{why}: {:?}", given.keys());
}

fn i4_what_is_looked_for_was_given_and_is_not_settled(shop: &Shop, world: &World) {
    for (to, down) in &shop.sent {
        let Down::Trace(grant) = down else { continue };
        let line = &world.notebook.leases[&grant.lease];
        assert_eq!((to, &grant.printer), (&line.holder.agent, &line.holder.printer), "I4");
        let judged =
            world.notebook.plates.get(&(grant.lease, 0)).is_some_and(|seen| seen.judged.is_some());
        assert!(!judged, "I4: {:?} is looked for and judged", grant.lease);
    }
}

fn i7_state_is_what_the_disk_says(shop: &Shop) {
    let (live, replayed) = (durable(&shop.farm.dispatcher), durable(&shop.disk.replayed));
    assert!(live == replayed, "I7: a restart would remember something else");
}

fn i8_no_more_is_delivered_than_is_good(board: &Board) {
    for row in &board.requests {
        let Numbers { printed, good, bad, delivered, .. } = row.numbers;
        assert!(delivered <= good && good + bad <= printed, "I8: {row:?}");
    }
}

fn i9_what_is_wanted_adds_up(board: &Board, notebook: &Notebook) {
    for row in &board.requests {
        let n = row.numbers;
        let signed = |pieces: u64| i64::try_from(pieces).unwrap();
        let pipeline = signed(n.in_flight) + n.printed - n.bad;
        let all = pipeline + signed(n.outstanding) - signed(n.surplus);
        assert_eq!(n.wanted, all, "I9: {row:?}");
        assert_eq!(n, notebook.numbers(row.id), "I9: the numbers of request {}", row.id);
    }
}

fn i10_what_was_receipted_is_committed(shop: &Shop) {
    for print in &shop.receipted {
        let kept = shop.disk.replayed.outcomes.contains_key(print);
        assert!(kept, "I10: {print:?} was receipted and is not on the disk");
    }
}

fn i11_a_restored_coordinator_asks_to_hear_everything_again(shop: &Shop, notebook: &Notebook) {
    for (_, down) in &shop.sent {
        if let Down::Welcome { epoch, .. } = down {
            assert_eq!(*epoch, notebook.epoch, "I11: an agent is welcomed to another life");
        }
    }
}

fn i12_who_speaks_from_two_machines_is_frozen(dispatcher: &Dispatcher, notebook: &Notebook) {
    let frozen = dispatcher.frozen.keys().cloned().collect();
    assert_eq!(notebook.frozen, frozen, "I12: who is frozen");
}

fn i15_every_queue_has_a_limit(dispatcher: &Dispatcher) {
    assert!(dispatcher.unsettled.is_empty(), "I15: requests wait to be looked at");
    let queued = dispatcher.jobs.len() - dispatcher.held.len().min(dispatcher.jobs.len());
    assert!(queued <= 64 * dispatcher.requests.len(), "I15: {queued} jobs wait");
    for agent in dispatcher.heard.keys() {
        let printers = dispatcher.printers.keys().filter(|key| key.agent == *agent).count();
        assert!(printers <= 64, "I15: {agent} has {printers} printers");
    }
}

/// Who is shut out takes nothing along that was counted.
pub(super) fn i13_whoever_leaves_changes_no_total(before: Numbers, after: Numbers) {
    let counted = |n: Numbers| (n.printed, n.good, n.bad, n.delivered);
    assert_eq!(counted(before), counted(after), "I13: somebody left");
}

/// I11 and I14, once faults stopped and agents told all that they remember.
pub(super) fn check_healed(shop: &Shop, world: &World) {
    let dispatcher = &shop.farm.dispatcher;
    for (key, numbered) in &world.told {
        let Fact::Ended { lease, ordinal, .. } = numbered.fact else { continue };
        // A stranger may have claimed a lease that was forgotten.
        let own = world.lent[&lease].holder == *key && dispatcher.leases[&lease].holder == *key;
        let counted = dispatcher.outcomes.contains_key(&(lease, ordinal));
        assert!(!own || counted, "I11: {lease:?} #{ordinal} was told and is not counted");
    }
    let totals = dispatcher.board(shop.farm.now).totals;
    assert_eq!((totals.outstanding, totals.in_flight), (0, 0), "I14: {totals:?}");
    assert!(dispatcher.jobs.is_empty() && dispatcher.held.is_empty(), "I14: something waits");
}

/// Every number and every state that the farm shows.
fn the_board_is_the_notebook(dispatcher: &Dispatcher, (board, notebook): (&Board, &Notebook)) {
    let shown: Vec<_> = board.requests.iter().rev().map(|row| row.id).collect();
    assert_eq!(shown, notebook.wishes.keys().copied().collect::<Vec<_>>(), "which requests");
    let leases = dispatcher.leases.iter().map(|(id, lease)| (*id, stage(lease.state)));
    let lines = notebook.leases.iter().map(|(id, line)| (*id, line.stage));
    assert_eq!(leases.collect::<BTreeMap<_, _>>(), lines.collect(), "where leases are");
    let held = dispatcher.held.iter().map(|(key, lease)| (key.clone(), *lease));
    let lines = notebook.live().map(|(id, line)| (line.holder.clone(), id));
    assert_eq!(held.collect::<BTreeMap<_, _>>(), lines.collect(), "what printers hold");
    let waits = dispatcher.printers.iter().map(|(key, printer)| {
        let stands = printer.waiting.as_ref().filter(|waiting| waiting.stands(board.at));
        (key.clone(), stands.map(|waiting| waiting.since))
    });
    let lines = notebook
        .printers
        .iter()
        .map(|(key, since)| (key.clone(), since.filter(|since| ask_stands(*since, board.at))));
    assert_eq!(waits.collect::<BTreeMap<_, _>>(), lines.collect(), "who waits");
    for request in notebook.wishes.keys() {
        assert_eq!(dispatcher.queued(*request), notebook.hanging(*request), "{request:?}'s queue");
    }
    for (key, printer) in &dispatcher.printers {
        let own = notebook.prints(|line| line.holder == *key);
        let printed: i64 = own.map(|(print, _)| notebook.printed(print)).sum();
        assert_eq!(printer.printed, printed, "what {key} printed");
    }
}

fn stage(state: LeaseState) -> Stage {
    match state {
        LeaseState::Offered => Stage::Offered,
        LeaseState::Accepted => Stage::Accepted,
        LeaseState::Recalled(Answered::NotYet) => Stage::Recalled,
        LeaseState::Recalled(Answered::Taken) => Stage::RecalledTaken,
        LeaseState::Printing => Stage::Printing,
        LeaseState::Unknown => Stage::Unknown,
        LeaseState::Lapsed => Stage::Lapsed,
        LeaseState::Returned(_) | LeaseState::Ended(_) => Stage::Over,
    }
}
