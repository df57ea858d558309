//! Changes into rows.

use rusqlite::{Connection, Transaction, TransactionBehavior, named_params, params};

use super::backup;
use super::row::{lease_state, word};
use crate::clock::Timestamp;
use crate::dispatch::{
    Change, Entry, Judgement, Lease, LeaseState, Outcome, PrinterKey, Request, Revision,
};
use visorfarm_protocol::id::{AgentId, DesignId, LeaseId, RevisionId};
use visorfarm_protocol::status::PrinterCard;

type Result<T = ()> = rusqlite::Result<T>;

/// Writes `changes` in one transaction.
pub(super) fn changes(connection: &mut Connection, changes: &[Change]) -> Result {
    // Immediate: a read transaction that turns into a write fails at once if another one wrote.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for change in changes {
        write(&transaction, change)?;
    }
    transaction.commit()
}

fn write(sql: &Transaction, change: &Change) -> Result {
    match change {
        Change::PrinterKnown { key, card } => return printer_known(sql, key, card),
        Change::PrinterGone { key } => sql
            .prepare_cached("DELETE FROM printers WHERE agent = ?1 AND printer = ?2")?
            .execute(params![key.agent.as_str(), key.printer.as_str()]),
        Change::RevisionPublished { design, revision, published } => {
            return revision_published(sql, design, revision, published);
        }
        Change::RevisionWithdrawn { design, revision, why } => sql
            .prepare_cached(
                "UPDATE revisions SET channel = 'withdrawn', withdrawn_because = ?3
                 WHERE design = ?1 AND revision = ?2",
            )?
            .execute(params![design.as_str(), revision.as_str(), why]),
        Change::RequestOpened(request) => return request_opened(sql, request),
        Change::RequestCancelled { request } => sql
            .prepare_cached("UPDATE requests SET state = 'cancelled' WHERE id = ?1")?
            .execute([request.0]),
        Change::RequestRanked { request, rank } => sql
            .prepare_cached("UPDATE requests SET priority = ?2, due = ?3 WHERE id = ?1")?
            .execute(params![request.0, rank.priority.code(), rank.due.map(String::from)]),
        Change::JobQueued { job, request } => sql
            .prepare_cached("INSERT INTO jobs (id, request, state) VALUES (?1, ?2, 'queued')")?
            .execute([job.0, request.0]),
        Change::JobRequeued { job } => return job_moved(sql, job.0, "queued"),
        Change::JobWithdrawn { job } => return job_moved(sql, job.0, "withdrawn"),
        Change::JobDone { job } => return job_moved(sql, job.0, "done"),
        Change::LeaseGranted(lease) => return lease_granted(sql, lease),
        Change::LeaseMoved { lease, state, note, at } => {
            return lease_moved(sql, *lease, *state, (note, *at));
        }
        Change::OutcomeCounted(outcome) => return outcome_counted(sql, outcome),
        Change::Judged(judgement) => return judged(sql, judgement),
        Change::FailureSeen(seen) => sql
            .prepare_cached("INSERT INTO seen (lease, ordinal, by, at) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![seen.lease.to_string(), seen.ordinal, seen.by, seen.at.0]),
        Change::Entered(entry) => return entered(sql, entry),
        Change::LifeBegan { ended, epoch } => return backup::begin(sql, *ended, *epoch),
        Change::AgentFrozen { agent, at } => {
            sql.prepare_cached("INSERT INTO frozen (agent, at) VALUES (?1, ?2)")?
                .execute(params![agent.as_str(), at.0])?;
            return held(sql, agent, "frozen", *at);
        }
        Change::AgentReleased { agent, at } => {
            sql.prepare_cached("DELETE FROM frozen WHERE agent = ?1")?.execute([agent.as_str()])?;
            return held(sql, agent, "released", *at);
        }
        Change::MemoWritten(memo) => sql
            .prepare_cached("INSERT INTO memos (id, agent, text, at) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![memo.id.0, memo.agent.as_str(), memo.text, memo.at.0]),
        Change::MemoRead { memo, at } => sql
            .prepare_cached("UPDATE memos SET read = ?2 WHERE id = ?1")?
            .execute(params![memo.0, at.0]),
        Change::AnomalyNoted { agent, note, at } => sql
            .prepare_cached("INSERT INTO anomalies (agent, note, at) VALUES (?1, ?2, ?3)")?
            .execute(params![agent.as_str(), note, at.0]),
    }?;
    Ok(())
}

fn printer_known(sql: &Transaction, key: &PrinterKey, card: &PrinterCard) -> Result {
    let consent = card.consent.as_ref();
    let consent =
        consent.map(|consent| serde_json::to_string(consent).expect("consent is plain data"));
    sql.prepare_cached(
        "INSERT INTO printers (agent, printer, title, profile, octoprint, place, consent)
         VALUES (:agent, :printer, :title, :profile, :octoprint, :place, :consent)
         ON CONFLICT DO UPDATE SET title = :title, profile = :profile, octoprint = :octoprint,
             place = :place, consent = :consent",
    )?
    .execute(named_params! {
        ":agent": key.agent.as_str(),
        ":printer": key.printer.as_str(),
        ":title": card.title,
        ":profile": card.profile.as_str(),
        ":octoprint": card.octoprint,
        ":place": card.place,
        ":consent": consent,
    })?;
    Ok(())
}

fn revision_published(
    sql: &Transaction,
    design: &DesignId,
    revision: &RevisionId,
    published: &Revision,
) -> Result {
    sql.prepare_cached(
        "INSERT INTO revisions (design, revision, channel, published_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET channel = ?3",
    )?
    .execute(params![
        design.as_str(),
        revision.as_str(),
        word(&published.channel),
        published.at.0,
    ])?;
    for (profile, slice) in &published.slices {
        sql.prepare_cached(
            "INSERT INTO slices (design, revision, profile, digest, bytes, pieces, material,
                                 expected_seconds, filament_grams, notes)
             VALUES (:design, :revision, :profile, :digest, :bytes, :pieces, :material,
                     :expected_seconds, :filament_grams, :notes)
             ON CONFLICT DO UPDATE SET material = :material, notes = :notes,
                 expected_seconds = :expected_seconds, filament_grams = :filament_grams",
        )?
        .execute(named_params! {
            ":design": design.as_str(),
            ":revision": revision.as_str(),
            ":profile": profile.as_str(),
            ":digest": slice.digest.to_string(),
            ":bytes": slice.bytes,
            ":pieces": slice.pieces,
            ":material": slice.material,
            ":expected_seconds": slice.expected_seconds,
            ":filament_grams": slice.filament_grams,
            ":notes": slice.notes,
        })?;
    }
    Ok(())
}

fn request_opened(sql: &Transaction, request: &Request) -> Result {
    sql.prepare_cached(
        "INSERT INTO requests (id, design, revision, title, at, state, priority, due)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        request.id.0,
        request.design.as_str(),
        request.revision.as_ref().map(visorfarm_protocol::id::Name::as_str),
        request.title,
        request.at.0,
        word(&request.state),
        request.rank.priority.code(),
        request.rank.due.map(String::from),
    ])?;
    Ok(())
}

