//! What goes wrong, and when: drawn before the world begins, so that a prefix of the list is a
//! smaller world that begins the same.

use super::agent::{Deadline, When, Written};
use super::chance::Chance;
use super::coordinator;
use super::panel::Panel;
use super::world::LastMoves;

/// How long faults come for, in milliseconds.
pub(super) const FAULTS_FOR: u64 = 2 * 3_600_000;

/// A network that is away for longer is away for days.
pub(super) const DAYS: u64 = 48 * 3_600_000;

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The agent is killed now.
    Kill,
    /// The agent is killed when it is at that step of its work.
    KillAt(Deadline),
    /// The power goes for agent and OctoPrint.
    PowerCut,
    /// The agent's disk is full for so long.
    DiskFull(u64),
    /// The agent's disk is read-only for so long.
    DiskReadOnly(u64),
    /// A bit of the journal flips; the agent is started anew and refuses it; its maker begins anew.
    BitRot,
    /// The maker installs the agent anew.
    JournalLost,
    /// The coordinator's clock jumps ahead by so long, or back to the truth.
    ClockJumps(u64),
    /// The coordinator is killed at its next commit.
    KillCoordinator(coordinator::Deadline),
    /// The coordinator's database is locked for so long.
    SlowDatabase(u64),
    /// The coordinator's database is copied.
    BackUp,
    /// The last copy takes the place of the database; an old process may still run.
    Restore {
        /// For so long.
        old_runs_for: u64,
    },
    /// The database is again as it was when it was copied, and nothing marks it.
    SetBack,
    /// No network for so long.
    Unreachable(u64),
    /// Messages vanish for so long.
    HalfOpen(u64),
    /// The network is worse than usual for so long.
    Storm(u64),
    /// An agent sends what is no message.
    Nonsense,
    /// An agent tells of a lease that another one holds.
    ForeignFacts,
    /// A person gives up the lease of an agent.
    GiveUp,
    /// Downloads take so long.
    SlowFetch(u64),
    /// The next download fails.
    FetchFails,
    /// The next order to start is carried out and not answered.
    OrderUnanswered,
    /// The next order to start is lost.
    OrderLost,
    /// The next order to start is answered and not carried out.
    OrderIgnored,
    /// OctoPrint is killed, and comes back after so long.
    KillOctoPrint(u64),
    /// OctoPrint hangs for so long.
    HangOctoPrint(u64),
    /// OctoPrint's events are not heard for a while.
    SocketLost,
    /// OctoPrint keeps its events to itself for so long, and sends them then.
    EventsHeldUp(u64),
    /// A thermal fault.
    PrinterFaults,
    /// The firmware restarts.
    FirmwareResets,
    /// The printer is disconnected.
    Disconnect,
    /// The owner pauses the print, and disconnects the printer in the pause.
    PauseAndDisconnect,
    /// The owner pauses the print for so long.
    PauseFor(u64),
    /// The owner cancels.
    Cancel,
    /// This becomes of the next last moves.
    LastMoves(LastMoves),
    /// The owner prints something of their own.
    OwnPrint,
    /// The owner prints something of their own while a lease is prepared.
    OwnPrintInTheWay,
    /// The owner prints from the printer's own card.
    PanelPrint(Panel),
    /// The owner prints our last file again.
    Repeat,
    /// The owner deletes our last file.
    DeleteFile,
    /// The machine of the agent sleeps for so long.
    Sleep {
        /// So long.
        millis: u64,
        /// What its owner does meanwhile.
        owner: Owner,
    },
    /// The maker wants no prints for a while.
    PauseMaker(u64),
    /// The memory card is copied for a second printer, and both run.
    Copy,
    /// A request is cancelled.
    CancelRequest,
    /// Somebody needs more.
    Request,
}

/// What an owner does while the agent's machine sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Nothing.
    Rests,
    /// The plate that ends meanwhile is printed once more.
    Repeats,
    /// Something of the owner's own is printed.
    Prints,
}

impl Fault {
    /// Returns for how long faults cannot be over because of it, in milliseconds.
    #[must_use]
    pub(super) fn lasts(self) -> u64 {
        match self {
            Self::Unreachable(millis) | Self::Sleep { millis, .. } => millis,
            _ => 0,
        }
    }
}

/// A fault in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    /// When, in milliseconds from the beginning.
    pub(super) at: u64,
    /// To which agent.
    pub(super) agent: usize,
    /// What.
    pub(super) fault: Fault,
}

