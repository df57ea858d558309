//! What a slice prints: its picture, and what its G-code does. Read from the file when somebody
//! looks first, one file at a time, and kept: a slice never changes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use tokio::sync::Mutex;
use visorfarm_gcode::{Finding, Look, Options, Profile, Report, Scanner, verify};
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::ProfileId;

use super::answer::{At, Failure};
use super::caller::Reader;
use super::gcode::gone;
use super::{App, Shared};

/// The most slices that are kept: with pictures of some 60 kB each, 15 MB.
const KEPT_MAX: usize = 256;

/// The longer side of a picture: sharp on a phone's whole screen.
const PICTURE_PIXELS: u32 = 720;

/// The longer side of a small picture: sharp beside a line of text, on a phone too.
const THUMBNAIL_PIXELS: u32 = 144;

/// How much of a file is read at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Slices that somebody looked at.
#[derive(Default)]
pub(super) struct Slices {
    /// Held while a file is read: a second reader waits, and finds it here.
    kept: Mutex<BTreeMap<(Digest, ProfileId), Arc<Sliced>>>,
}

/// What a slice prints.
pub(super) struct Sliced {
    /// A PNG; blank where no filament is laid.
    picture: Bytes,
    /// The same, small.
    thumbnail: Bytes,
    pub(super) report: Report,
    /// What speaks against it on a printer of its profile, gravest first; nothing is said where only
    /// makers have that profile.
    pub(super) findings: Option<Vec<Finding>>,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/pictures/{profile}/{digest}", get(picture))
        .route("/thumbnails/{profile}/{digest}", get(thumbnail))
}

/// Returns the address of a slice's picture.
pub(super) fn picture_path(profile: &ProfileId, digest: Digest) -> String {
    format!("/pictures/{profile}/{digest}")
}

/// Returns the address of a slice's small picture.
pub(super) fn thumbnail_path(profile: &ProfileId, digest: Digest) -> String {
    format!("/thumbnails/{profile}/{digest}")
}

async fn picture(
    State(app): State<Shared>,
    _: Reader,
    At(slice): At<(String, String)>,
) -> Result<Response, Failure> {
    Ok(png(app.known_slice(slice).await?.picture.clone()))
}

async fn thumbnail(
    State(app): State<Shared>,
    _: Reader,
    At(slice): At<(String, String)>,
) -> Result<Response, Failure> {
    Ok(png(app.known_slice(slice).await?.thumbnail.clone()))
}

fn png(bytes: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        // Named by its digest, it never changes; whoever logs out keeps it.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable")),
    ];
    (headers, bytes).into_response()
}

impl App {
    /// Returns what the slice prints that an address names, if some design has it.
    async fn known_slice(
        self: &Arc<Self>,
        (profile, digest): (String, String),
    ) -> Result<Arc<Sliced>, Failure> {
        let board = self.site.brain.board();
        let mut all = board.revisions.iter().flat_map(|row| &row.slices);
        let known = all
            .find(|row| row.profile.as_str() == profile && row.slice.digest.to_string() == digest);
        let known = known.ok_or_else(|| Failure::missing("no design has such a slice"))?;
        self.sliced(&known.profile, known.slice.digest).await
    }

    /// Returns what a slice prints; reads its file if nobody looked yet.
    pub(super) async fn sliced(
        self: &Arc<Self>,
        profile: &ProfileId,
        digest: Digest,
    ) -> Result<Arc<Sliced>, Failure> {
        let key = (digest, profile.clone());
        let mut kept = self.slices.kept.lock().await;
        if let Some(sliced) = kept.get(&key) {
            return Ok(Arc::clone(sliced));
        }
        let path = self.site.gcode.join(digest.to_string());
        let profile = profile.clone();
        let sliced = self.blocking(move |_| read(&path, &profile).map_err(|e| gone(&path, e)));
        let sliced = Arc::new(sliced.await?);
        while KEPT_MAX <= kept.len() {
            kept.pop_first();
        }
        kept.insert(key, Arc::clone(&sliced));
        Ok(sliced)
    }
}

fn read(path: &Path, profile: &ProfileId) -> std::io::Result<Sliced> {
    let shipped = Profile::shipped(profile.as_str());
    let options = shipped.as_ref().map(Options::from).unwrap_or_default();
    let mut scanner = Scanner::watching(&options);
    let mut file = File::open(path)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            bytes => scanner.feed(&chunk[..bytes]),
        }
    }
    let (report, sight) = scanner.finish_watching();
    let draw = |pixels| sight.path.png(Look::default(), pixels).into();
    let (picture, thumbnail) = (draw(PICTURE_PIXELS), draw(THUMBNAIL_PIXELS));
    let findings = shipped.map(|profile| verify(&report, &profile));
    Ok(Sliced { picture, thumbnail, report, findings })
}
