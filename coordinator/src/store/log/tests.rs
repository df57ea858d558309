//! A printer's log, from what a farm committed.

use tempfile::TempDir;
use visorfarm_protocol::message::{End, Fact, Return, Up};

use super::*;
use crate::clock::Timestamp;
use crate::dispatch::testing::{Farm, agent, ended, returned, started};
use crate::dispatch::{Answer, Event, LeaseState};
use crate::store::Store;

/// A farm with its database, which keeps what happened since the last look.
struct Kept {
    farm: Farm,
    store: Store,
    folder: TempDir,
}

impl Kept {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let (store, _) =
            Store::open(folder.path(), &"lyon".parse().unwrap(), Timestamp(1)).unwrap();
        let mut farm = Farm::new();
        farm.hello("a", &[]);
        farm.hello("b", &[]);
        farm.request(40);
        Self { farm, store, folder }
    }

    fn history(&mut self) -> History {
        self.store.commit(&std::mem::take(&mut self.farm.changes)).unwrap();
        History::open(self.folder.path()).unwrap()
    }

    /// Returns what happened to the printer of `name`, oldest first.
    fn log(&mut self, name: &str) -> Vec<What> {
        let log = self.history().log((name, "p"), Mark::end(), 100).unwrap();
        log.into_iter().rev().map(|record| record.what).collect()
    }
}

#[test]
fn a_print_is_told_from_the_grant_to_the_last_look() {
    let mut kept = Kept::new();
    let farm = &mut kept.farm;
    let grant = farm.ask("a").unwrap();
    let judged = |good| Fact::Judged { lease: grant.lease, ordinal: 0, good, bad: 4 - good };
    for fact in [
        Fact::Accepted { lease: grant.lease },
        started(grant.lease, &grant.plate),
        ended(&grant, End::Completed),
        judged(3),
        judged(4),
    ] {
        farm.now.0 += 1_000;
        farm.tell("a", fact);
    }
    let judged = |good, corrects| What::Judged { good, bad: 4 - good, corrects };
    let told = [
        What::Granted,
        What::Moved(LeaseState::Accepted),
        What::Moved(LeaseState::Printing),
        What::Ended { end: End::Completed, again: false, seconds: None },
        judged(3, false),
        judged(4, true),
    ];
    assert_eq!(kept.log("a"), told);
    assert_eq!(kept.log("b"), []);
    let history = kept.history();
    let last = &history.log(("a", "p"), Mark::end(), 1).unwrap()[0];
    assert_eq!(last.plate.as_ref().map(|plate| plate.pieces), Some(grant.plate.pieces));
}

#[test]
fn what_gave_no_print_is_told_with_its_reason_and_an_unknown_end_once() {
    let mut kept = Kept::new();
    let farm = &mut kept.farm;
    let grant = farm.ask("a").unwrap();
    farm.now.0 += 1_000;
    farm.tell("a", returned(grant.lease));
    farm.now.0 += 1_000;
    let grant = farm.ask("a").unwrap();
    farm.tell("a", started(grant.lease, &grant.plate));
    farm.now.0 += 1_000;
    farm.tell("a", ended(&grant, End::Unknown));
    let given = farm.ask("b").unwrap();
    farm.put(Event::LeaseAbandoned { lease: given.lease });
    let unknown = What::Ended { end: End::Unknown, again: false, seconds: None };
    let [granted, printing, lapsed] =
        [What::Granted, What::Moved(LeaseState::Printing), What::Moved(LeaseState::Lapsed)];
    let back = What::Moved(LeaseState::Returned(Return::Maker));
    assert_eq!(kept.log("a"), [granted, back, granted, printing, unknown]);
    assert_eq!(kept.log("b"), [granted, lapsed]);
}

