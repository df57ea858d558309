//! Sends files to OctoPrint and compares what it stored, piece by piece, never in memory as a whole.

use std::path::Path;
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use visorfarm_protocol::digest::Digest;

use super::error::RestError;
use super::{Rest, http};
use crate::octoprint::model::{FOLDER, read};

/// The slowest link worth waiting for, a guess: 30 MB then take at most 16 minutes.
const BYTES_PER_SECOND_MIN: u64 = 32 << 10;

impl Rest {
    /// Stores a file of `size` bytes under `name` in our folder and returns the path it really got.
    ///
    /// Nothing is selected or printed. A name used before loses its history: use one once. A file
    /// beyond OctoPrint's limit mostly shows as [`RestError::Unreachable`]: it just hangs up.
    pub async fn upload(&self, name: &str, file: &Path, size: u64) -> Result<String, RestError> {
        let failed = |source| RestError::File { path: file.to_owned(), source };
        let source = File::open(file).await.map_err(failed)?;
        let part = Part::stream_with_length(Body::from(source), size).file_name(name.to_owned());
        let form = Form::new().text("path", FOLDER).part("file", part);
        let request = self
            .request(Method::POST, ["api", "files", "local"])
            .multipart(form)
            .timeout(transfer_within(size));

        let answer = http::once(request).await?;
        if answer.status == 400 && answer.json("a reason").is_err() {
            // What OctoPrint itself refuses it explains; this is its web server, which only counts.
            return Err(RestError::TooLarge);
        }
        let what = "the path of the stored file";
        let stored = answer.success()?.json(what)?;
        read::path(&stored["files"]["local"]["path"]).ok_or(RestError::Unreadable { what })
    }

    /// Returns whether the stored file is the one with this digest and size, by reading it back.
    pub async fn download_matches(
        &self,
        path: &str,
        sha256: Digest,
        size: u64,
    ) -> Result<bool, RestError> {
        let segments = ["downloads", "files", "local"].into_iter().chain(path.split('/'));
        let request = self.request(Method::GET, segments).timeout(transfer_within(size));
        let mut response = request.send().await.map_err(RestError::from_transport)?;
        let status = response.status();
        if !status.is_success() {
            let body = http::read(response).await.unwrap_or_default();
            return Err(RestError::from_status(status.as_u16(), &body));
        }
        let mut hash = Sha256::new();
        let mut left = size;
        while let Some(chunk) = response.chunk().await.map_err(RestError::from_transport)? {
            let Some(after) = left.checked_sub(chunk.len() as u64) else { return Ok(false) };
            left = after;
            hash.update(&chunk);
        }
        Ok(left == 0 && <[u8; 32]>::from(hash.finalize()) == sha256.0)
    }
}

fn transfer_within(size: u64) -> Duration {
    Duration::from_mins(1) + Duration::from_secs(size / BYTES_PER_SECOND_MIN)
}
