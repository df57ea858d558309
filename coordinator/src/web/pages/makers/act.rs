//! What is done about makers by forms: they are written to, let in and shut out.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Query, makers};
use crate::accounts::InviteId;
use crate::web::Shared;
use crate::web::answer::{At, Failure, see};
use crate::web::api::{make_invite, revoke_agent, write_memo};
use crate::web::caller::{Admin, Dispatcher};
use crate::web::pages::page;
use crate::web::pages::printers::escaped;
use crate::web::text::Language;

/// Whom an invite is for, as a form.
#[derive(Deserialize)]
pub(in crate::web::pages) struct NewInvite {
    title: String,
}

/// A message to a maker, as a form.
#[derive(Deserialize)]
pub(in crate::web::pages) struct NewMemo {
    text: String,
}

pub(in crate::web::pages) async fn write(
    State(app): State<Shared>,
    _: Dispatcher,
    At(agent): At<String>,
    form: Result<Form<NewMemo>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(NewMemo { text }) = form?;
    write_memo(&app, &agent, text).await?;
    Ok(see(&format!("/makers?of={0}#{0}", escaped(&agent))))
}

pub(in crate::web::pages) async fn invite(
    State(app): State<Shared>,
    Admin(caller): Admin,
    t: Language,
    form: Result<Form<NewInvite>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(NewInvite { title }) = form?;
    let made = make_invite(&app, title).await;
    let mut shown = makers(&app, t, caller, Query::default()).await?;
    let status = match made {
        Ok((link, _expires)) => {
            shown.link = Some(link);
            StatusCode::CREATED
        }
        Err(failure) => {
            shown.frame.notice = Some(failure.told(t));
            failure.status
        }
    };
    Ok(page(status, &shown))
}

pub(in crate::web::pages) async fn withdraw_invite(
    State(app): State<Shared>,
    _: Admin,
    At(id): At<i64>,
) -> Result<Response, Failure> {
    app.account(move |accounts, _| accounts.withdraw_invite(InviteId(id))).await?;
    Ok(see("/makers"))
}

pub(in crate::web::pages) async fn revoke(
    State(app): State<Shared>,
    _: Admin,
    At(agent): At<String>,
) -> Result<Response, Failure> {
    revoke_agent(&app, &agent).await?;
    Ok(see("/makers"))
}
