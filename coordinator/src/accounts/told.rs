//! What letters told whom, and when the last one went: a restart tells nothing twice, and leaves people
//! alone for as long as was promised.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Type;
use rusqlite::{Row, Transaction, params};
use visorfarm_protocol::id::AgentId;

use super::user::UserId;
use super::{Accounts, StoreFailed, agent, ms, time};
use crate::clock::Timestamp;

/// Whoever is told by letter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Addressee {
    /// A person with an account, of the whole farm.
    Person(UserId),
    /// A maker, of the printers beside one agent.
    Maker(AgentId),
}

/// What somebody was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Of what that stands still: what it is about, and the word for what is wrong.
    pub of: BTreeSet<(String, String)>,
    /// When the last letter went.
    pub at: Timestamp,
}

impl Accounts {
    /// Returns what everybody was told.
    pub fn told(&self) -> Result<BTreeMap<Addressee, Told>, StoreFailed> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached("SELECT * FROM told")?;
            let rows = statement.query_map([], told)?;
            rows.collect()
        })
    }

    /// Takes down what somebody was told; nothing of who is told no more.
    pub fn keep_told(&self, changes: &[(Addressee, Option<Told>)]) -> Result<(), StoreFailed> {
        self.write(|tx| changes.iter().try_for_each(|(who, told)| keep(tx, who, told.as_ref())))
    }
}

fn keep(tx: &Transaction<'_>, who: &Addressee, told: Option<&Told>) -> Result<(), StoreFailed> {
    let (person, maker) = match who {
        Addressee::Person(user) => (Some(user.0), None),
        Addressee::Maker(agent) => (None, Some(agent.as_str())),
    };
    match told {
        None => tx.execute(
            "DELETE FROM told WHERE person IS ?1 AND maker IS ?2",
            params![person, maker],
        )?,
        Some(told) => {
            let of = serde_json::to_string(&told.of).expect("pairs of texts are plain data");
            let sql = "REPLACE INTO told (person, maker, at, of) VALUES (?, ?, ?, ?)";
            tx.execute(sql, params![person, maker, ms(told.at), of])?
        }
    };
    Ok(())
}

fn told(row: &Row<'_>) -> rusqlite::Result<(Addressee, Told)> {
    let who = match row.get("person")? {
        Some(user) => Addressee::Person(UserId(user)),
        None => Addressee::Maker(agent::name(row, row.as_ref().column_index("maker")?)?),
    };
    let of: String = row.get("of")?;
    let column = row.as_ref().column_index("of")?;
    let unreadable =
        |error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error));
    let of = serde_json::from_str(&of).map_err(unreadable)?;
    Ok((who, Told { of, at: time(row.get("at")?) }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Role;
    use super::*;

    #[test]
    fn what_was_told_is_known_after_a_restart_until_its_reader_goes() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Accounts::open(&dir.path().join("farm.db")).unwrap();
        let now = Timestamp(5);
        let accounts = open();
        let add = |name, role| accounts.add_user(name, "correct horse battery", role, now).unwrap();
        let (_, user) = (add("Root", Role::Admin), add("Anne", Role::Reader));
        let invite = accounts.make_invite("attic", Duration::from_mins(5), now).unwrap();
        let (agent, _) = accounts.enrol(&invite, "attic", now).unwrap();
        let of = |words: &[(&str, &str)]| {
            words.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
        };
        let person = (Addressee::Person(user), Told { of: of(&[("a/p", "bed_clear")]), at: now });
        let maker = (Addressee::Maker(agent), Told { of: of(&[]), at: Timestamp(7) });
        let both = [person.clone(), maker.clone()].map(|(who, told)| (who, Some(told)));
        accounts.keep_told(&both).unwrap();
        let more = Told { of: of(&[("a/p", "bed_clear"), ("a/q", "look")]), at: Timestamp(9) };
        accounts.keep_told(&[(person.0.clone(), Some(more.clone()))]).unwrap();
        drop(accounts);
        let told = BTreeMap::from([(person.0.clone(), more), maker.clone()]);
        assert_eq!(open().told().unwrap(), told);
        open().keep_told(&[(maker.0, None)]).unwrap();
        open().remove_user(user).unwrap();
        assert_eq!(open().told().unwrap(), BTreeMap::new());
    }
}
