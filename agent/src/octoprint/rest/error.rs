//! How a call to OctoPrint can end badly, told apart by what the agent does next.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use crate::octoprint::model::read;

/// Why a call brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    #[error("OctoPrint refuses our key, or the key may not do this: give the agent a new one")]
    KeyRefused,
    /// No connection, or no answer in time.
    #[error("OctoPrint does not answer")]
    Unreachable {
        #[source]
        source: reqwest::Error,
    },
    /// For a second of its start OctoPrint answers with bytes that are no HTTP.
    #[error("OctoPrint answers in no HTTP: it may be starting, or another program has its port")]
    NotHttp {
        #[source]
        source: reqwest::Error,
    },
    #[error("OctoPrint or a proxy before it has trouble of its own: status {status}")]
    Busy { status: u16 },
    #[error("OctoPrint does not know what was asked for")]
    NotFound,
    #[error("OctoPrint refuses with status {status}: {text}")]
    Refused { status: u16, text: String },
    #[error("too large: an answer beyond our limit, or an upload beyond OctoPrint's")]
    TooLarge,
    #[error("OctoPrint's answer does not hold {what}")]
    Unreadable { what: &'static str },
    #[error("cannot read {path} to send it")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Why a start command was not plainly accepted.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nothing was started, and nothing will be.
    #[error("OctoPrint did not start the print, status {status}: {text}")]
    Refused { status: u16, text: String },
    /// Nothing was started: the printer prints something else, or is not ready.
    #[error("OctoPrint did not start the print, because its printer is busy or not ready: {text}")]
    Conflict { text: String },
    /// Nothing was started: our key is refused or may not print.
    #[error("OctoPrint refuses our key, or the key may not print: give the agent a new one")]
    NotAllowed,
    /// Nothing was started: the file is not there.
    #[error("the file to print is gone from OctoPrint")]
    Gone,
    /// Nothing was started: no connection was made.
    #[error("OctoPrint was not reached")]
    NotReached {
        #[source]
        source: reqwest::Error,
    },
    /// The command went out and no answer tells what became of it: the print may have been started.
    #[error("it is not known whether OctoPrint started the print")]
    Unsure {
        #[source]
        source: Option<reqwest::Error>,
    },
}

impl RestError {
    pub(in crate::octoprint) fn from_transport(error: reqwest::Error) -> Self {
        let source = error.without_url();
        if is_no_http(&source) { Self::NotHttp { source } } else { Self::Unreachable { source } }
    }

    /// Returns what a status other than success means.
    pub(in crate::octoprint) fn from_status(status: u16, body: &[u8]) -> Self {
        match status {
            401 | 403 => Self::KeyRefused,
            400 if is_about_the_key(body) => Self::KeyRefused,
            404 => Self::NotFound,
            413 => Self::TooLarge,
            429 | 500.. => Self::Busy { status },
            _ => Self::Refused { status, text: told(body) },
        }
    }

    /// Whether asking again in a moment may help: what a starting server does to its callers.
    pub(in crate::octoprint) fn is_passing(&self) -> bool {
        match self {
            Self::NotHttp { .. } => true,
            Self::Unreachable { source } => io_cause(source).is_some_and(|cause| {
                matches!(cause.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
            }),
            Self::KeyRefused
            | Self::Busy { .. }
            | Self::NotFound
            | Self::Refused { .. }
            | Self::TooLarge
            | Self::Unreadable { .. }
            | Self::File { .. } => false,
        }
    }
}

impl StartError {
    pub(in crate::octoprint) fn from_transport(error: reqwest::Error) -> Self {
        let source = error.without_url();
        if source.is_connect() {
            Self::NotReached { source }
        } else {
            Self::Unsure { source: Some(source) }
        }
    }

    pub(in crate::octoprint) fn from_status(status: u16, body: &[u8]) -> Self {
        match status {
            401 | 403 => Self::NotAllowed,
            400 if is_about_the_key(body) => Self::NotAllowed,
            404 => Self::Gone,
            // A proxy gave up waiting: OctoPrint may still be at it.
            408 => Self::Unsure { source: None },
            409 => Self::Conflict { text: told(body) },
            400..500 => Self::Refused { status, text: told(body) },
            _ => Self::Unsure { source: None },
        }
    }
}

/// Since 1.11 a wrong key on anything but GET is answered as if by a browser without its token.
fn is_about_the_key(body: &[u8]) -> bool {
    let said = String::from_utf8_lossy(body);
    said.contains("CSRF") || said.contains("Invalid API key")
}

/// A parse error has no I/O error below it: the connection was fine, the bytes were not.
fn is_no_http(error: &reqwest::Error) -> bool {
    error.is_request() && !error.is_connect() && !error.is_timeout() && io_cause(error).is_none()
}

fn io_cause(error: &reqwest::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

fn told(body: &[u8]) -> String {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    read::text(&json["error"]).unwrap_or_else(|| {
        let start = &body[..body.len().min(200)];
        read::cut(String::from_utf8_lossy(start).trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_key_is_known_by_each_versions_way_to_say_so() {
        for (status, body) in [
            (403, "{\"error\": \"Invalid API key\"}"),
            (403, "<html>"),
            (400, "{\"error\": \"CSRF validation failed\"}"),
        ] {
            let rest = RestError::from_status(status, body.as_bytes());
            assert!(matches!(rest, RestError::KeyRefused), "{status} {body}");
            let start = StartError::from_status(status, body.as_bytes());
            assert!(matches!(start, StartError::NotAllowed), "{status} {body}");
        }
        let other = RestError::from_status(400, b"{\"error\": \"invalid file name\"}");
        assert!(matches!(other, RestError::Refused { status: 400, text } if text.contains("name")));
    }

    #[test]
    fn only_an_answer_that_says_no_means_that_nothing_started() {
        assert!(matches!(StartError::from_status(409, b""), StartError::Conflict { .. }));
        assert!(matches!(StartError::from_status(415, b""), StartError::Refused { .. }));
        assert!(matches!(StartError::from_status(404, b""), StartError::Gone));
        for status in [301, 408, 500, 502, 503, 504] {
            let start = StartError::from_status(status, b"");
            assert!(matches!(start, StartError::Unsure { .. }), "{status}");
        }
    }

    #[test]
    fn a_long_refusal_is_cut() {
        let body = "é".repeat(5000);
        let RestError::Refused { text, .. } = RestError::from_status(409, body.as_bytes()) else {
            panic!("a conflict is a refusal");
        };
        assert!(text.len() < 300);
    }
}
