//! Reads for people: what came of the prints, one by one and in sums.
//!
//! Pieces are sums over the ledger, so that they are the numbers that every other page shows.

use rusqlite::types::Value;
use rusqlite::{Row, named_params, params_from_iter};

use super::history::{History, HistoryFailed};

/// A plate that was given to a printer, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlateRecord {
    /// Under which lease.
    pub lease: String,
    /// For which request.
    pub request: Option<u64>,
    /// The object and its version.
    pub design: String,
    /// Its version.
    pub revision: String,
    /// Where.
    pub agent: String,
    /// Where.
    pub printer: String,
    /// Pieces on it.
    pub pieces: u32,
    /// `printing`, `lapsed`, ...; `ended` with how in `detail`.
    pub state: String,
    /// Why it was returned, how it ended, or what was answered before it was asked back: `not_yet` or `taken`.
    pub detail: Option<String>,
    /// What was said about it.
    pub note: String,
    /// When it was granted, in milliseconds since 1970.
    pub at: u64,
    /// When it ended.
    pub ended: Option<u64>,
    /// How long it took.
    pub seconds: Option<u32>,
    /// Pieces to be used, once somebody looked.
    pub good: Option<i64>,
    /// Pieces to be thrown away, once somebody looked.
    pub bad: Option<i64>,
}

impl PlateRecord {
    /// Says whether it came off a bed with pieces.
    #[must_use]
    pub fn is_printed(&self) -> bool {
        self.state == "ended"
            && (self.detail.as_deref() == Some("completed") || self.good > Some(0))
    }
}

/// Which plates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plates {
    /// All of them.
    All,
    /// That under this lease.
    Lease(String),
    /// Those of this request.
    Request(u64),
    /// Those of this printer: agent, name.
    Printer(String, String),
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many stand before it.
    pub skip: usize,
    /// The most to return.
    pub limit: usize,
}

/// What prints are summed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The day, in the coordinator's own time zone: `2026-03-24`.
    Day,
    /// The design.
    Design,
    /// The design and its revision: `visor-band r2`.
    Revision,
    /// The agent.
    Agent,
    /// The agent and the printer: `agent/printer`.
    Printer,
    /// The filament it was sliced for.
    Material,
}

/// The sums over a group of prints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// What they have in common; empty where that is not known.
    pub key: String,
    /// Prints that ended well.
    pub completed: u64,
    /// By a fault.
    pub failed: u64,
    /// By a person.
    pub cancelled: u64,
    /// Nobody knows how.
    pub unknown: u64,
    /// Pieces that came off the beds.
    pub printed: i64,
    /// Of these, looked at and to be used.
    pub good: i64,
    /// Of these, looked at and thrown away.
    pub bad: i64,
    /// Time that printers printed.
    pub seconds: u64,
    /// Filament, by the slicer's estimate, of prints that ended well.
    pub grams: u64,
}

impl Group {
    /// Returns how many of a hundred prints ended well, of those that ended by themselves.
    #[must_use]
    pub fn success_percent(&self) -> Option<u64> {
        let ended = self.completed + self.failed;
        (self.completed * 100).checked_div(ended)
    }

    /// Adds another group's sums.
    pub fn add(&mut self, other: &Self) {
        self.completed += other.completed;
        self.failed += other.failed;
        self.cancelled += other.cancelled;
        self.unknown += other.unknown;
        self.printed += other.printed;
        self.good += other.good;
        self.bad += other.bad;
        self.seconds += other.seconds;
        self.grams += other.grams;
    }
}

impl By {
    fn expression(self) -> &'static str {
        match self {
            Self::Day => "date(o.at / 1000, 'unixepoch', 'localtime')",
            Self::Design => "json_extract(l.plate, '$.design')",
            Self::Revision => {
                "json_extract(l.plate, '$.design') || ' ' || json_extract(l.plate, '$.revision')"
            }
            Self::Agent => "o.agent",
            Self::Printer => "o.agent || '/' || o.printer",
            Self::Material => "coalesce(s.material, '')",
        }
    }
}

impl Plates {
    /// Returns a condition on leases, and what fills its gaps. One of its own for each, so that each
    /// has its index.
    fn only(&self) -> (&'static str, Vec<Value>) {
        let text = |text: &String| Value::from(text.clone());
        match self {
            Self::All => ("true", vec![]),
            Self::Lease(lease) => ("l.id = ?", vec![text(lease)]),
            Self::Request(request) => {
                ("l.request = ?", vec![Value::from(i64::try_from(*request).unwrap_or(i64::MAX))])
            }
            Self::Printer(agent, printer) => {
                ("l.agent = ? AND l.printer = ?", vec![text(agent), text(printer)])
            }
        }
    }
}

/// What the ledger says of one print.
const COUNTED: &str = "
    (SELECT lease, ordinal,
            sum(CASE kind WHEN 'printed' THEN pieces ELSE 0 END) AS printed,
            sum(CASE kind WHEN 'good' THEN pieces ELSE 0 END) AS good,
            sum(CASE kind WHEN 'bad' THEN pieces ELSE 0 END) AS bad
     FROM ledger WHERE lease IS NOT NULL GROUP BY lease, ordinal)";

