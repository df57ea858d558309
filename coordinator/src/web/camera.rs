//! What printers' cameras see, where their makers allow it: the last picture of each, for people who
//! may look. In memory only; it is dropped when it is old, or when its maker takes the word back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use tokio::sync::watch;
use visorfarm_gcode::{PictureFormat, picture_header};
use visorfarm_protocol::camera::{self, PICTURE_BYTES_MAX, PICTURE_EVERY, PICTURE_SIDE_MAX};

use super::Shared;
use super::answer::{At, Failure};
use super::caller::Agent;
use crate::clock::{Clock, Timestamp};
use crate::dispatch::board::{Board, PrinterRow};

/// How long a picture is shown: after that it says nothing of the print.
const SHOWN_FOR: Duration = Duration::from_mins(10);

/// The most bytes of pictures that are kept; beyond that the oldest go. Several hundred webcams.
const BYTES_MAX: usize = 64 << 20;

/// How often old ones are looked for.
const TIDIED_EVERY: Duration = Duration::from_secs(10);

/// The last picture of each printer, by key.
#[derive(Default)]
pub(super) struct Cameras {
    /// No code that can panic runs while it is held.
    last: Mutex<BTreeMap<String, Picture>>,
}

/// What a camera saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// When it came.
    pub(super) at: Timestamp,
    format: PictureFormat,
    bytes: Bytes,
}

/// Why a picture is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unwanted {
    NoPicture,
    TooSoon,
}

pub(super) fn routes() -> Router<Shared> {
    let take = put(take).layer(DefaultBodyLimit::max(PICTURE_BYTES_MAX));
    Router::new().route("/camera/{printer}", take)
}

/// Takes a picture from the agent that drives the printer.
async fn take(
    State(app): State<Shared>,
    Agent(agent): Agent,
    At(printer): At<String>,
    bytes: Bytes,
) -> Result<StatusCode, Failure> {
    let board = app.site.brain.board();
    let driven = |row: &&PrinterRow| row.agent == agent && row.printer.as_str() == printer;
    let Some(row) = board.printers.iter().find(driven) else {
        return Err(Failure::missing(format!("{agent} drives no printer {printer}")));
    };
    if !allows(row) {
        let sentence = "its maker allows no pictures: write camera = true below the printer";
        return Err(Failure::new(StatusCode::FORBIDDEN, sentence));
    }
    let kept = app.cameras.keep(key(row), bytes, app.site.clock.now());
    kept.map(|()| StatusCode::NO_CONTENT).map_err(Failure::from)
}

fn key(row: &PrinterRow) -> String {
    format!("{}/{}", row.agent, row.printer)
}

fn allows(row: &PrinterRow) -> bool {
    row.consent.as_ref().is_some_and(|consent| consent.camera)
}

impl Cameras {
    /// Starts dropping what is old or no longer allowed; it ends with the brain.
    pub(super) fn start(boards: watch::Receiver<Arc<Board>>, clock: Arc<Clock>) -> Arc<Self> {
        let cameras = Arc::new(Self::default());
        let tidying = Arc::clone(&cameras);
        tokio::spawn(async move {
            let mut every = tokio::time::interval(TIDIED_EVERY);
            while boards.has_changed().is_ok() {
                every.tick().await;
                let board = Arc::clone(&boards.borrow());
                tidying.tidy(&board, clock.now());
            }
        });
        cameras
    }

    /// Returns what the camera of a printer saw last, if that may be shown at `now`.
    pub(super) fn of(&self, row: &PrinterRow, now: Timestamp) -> Option<Picture> {
        let last = self.last().get(&key(row)).cloned();
        last.filter(|picture| allows(row) && picture.is_fresh(now))
    }

