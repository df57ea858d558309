//! What the page of one printer shows: what happened to it, its plates, and the G-code that there is for it.

use std::sync::Arc;

use super::tables::{number, some, text, titles};
use super::{Cell, Sheet, plates};
use crate::clock::Timestamp;
use crate::dispatch::board::Board;
use crate::store::log::{LogRecord, Mark, What};
use crate::store::report::Plates;
use crate::web::App;
use crate::web::answer::Failure;
use crate::web::pages::{Fit, Verdict, channel_code, fits, happened, why};
use crate::web::text::Language;

/// The most entries of a log in a sheet: those of ten years in which a printer prints every hour.
const LOG_MAX: u32 = 500_000;

/// The most files of a printer in a sheet. Each is read once.
const FILES_MAX: usize = 1_000;

/// A table about one printer, by its name in the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Log,
    Plates,
    Gcode,
}

impl Table {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "log" => Self::Log,
            "plates" => Self::Plates,
            "gcode" => Self::Gcode,
            _ => return None,
        })
    }

    /// Returns the table of the printer called `printer` beside `agent`.
    pub(super) async fn sheet(
        self,
        app: &Arc<App>,
        (agent, printer): (String, String),
        t: Language,
    ) -> Result<Sheet, Failure> {
        let board = app.site.brain.board();
        let known = board.printers.iter().position(|row| {
            (row.agent.as_str(), row.printer.as_str()) == (agent.as_str(), printer.as_str())
        });
        let Some(place) = known else {
            let french = format!("il n’y a pas d’imprimante {agent}/{printer} dans cette ferme");
            let english = format!("there is no printer {agent}/{printer} in this farm");
            return Err(Failure::missing(english).in_french(french));
        };
        match self {
            Self::Log => {
                let read =
                    move |app: &App| app.site.history.log((&agent, &printer), Mark::end(), LOG_MAX);
                Ok(log(app.blocking(read).await?, t))
            }
            Self::Plates => {
                let wanted = Plates::Printer(agent, printer);
                app.blocking(move |app| plates::sheet(app, t, &wanted, 0)).await
            }
            Self::Gcode => Ok(gcode(app, &board, place, t).await),
        }
    }
}

fn log(records: Vec<LogRecord>, t: Language) -> Sheet {
    let keys = [
        "column-when",
        "column-what",
        "ask-design",
        "upload-revision",
        "ask-pieces",
        "column-request",
        "number-good",
        "number-bad",
        "column-seconds",
        "designs-notes",
    ];
    let row = |record: LogRecord| {
        let plate = record.plate.as_ref();
        let (good, bad, seconds) = match record.what {
            What::Judged { good, bad, .. } => (Some(good), Some(bad), None),
            What::Ended { seconds, .. } => (None, None, seconds),
            What::Granted
            | What::Moved(_)
            | What::Seen
            | What::Anomaly
            | What::MemoWritten
            | What::MemoRead
            | What::Frozen
            | What::Released => (None, None, None),
        };
        vec![
            Cell::Moment(Timestamp(record.mark.at)),
            text(&happened(record.what, t)),
            some(plate.map(|plate| plate.design.as_str())),
            some(plate.map(|plate| plate.revision.as_str())),
            number(plate.map(|plate| plate.pieces)),
            number(plate.and_then(|plate| plate.request)),
            number(good),
            number(bad),
            number(seconds),
            text(&record.note),
        ]
    };
    Sheet { columns: titles(t, &keys), rows: records.into_iter().map(row).collect() }
}

/// Returns a row for each thing that speaks against a file, and one for a file of which nothing is said.
async fn gcode(app: &Arc<App>, board: &Board, place: usize, t: Language) -> Sheet {
    let keys = [
        "ask-design",
        "upload-revision",
        "upload-channel",
        "ask-pieces",
        "designs-material",
        "column-seconds",
        "column-grams",
        "column-state",
        "column-why",
        "column-gravity",
        "slice-findings",
    ];
    let printer = &board.printers[place];
    let (fits, _more) = fits(app, board, printer, (FILES_MAX, t)).await;
    let mut rows = Vec::new();
    for Fit { revision, slice, verdict } in fits {
        let misfit = printer.terms().misfit(&slice.profile, &slice.slice).map(|it| why(it, t));
        let slice = &slice.slice;
        let about = vec![
            text(revision.design.as_str()),
            text(revision.revision.as_str()),
            text(&t.word("channel", channel_code(revision.channel))),
            number(Some(slice.pieces)),
            some(slice.material.as_deref()),
            number(slice.expected_seconds),
            number(slice.filament_grams),
            text(&t.text(if misfit.is_some() { "fit-no" } else { "fit-yes" })),
            some(misfit.as_deref()),
        ];
        let told = match verdict {
            Verdict::Judged(found) if found.is_empty() => {
                vec![[Cell::Empty, text(&t.text("slice-findings-none"))]]
            }
            Verdict::Judged(found) => {
                found.iter().map(|one| [text(&one.weight), text(&one.sentence)]).collect()
            }
            Verdict::Unjudged => vec![[Cell::Empty, text(&t.text("slice-profile-unknown"))]],
            Verdict::Gone => vec![[Cell::Empty, text(&t.text("fit-gone"))]],
        };
        rows.extend(told.into_iter().map(|told| about.iter().cloned().chain(told).collect()));
    }
    Sheet { columns: titles(t, &keys), rows }
}
