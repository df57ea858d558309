//! The farm at a glance: numbers, what needs a person, requests, printers.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use visorfarm_protocol::id::{LeaseId, RequestId};

use super::{Frame, page, words};
use crate::accounts::Role;
use crate::clock::Timestamp;
use crate::dispatch::{Channel, Event, NewRequest};
use crate::web::Shared;
use crate::web::answer::{At, Failure, granted, see};
use crate::web::caller::{Caller, Dispatcher, Reader};
use crate::web::text::Language;
use crate::web::view::{Alert, PrinterView, RequestView, View};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    view: View,
    blank: Blank,
    words: Vec<(String, String)>,
    designs: Vec<String>,
    asked: Asked,
    /// Whether the reader may run the farm.
    runs: bool,
    now: Timestamp,
}

/// Rows that the script in the page copies for what is new.
#[derive(Default)]
struct Blank {
    alert: Alert,
    request: RequestView,
    printer: PrinterView,
}

/// The form that asks for pieces, as it was filled in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    design: String,
    pieces: String,
    #[serde(default)]
    title: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
) -> Response {
    page(StatusCode::OK, &home(&app, t, caller))
}

fn home(app: &Shared, t: Language, caller: Caller) -> Home {
    let board = app.site.brain.board();
    let mut designs: Vec<_> = board
        .revisions
        .iter()
        .filter(|row| matches!(row.channel, Channel::Clinical | Channel::Validated))
        .map(|row| row.design.to_string())
        .collect();
    designs.dedup();
    Home {
        view: View::new(&board, app.started),
        blank: Blank::default(),
        words: words::all(t),
        designs,
        asked: Asked::default(),
        runs: caller.role.covers(Role::Dispatcher),
        now: board.at,
        frame: Frame::new(app, t, Some(caller), "/"),
    }
}

/// Takes the form that asks for pieces; shows it again with what is wrong.
pub(super) async fn ask(
    State(app): State<Shared>,
    _: Dispatcher,
    Reader(caller): Reader,
    t: Language,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(asked) = form?;
    match put(&app, &asked).await {
        Ok(()) => Ok(see("/")),
        Err(failure) => {
            let mut home = home(&app, t, caller);
            home.asked = asked;
            home.frame.notice = Some(failure.sentence);
            Ok(page(failure.status, &home))
        }
    }
}

async fn put(app: &Shared, asked: &Asked) -> Result<(), Failure> {
    let shown: String = asked.pieces.chars().take(40).collect();
    let pieces = asked.pieces.trim().parse().map_err(|_| {
        Failure::impossible(format!("{shown:?} is no number of pieces: write one like 12"))
    })?;
    let design = asked.design.parse().map_err(|e| Failure::impossible(format!("{e}")))?;
    let title = asked.title.trim().to_owned();
    let new = NewRequest { design, revision: None, pieces, title };
    granted(app.site.brain.put(Event::Requested(new)).await?)?;
    Ok(())
}

pub(super) async fn cancel(
    State(app): State<Shared>,
    _: Dispatcher,
    At(id): At<u64>,
) -> Result<Response, Failure> {
    let event = Event::RequestCancelled { request: RequestId(id) };
    granted(app.site.brain.put(event).await?)?;
    Ok(see("/"))
}

pub(super) async fn abandon(
    State(app): State<Shared>,
    _: Dispatcher,
    At(id): At<String>,
) -> Result<Response, Failure> {
    let lease: LeaseId = id.parse().map_err(|e| Failure::missing(format!("{e}")))?;
    granted(app.site.brain.put(Event::LeaseAbandoned { lease }).await?)?;
    Ok(see("/"))
}
