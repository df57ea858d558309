//! People: their names, passwords and roles.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::secret::{self, Kept};
use super::{Accounts, StoreFailed, ms, time};
use crate::clock::Timestamp;

/// How long the link to the first account is good for: the machine was set up that day.
const FIRST_ADMIN_LINK_VALID_FOR: Duration = Duration::from_hours(24);

/// The longest name of a person in bytes.
pub(crate) const NAME_BYTES_MAX: usize = 64;

/// The shortest password in characters.
pub(super) const PASSWORD_CHARS_MIN: usize = 10;

/// The longest password in bytes: what is hashed for a stranger has a limit.
pub(super) const PASSWORD_BYTES_MAX: usize = 256;

/// What a person or a program may do. Each may do what those after it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Makes accounts, invites, tokens.
    Admin,
    /// Runs the farm.
    Dispatcher,
    /// Looks.
    Reader,
}

impl Role {
    /// Returns the word for it in the database and in links.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Dispatcher => "dispatcher",
            Self::Reader => "reader",
        }
    }

    /// Tells whether it allows what `needed` allows.
    #[must_use]
    pub fn covers(self, needed: Self) -> bool {
        self <= needed
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that is no [`Role`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is one of admin, dispatcher, reader")]
pub struct NotARole;

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        [Self::Admin, Self::Dispatcher, Self::Reader]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(NotARole)
    }
}

/// The number of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserId(pub i64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its number, never given twice.
    pub user: UserId,
    /// What it logs in with.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When the account was made.
    pub made: Timestamp,
}

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum UserRefused {
    /// The name is empty, too long, or has characters that cannot be seen.
    #[error("a name has 1 to {NAME_BYTES_MAX} bytes, all of them visible")]
    Name,
    /// Somebody has this name.
    #[error("this name is taken")]
    Taken,
    /// The password is too short or too long.
    #[error(
        "a password has at least {PASSWORD_CHARS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes"
    )]
    Password,
    /// The link is wrong, too old, or there is an account already.
    #[error("this link is no longer good: restart the coordinator for a new one")]
    Link,
    /// There is no such person.
    #[error("there is no such account")]
    Unknown,
    /// Nobody could make accounts any more.
    #[error("this is the last admin: make another one first")]
    LastAdmin,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreFailed),
}

impl Accounts {
    /// Makes the token of the link to the first account, while there is none. It replaces the one
    /// made at the last start.
    pub fn first_admin_link(&self, now: Timestamp) -> Result<Option<String>, StoreFailed> {
        let token = secret::draw::<16>();
        self.write(|tx| {
            if !nobody(tx)? {
                return Ok(None);
            }
            let expires = ms(now + FIRST_ADMIN_LINK_VALID_FOR);
            let sql =
                "INSERT OR REPLACE INTO first_admin_link (one, kept, expires) VALUES (1, ?, ?)";
            tx.execute(sql, params![Kept::of(&token).0, expires])?;
            Ok(Some(token))
        })
    }

