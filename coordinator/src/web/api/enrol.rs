//! How an agent joins.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use visorfarm_protocol::enrol::{Credentials, Enrolment};

use crate::web::Shared;
use crate::web::answer::{Body, ErrorBody, Failure};
use crate::web::caller::From;

/// Uses an invite up and returns the agent's credentials. Needs nothing but the invite's token.
#[utoipa::path(
    post, path = "/enrol", tag = "agents",
    request_body(content = serde_json::Value, example = json!({"token": "...", "title": "attic"})),
    responses(
        (status = 200, description = "The farm, the agent's name and secret, and the brokers.",
            body = serde_json::Value),
        (status = 403, body = ErrorBody),
        (status = 429, body = ErrorBody),
    )
)]
pub(super) async fn enrol(
    State(app): State<Shared>,
    From(address): From,
    Body(Enrolment { token, title }): Body<Enrolment>,
) -> Result<Json<Credentials>, Failure> {
    if !app.enrolments.allows(address, app.site.clock.now()) {
        let sentence = "too many machines tried to join from here: try again in a minute";
        return Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, sentence));
    }
    let join =
        app.blocking(move |app| app.site.accounts.enrol(&token, &title, app.site.clock.now()));
    let (agent, secret) = join.await?;
    tracing::info!(%agent, "Agent {agent} joined by an invite");
    let (farm, brokers) = (app.site.farm.clone(), app.site.brokers.clone());
    Ok(Json(Credentials { farm, agent, secret, brokers }))
}
