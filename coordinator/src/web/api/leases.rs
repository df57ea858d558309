//! Leases, also those that are over.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use visorfarm_protocol::id::{LeaseId, NotALease};

use super::paging::{Page, RequestPaging, read};
use crate::dispatch::Event;
use crate::store::history::{History, LeaseRecord};
use crate::web::Shared;
use crate::web::answer::{Asked, At, ErrorBody, Failure, granted};
use crate::web::caller::{Dispatcher, Reader};

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
