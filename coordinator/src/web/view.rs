//! The farm as a page shows it: made once from the board, for the page and for the live stream, so
//! that both show the same. Codes and numbers only; the words are added in the reader's language.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;
use visorfarm_protocol::status::{Activity, Bed, WaitsFor};

use crate::clock::Timestamp;
use crate::dispatch::board::{Board, Link, Numbers, PrinterRow, RequestRow};
use crate::dispatch::{LeaseState, RequestState};

/// How long after a start an agent that was not heard of counts as silent. Agents come back within
/// a minute; until then their silence says nothing.
const GRACE: Duration = Duration::from_mins(2);

/// Times of hearing are rounded to this many milliseconds: pages say "just now" for longer, and a
/// stream without it repeats every printer every second.
const HEARD_STEP_MILLIS: u64 = 10_000;

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

/// A printer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct PrinterView {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) profile: String,
    pub(super) kind: Kind,
    pub(super) doing: Doing,
    /// What it prints: pieces of a design, for a request.
    pub(super) pieces: Option<u32>,
    pub(super) design: Option<String>,
    pub(super) revision: Option<String>,
    pub(super) request: Option<u64>,
    pub(super) percent: Option<u8>,
    pub(super) seconds_left: Option<u32>,
    pub(super) nozzle: Option<i32>,
    pub(super) bed: Option<i32>,
    pub(super) fault: Option<String>,
    pub(super) heard: Option<Timestamp>,
    pub(super) printed: i64,
}

/// What a printer's state means to who looks: a colour and a shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Working,
    Ready,
    Person,
    #[default]
    Away,
}

/// What a printer is doing, in one word. Silence comes first: what a silent printer said last is
/// not what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Doing {
    Look,
    Faulted,
    Silent,
    BedClear,
    Key,
    Disk,
    Resume,
    Paused,
    Printing,
    Finishing,
    Starting,
    Preparing,
    Ready,
    Hours,
    Foreign,
    Offline,
    #[default]
    Unheard,
    Other,
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

impl PrinterView {
    fn new(row: &PrinterRow, grace: bool) -> Self {
        let doing = Doing::of(row, grace);
        let kind = doing.kind();
        let held = row.plate.as_ref();
        // What a silent printer said of its progress is not so any more.
        let live = row.link == Link::Live;
        let warm = live && doing != Doing::Offline;
        Self {
            key: format!("{}/{}", row.agent, row.printer),
            title: row.title.clone(),
            profile: row.profile.to_string(),
            kind,
            doing,
            pieces: held.map(|plate| plate.pieces),
            design: held.map(|plate| plate.design.to_string()),
            revision: held.map(|plate| plate.revision.to_string()),
            request: held.and_then(|plate| plate.request).map(|request| request.0),
            percent: row.fraction.filter(|_| live && held.is_some()).map(percent),
            seconds_left: row.seconds_left.filter(|_| live && kind == Kind::Working),
            nozzle: row.nozzle_celsius.filter(|_| warm).and_then(degrees),
            bed: row.bed_celsius.filter(|_| warm).and_then(degrees),
            fault: row.fault.clone().filter(|_| live),
            heard: row.heard.map(|at| Timestamp(at.0 - at.0 % HEARD_STEP_MILLIS)),
            printed: row.printed,
        }
    }
}

impl Doing {
    fn of(row: &PrinterRow, grace: bool) -> Self {
        match row.link {
            Link::Unheard if grace => return Self::Unheard,
            Link::Silent | Link::Unheard => return Self::Silent,
            Link::Live => {}
        }
        if row.plate.as_ref().is_some_and(|plate| plate.state == LeaseState::Unknown) {
            return Self::Look;
        }
        match row.activity {
            None => Self::Unheard,
            Some(Activity::Offline) if row.waits_for == Some(WaitsFor::Key) => Self::Key,
            Some(Activity::Offline) => Self::Offline,
            Some(Activity::Idle) => Self::of_idle(row),
            Some(Activity::Preparing) => Self::Preparing,
            Some(Activity::Starting) => Self::Starting,
            Some(Activity::Printing) => Self::Printing,
            Some(Activity::Paused) => Self::Paused,
            Some(Activity::Finishing) => Self::Finishing,
            Some(Activity::Foreign) => Self::Foreign,
            Some(Activity::Faulted) => Self::Faulted,
            Some(Activity::Unknown) => Self::Look,
            Some(Activity::Other) => Self::Other,
        }
    }

    fn of_idle(row: &PrinterRow) -> Self {
        match row.waits_for {
            Some(WaitsFor::BedClear) => Self::BedClear,
            Some(WaitsFor::Look) => Self::Look,
            Some(WaitsFor::Resume) => Self::Resume,
            Some(WaitsFor::Hours) => Self::Hours,
            Some(WaitsFor::ForeignPrint) => Self::Foreign,
            Some(WaitsFor::Disk) => Self::Disk,
            Some(WaitsFor::Key) => Self::Key,
            Some(WaitsFor::Printer) => Self::Offline,
            Some(WaitsFor::Other) => Self::Other,
            None if row.bed == Some(Bed::Occupied) => Self::BedClear,
            None => Self::Ready,
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Printing | Self::Finishing | Self::Starting | Self::Preparing => Kind::Working,
            Self::Ready => Kind::Ready,
            Self::Look
            | Self::Faulted
            | Self::Silent
            | Self::BedClear
            | Self::Key
            | Self::Disk
            | Self::Paused => Kind::Person,
            Self::Resume
            | Self::Hours
            | Self::Foreign
            | Self::Offline
            | Self::Unheard
            | Self::Other => Kind::Away,
        }
    }

    /// Returns the word it is sent by.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Faulted => "faulted",
            Self::Silent => "silent",
            Self::BedClear => "bed_clear",
            Self::Key => "key",
            Self::Disk => "disk",
            Self::Resume => "resume",
            Self::Paused => "paused",
            Self::Printing => "printing",
            Self::Finishing => "finishing",
            Self::Starting => "starting",
            Self::Preparing => "preparing",
            Self::Ready => "ready",
            Self::Hours => "hours",
            Self::Foreign => "foreign",
            Self::Offline => "offline",
            Self::Unheard => "unheard",
            Self::Other => "other",
        }
    }

    /// Returns all of them, for the list of words that a page carries.
    pub(super) const ALL: [Self; 18] = [
        Self::Look,
        Self::Faulted,
        Self::Silent,
        Self::BedClear,
        Self::Key,
        Self::Disk,
        Self::Resume,
        Self::Paused,
        Self::Printing,
        Self::Finishing,
        Self::Starting,
        Self::Preparing,
        Self::Ready,
        Self::Hours,
        Self::Foreign,
        Self::Offline,
        Self::Unheard,
        Self::Other,
    ];
}

impl Kind {
    /// Returns the word it is sent by.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Ready => "ready",
            Self::Person => "person",
            Self::Away => "away",
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

/// Never 100 before the end is seen.
fn percent(fraction: f32) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped; NaN becomes 0"
    )]
    let percent = (fraction * 100.0).clamp(0.0, 100.0) as u8;
    percent
}

fn degrees(celsius: f32) -> Option<i32> {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what a display shows")]
    let whole = celsius.clamp(-99.0, 999.0).round() as i32;
    celsius.is_finite().then_some(whole)
}
