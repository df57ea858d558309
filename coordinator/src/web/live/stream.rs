//! One viewer's connection.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::fields::LISTS;
use super::{Frame, Moment, Page, Part, Wanted};
use crate::clock::Timestamp;
use crate::web::Shared;
use crate::web::answer::{Asked, Failure};
use crate::web::caller::{Reader, recognise};

/// How often a quiet stream says that it lives. The page gives a connection up after 8 s.
const BEAT: Duration = Duration::from_secs(3);

/// How often it is asked whether the viewer may still look.
const CHECK_EVERY: Duration = Duration::from_mins(1);

/// The headers that say who looks, and how far they got.
struct Viewer {
    app: Shared,
    headers: HeaderMap,
    moments: watch::Receiver<Arc<Moment>>,
    seen: Option<u64>,
    page: Page,
    /// The requests that it has, in their order.
    held: Vec<String>,
    checked: Timestamp,
    /// Given back when the stream ends.
    _place: OwnedSemaphorePermit,
}

/// What a page shows.
#[derive(Debug, Deserialize)]
pub(super) struct Looks {
    /// Which printers: `all`, or their numbers on the stream.
    #[serde(default)]
    printers: String,
    /// Which lists, by name; all if nothing is said.
    lists: Option<String>,
    /// Which requests: places in their list like `40-80`, or the number of one; all if nothing is said.
    requests: Option<String>,
    /// The last step it was sent, where the browser does not tell by itself.
    #[serde(default)]
    seen: Option<String>,
}

/// Streams the farm as it changes.
pub(super) async fn live(
    State(app): State<Shared>,
    _: Reader,
    Asked(looks): Asked<Looks>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Ok(place) = Arc::clone(&app.viewers).try_acquire_owned() else {
        let sentence = "too many pages are open on this farm: close some, or reload by hand";
        return Err(Failure::new(StatusCode::SERVICE_UNAVAILABLE, sentence));
    };
    let moments = app.live.moments.clone();
    let told = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let seen = told.or(looks.seen).and_then(|id| step(&id, moments.borrow().run));
    let checked = app.site.clock.now();
    let page = Page {
        printers: Wanted::parse(&looks.printers),
        lists: looks.lists.unwrap_or_else(|| LISTS.join(",")),
        requests: looks.requests.map_or(Part::All, |part| Part::parse(&part)),
    };
    let held = Vec::new();
    let viewer = Viewer { app, headers, moments, seen, page, held, checked, _place: place };
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
            let frame = moment.after(self.seen, &self.page, &mut self.held);
            self.seen = Some(moment.seq);
            if let Some(frame) = frame {
                return Some(frame.bytes(&moment));
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

impl Frame {
    /// Returns it as it goes over the wire.
    fn bytes(&self, moment: &Moment) -> Bytes {
        let data = serde_json::to_string(&self.data).expect("a map of text to JSON is JSON");
        let (run, seq, event) = (moment.run, moment.seq, self.event);
        Bytes::from(format!("id: {run}-{seq}\nevent: {event}\ndata: {data}\n\n"))
    }
}

/// Returns the step that an event's id names, if it is of this run.
fn step(id: &str, run: u64) -> Option<u64> {
    let (of_run, seq) = id.split_once('-')?;
    (of_run.parse() == Ok(run)).then(|| seq.parse().ok())?
}
