//! The farm as a page shows it: made once from the board, for the page and for the live stream, so
//! that both show the same. Codes and numbers only; the words are added in the reader's language.

mod alert;
mod doing;
mod finish;
mod printer;
mod request;

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

pub(super) use self::alert::{Alert, Trouble};
pub(super) use self::doing::{Doing, Kind};
pub(super) use self::finish::Finish;
pub(super) use self::printer::PrinterView;
pub(super) use self::request::{RequestView, Stage};
use super::known::Known;
use crate::clock::Timestamp;
use crate::dispatch::Channel;
use crate::dispatch::board::{Board, Numbers};

/// How long after a start an agent that was not heard of counts as silent. Agents come back within
/// a minute; until then their silence says nothing.
const GRACE: Duration = Duration::from_mins(2);

/// The most things that need a person which are listed: more than one does in an hour.
const ALERTS_LISTED: usize = 40;

/// The farm at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    pub(super) at: Timestamp,
    pub(super) totals: Totals,
    pub(super) tally: Tally,
    pub(super) requests: Vec<RequestView>,
    /// By agent and name.
    pub(super) printers: Vec<PrinterView>,
    /// What is most urgent first.
    pub(super) alerts: Vec<Alert>,
}

/// The sums over all requests, and when they will be met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Totals {
    #[serde(flatten)]
    pub(super) numbers: Numbers,
    #[serde(flatten)]
    pub(super) finish: Finish,
    /// Widths of the bar, each from its beginning.
    #[serde(flatten)]
    pub(super) bar: Bar,
    /// How many requests there are, how many of them are wanted, and how many are over: their pieces
    /// are in the sums, too.
    pub(super) requests: usize,
    pub(super) open: usize,
    pub(super) over: usize,
    /// How many revisions were published, and how many designs can be asked for.
    pub(super) revisions: usize,
    pub(super) askable: usize,
    /// How many things need a person, and how many of them are beyond those that are listed.
    pub(super) alerts: usize,
    pub(super) beyond: usize,
}

/// Pieces by stage as widths of a thousand, each from the beginning of the bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Bar {
    #[serde(rename = "bar_flight")]
    pub(super) flight: i64,
    #[serde(rename = "bar_printed")]
    pub(super) printed: i64,
    #[serde(rename = "bar_good")]
    pub(super) good: i64,
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

impl View {
    pub(super) fn new(board: &Board, known: &Known) -> Self {
        let grace = board.at.since(known.started) < GRACE;
        let mut names = known.names();
        let printers: Vec<_> = board
            .printers
            .iter()
            .map(|row| PrinterView::new(row, grace, &names.of(&row.agent, &row.printer)))
            .collect();
        drop(names);
        let mut tally = Tally::default();
        for printer in &printers {
            tally.count(printer.kind);
        }
        let pools = finish::Pools::new(board, &printers);
        let requests = request::all(board, &pools);
        let alerts = alert::all(board, &printers, &requests);
        let wanted = || requests.iter().filter(|row| row.is_wanted());
        let ends = wanted().map(|row| row.finish);
        let totals = Totals {
            numbers: board.totals,
            finish: ends.reduce(Finish::both).unwrap_or_default(),
            bar: Bar::new(&board.totals),
            requests: requests.len(),
            open: wanted().count(),
            over: requests.iter().filter(|row| !row.is_wanted()).count(),
            revisions: board.revisions.len(),
            askable: askable(board).len(),
            alerts: alerts.len(),
            beyond: alerts.len().saturating_sub(ALERTS_LISTED),
        };
        Self { at: board.at, totals, tally, requests, printers, alerts }
    }

    /// Returns the requests of which something is still to come, the most pressing first.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &RequestView> {
        self.requests.iter().filter(|row| row.is_wanted())
    }

    /// Returns the most urgent of what needs a person, as pages list it.
    pub(super) fn listed(&self) -> &[Alert] {
        &self.alerts[..self.alerts.len().min(ALERTS_LISTED)]
    }
}

/// Returns the designs that can be asked for without naming a revision.
pub(super) fn askable(board: &Board) -> Vec<String> {
    let proven = board
        .revisions
        .iter()
        .filter(|row| matches!(row.channel, Channel::Clinical | Channel::Validated));
    let mut designs: Vec<_> = proven.map(|row| row.design.to_string()).collect();
    designs.dedup();
    designs
}

impl Totals {
    /// Returns how many digits the longest of its numbers has: figures of one row are of one size.
    pub(super) fn digits(&self) -> u32 {
        let Numbers { wanted, printed, good, outstanding, .. } = self.numbers;
        let signed = [wanted, printed, good].map(i64::unsigned_abs);
        let most = signed.into_iter().chain([outstanding]).max().unwrap_or(0);
        most.checked_ilog10().map_or(1, |zeros| zeros + 1)
    }
}

impl Bar {
    const WHOLE: i64 = 1000;

    fn new(numbers: &Numbers) -> Self {
        let flight = i64::try_from(numbers.in_flight).unwrap_or(i64::MAX);
        let to_use = numbers.printed - numbers.bad;
        let width = |pieces: i64| match numbers.wanted {
            ..=0 => 0,
            wanted => (pieces.saturating_mul(Self::WHOLE) / wanted).clamp(0, Self::WHOLE),
        };
        Self {
            flight: width(to_use.saturating_add(flight)),
            printed: width(to_use),
            good: width(numbers.good),
        }
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
