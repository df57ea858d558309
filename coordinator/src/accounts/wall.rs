//! The link that a screen on a wall shows the farm by: figures, no names, no login.

use rusqlite::OptionalExtension;

use super::secret::{self, Kept};
use super::{Accounts, StoreFailed};

impl Accounts {
    /// Makes the wall's token, which is nowhere kept. It replaces the one before.
    pub fn make_wall_token(&self) -> Result<String, StoreFailed> {
        let token = secret::draw::<16>();
        self.write(|tx| {
            let sql = "INSERT OR REPLACE INTO wall_link (one, kept) VALUES (1, ?)";
            tx.execute(sql, [Kept::of(&token).0]).map_err(StoreFailed)
        })?;
        Ok(token)
    }

    /// Says whether `token` is the wall's.
    pub fn is_wall_token(&self, token: &str) -> Result<bool, StoreFailed> {
        let kept = self.read(|connection| {
            connection
                .prepare_cached("SELECT kept FROM wall_link")?
                .query_row([], |row| row.get(0))
                .optional()
        })?;
        Ok(kept.is_some_and(|kept| Kept(kept).same(Kept::of(token))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_link_alone_is_good() {
        let dir = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&dir.path().join("farm.db")).unwrap();
        assert!(!accounts.is_wall_token("").unwrap());
        let old = accounts.make_wall_token().unwrap();
        assert!(accounts.is_wall_token(&old).unwrap());
        let new = accounts.make_wall_token().unwrap();
        assert!(accounts.is_wall_token(&new).unwrap());
        assert!(!accounts.is_wall_token(&old).unwrap());
    }
}
