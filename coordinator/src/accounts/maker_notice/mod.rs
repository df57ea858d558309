//! Which makers want letters about their own printers. Their agents say so at every hello; nothing but
//! one confirming letter is sent before its link was opened.

mod confirming;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use visorfarm_protocol::id::AgentId;
use visorfarm_protocol::letters::{About, LetterLanguage, Letters, Wish};

use super::agent::name;
use super::notice::NoticeRefused;
use super::secret::Kept;
use super::{Accounts, StoreFailed, ms};
use crate::clock::Timestamp;
pub use confirming::{Confirming, Unsent};

/// A maker who is told by letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakerNotice {
    /// Whose printers it is about.
    pub agent: AgentId,
    /// Where to.
    pub address: String,
    /// Words for the kinds of things, as for people with an account.
    pub about: Vec<String>,
    /// `en` or `fr`.
    pub language: String,
    /// What the link has in it that ends the letters.
    pub ends: String,
}

impl Accounts {
    /// Takes down what the maker of `agent` wants, or that it is nothing. Returns how that stands;
    /// nothing if there is no wish, or no such agent any more.
    pub fn take_wish(
        &self,
        agent: &AgentId,
        wish: Option<&Wish>,
        now: Timestamp,
    ) -> Result<Option<Letters>, StoreFailed> {
        let before = self.read(|sql| known(sql, agent))?;
        let Some(wish) = wish else {
            if before.is_some() {
                self.write(|tx| forget(tx, agent))?;
            }
            return Ok(None);
        };
        let named = named(wish.mail.as_str());
        let (about, language) = (about(wish), language(wish));
        match before {
            Some(Known { named: it, state, about: its, language: spoken }) if it == named => {
                if its != about || spoken != language {
                    self.write(|tx| speak(tx, agent, &about, language))?;
                }
                Ok(Some(state))
            }
            Some(_) | None => self.write(|tx| {
                // An agent that was shut out just now leaves no address behind.
                let sql = "REPLACE INTO maker_notices
                               (agent, named, state, address, about, language, since)
                           SELECT agent, ?2, 'wanted', ?3, ?4, ?5, ?6 FROM agents
                           WHERE agent = ?1 AND revoked IS NULL";
                let address = wish.mail.as_str();
                let row = params![agent.as_str(), named, address, about, language, ms(now)];
                let taken = tx.execute(sql, row)? == 1;
                Ok::<_, StoreFailed>(taken.then_some(Letters::Unconfirmed))
            }),
        }
    }

    /// Ends the letters that carry `ends`, and returns of which agent they were. The address is
    /// forgotten.
    pub fn end_letters(&self, ends: &str, now: Timestamp) -> Result<AgentId, NoticeRefused> {
        self.write(|tx| {
            let sql = "UPDATE maker_notices
                       SET state = 'ended', address = NULL, code = NULL, ends = NULL, since = ?
                       WHERE ends = ? RETURNING agent";
            let ended = tx.query_row(sql, params![ms(now), ends], |row| name(row, 0)).optional();
            ended.map_err(StoreFailed)?.ok_or(NoticeRefused::Code)
        })
    }

    /// Returns the makers who are told by letter.
    pub fn maker_notices(&self) -> Result<Vec<MakerNotice>, StoreFailed> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(
                "SELECT agent, address, about, language, ends FROM maker_notices
                 WHERE state = 'confirmed' ORDER BY agent",
            )?;
            let rows = statement.query_map([], maker_notice)?;
            rows.collect()
        })
    }
}

/// What is kept of an agent's wish.
struct Known {
    named: [u8; 32],
    state: Letters,
    about: String,
    language: String,
}

fn known(sql: &Connection, agent: &AgentId) -> rusqlite::Result<Option<Known>> {
    let mut statement = sql.prepare_cached(
        "SELECT named, state, about, language FROM maker_notices WHERE agent = ?",
    )?;
    let known = |row: &Row<'_>| {
        let state: String = row.get(1)?;
        let state = match state.as_str() {
            "confirmed" => Letters::Confirmed,
            "ended" => Letters::Ended,
            "lapsed" => Letters::Lapsed,
            "refused" => Letters::Refused,
            _ => Letters::Unconfirmed,
        };
        Ok(Known { named: row.get(0)?, state, about: row.get(2)?, language: row.get(3)? })
    };
    statement.query_row([agent.as_str()], known).optional()
}

fn speak(
    tx: &Transaction<'_>,
    agent: &AgentId,
    about: &str,
    language: &str,
) -> Result<(), StoreFailed> {
    let sql = "UPDATE maker_notices SET about = ?, language = ? WHERE agent = ?";
    tx.execute(sql, params![about, language, agent.as_str()])?;
    Ok(())
}

fn forget(tx: &Transaction<'_>, agent: &AgentId) -> Result<(), StoreFailed> {
    tx.execute("DELETE FROM maker_notices WHERE agent = ?", [agent.as_str()])?;
    Ok(())
}

fn maker_notice(row: &Row<'_>) -> rusqlite::Result<MakerNotice> {
    let about: String = row.get(2)?;
    Ok(MakerNotice {
        agent: name(row, 0)?,
        address: row.get(1)?,
        about: about.split_whitespace().map(str::to_owned).collect(),
        language: row.get(3)?,
        ends: row.get(4)?,
    })
}

/// Returns by what an address is known again; mail servers tell no capital letters apart.
fn named(address: &str) -> [u8; 32] {
    Kept::of(&address.to_lowercase()).0
}

fn about(wish: &Wish) -> String {
    let words = wish.about.iter().filter_map(|about| match about {
        About::Results => Some("results"),
        About::Beds => Some("beds"),
        About::Stuck => Some("stuck"),
        About::Other => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

fn language(wish: &Wish) -> &'static str {
    match wish.language {
        LetterLanguage::French => "fr",
        LetterLanguage::English | LetterLanguage::Other => "en",
    }
}

#[cfg(test)]
mod tests;
