//! How a printer is doing. Display only: it may be lost, and nothing is ever counted from it.

use serde::{Deserialize, Serialize};

use crate::id::{LeaseId, PrinterId, ProfileId};

/// What does not change from minute to minute about a printer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterCard {
    /// Its name in topics and files.
    pub printer: PrinterId,
    /// What its maker calls it.
    pub title: String,
    /// What G-code must be sliced for.
    pub profile: ProfileId,
    /// The version its OctoPrint tells, once it has answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub octoprint: Option<String>,
    /// Where it stands, as its maker wants to be found: a town or a quarter, no address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What its maker agrees to; an agent of an earlier version does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
}

/// What a maker agrees to. For people to read: only the agent holds a start back for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Kinds of filament that are loaded, like `PETG`; empty if the maker did not say.
    #[serde(default)]
    pub materials: Vec<String>,
    /// When prints may start, in the printer's local time: `08:00-22:00`; empty for always.
    #[serde(default)]
    pub hours: Vec<String>,
    /// The longest print, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_max: Option<u32>,
    /// Who makes sure that the bed is clear.
    #[serde(default)]
    pub bed: BedCare,
    /// Whether pictures of its camera may be sent while it prints for the farm.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub camera: bool,
}

/// Who makes sure that a bed is clear before the next print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BedCare {
    /// The maker says so after each print.
    #[default]
    Ask,
    /// The printer, by ejecting or with a belt; or the maker takes the risk.
    ClearsItself,
    /// A word of a newer agent.
    #[serde(other)]
    Other,
}

/// How a printer is doing now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrinterStatus {
    /// Which one.
    pub printer: PrinterId,
    /// What it is doing.
    pub activity: Activity,
    /// What stands on its bed.
    pub bed: Bed,
    /// Why it asks for no work; nothing if it prints for the farm or asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<WaitsFor>,
    /// The lease it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseId>,
    /// How far the print is, from 0 to 1, by bytes sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fraction: Option<f32>,
    /// OctoPrint's estimate of what is left, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<u32>,
    /// Nozzle temperature in degrees Celsius.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nozzle_celsius: Option<f32>,
    /// Bed temperature in degrees Celsius.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bed_celsius: Option<f32>,
    /// What is left on the spool, in whole grams; nothing if its maker did not say what was on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filament_left_grams: Option<u32>,
    /// What the printer or OctoPrint says is wrong, or a [`Cause`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// What an agent itself tells as a fault. It goes over the wire as an English sentence, as the words of a printer
/// do; pages know it again, and say it in their reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Its owner heats it, or prints from its own card.
    KeptHot,
    /// OctoPrint takes the agent's key no more.
    KeyRefused,
    /// OctoPrint is off, or cannot be reached.
    NoAnswer,
    /// The disk with the agent's memory can only be read: it starts nothing, and ends when a print does.
    ReadOnly,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::KeptHot, Self::KeyRefused, Self::NoAnswer, Self::ReadOnly];

    /// Returns it as it goes over the wire.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::KeptHot => {
                "it is kept hot, and OctoPrint prints nothing: nothing is started until it is turned off"
            }
            Self::KeyRefused => "OctoPrint refuses the agent's key",
            Self::NoAnswer => "OctoPrint does not answer",
            Self::ReadOnly => "the agent's disk can only be read",
        }
    }

    /// Returns the cause that a fault is; nothing if it is anybody else's words.
    #[must_use]
    pub fn read(fault: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.sentence() == fault)
    }
}

/// What a printer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// OctoPrint does not answer, or has no printer connected.
    Offline,
    /// Ready, printing nothing.
    Idle,
    /// Fetching or uploading the file of its lease.
    Preparing,
    /// The start was ordered and is not yet seen.
    Starting,
    /// Printing for the farm.
    Printing,
    /// Printing for the farm, paused by its maker or by the file.
    Paused,
    /// The last moves of a print for the farm are still in the printer.
    Finishing,
    /// Printing something that is not the farm's.
    Foreign,
    /// In a fault that a person must clear.
    Faulted,
    /// What became of its last print cannot be known; a person must look.
    Unknown,
    /// A word of a newer agent.
    #[serde(other)]
    Other,
}

/// What stands on a printer's bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bed {
    /// Confirmed clear by the maker, or by a setting the maker made.
    Clear,
    /// Something may stand on it.
    Occupied,
    /// A word of a newer agent.
    #[serde(other)]
    Other,
}

/// Why a printer asks for no work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// The printer to be connected and Operational.
    Printer,
    /// The maker to say that the bed is clear.
    BedClear,
    /// The maker to look what became of a print.
    Look,
    /// The maker to resume.
    Resume,
    /// The maker's hours to begin.
    Hours,
    /// The owner's own print to end.
    ForeignPrint,
    /// Room on the agent's or OctoPrint's disk.
    Disk,
    /// A spool with filament on it.
    Filament,
    /// A valid OctoPrint key.
    Key,
    /// A person to say which of two machines with one identity stays.
    Copied,
    /// A word of a newer agent.
    #[serde(other)]
    Other,
}
