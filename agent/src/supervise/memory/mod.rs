//! What a printer's journal remembers: the print at hand, the plates of the past, the bed, the
//! maker's pause, and every fact until it is receipted.

mod known;
mod replay;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{Fact, Grant};

use super::past::{PastPlate, Purpose};
use super::spool::Milligrams;
use crate::octoprint::model::Markings;

/// How many past plates keep their files in OctoPrint, where the owner may print them again.
pub(super) const PAST_KEPT: usize = 3;

/// How many are remembered where OctoPrint shows no histories or deletes no files: others are forgotten when their file is gone.
pub(super) const PAST_UNREAD_KEPT: usize = 32;

/// The durable state of one printer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    pub(super) run: Option<Run>,
    pub(super) past: Vec<PastPlate>,
    /// What the latest requests are for, the one granted last at the end.
    #[serde(default)]
    pub(super) purposes: Vec<Purpose>,
    /// Files in OctoPrint that are to be deleted, oldest first.
    #[serde(default)]
    pub(super) leftovers: Vec<String>,
    pub(super) bed: Bed,
    /// The marks that OctoPrint's process had set when the bed was cleared, if they were heard.
    #[serde(default)]
    pub(super) cleared_at: Option<Markings>,
    pub(super) consent: Consent,
    /// What is left on the spool; nothing if the maker did not say what was on it.
    #[serde(default)]
    pub(super) spool: Option<Milligrams>,
    /// What the plate needs that was weighed last, printed or not.
    #[serde(default)]
    pub(super) weighed: Option<Milligrams>,
    #[serde(with = "listed")]
    pub(super) facts: BTreeMap<u64, Told>,
    pub(super) next_seq: u64,
    pub(super) epoch: Option<Epoch>,
    /// How much the coordinator has committed in this epoch, as far as it told.
    #[serde(default)]
    pub(super) mark: Option<u64>,
}

/// The lease at hand and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What was granted.
    pub grant: Grant,
    /// How far it is.
    pub phase: Phase,
    /// The filament that it needs, once that is known.
    #[serde(default)]
    pub weight: Option<Milligrams>,
}

/// How far a run is, as far as it must survive a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing irrevocable yet: the file is fetched and uploaded.
    Preparing,
    /// The start is ordered, or about to be: from here on only witnesses tell.
    Starting {
        /// Where OctoPrint keeps the file.
        path: String,
        /// The marks that OctoPrint's process had set before.
        #[serde(default)]
        marks: Markings,
    },
    /// Seen printing.
    Printing {
        /// Where OctoPrint keeps the file.
        path: String,
    },
}

/// What stands on the bed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bed {
    /// Nobody has said yet, or something that is not ours was printed.
    Unconfirmed,
    /// Nothing: confirmed by the maker.
    Clear,
    /// The plate of this lease.
    Plate(LeaseId),
}

/// Whether the maker wants prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Consent {
    Given,
    Paused,
}

/// A fact and who heard it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) fact: Fact,
    /// The life of the coordinator's database that receipted it.
    pub(super) receipted: Option<Epoch>,
}

/// Facts as a list of pairs: in a tagged line of JSON, a number that is a key cannot be read back.
mod listed {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::Told;

    pub(super) fn serialize<S: Serializer>(
        facts: &BTreeMap<u64, Told>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(facts)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<u64, Told>, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Default for Memory {
    /// A printer that nobody has said anything of: its bed is not known to be clear.
    fn default() -> Self {
        Self {
            run: None,
            past: Vec::new(),
            purposes: Vec::new(),
            leftovers: Vec::new(),
            bed: Bed::Unconfirmed,
            cleared_at: None,
            consent: Consent::Given,
            spool: None,
            weighed: None,
            facts: BTreeMap::new(),
            next_seq: 1,
            epoch: None,
            mark: None,
        }
    }
}
