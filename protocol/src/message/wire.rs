//! How a message becomes bytes, and bytes a message.

use serde::{Deserialize, Deserializer, Serialize};

use super::{MESSAGE_BYTES_MAX, VERSION};
use crate::id::COUNTER_MAX;

/// Why bytes are no message.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// More than [`MESSAGE_BYTES_MAX`].
    #[error("message of {bytes} bytes is over the limit of {MESSAGE_BYTES_MAX}")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Another version than this program knows.
    #[error("message of version {version}, this program reads version {VERSION}")]
    Version {
        /// Which.
        version: u64,
    },
    /// Not JSON, or JSON of another shape.
    #[error("message is not readable")]
    Shape(#[source] serde_json::Error),
}

/// Reads a number that something counts up to.
pub(super) fn counter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = u64::deserialize(deserializer)?;
    if number <= COUNTER_MAX {
        return Ok(number);
    }
    Err(serde::de::Error::custom(format_args!("{number} is over the limit of {COUNTER_MAX}")))
}

#[derive(Deserialize)]
struct AnyVersion {
    v: u64,
}

#[derive(Serialize)]
struct Versioned<'a, M> {
    v: u16,
    #[serde(flatten)]
    message: &'a M,
}

pub(super) fn read<'a, M: Deserialize<'a>>(bytes: &'a [u8]) -> Result<M, Unreadable> {
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(Unreadable::TooLarge { bytes: bytes.len() });
    }
    let AnyVersion { v } = serde_json::from_slice(bytes).map_err(Unreadable::Shape)?;
    if v != u64::from(VERSION) {
        return Err(Unreadable::Version { version: v });
    }
    serde_json::from_slice(bytes).map_err(Unreadable::Shape)
}

pub(super) fn write<M: Serialize>(message: &M) -> Vec<u8> {
    serde_json::to_vec(&Versioned { v: VERSION, message })
        .expect("our messages have string keys and finite numbers")
}
