//! Machines that joined.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use visorfarm_protocol::id::AgentId;

use super::paging::{Page, Paging};
use crate::accounts::Agent;
use crate::clock::Timestamp;
use crate::dispatch::Event;
use crate::web::Shared;
use crate::web::answer::{Asked, At, ErrorBody, Failure, granted};
use crate::web::caller::{Admin, Dispatcher, Reader};

/// A machine that joined.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct AgentRow {
    /// Its name in topics, its MQTT user name and client id.
    #[schema(value_type = String)]
    agent: AgentId,
    /// What its maker calls it.
    title: String,
    /// When it joined, in milliseconds since 1970.
    #[schema(value_type = u64)]
    made: Timestamp,
    /// When it was shut out, in milliseconds since 1970.
    #[schema(value_type = Option<u64>)]
    revoked: Option<Timestamp>,
}

impl From<Agent> for AgentRow {
    fn from(agent: Agent) -> Self {
        let Agent { agent, title, made, revoked } = agent;
        Self { agent, title, made, revoked }
    }
}

/// Returns the agents, also those shut out, oldest first.
#[utoipa::path(
    get, path = "/agents", tag = "agents", params(Paging),
    responses((status = 200, body = Page<AgentRow>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Reader,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<AgentRow>>, Failure> {
    let agents = app.account(|accounts, _| accounts.agents()).await?;
    let rows: Vec<_> = agents.into_iter().map(AgentRow::from).collect();
    Ok(Json(paging.cut(&rows)?))
}

/// Shuts an agent out and ends its connection. Its leases are given up; what it printed counts.
#[utoipa::path(
    post, path = "/agents/{agent}/revoke", tag = "agents", params(("agent" = String, Path)),
    responses((status = 200, body = AgentRow), (status = 404, body = ErrorBody)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn revoke_one(
    State(app): State<Shared>,
    _: Admin,
    At(agent): At<String>,
) -> Result<Json<AgentRow>, Failure> {
    revoke(&app, &agent).await.map(|agent| Json(agent.into()))
}

/// Releases an agent that was held back because two machines spoke as it. If both still do, it is
/// held back again.
#[utoipa::path(
    post, path = "/agents/{agent}/release", tag = "agents", params(("agent" = String, Path)),
    responses(
        (status = 204),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn release(
    State(app): State<Shared>,
    _: Dispatcher,
    At(agent): At<String>,
) -> Result<StatusCode, Failure> {
    let agent: AgentId = agent.parse().map_err(|e| Failure::missing(format!("{e}")))?;
    granted(app.site.brain.put(Event::AgentReleased { agent }).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::web) async fn revoke(app: &Shared, name: &str) -> Result<Agent, Failure> {
    let agent: AgentId = name.parse().map_err(|e| Failure::missing(format!("{e}")))?;
    let shut_out = agent.clone();
    app.account(move |accounts, now| accounts.revoke(&shut_out, now)).await?;
    let agents = app.account(|accounts, _| accounts.agents()).await?;
    let Some(row) = agents.into_iter().find(|row| row.agent == agent) else {
        return Err(Failure::missing(format!("there is no agent {agent}: see /api/v1/agents")));
    };
    if let Some(broker) = &app.site.broker {
        broker.kick(&agent).await;
    }
    granted(app.site.brain.put(Event::AgentRevoked { agent }).await?)?;
    Ok(row)
}
