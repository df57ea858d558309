//! The faults that a suite of worlds must have met: one that never came to a row has tested nothing
//! there.

use std::collections::BTreeMap;
use std::fmt;

/// A fault, met where it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is told by its sentence, below")]
pub enum Row {
    KilledBeforeAccepting,
    KilledWhilePreparing,
    KilledBeforeStarting,
    KilledBeforeTheOrder,
    KilledAfterTheOrder,
    KilledWhilePrinting,
    KilledBeforeTheEndIsWritten,
    KilledBeforeTheEndIsTold,
    KilledBeforeTheReceipt,
    KilledBeforeTheReceiptIsWritten,
    PowerCut,
    TornWrite,
    DiskFull,
    DiskReadOnly,
    BitRot,
    JournalLost,
    FoundAtOctoPrint,
    ClockJumps,
    CoordinatorKilledBeforeCommit,
    CoordinatorKilledAfterCommit,
    SlowDatabase,
    Restored,
    SetBack,
    Outlived,
    ToldAgain,
    OldCoordinator,
    Duplicate,
    Reordered,
    Dropped,
    LateAcrossConnections,
    HalfOpen,
    Partition,
    EndedInPartition,
    EndedOffline,
    Surplus,
    GivenUp,
    Nonsense,
    ForeignFacts,
    SlowFetch,
    FetchFails,
    OrderUnanswered,
    OrderIgnored,
    OctoPrintKilledWhilePrinting,
    OctoPrintHangs,
    SocketLost,
    PrinterFaults,
    FirmwareResets,
    Disconnected,
    Cancelled,
    CancelledInItsLastMoves,
    OwnPrintTakesTheBed,
    OwnPrintInTheWay,
    Repetition,
    HistoryWiped,
    UnknownEnd,
    Judged,
    Paused,
    Copied,
    Slept,
    EndedAsleep,
    RepeatedAsleep,
    OwnPrintAsleep,
    ClearedItself,
    PrintedAtPanel,
    PrintedUnplugged,
    BrokenOffSilently,
    EventsHeldUp,
}

