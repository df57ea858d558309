//! What the coordinator's API answers, as far as tests and the demo read it.

use serde::Deserialize;
use visorfarm_protocol::id::{AgentId, LeaseId, PrinterId, RequestId};
use visorfarm_protocol::message::End;
use visorfarm_protocol::status::{Activity, WaitsFor};

/// The numbers of a request or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Numbers {
    pub wanted: i64,
    pub in_flight: u64,
    pub printed: i64,
    pub good: i64,
    pub bad: i64,
    pub outstanding: u64,
    pub surplus: u64,
}

/// The farm as a whole.
#[derive(Clone, Debug, Deserialize)]
pub struct FarmRow {
    pub totals: Numbers,
    pub anomalies: u64,
    pub problems: usize,
}

/// A request.
#[derive(Clone, Debug, Deserialize)]
pub struct RequestRow {
    pub id: RequestId,
    pub design: String,
    pub state: String,
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// A printer.
#[derive(Clone, Debug, Deserialize)]
pub struct PrinterRow {
    pub agent: AgentId,
    pub printer: PrinterId,
    pub title: String,
    pub link: Link,
    pub activity: Option<Activity>,
    pub waits_for: Option<WaitsFor>,
    pub plate: Option<PlateRow>,
    pub fraction: Option<f32>,
    pub seconds_left: Option<u32>,
    pub filament_left_grams: Option<u32>,
    pub printed: i64,
}

/// A text to a maker.
#[derive(Clone, Debug, Deserialize)]
pub struct MemoRow {
    pub text: String,
    pub read: Option<u64>,
}

/// How a printer's agent can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    Live,
    Silent,
    Unheard,
}

/// The plate that a printer holds.
#[derive(Clone, Debug, Deserialize)]
pub struct PlateRow {
    pub lease: LeaseId,
    pub pieces: u32,
    pub state: String,
}

/// A lease, whatever became of it.
#[derive(Clone, Debug, Deserialize)]
pub struct LeaseRow {
    pub id: LeaseId,
    pub agent: AgentId,
    pub printer: PrinterId,
    pub state: String,
    pub detail: Option<String>,
    pub note: String,
}

/// How a print ended.
#[derive(Clone, Debug, Deserialize)]
pub struct OutcomeRow {
    pub lease: LeaseId,
    pub ordinal: u32,
    pub printer: PrinterId,
    pub end: End,
    pub pieces: i64,
    pub note: String,
}

/// A line of the ledger.
#[derive(Clone, Debug, Deserialize)]
pub struct EntryRow {
    pub request: Option<RequestId>,
    pub lease: Option<LeaseId>,
    pub kind: EntryKind,
    pub pieces: i64,
}

/// What a line of the ledger counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Wanted,
    Printed,
    Good,
    Bad,
    Delivered,
}

/// A published revision.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RevisionRow {
    pub design: String,
    pub revision: String,
}

/// The published designs, and what is wrong in the drop folder.
#[derive(Clone, Debug, Deserialize)]
pub struct Designs {
    pub items: Vec<RevisionRow>,
    pub problems: Vec<Problem>,
}

/// Something in the drop folder that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Problem {
    pub path: String,
    pub problem: String,
}

/// Something an agent said that cannot be.
#[derive(Clone, Debug, Deserialize)]
pub struct AnomalyRow {
    pub agent: AgentId,
    pub note: String,
}

/// Part of a list.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<u64>,
}
