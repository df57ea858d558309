//! One request: what is printed for it and was, and the forms that change it, cancel it, and give up a plate of it.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use visorfarm_protocol::id::{LeaseId, RequestId};

use super::plate::{self, Plate};
use super::requests::Pressing;
use super::{Frame, page, words};
use crate::accounts::Role;
use crate::dispatch::{Event, Priority};
use crate::store::report::Plates;
use crate::web::Shared;
use crate::web::answer::{Asked, At, Failure, granted, see};
use crate::web::caller::{Caller, Dispatcher, Reader};
use crate::web::text::Language;
use crate::web::view::{PrinterView, RequestView, View};

#[derive(Template)]
#[template(path = "request.html")]
struct One {
    frame: Frame,
    view: View,
    row: RequestView,
    /// What is being printed for it.
    printers: Vec<PrinterView>,
    /// What was printed for it, newest first.
    plates: Vec<Plate>,
    query: PlatesQuery,
    page: usize,
    pages: usize,
    words: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    priorities: [Priority; 3],
    /// How pressing it is, or was to be by a form that was just refused.
    pressing: Pressing,
    runs: bool,
}

/// Which page of a request's plates is shown, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlatesQuery {
    plates: usize,
}

impl PlatesQuery {
    /// Returns the address of another page of the same list.
    #[expect(clippy::unused_self, reason = "the way between pages asks each list's query")]
    fn address(&self, page: usize) -> String {
        format!("?plates={page}#plates")
    }
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    At(id): At<u64>,
    Asked(query): Asked<PlatesQuery>,
) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &one(&app, t, caller, (id, query)).await?))
}

async fn one(
    app: &Shared,
    t: Language,
    caller: Caller,
    (id, query): (u64, PlatesQuery),
) -> Result<One, Failure> {
    let view = app.view();
    let Some(row) = view.requests.iter().find(|row| row.key == id.to_string()).cloned() else {
        let french = format!("il n’y a pas de demande {id}");
        return Err(Failure::missing(format!("there is no request {id}")).in_french(french));
    };
    let (wanted, asked) = (Plates::Request(id), query.plates);
    let (plates, slot) = app.blocking(move |app| plate::read(app, &wanted, asked)).await?;
    let plates = plates.iter().map(|plate| Plate::new(plate, &view, t)).collect();
    let prints = |printer: &&PrinterView| printer.request == Some(id);
    Ok(One {
        printers: view.printers.iter().filter(prints).cloned().collect(),
        plates,
        query,
        page: slot.at,
        pages: slot.pages,
        words: words::all(t),
        kinds: words::kinds(),
        priorities: Priority::ALL,
        pressing: Pressing { priority: row.priority, due: row.due_text() },
        runs: caller.role.covers(Role::Dispatcher),
        frame: Frame::new(app, t, Some(caller), "/requests").alerting(&view),
        row,
        view,
    })
}

pub(super) async fn cancel(
    State(app): State<Shared>,
    _: Dispatcher,
    At(id): At<u64>,
) -> Result<Response, Failure> {
    let event = Event::RequestCancelled { request: RequestId(id) };
    granted(app.site.brain.put(event).await?)?;
    Ok(see(&format!("/requests/{id}")))
}

/// Takes the form that makes a request more or less pressing; shows it again with what is wrong.
pub(super) async fn rank(
    State(app): State<Shared>,
    Dispatcher(caller): Dispatcher,
    t: Language,
    At(id): At<u64>,
    form: Result<Form<Pressing>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(pressing) = form?;
    match put_rank(&app, RequestId(id), &pressing).await {
        Ok(()) => Ok(see(&format!("/requests/{id}"))),
        Err(failure) => {
            let mut again = one(&app, t, caller, (id, PlatesQuery::default())).await?;
            again.pressing = pressing;
            again.frame.notice = Some(failure.told(t));
            Ok(page(failure.status, &again))
        }
    }
}

/// Leads whoever opens the address of a refused form again to its page.
pub(super) async fn unranked(At(id): At<u64>) -> Response {
    see(&format!("/requests/{id}"))
}

async fn put_rank(app: &Shared, request: RequestId, pressing: &Pressing) -> Result<(), Failure> {
    let rank = app.timely(pressing.rank()?, Some(request))?;
    let event = Event::RequestRanked { request, rank };
    granted(app.site.brain.put(event).await?)?;
    Ok(())
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
