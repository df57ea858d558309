//! Takes a picture by the camera that OctoPrint knows of. Its address comes from OctoPrint's settings,
//! which others may write: it must be on OctoPrint's machine or on this one, and what comes back must
//! be a picture. No key is shown to it.

use std::net::IpAddr;

use reqwest::{StatusCode, Url};
use visorfarm_gcode::picture_header;
use visorfarm_protocol::camera::{self, PICTURE_BYTES_MAX, PICTURE_SIDE_MAX};

use super::{Rest, RestError, http};
use crate::octoprint::model::snapshot_url;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum NoPicture {
    /// OctoPrint does not say where.
    #[error("OctoPrint's settings cannot be read")]
    Settings(#[source] RestError),
    /// OctoPrint knows of no camera.
    #[error("OctoPrint has no camera that gives pictures: set its snapshot address there")]
    NoCamera,
    /// The address is no place where pictures are taken from.
    #[error(
        "the snapshot address in OctoPrint's settings leads elsewhere than to OctoPrint's machine or \
         this one, or begins with neither http:// nor https://"
    )]
    Elsewhere,
    /// The camera does not answer.
    #[error("the camera does not answer")]
    Unreachable(#[source] reqwest::Error),
    /// The camera refuses.
    #[error("the camera gives no picture: status {status}")]
    Refused {
        /// The HTTP status.
        status: StatusCode,
    },
    /// What it gives is no picture that may be sent.
    #[error(
        "what the camera gives is no JPEG or PNG of at most {PICTURE_SIDE_MAX} pixels a side and \
         {PICTURE_BYTES_MAX} bytes"
    )]
    NotOne,
}

impl Rest {
    /// Returns what the camera sees: a JPEG or PNG within the limits.
    pub async fn picture(&self) -> Result<Vec<u8>, NoPicture> {
        let url = self.camera().await?;
        let unreachable = |error: reqwest::Error| NoPicture::Unreachable(error.without_url());
        let mut response = self.host.other(url).send().await.map_err(unreachable)?;
        let status = response.status();
        if !status.is_success() {
            return Err(NoPicture::Refused { status });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if PICTURE_BYTES_MAX < bytes.len() + chunk.len() {
                return Err(NoPicture::NotOne);
            }
            bytes.extend_from_slice(&chunk);
        }
        if is_picture(&bytes) { Ok(bytes) } else { Err(NoPicture::NotOne) }
    }

    async fn camera(&self) -> Result<Url, NoPicture> {
        let what = "settings";
        let answer = http::get(self.ask(["api", "settings"])).await;
        let settings = answer.and_then(http::Answer::success).and_then(|answer| answer.json(what));
        let settings = settings.map_err(NoPicture::Settings)?;
        let text = snapshot_url(&settings).ok_or(NoPicture::NoCamera)?;
        near(&text, &self.host.url([])).ok_or(NoPicture::Elsewhere)
    }
}

/// Returns the address `text`, relative to that of OctoPrint, if it is on the same machine or this one.
fn near(text: &str, octoprint: &Url) -> Option<Url> {
    let url = octoprint.join(text.trim()).ok()?;
    let same = url.host_str() == octoprint.host_str();
    let spoken = matches!(url.scheme(), "http" | "https");
    (spoken && (same || is_loopback(url.host_str()?))).then_some(url)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_loopback())
}

/// Says whether `bytes` begin as a picture does that a page shows.
fn is_picture(bytes: &[u8]) -> bool {
    let fits = |(_, width, height)| camera::fits(bytes.len(), [width, height]);
    picture_header(bytes).is_some_and(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, url: Option<&str>) {
        let octoprint = Url::parse("http://octopi.local/printer").unwrap();
        let near = near(text, &octoprint);
        assert_eq!(near.as_ref().map(Url::as_str), url, "{text}");
    }

    #[test]
    fn pictures_are_taken_on_octoprints_machine_and_on_this_one() {
        for url in [
            "http://octopi.local/webcam/?action=snapshot",
            "https://octopi.local:8443/snap.jpg",
            "http://127.0.0.1:8080/?action=snapshot",
            "http://localhost:8080/",
            "http://[::1]:8080/",
        ] {
            check(url, Some(url));
        }
        check("/webcam/?action=snapshot", Some("http://octopi.local/webcam/?action=snapshot"));
        check("http://2130706433/", Some("http://127.0.0.1/"));
    }

    #[test]
    fn pictures_are_taken_nowhere_else() {
        for url in [
            "http://example.org/",
            "http://192.168.1.7/",
            "http://169.254.169.254/latest/meta-data",
            "//example.org/",
            "http://127.0.0.1.example.org/",
            "http://octopi.local.example.org/",
            "http://octopi.local@example.org/",
            "file:///etc/passwd",
            "rtsp://127.0.0.1/",
            "data:image/png;base64,AAAA",
            "http://",
        ] {
            check(url, None);
        }
    }

    #[test]
    fn a_picture_has_a_size_that_a_page_shows() {
        let png = |width: u32, height: u32| {
            let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
            bytes.extend(width.to_be_bytes());
            bytes.extend(height.to_be_bytes());
            bytes
        };
        for (width, height, fine) in [
            (640, 480, true),
            (4096, 1, true),
            (4097, 1, false),
            (0, 480, false),
            (u32::MAX, 1, false),
        ] {
            assert_eq!(is_picture(&png(width, height)), fine, "{width} x {height}");
        }
        for bad in [&b""[..], b"<html>", b"GIF89a", b"\xFF\xD8", b"qoif\0\0\0\x01\0\0\0\x01"] {
            assert!(!is_picture(bad), "{bad:?}");
        }
    }
}
