//! What happened to a printer, newest first: one list over the tables that each tell a part of it.
//!
//! A page of it begins at a mark, not at a count, so that it stays the same page while more happens.

mod record;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use rusqlite::{Row, named_params};

pub use self::record::{LogPlate, LogRecord, Mark, NoMark, What};
use super::history::{History, HistoryFailed};
use super::row::{parse, parse_lease_state};

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
const SOURCES: [Source; 9] = [
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
    Source {
        columns: "'seen', t.lease, NULL, COALESCE(t.by, ''), NULL, NULL, t.ordinal",
        from: "leases AS p CROSS JOIN seen AS t ON t.lease = p.id",
        at: "t.at",
        id: "t.rowid",
        only: OF_ITS_LEASES,
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
        "seen" => What::Seen,
        "anomaly" => What::Anomaly,
        "memo" => What::MemoWritten,
        "read" => What::MemoRead,
        "frozen" => What::Frozen,
        "released" => What::Released,
        state => What::Moved(parse_lease_state(row.as_ref().column_index("word")?, state, detail)?),
    })
}