#[test]
fn who_has_seen_a_failed_print_is_told() {
    let mut kept = Kept::new();
    let farm = &mut kept.farm;
    let grant = farm.ask("a").unwrap();
    farm.tell("a", started(grant.lease, &grant.plate));
    farm.tell("a", ended(&grant, End::Failed));
    farm.now.0 += 1_000;
    let seen =
        |by: &str| Event::FailureSeen { lease: grant.lease, ordinal: 0, by: Some(by.to_owned()) };
    assert_eq!(farm.put(seen("Camille")), Answer::Done);
    let history = kept.history();
    let last = &history.log(("a", "p"), Mark::end(), 1).unwrap()[0];
    assert_eq!((last.what, last.note.as_str()), (What::Seen, "Camille"));
    assert_eq!(last.plate.as_ref().map(|plate| plate.pieces), Some(grant.plate.pieces));
    drop(history);
    let (folder, now) = (kept.folder.path(), kept.farm.now);
    drop(kept.store);
    let (_, again) = Store::open(folder, &"lyon".parse().unwrap(), now).unwrap();
    assert_eq!(again.seen, kept.farm.dispatcher.seen);
}

#[test]
fn what_happens_to_an_agent_is_told_of_its_printers() {
    let mut kept = Kept::new();
    let farm = &mut kept.farm;
    let write = Event::MemoWritten { agent: agent("a"), text: "Thank you!".to_owned() };
    assert_eq!(farm.put(write), Answer::Done);
    farm.now.0 += 1_000;
    let memos: Vec<_> = farm.dispatcher.board(farm.now).memos.iter().map(|it| it.id).collect();
    farm.said("a", Up::Read { memos });
    farm.now.0 += 1_000;
    farm.put(Event::Quarantined { agent: agent("a"), note: "nonsense".to_owned() });
    for session in [7, 8, 7] {
        farm.now.0 += 1_000;
        farm.hello_as("a", session, (&["p"], &[]));
    }
    farm.now.0 += 1_000;
    farm.put(Event::AgentReleased { agent: agent("a") });
    let told = [What::MemoWritten, What::MemoRead, What::Anomaly, What::Frozen, What::Released];
    assert_eq!(kept.log("a"), told);
    assert_eq!(kept.log("b"), []);
}

#[test]
fn pages_of_a_log_are_the_log_whatever_happens_meanwhile() {
    let mut kept = Kept::new();
    for _ in 0..4 {
        let grant = kept.farm.ask("a").unwrap();
        // All of it within one millisecond.
        kept.farm.tell("a", started(grant.lease, &grant.plate));
        kept.farm.tell("a", ended(&grant, End::Failed));
    }
    let history = kept.history();
    let whole = history.log(("a", "p"), Mark::end(), 100).unwrap();
    assert_eq!(whole.len(), 12);
    let mut read = Vec::new();
    let mut before = Mark::end();
    loop {
        let page = history.log(("a", "p"), before, 5).unwrap();
        let Some(last) = page.last() else { break };
        before = last.mark.to_string().parse().unwrap();
        read.extend(page);
        kept.farm.now.0 += 1_000;
        kept.farm.ask("a");
        kept.history();
    }
    assert_eq!(read, whole);
}

#[test]
fn a_mark_is_read_as_it_was_written_and_nothing_else_is() {
    let mark = Mark { at: 1_700_000_000_000, rank: 3, id: 42 };
    assert_eq!(mark.to_string().parse(), Ok(mark));
    assert_eq!(Mark::end().to_string().parse(), Ok(Mark::end()));
    for text in ["", "1", "1-2", "1-2-x", "1-256-3", "18446744073709551615-0-0", "1-2-3-4"] {
        assert_eq!(text.parse::<Mark>(), Err(NoMark), "{text:?}");
    }
}

#[test]
fn no_table_is_read_whole_for_a_page_of_a_log() {
    let mut kept = Kept::new();
    kept.history();
    let sql = format!("EXPLAIN QUERY PLAN {}", *LOG);
    let mut plan = kept.store.connection.prepare(&sql).unwrap();
    let some = named_params! {
        ":agent": "a", ":printer": "p", ":at": 0, ":rank": 0, ":id": 0, ":limit": 1,
    };
    let steps = plan.query_map(some, |row| row.get::<_, String>("detail")).unwrap();
    let steps: Vec<_> = steps.collect::<rusqlite::Result<_>>().unwrap();
    let scans = steps.iter().filter(|step| step.starts_with("SCAN"));
    let whole: Vec<_> =
        scans.filter(|step| !step.contains("subquery") && *step != "SCAN s").collect();
    assert_eq!(whole, [""; 0], "{steps:#?}");
}
