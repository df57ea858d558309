//! The printers, as they are now.

use axum::Json;
use axum::extract::State;

use super::paging::{Page, Paging};
use crate::dispatch::board::PrinterRow;
use crate::web::Shared;
use crate::web::answer::{Asked, Failure};
use crate::web::caller::Reader;

/// Returns the printers, by agent and name.
#[utoipa::path(
    get, path = "/printers", tag = "printers", params(Paging),
    responses((status = 200, body = Page<PrinterRow>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<PrinterRow>>, Failure> {
    Ok(Json(paging.cut(&app.site.brain.board().printers)?))
}
