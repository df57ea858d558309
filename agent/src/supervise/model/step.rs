//! What may happen in a workshop.

use std::fmt;

/// What happens next.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Step {
    Agent(AgentStep),
    Maker(MakerStep),
    Octo(OctoStep),
    Farm(FarmStep),
    /// So many seconds pass; a living agent looks at its printer meanwhile.
    Passes(u64),
    /// It is another time of the day.
    Turns(u8),
}

/// What comes back of what the agent ordered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum AgentStep {
    /// All that was ordered is done and answered, but for a start.
    Works,
    Fetches,
    CannotFetch,
    Uploads,
    /// OctoPrint starts what it was told to.
    IsObeyed,
    /// It does so, and its answer gets lost.
    IsObeyedUnheard,
    /// It refuses.
    IsRefused,
    /// It never hears the order.
    IsNotHeard,
    HearsWitnesses,
    /// The process is killed. What it wanted to do is not done.
    Dies,
    Wakes,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum MakerStep {
    /// Takes off what is there, and says so.
    ClearsTheBed(Option<u32>),
    Recounts(u32),
    /// Says what is on the spool, in grams.
    SaysOfTheSpool(Option<u32>),
    Pauses,
    Resumes,
    PrintsAVase,
    PrintsOursAgain,
    Cancels,
    DeletesOurFile,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum OctoStep {
    IsDone,
    StandsStill,
    Fails,
    Restarts,
    ClosesTheSocket,
    OpensTheSocket,
    /// Nobody reaches it.
    Hides,
    Shows,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FarmStep {
    Grants,
    WithdrawsTheLast,
    WithdrawsWhatItNeverGave,
    /// Receipts all that it heard.
    Receipts,
    /// Receipts one of them.
    ReceiptsOne,
    /// Receipts to another machine with the same identity.
    ReceiptsTheCopy,
    Connects,
    Disconnects,
    /// An older copy of the coordinator takes part once more.
    IsOld,
    /// A copy of its database takes the place of the database.
    IsRestored,
    Freezes,
}

/// The usual way of one plate.
pub(super) const USUAL: [Step; 7] = [
    Step::Farm(FarmStep::Grants),
    Step::Agent(AgentStep::Works),
    Step::Agent(AgentStep::IsObeyed),
    Step::Octo(OctoStep::IsDone),
    Step::Octo(OctoStep::StandsStill),
    Step::Maker(MakerStep::ClearsTheBed(None)),
    Step::Passes(10),
];

impl fmt::Debug for Step {
    /// On one line, so that a failure reads like a story.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(step) => write!(f, "the agent {step:?}"),
            Self::Maker(step) => write!(f, "the maker {step:?}"),
            Self::Octo(step) => write!(f, "OctoPrint {step:?}"),
            Self::Farm(step) => write!(f, "the coordinator {step:?}"),
            Self::Passes(seconds) => write!(f, "{seconds} s pass"),
            Self::Turns(time) => write!(f, "it is time {time}"),
        }
    }
}
