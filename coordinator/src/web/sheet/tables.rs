//! Which tables there are, and what stands in them.

use super::{Cell, Sheet, Wanted, designs, makers, plates};
use crate::store::report::{By, Group, Plates};
use crate::web::App;
use crate::web::answer::Failure;
use crate::web::text::Language;

/// A table by its name in the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Printers,
    Requests,
    Makers,
    Revisions,
    Designs,
    Plates,
    Days,
    Materials,
    Causes,
}

impl Table {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "printers" => Self::Printers,
            "requests" => Self::Requests,
            "makers" => Self::Makers,
            "revisions" => Self::Revisions,
            "designs" => Self::Designs,
            "plates" => Self::Plates,
            "days" => Self::Days,
            "materials" => Self::Materials,
            "causes" => Self::Causes,
            _ => return None,
        })
    }

    /// Returns what is wanted of the table. Blocks for the disk.
    pub(super) fn sheet(self, app: &App, t: Language, wanted: &Wanted) -> Result<Sheet, Failure> {
        let since = wanted.since;
        let grouped = |by, key| grouped(app, t, (by, since), key);
        Ok(match self {
            Self::Printers => printers(app, t, wanted),
            Self::Requests => requests(app, t),
            Self::Plates => plates::sheet(app, t, &Plates::All, since)?,
            Self::Makers => makers::sheet(app, t, wanted)?,
            Self::Revisions => designs::sheet(app, t, wanted)?,
            Self::Designs => grouped(By::Revision, "ask-design")?,
            Self::Days => grouped(By::Day, "column-day")?,
            Self::Materials => grouped(By::Material, "designs-material")?,
            Self::Causes => Sheet {
                columns: vec![t.text("column-cause"), t.text("sums-failed")],
                rows: app.site.history.causes(since)?.into_iter().map(cause).collect(),
            },
        })
    }
}

fn printers(app: &App, t: Language, wanted: &Wanted) -> Sheet {
    let view = app.view();
    let keys = [
        "column-printer",
        "column-maker",
        "filter-place",
        "column-state",
        "designs-profile",
        "ask-design",
        "upload-revision",
        "ask-pieces",
        "column-request",
        "printer-progress",
        "column-end",
        "column-left",
        "filter-material",
        "column-nozzle",
        "column-bed",
        "printer-heard",
        "number-printed",
        "column-cause",
    ];
    let row = |row: &crate::web::view::PrinterView| {
        vec![
            text(&row.title),
            text(&row.maker),
            some(row.place.as_deref()),
            text(&t.word("doing", row.doing.code())),
            text(&row.profile),
            some(row.design.as_deref()),
            some(row.revision.as_deref()),
            number(row.pieces),
            number(row.request),
            number(row.percent),
            row.ends.map_or(Cell::Empty, Cell::Moment),
            number(row.filament),
            text(&row.materials.join("; ")),
            number(row.nozzle),
            number(row.bed),
            row.heard.map_or(Cell::Empty, Cell::Moment),
            Cell::Number(row.printed),
            some(row.fault.as_deref().map(|fault| t.cause(fault)).as_deref()),
        ]
    };
    Sheet {
        columns: titles(t, &keys),
        rows: wanted.printers.found(&view).into_iter().map(row).collect(),
    }
}

fn requests(app: &App, t: Language) -> Sheet {
    let view = app.view();
    let keys = [
        "column-request",
        "ask-title-field",
        "ask-design",
        "upload-revision",
        "column-when",
        "column-state",
        "ask-priority",
        "ask-due",
        "request-late",
        "number-wanted",
        "number-flight",
        "number-printed",
        "number-good",
        "number-bad",
        "number-delivered",
        "number-outstanding",
        "number-surplus",
        "finish-early",
        "finish-late",
    ];
    let row = |row: &crate::web::view::RequestView| {
        let n = row.numbers;
        vec![
            number(row.key.parse::<i64>().ok()),
            text(&row.title),
            text(&row.design),
            some(row.revision.as_deref()),
            Cell::Moment(row.at),
            text(&t.word("stage", row.stage.code())),
            text(&t.word("priority", row.priority.code())),
            some(row.due.map(|day| day.to_string()).as_deref()),
            some(row.late.then(|| t.text("request-late")).as_deref()),
            Cell::Number(n.wanted),
            number(Some(n.in_flight)),
            Cell::Number(n.printed),
            Cell::Number(n.good),
            Cell::Number(n.bad),
            Cell::Number(n.delivered),
            number(Some(n.outstanding)),
            number(Some(n.surplus)),
            row.finish.early.map_or(Cell::Empty, Cell::Moment),
            row.finish.late.map_or(Cell::Empty, Cell::Moment),
        ]
    };
    Sheet { columns: titles(t, &keys), rows: view.requests.iter().map(row).collect() }
}

fn grouped(app: &App, t: Language, (by, since): (By, u64), key: &str) -> Result<Sheet, Failure> {
    let rows = app.site.history.sums(by, since)?.into_iter().map(|group| {
        let mut row = vec![text(&group.key)];
        row.extend(summed(&group));
        row
    });
    let columns = titles(t, &[&[key][..], &SUMS].concat());
    Ok(Sheet { rows: rows.collect(), columns })
}

/// The columns of sums over prints.
pub(super) const SUMS: [&str; 10] = [
    "sums-completed",
    "sums-failed",
    "sums-cancelled",
    "sums-unknown",
    "column-success",
    "number-printed",
    "number-good",
    "number-bad",
    "column-seconds",
    "column-grams",
];

/// Returns the cells below [`SUMS`].
pub(super) fn summed(group: &Group) -> [Cell; SUMS.len()] {
    [
        number(Some(group.completed)),
        number(Some(group.failed)),
        number(Some(group.cancelled)),
        number(Some(group.unknown)),
        number(group.success_percent()),
        Cell::Number(group.printed),
        Cell::Number(group.good),
        Cell::Number(group.bad),
        number(Some(group.seconds)),
        number(Some(group.grams)),
    ]
}

fn cause((note, count): (String, u64)) -> Vec<Cell> {
    vec![text(&note), number(Some(count))]
}

pub(super) fn titles(t: Language, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| t.text(key)).collect()
}

pub(super) fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

pub(super) fn some(text: Option<&str>) -> Cell {
    text.map_or(Cell::Empty, |text| Cell::Text(text.to_owned()))
}

pub(super) fn number<N: TryInto<i64>>(number: Option<N>) -> Cell {
    number.map_or(Cell::Empty, |number| Cell::Number(number.try_into().unwrap_or(i64::MAX)))
}
