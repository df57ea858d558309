//! The mistakes that this simulation must catch. Each is made in the simulation's own shell, around
//! the real decisions; none can be made in the programs.

use clap::ValueEnum;
use visorfarm_agent::octoprint::model::{PrinterCondition, Snapshot, Temperatures};
use visorfarm_agent::octoprint::push::PushEvent;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mutant {
    /// An outcome is entered in the ledger each time it is told.
    DedupeRemoved,
    /// The agent's journal returns before the disk has it.
    FsyncRemoved,
    /// The coordinator sends before it commits.
    ReceiptBeforeCommit,
    /// A lease may be started at any time after its ask.
    LeaseExpiryIgnored,
    /// Facts count under leases of others.
    HolderCheckRemoved,
    /// The agent takes a restored coordinator for the one it knew.
    EpochIgnored,
    /// The coordinator does not hear how much its agents were told of.
    MarkIgnored,
    /// The agent does not look for what a lost journal knew.
    TraceIgnored,
    /// A print that began is told as given back.
    BegunGivenBack,
    /// Nobody notices that a machine slept: what stood before it stands on.
    SleepUnnoticed,
    /// Nobody notices that an idle printer is hot.
    HeatUnnoticed,
    /// Nobody notices that a printer is not connected.
    AwayUnnoticed,
    /// Nobody hears that a print is done, or reads it.
    EndUnnoticed,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::DedupeRemoved,
        Self::FsyncRemoved,
        Self::ReceiptBeforeCommit,
        Self::LeaseExpiryIgnored,
        Self::HolderCheckRemoved,
        Self::EpochIgnored,
        Self::MarkIgnored,
        Self::TraceIgnored,
        Self::BegunGivenBack,
        Self::SleepUnnoticed,
        Self::HeatUnnoticed,
        Self::AwayUnnoticed,
        Self::EndUnnoticed,
    ];
    /// Returns what an agent sees that makes this mistake.
    pub(super) fn sees(self, snapshot: Snapshot) -> Snapshot {
        match (self, &snapshot.printer) {
            (Self::HeatUnnoticed, _) => {
                Snapshot { temperatures: Temperatures::default(), ..snapshot }
            }
            (Self::AwayUnnoticed, PrinterCondition::Offline { .. }) => {
                Snapshot { printer: PrinterCondition::Operational, ..snapshot }
            }
            (_, _) => snapshot,
        }
    }

    /// Says whether such an agent hears what is pushed.
    pub(super) fn hears(self, event: &PushEvent) -> bool {
        match (self, event) {
            (Self::HeatUnnoticed, PushEvent::Current(_))
            | (Self::EndUnnoticed, PushEvent::PrintDone { .. })
            | (Self::AwayUnnoticed, PushEvent::StateChanged(PrinterCondition::Offline { .. })) => {
                false
            }
            (_, _) => true,
        }
    }
}
