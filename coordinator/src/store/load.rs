//! Rows back into the [`Dispatcher`] that wrote them.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};
use visorfarm_protocol::id::{
    DesignId, Epoch, FarmId, JobId, LeaseId, MemoId, RequestId, RevisionId,
};
use visorfarm_protocol::status::PrinterCard;

use super::row::{parse, parse_lease_state, unreadable};
use crate::clock::Timestamp;
use crate::dispatch::{
    Change, Dispatcher, Entry, EntryKind, Job, JobState, Judgement, Lease, Life, Memo, Outcome,
    PrinterKey, Rank, Request, Revision, Seen, Slice, Sums,
};

type Result<T> = rusqlite::Result<T>;
type Failed = (&'static str, rusqlite::Error);

/// Returns the farm as it was committed.
pub(super) fn dispatcher(
    sql: &Connection,
    farm: FarmId,
    epoch: Epoch,
) -> std::result::Result<Dispatcher, Failed> {
    let mut farm = Dispatcher::new(farm, epoch);
    load(sql, "lives ORDER BY epoch", &mut farm, life)?;
    load(sql, "printers", &mut farm, printer)?;
    load_revisions(sql, &mut farm).map_err(|error| ("revisions", error))?;
    load(sql, "requests", &mut farm, request)?;
    load(sql, "jobs", &mut farm, job)?;
    load(sql, "leases", &mut farm, lease)?;
    load(sql, "outcomes ORDER BY rowid", &mut farm, outcome)?;
    load(sql, "judgements ORDER BY seq", &mut farm, judgement)?;
    load(sql, "seen", &mut farm, seen)?;
    load(sql, "ledger ORDER BY id", &mut farm, entry)?;
    load(sql, "frozen", &mut farm, frozen)?;
    load(sql, "memos ORDER BY id", &mut farm, memo)?;
    let anomalies = "SELECT count(*) FROM anomalies";
    farm.anomalies =
        sql.query_one(anomalies, [], |row| row.get(0)).map_err(|error| ("anomalies", error))?;
    // What was settled before is settled still; looking again costs a moment and changes nothing.
    Ok(farm)
}

fn load(
    sql: &Connection,
    table: &'static str,
    farm: &mut Dispatcher,
    one: fn(&Row, &mut Dispatcher) -> Result<()>,
) -> std::result::Result<(), Failed> {
    let mut all = || {
        let mut statement = sql.prepare(&format!("SELECT * FROM {table}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            one(row, farm)?;
        }
        Ok(())
    };
    all().map_err(|error| (table, error))
}

/// Reads the text in `column` as one of our types.
fn read<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    parse(row.as_ref().column_index(column)?, row.get(column)?)
}

fn read_some<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>> {
    let index = row.as_ref().column_index(column)?;
    row.get::<_, Option<String>>(column)?.map(|text| parse(index, text)).transpose()
}

/// Reads the JSON in `column`, if there is any.
fn read_json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>> {
    let index = row.as_ref().column_index(column)?;
    let json = row.get::<_, Option<String>>(column)?;
    let read = |json: String| serde_json::from_str(&json);
    json.map(read).transpose().map_err(|error| unreadable(index, error))
}

fn at(row: &Row, column: &str) -> Result<Timestamp> {
    Ok(Timestamp(row.get(column)?))
}

fn key(row: &Row) -> Result<PrinterKey> {
    Ok(PrinterKey { agent: read(row, "agent")?, printer: read(row, "printer")? })
}

fn life(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    farm.lived(Life { epoch: Epoch(row.get("epoch")?), next_request: row.get("next_request")? });
    Ok(())
}

fn printer(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    let key = key(row)?;
    let card = PrinterCard {
        printer: key.printer.clone(),
        title: row.get("title")?,
        profile: read(row, "profile")?,
        octoprint: row.get("octoprint")?,
        place: row.get("place")?,
        consent: read_json(row, "consent")?,
    };
    farm.apply(&Change::PrinterKnown { key, card });
    Ok(())
}

fn load_revisions(sql: &Connection, farm: &mut Dispatcher) -> Result<()> {
    let mut revisions: BTreeMap<(DesignId, RevisionId), Revision> = BTreeMap::new();
    let mut statement = sql.prepare("SELECT * FROM revisions")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let revision = Revision {
            channel: read(row, "channel")?,
            at: at(row, "published_at")?,
            slices: BTreeMap::new(),
            withdrawn_because: row.get("withdrawn_because")?,
        };
        revisions.insert((read(row, "design")?, read(row, "revision")?), revision);
    }
    let mut statement = sql.prepare("SELECT * FROM slices")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let slice = Slice {
            digest: read(row, "digest")?,
            bytes: row.get("bytes")?,
            pieces: row.get("pieces")?,
            material: row.get("material")?,
            expected_seconds: row.get("expected_seconds")?,
            filament_grams: row.get("filament_grams")?,
            notes: row.get("notes")?,
        };
        let of = (read(row, "design")?, read(row, "revision")?);
        let revision = revisions.get_mut(&of).expect("a foreign key holds slices to revisions");
        revision.slices.insert(read(row, "profile")?, slice);
    }
    for ((design, revision), published) in revisions {
        farm.catalogue.publish(design, revision, published);
    }
    Ok(())
}

