//! One request for one file, from where an earlier one ended.

use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Response, StatusCode};
use visorfarm_gcode::{Options, Scanner};

use super::{FetchError, Fetcher, Part, Wanted};

impl Fetcher {
    /// Fetches what `part` lacks, and shows it to `scanner` as it comes.
    pub(super) async fn download(
        &self,
        wanted: Wanted,
        part: &mut Part,
        scanner: &mut Scanner,
        options: &Options,
    ) -> Result<(), FetchError> {
        let origin = || self.membership.origin.clone();
        let broke = |source: reqwest::Error| FetchError::Network {
            origin: origin(),
            source: source.without_url(),
        };
        let mut answer = self.request(wanted, part.bytes()).await.map_err(broke)?;
        match answer.status() {
            StatusCode::PARTIAL_CONTENT if begins_at(&answer, part.bytes()) => {}
            // The whole file, whatever we asked for.
            StatusCode::OK => {
                part.empty().await?;
                *scanner = Scanner::new(options);
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                part.empty().await?;
                return Err(FetchError::Decayed { digest: wanted.digest });
            }
            status => {
                let (digest, status) = (wanted.digest, status.as_u16());
                return Err(FetchError::Refused { origin: origin(), digest, status });
            }
        }
        while let Some(chunk) = answer.chunk().await.map_err(broke)? {
            if wanted.bytes < part.bytes() + chunk.len() as u64 {
                part.empty().await?;
                return Err(FetchError::WrongBytes { origin: origin(), digest: wanted.digest });
            }
            part.append(&chunk).await?;
            scanner.feed(&chunk);
        }
        if part.bytes() < wanted.bytes {
            let (got, bytes) = (part.bytes(), wanted.bytes);
            return Err(FetchError::CutShort { origin: origin(), got, bytes });
        }
        Ok(())
    }

    async fn request(&self, wanted: Wanted, from: u64) -> Result<Response, reqwest::Error> {
        let credentials = &self.membership.credentials;
        let url = format!("{}/gcode/{}", self.membership.origin, wanted.digest);
        let request = self.client.get(url);
        let request = request.basic_auth(credentials.agent.as_str(), Some(&credentials.secret));
        let request = match from {
            0 => request,
            from => request.header(RANGE, format!("bytes={from}-")),
        };
        request.send().await
    }
}

/// Says whether a partial answer begins at byte `from`.
fn begins_at(answer: &Response, from: u64) -> bool {
    let range = answer.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
    let begin = range.and_then(|range| range.strip_prefix("bytes ")?.split_once('-'));
    begin.is_some_and(|(begin, _)| begin.parse() == Ok(from))
}
