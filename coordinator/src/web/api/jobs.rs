//! Plates, also those that are over.

use axum::Json;
use axum::extract::State;

use super::paging::{Page, RequestPaging, read};
use crate::store::history::{History, JobRecord};
use crate::web::Shared;
use crate::web::answer::{Asked, Failure};
use crate::web::caller::Reader;

/// Returns the jobs, oldest first.
#[utoipa::path(
    get, path = "/jobs", tag = "jobs", params(RequestPaging),
    responses((status = 200, body = Page<JobRecord>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<RequestPaging>,
) -> Result<Json<Page<JobRecord>>, Failure> {
    read(&app, paging.window()?, History::jobs, |row| row.id).await.map(Json)
}
