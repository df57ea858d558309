//! How people come in and go: the first account, logging in, logging out; and what an invite
//! opened in a browser says.

use std::fmt::Write as _;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use super::language::{back_to_setup, leads_to_a_page};
use super::{Frame, escaped, page};
use crate::accounts::{LoginRefused, NAME_BYTES_MAX, UserRefused};
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

/// What led to the form.
#[derive(Deserialize)]
pub(super) struct Way {
    /// Where whoever is asked to log in was going.
    #[serde(default)]
    back: String,
    /// Whose password was refused just before, and why.
    #[serde(default)]
    name: String,
    refused: Option<Refused>,
}

/// Why nobody was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Refused {
    Wrong,
    TooMany,
}

impl Way {
    /// Returns the address that shows the form with what was refused.
    fn address(&self) -> String {
        let mut address = login_and_back(&self.back);
        let refused = match self.refused {
            None => return address,
            Some(Refused::Wrong) => "wrong",
            Some(Refused::TooMany) => "too_many",
        };
        let joint = if address.contains('?') { '&' } else { '?' };
        write!(address, "{joint}refused={refused}&name={}", escaped(&self.name))
            .expect("text can be appended to");
        address
    }
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
    From(address): From,
    Asked(mut way): Asked<Way>,
    t: Language,
) -> Response {
    if !leads_to_a_page(&way.back) {
        "/".clone_into(&mut way.back);
    }
    let mut frame = Frame::new(&app, t, None, "/login");
    frame.back = way.address();
    frame.notice = match way.refused {
        None => None,
        Some(Refused::Wrong) => Some(t.text("login-refused")),
        // As long as it is so: whoever waited may try again.
        Some(Refused::TooMany) => {
            let wait = app.site.accounts.login_wait(&way.name, address, app.site.clock.now());
            wait.map(|wait| t.count("login-too-many", wait.as_secs().div_ceil(60)))
        }
    };
    page(StatusCode::OK, &Login { frame, name: way.name, back: way.back })
}

/// Lets somebody in. Who is not is led back to the form by an address that says why: an answer in place would
/// send the password once more with each reload, and count it as one more wrong one.
pub(super) async fn login(
    State(app): State<Shared>,
    From(address): From,
    form: Result<Form<Entry>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Entry { name, password, back }) = form?;
    let given = name.clone();
    let log_in =
        move |app: &App| app.site.accounts.login(&given, &password, address, app.site.clock.now());
    let refused = match app.password(log_in).await {
        Ok(session) => return Ok(enter(&app, &session.token, &back)),
        Err(LoginRefused::Store(error)) => return Err(error.into()),
        Err(LoginRefused::Wrong) => Refused::Wrong,
        Err(LoginRefused::TooMany { .. }) => Refused::TooMany,
    };
    // A longer one is nobody's, and is not carried along.
    let name = name.chars().take(NAME_BYTES_MAX).collect();
    Ok(see(&Way { back, name, refused: Some(refused) }.address()))
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
