//! What goes wrong in these worlds, and when: drawn before they begin.

use super::shop::Doom;
use crate::sim::chance::Chance;
use crate::sim::coordinator::{Deadline, Place};

/// How long faults come for, in milliseconds.
pub(super) const FAULTS_FOR: u64 = 20 * 60_000;

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The network between an agent and the coordinator, for so long.
    Network(Network, u64),
    /// The connection breaks in the middle of the next message to the agent.
    CutDown,
    /// The connection of whoever speaks next breaks in the middle of what it says.
    CutUp,
    /// The agent is killed.
    KillAgent,
    /// The agent is killed at that point of its work.
    Doom(Doom),
    /// The power goes for agent and OctoPrint.
    PowerCut,
    /// The power goes while the agent writes its journal.
    PowerCutInWrite,
    /// The agent's disk is full for so long.
    DiskFull(u64),
    /// A bit of the journal flips; the agent is started anew and refuses it; its maker begins anew.
    BitRot,
    /// The journal is lost, with all that only it knew.
    JournalLost,
    /// The memory card is copied for a machine beside another printer, and both run.
    Copy,
    /// The coordinator's clock jumps ahead by so long, or back to the truth.
    ClockJumps(u64),
    /// The coordinator is killed.
    KillCoordinator,
    /// The coordinator is killed at its next commit.
    KillAtCommit(Deadline),
    /// The coordinator's database is locked for so long.
    SlowDatabase(u64),
    /// The coordinator's database is copied.
    BackUp,
    /// The last copy takes the place of the database.
    Restore(Place),
    /// OctoPrint is killed, and comes back after so long.
    KillOctoPrint(u64),
    /// OctoPrint hangs for so long.
    HangOctoPrint(u64),
    /// OctoPrint's events are not heard for a while.
    SocketLost,
    /// A thermal fault.
    PrinterFaults,
    /// The firmware restarts.
    FirmwareResets,
    /// The owner cancels.
    Cancel,
    /// The owner prints something of their own.
    OwnPrint,
    /// The next order to start is carried out and not answered.
    OrderUnanswered,
    /// The next order to start is lost.
    OrderLost,
    /// The next order to start is answered and not carried out.
    OrderIgnored,
    /// The next download fails.
    FetchFails,
    /// Somebody needs more.
    Request,
}

/// What is wrong with a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// Nothing passes.
    Partition,
    /// Nothing passes to the agent.
    Deaf,
    /// Nothing passes from the agent.
    Mute,
    /// Everything waits, and then arrives at once.
    Held,
    /// Everything takes that many milliseconds.
    Slow(u64),
}

/// A fault in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    /// When, in milliseconds from the beginning.
    pub(super) at: u64,
    /// In which shop.
    pub(super) shop: usize,
    /// What.
    pub(super) fault: Fault,
}

/// Returns what goes wrong, in order of time.
#[must_use]
pub(super) fn plan(chance: &mut Chance, shops: usize) -> Vec<Planned> {
    let count = chance.between(20, 50);
    let mut plan: Vec<_> = (0..count)
        .map(|_| Planned {
            at: chance.between(20_000, FAULTS_FOR),
            shop: chance.index(shops),
            fault: draw(chance),
        })
        .collect();
    if chance.percent(50) {
        let back_up = chance.between(60_000, FAULTS_FOR / 2);
        let restore = back_up + chance.between(60_000, FAULTS_FOR / 3);
        let place = chance.pick(&[Place::Copy, Place::Snapshot]);
        plan.push(Planned { at: back_up, shop: 0, fault: Fault::BackUp });
        plan.push(Planned { at: restore, shop: 0, fault: Fault::Restore(place) });
    }
    if chance.percent(20) {
        let at = chance.between(60_000, FAULTS_FOR);
        plan.push(Planned { at, shop: chance.index(shops), fault: Fault::Copy });
    }
    plan.sort_by_key(|planned| planned.at);
    plan
}

fn draw(chance: &mut Chance) -> Fault {
    let brief = chance.between(2_000, 60_000);
    let long = chance.between(30_000, 300_000);
    match chance.index(41) {
        0 | 1 => Fault::Network(Network::Partition, long),
        2 => Fault::Network(Network::Deaf, long),
        3 => Fault::Network(Network::Mute, long),
        4 | 5 => Fault::Network(Network::Held, brief),
        6 => Fault::Network(Network::Slow(chance.between(500, 5_000)), long),
        7 | 8 => Fault::CutDown,
        9 | 10 => Fault::CutUp,
        11 | 12 => Fault::KillAgent,
        13 | 14 => Fault::Doom(chance.pick(&[Doom::Preparing, Doom::Printing, Doom::Untold])),
        15 => Fault::PowerCut,
        16 | 17 => Fault::PowerCutInWrite,
        18 => Fault::DiskFull(brief),
        19 => Fault::KillCoordinator,
        20 => Fault::KillAtCommit(Deadline::BeforeCommit),
        21 => Fault::KillAtCommit(Deadline::AfterCommit),
        22 => Fault::SlowDatabase(brief),
        23 => Fault::KillOctoPrint(brief),
        24 => Fault::HangOctoPrint(brief),
        25 => Fault::SocketLost,
        26 => Fault::PrinterFaults,
        27 => Fault::FirmwareResets,
        28 => Fault::Cancel,
        29 => Fault::OwnPrint,
        30 => Fault::OrderUnanswered,
        31 => Fault::OrderLost,
        32 => Fault::OrderIgnored,
        33 => Fault::FetchFails,
        34 if chance.percent(50) => Fault::BitRot,
        35 if chance.percent(50) => Fault::JournalLost,
        36 => Fault::ClockJumps(chance.pick(&[0, 3_600_000, 365 * 86_400_000])),
        _ => Fault::Request,
    }
}
