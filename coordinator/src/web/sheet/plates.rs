//! Plates, one in a row.

use std::collections::BTreeMap;

use super::tables::{number, text, titles};
use super::{Cell, Sheet};
use crate::clock::Timestamp;
use crate::store::report::{Part, Plates};
use crate::web::App;
use crate::web::answer::Failure;
use crate::web::text::Language;

/// The most plates in a sheet: what spreadsheet programs still open.
const PLATES_MAX: usize = 1_000_000;

/// Returns some of the plates, newest first. Blocks for the disk.
pub(super) fn sheet(app: &App, t: Language, wanted: &Plates, since: u64) -> Result<Sheet, Failure> {
    let all = Part { skip: 0, limit: PLATES_MAX };
    let plates = app.site.history.plates(wanted, all)?;
    let board = app.site.brain.board();
    let titles_of: BTreeMap<_, _> = board
        .printers
        .iter()
        .map(|row| ((row.agent.as_str(), row.printer.as_str()), row.title.as_str()))
        .collect();
    let mut names = app.known.names();
    let keys = [
        "column-when",
        "column-end",
        "column-maker",
        "column-printer",
        "column-request",
        "ask-design",
        "upload-revision",
        "ask-pieces",
        "column-state",
        "number-good",
        "number-bad",
        "column-seconds",
        "designs-notes",
    ];
    // By its end, as the sums count it; what is on a printer now belongs to any time.
    let plates = plates.into_iter().filter(|plate| since <= plate.ended.unwrap_or(u64::MAX));
    let rows = plates.map(|plate| {
        let maker = match plate.agent.parse() {
            Ok(agent) => names.maker(&agent).to_string(),
            Err(_) => plate.agent.clone(),
        };
        // One that has left is called by the name that its agent gave it.
        let printer = titles_of.get(&(plate.agent.as_str(), plate.printer.as_str()));
        let state = match (plate.state.as_str(), plate.detail.as_deref()) {
            ("ended", Some(end)) => t.word("end", end),
            (state, _) => t.word("lease", state),
        };
        vec![
            Cell::Moment(Timestamp(plate.at)),
            plate.ended.map_or(Cell::Empty, |at| Cell::Moment(Timestamp(at))),
            text(&maker),
            text(printer.copied().unwrap_or(&plate.printer)),
            number(plate.request),
            text(&plate.design),
            text(&plate.revision),
            number(Some(plate.pieces)),
            text(&state),
            number(plate.good),
            number(plate.bad),
            number(plate.seconds),
            text(&plate.note),
        ]
    });
    Ok(Sheet { rows: rows.collect(), columns: titles(t, &keys) })
}
