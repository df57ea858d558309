//! The pages: complete and usable without JavaScript, in the reader's language.

mod ahead;
mod chart;
mod designs;
mod findings;
mod home;
mod label;
mod language;
mod letters;
mod log;
mod login;
mod makers;
mod notices;
mod paging;
mod plate;
mod plot;
mod printer;
mod printers;
mod request;
mod requests;
mod slice;
mod statistics;
mod wall;
mod words;

use std::future::ready;

pub(super) use self::designs::{Query as DesignQuery, code as channel_code};
pub(super) use self::findings::{Fit, Verdict, fits, why};
pub(super) use self::log::happened;
pub(super) use self::makers::Query as MakerQuery;
pub(super) use self::printer::{CONSENT, agreed};
pub(super) use self::printers::{Query as PrinterQuery, escaped};
pub(super) use self::statistics::since;
use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use super::answer::{Failure, see};
use super::asset::{ASSETS, Assets};
use super::caller::{Caller, page_of, recognise, wants_page};
use super::text::Language;
use super::view::View;
use super::{App, Shared};

/// What stands around the content of every page.
struct Frame {
    t: Language,
    farm: String,
    caller: Option<Caller>,
    /// The path of this page, for the menu.
    here: &'static str,
    /// Where the language switch leads back to.
    back: String,
    assets: &'static Assets,
    /// What went wrong with the form that was sent.
    notice: Option<String>,
    /// How many things need a person.
    alerts: usize,
    /// Which start of the coordinator wrote the page: its numbers of printers are of that one, as the stream's are.
    run: u64,
    /// The menu.
    places: &'static [Place],
}

/// A page in the menu.
pub(super) struct Place {
    pub(super) path: &'static str,
    pub(super) key: &'static str,
}

/// The menu.
pub(super) const PLACES: [Place; 6] = [
    Place { path: "/", key: "nav-now" },
    Place { path: "/printers", key: "nav-printers" },
    Place { path: "/requests", key: "nav-requests" },
    Place { path: "/designs", key: "nav-designs" },
    Place { path: "/makers", key: "nav-makers" },
    Place { path: "/statistics", key: "nav-statistics" },
];

impl Frame {
    fn new(app: &App, t: Language, caller: Option<Caller>, here: &'static str) -> Self {
        let farm = app.site.farm.to_string();
        let back = caller.as_ref().and_then(|caller| caller.at.clone());
        Self {
            t,
            farm,
            caller,
            here,
            back: back.unwrap_or_else(|| here.to_owned()),
            assets: &ASSETS,
            notice: None,
            alerts: 0,
            run: app.known.started.0,
            places: &PLACES,
        }
    }

    /// Tells in the menu what needs a person.
    fn alerting(self, view: &View) -> Self {
        Self { alerts: view.totals.alerts, ..self }
    }
}

pub(super) fn routes() -> Router<Shared> {
    // The file is bounded while it is read; the limit for other bodies would cut it.
    let upload = post(designs::publish).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/", get(home::show))
        .route("/printers", get(printers::show))
        .route("/printers/at/{number}", get(printers::at))
        .route("/printers/at/{number}/name", get(printers::name))
        .route("/printers/order", get(printers::order))
        .route("/printers/{agent}/{printer}", get(printer::show))
        .route("/requests", get(requests::show).post(requests::ask))
        .route("/requests/ahead", get(ahead::show))
        .route("/requests/{id}", get(request::show))
        .route("/requests/{id}/cancel", post(request::cancel))
        .route("/requests/{id}/rank", get(request::unranked).post(request::rank))
        .route("/leases/{id}/abandon", post(request::abandon))
        .route("/prints/{print}/seen", post(printer::see_failure))
        .route("/agents/{agent}/release", post(home::release))
        .route("/plates/{lease}/label", get(label::show))
        .route("/plates/{lease}/code.svg", get(label::code))
        .route("/designs", get(designs::show).merge(upload))
        .route("/designs/{design}/{revision}/{profile}", get(slice::show))
        .route("/designs/{design}/{revision}/channel", post(designs::promote))
        .route("/designs/{design}/{revision}/withdraw", post(designs::withdraw))
        .route("/makers", get(makers::show))
        // Whoever opens the address of a form's answer again, from the bar or a bookmark, is led to the form.
        .route("/makers/invites", get(|| ready(see("/makers"))).post(makers::invite))
        .route("/makers/invites/{id}/withdraw", post(makers::withdraw_invite))
        .route("/makers/agents/{agent}/memos", post(makers::write))
        .route("/makers/agents/{agent}/revoke", post(makers::revoke))
        .route("/statistics", get(statistics::show))
        .route("/notices", get(notices::show).post(notices::save))
        .route("/notices/stop", post(notices::stop))
        .route("/notices/confirm", get(letters::show_person_confirm).post(letters::confirm_person))
        .route("/letters/confirm", get(letters::show_confirm).post(letters::confirm))
        .route("/letters/end", get(letters::show_end).post(letters::end))
        .route("/wall", get(|| ready(see("/statistics"))).post(wall::make))
        .route("/wall/{token}", get(wall::show))
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
    let (headers, at) = (request.headers().clone(), page_of(request.method(), request.uri()));
    let response = next.run(request).await;
    match response.extensions().get::<Failure>() {
        Some(failure) if for_people => {
            // The menu stays for who is logged in; whether they are is no news when something failed.
            let caller = recognise(&headers, &app).await.ok().flatten();
            let mut frame = Frame::new(&app, t, caller, "").alerting(&app.view());
            frame.back = at.unwrap_or_else(|| "/".to_owned());
            frame.notice = Some(failure.told(t));
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
