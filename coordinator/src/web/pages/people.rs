//! Invites and the machines that joined by them.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Frame, page};
use crate::accounts::{Accounts, Agent, Invite, InviteId, InviteState, Role};
use crate::clock::Timestamp;
use crate::web::Shared;
use crate::web::answer::{At, Failure, see};
use crate::web::api::{make_invite, revoke_agent};
use crate::web::caller::{Admin, Caller, Reader};
use crate::web::text::Language;

#[derive(Template)]
#[template(path = "people.html")]
struct People {
    frame: Frame,
    invites: Vec<ShownInvite>,
    agents: Vec<ShownAgent>,
    /// An invite that was just made, the only time it is shown.
    link: Option<String>,
    /// Whether the reader may let others in.
    admin: bool,
}

struct ShownInvite {
    id: i64,
    title: String,
    left: String,
}

struct ShownAgent {
    agent: String,
    title: String,
    joined: String,
    revoked: Option<String>,
}

/// Whom an invite is for, as a form.
#[derive(Deserialize)]
pub(super) struct NewInvite {
    title: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &people(&app, t, caller).await?))
}

async fn people(app: &Shared, t: Language, caller: Caller) -> Result<People, Failure> {
    let now = app.site.clock.now();
    let admin = caller.role.covers(Role::Admin);
    let agents = app.account(|accounts, _| accounts.agents()).await?;
    let invites = app.account(Accounts::invites).await?;
    let open = invites.into_iter().filter(|invite| invite.state == InviteState::Open);
    Ok(People {
        invites: open.map(|invite| shown_invite(invite, t, now)).collect(),
        agents: agents.into_iter().map(|agent| shown_agent(agent, t, now)).collect(),
        link: None,
        admin,
        frame: Frame::new(app, t, Some(caller), "/people"),
    })
}

fn shown_invite(invite: Invite, t: Language, now: Timestamp) -> ShownInvite {
    let left = t.since(now, invite.expires);
    ShownInvite { id: invite.invite.0, title: invite.title, left }
}

fn shown_agent(agent: Agent, t: Language, now: Timestamp) -> ShownAgent {
    ShownAgent {
        agent: agent.agent.to_string(),
        title: agent.title,
        joined: t.since(agent.made, now),
        revoked: agent.revoked.map(|at| t.since(at, now)),
    }
}

pub(super) async fn invite(
    State(app): State<Shared>,
    Admin(caller): Admin,
    t: Language,
    form: Result<Form<NewInvite>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(NewInvite { title }) = form?;
    let made = make_invite(&app, title).await;
    let mut people = people(&app, t, caller).await?;
    let status = match made {
        Ok((link, _expires)) => {
            people.link = Some(link);
            StatusCode::CREATED
        }
        Err(failure) => {
            people.frame.notice = Some(failure.sentence);
            failure.status
        }
    };
    Ok(page(status, &people))
}

pub(super) async fn withdraw_invite(
    State(app): State<Shared>,
    _: Admin,
    At(id): At<i64>,
) -> Result<Response, Failure> {
    app.account(move |accounts, _| accounts.withdraw_invite(InviteId(id))).await?;
    Ok(see("/people"))
}

pub(super) async fn revoke(
    State(app): State<Shared>,
    _: Admin,
    At(agent): At<String>,
) -> Result<Response, Failure> {
    revoke_agent(&app, &agent).await?;
    Ok(see("/people"))
}
