//! What happened to a printer, newest first: one list over the tables that each tell a part of it.
//!
//! A page of it begins at a mark, not at a count, so that it stays the same page while more happens.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use rusqlite::{Row, named_params};
use visorfarm_protocol::message::End;

use super::history::{History, HistoryFailed};
use super::row::{parse, parse_lease_state};
use crate::dispatch::LeaseState;

/// Something that happened to a printer, or to the agent that drives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Its place in the log.
    pub mark: Mark,
    /// What.
    pub what: What,
    /// To which plate; none where it was not about one.
    pub plate: Option<LogPlate>,
    /// What was said about it.
    pub note: String,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A plate was given to it.
    Granted,
    /// The plate's lease went on, or ended without a print.
    Moved(LeaseState),
    /// A print ended.
    Ended {
        /// How.
        end: End,
        /// Whether its owner had printed the plate once more.
        again: bool,
        /// How long it took.
        seconds: Option<u32>,
    },
    /// A person looked at the plate.
    Judged {
        /// Pieces to be used.
        good: u32,
        /// Pieces to be thrown away.
        bad: u32,
        /// Whether that was said otherwise before.
        corrects: bool,
    },
    /// Its agent said something that cannot be.
    Anomaly,
    /// Its maker was written to.
    MemoWritten,
    /// Its maker has read what was written.
    MemoRead,
    /// Two machines spoke as its agent: it starts nothing.
    Frozen,
    /// A person said that one machine is left.
    Released,
}

/// A plate that an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPlate {
    /// For which request.
    pub request: Option<u64>,
    /// The object.
    pub design: String,
    /// Its version.
    pub revision: String,
    /// Pieces on it.
    pub pieces: u32,
}

/// A place in the log. Written `at-rank-id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// When it happened, in milliseconds since 1970.
    pub at: u64,
    /// Which comes first within a millisecond: a plate is given, goes on, ends, and is looked at.
    rank: u8,
    /// Which row of its table.
    id: i64,
}

/// A text that marks no place in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in a log: begin at its end")]
pub struct NoMark;

impl Mark {
    /// Returns the place after everything.
    #[must_use]
    pub fn end() -> Self {
        // SQLite's numbers end there.
        Self { at: i64::MAX.unsigned_abs(), rank: u8::MAX, id: i64::MAX }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.at, self.rank, self.id)
    }
}

impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(NoMark);
        let at = part()?.parse().map_err(|_| NoMark)?;
        let rank = part()?.parse().map_err(|_| NoMark)?;
        let id = part()?.parse().map_err(|_| NoMark)?;
        if Self::end().at < at {
            return Err(NoMark);
        }
        Ok(Self { at, rank, id })
    }
}

/// A table that tells a part of the log.
struct Source {
    /// What is read of it: a word, the lease, its detail, the note, and three numbers.
    columns: &'static str,
    from: &'static str,
    /// When it happened, and which row tells it.
    at: &'static str,
    id: &'static str,
    only: &'static str,
}

/// In the order of their ranks.
const SOURCES: [Source; 8] = [
    Source {
        columns: "'granted' AS word, t.id AS lease, NULL AS detail, '' AS note, NULL AS one,
                  NULL AS two, NULL AS again",
        from: "leases AS t",
        at: "t.at",
        id: "t.rowid",
        only: OF_PRINTER,
    },
    Source {
        columns: "t.state, t.lease, t.detail, t.note, NULL, NULL, NULL",
        from: "moves AS t",
        at: "t.at",
        id: "t.id",
        // What ended a print tells that its end is unknown.
        only: "t.agent = :agent AND t.printer = :printer
               AND NOT (t.state = 'unknown' AND EXISTS (
                   SELECT 1 FROM outcomes AS o
                   WHERE o.lease = t.lease AND o.ordinal = 0 AND o.at = t.at))",
    },
    Source {
        columns: "'print', t.lease, t.end, t.note, t.seconds, NULL, t.ordinal",
        from: "leases AS p CROSS JOIN outcomes AS t ON t.lease = p.id",
        at: "t.at",
        id: "t.rowid",
        only: OF_ITS_LEASES,
    },
    Source {
        columns: "'judged', j.lease, NULL, '', j.good, j.bad,
                  EXISTS (SELECT 1 FROM judgements AS b WHERE b.lease = j.lease
                          AND b.ordinal = j.ordinal AND b.seq < j.seq)",
        from: "leases AS p CROSS JOIN judgements AS j ON j.lease = p.id",
        at: "j.at",
        id: "j.rowid",
        only: OF_ITS_LEASES,
    },
    Source {
        columns: "'anomaly', NULL, NULL, t.note, NULL, NULL, NULL",
        from: "anomalies AS t",
        at: "t.at",
        id: "t.id",
        // What froze the agent, or made a lease's end unknown, is told once.
        only: "t.agent = :agent
               AND NOT EXISTS (SELECT 1 FROM holds AS h WHERE h.agent = t.agent AND h.at = t.at)
               AND NOT EXISTS (SELECT 1 FROM moves AS m WHERE m.agent = t.agent
                               AND m.printer = :printer AND m.at = t.at AND m.note = t.note)",
    },
    Source {
        columns: "'memo', NULL, NULL, t.text, NULL, NULL, NULL",
        from: "memos AS t",
        at: "t.at",
        id: "t.id",
        only: OF_AGENT,
    },
    Source {
        columns: "'read', NULL, NULL, t.text, NULL, NULL, NULL",
        from: "memos AS t",
        at: "t.read",
        id: "t.id",
        only: OF_AGENT,
    },
    Source {
        columns: "t.state, NULL, NULL, '', NULL, NULL, NULL",
        from: "holds AS t",
        at: "t.at",
        id: "t.id",
        only: OF_AGENT,
    },
];

