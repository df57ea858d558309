//! G-code by digest, to the agent that holds a lease on it and to nobody else.

use std::io::ErrorKind;
use std::path::Path;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::services::ServeFile;
use visorfarm_protocol::digest::Digest;

use super::Shared;
use super::answer::{At, Failure};
use super::caller::Agent;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/gcode/{digest}", get(fetch))
}

async fn fetch(
    State(app): State<Shared>,
    Agent(agent): Agent,
    At(digest): At<String>,
    request: Request,
) -> Result<Response, Failure> {
    let digest: Digest = digest.parse().map_err(|error| Failure::missing(format!("{error}")))?;
    let board = app.site.brain.board();
    if !board.fetchable.iter().any(|(holder, held)| *holder == agent && *held == digest) {
        let sentence = format!("{agent} holds no lease on {digest}: ask for work again");
        return Err(Failure::new(StatusCode::FORBIDDEN, sentence));
    }
    let path = app.site.gcode.join(digest.to_string());
    let served = ServeFile::new(&path).try_call(request).await;
    let served = served.map_err(|error| gone(&path, error))?;
    let mut response = served.map(axum::body::Body::new);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/x.gcode"));
    // Named by its digest, it never changes; only the agent that may fetch it keeps it.
    let keep = HeaderValue::from_static("private, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, keep);
    let tag = HeaderValue::from_str(&format!("\"{digest}\""));
    headers.insert(header::ETAG, tag.expect("a digest is hexadecimal"));
    Ok(response.into_response())
}

/// Says why a file that was published cannot be read.
pub(super) fn gone(path: &Path, error: std::io::Error) -> Failure {
    if error.kind() != ErrorKind::NotFound {
        return Failure::from(error);
    }
    tracing::error!("{} is published and not there: restore it", path.display());
    let digest = path.file_name().unwrap_or_default().to_string_lossy();
    Failure::missing(format!("the file {digest} is gone from the coordinator"))
}
