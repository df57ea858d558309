//! Confirming letters: which are due, how often an agent may cause one, and what comes of them.

use std::time::Duration;

use rusqlite::{OptionalExtension, Row, Transaction, params};
use visorfarm_protocol::id::AgentId;

use crate::accounts::agent::name;
use crate::accounts::notice::{CODE_VALID_FOR, NoticeRefused};
use crate::accounts::secret::{self, Kept};
use crate::accounts::{Accounts, StoreFailed, ms};
use crate::clock::Timestamp;

const DAY: Duration = Duration::from_hours(24);

/// The most confirming letters that one agent causes in a day: an address misspelt twice.
const PER_AGENT_A_DAY: u32 = 3;

/// The most confirming letters that go to one address in a [`MONTH`] without an answer: a maker with
/// three machines, or a stranger who wants none.
const PER_ADDRESS_A_MONTH: u32 = 3;

/// The most confirming letters in an hour: a farm whose makers all read of it on one evening waits a
/// little, and a crowd of strange agents gets nowhere.
const IN_ALL_AN_HOUR: u32 = 30;

const HOUR: Duration = Duration::from_hours(1);

const MONTH: Duration = Duration::from_hours(30 * 24);

/// A confirming letter that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirming {
    /// Who asked for it.
    pub agent: AgentId,
    /// Where to.
    pub address: String,
    /// `en` or `fr`.
    pub language: String,
    /// What the link has in it that confirms the address, once.
    pub code: String,
    /// What the link has in it that refuses it.
    pub ends: String,
}

/// Why a confirming letter was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// No mail server took it now; it may be tried again from then on.
    Until(Timestamp),
    /// The mail server takes nothing for this address.
    Refused,
}

impl Accounts {
    /// Returns the confirming letters that are due, and takes them for sent.
    pub fn confirming_letters(&self, now: Timestamp) -> Result<Vec<Confirming>, StoreFailed> {
        let wanted = "SELECT agent, named, address, language FROM maker_notices
                      WHERE state = 'wanted' AND since <= ? ORDER BY since, agent";
        let any = self.read(|sql| sql.prepare_cached(wanted)?.exists([ms(now)]))?;
        if !any {
            return Ok(Vec::new());
        }
        self.write(|tx| {
            let old = ms(now - MONTH);
            tx.execute("DELETE FROM confirming_letters WHERE sent <= ?", [old])?;
            let mut statement = tx.prepare(wanted)?;
            let rows = statement.query_map([ms(now)], |row| {
                let named: [u8; 32] = row.get(1)?;
                Ok((named, confirming(row)?))
            })?;
            let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            let mut due = Vec::new();
            for (named, letter) in rows {
                if may_be_sent(tx, &letter.agent, &named, now)? {
                    take_for_sent(tx, &letter, &named, now)?;
                    due.push(letter);
                }
            }
            Ok(due)
        })
    }

    /// Takes back that a confirming letter was sent.
    pub fn unsent(&self, letter: &Confirming, why: Unsent) -> Result<(), StoreFailed> {
        let code = Kept::of(&letter.code).0;
        self.write(|tx| {
            match why {
                Unsent::Until(then) => {
                    let sql = "UPDATE maker_notices SET state = 'wanted', code = NULL, since = ?
                               WHERE code = ?";
                    tx.execute(sql, params![ms(then), code])?;
                    // What was not delivered has filled no mailbox.
                    let sql = "DELETE FROM confirming_letters WHERE rowid =
                                   (SELECT max(rowid) FROM confirming_letters WHERE agent = ?)";
                    tx.execute(sql, [letter.agent.as_str()])?;
                }
                Unsent::Refused => {
                    let sql = "UPDATE maker_notices
                               SET state = 'refused', address = NULL, code = NULL, ends = NULL
                               WHERE code = ?";
                    tx.execute(sql, [code])?;
                }
            }
            Ok(())
        })
    }

    /// Confirms the address that `code` was sent to, and returns for which agent.
    pub fn confirm_maker(&self, code: &str, now: Timestamp) -> Result<AgentId, NoticeRefused> {
        self.write(|tx| {
            let sql = "UPDATE maker_notices SET state = 'confirmed', code = NULL, since = ?1
                       WHERE state = 'asked' AND code = ?2 AND ?3 < since RETURNING agent, named";
            let since = ms(now - CODE_VALID_FOR);
            let confirmed = tx
                .query_row(sql, params![ms(now), Kept::of(code).0, since], |row| {
                    Ok((name(row, 0)?, row.get::<_, [u8; 32]>(1)?))
                })
                .optional()
                .map_err(StoreFailed)?;
            let (agent, named) = confirmed.ok_or(NoticeRefused::Code)?;
            // Whoever answers may have another machine.
            tx.execute("DELETE FROM confirming_letters WHERE named = ?", [named])
                .map_err(StoreFailed)?;
            Ok(agent)
        })
    }

    /// Forgets the addresses that nobody confirmed in time, and returns of which agents they were.
    pub fn lapse_letters(&self, now: Timestamp) -> Result<Vec<AgentId>, StoreFailed> {
        let late = ms(now - CODE_VALID_FOR);
        let asked = "SELECT 1 FROM maker_notices WHERE state = 'asked' AND since <= ?";
        if !self.read(|sql| sql.prepare_cached(asked)?.exists([late]))? {
            return Ok(Vec::new());
        }
        self.write(|tx| {
            let sql = "UPDATE maker_notices
                       SET state = 'lapsed', address = NULL, code = NULL, ends = NULL, since = ?
                       WHERE state = 'asked' AND since <= ? RETURNING agent";
            let mut statement = tx.prepare(sql)?;
            let agents = statement.query_map([ms(now), late], |row| name(row, 0))?;
            Ok(agents.collect::<rusqlite::Result<Vec<_>>>()?)
        })
    }
}

/// Says whether one more confirming letter is within all bounds.
fn may_be_sent(
    tx: &Transaction<'_>,
    agent: &AgentId,
    named: &[u8; 32],
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) FILTER (WHERE agent = ?1 AND ?2 < sent),
                      count(*) FILTER (WHERE named = ?3),
                      count(*) FILTER (WHERE ?4 < sent)
               FROM confirming_letters";
    let since = [DAY, HOUR].map(|span| ms(now - span));
    let sent: [u32; 3] =
        tx.query_one(sql, params![agent.as_str(), since[0], named, since[1]], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?])
        })?;
    let most = [PER_AGENT_A_DAY, PER_ADDRESS_A_MONTH, IN_ALL_AN_HOUR];
    Ok(sent.iter().zip(most).all(|(sent, most)| *sent < most))
}

fn take_for_sent(
    tx: &Transaction<'_>,
    letter: &Confirming,
    named: &[u8; 32],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "UPDATE maker_notices SET state = 'asked', code = ?, ends = ?, since = ?
               WHERE agent = ?";
    let code = Kept::of(&letter.code).0;
    tx.execute(sql, params![code, letter.ends, ms(now), letter.agent.as_str()])?;
    let sql = "INSERT INTO confirming_letters (agent, named, sent) VALUES (?, ?, ?)";
    tx.execute(sql, params![letter.agent.as_str(), named, ms(now)])?;
    Ok(())
}

fn confirming(row: &Row<'_>) -> rusqlite::Result<Confirming> {
    Ok(Confirming {
        agent: name(row, 0)?,
        address: row.get(2)?,
        language: row.get(3)?,
        code: secret::draw::<16>(),
        ends: secret::draw::<16>(),
    })
}
