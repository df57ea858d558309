//! Sessions: from a login until a logout, twelve idle hours, or seven days.

use std::fmt;
use std::net::IpAddr;
use std::sync::PoisonError;
use std::time::Duration;

use rusqlite::{OptionalExtension, params};

use super::secret::{self, Kept};
use super::user::role;
use super::{Accounts, Role, StoreFailed, UserId, ms, time};
use crate::clock::Timestamp;

/// A session that is not used for so long is over.
const IDLE_MAX: Duration = Duration::from_hours(12);

/// A session is over after so long, used or not.
const AGE_MAX: Duration = Duration::from_hours(7 * 24);

/// How often the use of a session is written down: not at every picture of a page.
const NOTED_EVERY: Duration = Duration::from_mins(1);

/// The most sessions one person has; the next login ends the oldest.
const PER_USER_MAX: u32 = 20;

/// The number of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(pub i64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A person that is logged in somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub session: SessionId,
    /// Who.
    pub user: UserId,
    /// The name it logged in with.
    pub name: String,
    /// What it may do now: a change of role is felt at once.
    pub role: Role,
    /// When it logged in.
    pub made: Timestamp,
    /// When it was last used, to the minute.
    pub used: Timestamp,
}

/// A session that just began.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The secret for the browser's cookie, which is nowhere kept.
    pub token: String,
    /// Who.
    pub user: UserId,
}

/// Why nobody was logged in.
#[derive(Debug, thiserror::Error)]
pub enum LoginRefused {
    /// The name or the password; which of them is not told.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many were wrong of late.
    #[error("too many wrong passwords: try again in {} minutes", wait.as_secs().div_ceil(60))]
    TooMany {
        /// Until it can be tried again.
        wait: Duration,
    },
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreFailed),
}

impl Accounts {
    /// Begins a session for whoever knows the password. Blocks for argon2. Each login makes a new
    /// secret, so one planted in a browser before is worth nothing.
    pub fn login(
        &self,
        name: &str,
        password: &str,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<NewSession, LoginRefused> {
        let name = name.trim();
        let attempts = || self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts().note(name, from, now).map_err(|wait| LoginRefused::TooMany { wait })?;
        let user = self.recognise(name, password)?.ok_or(LoginRefused::Wrong)?;
        attempts().forgive(name, from);
        let token = secret::draw::<32>();
        self.write(|tx| {
            let over = params![ms(now - AGE_MAX), ms(now - IDLE_MAX)];
            tx.execute("DELETE FROM sessions WHERE made <= ? OR used <= ?", over)?;
            let sql = "INSERT INTO sessions (user, kept, made, used) VALUES (?, ?, ?, ?)";
            tx.execute(sql, params![user.0, Kept::of(&token).0, ms(now), ms(now)])?;
            let sql = "DELETE FROM sessions WHERE user = ?1 AND session NOT IN \
                       (SELECT session FROM sessions WHERE user = ?1 ORDER BY session DESC LIMIT ?2)";
            tx.execute(sql, params![user.0, PER_USER_MAX])?;
            Ok::<_, StoreFailed>(())
        })?;
        Ok(NewSession { token, user })
    }

    /// Returns how long whoever is `from` there waits before another password is tried for `name`; nothing if
    /// one may be tried now.
    pub fn login_wait(&self, name: &str, from: IpAddr, now: Timestamp) -> Option<Duration> {
        let attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.wait(name.trim(), from, now)
    }

    /// Returns the session behind the secret of a cookie, unless it is over.
    pub fn session(&self, token: &str, now: Timestamp) -> Result<Option<Session>, StoreFailed> {
        let found = self.read(|connection| {
            connection
                .prepare_cached(&format!("{SELECT} WHERE kept = ?"))?
                .query_row([Kept::of(token).0], session)
                .optional()
        })?;
        let live = found.filter(|session| {
            now.since(session.made) < AGE_MAX && now.since(session.used) < IDLE_MAX
        });
        let Some(session) = live else { return Ok(None) };
        if now.since(session.used) < NOTED_EVERY {
            return Ok(Some(session));
        }
        self.write(|tx| {
            let sql = "UPDATE sessions SET used = ? WHERE session = ?";
            tx.execute(sql, params![ms(now), session.session.0]).map_err(StoreFailed)
        })?;
        Ok(Some(Session { used: now, ..session }))
    }

    /// Ends the session behind the secret of a cookie.
    pub fn logout(&self, token: &str) -> Result<(), StoreFailed> {
        self.write(|tx| {
            tx.execute("DELETE FROM sessions WHERE kept = ?", [Kept::of(token).0])?;
            Ok(())
        })
    }
}

const SELECT: &str = "SELECT session, user, name, role, sessions.made, used \
                      FROM sessions JOIN users USING (user)";

fn session(row: &rusqlite::Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        session: SessionId(row.get(0)?),
        user: UserId(row.get(1)?),
        name: row.get(2)?,
        role: role(row, 3)?,
        made: time(row.get(4)?),
        used: time(row.get(5)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_774_310_400_000);
    const GOOD: &str = "correct horse battery";
    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn accounts() -> (tempfile::TempDir, Accounts, UserId) {
        let dir = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&dir.path().join("farm.db")).unwrap();
        let anna = accounts.add_user("Anna", GOOD, Role::Dispatcher, NOW).unwrap();
        (dir, accounts, anna)
    }

