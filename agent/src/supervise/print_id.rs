//! Names a print of one of the farm's files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use visorfarm_protocol::id::LeaseId;

/// A print: under which lease its file came, and which print of that file it is.
///
/// Written as the lease, `1774310400-17`, and for what the owner printed of the file again with its
/// ordinal behind a point: `1774310400-17.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrintId {
    /// Under which lease.
    pub lease: LeaseId,
    /// Which print under it: 0 is the lease's own.
    pub ordinal: u32,
}

/// A text that is no [`PrintId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a plate is named as `visorfarm-agent status` names it, like 1774310400-17")]
pub struct NotAPrint;

impl FromStr for PrintId {
    type Err = NotAPrint;

    fn from_str(text: &str) -> Result<Self, NotAPrint> {
        let (lease, ordinal) = match text.split_once('.') {
            Some((lease, ordinal)) => (lease, ordinal.parse().map_err(|_| NotAPrint)?),
            None => (text, 0),
        };
        let print = Self { lease: lease.parse().map_err(|_| NotAPrint)?, ordinal };
        // Each print has one spelling.
        if print.to_string() == text { Ok(print) } else { Err(NotAPrint) }
    }
}

impl fmt::Display for PrintId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ordinal {
            0 => write!(f, "{}", self.lease),
            ordinal => write!(f, "{}.{ordinal}", self.lease),
        }
    }
}

impl Serialize for PrintId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PrintId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use visorfarm_protocol::id::Epoch;

    use super::*;

    #[test]
    fn a_print_has_one_spelling() {
        let lease = LeaseId { epoch: Epoch(1000), number: 7 };
        for (text, ordinal) in [("1000-7", 0), ("1000-7.1", 1), ("1000-7.12", 12)] {
            let print = PrintId { lease, ordinal };
            assert_eq!(text.parse(), Ok(print));
            assert_eq!(print.to_string(), text);
        }
        for bad in ["", "1000", "1000-7.", "1000-7.0", "1000-7.01", "1000-7.+1", ".1", "1000-7.1.1"]
        {
            assert_eq!(bad.parse::<PrintId>(), Err(NotAPrint), "{bad:?}");
        }
    }
}
