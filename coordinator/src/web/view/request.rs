//! One request as a page shows it.

use std::cmp::Reverse;

use chrono::{Days, Local, NaiveTime};
use serde::Serialize;

use super::Bar;
use super::finish::{Before, Finish, Pools};
use crate::clock::Timestamp;
use crate::dispatch::board::{Board, Numbers, RequestRow};
use crate::dispatch::{Day, Priority, RequestState};

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(in crate::web) struct RequestView {
    pub(in crate::web) key: String,
    pub(in crate::web) title: String,
    pub(in crate::web) design: String,
    pub(in crate::web) revision: Option<String>,
    pub(in crate::web) at: Timestamp,
    pub(in crate::web) priority: Priority,
    /// The last day on which it is of use.
    pub(in crate::web) due: Option<Day>,
    pub(in crate::web) stage: Stage,
    #[serde(flatten)]
    pub(in crate::web) numbers: Numbers,
    #[serde(flatten)]
    pub(in crate::web) finish: Finish,
    #[serde(flatten)]
    pub(in crate::web) bar: Bar,
    /// Whether it can still be cancelled.
    pub(in crate::web) open: bool,
    /// Whether it is not printed when it should be, or cannot be any more at best.
    pub(in crate::web) late: bool,
    /// What a printer would have to take for the rest of it, if none does.
    #[serde(skip)]
    pub(super) unwilling: Option<String>,
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

/// Returns the requests, those that are wanted first, of these the most pressing, then newest first.
/// What is most pressing is printed first, and of that the oldest: what is left of it keeps the
/// printers that the next ones wait for.
pub(super) fn all(board: &Board, pools: &Pools) -> Vec<RequestView> {
    let mut before = Before::default();
    let mut rows: Vec<_> = board.requests.iter().collect();
    rows.sort_by_key(|row| (row.rank(), row.id));
    let mut views: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let unwilling = pools.unwilling(row).map(str::to_owned);
            let view = RequestView::new(row, pools.finish(row, &mut before), unwilling);
            (row.id, RequestView { late: view.is_late(board.at), ..view })
        })
        .collect();
    views.sort_by_key(|(id, view)| (!view.is_wanted(), view.priority, Reverse(*id)));
    views.into_iter().map(|(_, view)| view).collect()
}

impl RequestView {
    fn new(row: &RequestRow, finish: Finish, unwilling: Option<String>) -> Self {
        let numbers = row.numbers;
        let to_use = numbers.printed - numbers.bad;
        let stage = match row.state {
            RequestState::Cancelled => Stage::Cancelled,
            RequestState::Open if numbers.wanted <= to_use => Stage::Printed,
            RequestState::Open if numbers.outstanding == 0 => Stage::Covered,
            RequestState::Open => Stage::Open,
        };
        let open = matches!(stage, Stage::Open | Stage::Covered);
        Self {
            key: row.id.to_string(),
            title: row.title.clone(),
            design: row.design.to_string(),
            revision: row.revision.as_ref().map(ToString::to_string),
            at: row.at,
            priority: row.priority,
            due: row.due,
            stage,
            numbers,
            // What is over is expected at no time.
            finish: if open { finish } else { Finish::default() },
            bar: Bar::new(&numbers),
            open,
            late: false,
            unwilling: unwilling.filter(|_| stage == Stage::Open),
        }
    }

    /// Says whether something is still to come of it.
    pub(in crate::web) fn is_wanted(&self) -> bool {
        self.open
    }

    /// Returns the last day on which it is of use, for a field of a form.
    pub(in crate::web) fn due_text(&self) -> String {
        self.due.map_or_else(String::new, String::from)
    }

    fn is_late(&self, now: Timestamp) -> bool {
        let best = self.finish.early.unwrap_or(now).max(now);
        self.open && self.due.and_then(over).is_some_and(|over| over <= best)
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

/// Returns when `day` is over where the coordinator stands.
fn over(day: Day) -> Option<Timestamp> {
    let next = day.date().checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
    let midnight = next.and_local_timezone(Local).earliest()?;
    u64::try_from(midnight.timestamp_millis()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_late_once_its_day_is_over_or_cannot_be_met() {
        let due: Day = "2026-04-01".parse().unwrap();
        let midnight = over(due).unwrap();
        let hour = 3_600_000;
        let view = |early: Option<u64>| RequestView {
            due: Some(due),
            open: true,
            finish: Finish { early: early.map(Timestamp), late: None },
            ..RequestView::default()
        };
        let before = Timestamp(midnight.0 - 2 * hour);
        assert!(!view(Some(midnight.0 - hour)).is_late(before));
        assert!(view(Some(midnight.0 + hour)).is_late(before), "it cannot be met");
        assert!(!view(None).is_late(before), "nobody knows");
        assert!(view(None).is_late(midnight));
        let printed = RequestView { open: false, ..view(None) };
        assert!(!printed.is_late(midnight));
        let any = RequestView { due: None, ..view(Some(u64::MAX)) };
        assert!(!any.is_late(midnight));
    }
}
