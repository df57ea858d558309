//! Agents: how they are invited, join, and are shut out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::PoisonError;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use visorfarm_protocol::id::AgentId;
use visorfarm_protocol::text::quote;

use super::secret::{self, Kept};
use super::{Accounts, StoreFailed, ms, time};
use crate::clock::Timestamp;

/// How long an invite is good for unless told otherwise: a message read after the weekend.
pub const INVITE_VALID_FOR: Duration = Duration::from_hours(72);

/// A machine that joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its name in topics, its MQTT user name and client id.
    pub agent: AgentId,
    /// What its maker calls it.
    pub title: String,
    /// When it joined.
    pub made: Timestamp,
    /// When it was shut out.
    pub revoked: Option<Timestamp>,
}

/// The number of an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InviteId(pub i64);

impl fmt::Display for InviteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A link that is worth one enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Its number.
    pub invite: InviteId,
    /// Whom it was made for.
    pub title: String,
    /// When it was made.
    pub made: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// What became of it.
    pub state: InviteState,
}

/// What became of an invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InviteState {
    /// Nobody used it yet.
    Open,
    /// Somebody joined by it.
    Used(AgentId),
    /// Nobody used it in time.
    Expired,
}

/// Why an agent did not join.
#[derive(Debug, thiserror::Error)]
pub enum EnrolRefused {
    /// There is no such invite, or it was taken back.
    #[error("this invite is unknown: ask for a new link")]
    Unknown,
    /// Somebody joined by it.
    #[error("this invite has been used: each machine needs a link of its own")]
    Used,
    /// Nobody joined by it in time.
    #[error("this invite is too old: ask for a new link")]
    Expired,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreFailed),
}

impl Accounts {
    /// Makes an invite and returns its token, which is nowhere kept.
    pub fn make_invite(
        &self,
        title: &str,
        valid_for: Duration,
        now: Timestamp,
    ) -> Result<String, StoreFailed> {
        let token = secret::draw::<16>();
        self.write(|tx| {
            let sql = "INSERT INTO invites (title, kept, made, expires) VALUES (?, ?, ?, ?)";
            tx.execute(sql, params![quote(title), Kept::of(&token).0, ms(now), ms(now + valid_for)])
                .map_err(StoreFailed)
        })?;
        Ok(token)
    }

    /// Takes an unused invite back; returns whether there was one.
    pub fn withdraw_invite(&self, invite: InviteId) -> Result<bool, StoreFailed> {
        self.write(|tx| {
            let sql = "DELETE FROM invites WHERE invite = ? AND used_by IS NULL";
            Ok(tx.execute(sql, [invite.0])? == 1)
        })
    }

    /// Lets a machine join: uses the invite up and returns the machine's name and its secret, which
    /// is nowhere kept.
    pub fn enrol(
        &self,
        token: &str,
        title: &str,
        now: Timestamp,
    ) -> Result<(AgentId, String), EnrolRefused> {
        let agent =
            AgentId::new(&secret::draw_name("a")).expect("the letters drawn are those of a name");
        let password = secret::draw::<32>();
        let kept = Kept::of(&password);
        self.write(|tx| use_up(tx, token, now, &agent, title, kept))?;
        self.admitted.write().unwrap_or_else(PoisonError::into_inner).insert(agent.clone(), kept);
        Ok((agent, password))
    }

    /// Tells whether `agent` may come in with `secret`. Never blocks.
    #[must_use]
    pub fn admits(&self, agent: &AgentId, secret: &str) -> bool {
        let presented = Kept::of(secret);
        let admitted = self.admitted.read().unwrap_or_else(PoisonError::into_inner);
        admitted.get(agent).is_some_and(|kept| kept.same(presented))
    }

    /// Shuts `agent` out, and forgets where its maker was written to; returns whether it was in. Whoever
    /// calls also ends its connection.
    pub fn revoke(&self, agent: &AgentId, now: Timestamp) -> Result<bool, StoreFailed> {
        let was_in = self.write(|tx| {
            tx.execute("DELETE FROM maker_notices WHERE agent = ?", [agent.as_str()])?;
            let sql = "UPDATE agents SET revoked = ? WHERE agent = ? AND revoked IS NULL";
            Ok::<_, StoreFailed>(tx.execute(sql, params![ms(now), agent.as_str()])? == 1)
        })?;
        self.admitted.write().unwrap_or_else(PoisonError::into_inner).remove(agent);
        Ok(was_in)
    }

    /// Returns all agents, also those shut out, oldest first.
    pub fn agents(&self) -> Result<Vec<Agent>, StoreFailed> {
        self.read(|connection| {
            connection
                .prepare("SELECT agent, title, made, revoked FROM agents ORDER BY made, agent")?
                .query_map([], |row| {
                    Ok(Agent {
                        agent: name(row, 0)?,
                        title: row.get(1)?,
                        made: time(row.get(2)?),
                        revoked: row.get::<_, Option<i64>>(3)?.map(time),
                    })
                })?
                .collect()
        })
    }

    /// Returns all invites, newest first.
    pub fn invites(&self, now: Timestamp) -> Result<Vec<Invite>, StoreFailed> {
        self.read(|connection| {
            let sql = "SELECT invite, title, made, expires, used_by FROM invites \
                       ORDER BY invite DESC";
            connection.prepare(sql)?.query_map([], |row| invite(row, now))?.collect()
        })
    }
}