    /// Makes the first account, an admin, for whoever has the link. Blocks for argon2.
    pub fn set_first_admin(
        &self,
        token: &str,
        name: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<UserId, UserRefused> {
        // Before argon2 is paid for a stranger.
        self.write(|tx| check_first_link(tx, token, now))?;
        let fresh = Fresh::new(name, password)?;
        self.write(|tx| {
            check_first_link(tx, token, now)?;
            tx.execute("DELETE FROM first_admin_link", []).map_err(StoreFailed)?;
            insert(tx, &fresh, Role::Admin, now)
        })
    }

    /// Makes an account. Blocks for argon2.
    pub fn add_user(
        &self,
        name: &str,
        password: &str,
        role: Role,
        now: Timestamp,
    ) -> Result<UserId, UserRefused> {
        let fresh = Fresh::new(name, password)?;
        self.write(|tx| insert(tx, &fresh, role, now))
    }

    /// Gives a person another password and ends all its sessions. Blocks for argon2.
    pub fn set_password(&self, user: UserId, password: &str) -> Result<(), UserRefused> {
        let hash = hash(password)?;
        self.write(|tx| {
            let sql = "UPDATE users SET password = ? WHERE user = ?";
            let changed = tx.execute(sql, params![hash, user.0]).map_err(StoreFailed)?;
            if changed == 0 {
                return Err(UserRefused::Unknown);
            }
            let sql = "DELETE FROM sessions WHERE user = ?";
            tx.execute(sql, [user.0]).map_err(StoreFailed)?;
            Ok(())
        })
    }

    /// Takes an account away, and its sessions.
    pub fn remove_user(&self, user: UserId) -> Result<(), UserRefused> {
        self.write(|tx| {
            let gone =
                tx.execute("DELETE FROM users WHERE user = ?", [user.0]).map_err(StoreFailed)?;
            if gone == 0 {
                return Err(UserRefused::Unknown);
            }
            let sql = "SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin')";
            let admin_left = tx.query_row(sql, [], |row| row.get(0)).map_err(StoreFailed)?;
            if admin_left { Ok(()) } else { Err(UserRefused::LastAdmin) }
        })
    }

    /// Returns everybody with an account, by name.
    pub fn users(&self) -> Result<Vec<User>, StoreFailed> {
        self.read(|connection| {
            connection
                .prepare("SELECT user, name, role, made FROM users ORDER BY name")?
                .query_map([], |row| {
                    Ok(User {
                        user: UserId(row.get(0)?),
                        name: row.get(1)?,
                        role: role(row, 2)?,
                        made: time(row.get(3)?),
                    })
                })?
                .collect()
        })
    }

    /// Returns the person with this name and password. Takes as long for a name that nobody has.
    pub(super) fn recognise(
        &self,
        name: &str,
        password: &str,
    ) -> Result<Option<UserId>, StoreFailed> {
        let found = self.read(|connection| {
            let sql = "SELECT user, password FROM users WHERE name = ?";
            connection
                .query_row(sql, [name.trim()], |row| Ok((UserId(row.get(0)?), row.get(1)?)))
                .optional()
        })?;
        let (user, hash) = match found {
            Some((user, hash)) => (Some(user), hash),
            None => (None, NOBODYS_PASSWORD.clone()),
        };
        let right = password.len() <= PASSWORD_BYTES_MAX && verify(password, &hash);
        Ok(user.filter(|_| right))
    }
}

/// An account that may be made.
struct Fresh {
    name: String,
    hash: String,
}

impl Fresh {
    fn new(name: &str, password: &str) -> Result<Self, UserRefused> {
        let name = name.trim();
        if name.is_empty() || NAME_BYTES_MAX < name.len() || name.chars().any(is_unseen) {
            return Err(UserRefused::Name);
        }
        Ok(Self { name: name.to_owned(), hash: hash(password)? })
    }
}

/// Control characters, and those that turn the direction of writing or have no width: two names
/// must not look the same.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn nobody(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM users)", [], |row| row.get(0))
}

fn check_first_link(tx: &Transaction<'_>, token: &str, now: Timestamp) -> Result<(), UserRefused> {
    let link = tx
        .query_row("SELECT kept, expires FROM first_admin_link", [], |row| {
            Ok((Kept(row.get(0)?), time(row.get(1)?)))
        })
        .optional()
        .map_err(StoreFailed)?;
    match link {
        Some((kept, expires))
            if now < expires
                && kept.same(Kept::of(token))
                && nobody(tx).map_err(StoreFailed)? =>
        {
            Ok(())
        }
        Some(_) | None => Err(UserRefused::Link),
    }
}

fn insert(
    tx: &Transaction<'_>,
    fresh: &Fresh,
    role: Role,
    now: Timestamp,
) -> Result<UserId, UserRefused> {
    let sql = "INSERT INTO users (name, password, role, made) VALUES (?, ?, ?, ?) \
               ON CONFLICT (name) DO NOTHING";
    let made = tx
        .execute(sql, params![fresh.name, fresh.hash, role.as_str(), ms(now)])
        .map_err(StoreFailed)?;
    if made == 0 {
        return Err(UserRefused::Taken);
    }
    Ok(UserId(tx.last_insert_rowid()))
}

