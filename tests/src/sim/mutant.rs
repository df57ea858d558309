//! The mistakes that this simulation must catch. Each is made in the simulation's own shell, around
//! the real decisions; none can be made in the programs.

use clap::ValueEnum;

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
    /// The agent does not look for what a lost journal knew.
    TraceIgnored,
    /// A print that began is told as given back.
    BegunGivenBack,
    /// Nobody notices that a machine slept: what stood before it stands on.
    SleepUnnoticed,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::DedupeRemoved,
        Self::FsyncRemoved,
        Self::ReceiptBeforeCommit,
        Self::LeaseExpiryIgnored,
        Self::HolderCheckRemoved,
        Self::EpochIgnored,
        Self::TraceIgnored,
        Self::BegunGivenBack,
        Self::SleepUnnoticed,
    ];
}
