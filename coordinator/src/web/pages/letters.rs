//! Where the links in letters to makers lead: open to whoever has the code. Opening one changes nothing,
//! since programs that look for harmful mail open them too: the button does.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use visorfarm_protocol::letters::Letters;

use super::{Frame, page};
use crate::web::Shared;
use crate::web::answer::{Asked, Failure};
use crate::web::post;
use crate::web::text::Language;

/// The code in the link of a letter.
#[derive(Debug, Deserialize)]
pub(super) struct Code {
    code: String,
}

#[derive(Template)]
#[template(path = "letters.html")]
struct Page {
    frame: Frame,
    step: Step,
}

enum Step {
    /// Whether the farm may write is asked.
    Confirm(String),
    Confirmed,
    /// Whether it is to write no more is asked.
    End(String),
    Ended,
}

pub(super) async fn show_confirm(
    State(app): State<Shared>,
    t: Language,
    Asked(Code { code }): Asked<Code>,
) -> Response {
    shown(&app, t, Step::Confirm(code))
}

pub(super) async fn show_end(
    State(app): State<Shared>,
    t: Language,
    Asked(Code { code }): Asked<Code>,
) -> Response {
    shown(&app, t, Step::End(code))
}

pub(super) async fn confirm(
    State(app): State<Shared>,
    t: Language,
    form: Result<Form<Code>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Code { code }) = form?;
    let now = app.site.clock.now();
    let agent = app.blocking(move |app| app.site.accounts.confirm_maker(&code, now)).await?;
    post::answer(&app, &agent, Letters::Confirmed).await;
    Ok(shown(&app, t, Step::Confirmed))
}

pub(super) async fn end(
    State(app): State<Shared>,
    t: Language,
    form: Result<Form<Code>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Code { code }) = form?;
    let now = app.site.clock.now();
    let agent = app.blocking(move |app| app.site.accounts.end_letters(&code, now)).await?;
    post::answer(&app, &agent, Letters::Ended).await;
    Ok(shown(&app, t, Step::Ended))
}

fn shown(app: &Shared, t: Language, step: Step) -> Response {
    page(StatusCode::OK, &Page { frame: Frame::new(app, t, None, "/letters"), step })
}
