//! What is asked for, and the form that asks.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::paging::Slot;
use super::{Frame, page, words};
use crate::accounts::Role;
use crate::dispatch::{Event, NewRequest, NoDay, Priority, Rank};
use crate::web::Shared;
use crate::web::answer::{Asked as Queried, Failure, granted, see};
use crate::web::caller::{Caller, Dispatcher, Reader};
use crate::web::text::Language;
use crate::web::view::{RequestView, View, askable};

/// The form that asks for pieces, as it was filled in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    pub(super) design: String,
    pub(super) pieces: String,
    #[serde(default)]
    pub(super) title: String,
    #[serde(flatten)]
    pub(super) pressing: Pressing,
    /// What would follow, in words; nothing until somebody looked.
    #[serde(skip)]
    pub(super) ahead: String,
}

/// How pressing something is, as it was filled in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Pressing {
    #[serde(default)]
    pub(super) priority: Priority,
    /// A day, or nothing.
    #[serde(default)]
    pub(super) due: String,
}

impl Pressing {
    pub(super) fn rank(&self) -> Result<Rank, Failure> {
        let due = Some(self.due.trim()).filter(|day| !day.is_empty());
        let due = due.map(str::parse).transpose();
        let due = due.map_err(|error: NoDay| {
            let french = "ce jour n’existe pas : écrivez-le comme 2026-12-24";
            Failure::impossible(error.to_string()).in_french(french)
        })?;
        Ok(Rank { priority: self.priority, due })
    }
}

#[derive(Template)]
#[template(path = "requests.html")]
struct Requests {
    frame: Frame,
    view: View,
    shown: Vec<RequestView>,
    query: Query,
    /// How many stand before those that are shown, and on each page.
    before: usize,
    per: usize,
    page: usize,
    pages: usize,
    words: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    priorities: [Priority; 3],
    designs: Vec<String>,
    asked: Asked,
    blank: RequestView,
    /// Whether the reader may run the farm.
    runs: bool,
}

/// Requests on a page.
const PER_PAGE: usize = 40;

/// Which page of the requests is shown, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    page: usize,
}

impl Query {
    /// Returns the address of another page of the same list.
    #[expect(clippy::unused_self, reason = "the way between pages asks each list's query")]
    fn address(&self, page: usize) -> String {
        format!("/requests?page={page}")
    }
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    Queried(query): Queried<Query>,
) -> Response {
    page(StatusCode::OK, &requests(&app, t, caller, query))
}

fn requests(app: &Shared, t: Language, caller: Caller, query: Query) -> Requests {
    let board = app.site.brain.board();
    let view = View::new(&board, &app.known);
    let slot = Slot::new(query.page, view.requests.len(), PER_PAGE);
    Requests {
        shown: slot.of(&view.requests).to_vec(),
        query,
        before: slot.before(),
        per: slot.per,
        page: slot.at,
        pages: slot.pages,
        words: words::all(t),
        kinds: words::kinds(),
        priorities: Priority::ALL,
        designs: askable(&board),
        asked: Asked::default(),
        blank: RequestView::default(),
        runs: caller.role.covers(Role::Dispatcher),
        frame: Frame::new(app, t, Some(caller), "/requests").alerting(&view),
        view,
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
            let mut again = requests(&app, t, caller, Query::default());
            again.asked = asked;
            again.frame.notice = Some(failure.told(t));
            Ok(page(failure.status, &again))
        }
    }
}

async fn put(app: &Shared, asked: &Asked) -> Result<(), Failure> {
    let shown: String = asked.pieces.chars().take(40).collect();
    let pieces = asked.pieces.trim().parse().map_err(|_| {
        Failure::impossible(format!("{shown:?} is no number of pieces: write one like 12"))
            .in_french("écrivez combien de pièces, en chiffres, comme 12")
    })?;
    let design = asked.design.parse().map_err(|e| Failure::impossible(format!("{e}")))?;
    let Rank { priority, due } = app.timely(asked.pressing.rank()?, None)?;
    let new = NewRequest { priority, due, ..NewRequest::new(design, pieces, asked.title.trim()) };
    granted(app.site.brain.put(Event::Requested(new)).await?)?;
    Ok(())
}