    fn keep(&self, key: String, bytes: Bytes, now: Timestamp) -> Result<(), Unwanted> {
        let format = format(&bytes).ok_or(Unwanted::NoPicture)?;
        let mut last = self.last();
        // Agents keep to the minute by their own clocks.
        let soon = |before: &Picture| now.since(before.at) < PICTURE_EVERY / 2;
        if last.get(&key).is_some_and(soon) {
            return Err(Unwanted::TooSoon);
        }
        last.insert(key, Picture { at: now, format, bytes });
        while BYTES_MAX < last.values().map(|picture| picture.bytes.len()).sum::<usize>() {
            let oldest = last.iter().min_by_key(|(_, picture)| picture.at);
            let oldest = oldest.map(|(key, _)| key.clone()).unwrap_or_default();
            last.remove(&oldest);
        }
        Ok(())
    }

    fn tidy(&self, board: &Board, now: Timestamp) {
        let mut last = self.last();
        if last.is_empty() {
            return;
        }
        let allowed: Vec<_> = board.printers.iter().filter(|row| allows(row)).map(key).collect();
        last.retain(|key, picture| picture.is_fresh(now) && allowed.contains(key));
    }

    fn last(&self) -> MutexGuard<'_, BTreeMap<String, Picture>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how a picture is coded that a page may show.
fn format(bytes: &[u8]) -> Option<PictureFormat> {
    let (format, width, height) = picture_header(bytes)?;
    camera::fits(bytes.len(), [width, height]).then_some(format)
}

impl Picture {
    /// Returns until when it is shown.
    pub(super) fn until(&self) -> Timestamp {
        self.at + SHOWN_FOR
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        now < self.until()
    }
}

impl IntoResponse for Picture {
    fn into_response(self) -> Response {
        let kind = match self.format {
            PictureFormat::Png => "image/png",
            PictureFormat::Jpg | PictureFormat::Qoi => "image/jpeg",
        };
        ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], self.bytes).into_response()
    }
}

impl From<Unwanted> for Failure {
    fn from(unwanted: Unwanted) -> Self {
        match unwanted {
            Unwanted::NoPicture => Self::impossible(format!(
                "this is no JPEG or PNG of at most {PICTURE_SIDE_MAX} pixels a side"
            )),
            Unwanted::TooSoon => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "one picture a minute is enough")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(bytes: usize) -> Bytes {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xE0".to_vec();
        png.resize(bytes, 0);
        png.into()
    }

    fn minute(minute: u64) -> Timestamp {
        Timestamp(1_000_000 + minute * 60_000)
    }

    #[test]
    fn the_last_picture_takes_the_place_of_the_one_before_and_not_too_soon() {
        let cameras = Cameras::default();
        let keep = |bytes, at| cameras.keep("a/p".to_owned(), png(bytes), at);
        assert_eq!(keep(100, minute(0)), Ok(()));
        assert_eq!(keep(200, minute(0) + Duration::from_secs(29)), Err(Unwanted::TooSoon));
        assert_eq!(keep(300, minute(1)), Ok(()));
        let kept: Vec<_> = cameras.last().values().map(|picture| picture.bytes.len()).collect();
        assert_eq!(kept, [300]);
    }

    #[test]
    fn what_is_no_picture_is_not_kept() {
        let cameras = Cameras::default();
        for bytes in [Bytes::new(), Bytes::from_static(b"<script>"), png(PICTURE_BYTES_MAX + 1)] {
            let kept = cameras.keep("a/p".to_owned(), bytes, minute(0));
            assert_eq!(kept, Err(Unwanted::NoPicture));
        }
        assert!(cameras.last().is_empty());
    }

    #[test]
    fn all_pictures_together_are_bounded_and_the_oldest_go() {
        let cameras = Cameras::default();
        let most = BYTES_MAX / PICTURE_BYTES_MAX;
        for number in 0..most + 3 {
            let at = Timestamp(1_000_000 + number as u64);
            cameras.keep(format!("a/p{number:04}"), png(PICTURE_BYTES_MAX), at).unwrap();
        }
        let last = cameras.last();
        assert_eq!((last.len(), last.keys().next().unwrap().as_str()), (most, "a/p0003"));
    }
}