impl History {
    /// Returns plates, newest first: by their end, or by their grant while they have none.
    pub fn plates(&self, plates: &Plates, part: Part) -> Result<Vec<PlateRecord>, HistoryFailed> {
        let (only, mut gaps) = plates.only();
        let sql = format!(
            "SELECT l.id, l.request, json_extract(l.plate, '$.design') AS design,
                    json_extract(l.plate, '$.revision') AS revision, l.agent, l.printer, l.pieces,
                    l.state, l.detail, coalesce(nullif(o.note, ''), l.note) AS note, l.at,
                    o.at AS ended, o.seconds,
                    (SELECT sum(pieces) FROM ledger AS g
                     WHERE g.lease = l.id AND g.ordinal = 0 AND g.kind = 'good') AS good,
                    (SELECT sum(pieces) FROM ledger AS g
                     WHERE g.lease = l.id AND g.ordinal = 0 AND g.kind = 'bad') AS bad
             FROM leases AS l LEFT JOIN outcomes AS o ON o.lease = l.id AND o.ordinal = 0
             WHERE {only} ORDER BY coalesce(o.at, l.at) DESC, l.number DESC LIMIT ? OFFSET ?"
        );
        let number = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
        gaps.extend([number(part.limit), number(part.skip)]);
        self.list(&sql, params_from_iter(gaps), plate)
    }

    /// Returns how many plates there are.
    pub fn plates_count(&self, plates: &Plates) -> Result<usize, HistoryFailed> {
        let (only, gaps) = plates.only();
        let sql = format!("SELECT count(*) FROM leases AS l WHERE {only}");
        let counts = self.list(&sql, params_from_iter(gaps), |row| row.get::<_, usize>(0))?;
        Ok(counts.into_iter().sum())
    }

    /// Returns sums over the prints that ended since `since`, in milliseconds since 1970.
    pub fn sums(&self, by: By, since: u64) -> Result<Vec<Group>, HistoryFailed> {
        let key = by.expression();
        let sql = format!(
            "SELECT {key} AS key, sum(o.end = 'completed') AS completed, sum(o.end = 'failed') AS failed,
                    sum(o.end = 'cancelled') AS cancelled, sum(o.end = 'unknown') AS unknown,
                    sum(coalesce(c.printed, 0)) AS printed, sum(coalesce(c.good, 0)) AS good,
                    sum(coalesce(c.bad, 0)) AS bad, sum(coalesce(o.seconds, 0)) AS seconds,
                    sum(CASE o.end WHEN 'completed' THEN coalesce(s.filament_grams, 0) ELSE 0 END) AS grams
             FROM outcomes AS o JOIN leases AS l ON l.id = o.lease
             LEFT JOIN {COUNTED} AS c ON c.lease = o.lease AND c.ordinal = o.ordinal
             LEFT JOIN slices AS s ON s.design = json_extract(l.plate, '$.design')
                  AND s.revision = json_extract(l.plate, '$.revision')
                  AND s.profile = json_extract(l.plate, '$.profile')
             WHERE :since <= o.at GROUP BY key ORDER BY key"
        );
        let since = i64::try_from(since).unwrap_or(i64::MAX);
        self.list(&sql, named_params! { ":since": since }, group)
    }

    /// Returns the plates that came off a bed last: when (in milliseconds since 1970), pieces, design.
    pub fn finished(&self, limit: u32) -> Result<Vec<(u64, u32, String)>, HistoryFailed> {
        let sql = "SELECT o.at, o.pieces, json_extract(l.plate, '$.design')
                   FROM outcomes AS o JOIN leases AS l ON l.id = o.lease
                   WHERE o.end = 'completed' ORDER BY o.rowid DESC LIMIT ?1";
        self.list(sql, [limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// Returns why prints failed since `since`, and how often, the most frequent first.
    pub fn causes(&self, since: u64) -> Result<Vec<(String, u64)>, HistoryFailed> {
        let sql = "SELECT note, count(*) FROM outcomes WHERE end = 'failed' AND ?1 <= at
                   GROUP BY note ORDER BY 2 DESC, 1";
        let since = i64::try_from(since).unwrap_or(i64::MAX);
        self.list(sql, [since], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

fn plate(row: &Row<'_>) -> rusqlite::Result<PlateRecord> {
    Ok(PlateRecord {
        lease: row.get("id")?,
        request: row.get("request")?,
        design: row.get("design")?,
        revision: row.get("revision")?,
        agent: row.get("agent")?,
        printer: row.get("printer")?,
        pieces: row.get("pieces")?,
        state: row.get("state")?,
        detail: row.get("detail")?,
        note: row.get("note")?,
        at: row.get("at")?,
        ended: row.get("ended")?,
        seconds: row.get("seconds")?,
        good: row.get("good")?,
        bad: row.get("bad")?,
    })
}

fn group(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        key: row.get("key")?,
        completed: row.get("completed")?,
        failed: row.get("failed")?,
        cancelled: row.get("cancelled")?,
        unknown: row.get("unknown")?,
        printed: row.get("printed")?,
        good: row.get("good")?,
        bad: row.get("bad")?,
        seconds: row.get("seconds")?,
        grams: row.get("grams")?,
    })
}
