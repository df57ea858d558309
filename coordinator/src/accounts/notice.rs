//! Who wants letters about what needs a person: an address, confirmed by a code that was sent to it,
//! and what they are to be about.

use std::time::Duration;

use rusqlite::{OptionalExtension, Row, params};

use super::secret::{self, Kept};
use super::user::UserId;
use super::{Accounts, StoreFailed, ms};
use crate::clock::Timestamp;

/// How long a code is good for.
pub(super) const CODE_VALID_FOR: Duration = Duration::from_hours(24);

/// How soon a person may have another code sent: an account must not fill a stranger's mailbox.
const CODE_AGAIN_AFTER: Duration = Duration::from_mins(2);

/// The longest address in bytes (RFC 5321, section 4.5.3.1.3).
const ADDRESS_BYTES_MAX: usize = 254;

/// What a person wants letters about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Who.
    pub user: UserId,
    /// Where to.
    pub address: String,
    /// Words for the kinds of things, as the pages write them.
    pub about: Vec<String>,
    /// `en` or `fr`.
    pub language: String,
    /// Whether whoever reads the address's mail said that it is theirs.
    pub confirmed: bool,
}

/// Why a wish for letters was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NoticeRefused {
    /// The address is too long.
    #[error("an address has at most {ADDRESS_BYTES_MAX} bytes")]
    Address,
    /// The last code was sent a moment ago.
    #[error("a code was sent a moment ago: wait {} minutes for another", CODE_AGAIN_AFTER.as_secs() / 60)]
    TooSoon,
    /// Nobody waits for this code.
    #[error("this code is wrong or too old: save the address once more")]
    Code,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreFailed),
}

impl Accounts {
    /// Takes down what a person wants letters about. Returns the code to be sent to the address, if
    /// it is another one than is confirmed.
    pub fn want_letters(
        &self,
        wish: &Notice,
        now: Timestamp,
    ) -> Result<Option<String>, NoticeRefused> {
        if ADDRESS_BYTES_MAX < wish.address.len() {
            return Err(NoticeRefused::Address);
        }
        let before = self.notice(wish.user)?;
        let known = before.is_some_and(|it| it.confirmed && it.address == wish.address);
        let code = (!known).then(secret::draw::<16>);
        self.write(|tx| {
            if code.is_some() {
                let again = ms(now - CODE_AGAIN_AFTER);
                let sql = "SELECT count(*) FROM notices WHERE user = ? AND ? < asked";
                let recent: u32 = tx
                    .query_one(sql, params![wish.user.0, again], |row| row.get(0))
                    .map_err(StoreFailed)?;
                if 0 < recent {
                    return Err(NoticeRefused::TooSoon);
                }
            }
            let kept = code.as_deref().map(|code| Kept::of(code).0);
            let sql = "INSERT INTO notices (user, address, about, language, code, asked)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                       ON CONFLICT DO UPDATE SET address = ?2, about = ?3, language = ?4, code = ?5,
                           asked = CASE WHEN ?5 IS NULL THEN asked ELSE ?6 END";
            let about = wish.about.join(" ");
            let row = params![wish.user.0, wish.address, about, wish.language, kept, ms(now)];
            tx.execute(sql, row).map_err(StoreFailed)?;
            Ok(code.clone())
        })
    }

    /// Confirms the address that `code` was sent to.
    pub fn confirm_letters(&self, code: &str, now: Timestamp) -> Result<(), NoticeRefused> {
        let confirmed = self.write(|tx| {
            let sql = "UPDATE notices SET code = NULL WHERE code = ? AND ? < asked";
            let since = ms(now - CODE_VALID_FOR);
            tx.execute(sql, params![Kept::of(code).0, since]).map_err(StoreFailed)
        })?;
        if confirmed == 0 { Err(NoticeRefused::Code) } else { Ok(()) }
    }

    /// Sends no more letters to a person.
    pub fn stop_letters(&self, user: UserId) -> Result<(), StoreFailed> {
        self.write(|tx| {
            tx.execute("DELETE FROM notices WHERE user = ?", [user.0]).map_err(StoreFailed)?;
            Ok(())
        })
    }

    /// Returns what a person wants letters about.
    pub fn notice(&self, user: UserId) -> Result<Option<Notice>, StoreFailed> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached("SELECT * FROM notices WHERE user = ?")?;
            statement.query_row([user.0], notice).optional()
        })
    }

    /// Returns who is sent letters.
    pub fn notices(&self) -> Result<Vec<Notice>, StoreFailed> {
        self.read(|sql| {
            let mut statement =
                sql.prepare_cached("SELECT * FROM notices WHERE code IS NULL ORDER BY user")?;
            let rows = statement.query_map([], notice)?;
            rows.collect()
        })
    }
}

fn notice(row: &Row<'_>) -> rusqlite::Result<Notice> {
    let about: String = row.get("about")?;
    let code: Option<Vec<u8>> = row.get("code")?;
    Ok(Notice {
        user: UserId(row.get("user")?),
        address: row.get("address")?,
        about: about.split_whitespace().map(str::to_owned).collect(),
        language: row.get("language")?,
        confirmed: code.is_none(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Role;
    use super::*;

    fn accounts() -> (tempfile::TempDir, Accounts, Notice) {
        let dir = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&dir.path().join("farm.db")).unwrap();
        let now = Timestamp(0);
        let user = accounts.add_user("Anne", "correct horse battery", Role::Reader, now).unwrap();
        let wish = Notice {
            user,
            address: "anne@farm.example".into(),
            about: vec!["beds".into()],
            language: "fr".into(),
            confirmed: false,
        };
        (dir, accounts, wish)
    }

    const DAY: Timestamp = Timestamp(86_400_000);

    #[test]
    fn nobody_gets_letters_before_the_address_is_confirmed() {
        let (_dir, accounts, wish) = accounts();
        let code = accounts.want_letters(&wish, DAY).unwrap().unwrap();
        assert_eq!(accounts.notices().unwrap(), []);
        assert!(matches!(accounts.confirm_letters("guess", DAY), Err(NoticeRefused::Code)));
        accounts.confirm_letters(&code, DAY).unwrap();
        let told = Notice { confirmed: true, ..wish.clone() };
        assert_eq!(accounts.notices().unwrap(), [told]);
        assert!(accounts.confirm_letters(&code, DAY).is_err(), "a code is good once");
        let more = Notice { about: vec!["beds".into(), "late".into()], ..wish.clone() };
        assert_eq!(accounts.want_letters(&more, DAY).unwrap(), None, "the address is known");
        accounts.stop_letters(wish.user).unwrap();
        assert_eq!(accounts.notice(wish.user).unwrap(), None);
    }

    #[test]
    fn codes_grow_old_and_are_not_sent_at_will() {
        let (_dir, accounts, wish) = accounts();
        let code = accounts.want_letters(&wish, DAY).unwrap().unwrap();
        let at_once = accounts.want_letters(&wish, DAY + Duration::from_secs(5));
        assert!(matches!(at_once, Err(NoticeRefused::TooSoon)));
        let late = DAY + CODE_VALID_FOR;
        assert!(matches!(accounts.confirm_letters(&code, late), Err(NoticeRefused::Code)));
        let long = Notice { address: "x".repeat(255), ..wish };
        assert!(matches!(accounts.want_letters(&long, late), Err(NoticeRefused::Address)));
    }
}