    #[test]
    fn a_login_lasts_until_the_logout() {
        let (_dir, accounts, anna) = accounts();
        let first = accounts.login("anna", GOOD, HERE, NOW).unwrap();
        let second = accounts.login("Anna", GOOD, HERE, NOW).unwrap();
        assert!(first.token != second.token);
        let session = accounts.session(&first.token, NOW).unwrap().unwrap();
        assert_eq!((session.user, session.role), (anna, Role::Dispatcher));
        accounts.logout(&first.token).unwrap();
        assert_eq!(accounts.session(&first.token, NOW).unwrap(), None);
        assert!(accounts.session(&second.token, NOW).unwrap().is_some(), "the other one lasts");
    }

    #[test]
    fn an_unused_session_ends_and_a_used_one_too_but_later() {
        let (_dir, accounts, _anna) = accounts();
        let token = accounts.login("Anna", GOOD, HERE, NOW).unwrap().token;
        let mut now = NOW;
        while now.since(NOW) + IDLE_MAX / 2 < AGE_MAX {
            assert!(accounts.session(&token, now).unwrap().is_some(), "{now}");
            now = now + IDLE_MAX / 2;
        }
        assert_eq!(accounts.session(&token, NOW + AGE_MAX).unwrap(), None);

        let token = accounts.login("Anna", GOOD, HERE, NOW).unwrap().token;
        assert_eq!(accounts.session(&token, NOW + IDLE_MAX).unwrap(), None);
    }

    #[test]
    fn a_new_password_ends_all_sessions() {
        let (_dir, accounts, anna) = accounts();
        let token = accounts.login("Anna", GOOD, HERE, NOW).unwrap().token;
        accounts.set_password(anna, "another good one").unwrap();
        assert_eq!(accounts.session(&token, NOW).unwrap(), None);
        assert!(matches!(accounts.login("Anna", GOOD, HERE, NOW), Err(LoginRefused::Wrong)));
        accounts.login("Anna", "another good one", HERE, NOW).unwrap();
    }

    #[test]
    fn a_removed_person_is_out_at_once() {
        let (_dir, accounts, _anna) = accounts();
        accounts.add_user("Ben", GOOD, Role::Admin, NOW).unwrap();
        let eve = accounts.add_user("Eve", GOOD, Role::Admin, NOW).unwrap();
        let token = accounts.login("Eve", GOOD, HERE, NOW).unwrap().token;
        accounts.remove_user(eve).unwrap();
        assert_eq!(accounts.session(&token, NOW).unwrap(), None);
    }

    #[test]
    fn guessing_ends_after_ten_tries_for_known_and_unknown_names() {
        let (_dir, accounts, _anna) = accounts();
        for name in ["Anna", "Nobody"] {
            for _ in 0..10 {
                let refused = accounts.login(name, "wrong", HERE, NOW);
                assert!(matches!(refused, Err(LoginRefused::Wrong)));
            }
            let refused = accounts.login(name, GOOD, HERE, NOW);
            assert!(matches!(refused, Err(LoginRefused::TooMany { .. })), "{name}");
        }
    }
}
