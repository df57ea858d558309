//! How people come in and go: the first account, logging in, logging out; and what an invite
//! opened in a browser says.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use super::language::{back_to_setup, leads_to_a_page};
use super::{Frame, page};
use crate::accounts::{LoginRefused, UserRefused};
use crate::web::answer::{Asked, Failure, see};
use crate::web::caller::{From, login_and_back, session_cookie, session_token};
use crate::web::text::Language;
use crate::web::{App, Shared};

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    frame: Frame,
    name: String,
    /// Where whoever logs in was going.
    back: String,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Setup {
    frame: Frame,
    token: String,
    name: String,
}

#[derive(Template)]
#[template(path = "join.html")]
struct Join {
    frame: Frame,
    origin: String,
}

impl Login {
    fn new(app: &App, t: Language, name: String, back: &str) -> Self {
        let back = if leads_to_a_page(back) { back } else { "/" };
        let mut frame = Frame::new(app, t, None, "/login");
        frame.back = login_and_back(back);
        Self { frame, name, back: back.to_owned() }
    }
}

impl Setup {
    fn new(app: &App, t: Language, token: String, name: String) -> Self {
        let mut frame = Frame::new(app, t, None, "/login");
        frame.back = back_to_setup(&token);
        Self { frame, token, name }
    }
}

/// A name and a password, as a form.
#[derive(Deserialize)]
pub(super) struct Entry {
    name: String,
    password: String,
    #[serde(default)]
    back: String,
}

/// Where whoever is asked to log in was going.
#[derive(Deserialize)]
pub(super) struct Way {
    #[serde(default)]
    back: String,
}

/// What the link to the first account carries.
#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// The first account, as a form.
#[derive(Deserialize)]
pub(super) struct FirstAccount {
    token: String,
    name: String,
    password: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Asked(Way { back }): Asked<Way>,
    t: Language,
) -> Response {
    page(StatusCode::OK, &Login::new(&app, t, String::new(), &back))
}

pub(super) async fn login(
    State(app): State<Shared>,
    From(address): From,
    t: Language,
    form: Result<Form<Entry>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Entry { name, password, back }) = form?;
    let given = name.clone();
    let log_in =
        move |app: &App| app.site.accounts.login(&given, &password, address, app.site.clock.now());
    let (status, notice) = match app.password(log_in).await {
        Ok(session) => return Ok(enter(&app, &session.token, &back)),
        Err(LoginRefused::Store(error)) => return Err(error.into()),
        Err(LoginRefused::Wrong) => (StatusCode::FORBIDDEN, t.text("login-refused")),
        Err(LoginRefused::TooMany { wait }) => {
            let minutes = wait.as_secs().div_ceil(60);
            (StatusCode::TOO_MANY_REQUESTS, t.count("login-too-many", minutes))
        }
    };
    let mut again = Login::new(&app, t, name, &back);
    again.frame.notice = Some(notice);
    Ok(page(status, &again))
}

pub(super) async fn logout(
    State(app): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if let Some(token) = session_token(&headers, &app) {
        app.account(move |accounts, _| accounts.logout(&token)).await?;
    }
    let mut response = see("/login");
    set_session(&mut response, &app, "", "; Max-Age=0");
    Ok(response)
}

/// Only shows the form: a link that a chat program opens for its preview must stay good.
pub(super) async fn show_setup(
    State(app): State<Shared>,
    Asked(Link { token }): Asked<Link>,
    t: Language,
) -> Response {
    page(StatusCode::OK, &Setup::new(&app, t, token, String::new()))
}

pub(super) async fn set_up(
    State(app): State<Shared>,
    From(address): From,
    t: Language,
    form: Result<Form<FirstAccount>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(FirstAccount { token, name, password }) = form?;
    let (given, first) = ((name.clone(), password), token.clone());
    let make = move |app: &App| {
        let (accounts, now) = (&app.site.accounts, app.site.clock.now());
        let (name, password) = given;
        accounts.set_first_admin(&first, &name, &password, now)?;
        Ok(accounts.login(&name, &password, address, now))
    };
    let refused = match app.password(make).await {
        Ok(Ok(session)) => return Ok(enter(&app, &session.token, "/")),
        // The account is there all the same.
        Ok(Err(_)) => return Ok(see("/login")),
        Err(UserRefused::Store(error)) => return Err(error.into()),
        Err(refused) => refused,
    };
    let link = matches!(refused, UserRefused::Link);
    let status = if link { StatusCode::FORBIDDEN } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut setup = Setup::new(&app, t, token, name);
    let failure = Failure::new(status, refused.to_string()).in_french(refused.french());
    setup.frame.notice = Some(failure.told(t));
    Ok(page(status, &setup))
}

pub(super) async fn join(State(app): State<Shared>, t: Language) -> Response {
    let origin = app.site.origin.clone();
    page(StatusCode::OK, &Join { frame: Frame::new(&app, t, None, "/join"), origin })
}

/// Lets somebody in, and leads on to `back` if that is a page of ours.
fn enter(app: &App, token: &str, back: &str) -> Response {
    let mut response = see(if leads_to_a_page(back) { back } else { "/" });
    set_session(&mut response, app, token, "");
    response
}

fn set_session(response: &mut Response, app: &App, token: &str, more: &str) {
    let secure = if app.is_encrypted() { "; Secure" } else { "" };
    let name = session_cookie(app);
    let cookie = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{more}");
    let cookie = HeaderValue::from_str(&cookie).expect("our tokens are letters and digits");
    response.headers_mut().append(header::SET_COOKIE, cookie);
}
