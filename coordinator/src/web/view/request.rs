//! One request as a page shows it.

use serde::Serialize;

use super::Bar;
use super::finish::{Finish, Pools};
use crate::clock::Timestamp;
use crate::dispatch::RequestState;
use crate::dispatch::board::{Board, Numbers, RequestRow};

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(in crate::web) struct RequestView {
    pub(in crate::web) key: String,
    pub(in crate::web) title: String,
    pub(in crate::web) design: String,
    pub(in crate::web) revision: Option<String>,
    pub(in crate::web) at: Timestamp,
    pub(in crate::web) stage: Stage,
    #[serde(flatten)]
    pub(in crate::web) numbers: Numbers,
    #[serde(flatten)]
    pub(in crate::web) finish: Finish,
    #[serde(flatten)]
    pub(in crate::web) bar: Bar,
    /// Whether it can still be cancelled.
    pub(in crate::web) open: bool,
}

/// Where a request is, in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum Stage {
    /// More must be printed.
    #[default]
    Open,
    /// All of it is printed or printing.
    Covered,
    /// All of it is printed.
    Printed,
    /// No longer wanted.
    Cancelled,
}

/// Returns the requests, those that are wanted first, then newest first. The oldest is printed
/// first: what is left of it keeps the printers that the next ones wait for.
pub(super) fn all(board: &Board, pools: &Pools) -> Vec<RequestView> {
    let mut before = Vec::new();
    let oldest_first = board.requests.iter().rev();
    let mut views: Vec<_> =
        oldest_first.map(|row| RequestView::new(row, pools.finish(row, &mut before))).collect();
    views.reverse();
    views.sort_by_key(|row| !row.is_wanted());
    views
}

impl RequestView {
    fn new(row: &RequestRow, finish: Finish) -> Self {
        let numbers = row.numbers;
        let to_use = numbers.printed - numbers.bad;
        let stage = match row.state {
            RequestState::Cancelled => Stage::Cancelled,
            RequestState::Open if numbers.wanted <= to_use => Stage::Printed,
            RequestState::Open if numbers.outstanding == 0 => Stage::Covered,
            RequestState::Open => Stage::Open,
        };
        Self {
            key: row.id.to_string(),
            title: row.title.clone(),
            design: row.design.to_string(),
            revision: row.revision.as_ref().map(ToString::to_string),
            at: row.at,
            stage,
            numbers,
            finish,
            bar: Bar::new(&numbers),
            open: matches!(stage, Stage::Open | Stage::Covered),
        }
    }

    /// Says whether something is still to come of it.
    pub(in crate::web) fn is_wanted(&self) -> bool {
        self.open
    }
}

impl Stage {
    /// Returns the word it is sent by.
    pub(in crate::web) fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Covered => "covered",
            Self::Printed => "printed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns all of them, for the list of words that a page carries.
    pub(in crate::web) const ALL: [Self; 4] =
        [Self::Open, Self::Covered, Self::Printed, Self::Cancelled];
}