/// Every row with its sentence.
pub const ROWS: [(Row, &str); 67] = [
    (Row::KilledBeforeAccepting, "agent killed before a grant is in its journal"),
    (Row::KilledWhilePreparing, "agent killed between grant and upload"),
    (
        Row::KilledBeforeStarting,
        "agent killed after the upload, before the start is in its journal",
    ),
    (Row::KilledBeforeTheOrder, "agent killed after the start is written, before it is ordered"),
    (Row::KilledAfterTheOrder, "agent killed after the order, before the print is seen"),
    (Row::KilledWhilePrinting, "agent killed while it prints"),
    (Row::KilledBeforeTheEndIsWritten, "agent killed as a print ends, before that is written"),
    (Row::KilledBeforeTheEndIsTold, "agent killed after an end is written, before it is told"),
    (Row::KilledBeforeTheReceipt, "agent killed after an end is told, before its receipt"),
    (Row::KilledBeforeTheReceiptIsWritten, "agent killed before a receipt is written"),
    (Row::PowerCut, "power cut"),
    (Row::TornWrite, "a write torn by a power cut"),
    (Row::DiskFull, "disk full"),
    (Row::DiskReadOnly, "disk read-only"),
    (Row::BitRot, "a bit flips in the journal"),
    (Row::JournalLost, "journal lost with a lease in it"),
    (Row::FoundAtOctoPrint, "journal lost, and the print found at OctoPrint"),
    (Row::ClockJumps, "clocks jump by years"),
    (Row::CoordinatorKilledBeforeCommit, "coordinator killed before a commit"),
    (Row::CoordinatorKilledAfterCommit, "coordinator killed after a commit, before it answers"),
    (Row::SlowDatabase, "database locked by another process"),
    (Row::Restored, "coordinator restored from an old backup"),
    (Row::SetBack, "coordinator's database set back to an earlier state, and nothing marks it"),
    (
        Row::Outlived,
        "and once more, to before it learnt of the first time: a person restores a copy",
    ),
    (Row::ToldAgain, "a restored coordinator hears of a lease it never gave"),
    (Row::OldCoordinator, "an old coordinator still runs beside the restored one"),
    (Row::Duplicate, "message delivered twice"),
    (Row::Reordered, "messages overtake each other"),
    (Row::Dropped, "message lost"),
    (Row::LateAcrossConnections, "message of an earlier connection arrives late"),
    (Row::HalfOpen, "connection half open"),
    (Row::Partition, "three days without a network"),
    (Row::EndedInPartition, "a print ends in those three days"),
    (Row::EndedOffline, "a print ends without a connection"),
    (Row::Surplus, "a late twin is counted, and shown as surplus"),
    (Row::GivenUp, "a silent lease is given up"),
    (Row::Nonsense, "a message that cannot be read"),
    (Row::ForeignFacts, "an agent tells of another's lease"),
    (Row::SlowFetch, "a download outlasts the time to start"),
    (Row::FetchFails, "a download fails"),
    (Row::OrderUnanswered, "the order to start is not answered"),
    (Row::OrderIgnored, "OctoPrint takes the order and starts nothing"),
    (Row::OctoPrintKilledWhilePrinting, "OctoPrint killed while it prints"),
    (Row::OctoPrintHangs, "OctoPrint hangs"),
    (Row::SocketLost, "OctoPrint's events are not heard for a while"),
    (Row::PrinterFaults, "thermal fault"),
    (Row::FirmwareResets, "firmware restarts while it prints"),
    (Row::Disconnected, "printer disconnected while it prints"),
    (Row::Cancelled, "cancelled in OctoPrint: told twice"),
    (Row::CancelledInItsLastMoves, "cancelled while its last moves run"),
    (Row::OwnPrintTakesTheBed, "owner's own print on an idle printer"),
    (Row::OwnPrintInTheWay, "owner's own print while a lease is prepared"),
    (Row::Repetition, "owner prints our file again"),
    (Row::HistoryWiped, "owner deletes our file, and its history"),
    (Row::UnknownEnd, "nobody can tell how a print ended"),
    (Row::Judged, "a person says how an unknown print ended"),
    (Row::Paused, "maker pauses and resumes"),
    (Row::Copied, "a memory card is copied, and both run"),
    (Row::Slept, "an agent's machine sleeps"),
    (Row::EndedAsleep, "a print ends while its agent's machine sleeps"),
    (Row::RepeatedAsleep, "and its owner prints the same file again before it wakes"),
    (Row::OwnPrintAsleep, "owner's own print while the agent's machine sleeps"),
    (Row::ClearedItself, "a bed clears itself"),
    (Row::PrintedAtPanel, "owner prints from the printer's own card"),
    (Row::PrintedUnplugged, "and with the printer disconnected meanwhile"),
    (Row::BrokenOffSilently, "last moves are broken off, and nothing tells"),
    (Row::EventsHeldUp, "OctoPrint holds up its events, and sends them all at once"),
];

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = ROWS.iter().find(|(row, _)| row == self).map(|(_, sentence)| *sentence);
        f.pad(sentence.expect("every row has its sentence"))
    }
}

/// How often each row was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached(pub BTreeMap<Row, u64>);

impl Reached {
    /// Takes note that `row` was met.
    pub fn mark(&mut self, row: Row) {
        *self.0.entry(row).or_default() += 1;
    }

    /// Says whether `row` was met.
    #[must_use]
    pub fn met(&self, row: Row) -> bool {
        self.0.contains_key(&row)
    }

    /// Adds what was met elsewhere.
    pub fn add(&mut self, other: &Self) {
        for (row, times) in &other.0 {
            *self.0.entry(*row).or_default() += times;
        }
    }

    /// Returns the rows that were never met.
    #[must_use]
    pub fn missed(&self) -> Vec<Row> {
        ROWS.iter().map(|(row, _)| *row).filter(|row| !self.0.contains_key(row)).collect()
    }
}
