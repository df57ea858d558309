//! The pages: complete and usable without JavaScript, in the reader's language.

mod designs;
mod home;
mod language;
mod login;
mod people;
mod words;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use super::answer::Failure;
use super::asset::{ASSETS, Assets};
use super::caller::Caller;
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
        .route("/setup/{token}", get(login::show_setup))
        .route("/setup", post(login::set_up))
        .route("/join", get(login::join))
        .route("/language", post(language::choose))
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
