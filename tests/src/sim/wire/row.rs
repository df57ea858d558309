//! The faults that a suite of these worlds must have met.

use std::collections::BTreeMap;

/// A fault, met where it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is told by its sentence, below")]
pub enum Row {
    Partition,
    DeafAgent,
    MuteAgent,
    Held,
    Slow,
    CutDown,
    CutUp,
    KeepAlive,
    TakenOver,
    ToldAgain,
    EndedOffline,
    AgentKilledPreparing,
    AgentKilledPrinting,
    AgentKilledUntold,
    PowerCut,
    TornWrite,
    DiskFull,
    BitRot,
    JournalLost,
    Copied,
    ClockJumps,
    CoordinatorKilled,
    KilledBeforeCommit,
    KilledAfterCommit,
    SlowDatabase,
    Restored,
    SetBack,
    UnknownLease,
    OctoPrintKilled,
    OctoPrintHangs,
    SocketLost,
    PrinterFaults,
    FirmwareResets,
    Cancelled,
    OwnPrint,
    OrderUnanswered,
    OrderIgnored,
    FetchFails,
    UnknownEnd,
    Judged,
    Paused,
}

/// Every row with its sentence.
pub const ROWS: [(Row, &str); 41] = [
    (Row::Partition, "no packet passes between an agent and the coordinator"),
    (Row::DeafAgent, "packets pass only from an agent to the coordinator"),
    (Row::MuteAgent, "packets pass only from the coordinator to an agent"),
    (Row::Held, "packets are held, and arrive all at once"),
    (Row::Slow, "packets take seconds"),
    (Row::CutDown, "connection cut in the middle of a packet to an agent"),
    (Row::CutUp, "connection cut in the middle of a packet from an agent"),
    (Row::KeepAlive, "a connection ends because nothing was heard on it"),
    (Row::TakenOver, "an agent connects while its earlier connection stands"),
    (Row::ToldAgain, "a fact is told again"),
    (Row::EndedOffline, "a print ends without a connection"),
    (Row::AgentKilledPreparing, "agent killed while it prepares a print"),
    (Row::AgentKilledPrinting, "agent killed while it prints"),
    (Row::AgentKilledUntold, "agent killed with facts that are not receipted"),
    (Row::PowerCut, "power cut"),
    (Row::TornWrite, "a write torn by a power cut"),
    (Row::DiskFull, "disk full"),
    (Row::BitRot, "a bit flips in the journal"),
    (Row::JournalLost, "journal lost with a lease in it"),
    (Row::Copied, "a memory card is copied, and both run"),
    (Row::ClockJumps, "the coordinator's clock jumps by an hour or a year"),
    (Row::CoordinatorKilled, "coordinator killed"),
    (Row::KilledBeforeCommit, "coordinator killed before a commit"),
    (Row::KilledAfterCommit, "coordinator killed after a commit, before it answers"),
    (Row::SlowDatabase, "database locked by another process"),
    (Row::Restored, "coordinator restored from an old copy"),
    (Row::SetBack, "coordinator's database set back to an earlier state, and nothing marks it"),
    (Row::UnknownLease, "a restored coordinator hears of a lease it never gave"),
    (Row::OctoPrintKilled, "OctoPrint killed while it prints"),
    (Row::OctoPrintHangs, "OctoPrint hangs"),
    (Row::SocketLost, "OctoPrint's events are not heard for a while"),
    (Row::PrinterFaults, "thermal fault"),
    (Row::FirmwareResets, "firmware restarts while it prints"),
    (Row::Cancelled, "cancelled in OctoPrint"),
    (Row::OwnPrint, "owner's own print"),
    (Row::OrderUnanswered, "the order to start is not answered"),
    (Row::OrderIgnored, "OctoPrint takes the order and starts nothing"),
    (Row::FetchFails, "a download fails"),
    (Row::UnknownEnd, "nobody can tell how a print ended"),
    (Row::Judged, "a person says how an unknown print ended"),
    (Row::Paused, "maker pauses and resumes"),
];

/// How often each row was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached(pub BTreeMap<Row, u64>);

impl Reached {
    /// Takes note that `row` was met.
    pub(super) fn mark(&mut self, row: Row) {
        *self.0.entry(row).or_default() += 1;
    }
}