fn request(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    farm.apply(&Change::RequestOpened(Request {
        id: RequestId(row.get("id")?),
        design: read(row, "design")?,
        revision: read_some(row, "revision")?,
        title: row.get("title")?,
        at: at(row, "at")?,
        rank: Rank { priority: read(row, "priority")?, due: read_some(row, "due")? },
        state: read(row, "state")?,
        sums: Sums::default(),
    }));
    Ok(())
}

fn job(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    let id: u64 = row.get("id")?;
    farm.next.job = farm.next.job.max(id + 1);
    let state: String = row.get("state")?;
    let state = match state.as_str() {
        "queued" => JobState::Queued,
        "leased" => JobState::Leased(read(row, "lease")?),
        _over => return Ok(()),
    };
    farm.jobs.insert(JobId(id), Job { request: RequestId(row.get("request")?), state });
    Ok(())
}

fn lease(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    let plate: String = row.get("plate")?;
    let state: String = row.get("state")?;
    let state_column = row.as_ref().column_index("state")?;
    let id: LeaseId = read(row, "id")?;
    let lease = Lease {
        id,
        job: row.get::<_, Option<u64>>("job")?.map(JobId),
        request: row.get::<_, Option<u64>>("request")?.map(RequestId),
        holder: key(row)?,
        ask: row.get("ask")?,
        plate: serde_json::from_str(&plate).map_err(|error| unreadable(0, error))?,
        bytes: row.get("bytes")?,
        purpose: row.get("purpose")?,
        at: at(row, "at")?,
        expected_seconds: row.get("expected_seconds")?,
        state: parse_lease_state(state_column, &state, row.get("detail")?)?,
    };
    if id.epoch == farm.epoch {
        farm.next.lease = farm.next.lease.max(id.number + 1);
    }
    farm.leases.insert(id, lease);
    farm.index(id);
    Ok(())
}

fn outcome(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    farm.apply(&Change::OutcomeCounted(Outcome {
        lease: read(row, "lease")?,
        ordinal: row.get("ordinal")?,
        printer: key(row)?,
        end: read(row, "end")?,
        pieces: row.get("pieces")?,
        seconds: row.get("seconds")?,
        note: row.get("note")?,
        at: at(row, "at")?,
    }));
    Ok(())
}

fn judgement(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    farm.apply(&Change::Judged(Judgement {
        lease: read(row, "lease")?,
        ordinal: row.get("ordinal")?,
        seq: row.get("seq")?,
        good: row.get("good")?,
        bad: row.get("bad")?,
        at: at(row, "at")?,
    }));
    Ok(())
}

fn seen(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    farm.apply(&Change::FailureSeen(Seen {
        lease: read(row, "lease")?,
        ordinal: row.get("ordinal")?,
        by: row.get("by")?,
        at: at(row, "at")?,
    }));
    Ok(())
}

fn frozen(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    farm.apply(&Change::AgentFrozen { agent: read(row, "agent")?, at: at(row, "at")? });
    Ok(())
}

fn entry(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    let kind: EntryKind = read(row, "kind")?;
    let lease: Option<LeaseId> = read_some(row, "lease")?;
    let ordinal: Option<u32> = row.get("ordinal")?;
    farm.apply(&Change::Entered(Entry {
        request: row.get::<_, Option<u64>>("request")?.map(RequestId),
        lease: lease.zip(ordinal),
        kind,
        pieces: row.get("pieces")?,
        at: at(row, "at")?,
    }));
    Ok(())
}

fn memo(row: &Row, farm: &mut Dispatcher) -> Result<()> {
    farm.apply(&Change::MemoWritten(Memo {
        id: MemoId(row.get("id")?),
        agent: read(row, "agent")?,
        text: row.get("text")?,
        at: at(row, "at")?,
        read: row.get::<_, Option<u64>>("read")?.map(Timestamp),
    }));
    Ok(())
}
