//! What the page answers, and what every answer tells browsers that they must not do with it.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

/// Nothing but our own files, no inline script or style, no frame around us, no form to elsewhere.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
                                       img-src 'self'; connect-src 'self'; manifest-src 'self'; \
                                       form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every answer carries. `same-origin`: with `no-referrer` browsers would hide from us, too,
/// which page sent a form (Fetch, section 3.2).
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: StatusCode,
    kind: &'static str,
    caching: &'static str,
    headers: Vec<(HeaderName, String)>,
    body: Bytes,
}

impl Reply {
    /// A page for people.
    pub(super) fn page(status: StatusCode, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", html)
    }

    /// A sentence for whoever is no browser of the maker's.
    pub(super) fn plain(status: StatusCode, sentence: &'static str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", Bytes::from_static(sentence.as_bytes()))
    }

    /// The agent stops, or serves the page elsewhere from now on.
    pub(super) fn moving() -> Self {
        Self::plain(StatusCode::SERVICE_UNAVAILABLE, "the agent is stopping: try again in a moment")
    }

    /// One of our files, which a new version of the agent may replace.
    pub(super) fn file(kind: &'static str, content: impl Into<Bytes>) -> Self {
        Self { caching: "max-age=300", ..Self::new(StatusCode::OK, kind, content) }
    }

    /// Sends a browser on after a form was taken.
    pub(super) fn see(place: String) -> Self {
        let mut reply = Self::new(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Bytes::new());
        reply.headers.push((header::LOCATION, place));
        reply
    }

    /// Gives the browser something to keep for a year: at most letters, digits and dashes.
    pub(super) fn keep(mut self, name: &str, value: &str) -> Self {
        let line = format!("{name}={value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict");
        self.headers.push((header::SET_COOKIE, line));
        self
    }

    fn new(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Self {
        Self { status, kind, caching: "no-store", headers: Vec::new(), body: body.into() }
    }

    pub(super) fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in ALWAYS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.caching));
        for (name, value) in self.headers {
            let value = HeaderValue::from_str(&value);
            headers.append(name, value.expect("places and cookies of ours are plain text"));
        }
        response
    }
}
