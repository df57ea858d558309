//! A plate in words, as requests and printers list them.

use super::paging::Slot;
use crate::clock::Timestamp;
use crate::store::report::{Part, PlateRecord, Plates};
use crate::web::App;
use crate::web::answer::Failure;
use crate::web::text::Language;
use crate::web::view::View;

/// Plates on a page of a list.
const PER_PAGE: usize = 50;

/// Reads a page of plates, newest first. Blocks for the disk.
pub(super) fn read(
    app: &App,
    plates: &Plates,
    page: usize,
) -> Result<(Vec<PlateRecord>, Slot), Failure> {
    let slot = Slot::new(page, app.site.history.plates_count(plates)?, PER_PAGE);
    let part = Part { skip: slot.before(), limit: slot.per };
    Ok((app.site.history.plates(plates, part)?, slot))
}

/// A plate in words; what is not known is empty.
pub(super) struct Plate {
    /// When it ended or was granted, in milliseconds since 1970, and as a clock time.
    pub(super) at: u64,
    pub(super) when: String,
    pub(super) printer: String,
    /// The printer's page.
    pub(super) page: String,
    pub(super) request: Option<u64>,
    pub(super) design: String,
    pub(super) pieces: u32,
    pub(super) state: String,
    pub(super) kind: &'static str,
    pub(super) took: String,
    pub(super) good: String,
    pub(super) note: String,
    /// The page of its label, if it came off a bed.
    pub(super) label: Option<String>,
}

impl Plate {
    pub(super) fn new(plate: &PlateRecord, view: &View, t: Language) -> Self {
        let key = format!("{}/{}", plate.agent, plate.printer);
        let known = view.printers.iter().find(|printer| printer.key == key);
        let (state, kind) = match (plate.state.as_str(), plate.detail.as_deref()) {
            ("ended", Some(end)) => (t.word("end", end), end_kind(end)),
            ("printing", _) => (t.word("lease", "printing"), "working"),
            ("unknown", _) => (t.word("lease", "unknown"), "person"),
            (state, _) => (t.word("lease", state), "away"),
        };
        let at = plate.ended.unwrap_or(plate.at);
        let good = plate.good.zip(plate.bad.or(Some(0)));
        Self {
            at,
            when: t.clock(&Timestamp(at), &view.at),
            printer: known.map_or_else(|| key.clone(), |printer| printer.title.clone()),
            page: format!("/printers/{key}"),
            request: plate.request,
            design: format!("{} {}", plate.design, plate.revision),
            pieces: plate.pieces,
            state,
            kind,
            took: plate.seconds.map(|seconds| t.span(seconds)).unwrap_or_default(),
            good: good.map(|(good, _)| t.number(good)).unwrap_or_default(),
            note: plate.note.clone(),
            label: plate.is_printed().then(|| format!("/plates/{}/label", plate.lease)),
        }
    }
}

fn end_kind(end: &str) -> &'static str {
    match end {
        "completed" => "ready",
        "failed" | "unknown" => "person",
        _ => "away",
    }
}
