//! How prints ended.

use axum::Json;
use axum::extract::State;

use super::paging::{Page, RequestPaging, read};
use crate::store::history::{History, OutcomeRecord};
use crate::web::Shared;
use crate::web::answer::{Asked, Failure};
use crate::web::caller::Reader;

/// Returns how prints ended, oldest first.
#[utoipa::path(
    get, path = "/outcomes", tag = "outcomes", params(RequestPaging),
    responses((status = 200, body = Page<OutcomeRecord>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<RequestPaging>,
) -> Result<Json<Page<OutcomeRecord>>, Failure> {
    read(&app, paging.window()?, History::outcomes, |row| row.row).await.map(Json)
}
