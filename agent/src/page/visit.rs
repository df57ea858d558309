//! A request as the page understands it: what of HTTP counts here, read once.

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{self, HeaderName};
use hyper::{HeaderMap, Method, Request, StatusCode};

use super::form::Form;
use super::language::{self, LANGUAGE_COOKIE};
use super::reply::Reply;
use crate::local::render::Language;

/// The longest form in bytes: hours and materials of a printer.
const BODY_BYTES_MAX: usize = 8 * 1024;

/// What of a body that is too long is still read, so that whoever sends it hears the answer.
const BODY_BYTES_DROPPED_MAX: usize = 1024 * 1024;

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) method: Method,
    pub(super) path: String,
    /// What stands after the `?`, read as a form.
    pub(super) query: Form,
    /// Which host the browser thinks it speaks with.
    pub(super) host: String,
    /// Which page sent the form.
    pub(super) origin: Option<String>,
    /// What this browser keeps of the PIN.
    pub(super) key: Option<String>,
    pub(super) language: Language,
    pub(super) form: Form,
}

/// The cookie that keeps what the PIN opened.
pub(super) const KEY_COOKIE: &str = "visorfarm-page";

impl Visit {
    /// Reads a request, its body included; what is not as browsers send it is refused.
    pub(super) async fn read(request: Request<Incoming>) -> Result<Self, Reply> {
        let (head, body) = request.into_parts();
        let form = if head.method == Method::POST {
            if !is_form(&head.headers) {
                let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                return Err(Reply::plain(status, "only forms are read here"));
            }
            Form::parse(&read(body).await?)
        } else {
            Form::default()
        };
        let text = |name: HeaderName| text(&head.headers, &name).map(str::to_owned);
        let chosen = cookie(&head.headers, LANGUAGE_COOKIE).and_then(language::of_code);
        let accepted = || language::accepted(&text(header::ACCEPT_LANGUAGE).unwrap_or_default());
        Ok(Self {
            path: head.uri.path().to_owned(),
            query: Form::parse(head.uri.query().unwrap_or_default().as_bytes()),
            host: text(header::HOST).unwrap_or_default().to_ascii_lowercase(),
            origin: text(header::ORIGIN).map(|origin| origin.to_ascii_lowercase()),
            key: cookie(&head.headers, KEY_COOKIE).map(str::to_owned),
            language: chosen.or_else(accepted).unwrap_or(Language::English),
            method: head.method,
            form,
        })
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = text(headers, &header::CONTENT_TYPE).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded")
}

async fn read(mut body: Incoming) -> Result<Vec<u8>, Reply> {
    let mut bytes = Vec::new();
    let mut dropped = 0;
    let too_large = || Reply::plain(StatusCode::PAYLOAD_TOO_LARGE, "this form is too long");
    if BODY_BYTES_DROPPED_MAX < usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX) {
        return Err(too_large());
    }
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|_| Reply::plain(StatusCode::BAD_REQUEST, "the form broke off"))?;
        let part = frame.into_data().unwrap_or_default();
        if bytes.len() + part.len() <= BODY_BYTES_MAX && dropped == 0 {
            bytes.extend_from_slice(&part);
        } else {
            dropped += part.len();
        }
        if BODY_BYTES_DROPPED_MAX < dropped {
            break;
        }
    }
    if dropped == 0 { Ok(bytes) } else { Err(too_large()) }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}