fn job_moved(sql: &Transaction, job: u64, state: &str) -> Result {
    sql.prepare_cached("UPDATE jobs SET state = ?2, lease = NULL WHERE id = ?1")?
        .execute(params![job, state])?;
    Ok(())
}

fn lease_granted(sql: &Transaction, lease: &Lease) -> Result {
    let (state, detail) = lease_state(lease.state);
    let plate = serde_json::to_string(&lease.plate).expect("a plate is plain data");
    sql.prepare_cached(
        "INSERT INTO leases (id, epoch, number, job, request, agent, printer, ask, plate, pieces,
                             bytes, purpose, at, expected_seconds, state, detail)
         VALUES (:id, :epoch, :number, :job, :request, :agent, :printer, :ask, :plate, :pieces,
                 :bytes, :purpose, :at, :expected_seconds, :state, :detail)",
    )?
    .execute(named_params! {
        ":id": lease.id.to_string(),
        ":epoch": lease.id.epoch.0,
        ":number": lease.id.number,
        ":job": lease.job.map(|job| job.0),
        ":request": lease.request.map(|request| request.0),
        ":agent": lease.holder.agent.as_str(),
        ":printer": lease.holder.printer.as_str(),
        ":ask": lease.ask,
        ":plate": plate,
        ":pieces": lease.plate.pieces,
        ":bytes": lease.bytes,
        ":purpose": lease.purpose,
        ":at": lease.at.0,
        ":expected_seconds": lease.expected_seconds,
        ":state": state,
        ":detail": detail,
    })?;
    if let Some(job) = lease.job {
        sql.prepare_cached("UPDATE jobs SET state = 'leased', lease = ?2 WHERE id = ?1")?
            .execute(params![job.0, lease.id.to_string()])?;
    }
    Ok(())
}

fn lease_moved(
    sql: &Transaction,
    lease: LeaseId,
    state: LeaseState,
    (note, at): (&str, Timestamp),
) -> Result {
    let (word, detail) = lease_state(state);
    let lease = lease.to_string();
    sql.prepare_cached("UPDATE leases SET state = ?2, detail = ?3, note = ?4 WHERE id = ?1")?
        .execute(params![lease, word, detail, note])?;
    if matches!(state, LeaseState::Ended(_)) {
        return Ok(());
    }
    sql.prepare_cached(
        "INSERT INTO moves (lease, agent, printer, state, detail, note, at)
         SELECT id, agent, printer, state, detail, note, ?2 FROM leases WHERE id = ?1",
    )?
    .execute(params![lease, at.0])?;
    Ok(())
}

fn held(sql: &Transaction, agent: &AgentId, state: &str, at: Timestamp) -> Result {
    sql.prepare_cached("INSERT INTO holds (agent, state, at) VALUES (?1, ?2, ?3)")?
        .execute(params![agent.as_str(), state, at.0])?;
    Ok(())
}

fn outcome_counted(sql: &Transaction, outcome: &Outcome) -> Result {
    sql.prepare_cached(
        "INSERT INTO outcomes (lease, ordinal, agent, printer, end, pieces, seconds, note, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        outcome.lease.to_string(),
        outcome.ordinal,
        outcome.printer.agent.as_str(),
        outcome.printer.printer.as_str(),
        word(&outcome.end),
        outcome.pieces,
        outcome.seconds,
        outcome.note,
        outcome.at.0,
    ])?;
    Ok(())
}

fn judged(sql: &Transaction, judgement: &Judgement) -> Result {
    sql.prepare_cached(
        "INSERT INTO judgements (lease, ordinal, seq, good, bad, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        judgement.lease.to_string(),
        judgement.ordinal,
        judgement.seq,
        judgement.good,
        judgement.bad,
        judgement.at.0,
    ])?;
    Ok(())
}

fn entered(sql: &Transaction, entry: &Entry) -> Result {
    sql.prepare_cached(
        "INSERT INTO ledger (request, lease, ordinal, kind, pieces, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        entry.request.map(|request| request.0),
        entry.lease.map(|(lease, _)| lease.to_string()),
        entry.lease.map(|(_, ordinal)| ordinal),
        word(&entry.kind),
        entry.pieces,
        entry.at.0,
    ])?;
    Ok(())
}
