//! The farm as a page shows it: made once from the board, for the page and for the live stream, so
//! that both show the same. Codes and numbers only; the words are added in the reader's language.

mod printer;

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

pub(super) use self::printer::{Doing, Kind, PrinterView};
use crate::clock::Timestamp;
use crate::dispatch::RequestState;
use crate::dispatch::board::{Board, Numbers, PrinterRow, RequestRow};

/// How long after a start an agent that was not heard of counts as silent. Agents come back within
/// a minute; until then their silence says nothing.
const GRACE: Duration = Duration::from_mins(2);

/// The width of a bar.
const BAR: i64 = 1000;

/// The farm at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct View {
    pub(super) totals: Numbers,
    pub(super) tally: Tally,
    pub(super) requests: Vec<RequestView>,
    pub(super) printers: Vec<PrinterView>,
    pub(super) alerts: Vec<Alert>,
}

/// How many printers do what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Tally {
    /// All that ever said hello.
    pub(super) all: u32,
    /// Preparing, printing or finishing for the farm.
    pub(super) working: u32,
    /// Ready for work.
    pub(super) ready: u32,
    /// Waiting for their maker.
    pub(super) person: u32,
    /// Silent, switched off, or busy with something of their owner's.
    pub(super) away: u32,
}

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct RequestView {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) design: String,
    pub(super) revision: Option<String>,
    pub(super) stage: Stage,
    #[serde(flatten)]
    pub(super) numbers: Numbers,
    /// Widths of the bar, each from its beginning.
    pub(super) bar_flight: i64,
    pub(super) bar_printed: i64,
    pub(super) bar_good: i64,
    /// Whether it can still be cancelled.
    pub(super) open: bool,
}

/// Where a request is, in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
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

/// Something that a person must settle.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Alert {
    pub(super) key: String,
    pub(super) doing: Doing,
    pub(super) title: String,
    pub(super) note: Option<String>,
    /// The lease that can be given up.
    pub(super) lease: Option<String>,
}

impl View {
    pub(super) fn new(board: &Board, started: Timestamp) -> Self {
        let grace = board.at.since(started) < GRACE;
        let printers: Vec<_> =
            board.printers.iter().map(|row| PrinterView::new(row, grace)).collect();
        let mut tally = Tally::default();
        for printer in &printers {
            tally.count(printer.kind);
        }
        let rows = board.printers.iter().zip(&printers);
        let mut alerts: Vec<_> = rows.filter_map(|(row, view)| Alert::new(row, view)).collect();
        alerts.sort_by(|a, b| (a.doing, &a.key).cmp(&(b.doing, &b.key)));
        let requests = board.requests.iter().map(RequestView::new).collect();
        Self { totals: board.totals, tally, requests, printers, alerts }
    }
}

impl Tally {
    fn count(&mut self, kind: Kind) {
        self.all += 1;
        let number = match kind {
            Kind::Working => &mut self.working,
            Kind::Ready => &mut self.ready,
            Kind::Person => &mut self.person,
            Kind::Away => &mut self.away,
        };
        *number += 1;
    }
}

impl RequestView {
    fn new(row: &RequestRow) -> Self {
        let numbers = row.numbers;
        let to_use = numbers.printed - numbers.bad;
        let flight = i64::try_from(numbers.in_flight).unwrap_or(i64::MAX);
        let stage = match row.state {
            RequestState::Cancelled => Stage::Cancelled,
            RequestState::Open if numbers.wanted <= to_use => Stage::Printed,
            RequestState::Open if numbers.outstanding == 0 => Stage::Covered,
            RequestState::Open => Stage::Open,
        };
        let bar = |pieces: i64| match numbers.wanted {
            ..=0 => 0,
            wanted => (pieces.saturating_mul(BAR) / wanted).clamp(0, BAR),
        };
        Self {
            key: row.id.to_string(),
            title: row.title.clone(),
            design: row.design.to_string(),
            revision: row.revision.as_ref().map(ToString::to_string),
            stage,
            numbers,
            bar_flight: bar(to_use.saturating_add(flight)),
            bar_printed: bar(to_use),
            bar_good: bar(numbers.good),
            open: matches!(stage, Stage::Open | Stage::Covered),
        }
    }
}

impl Stage {
    /// Returns the word it is sent by.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Covered => "covered",
            Self::Printed => "printed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns all of them, for the list of words that a page carries.
    pub(super) const ALL: [Self; 4] = [Self::Open, Self::Covered, Self::Printed, Self::Cancelled];
}

impl Alert {
    fn new(row: &PrinterRow, view: &PrinterView) -> Option<Self> {
        if view.kind != Kind::Person {
            return None;
        }
        // A person decides about the lease of a printer that cannot say anything itself.
        let lease = row.plate.as_ref().filter(|_| view.doing == Doing::Silent);
        Some(Self {
            key: view.key.clone(),
            doing: view.doing,
            title: view.title.clone(),
            note: view.fault.clone(),
            lease: lease.map(|plate| plate.lease.to_string()),
        })
    }
}
