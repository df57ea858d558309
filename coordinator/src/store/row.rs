//! Our types as SQL values.

use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::dispatch::{Answered, LeaseState};

/// Returns the word that serde writes for a unit variant.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        other => unreachable!("a unit variant is written as a word, not {other:?}"),
    }
}

/// Parses what [`word`] wrote, or any text form of an identifier.
pub(super) fn parse<T: DeserializeOwned>(column: usize, word: String) -> rusqlite::Result<T> {
    serde_json::from_value(Value::String(word)).map_err(|error| unreadable(column, error))
}

pub(super) fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

/// Returns a lease's state as its word and its detail.
pub(super) fn lease_state(state: LeaseState) -> (&'static str, Option<String>) {
    match state {
        LeaseState::Offered => ("offered", None),
        LeaseState::Accepted => ("accepted", None),
        LeaseState::Recalled(answered) => ("recalled", Some(word(&answered))),
        LeaseState::Printing => ("printing", None),
        LeaseState::Unknown => ("unknown", None),
        LeaseState::Lapsed => ("lapsed", None),
        LeaseState::Returned(why) => ("returned", Some(word(&why))),
        LeaseState::Ended(end) => ("ended", Some(word(&end))),
    }
}

/// Parses what [`lease_state`] wrote into columns `column` and the next.
pub(super) fn parse_lease_state(
    column: usize,
    state: &str,
    detail: Option<String>,
) -> rusqlite::Result<LeaseState> {
    let detail = detail.unwrap_or_default();
    Ok(match state {
        "offered" => LeaseState::Offered,
        "accepted" => LeaseState::Accepted,
        // Earlier versions did not write what was answered.
        "recalled" if detail.is_empty() => LeaseState::Recalled(Answered::NotYet),
        "recalled" => LeaseState::Recalled(parse(column + 1, detail)?),
        "printing" => LeaseState::Printing,
        "unknown" => LeaseState::Unknown,
        "lapsed" => LeaseState::Lapsed,
        "returned" => LeaseState::Returned(parse(column + 1, detail)?),
        "ended" => LeaseState::Ended(parse(column + 1, detail)?),
        _ => return Err(rusqlite::Error::InvalidColumnType(column, state.to_owned(), Type::Text)),
    })
}