/// Reads a column of roles.
pub(super) fn role(row: &Row<'_>, column: usize) -> rusqlite::Result<Role> {
    let text: String = row.get(column)?;
    text.parse().map_err(|source: NotARole| {
        let kind = rusqlite::types::Type::Text;
        rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(source))
    })
}

/// A hash that no password is behind, to spend the same time on names that nobody has.
static NOBODYS_PASSWORD: LazyLock<String> =
    LazyLock::new(|| hash(&secret::draw::<32>()).expect("43 letters are a good password"));

fn hash(password: &str) -> Result<String, UserRefused> {
    if password.chars().count() < PASSWORD_CHARS_MIN || PASSWORD_BYTES_MAX < password.len() {
        return Err(UserRefused::Password);
    }
    let hash: PasswordHash = argon2()
        .hash_password_with_salt(password.as_bytes(), &secret::random::<16>())
        .expect("argon2 takes any password and a salt of 16 bytes");
    Ok(hash.to_string())
}

fn verify(password: &str, hash: &str) -> bool {
    argon2().verify_password(password.as_bytes(), hash).is_ok()
}

fn argon2() -> Argon2<'static> {
    // OWASP's smallest recommended: 19 MiB, 2 passes. A Raspberry Pi needs about 0.3 s (a guess).
    let params = Params::new(19_456, 2, 1, None).expect("these are parameters argon2 takes");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_774_310_400_000);
    const GOOD: &str = "correct horse battery";

    fn accounts() -> (tempfile::TempDir, Accounts) {
        let dir = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(&dir.path().join("farm.db")).unwrap();
        (dir, accounts)
    }

    #[test]
    fn the_first_link_makes_one_admin() {
        let (_dir, accounts) = accounts();
        let old = accounts.first_admin_link(NOW).unwrap().unwrap();
        let token = accounts.first_admin_link(NOW).unwrap().unwrap();
        let refused = |token: &str, now| {
            matches!(accounts.set_first_admin(token, "Anna", GOOD, now), Err(UserRefused::Link))
        };
        assert!(refused(&old, NOW), "a restart replaces the link");
        assert!(refused(&token, NOW + FIRST_ADMIN_LINK_VALID_FOR));
        let anna = accounts.set_first_admin(&token, " Anna ", GOOD, NOW).unwrap();
        assert!(refused(&token, NOW));
        assert_eq!(accounts.first_admin_link(NOW).unwrap(), None);
        let user = User { user: anna, name: "Anna".to_owned(), role: Role::Admin, made: NOW };
        assert_eq!(accounts.users().unwrap(), [user]);
    }

    #[test]
    fn bad_names_and_passwords_are_refused() {
        let (_dir, accounts) = accounts();
        accounts.add_user("Anna", GOOD, Role::Admin, NOW).unwrap();
        for name in ["", " ", "a\nb", "a\u{202e}b", &"x".repeat(65)] {
            let made = accounts.add_user(name, GOOD, Role::Reader, NOW);
            assert!(matches!(made, Err(UserRefused::Name)), "{name:?}");
        }
        for password in ["", "123456789", &"x".repeat(257)] {
            let made = accounts.add_user("Ben", password, Role::Reader, NOW);
            assert!(matches!(made, Err(UserRefused::Password)), "{password:?}");
        }
        let made = accounts.add_user("ANNA", GOOD, Role::Reader, NOW);
        assert!(matches!(made, Err(UserRefused::Taken)));
    }

    #[test]
    fn the_last_admin_stays() {
        let (_dir, accounts) = accounts();
        let anna = accounts.add_user("Anna", GOOD, Role::Admin, NOW).unwrap();
        let ben = accounts.add_user("Ben", GOOD, Role::Reader, NOW).unwrap();
        assert!(matches!(accounts.remove_user(anna), Err(UserRefused::LastAdmin)));
        accounts.remove_user(ben).unwrap();
        assert!(matches!(accounts.remove_user(ben), Err(UserRefused::Unknown)));
        assert_eq!(accounts.users().unwrap().len(), 1);
    }

    #[test]
    fn roles_cover_those_below() {
        assert!(Role::Admin.covers(Role::Reader));
        assert!(Role::Dispatcher.covers(Role::Dispatcher));
        assert!(!Role::Reader.covers(Role::Dispatcher));
    }
}