fn use_up(
    tx: &Transaction<'_>,
    token: &str,
    now: Timestamp,
    agent: &AgentId,
    title: &str,
    kept: Kept,
) -> Result<(), EnrolRefused> {
    let sql = "SELECT invite, title, made, expires, used_by FROM invites WHERE kept = ?";
    let found = tx
        .query_row(sql, [Kept::of(token).0], |row| invite(row, now))
        .optional()
        .map_err(StoreFailed)?
        .ok_or(EnrolRefused::Unknown)?;
    match found.state {
        InviteState::Open => {}
        InviteState::Used(_) => return Err(EnrolRefused::Used),
        InviteState::Expired => return Err(EnrolRefused::Expired),
    }
    let title = if title.trim().is_empty() { found.title } else { quote(title) };
    let sql = "INSERT INTO agents (agent, title, kept, made) VALUES (?, ?, ?, ?)";
    tx.execute(sql, params![agent.as_str(), title, kept.0, ms(now)]).map_err(StoreFailed)?;
    let sql = "UPDATE invites SET used_by = ? WHERE invite = ? AND used_by IS NULL";
    let used = tx.execute(sql, params![agent.as_str(), found.invite.0]).map_err(StoreFailed)?;
    assert_eq!(used, 1, "invite {} was open in this transaction", found.invite);
    Ok(())
}

/// Reads which agents may come in.
pub(super) fn admitted(connection: &Connection) -> rusqlite::Result<BTreeMap<AgentId, Kept>> {
    connection
        .prepare("SELECT agent, kept FROM agents WHERE revoked IS NULL")?
        .query_map([], |row| Ok((name(row, 0)?, Kept(row.get(1)?))))?
        .collect()
}

fn invite(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<Invite> {
    let expires = time(row.get(3)?);
    let state = match row.get::<_, Option<String>>(4)? {
        Some(_) => InviteState::Used(name(row, 4)?),
        None if expires <= now => InviteState::Expired,
        None => InviteState::Open,
    };
    Ok(Invite {
        invite: InviteId(row.get(0)?),
        title: row.get(1)?,
        made: time(row.get(2)?),
        expires,
        state,
    })
}

pub(super) fn name(row: &Row<'_>, column: usize) -> rusqlite::Result<AgentId> {
    let text: String = row.get(column)?;
    AgentId::new(&text).map_err(|source| {
        let kind = rusqlite::types::Type::Text;
        rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(source))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_774_310_400_000);

    fn accounts() -> (tempfile::TempDir, Accounts) {
        let dir = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&dir.path().join("farm.db")).unwrap();
        (dir, accounts)
    }

    #[test]
    fn an_invite_lets_one_machine_join() {
        let (dir, accounts) = accounts();
        let token = accounts.make_invite("Anna", INVITE_VALID_FOR, NOW).unwrap();
        let (agent, secret) = accounts.enrol(&token, "attic", NOW).unwrap();
        assert!(accounts.admits(&agent, &secret));
        assert!(!accounts.admits(&agent, "wrong"));
        assert!(matches!(accounts.enrol(&token, "copy", NOW), Err(EnrolRefused::Used)));
        assert_eq!(accounts.agents().unwrap()[0].title, "attic");
        assert_eq!(accounts.invites(NOW).unwrap()[0].state, InviteState::Used(agent.clone()));

        let reopened = Accounts::open(&dir.path().join("farm.db")).unwrap();
        assert!(reopened.admits(&agent, &secret));
    }

    #[test]
    fn an_old_or_foreign_or_withdrawn_invite_is_refused() {
        let (_dir, accounts) = accounts();
        let token = accounts.make_invite("Anna", Duration::from_mins(1), NOW).unwrap();
        let late = NOW + Duration::from_mins(1);
        assert!(matches!(accounts.enrol(&token, "", late), Err(EnrolRefused::Expired)));
        assert!(matches!(accounts.enrol("guess", "", NOW), Err(EnrolRefused::Unknown)));
        assert_eq!(accounts.invites(late).unwrap()[0].state, InviteState::Expired);
        let invite = accounts.invites(NOW).unwrap()[0].invite;
        assert!(accounts.withdraw_invite(invite).unwrap());
        assert!(matches!(accounts.enrol(&token, "", NOW), Err(EnrolRefused::Unknown)));
    }

    #[test]
    fn of_many_at_once_one_joins() {
        let (_dir, accounts) = accounts();
        let token = accounts.make_invite("Anna", INVITE_VALID_FOR, NOW).unwrap();
        let joined = std::thread::scope(|scope| {
            let tries = [(); 8].map(|()| scope.spawn(|| accounts.enrol(&token, "", NOW).is_ok()));
            tries.into_iter().map(|t| t.join().unwrap()).filter(|ok| *ok).count()
        });
        assert_eq!(joined, 1);
    }

    #[test]
    fn a_revoked_agent_stays_out_after_a_restart() {
        let (dir, accounts) = accounts();
        let token = accounts.make_invite("Anna", INVITE_VALID_FOR, NOW).unwrap();
        let (agent, secret) = accounts.enrol(&token, "attic", NOW).unwrap();
        assert!(accounts.revoke(&agent, NOW).unwrap());
        assert!(!accounts.admits(&agent, &secret));
        assert!(!accounts.revoke(&agent, NOW).unwrap());
        let reopened = Accounts::open(&dir.path().join("farm.db")).unwrap();
        assert!(!reopened.admits(&agent, &secret));
        assert_eq!(reopened.agents().unwrap()[0].revoked, Some(NOW));
    }

    #[test]
    fn no_secret_is_in_the_file() {
        let (dir, accounts) = accounts();
        let token = accounts.make_invite("Anna", INVITE_VALID_FOR, NOW).unwrap();
        let (_agent, secret) = accounts.enrol(&token, "attic", NOW).unwrap();
        drop(accounts);
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            for text in [&token, &secret] {
                assert!(!bytes.windows(text.len()).any(|w| w == text.as_bytes()));
            }
        }
    }
}
