//! API tokens: what a program logs in with.

use std::fmt;

use rusqlite::{OptionalExtension, params};
use visorfarm_protocol::text::quote;

use super::secret::{self, Kept};
use super::user::role;
use super::{Accounts, Role, StoreFailed, ms, time};
use crate::clock::Timestamp;

/// What each token begins with, so that a search finds one that was published by mistake.
const PREFIX: &str = "visorfarm_";

/// The number of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenId(pub i64);

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What a program may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its number, never given twice.
    pub token: TokenId,
    /// Which program.
    pub title: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub made: Timestamp,
}

impl Accounts {
    /// Makes a token and returns its text, which is nowhere kept.
    pub fn make_token(
        &self,
        title: &str,
        role: Role,
        now: Timestamp,
    ) -> Result<String, StoreFailed> {
        let text = format!("{PREFIX}{}", secret::draw::<32>());
        self.write(|tx| {
            let sql = "INSERT INTO api_tokens (title, kept, role, made) VALUES (?, ?, ?, ?)";
            tx.execute(sql, params![quote(title), Kept::of(&text).0, role.as_str(), ms(now)])
                .map_err(StoreFailed)
        })?;
        Ok(text)
    }

    /// Returns what the bearer of `text` may do, if it is a token.
    pub fn token_role(&self, text: &str) -> Result<Option<Role>, StoreFailed> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT role FROM api_tokens WHERE kept = ?")?
                .query_row([Kept::of(text).0], |row| role(row, 0))
                .optional()
        })
    }

    /// Ends a token; returns whether there was one.
    pub fn revoke_token(&self, token: TokenId) -> Result<bool, StoreFailed> {
        self.write(|tx| Ok(tx.execute("DELETE FROM api_tokens WHERE token = ?", [token.0])? == 1))
    }

    /// Returns all tokens, oldest first.
    pub fn tokens(&self) -> Result<Vec<ApiToken>, StoreFailed> {
        self.read(|connection| {
            connection
                .prepare("SELECT token, title, role, made FROM api_tokens ORDER BY token")?
                .query_map([], |row| {
                    Ok(ApiToken {
                        token: TokenId(row.get(0)?),
                        title: row.get(1)?,
                        role: role(row, 2)?,
                        made: time(row.get(3)?),
                    })
                })?
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_works_until_it_is_revoked() {
        let dir = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&dir.path().join("farm.db")).unwrap();
        let text = accounts.make_token("sheet", Role::Reader, Timestamp(5)).unwrap();
        assert_eq!(accounts.token_role(&text).unwrap(), Some(Role::Reader));
        assert_eq!(accounts.token_role("visorfarm_guess").unwrap(), None);
        let [token] = &accounts.tokens().unwrap()[..] else { panic!("one token was made") };
        assert_eq!((token.title.as_str(), token.made), ("sheet", Timestamp(5)));
        assert!(accounts.revoke_token(token.token).unwrap());
        assert_eq!(accounts.token_role(&text).unwrap(), None);
    }
}
