//! The mistakes that these worlds must catch. Each is made around the programs, none in them.

use clap::ValueEnum;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mutant {
    /// The coordinator sends receipts before it commits.
    ReceiptBeforeCommit,
    /// An agent tells each fact once.
    FactsToldOnce,
    /// The agent's journal returns before the disk has it.
    FsyncRemoved,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ReceiptBeforeCommit, Self::FactsToldOnce, Self::FsyncRemoved];
}
