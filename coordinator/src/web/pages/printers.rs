//! All printers, ten or five thousand: searched, filtered and ordered by the server, page by page.

mod query;

use std::collections::BTreeSet;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub(in crate::web) use self::query::{Query, escaped};
use super::{Frame, home, page, words};
use crate::web::Shared;
use crate::web::answer::{Asked, At, Failure, see};
use crate::web::caller::Reader;
use crate::web::text::Language;
use crate::web::view::{PrinterView, View};

/// Printers that a browser lays out together: what is far from the screen costs nothing, one batch
/// at a time. Whole rows of one to four cards.
const BATCH: usize = 24;

#[derive(Template)]
#[template(path = "printers.html")]
struct Printers {
    frame: Frame,
    view: View,
    shown: Vec<PrinterView>,
    cells: Vec<&'static str>,
    query: Query,
    /// How many there are that were asked for.
    found: usize,
    page: usize,
    pages: usize,
    materials: BTreeSet<String>,
    places: BTreeSet<String>,
    words: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
}

impl Printers {
    fn batches(&self) -> std::slice::Chunks<'_, PrinterView> {
        self.shown.chunks(BATCH)
    }
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    Asked(query): Asked<Query>,
) -> Response {
    let view = app.view();
    let found = query.found(&view);
    let slot = query.slot(found.len());
    let materials = view.printers.iter().flat_map(|row| row.materials.iter().cloned()).collect();
    let places = view.printers.iter().filter_map(|row| row.place.clone()).collect();
    let printers = Printers {
        shown: slot.of(&found).iter().copied().cloned().collect(),
        cells: home::cells(&view),
        found: found.len(),
        page: slot.at,
        pages: slot.pages,
        materials,
        places,
        words: words::all(t),
        kinds: words::kinds(),
        frame: Frame::new(&app, t, Some(caller), "/printers").alerting(&view),
        query,
        view,
    };
    page(StatusCode::OK, &printers)
}

/// Which printers a page shows, and in which order.
#[derive(Debug, Serialize)]
struct Order {
    /// How many there are on all pages of the list.
    found: usize,
    /// By number on the stream.
    numbers: Vec<u32>,
}

/// Tells an open page which printers it would show now.
pub(super) async fn order(
    State(app): State<Shared>,
    _: Reader,
    Asked(query): Asked<Query>,
) -> Response {
    let view = app.view();
    let found = query.found(&view);
    let shown = query.slot(found.len()).of(&found).iter();
    let numbers = shown.map(|row| row.number).collect();
    Json(Order { found: found.len(), numbers }).into_response()
}

/// Leads to the printer with this number on the stream: what a cell of the strip knows.
pub(super) async fn at(
    State(app): State<Shared>,
    _: Reader,
    At(number): At<u32>,
) -> Result<Response, Failure> {
    let view = app.view();
    Ok(see(&format!("/printers/{}", numbered(&view, number)?.key)))
}

/// What is said of a cell of the strip.
#[derive(Debug, Serialize)]
struct Named {
    title: String,
    /// What it does, in the reader's language.
    state: String,
}

/// Tells which printer has this number on the stream, and what it does.
pub(super) async fn name(
    State(app): State<Shared>,
    _: Reader,
    t: Language,
    At(number): At<u32>,
) -> Result<Response, Failure> {
    let view = app.view();
    let row = numbered(&view, number)?;
    let named = Named { title: row.title.clone(), state: t.word("doing", row.doing.code()) };
    Ok(Json(named).into_response())
}

fn numbered(view: &View, number: u32) -> Result<&PrinterView, Failure> {
    view.printers.iter().find(|row| row.number == number).ok_or_else(|| {
        Failure::missing(format!("there is no printer number {number}"))
            .in_french(format!("il n’y a pas d’imprimante numéro {number}"))
    })
}
