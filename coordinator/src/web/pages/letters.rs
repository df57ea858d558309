//! Where the links in letters lead: open to whoever has the code, who may read on another machine than the
//! one logged in. Opening one changes nothing, since programs that look for harmful mail open them too: the
//! button does.

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
    Confirm(Whose, String),
    Confirmed(Whose),
    /// Whether it is to write to a maker no more is asked.
    End(String),
    Ended,
}

/// Whose address a letter went to.
#[derive(Clone, Copy)]
enum Whose {
    /// Of a person with an account.
    Person,
    Maker,
}

impl Step {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn title(&self, t: &Language) -> String {
        match self {
            Self::Confirm(Whose::Person, _) | Self::Confirmed(Whose::Person) => {
                t.text("notices-title")
            }
            Self::Confirm(Whose::Maker, _)
            | Self::Confirmed(Whose::Maker)
            | Self::End(_)
            | Self::Ended => t.text("letters-title"),
        }
    }
}

/// Asks a person with an account.
pub(super) async fn show_person_confirm(
    State(app): State<Shared>,
    t: Language,
    Asked(Code { code }): Asked<Code>,
) -> Response {
    shown(&app, t, Step::Confirm(Whose::Person, code))
}

pub(super) async fn confirm_person(
    State(app): State<Shared>,
    t: Language,
    form: Result<Form<Code>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Code { code }) = form?;
    let now = app.site.clock.now();
    app.blocking(move |app| app.site.accounts.confirm_letters(&code, now)).await?;
    Ok(shown(&app, t, Step::Confirmed(Whose::Person)))
}

pub(super) async fn show_confirm(
    State(app): State<Shared>,
    t: Language,
    Asked(Code { code }): Asked<Code>,
) -> Response {
    shown(&app, t, Step::Confirm(Whose::Maker, code))
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
    Ok(shown(&app, t, Step::Confirmed(Whose::Maker)))
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
