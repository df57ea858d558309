//! What stands around every handler: panics become answers, other sites' forms are refused, and
//! every answer tells browsers what they must not do with it.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tower_http::trace::TraceLayer;

use super::Shared;
use super::answer::Failure;
use super::drain::drain;
use super::packed::pack;

/// Nothing but our own files, no inline script or style, no frame around us, no form to elsewhere.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; \
                                       form-action 'self'; frame-ancestors 'none'";

/// Half a year: long enough to be worth it, short enough to leave a name again.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=15768000";

/// How long the next part of a body may take: a phone in a tunnel, but nobody who only holds the
/// line.
const BODY_PART_WITHIN: Duration = Duration::from_secs(30);

/// Puts the layers around `router`; the last is the outermost.
pub(super) fn layers(router: Router<Shared>, origin: &str) -> Router<Shared> {
    let csrf = CsrfLayer::new().with_rejection_response(refuse_other_site);
    let mut router = router
        .layer(csrf)
        .layer(axum::middleware::from_fn(drain))
        .layer(RequestBodyTimeoutLayer::new(BODY_PART_WITHIN))
        .layer(CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| our_fault()))
        .layer(axum::middleware::from_fn(pack))
        .layer(header_layer(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_layer(header::REFERRER_POLICY, "no-referrer"))
        .layer(header_layer(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header_layer(header::CACHE_CONTROL, "no-store"))
        .layer(header_layer(
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ))
        .layer(header_layer(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(TraceLayer::new_for_http().make_span_with(span));
    if origin.starts_with("https://") {
        let hsts = header_layer(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
        router = router.layer(hsts);
    }
    router
}

fn header_layer(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Only the path: what stands after `?` may be a secret.
fn span(request: &Request<Body>) -> tracing::Span {
    tracing::debug_span!("http", method = %request.method(), path = request.uri().path())
}

fn our_fault() -> Response<Body> {
    let sentence = "something went wrong here; the log says more";
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
}

fn refuse_other_site(_error: ProtectionError) -> Response<Body> {
    let sentence = "this form was sent from another site: open the page here and send it again";
    let french = "ce formulaire a été envoyé d’un autre site : ouvrez la page ici et renvoyez-le";
    Failure::new(StatusCode::FORBIDDEN, sentence).in_french(french).into_response()
}
