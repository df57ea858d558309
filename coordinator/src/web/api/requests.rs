//! What is asked for.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use visorfarm_protocol::id::RequestId;

use super::paging::{Page, Paging};
use crate::dispatch::board::{Board, RequestRow};
use crate::dispatch::{Answer, Event, NewRequest, Rank, Refused};
use crate::web::Shared;
use crate::web::answer::{Asked, At, Body, ErrorBody, Failure, granted};
use crate::web::caller::{Dispatcher, Reader};

/// Good pieces that reached the requester.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with pieces")]
pub(super) struct Delivery {
    /// How many.
    #[schema(example = 4)]
    pieces: i64,
}

/// Returns the requests, oldest first.
#[utoipa::path(
    get, path = "/requests", tag = "requests", params(Paging),
    responses((status = 200, body = Page<RequestRow>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<RequestRow>>, Failure> {
    let board = app.site.brain.board();
    let window = paging.window()?;
    let after = |row: &&RequestRow| window.after < row.id.0;
    let oldest_first = board.requests.iter().rev().filter(after);
    let items = oldest_first.take(window.limit as usize).cloned().collect();
    Ok(Json(Page::new(items, window, |row| row.id.0)))
}

/// Asks for pieces of a design. A day that is over is refused.
#[utoipa::path(
    post, path = "/requests", tag = "requests", request_body = NewRequest,
    responses(
        (status = 201, body = RequestRow, headers(("Location" = String))),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn create(
    State(app): State<Shared>,
    _: Dispatcher,
    Body(new): Body<NewRequest>,
) -> Result<impl IntoResponse, Failure> {
    app.timely(new.rank(), None)?;
    match granted(app.site.brain.put(Event::Requested(new)).await?)? {
        Answer::Opened(id) => {
            let place = format!("/api/v1/requests/{id}");
            let row = find(&app.site.brain.board(), id)?;
            Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(row)))
        }
        Answer::Done | Answer::Refused(_) | Answer::Later => {
            unreachable!("a request that is not refused is opened")
        }
    }
}

/// Returns a request.
#[utoipa::path(
    get, path = "/requests/{id}", tag = "requests", params(("id" = u64, Path)),
    responses((status = 200, body = RequestRow), (status = 404, body = ErrorBody)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn show(
    State(app): State<Shared>,
    _: Reader,
    At(id): At<String>,
) -> Result<Json<RequestRow>, Failure> {
    Ok(Json(find(&app.site.brain.board(), number(&id)?)?))
}

/// Cancels a request. What is printing for it ends normally.
#[utoipa::path(
    post, path = "/requests/{id}/cancel", tag = "requests", params(("id" = u64, Path)),
    responses((status = 200, body = RequestRow), (status = 404, body = ErrorBody)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn cancel(
    State(app): State<Shared>,
    _: Dispatcher,
    At(id): At<String>,
) -> Result<Json<RequestRow>, Failure> {
    let request = number(&id)?;
    granted(app.site.brain.put(Event::RequestCancelled { request }).await?)?;
    Ok(Json(find(&app.site.brain.board(), request)?))
}

/// Says how pressing a request is. Printers that become free print what is most pressing first. A day
/// that is over is refused, unless it is the request's already.
#[utoipa::path(
    post, path = "/requests/{id}/rank", tag = "requests", params(("id" = u64, Path)),
    request_body = Rank,
    responses(
        (status = 200, body = RequestRow),
        (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn rank(
    State(app): State<Shared>,
    _: Dispatcher,
    At(id): At<String>,
    Body(rank): Body<Rank>,
) -> Result<Json<RequestRow>, Failure> {
    let request = number(&id)?;
    let rank = app.timely(rank, Some(request))?;
    granted(app.site.brain.put(Event::RequestRanked { request, rank }).await?)?;
    Ok(Json(find(&app.site.brain.board(), request)?))
}

/// Notes that good pieces reached the requester.
#[utoipa::path(
    post, path = "/requests/{id}/deliveries", tag = "requests", params(("id" = u64, Path)),
    request_body = Delivery,
    responses(
        (status = 200, body = RequestRow),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn deliver(
    State(app): State<Shared>,
    _: Dispatcher,
    At(id): At<String>,
    Body(Delivery { pieces }): Body<Delivery>,
) -> Result<Json<RequestRow>, Failure> {
    let request = number(&id)?;
    granted(app.site.brain.put(Event::Delivered { request, pieces }).await?)?;
    Ok(Json(find(&app.site.brain.board(), request)?))
}

fn number(text: &str) -> Result<RequestId, Failure> {
    let shown: String = text.chars().take(40).collect();
    text.parse().map(RequestId).map_err(|_| {
        Failure::missing(format!("there is no request {shown:?}: requests have numbers"))
    })
}

fn find(board: &Board, request: RequestId) -> Result<RequestRow, Failure> {
    let found = board.requests.iter().find(|row| row.id == request);
    found.cloned().ok_or_else(|| Refused::Request { request }.into())
}
