//! What may be printed, and what in the drop folder cannot be taken.

use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::paging::{Page, Paging};
use super::upload::{self, Fields, Upload};
use crate::dispatch::board::RevisionRow;
use crate::dispatch::{Event, Slice};
use crate::intake::Problem;
use crate::web::Shared;
use crate::web::answer::{Asked, At, Body, ErrorBody, Failure, granted};
use crate::web::caller::{Dispatcher, Reader};

/// Designs, and what is wrong in the drop folder.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Designs {
    /// The revisions, by design, newest first.
    items: Vec<RevisionRow>,
    /// What to pass as `after` for the revisions that follow; null at the end.
    next: Option<u64>,
    /// Files in the drop folder that cannot be taken.
    problems: Vec<Problem>,
}

/// Why a revision must not be started any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with why")]
pub(super) struct Withdrawal {
    /// For the makers to read.
    #[schema(example = "the band breaks at the clip")]
    why: String,
}

pub(super) fn routes() -> Router<Shared> {
    // The file is bounded while it is read; the limit for other bodies would cut it.
    let upload = post(upload).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/designs", get(list).merge(upload))
        .route("/designs/{design}/{revision}/withdraw", post(withdraw))
}

/// Returns the revisions of all designs, and what is wrong in the drop folder.
#[utoipa::path(
    get, path = "/designs", tag = "designs", params(Paging),
    responses((status = 200, body = Designs)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Designs>, Failure> {
    let Page { items, next } = paging.cut(&app.site.brain.board().revisions)?;
    Ok(Json(Designs { items, next, problems: app.site.intake.problems() }))
}

/// Publishes one G-code file: fields first (`design`, `revision`, `profile`, and either `label`
/// with the TOML or `pieces`, `material`, `notes`, `channel`), the file `gcode` last.
#[utoipa::path(
    post, path = "/designs", tag = "designs",
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = Slice),
        (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn upload(
    State(app): State<Shared>,
    _: Dispatcher,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, Json<Slice>), Failure> {
    let form = form.map_err(|rejection| {
        Failure::new(rejection.status(), format!("send multipart/form-data: {rejection}"))
    })?;
    Ok((StatusCode::CREATED, Json(upload::take(&app.site.intake, form, &mut Fields::new()).await?)))
}

/// Withdraws a revision: it leaves the queue at once, and running prints end normally.
#[utoipa::path(
    post, path = "/designs/{design}/{revision}/withdraw", tag = "designs",
    params(("design" = String, Path), ("revision" = String, Path)),
    request_body = Withdrawal,
    responses((status = 204), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn withdraw(
    State(app): State<Shared>,
    _: Dispatcher,
    At((design, revision)): At<(String, String)>,
    Body(Withdrawal { why }): Body<Withdrawal>,
) -> Result<StatusCode, Failure> {
    if why.trim().is_empty() {
        return Err(Failure::impossible("say why, in a few words: makers read it"));
    }
    let event = Event::RevisionWithdrawn {
        design: design.parse().map_err(|e| Failure::missing(format!("{e}")))?,
        revision: revision.parse().map_err(|e| Failure::missing(format!("{e}")))?,
        why: visorfarm_protocol::text::quote(&why),
    };
    granted(app.site.brain.put(event).await?)?;
    Ok(StatusCode::NO_CONTENT)
}
