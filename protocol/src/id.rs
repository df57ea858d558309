//! Identifiers. Each names one kind of thing, so that a job cannot be passed for a request.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A kind of thing that is named by a short text.
pub trait Kind: Ord + Clone + fmt::Debug + 'static {
    /// How the thing is called in an error message.
    const WHAT: &'static str;
}

/// The longest name in bytes. It must fit a file name with room for a prefix, and a topic level.
pub const NAME_BYTES_MAX: usize = 64;

/// The largest number that anything counts up to: every JSON reader and database holds it exactly.
pub const COUNTER_MAX: u64 = (1 << 53) - 1;

/// A name made of `a-z 0-9 - _ .`, beginning with a letter or digit.
///
/// The alphabet is what survives unchanged as an MQTT topic level, a file name on every system
/// and a URL path segment; whatever a person typed is kept apart as a title.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name<K> {
    text: String,
    kind: PhantomData<K>,
}

/// A text that is no [`Name`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no {what} name: use 1 to {NAME_BYTES_MAX} of a-z, 0-9, '-', '_' and '.', \
     starting with a letter or digit"
)]
pub struct NotAName {
    what: &'static str,
    text: String,
}

impl<K: Kind> Name<K> {
    /// Parses `text`.
    pub fn new(text: &str) -> Result<Self, NotAName> {
        let begins_well = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-_.".contains(&c);
        if begins_well && text.len() <= NAME_BYTES_MAX && text.bytes().all(plain) {
            return Ok(Self { text: text.to_owned(), kind: PhantomData });
        }
        let shown: String = text.chars().take(NAME_BYTES_MAX).collect();
        Err(NotAName { what: K::WHAT, text: shown })
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: Kind> FromStr for Name<K> {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        Self::new(text)
    }
}

impl<K> fmt::Display for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<K> fmt::Debug for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> Serialize for Name<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Name<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// What a [`FarmId`] names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Farm {}
impl Kind for Farm {
    const WHAT: &'static str = "farm";
}
/// A farm, in topics: `rhone-alpes`.
pub type FarmId = Name<Farm>;

/// What an [`AgentId`] names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {}
impl Kind for Agent {
    const WHAT: &'static str = "agent";
}
/// An agent, given by the coordinator at enrolment.
pub type AgentId = Name<Agent>;

/// What a [`PrinterId`] names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Printer {}
impl Kind for Printer {
    const WHAT: &'static str = "printer";
}
/// A printer, unique within its agent: `ender`.
pub type PrinterId = Name<Printer>;

/// What a [`DesignId`] names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Design {}
impl Kind for Design {
    const WHAT: &'static str = "design";
}
/// A design: `visor-band`.
pub type DesignId = Name<Design>;

/// What a [`RevisionId`] names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Revision {}
impl Kind for Revision {
    const WHAT: &'static str = "revision";
}
/// A revision, unique within its design: `r3`.
pub type RevisionId = Name<Revision>;

/// What a [`ProfileId`] names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {}
impl Kind for Profile {
    const WHAT: &'static str = "profile";
}
/// A printer profile that G-code is sliced for: `ender3`.
pub type ProfileId = Name<Profile>;

/// What an [`Incarnation`] names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Life {}
impl Kind for Life {
    const WHAT: &'static str = "incarnation";
}
/// One life of an agent's journal, drawn at random when the journal is made. Two incarnations of
/// one agent at the same time are a cloned memory card.
pub type Incarnation = Name<Life>;

/// A request, numbered by the coordinator from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u64);

/// A job (one plate to be printed), numbered by the coordinator from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub u64);

/// A memo to a maker, numbered by the coordinator: the time at which it was written, in milliseconds
/// since 1970, or a little later, so that no other life of the database gives the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemoId(pub u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for MemoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One life of a coordinator's database: the Unix time in seconds at which it began.
///
/// A database restored from a backup begins a new one, so that numbers given out after the backup
/// are never given out again, and agents know to tell everything once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u32);

/// The right of one printer to start one job once: fencing token and idempotency key in one.
///
/// Written `epoch-number` in decimal: it becomes part of a file name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseId {
    /// The database life that gave it.
    pub epoch: Epoch,
    /// Its number in that life, from 1, never given twice.
    pub number: u64,
}

/// A text that is no [`LeaseId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lease is written epoch-number, like 1774310400-17")]
pub struct NotALease;

impl FromStr for LeaseId {
    type Err = NotALease;

    fn from_str(text: &str) -> Result<Self, NotALease> {
        let (epoch, number) = text.split_once('-').ok_or(NotALease)?;
        let lease = Self {
            epoch: Epoch(epoch.parse().map_err(|_| NotALease)?),
            number: number.parse().map_err(|_| NotALease)?,
        };
        // "+7" and "007" parse as numbers; only the canonical text is the identifier.
        let canonical = lease.to_string() == text;
        if canonical && lease.number <= COUNTER_MAX { Ok(lease) } else { Err(NotALease) }
    }
}

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch.0, self.number)
    }
}

impl fmt::Debug for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lease {self}")
    }
}

impl Serialize for LeaseId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LeaseId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_name(text: &str, accepted: bool) {
        assert_eq!(PrinterId::new(text).is_ok(), accepted, "{text:?}");
    }

    #[test]
    fn a_name_is_what_survives_as_topic_file_and_url() {
        check_name("ender-3_v2.1", true);
        check_name("9", true);
        for bad in ["", "-x", ".", "..", "a/b", "a+b", "#", "Ender", "é", "a b", "a\0"] {
            check_name(bad, false);
        }
        check_name(&"a".repeat(NAME_BYTES_MAX), true);
        check_name(&"a".repeat(NAME_BYTES_MAX + 1), false);
    }

    #[test]
    fn a_lease_has_one_spelling() {
        let lease = LeaseId { epoch: Epoch(1_774_310_400), number: 17 };
        assert_eq!("1774310400-17".parse(), Ok(lease));
        for bad in
            ["", "17", "1-", "-1", "1-+7", "1-07", "1-7-", "4294967296-1", "1-9007199254740992"]
        {
            assert_eq!(bad.parse::<LeaseId>(), Err(NotALease), "{bad:?}");
        }
    }
}
