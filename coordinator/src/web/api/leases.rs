//! Leases, also those that are over.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use visorfarm_protocol::id::{LeaseId, NotALease};

use super::paging::{Page, RequestPaging, read};
use crate::dispatch::Event;
use crate::store::history::{History, LeaseRecord};
use crate::web::answer::{Asked, At, ErrorBody, Failure, granted};
use crate::web::caller::{Caller, Dispatcher, Reader};
use crate::web::{App, Shared};

/// Returns the leases, oldest first.
#[utoipa::path(
    get, path = "/leases", tag = "leases", params(RequestPaging),
    responses((status = 200, body = Page<LeaseRecord>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<RequestPaging>,
) -> Result<Json<Page<LeaseRecord>>, Failure> {
    read(&app, paging.window()?, History::leases, |row| row.row).await.map(Json)
}

/// Takes down that a failed print was seen: it needs nobody any more. A print is named by its lease and its
/// ordinal, like `1-17-0`.
#[utoipa::path(
    post, path = "/prints/{print}/seen", tag = "leases", params(("print" = String, Path)),
    responses(
        (status = 204),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn see(
    State(app): State<Shared>,
    Dispatcher(caller): Dispatcher,
    At(print): At<String>,
) -> Result<StatusCode, Failure> {
    take_sight(&app, &print, caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes down that somebody has seen how `print` failed.
pub(in crate::web) async fn take_sight(
    app: &App,
    print: &str,
    caller: Caller,
) -> Result<(), Failure> {
    let named = print
        .rsplit_once('-')
        .and_then(|(lease, ordinal)| Some((lease.parse::<LeaseId>().ok()?, ordinal.parse().ok()?)));
    let Some((lease, ordinal)) = named else {
        let shown: String = print.chars().take(40).collect();
        return Err(Failure::missing(format!("{shown} is no print: write one like 1-17-0")));
    };
    let event = Event::FailureSeen { lease, ordinal, by: caller.name };
    granted(app.site.brain.put(event).await?)?;
    Ok(())
}

/// Gives a lease up that its agent is silent about: its plate is offered again. If the print
/// happened after all, it still counts.
#[utoipa::path(
    post, path = "/leases/{id}/abandon", tag = "leases", params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn abandon(
    State(app): State<Shared>,
    _: Dispatcher,
    At(id): At<String>,
) -> Result<StatusCode, Failure> {
    let lease: LeaseId = id.parse().map_err(|e: NotALease| Failure::missing(e.to_string()))?;
    granted(app.site.brain.put(Event::LeaseAbandoned { lease }).await?)?;
    Ok(StatusCode::NO_CONTENT)
}
