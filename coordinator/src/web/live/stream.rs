//! One viewer's connection.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::Moment;
use crate::clock::Timestamp;
use crate::web::Shared;
use crate::web::answer::Failure;
use crate::web::caller::{Reader, recognise};

/// How often a quiet stream says that it lives. The page gives a connection up after 10 s.
const BEAT: Duration = Duration::from_secs(3);

/// How often it is asked whether the viewer may still look.
const CHECK_EVERY: Duration = Duration::from_mins(1);

/// The headers that say who looks, and how far they got.
struct Viewer {
    app: Shared,
    headers: HeaderMap,
    moments: watch::Receiver<Arc<Moment>>,
    seen: Option<u64>,
    checked: Timestamp,
    /// Given back when the stream ends.
    _place: OwnedSemaphorePermit,
}

/// Streams the farm as it changes.
pub(super) async fn live(
    State(app): State<Shared>,
    _: Reader,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Ok(place) = Arc::clone(&app.viewers).try_acquire_owned() else {
        let sentence = "too many pages are open on this farm: close some, or reload by hand";
        return Err(Failure::new(StatusCode::SERVICE_UNAVAILABLE, sentence));
    };
    let moments = app.live.moments.clone();
    let seen = last_seen(&headers, moments.borrow().run);
    let checked = app.site.clock.now();
    let viewer = Viewer { app, headers, moments, seen, checked, _place: place };
    let frames = stream::unfold(viewer, |mut viewer| async {
        let frame = viewer.next().await?;
        Some((Ok::<Bytes, Infallible>(frame), viewer))
    });
    let kind = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        // Proxies that collect answers before they pass them on would stop the stream.
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((kind, Body::from_stream(frames)).into_response())
}

impl Viewer {
    /// Returns the next bytes to send; nothing once the viewer may not look any more.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if !self.may_look().await {
                return None;
            }
            let moment = Arc::clone(&self.moments.borrow_and_update());
            let frames = moment.after(self.seen);
            if !frames.is_empty() {
                self.seen = Some(moment.seq);
                return Some(joined(frames));
            }
            match tokio::time::timeout(BEAT, self.moments.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_ended)) => return None,
                Err(_quiet) => return Some(Bytes::from_static(b"event: beat\ndata: {}\n\n")),
            }
        }
    }

    async fn may_look(&mut self) -> bool {
        let now = self.app.site.clock.now();
        if now.since(self.checked) < CHECK_EVERY {
            return true;
        }
        self.checked = now;
        matches!(recognise(&self.headers, &self.app).await, Ok(Some(_)))
    }
}

fn joined(mut frames: Vec<Bytes>) -> Bytes {
    if frames.len() == 1 {
        return frames.remove(0);
    }
    let mut all = BytesMut::with_capacity(frames.iter().map(Bytes::len).sum());
    for frame in frames {
        all.extend_from_slice(&frame);
    }
    all.freeze()
}

/// Returns the last step that a browser saw before its connection broke.
fn last_seen(headers: &HeaderMap, run: u64) -> Option<u64> {
    let id = headers.get("last-event-id")?.to_str().ok()?;
    let (of_run, seq) = id.split_once('-')?;
    (of_run.parse() == Ok(run)).then(|| seq.parse().ok())?
}
