//! The ledger: every number shown anywhere is a sum over it.

use axum::Json;
use axum::extract::State;

use super::paging::{Page, RequestPaging, read};
use crate::store::history::{EntryRecord, History};
use crate::web::Shared;
use crate::web::answer::{Asked, Failure};
use crate::web::caller::Reader;

/// Returns the lines of the ledger, oldest first.
#[utoipa::path(
    get, path = "/ledger", tag = "ledger", params(RequestPaging),
    responses((status = 200, body = Page<EntryRecord>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<RequestPaging>,
) -> Result<Json<Page<EntryRecord>>, Failure> {
    read(&app, paging.window()?, History::ledger, |row| row.id).await.map(Json)
}
