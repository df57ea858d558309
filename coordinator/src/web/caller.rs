//! Who asks: a person by the session in a cookie, a program by a bearer token. A handler names the
//! role it needs by the extractor it takes; without an extractor from here it is open to everyone.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use visorfarm_protocol::id::AgentId;

use super::answer::{Failure, see};
use super::pages::escaped;
use super::{App, Shared};
use crate::accounts::{Role, Session, UserId};

/// Somebody who may look.
#[derive(Clone, Debug)]
pub(super) struct Reader(pub(super) Caller);

/// Somebody who may run the farm.
pub(super) struct Dispatcher(pub(super) Caller);

/// Somebody who may let others in.
pub(super) struct Admin(pub(super) Caller);

/// Who asks.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The number of a person; none for a program.
    pub(super) user: Option<UserId>,
    /// The name of a person; none for a program.
    pub(super) name: Option<String>,
    pub(super) role: Role,
    /// The page that is looked at, as its address has it: path and query. None where a form is sent.
    pub(super) at: Option<String>,
}

impl FromRequestParts<Shared> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        allow(parts, app, Role::Reader).await.map(Self)
    }
}

impl FromRequestParts<Shared> for Dispatcher {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        allow(parts, app, Role::Dispatcher).await.map(Self)
    }
}

impl FromRequestParts<Shared> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        allow(parts, app, Role::Admin).await.map(Self)
    }
}

async fn allow(parts: &Parts, app: &Shared, needed: Role) -> Result<Caller, Response> {
    let found = recognise(&parts.headers, app).await.map_err(IntoResponse::into_response)?;
    match found {
        Some(caller) if caller.role.covers(needed) => {
            Ok(Caller { at: page_of(&parts.method, &parts.uri), ..caller })
        }
        Some(caller) => {
            let sentence =
                format!("this needs the role {needed}, yours is {}: ask an admin", caller.role);
            Err(Failure::new(StatusCode::FORBIDDEN, sentence).into_response())
        }
        None if parts.method == Method::GET && wants_page(&parts.headers) => {
            Err(see(&login_and_back(&page_of(&parts.method, &parts.uri).unwrap_or_default())))
        }
        None => {
            let sentence = "log in, or send a token: Authorization: Bearer visorfarm_...";
            let mut response = Failure::new(StatusCode::UNAUTHORIZED, sentence).into_response();
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
            Err(response)
        }
    }
}

/// Returns the address of the page that is asked for.
pub(super) fn page_of(method: &Method, uri: &Uri) -> Option<String> {
    let path = uri.path_and_query().filter(|_| *method == Method::GET);
    path.map(ToString::to_string)
}

/// Returns the address of the page that lets in whoever goes on to `back`.
pub(super) fn login_and_back(back: &str) -> String {
    match back {
        "" | "/" => "/login".to_owned(),
        back => format!("/login?back={}", escaped(back)),
    }
}

/// Says whether a person reads the answer.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let names_pages = |accept: &HeaderValue| accept.to_str().is_ok_and(|a| a.contains("text/html"));
    headers.get(header::ACCEPT).is_some_and(names_pages)
}

/// Returns who sent these headers, if they say.
pub(super) async fn recognise(
    headers: &HeaderMap,
    app: &Shared,
) -> Result<Option<Caller>, Failure> {
    if let Some(token) = bearer(headers) {
        let role = app.account(move |accounts, _| accounts.token_role(&token)).await?;
        return Ok(role.map(|role| Caller { user: None, name: None, role, at: None }));
    }
    let Some(token) = session_token(headers, app) else { return Ok(None) };
    let session = app.account(move |accounts, now| accounts.session(&token, now)).await?;
    let person = |session: Session| Caller {
        user: Some(session.user),
        name: Some(session.name),
        role: session.role,
        at: None,
    };
    Ok(session.map(person))
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Returns the secret in the session cookie.
pub(super) fn session_token(headers: &HeaderMap, app: &App) -> Option<String> {
    cookie(headers, session_cookie(app))
}

/// Returns the name of the session cookie. With the prefix, browsers take it only over https and
/// only from this very host.
pub(super) fn session_cookie(app: &App) -> &'static str {
    if app.is_encrypted() { "__Host-visorfarm" } else { "visorfarm" }
}

/// Returns the cookie called `name`.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then(|| value.to_owned()))
}

/// An agent that proved who it is by its name and secret, as it does to the broker.
pub(super) struct Agent(pub(super) AgentId);

impl FromRequestParts<Shared> for Agent {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let admitted =
            basic(&parts.headers).filter(|(agent, secret)| app.site.accounts.admits(agent, secret));
        let Some((agent, _secret)) = admitted else {
            let sentence = "an agent shows its name and secret here: enrol it with an invite";
            let mut response = Failure::new(StatusCode::UNAUTHORIZED, sentence).into_response();
            let scheme = HeaderValue::from_static("Basic realm=\"visorfarm agents\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
            return Err(response);
        };
        Ok(Self(agent))
    }
}

fn basic(headers: &HeaderMap) -> Option<(AgentId, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (agent, secret) = text.split_once(':')?;
    Some((agent.parse().ok()?, secret.to_owned()))
}

/// Where a request came from; everything counts as one place if the listener does not tell.
pub(super) struct From(pub(super) IpAddr);

impl<S: Sync> FromRequestParts<S> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let told = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Ok(Self(told.map_or(nowhere, |ConnectInfo(address)| address.ip())))
    }
}
