//! The farm as a whole.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use visorfarm_protocol::id::{Epoch, FarmId};

use crate::broker;
use crate::clock::Timestamp;
use crate::dispatch::board::Numbers;
use crate::web::Shared;
use crate::web::caller::Reader;
use crate::web::view::{Tally, View};

/// The farm's numbers and its health.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Farm {
    /// Its name.
    #[schema(value_type = String)]
    name: FarmId,
    /// When this was so, in milliseconds since 1970.
    #[schema(value_type = u64)]
    at: Timestamp,
    /// Which life of the database.
    #[schema(value_type = u32)]
    epoch: Epoch,
    /// The sums over all requests.
    totals: Numbers,
    /// How many printers do what.
    printers: Tally,
    /// Things agents said that cannot be.
    anomalies: u64,
    /// Files in the drop folder that cannot be taken.
    problems: usize,
    /// Whether the broker accepts connections; null if it is elsewhere.
    broker: Option<BrokerHealth>,
    /// The program's version.
    version: &'static str,
}

/// How the broker is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BrokerHealth {
    /// It accepts connections.
    Accepting,
    /// It does not.
    Deaf {
        /// What happened instead.
        why: String,
    },
}

/// Returns the farm's numbers and its health.
#[utoipa::path(
    get, path = "/farm", tag = "farm",
    responses((status = 200, body = Farm)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn show(State(app): State<Shared>, _: Reader) -> Json<Farm> {
    let board = app.site.brain.board();
    let broker = app.site.broker.as_ref().map(|broker| match &*broker.health().borrow() {
        broker::Health::Accepting => BrokerHealth::Accepting,
        broker::Health::Deaf { why } => BrokerHealth::Deaf { why: why.clone() },
    });
    Json(Farm {
        name: app.site.farm.clone(),
        at: board.at,
        epoch: board.epoch,
        totals: board.totals,
        printers: View::new(&board, &app.known).tally,
        anomalies: board.anomalies,
        problems: app.site.intake.problems().len(),
        broker,
        version: env!("CARGO_PKG_VERSION"),
    })
}
