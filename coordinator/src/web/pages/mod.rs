//! The pages: complete and usable without JavaScript, in the reader's language.

mod designs;
mod home;
mod language;
mod login;
mod people;
mod words;

use askama::Template;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use super::answer::Failure;
use super::asset::{ASSETS, Assets};
use super::caller::{Caller, wants_page};
use super::text::Language;
use super::{App, Shared};

/// What stands around the content of every page.
struct Frame {
    t: Language,
    farm: String,
    caller: Option<Caller>,
    /// The path of this page, for the menu and the way back.
    here: &'static str,
    assets: &'static Assets,
    /// What went wrong with the form that was sent.
    notice: Option<String>,
}

impl Frame {
    fn new(app: &App, t: Language, caller: Option<Caller>, here: &'static str) -> Self {
        let farm = app.site.farm.to_string();
        Self { t, farm, caller, here, assets: &ASSETS, notice: None }
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(home::show))
        .route("/requests", post(home::ask))
        .route("/requests/{id}/cancel", post(home::cancel))
        .route("/leases/{id}/abandon", post(home::abandon))
        .route("/designs", get(designs::show))
        .route("/designs/{design}/{revision}/withdraw", post(designs::withdraw))
        .route("/people", get(people::show))
        .route("/people/invites", post(people::invite))
        .route("/people/invites/{id}/withdraw", post(people::withdraw_invite))
        .route("/people/agents/{agent}/revoke", post(people::revoke))
        .route("/login", get(login::show).post(login::login))
        .route("/logout", post(login::logout))
        .route("/setup", get(login::show_setup).post(login::set_up))
        .route("/join", get(login::join))
        .route("/language", post(language::choose))
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Failed {
    frame: Frame,
}

/// Shows failures to people as pages; programs get them as they are.
pub(super) async fn dress(
    State(app): State<Shared>,
    t: Language,
    request: Request,
    next: Next,
) -> Response {
    let for_people = wants_page(request.headers()) && !request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    match response.extensions().get::<Failure>() {
        Some(failure) if for_people => {
            let mut frame = Frame::new(&app, t, None, "/");
            frame.notice = Some(failure.sentence.clone());
            page(failure.status, &Failed { frame })
        }
        Some(_) | None => response,
    }
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!("Could not write a page: {error}");
            let sentence = "the page cannot be written; the log says more";
            Failure::new(StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
        }
    }
}
