//! The printers, as they are now.

use axum::Json;
use axum::extract::State;

use super::paging::{Page, Paging};
use crate::dispatch::board::PrinterRow;
use crate::web::Shared;
use crate::web::answer::{Asked, At, ErrorBody, Failure};
use crate::web::caller::Reader;
use crate::web::camera::Picture;

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

/// Returns what the camera of a printer saw last, a JPEG or PNG: where its maker allows it, while it
/// prints for the farm, and for ten minutes.
#[utoipa::path(
    get, path = "/printers/{agent}/{printer}/camera", tag = "printers",
    params(("agent" = String, Path), ("printer" = String, Path)),
    responses(
        (status = 200, content_type = "image/jpeg", body = Vec<u8>),
        (status = 404, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn camera(
    State(app): State<Shared>,
    _: Reader,
    At((agent, printer)): At<(String, String)>,
) -> Result<Picture, Failure> {
    let board = app.site.brain.board();
    let meant = |row: &&PrinterRow| row.agent.as_str() == agent && row.printer.as_str() == printer;
    let row = board.printers.iter().find(meant);
    let seen = row.and_then(|row| app.cameras.of(row, app.site.clock.now()));
    seen.ok_or_else(|| Failure::missing(format!("there is no picture of {agent}/{printer} now")))
}
