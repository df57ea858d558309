//! Pages go over the wire compressed: a list of thousands of printers is mostly the same words.

use std::io::Write;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Shorter ones fit a packet or two as they are.
const BYTES_MIN: usize = 1024;

/// No page and no sheet of ours is longer; what is goes as it is.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// Compresses pages, styles, scripts and sheets. The live stream and files for agents are left
/// alone: the one must not wait, the others are asked for by part.
pub(super) async fn pack(request: Request, next: Next) -> Response {
    let takes = takes_gzip(request.headers());
    let response = next.run(request).await;
    if !takes || !is_text(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, BYTES_MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    if bytes.len() < BYTES_MIN {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let mut gzip = GzEncoder::new(Vec::with_capacity(bytes.len() / 8), Compression::fast());
    let packed = gzip.write_all(&bytes).and_then(|()| gzip.finish());
    let packed = packed.expect("nothing fails that is written to memory");
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Response::from_parts(parts, Body::from(packed))
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let mut ways = accepted.unwrap_or_default().split(',');
    ways.any(|way| way.split(';').next().is_some_and(|name| name.trim() == "gzip"))
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    let whole = !headers.contains_key(header::CONTENT_ENCODING);
    whole
        && matches!(
            kind,
            "text/html" | "text/css" | "text/javascript" | "text/csv" | "image/svg+xml"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_takes_it_gets_it_packed() {
        for (accept, takes) in
            [("gzip, deflate, br", true), ("br, gzip;q=0.5", true), ("br", false), ("", false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accept).unwrap());
            assert_eq!(takes_gzip(&headers), takes, "{accept}");
        }
    }

    #[test]
    fn the_live_stream_is_left_alone() {
        for (kind, packs) in [
            ("text/html; charset=utf-8", true),
            ("text/event-stream", false),
            ("application/octet-stream", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
            assert_eq!(is_text(&headers), packs, "{kind}");
        }
    }
}
