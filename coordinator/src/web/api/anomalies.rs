//! What agents said that cannot be.

use axum::Json;
use axum::extract::State;

use super::paging::{Page, Paging, read};
use crate::store::history::{AnomalyRecord, History};
use crate::web::Shared;
use crate::web::answer::{Asked, Failure};
use crate::web::caller::Reader;

/// Returns what agents said that cannot be, oldest first.
#[utoipa::path(
    get, path = "/anomalies", tag = "anomalies", params(Paging),
    responses((status = 200, body = Page<AnomalyRecord>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<AnomalyRecord>>, Failure> {
    read(&app, paging.window()?, History::anomalies, |row| row.id).await.map(Json)
}
