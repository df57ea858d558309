//! One printer: what it does, what it told of late, and all its prints.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use visorfarm_protocol::status::BedCare;

use super::findings::{self, Fitting, Verdict};
use super::log::{self, Log};
use super::plate::{self, Plate};
use super::plot::Plot;
use super::{Frame, page, words};
use crate::accounts::Role;
use crate::dispatch::board::PrinterRow;
use crate::store::log::Mark;
use crate::store::report::{By, Group, Plates};
use crate::web::Shared;
use crate::web::answer::{Asked, At, Failure, see};
use crate::web::api::take_sight;
use crate::web::caller::{Dispatcher, Reader};
use crate::web::camera::Picture;
use crate::web::text::Language;
use crate::web::view::{Alert, PrinterView, View};

#[derive(Template)]
#[template(path = "printer.html")]
struct One {
    frame: Frame,
    view: View,
    row: PrinterView,
    /// What it needs, if it needs somebody.
    alert: Option<Alert>,
    known: PrinterRow,
    consent: Vec<(String, String)>,
    sums: Group,
    plot: Option<Plot>,
    /// What its camera saw last, if that may be shown.
    camera: Option<Picture>,
    plates: Vec<Plate>,
    /// Which page of its plates is shown, and of how many.
    page: usize,
    pages: usize,
    query: Query,
    /// The G-code that there is for it, and how much of it is not shown.
    fittings: Vec<Fitting>,
    unshown: usize,
    log: Log,
    words: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    runs: bool,
}

/// Which part of its past is shown, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    /// Which page of its plates.
    plates: usize,
    /// The place in the log before which the shown part ends; empty for its end.
    log: String,
}

impl Query {
    /// Returns the address of another page of the plates.
    fn address(&self, page: usize) -> String {
        let log = if self.log.is_empty() { String::new() } else { format!("&log={}", self.log) };
        format!("?plates={page}{log}#plates")
    }

    /// Returns the address of another part of the log; of its end if nothing is said.
    fn log_address(&self, before: Option<&Mark>) -> String {
        let log = before.map_or_else(String::new, |mark| format!("&log={mark}"));
        format!("?plates={}{log}#log", self.plates.max(1))
    }
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    At((agent, printer)): At<(String, String)>,
    Asked(query): Asked<Query>,
) -> Result<Response, Failure> {
    let board = app.site.brain.board();
    let view = View::new(&board, &app.known);
    let key = format!("{agent}/{printer}");
    let place = view.printers.iter().position(|row| row.key == key);
    let Some(place) = place else {
        let french = format!("il n’y a pas d’imprimante {key} dans cette ferme");
        let english = format!("there is no printer {key} in this farm");
        return Err(Failure::missing(english).in_french(french));
    };
    let before = match query.log.as_str() {
        "" => None,
        mark => Some(mark.parse::<Mark>().map_err(|no_mark| {
            let french = "ce n’est pas un endroit de la liste : revenez à son début";
            Failure::unreadable(no_mark.to_string()).in_french(french)
        })?),
    };
    let wanted = Plates::Printer(agent.clone(), printer.clone());
    let asked = query.plates;
    let ((plates, slot), sums, records) = app
        .blocking(move |app| {
            let history = &app.site.history;
            let end = before.unwrap_or_else(Mark::end);
            Ok::<_, Failure>((
                plate::read(app, &wanted, asked)?,
                history.sums(By::Printer, 0)?,
                history.log((&agent, &printer), end, log::READ)?,
            ))
        })
        .await?;
    let (fittings, unshown) = findings::of(&app, &board, &board.printers[place], t).await;
    let (row, known) = (view.printers[place].clone(), board.printers[place].clone());
    let one = One {
        alert: view.alerts.iter().find(|alert| alert.key == key).cloned(),
        consent: consent(&known, t),
        sums: sums.into_iter().find(|group| group.key == key).unwrap_or_default(),
        camera: app.cameras.of(&known, app.site.clock.now()),
        plot: Plot::new(&app.traces.of(&key), t, view.at),
        plates: plates.iter().map(|plate| Plate::new(plate, &view, t)).collect(),
        page: slot.at,
        pages: slot.pages,
        query,
        fittings,
        unshown,
        log: Log::new(records, before.is_none(), (view.at, t)),
        words: words::all(t),
        kinds: words::kinds(),
        runs: caller.role.covers(Role::Dispatcher),
        frame: Frame::new(&app, t, Some(caller), "/printers").alerting(&view),
        row,
        known,
        view,
    };
    Ok(page(StatusCode::OK, &one))
}

/// Takes down that a person has seen how a print failed.
pub(super) async fn see_failure(
    State(app): State<Shared>,
    Dispatcher(caller): Dispatcher,
    At(print): At<String>,
) -> Result<Response, Failure> {
    take_sight(&app, &print, caller).await?;
    Ok(see("/"))
}

/// What a maker agrees to, by its words in the catalogue.
pub(in crate::web) const CONSENT: [&str; 5] =
    ["consent-hours", "consent-longest", "designs-material", "printer-bed", "consent-camera"];

/// Returns what a maker agrees to, as pairs of words.
pub(super) fn consent(row: &PrinterRow, t: Language) -> Vec<(String, String)> {
    let agreed = agreed(row, ", ", t).into_iter().flatten();
    CONSENT.into_iter().map(|key| t.text(key)).zip(agreed).collect()
}

/// Returns what a maker agrees to, in the order of [`CONSENT`], with `between` what stands in a list; nothing
/// if that was not told.
pub(in crate::web) fn agreed(
    row: &PrinterRow,
    between: &str,
    t: Language,
) -> Option<[String; CONSENT.len()]> {
    let consent = row.consent.as_ref()?;
    let or = |texts: &[String], otherwise: String| match texts {
        [] => otherwise,
        some => some.join(between),
    };
    let longest = consent.seconds_max.map(|seconds| t.span(seconds));
    let bed = match consent.bed {
        BedCare::ClearsItself => t.text("consent-bed-itself"),
        BedCare::Ask | BedCare::Other => t.text("consent-bed-ask"),
    };
    let camera = if consent.camera {
        t.text("consent-camera-prints")
    } else {
        t.text("consent-camera-never")
    };
    Some([
        or(&consent.hours, t.text("consent-always")),
        longest.unwrap_or_else(|| t.text("consent-no-limit")),
        or(&consent.materials, t.text("consent-any")),
        bed,
        camera,
    ])
}
