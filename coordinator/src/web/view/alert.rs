//! Something that a person must settle, and how.

use serde::Serialize;
use visorfarm_protocol::message::End;

use super::doing::{Doing, Kind};
use super::printer::PrinterView;
use super::request::RequestView;
use crate::clock::Timestamp;
use crate::dispatch::board::{Board, Link, PrinterRow};
use crate::dispatch::{Day, PrinterKey};

/// How long a failed print is worth a look.
const FAILED_FOR_MILLIS: u64 = 24 * 3_600_000;

/// Something that a person must settle.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(in crate::web) struct Alert {
    pub(in crate::web) key: String,
    pub(in crate::web) trouble: Trouble,
    /// The printer that it is about, if it is about one.
    #[serde(skip)]
    pub(in crate::web) printer: Option<PrinterKey>,
    pub(in crate::web) title: String,
    /// Whose it is, and where.
    pub(in crate::web) whose: String,
    pub(in crate::web) note: Option<String>,
    /// The day by which it should have been printed.
    pub(in crate::web) due: Option<Day>,
    /// The page where more is said.
    pub(in crate::web) page: String,
    /// The agent whose maker can be written to.
    pub(in crate::web) agent: Option<String>,
    /// The lease that can be given up.
    pub(in crate::web) lease: Option<String>,
    /// The failed print that a person can say to have seen: its lease and its ordinal, `1-17-0`.
    pub(in crate::web) print: Option<String>,
    /// The agent that can be released.
    pub(in crate::web) frozen: Option<String>,
    /// Where a request is made more pressing, or given another day.
    pub(in crate::web) rank: Option<String>,
    /// Where G-code is published that one of the printers takes.
    pub(in crate::web) publish: Option<&'static str>,
    pub(in crate::web) since: Option<Timestamp>,
}

/// What is wrong, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::web) enum Trouble {
    /// A printer waits for its maker.
    Printer(Doing),
    /// The last print of a printer failed.
    Failed,
    /// No printer in the farm takes what a request asks for.
    Unwilling,
    /// A request is not printed by its day.
    Late,
}

/// Returns what needs a person.
pub(super) fn all(board: &Board, printers: &[PrinterView], requests: &[RequestView]) -> Vec<Alert> {
    let rows = board.printers.iter().zip(printers);
    let mut alerts: Vec<_> =
        rows.filter_map(|(row, view)| Alert::of_printer(board.at, row, view)).collect();
    alerts.extend(requests.iter().filter_map(Alert::of_request));
    alerts.sort_by(|a, b| (a.trouble, &a.key).cmp(&(b.trouble, &b.key)));
    alerts
}

impl Alert {
    fn of_printer(now: Timestamp, row: &PrinterRow, view: &PrinterView) -> Option<Self> {
        let failed = row.last.as_ref().filter(|last| {
            last.end == End::Failed
                && last.seen.is_none()
                && now.0.saturating_sub(last.at.0) < FAILED_FOR_MILLIS
        });
        let (trouble, note, since) = match (view.kind, failed) {
            (Kind::Person, _) => (Trouble::Printer(view.doing), view.fault.clone(), view.heard),
            // A printer that works again needs nobody.
            (Kind::Ready | Kind::Away, Some(last)) => {
                (Trouble::Failed, Some(last.note.clone()), Some(last.at))
            }
            (Kind::Working | Kind::Ready | Kind::Away, _) => return None,
        };
        // A person decides about the lease of a printer that cannot say anything of it itself.
        // While it lives, an agent that can remember nothing sees its print.
        let mute = [Doing::Silent, Doing::Forgotten].contains(&view.doing)
            || (view.doing == Doing::ReadOnly && row.link != Link::Live);
        let lease = row.plate.as_ref().filter(|_| mute);
        let print = failed.filter(|_| trouble == Trouble::Failed);
        Some(Self {
            key: view.key.clone(),
            trouble,
            printer: Some(PrinterKey { agent: row.agent.clone(), printer: row.printer.clone() }),
            title: view.title.clone(),
            whose: view.whose(),
            note: note.filter(|note| !note.is_empty()),
            due: None,
            page: format!("/printers/{}", view.key),
            agent: Some(row.agent.to_string()),
            lease: lease.map(|plate| plate.lease.to_string()),
            print: print.map(|last| format!("{}-{}", last.lease, last.ordinal)),
            rank: None,
            publish: None,
            frozen: (view.doing == Doing::Copied).then(|| row.agent.to_string()),
            since,
        })
    }

    fn of_request(request: &RequestView) -> Option<Self> {
        match &request.unwilling {
            Some(wants) => {
                let note = Some(wants.clone()).filter(|wants| !wants.is_empty());
                let publish = Some("/designs#publish");
                Some(Self { trouble: Trouble::Unwilling, note, publish, ..Self::about(request) })
            }
            None => request.late.then(|| Self::late(request)),
        }
    }

    fn late(request: &RequestView) -> Self {
        // The form stands in what unfolds when it is gone to.
        let rank = Some(format!("/requests/{}#rank", request.key));
        Self { trouble: Trouble::Late, due: request.due, rank, ..Self::about(request) }
    }

    fn about(request: &RequestView) -> Self {
        Self {
            key: format!("request/{}", request.key),
            title: format!("#{} {}", request.key, request.title),
            whose: request.design.clone(),
            page: format!("/requests/{}", request.key),
            since: Some(request.at),
            ..Self::default()
        }
    }
}

impl Default for Trouble {
    fn default() -> Self {
        Self::Printer(Doing::default())
    }
}

impl Serialize for Trouble {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl Trouble {
    /// Returns the word it is sent by.
    pub(in crate::web) fn code(self) -> &'static str {
        match self {
            Self::Printer(doing) => doing.code(),
            Self::Failed => "failed",
            Self::Unwilling => "unwilling",
            Self::Late => "late",
        }
    }

    /// Returns all that can need a person, for the list of words that a page carries.
    pub(in crate::web) fn all() -> impl Iterator<Item = Self> {
        let of_printers = Doing::ALL.into_iter().filter(|doing| doing.kind() == Kind::Person);
        of_printers.map(Self::Printer).chain([Self::Failed, Self::Unwilling, Self::Late])
    }
}
