//! Labels for what was printed, to be stuck on the bag that it goes in.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder};
use serde::Deserialize;
use visorfarm_protocol::id::LeaseId;

use super::{Frame, page};
use crate::clock::Timestamp;
use crate::store::report::{Part, PlateRecord, Plates};
use crate::web::answer::{Asked, At, Failure};
use crate::web::caller::Reader;
use crate::web::text::Language;
use crate::web::{App, Shared};

/// The most labels of one plate: a sheet of paper has room for twelve.
const COPIES_MAX: u32 = 24;

/// How many labels are wanted.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    copies: Option<u32>,
}

#[derive(Template)]
#[template(path = "label.html")]
struct Labels {
    frame: Frame,
    copies: u32,
    label: Label,
}

/// What stands on a label. It names no maker: it leaves the farm.
struct Label {
    lease: String,
    /// To be used, as far as anybody looked.
    pieces: i64,
    design: String,
    request: Option<u64>,
    whom: String,
    day: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    At(lease): At<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Failure> {
    let plate = app.printed_plate(lease).await?;
    let board = app.site.brain.board();
    let request = board.requests.iter().find(|row| Some(row.id.0) == plate.request);
    let label = Label {
        pieces: plate.good.unwrap_or_else(|| plate.pieces.into()),
        design: format!("{} {}", plate.design, plate.revision),
        request: plate.request,
        whom: request.map(|row| row.title.clone()).unwrap_or_default(),
        day: t.whole_date(&Timestamp(plate.ended.unwrap_or(plate.at))),
        lease: plate.lease,
    };
    let copies = wanted.copies.unwrap_or(1).clamp(1, COPIES_MAX);
    let frame = Frame::new(&app, t, Some(caller), "/requests");
    Ok(page(StatusCode::OK, &Labels { frame, copies, label }))
}

/// Draws the code that leads whoever scans it to the request's page, or to the plate's own label.
pub(super) async fn code(
    State(app): State<Shared>,
    _: Reader,
    At(lease): At<String>,
) -> Result<Response, Failure> {
    let plate = app.printed_plate(lease).await?;
    let path = match plate.request {
        Some(request) => format!("/requests/{request}"),
        None => format!("/plates/{}/label", plate.lease),
    };
    // Labels get wet and creased: a quarter of the code may be lost (ISO/IEC 18004, level Q).
    let code = QRBuilder::new(format!("{}{path}", app.site.origin)).ecl(ECL::Q).build();
    let code = code.map_err(|_| Failure::impossible("the farm's address fits no code"))?;
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"))];
    Ok((kind, SvgBuilder::default().to_str(&code)).into_response())
}

impl App {
    /// Returns the plate under a lease, if it came off a bed.
    async fn printed_plate(self: &Shared, lease: String) -> Result<PlateRecord, Failure> {
        let lease: LeaseId = lease.parse().map_err(|error| Failure::missing(format!("{error}")))?;
        let wanted = Plates::Lease(lease.to_string());
        let one = Part { skip: 0, limit: 1 };
        let plates = self.blocking(move |app| app.site.history.plates(&wanted, one)).await?;
        let printed = plates.into_iter().next();
        printed
            .filter(PlateRecord::is_printed)
            .ok_or_else(|| Failure::missing(format!("there is no printed plate {lease}")))
    }
}
