//! Links that are worth one enrolment each.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visorfarm_protocol::enrol;
use visorfarm_protocol::id::AgentId;

use super::paging::{Page, Paging};
use crate::accounts::{Accounts, INVITE_VALID_FOR, Invite, InviteState};
use crate::clock::Timestamp;
use crate::web::Shared;
use crate::web::answer::{Asked, Body, ErrorBody, Failure};
use crate::web::caller::Admin;

/// The longest title in bytes: a hundred characters, as forms take them, in any writing.
const TITLE_BYTES_MAX: usize = 400;

/// Whom an invite is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with title")]
pub(super) struct NewInvite {
    /// What the coordinator calls the maker.
    #[schema(example = "Anna, Lyon")]
    title: String,
}

/// An invite, the only time its link is told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeInvite {
    /// What the maker's machine needs to join.
    link: String,
    /// Until when it is good, in milliseconds since 1970.
    #[schema(value_type = u64)]
    expires: Timestamp,
}

/// An invite without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct InviteRow {
    /// Its number.
    id: i64,
    /// Whom it was made for.
    title: String,
    /// When it was made, in milliseconds since 1970.
    #[schema(value_type = u64)]
    made: Timestamp,
    /// Until when it is good, in milliseconds since 1970.
    #[schema(value_type = u64)]
    expires: Timestamp,
    /// `open`, `used` or `expired`.
    state: &'static str,
    /// Who joined by it.
    #[schema(value_type = Option<String>)]
    agent: Option<AgentId>,
}

impl From<Invite> for InviteRow {
    fn from(invite: Invite) -> Self {
        let (state, agent) = match invite.state {
            InviteState::Open => ("open", None),
            InviteState::Used(agent) => ("used", Some(agent)),
            InviteState::Expired => ("expired", None),
        };
        let Invite { invite: id, title, made, expires, .. } = invite;
        Self { id: id.0, title, made, expires, state, agent }
    }
}

/// Returns the invites, oldest first.
#[utoipa::path(
    get, path = "/invites", tag = "invites", params(Paging),
    responses((status = 200, body = Page<InviteRow>)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn list(
    State(app): State<Shared>,
    _: Admin,
    Asked(paging): Asked<Paging>,
) -> Result<Json<Page<InviteRow>>, Failure> {
    let invites = app.account(Accounts::invites).await?;
    let rows: Vec<_> = invites.into_iter().rev().map(InviteRow::from).collect();
    Ok(Json(paging.cut(&rows)?))
}

/// Makes an invite; its link is told once, in this answer.
#[utoipa::path(
    post, path = "/invites", tag = "invites", request_body = NewInvite,
    responses((status = 201, body = MadeInvite), (status = 422, body = ErrorBody)),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn create(
    State(app): State<Shared>,
    _: Admin,
    Body(NewInvite { title }): Body<NewInvite>,
) -> Result<(StatusCode, Json<MadeInvite>), Failure> {
    let (link, expires) = make(&app, title).await?;
    Ok((StatusCode::CREATED, Json(MadeInvite { link, expires })))
}

pub(in crate::web) async fn make(
    app: &Shared,
    title: String,
) -> Result<(String, Timestamp), Failure> {
    if title.trim().is_empty() || TITLE_BYTES_MAX < title.len() {
        let sentence = format!("say whom the invite is for, in 1 to {TITLE_BYTES_MAX} bytes");
        let french = "dites pour qui est l’invitation, en quelques mots";
        return Err(Failure::impossible(sentence).in_french(french));
    }
    let make = move |accounts: &Accounts, now| {
        let token = accounts.make_invite(&title, INVITE_VALID_FOR, now)?;
        Ok((token, now + INVITE_VALID_FOR))
    };
    let (token, expires) = app.account(make).await?;
    let (origin, pin) = (app.site.origin.clone(), app.site.pin);
    Ok((enrol::Invite { origin, token, pin }.to_string(), expires))
}
