//! Texts of the farm's people to makers.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use visorfarm_protocol::id::AgentId;

use super::paging::{Page, Paging};
use crate::dispatch::Event;
use crate::dispatch::board::MemoRow;
use crate::web::Shared;
use crate::web::answer::{Asked, At, ErrorBody, Failure, granted};
use crate::web::caller::{Dispatcher, Reader};

/// What is written to a maker.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMemo {
    /// Up to 500 characters; line breaks become spaces.
    #[schema(example = "Thank you! Could you print ten more by Friday?")]
    text: String,
}

/// Returns the messages to makers that are not read yet, and the last of those that are, oldest first.
#[utoipa::path(
    get, path = "/memos", tag = "memos", params(Paging),
    responses((status = 200, body = Page<MemoRow>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<MemoRow>>, Failure> {
    Ok(Json(paging.cut(&app.site.brain.board().memos)?))
}

/// Writes to the maker of an agent. It is told until its maker has read it.
#[utoipa::path(
    post, path = "/agents/{agent}/memos", tag = "memos", params(("agent" = String, Path)),
    request_body = NewMemo,
    responses(
        (status = 204),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn create(
    State(app): State<Shared>,
    _: Dispatcher,
    At(agent): At<String>,
    memo: Result<Json<NewMemo>, JsonRejection>,
) -> Result<StatusCode, Failure> {
    let Json(NewMemo { text }) = memo?;
    write(&app, &agent, text).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::web) async fn write(app: &Shared, name: &str, text: String) -> Result<(), Failure> {
    let agent: AgentId = name.parse().map_err(|e| Failure::missing(format!("{e}")))?;
    let agents = app.account(|accounts, _| accounts.agents()).await?;
    if !agents.iter().any(|row| row.agent == agent && row.revoked.is_none()) {
        return Err(Failure::missing(format!("there is no agent {agent}: see /api/v1/agents")));
    }
    granted(app.site.brain.put(Event::MemoWritten { agent, text }).await?)?;
    Ok(())
}