const OF_PRINTER: &str = "t.agent = :agent AND t.printer = :printer";
/// Prints and looks are found by their leases: an index of their own would slow down every count.
const OF_ITS_LEASES: &str = "p.agent = :agent AND p.printer = :printer";
const OF_AGENT: &str = "t.agent = :agent";

/// Each source gives no more than a page, by an index. Only a printer's prints and looks are sorted.
static LOG: LazyLock<String> = LazyLock::new(|| {
    let parts = SOURCES.iter().enumerate().map(|(rank, Source { columns, from, at, id, only })| {
        format!(
            "SELECT * FROM (
                 SELECT {at} AS at, {rank} AS rank, {id} AS id, {columns} FROM {from}
                 WHERE {only} AND {at} <= :at AND ({at}, {rank}, {id}) < (:at, :rank, :id)
                 ORDER BY {at} DESC, {id} DESC LIMIT :limit)"
        )
    });
    format!(
        "SELECT s.*, l.request, json_extract(l.plate, '$.design') AS design,
                json_extract(l.plate, '$.revision') AS revision, l.pieces
         FROM ({}) AS s LEFT JOIN leases AS l ON l.id = s.lease
         ORDER BY s.at DESC, s.rank DESC, s.id DESC LIMIT :limit",
        parts.collect::<Vec<_>>().join(" UNION ALL ")
    )
});

impl History {
    /// Returns what happened to a printer before `before`, newest first.
    pub fn log(
        &self,
        (agent, printer): (&str, &str),
        before: Mark,
        limit: u32,
    ) -> Result<Vec<LogRecord>, HistoryFailed> {
        let at = i64::try_from(before.at).unwrap_or(i64::MAX);
        let params = named_params! {
            ":agent": agent, ":printer": printer, ":at": at, ":rank": before.rank, ":id": before.id,
            ":limit": limit,
        };
        self.list(&LOG, params, record)
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<LogRecord> {
    let mark = Mark { at: row.get("at")?, rank: row.get("rank")?, id: row.get("id")? };
    let design: Option<String> = row.get("design")?;
    let plate = match design {
        None => None,
        Some(design) => Some(LogPlate {
            request: row.get("request")?,
            design,
            revision: row.get("revision")?,
            pieces: row.get("pieces")?,
        }),
    };
    Ok(LogRecord { mark, what: what(row)?, plate, note: row.get("note")? })
}

fn what(row: &Row<'_>) -> rusqlite::Result<What> {
    let word: String = row.get("word")?;
    let detail: Option<String> = row.get("detail")?;
    Ok(match word.as_str() {
        "granted" => What::Granted,
        "print" => What::Ended {
            end: parse(row.as_ref().column_index("detail")?, detail.unwrap_or_default())?,
            again: 0 < row.get::<_, u32>("again")?,
            seconds: row.get("one")?,
        },
        "judged" => What::Judged {
            good: row.get("one")?,
            bad: row.get("two")?,
            corrects: row.get("again")?,
        },
        "anomaly" => What::Anomaly,
        "memo" => What::MemoWritten,
        "read" => What::MemoRead,
        "frozen" => What::Frozen,
        "released" => What::Released,
        state => What::Moved(parse_lease_state(row.as_ref().column_index("word")?, state, detail)?),
    })
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use visorfarm_protocol::message::{Fact, Return, Up};

    use super::*;
    use crate::clock::Timestamp;
    use crate::dispatch::testing::{Farm, agent, ended, returned, started};
    use crate::dispatch::{Answer, Event};
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
}