/// Returns what goes wrong in the world of this seed, in order of time.
#[must_use]
pub(super) fn plan(chance: &mut Chance, agents: usize) -> Vec<Planned> {
    let count = chance.between(12, 45);
    let mut plan: Vec<_> = (0..count)
        .map(|_| Planned {
            at: chance.between(20_000, FAULTS_FOR),
            agent: chance.index(agents),
            fault: draw(chance),
        })
        .collect();
    if chance.percent(60) {
        let restore = chance.pick(&[
            Fault::Restore { old_runs_for: 0 },
            Fault::Restore { old_runs_for: 600_000 },
            Fault::SetBack,
        ]);
        let back_up = chance.between(60_000, FAULTS_FOR / 2);
        let later = back_up + chance.between(60_000, FAULTS_FOR / 3);
        plan.push(Planned { at: back_up, agent: 0, fault: Fault::BackUp });
        plan.push(Planned { at: later, agent: 0, fault: restore });
        if chance.percent(30) {
            let back_up = later + chance.between(60_000, FAULTS_FOR / 3);
            let again = back_up + chance.between(60_000, FAULTS_FOR / 3);
            plan.push(Planned { at: back_up, agent: 0, fault: Fault::BackUp });
            plan.push(Planned { at: again, agent: 0, fault: Fault::SetBack });
        }
    }
    if chance.percent(2) {
        // Three days; the world goes on until they are over.
        let at = chance.between(60_000, FAULTS_FOR / 2);
        let days = Fault::Unreachable(3 * 24 * 3_600_000);
        plan.push(Planned { at, agent: chance.index(agents), fault: days });
    }
    if chance.percent(5) {
        let at = chance.between(60_000, FAULTS_FOR);
        plan.push(Planned { at, agent: chance.index(agents), fault: Fault::Copy });
    }
    plan.sort_by_key(|planned| planned.at);
    plan
}

fn draw(chance: &mut Chance) -> Fault {
    let soon = chance.between(1_000, 120_000);
    let long = chance.between(60_000, 1_500_000);
    match chance.index(48) {
        1..=8 => Fault::KillAt(deadline(chance)),
        9 | 10 => Fault::PowerCut,
        11 => Fault::DiskFull(soon),
        12 => Fault::DiskReadOnly(soon),
        13 if chance.percent(30) => Fault::BitRot,
        14 if chance.percent(40) => Fault::JournalLost,
        0 | 14 => Fault::Kill,
        15 => Fault::ClockJumps(chance.pick(&[0, 365 * 86_400_000, 3_600_000])),
        16 | 17 => Fault::KillCoordinator(coordinator::Deadline::BeforeCommit),
        18 | 19 => Fault::KillCoordinator(coordinator::Deadline::AfterCommit),
        20 => Fault::SlowDatabase(soon),
        21 => Fault::Unreachable(long),
        22 => Fault::Unreachable(2 * long + 2_400_000),
        23 => Fault::HalfOpen(soon),
        24 | 25 => Fault::Storm(long),
        26 => Fault::Nonsense,
        27 => Fault::ForeignFacts,
        28 => Fault::GiveUp,
        29 => Fault::SlowFetch(chance.pick(&[60_000, 2_100_000])),
        30 => Fault::FetchFails,
        31 => chance.pick(&[Fault::OrderUnanswered, Fault::OrderLost, Fault::OrderIgnored]),
        32 | 33 => Fault::KillOctoPrint(soon),
        34 => Fault::HangOctoPrint(soon),
        13 | 35 => chance.pick(&[Fault::SocketLost, Fault::EventsHeldUp(long)]),
        36 => Fault::PrinterFaults,
        37 => Fault::FirmwareResets,
        38 => chance.pick(&[Fault::Disconnect, Fault::PauseAndDisconnect, Fault::PauseFor(soon)]),
        39 => Fault::Cancel,
        40 => Fault::LastMoves(chance.pick(&[LastMoves::Cancelled, LastMoves::Failing])),
        41 => chance.pick(&[
            Fault::OwnPrint,
            Fault::PanelPrint(Panel::Connected),
            Fault::PanelPrint(Panel::Unplugged),
        ]),
        42 => chance.pick(&[Fault::OwnPrintInTheWay, Fault::PauseMaker(soon)]),
        43 => Fault::Repeat,
        44 => chance.pick(&[Fault::DeleteFile, Fault::CancelRequest]),
        45 | 46 => Fault::Sleep {
            millis: long,
            owner: chance.pick(&[Owner::Rests, Owner::Repeats, Owner::Prints]),
        },
        _ => Fault::Request,
    }
}

fn deadline(chance: &mut Chance) -> Deadline {
    let at = chance.pick(&[
        Written::Granted,
        Written::Starting,
        Written::Starting,
        Written::Started,
        Written::Ended,
        Written::Ended,
        Written::Receipted,
    ]);
    let when = chance.pick(&[When::Before, When::PowerGoes, When::Written, When::Acted]);
    Deadline { at, when }
}
