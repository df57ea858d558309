//! Who may do what: agents by their secret, people by their password, programs by their token.
//!
//! The tables stand in the coordinator's database file, on a connection of their own. Every method
//! that touches them blocks for as long as the disk takes, and logging in for as long as argon2
//! takes: call them from a blocking task. Only [`Accounts::admits`], which the broker asks at every
//! connection, answers from memory.

mod agent;
mod limit;
mod maker_notice;
mod notice;
mod say;
mod secret;
mod session;
mod token;
mod told;
mod user;
mod wall;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use visorfarm_protocol::id::AgentId;

use crate::clock::Timestamp;

pub use agent::{Agent, EnrolRefused, INVITE_VALID_FOR, Invite, InviteId, InviteState};
pub use maker_notice::{Confirming, MakerNotice, Unsent};
pub use notice::{Notice, NoticeRefused};
pub(crate) use secret::draw;
pub use secret::new_password;
pub use session::{LoginRefused, NewSession, Session, SessionId};
pub use token::{ApiToken, TokenId};
pub use told::{Addressee, Told};
pub(crate) use user::NAME_BYTES_MAX;
pub use user::{Role, User, UserId, UserRefused};

const SCHEMA: &str = include_str!("schema.sql");

/// Agents, invites, people, their sessions, and API tokens.
pub struct Accounts {
    connection: Mutex<Connection>,
    /// What is kept of the secret of each agent that is not revoked: the same as the table says.
    admitted: RwLock<BTreeMap<AgentId, secret::Kept>>,
    attempts: Mutex<limit::Attempts>,
}

/// The database cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the accounts in {path}")]
pub struct OpenFailed {
    path: PathBuf,
    #[source]
    source: rusqlite::Error,
}

/// The database did not answer.
#[derive(Debug, thiserror::Error)]
#[error("cannot read or write the accounts: look for a full disk or a damaged database file")]
pub struct StoreFailed(#[from] rusqlite::Error);

impl Accounts {
    /// Opens the tables in the database file `path`, and makes what is missing.
    pub fn open(path: &Path) -> Result<Self, OpenFailed> {
        let opened = connect(path).and_then(|connection| {
            let admitted = agent::admitted(&connection)?;
            Ok(Self {
                connection: Mutex::new(connection),
                admitted: RwLock::new(admitted),
                attempts: Mutex::default(),
            })
        });
        opened.map_err(|source| OpenFailed { path: path.to_owned(), source })
    }

    /// Runs `work` in one transaction; an error takes back all of it.
    fn write<T, E: From<StoreFailed>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection();
        // Immediate: a transaction that reads first and writes later would fail when the store
        // commits in between.
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreFailed)?;
        let done = work(&transaction)?;
        transaction.commit().map_err(StoreFailed)?;
        Ok(done)
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreFailed> {
        Ok(work(&self.connection())?)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic inside rolled its transaction back, so the connection is as good as before.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

/// Returns what a column of times holds for `time`.
fn ms(time: Timestamp) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}

/// Returns the time that a column of times holds.
fn time(ms: i64) -> Timestamp {
    Timestamp(u64::try_from(ms).unwrap_or_default())
}
